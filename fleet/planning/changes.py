"""The single changes that may admit an unserved request: which there are, and a day with one applied."""

import datetime
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from fleet.model import ChangeKind, Day
from fleet.model.base import Window
from fleet.model.places import Product
from fleet.model.plan import Change
from fleet.model.requests import Request
from fleet.planning.beginning import origin_s
from fleet.planning.instance import Extra
from fleet.planning.nodes import Node

Limited = TypeVar("Limited", Request, Product)

WHOLE_KG_ABOVE = 10
"""Smaller weights of requests that weigh more are looked for in whole kilograms, of others in tenths."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A request with one rule lifted or one quantity made smaller."""

    kind: ChangeKind
    extra: Extra


def variants(day: Day, request: Request, *, lighter_kg: float | None) -> Iterator[Variant]:
    """Yield what may be lifted of a request.

    Parameters
    ----------
    day, request
        The request and its day.
    lighter_kg : float or None
        The largest smaller weight that has room somewhere; None where there is none, or where its weight is
        not what keeps the request out.
    """
    limit_s = day.on_board_limit_s(request)
    if request.pickup.windows:
        free = request.model_copy(update={"pickup": request.pickup.model_copy(update={"windows": ()})})
        yield _variant(ChangeKind.PICKUP_WINDOW, free, limit_s)
    if any(task.windows for task in request.dropoffs):
        tasks = tuple(task.model_copy(update={"windows": ()}) for task in request.dropoffs)
        yield _variant(ChangeKind.DROPOFF_WINDOW, request.model_copy(update={"dropoffs": tasks}), limit_s)
    if limit_s is not None:
        yield _variant(ChangeKind.ON_BOARD_LIMIT, request, None)
    named = {lock.request for lock in day.locks.requests}
    if request.allowed_fleets or request.id in named:
        yield _variant(ChangeKind.TRICYCLE, request.model_copy(update={"allowed_fleets": ()}), limit_s)
    if lighter_kg is not None:
        yield lighter_variant(day, request, lighter_kg)


def lighter_variant(day: Day, request: Request, kg: float) -> Variant:
    """Return a request with fewer kilograms as a variant."""
    return _variant(ChangeKind.KG, lightened(day, request, kg), day.on_board_limit_s(request))


class Bisection:
    """Finds the largest smaller weight at which a request has room, a few weights at a time.

    Weights are whole kilograms for a request of more than 10 kg, and tenths of a kilogram for others. What
    is lighter has room wherever the heavier has: it takes no more of a payload, a place or a battery, and no
    more crates.

    Parameters
    ----------
    kg : float
        What the request weighs now, which is too much.
    vehicles : sequence of int
        The tricycles that may have room.
    """

    def __init__(self, kg: float, vehicles: Sequence[int]) -> None:
        self._per_kg = 1 if kg > WHOLE_KG_ABOVE else 10
        self._fits = 0
        self._too_heavy = math.ceil(round(kg * self._per_kg, 3))
        self._vehicles = list(vehicles)

    @property
    def found_kg(self) -> float | None:
        """The largest weight so far that has room, None as long as there is none."""
        return self._fits / self._per_kg if self._fits else None

    def weights_kg(self, most: int) -> list[float]:
        """Return up to so many weights to ask for, ascending; the lightest of all is the first of them."""
        low, width = self._fits, self._too_heavy - self._fits
        steps = {low + width * part // (most + 1) for part in range(1, most + 1)} - {low}
        if not low and width > 1:
            steps.add(1)
        return [step / self._per_kg for step in sorted(steps)]

    def ask(self, weights_kg: Sequence[float], room: Callable[[int, Sequence[int]], list[int]]) -> None:
        """Narrow the search to the gap between two neighbours of ``weights_kg``.

        Parameters
        ----------
        weights_kg : sequence of float
            What ``weights_kg`` returned.
        room : callable
            Given the number of a weight, and tricycles, returns those of them that have room for it.
        """
        low, high = 0, len(weights_kg)
        middle = 0 if not self._fits else high // 2
        while low < high:
            step = round(weights_kg[middle] * self._per_kg)
            having = room(middle, self._vehicles)
            if having:
                self._fits, self._vehicles, low = step, having, middle + 1
            else:
                self._too_heavy, high = step, middle
            middle = (low + high) // 2


def _variant(kind: ChangeKind, request: Request, limit_s: int | None) -> Variant:
    # An id that no day can have: a slash is refused there.
    variant_id = f"{request.id}/{kind}/{request.kg}"
    return Variant(kind, Extra(request.model_copy(update={"id": variant_id}), limit_s))


def lightened(day: Day, request: Request, kg: float) -> Request:
    """Return a request with fewer kilograms, and crates in proportion or by its product."""
    product = day.product_by_id.get(request.product or "")
    crates = math.ceil(request.crates * kg / request.kg)
    if product is not None and product.kg_per_crate is not None and request.crates:
        crates = min(request.crates, product.crates_for(kg))
    return request.model_copy(update={"kg": kg, "crates": crates})


def change_of(
    day: Day, request: Request, variant: Variant, nodes: list[Node], tricycle: str
) -> Change | None:
    """Return the change that makes a route with the variant hold for the request, None if none is needed.

    Parameters
    ----------
    nodes : list of Node
        What the tricycle does once the variant is inserted; its stops carry the variant's id.
    """
    stops = [node for node in nodes if node.request == variant.extra.request.id]
    pickup, dropoff = stops[0], stops[-1]
    if variant.kind == ChangeKind.ON_BOARD_LIMIT:
        before = day.on_board_limit_s(request)
        after = dropoff.begin_s + dropoff.setup_s - pickup.end_s
        if before is None or after <= before:
            return None
        params: dict[str, Any] = {"before": before, "after": after}
    elif variant.kind == ChangeKind.KG:
        params = {"before": request.kg, "after": variant.extra.request.kg}
    elif variant.kind == ChangeKind.TRICYCLE:
        params = {}
    else:
        is_pickup = variant.kind == ChangeKind.PICKUP_WINDOW
        node = pickup if is_pickup else dropoff
        task = request.pickup if is_pickup else request.dropoffs[dropoff.alternative]
        start = datetime.datetime.fromtimestamp(origin_s(day) + node.begin_s, tz=day.clock)
        edges = [(abs(start - edge), edge) for w in task.windows for edge in (w.start, w.end)]
        if not edges or any(w.start <= start <= w.end for w in task.windows):
            return None
        _distance, nearest = min(edges)
        params = {
            "place": task.place,
            "alternative": None if is_pickup else dropoff.alternative,
            "before": nearest.astimezone(day.clock).isoformat(),
            "after": start.isoformat(),
        }
    return Change(kind=variant.kind, tricycle=tricycle, params=params)


def size_of(request: Request, change: Change) -> float:
    """Return how large a change is, so that the smallest can be named: an hour, or the whole, is 1."""
    before, after = change.params.get("before"), change.params.get("after")
    if change.kind in (ChangeKind.PICKUP_WINDOW, ChangeKind.DROPOFF_WINDOW):
        shift = datetime.datetime.fromisoformat(str(after)) - datetime.datetime.fromisoformat(str(before))
        return abs(shift.total_seconds()) / 3_600
    if change.kind == ChangeKind.ON_BOARD_LIMIT:
        return (float(after or 0) - float(before or 0)) / 3_600
    if change.kind == ChangeKind.KG:
        return 1.0 - float(after or 0) / request.kg
    if change.kind == ChangeKind.PENALTY:
        return float(after or 0) / max(float(before or 0), 1.0) - 1.0
    return 0.5


def applied(day: Day, request: Request, change: Change) -> Day:
    """Return the day with a change made; what is changed, and that all fits together, is validated again."""
    after = change.params.get("after")
    products, locks = day.products, day.locks
    if change.kind == ChangeKind.KG:
        changed = lightened(day, request, float(after or 0))
    elif change.kind == ChangeKind.PENALTY:
        changed = request.model_copy(update={"penalty_yuan": after})
    elif change.kind == ChangeKind.ON_BOARD_LIMIT:
        changed = _lasting(request, int(after or 0))
        products = tuple(_lasting(p, int(after or 0)) if p.id == request.product else p for p in products)
    elif change.kind == ChangeKind.TRICYCLE:
        changed = request.model_copy(update={"allowed_fleets": ()})
        others = tuple(lock for lock in locks.requests if lock.request != request.id)
        locks = locks.model_copy(update={"requests": others})
    else:
        changed = _reopened(request, change)
    changed = Request.model_validate(_tuples(changed.model_dump(by_alias=True)))
    document = {field.alias or name: getattr(day, name) for name, field in Day.model_fields.items()}
    document["requests"] = tuple(changed if r.id == request.id else r for r in day.requests)
    return Day.model_validate(document | {"products": products, "locks": locks})


def _lasting(item: Limited, limit_s: int) -> Limited:
    """Return a request or a product that may be on board for so long."""
    if item.on_board_limit_s is None:
        return item
    return item.model_copy(update={"on_board_limit_s": max(limit_s, item.on_board_limit_s)})


def _reopened(request: Request, change: Change) -> Request:
    """Return a request with one edge of one of its windows moved."""
    alternative = change.params.get("alternative")
    task = request.pickup if alternative is None else request.dropoffs[int(alternative)]
    windows = _widened(task.windows, str(change.params["before"]), str(change.params["after"]))
    task = task.model_copy(update={"windows": windows})
    if alternative is None:
        return request.model_copy(update={"pickup": task})
    dropoffs = list(request.dropoffs)
    dropoffs[int(alternative)] = task
    return request.model_copy(update={"dropoffs": tuple(dropoffs)})


def _widened(windows: Sequence[Window], before: str, after: str) -> tuple[Window, ...]:
    """Move the edge ``before`` of a window to ``after``; windows that it swallows go."""
    old, new = datetime.datetime.fromisoformat(before), datetime.datetime.fromisoformat(after)
    grown = next(w for w in windows if old in (w.start, w.end))
    low, high = min(grown.start, new), max(grown.end, new)
    rest = [w for w in windows if w is not grown and (w.end < low or w.start > high)]
    for w in windows:
        if w is not grown and not (w.end < low or w.start > high):
            low, high = min(low, w.start), max(high, w.end)
    return tuple(sorted([*rest, Window(start=low, end=high)], key=lambda w: w.start))


def _tuples(value: Any) -> Any:
    """Turn lists into tuples, as strict validation wants them."""
    if isinstance(value, dict):
        return {key: _tuples(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return tuple(_tuples(item) for item in value)
    return value

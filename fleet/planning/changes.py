"""The single changes that may admit an unserved request: which there are, and a day with one applied."""

import datetime
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from fleet.model import ChangeKind, Day
from fleet.model.base import Window
from fleet.model.places import Product
from fleet.model.plan import Change
from fleet.model.requests import Request, Task
from fleet.planning.beginning import origin_s
from fleet.planning.instance import Extra
from fleet.planning.nodes import Node

Limited = TypeVar("Limited", Request, Product)

MOST_EASED_MIN = 24 * 60
"""By how much windows and limits are eased at most: a day."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A request with one rule lifted or one quantity made smaller."""

    kind: ChangeKind
    extra: Extra


class Search:
    """Finds the smallest change of one kind that has room for a request, a few variants at a time.

    Weights are tenths of a kilogram; windows and limits are eased by whole minutes. What a smaller change
    has room for, a larger one has: a lighter request takes no more of a payload, a place or a battery, and no
    more crates, and a wider window or a longer limit excludes nothing. So it bisects over steps, of which the
    first is the largest change.

    Parameters
    ----------
    kind : ChangeKind
        KG, PICKUP_WINDOW, DROPOFF_WINDOW or ON_BOARD_LIMIT.
    day, request
        The request, which has no room as it is, and its day.
    """

    def __init__(self, kind: ChangeKind, day: Day, request: Request) -> None:
        self._kind = kind
        self._day = day
        self._request = request
        tenths = math.ceil(round(request.kg * 10, 3))
        self._fits = 0
        self._too_little = tenths if kind == ChangeKind.KG else MOST_EASED_MIN + 1
        self._vehicles = list(range(len(day.tricycles)))

    @property
    def found(self) -> Variant | None:
        """The smallest change so far that has room, None as long as there is none."""
        return self.variant(self._fits) if self._fits else None

    def steps(self, most: int) -> list[int]:
        """Return up to about so many steps to ask for, ascending; the largest change of all comes first."""
        low, width = self._fits, self._too_little - self._fits
        steps = {low + width * part // (most + 1) for part in range(1, most + 1)} - {low}
        if not low and width > 1:
            steps.add(1)
        return sorted(steps)

    def variant(self, step: int) -> Variant:
        """Return the request as a step changes it."""
        day, request, kind = self._day, self._request, self._kind
        limit_s = day.on_board_limit_s(request)
        by = datetime.timedelta(minutes=MOST_EASED_MIN + 1 - step)
        if kind == ChangeKind.KG:
            request = lightened(day, request, step / 10)
        elif kind == ChangeKind.ON_BOARD_LIMIT:
            limit_s = (limit_s or 0) + int(by.total_seconds())
        elif kind == ChangeKind.PICKUP_WINDOW:
            request = request.model_copy(update={"pickup": _eased(request.pickup, by)})
        else:
            tasks = tuple(_eased(task, by) for task in request.dropoffs)
            request = request.model_copy(update={"dropoffs": tasks})
        return _variant(kind, request, limit_s, step)

    def ask(self, steps: Sequence[int], room: Callable[[int, Sequence[int]], list[int]]) -> None:
        """Narrow the search to the gap between two neighbours of ``steps``.

        Parameters
        ----------
        steps : sequence of int
            What ``steps`` returned.
        room : callable
            Given the number of a step, and tricycles, returns those of them that have room then.
        """
        low, high = 0, len(steps)
        middle = 0 if not self._fits else high // 2
        while low < high:
            having = room(middle, self._vehicles)
            if having:
                self._fits, self._vehicles, low = steps[middle], having, middle + 1
            else:
                self._too_little, high = steps[middle], middle
            middle = (low + high) // 2


def searches(day: Day, request: Request, *, lighter: bool) -> list[Search]:
    """Return the searches for what may be changed by more or less of a request.

    Parameters
    ----------
    day, request
        The request and its day.
    lighter : bool
        Whether its weight is among what keeps it out.
    """
    kinds = {
        ChangeKind.PICKUP_WINDOW: bool(request.pickup.windows),
        ChangeKind.DROPOFF_WINDOW: any(task.windows for task in request.dropoffs),
        ChangeKind.ON_BOARD_LIMIT: day.on_board_limit_s(request) is not None,
        ChangeKind.KG: lighter,
    }
    return [Search(kind, day, request) for kind, sought in kinds.items() if sought]


def any_tricycle(day: Day, request: Request) -> list[Variant]:
    """Return the request for any tricycle; nothing where no fleet or lock says which it wants."""
    named = {lock.request for lock in day.locks.requests}
    if not request.allowed_fleets and request.id not in named:
        return []
    free = request.model_copy(update={"allowed_fleets": ()})
    return [_variant(ChangeKind.TRICYCLE, free, day.on_board_limit_s(request), 0)]


def _eased(task: Task, by: datetime.timedelta) -> Task:
    """Return a task whose windows open earlier and close later; those that meet become one."""
    windows: list[Window] = []
    for window in task.windows:
        start = window.start - by
        if windows and windows[-1].end >= start:
            start = windows.pop().start
        windows.append(Window(start=start, end=window.end + by))
    return task.model_copy(update={"windows": tuple(windows)})


def _variant(kind: ChangeKind, request: Request, limit_s: int | None, step: int) -> Variant:
    # An id that no day can have: a slash is refused there.
    variant_id = f"{request.id}/{kind}/{step}"
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

"""What routes share: requests are served once, bays and caps hold for all of them together."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from fleet.check.violation import Violation
from fleet.check.walk import Presence, Walk, grams
from fleet.model import Day, Plan, Rule
from fleet.model.base import GRAMS_PER_KG
from fleet.model.plan import Params


def check_served(day: Day, plan: Plan, walks: Mapping[str, Walk]) -> Iterator[Violation]:
    """Every request is dropped off once or listed as unserved once, and nothing else stays on board."""
    served = Counter(request for walk in walks.values() for request in walk.delivered)
    loaded = Counter(request for walk in walks.values() for request in walk.picked_up)
    listed = Counter(item.request for item in plan.unserved)
    carrier = {item.request: s.tricycle for s in day.start_state.tricycles for item in s.on_board}
    for request in day.requests:
        if served[request.id] + listed[request.id] != 1 or loaded[request.id] > 1:
            yield Violation(
                Rule.SERVED_ONCE,
                request=request.id,
                params={
                    "served": served[request.id],
                    "unserved": listed[request.id],
                    "picked_up": loaded[request.id],
                },
            )
    for tricycle, walk in walks.items():
        lock = day.lock_by_tricycle.get(tricycle)
        kept = {stop.request for stop in lock.frozen if stop.kind == "pickup"} if lock else set()
        for request_id in walk.picked_up:
            if carrier.get(request_id, tricycle) != tricycle:
                yield Violation(Rule.START_STATE, tricycle, request=request_id)
            elif request_id not in walk.delivered and request_id not in carrier and request_id not in kept:
                yield Violation(Rule.SERVED_ONCE, tricycle, request=request_id, params={"on_board": True})


def check_frozen_kept(day: Day, plan: Plan) -> Iterator[Violation]:
    """No frozen stop is left out; those of an unavailable tricycle are given up with it."""
    stops = Counter(route.tricycle for route in plan.routes for _ in route.stops)
    for lock in day.locks.routes:
        if day.tricycle_by_id[lock.tricycle].available and stops[lock.tricycle] < len(lock.frozen):
            yield Violation(
                Rule.FROZEN,
                lock.tricycle,
                params={"stops": stops[lock.tricycle], "frozen": len(lock.frozen)},
            )


def check_bays(day: Day, walks: Mapping[str, Walk]) -> Iterator[tuple[Violation, bool]]:
    """No more tricycles at a place at once than it has bays; one may leave as the next arrives.

    Yields
    ------
    tuple of Violation and bool
        True where frozen stops alone are there.
    """
    presences = {tricycle: walk.presence for tricycle, walk in walks.items()}
    presences |= {key: found for key, found in _open_visits(day).items() if key not in walks}
    changes: dict[str, list[tuple[datetime.datetime, int, str, bool]]] = defaultdict(list)
    for tricycle, found in presences.items():
        for here in found:
            if here.arrives < here.leaves:
                changes[here.place].append((here.arrives, 1, tricycle, here.frozen))
                changes[here.place].append((here.leaves, -1, tricycle, here.frozen))
    for key, events in changes.items():
        place = day.place_by_id.get(key)
        if place is None or place.bays is None:
            continue
        present = free = 0
        for instant, change, tricycle, frozen in sorted(events):
            present += change
            free += 0 if frozen else change
            if change > 0 and present > place.bays:
                params: Params = {"place": key, "at": instant.isoformat()}
                params |= {"tricycles": present, "bays": place.bays}
                yield Violation(Rule.BAYS, tricycle, params=params), free == 0


def _open_visits(day: Day) -> dict[str, list[Presence]]:
    """Return the stays that run on at the start, whether their tricycles are used or not."""
    found = {}
    for state in day.start_state.tricycles:
        if state.visit is not None and state.visit.dropped_off:
            ends = state.free_at + datetime.timedelta(seconds=state.visit.stay_left_s)
            found[state.tricycle] = [Presence(state.visit.place, state.free_at, ends, frozen=True)]
    return found


def check_caps(day: Day, walks: Mapping[str, Walk]) -> Iterator[tuple[Violation, bool]]:
    """What a place takes in a day, in all and of each product.

    Yields
    ------
    tuple of Violation and bool
        True where frozen stops alone have brought it.
    """
    kg: Counter[tuple[str, str | None]] = Counter()
    brought: dict[tuple[str, str | None], bool] = {}
    for past in day.start_state.delivered:
        for product in {past.product, None}:
            kg[past.place, product] += grams(past.kg)
    for walk in walks.values():
        for request_id, (index, place_id) in walk.delivered.items():
            request = day.request_by_id[request_id]
            for product in {request.product, None}:
                kg[place_id, product] += grams(request.kg)
                later = brought.get((place_id, product), False) or index >= walk.frozen_until
                brought[place_id, product] = later
    for (where, product), later in brought.items():
        place = day.place_by_id[where]
        limit = place.max_kg if product is None else place.max_kg_of_product.get(product)
        if limit is not None and kg[where, product] > grams(limit):
            rule = Rule.PLACE_MAX_KG if product is None else Rule.PRODUCT_MAX_KG
            params: Params = {"place": where, "product": product, "limit_kg": limit}
            params["kg"] = kg[where, product] / GRAMS_PER_KG
            yield Violation(rule, params=params), not later

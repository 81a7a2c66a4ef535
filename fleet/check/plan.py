"""The whole plan: what routes share, what is left out, and the figures."""

import datetime
import math
from collections import Counter, defaultdict
from collections.abc import Iterator

from fleet.check.route import RouteReplay, Walk, grams
from fleet.check.violation import Violation
from fleet.model import Day, ErrorCode, Plan, Rule, Travel, bad_input, day_sha256
from fleet.model.base import GRAMS_PER_KG
from fleet.model.plan import Figures, Route, RouteFigures

YUAN_TOLERANCE = 0.01
"""A route's cost may differ by this from what the day's own rates give."""
NUMBER_TOLERANCE = 1e-6


def check_plan(day: Day, plan: Plan, *, travel: Travel | None = None) -> tuple[Violation, ...]:
    """Verify every rule of a plan against its day.

    Parameters
    ----------
    day, plan
        The plan and the day it says it is of.
    travel : Travel, optional
        Durations and distances to verify the legs against; without them the plan's legs are believed.

    Returns
    -------
    tuple of Violation
        Empty for a plan without fault.

    Raises
    ------
    InputError
        PLAN_OF_ANOTHER_DAY when the plan names another day; PLAN_OF_OTHER_ROADS when ``travel`` is not
        what the plan says it was made from.
    """
    sha256 = day_sha256(day)
    if plan.day_sha256 != sha256:
        raise bad_input(
            ErrorCode.PLAN_OF_ANOTHER_DAY, where="day_sha256", value=plan.day_sha256, expected=sha256
        )
    if travel is not None:
        stated = (
            plan.travel.source,
            plan.travel.roads_sha256,
            plan.travel.profile,
            plan.travel.detour_factor,
        )
        given = (travel.source, travel.roads_sha256, travel.profile, travel.detour_factor)
        if stated != given:
            raise bad_input(
                ErrorCode.PLAN_OF_OTHER_ROADS,
                where="travel",
                value=plan.travel.roads_sha256 or plan.travel.source,
                expected=travel.roads_sha256 or travel.source,
            )
    walks: dict[str, Walk] = {}
    found: list[Violation] = []
    for route in plan.routes:
        tricycle = day.tricycle_by_id.get(route.tricycle)
        if tricycle is None or route.tricycle in walks:
            found.append(Violation(Rule.STRUCTURE, route.tricycle))
            continue
        walks[route.tricycle] = walk = RouteReplay(day, route, tricycle, travel).run()
        found += walk.violations
        found += _route_figures(day, route, walk)
    found += _served(day, plan, walks)
    found += _sequences(day, plan)
    found += _bays(day, walks)
    found += _caps(day, walks)
    found += _figures(plan)
    return tuple(found)


def _served(day: Day, plan: Plan, walks: dict[str, Walk]) -> Iterator[Violation]:
    """Every request is dropped off once, or listed as unserved once with what that costs."""
    times = Counter(request for walk in walks.values() for request in walk.delivered)
    carried = {item.request: s.tricycle for s in day.start_state.tricycles for item in s.on_board}
    frozen = {stop.request for lock in day.locks.routes for stop in lock.frozen}
    listed = Counter(item.request for item in plan.unserved)
    for request in day.requests:
        if times[request.id] + listed[request.id] != 1:
            yield Violation(
                Rule.SERVED_ONCE,
                request=request.id,
                params={"served": times[request.id], "unserved": listed[request.id]},
            )
    for tricycle, walk in walks.items():
        for request_id in walk.picked_up:
            if request_id not in walk.delivered and request_id not in carried and request_id not in frozen:
                yield Violation(Rule.SERVED_ONCE, tricycle, request=request_id, params={"on_board": True})
        for request_id in walk.delivered:
            if carried.get(request_id, tricycle) != tricycle:
                yield Violation(Rule.START_STATE, tricycle, request=request_id)
    loaded = Counter(request for walk in walks.values() for request in walk.picked_up)
    for request_id, number in loaded.items():
        if number > 1:
            yield Violation(Rule.SERVED_ONCE, request=request_id, params={"picked_up": number})
    for item in plan.unserved:
        known = day.request_by_id.get(item.request)
        if known is None or item.must != known.must or not _same(item.penalty_yuan, day.penalty_yuan(known)):
            yield Violation(
                Rule.UNSERVED,
                request=item.request,
                params={"must": item.must, "penalty_yuan": item.penalty_yuan},
            )


def _sequences(day: Day, plan: Plan) -> Iterator[Violation]:
    """Stops of a sequence lock keep their order, on that tricycle only."""
    for lock in day.locks.routes:
        order = {(stop.request, stop.kind): number for number, stop in enumerate(lock.sequence)}
        requests = {stop.request for stop in lock.sequence}
        for route in plan.routes:
            highest = -1
            for index, entry in enumerate(route.entries):
                if entry.request not in requests or entry.kind not in ("pickup", "dropoff"):
                    continue
                if route.tricycle != lock.tricycle:
                    yield Violation(Rule.SEQUENCE, route.tricycle, index, entry.request)
                    continue
                number = order.get((entry.request, entry.kind), -1)
                if 0 <= number < highest and index >= len(lock.frozen):
                    yield Violation(Rule.SEQUENCE, route.tricycle, index, entry.request)
                highest = max(highest, number)


def _bays(day: Day, walks: dict[str, Walk]) -> Iterator[Violation]:
    """No more tricycles at a place at once than it has bays; one may leave as the next arrives."""
    changes: dict[str, list[tuple[datetime.datetime, int, str]]] = defaultdict(list)
    for tricycle, walk in walks.items():
        for where, arrives, leaves in walk.presence:
            if arrives < leaves:
                changes[where] += [(arrives, 1, tricycle), (leaves, -1, tricycle)]
    for key, events in changes.items():
        place = day.place_by_id.get(key)
        if place is None or place.bays is None:
            continue
        present = 0
        for instant, change, tricycle in sorted(events):
            present += change
            if change > 0 and present > place.bays:
                yield Violation(
                    Rule.BAYS,
                    tricycle,
                    params={
                        "place": key,
                        "at": instant.isoformat(),
                        "tricycles": present,
                        "bays": place.bays,
                    },
                )


def _caps(day: Day, walks: dict[str, Walk]) -> Iterator[Violation]:
    """What a place takes in a day, in all and of each product."""
    in_all: Counter[str] = Counter()
    of_product: Counter[tuple[str, str]] = Counter()
    for past in day.start_state.delivered:
        in_all[past.place] += grams(past.kg)
        if past.product is not None:
            of_product[past.place, past.product] += grams(past.kg)
    received = set()
    for walk in walks.values():
        for request_id, entry in walk.delivered.items():
            request = day.request_by_id[request_id]
            received.add(entry.place)
            in_all[entry.place] += grams(request.kg)
            if request.product is not None:
                of_product[entry.place, request.product] += grams(request.kg)
    for key in sorted(received):
        place = day.place_by_id[key]
        if place.max_kg is not None and in_all[key] > grams(place.max_kg):
            yield Violation(
                Rule.PLACE_MAX_KG,
                params={"place": key, "kg": in_all[key] / GRAMS_PER_KG, "limit_kg": place.max_kg},
            )
        for product, limit in place.max_kg_of_product.items():
            if of_product[key, product] > grams(limit):
                yield Violation(
                    Rule.PRODUCT_MAX_KG,
                    params={
                        "place": key,
                        "product": product,
                        "kg": of_product[key, product] / GRAMS_PER_KG,
                        "limit_kg": limit,
                    },
                )


def _route_figures(day: Day, route: Route, walk: Walk) -> Iterator[Violation]:
    """Add a route's figures again from the day's own rates."""
    tricycle = day.tricycle_by_id[route.tricycle]
    state = day.state_by_tricycle.get(tricycle.id)
    assignment = day.assignment_by_tricycle.get(tricycle.id)
    duration_s = round((route.return_ - route.departure).total_seconds())
    cost = 0.0 if state is not None and state.has_left else tricycle.fixed_yuan
    cost += assignment.burden_yuan if assignment else 0.0
    cost += tricycle.yuan_per_km * walk.metres / 1_000 + tricycle.yuan_per_hour * duration_s / 3_600
    kg = sum(grams(day.request_by_id[request].kg) for request in walk.delivered) / GRAMS_PER_KG
    lowest = walk.lowest_charge
    expected = RouteFigures.model_construct(
        served_requests=len(walk.delivered),
        served_kg=kg,
        distance_m=walk.metres,
        duration_s=duration_s,
        waiting_s=duration_s - walk.working_s,
        energy_kwh=walk.energy_kwh,
        cost_yuan=cost,
        lowest_charge=None if lowest is None else max(0.0, lowest),
        longest_on_board_s=walk.longest_on_board_s,
        highest_load_kg=walk.highest_g / GRAMS_PER_KG,
        highest_load_crates=walk.highest_crates,
    )
    yield from _compare(route.figures, expected, route.tricycle)


def _figures(plan: Plan) -> Iterator[Violation]:
    """Add the plan's figures again from its routes and what is unserved."""
    routes = [route.figures for route in plan.routes]
    cost = sum(figures.cost_yuan for figures in routes)
    loss = sum(item.penalty_yuan for item in plan.unserved if not item.must)
    lowest = [f.lowest_charge for f in routes if f.lowest_charge is not None]
    expected = Figures.model_construct(
        served_requests=sum(f.served_requests for f in routes),
        unserved_requests=len(plan.unserved),
        unserved_musts=sum(item.must for item in plan.unserved),
        served_kg=sum(f.served_kg for f in routes),
        tricycles_used=len(routes),
        distance_m=sum(f.distance_m for f in routes),
        duration_s=sum(f.duration_s for f in routes),
        waiting_s=sum(f.waiting_s for f in routes),
        energy_kwh=sum(f.energy_kwh for f in routes),
        cost_yuan=cost,
        loss_yuan=loss,
        total_yuan=cost + loss,
        lowest_charge=min(lowest, default=None),
        longest_on_board_s=max((f.longest_on_board_s for f in routes), default=0),
        lower_bound_yuan=plan.figures.lower_bound_yuan,
    )
    yield from _compare(plan.figures, expected, None)
    bound = plan.figures.lower_bound_yuan
    if bound is not None and bound > plan.figures.total_yuan + YUAN_TOLERANCE:
        yield Violation(Rule.FIGURES, params={"figure": "lower_bound_yuan", "value": bound})


def _compare(
    stated: Figures | RouteFigures, expected: Figures | RouteFigures, tricycle: str | None
) -> Iterator[Violation]:
    for name in type(stated).model_fields:
        value, should_be = getattr(stated, name), getattr(expected, name)
        if not _same(value, should_be, yuan=name.endswith("_yuan")):
            yield Violation(
                Rule.FIGURES, tricycle, params={"figure": name, "value": value, "expected": should_be}
            )


def _same(value: float | None, expected: float | None, *, yuan: bool = True) -> bool:
    if value is None or expected is None:
        return value is expected
    return math.isclose(value, expected, rel_tol=0, abs_tol=YUAN_TOLERANCE if yuan else NUMBER_TOLERANCE)

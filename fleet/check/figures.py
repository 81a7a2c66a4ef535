"""Figures and the pair, added again from the day's own numbers."""

import math
from collections.abc import Iterator, Sequence

from fleet.check.violation import Violation
from fleet.check.walk import Walk, grams
from fleet.model import Day, Plan, Rule
from fleet.model.base import GRAMS_PER_KG
from fleet.model.plan import Figures, Route, RouteFigures

YUAN_TOLERANCE = 0.01
"""A route's cost may differ by this from what the day's own rates give."""
NUMBER_TOLERANCE = 1e-6


def route_figures(*, day: Day, route: Route, walk: Walk) -> RouteFigures:
    """Return what a replayed route amounts to by the day's own rates."""
    tricycle = day.tricycle_by_id[route.tricycle]
    state = day.state_by_tricycle.get(tricycle.id)
    assignment = day.assignment_by_tricycle.get(tricycle.id)
    duration_s = round((route.return_ - route.departure).total_seconds())
    cost = 0.0 if state is not None and state.has_left else tricycle.fixed_yuan
    cost += assignment.burden_yuan if assignment else 0.0
    cost += tricycle.yuan_per_km * walk.metres / 1_000 + tricycle.yuan_per_hour * duration_s / 3_600
    lowest = walk.lowest_charge
    return RouteFigures.model_construct(
        served_requests=len(walk.delivered),
        served_kg=sum(grams(day.request_by_id[request].kg) for request in walk.delivered) / GRAMS_PER_KG,
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


def check_route_figures(route: Route, expected: RouteFigures) -> Iterator[Violation]:
    """Compare a route's figures with what it amounts to."""
    yield from _compare(route.figures, expected, tricycle=route.tricycle, yuan=YUAN_TOLERANCE)


def check_figures(day: Day, plan: Plan, routes: Sequence[RouteFigures]) -> Iterator[Violation]:
    """Compare the plan's figures and its pair with the sums over routes and what is unserved."""
    unserved = [day.request_by_id[i.request] for i in plan.unserved if i.request in day.request_by_id]
    cost = sum(figures.cost_yuan for figures in routes)
    loss = sum(day.penalty_yuan(request) for request in unserved if not request.must)
    lowest = [f.lowest_charge for f in routes if f.lowest_charge is not None]
    expected = Figures.model_construct(
        served_requests=sum(f.served_requests for f in routes),
        unserved_requests=len(plan.unserved),
        unserved_musts=sum(request.must for request in unserved),
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
        # It cannot be proved again here, only be refuted.
        lower_bound_yuan=plan.figures.lower_bound_yuan,
    )
    yield from _compare(plan.figures, expected, tricycle=None, yuan=YUAN_TOLERANCE * max(1, len(routes)))
    bound = plan.figures.lower_bound_yuan
    if bound is not None and bound > plan.figures.total_yuan + YUAN_TOLERANCE:
        yield Violation(Rule.FIGURES, params={"figure": "lower_bound_yuan", "value": bound})


def _compare(
    stated: Figures | RouteFigures, expected: Figures | RouteFigures, *, tricycle: str | None, yuan: float
) -> Iterator[Violation]:
    for name in type(stated).model_fields:
        value, should_be = getattr(stated, name), getattr(expected, name)
        if not same_number(value, should_be, tolerance=yuan if name.endswith("_yuan") else NUMBER_TOLERANCE):
            yield Violation(
                Rule.FIGURES, tricycle, params={"figure": name, "value": value, "expected": should_be}
            )


def same_number(value: float | None, expected: float | None, *, tolerance: float = NUMBER_TOLERANCE) -> bool:
    """Whether two numbers are the same but for rounding, or both absent."""
    if value is None or expected is None:
        return value is expected
    return math.isclose(value, expected, rel_tol=0, abs_tol=tolerance)

"""The whole plan: its routes replayed, what they share, what is left out, figures and print."""

from dataclasses import dataclass, field

from fleet.check.figures import check_figures, check_route_figures, route_figures
from fleet.check.printed import check_document, check_printed, check_unserved
from fleet.check.route import replay_route
from fleet.check.shared import check_bays, check_caps, check_frozen_kept, check_served
from fleet.check.violation import Violation
from fleet.check.walk import Walk
from fleet.check.warnings import check_warnings, frozen_warnings
from fleet.model import Day, ErrorCode, Plan, Rule, Travel, bad_input, day_sha256
from fleet.model.plan import PlanWarning, RouteFigures


@dataclass(slots=True)
class _Findings:
    violations: list[Violation] = field(default_factory=list)
    pardoned: list[Violation] = field(default_factory=list)


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
    _check_origin(day, plan, travel)
    found = _replayed(day, plan, travel)
    found.violations += check_warnings(day, plan, found.pardoned)
    return tuple(found.violations)


def warnings_of_frozen_stops(day: Day, plan: Plan, *, travel: Travel | None = None) -> list[PlanWarning]:
    """Return the warnings that a plan needs because its frozen stops alone break rules.

    Raises
    ------
    InputError
        As of ``check_plan``.
    """
    _check_origin(day, plan, travel)
    return frozen_warnings(_replayed(day, plan, travel).pardoned)


def _check_origin(day: Day, plan: Plan, travel: Travel | None) -> None:
    """Refuse a plan that says it is of another day, or of other roads than those it is checked with."""
    sha256 = day_sha256(day)
    if plan.day_sha256 != sha256:
        raise bad_input(
            ErrorCode.PLAN_OF_ANOTHER_DAY, where="day_sha256", value=plan.day_sha256, expected=sha256
        )
    if travel is None:
        return
    said = plan.travel
    stated = (said.source, said.roads_sha256, said.profile, said.detour_factor)
    if stated != (travel.source, travel.roads_sha256, travel.profile, travel.detour_factor):
        raise bad_input(
            ErrorCode.PLAN_OF_OTHER_ROADS,
            where="travel",
            value=said.roads_sha256 or said.source,
            expected=travel.roads_sha256 or travel.source,
        )


def _replayed(day: Day, plan: Plan, travel: Travel | None) -> _Findings:
    """Return what is wrong with a plan but for its warnings, and what frozen stops are free to break."""
    found = _Findings()
    walks: dict[str, Walk] = {}
    figures: list[RouteFigures] = []
    for route in plan.routes:
        tricycle = day.tricycle_by_id.get(route.tricycle)
        if tricycle is None or route.tricycle in walks:
            found.violations.append(Violation(Rule.STRUCTURE, route.tricycle, params={"field": "tricycle"}))
            continue
        walk = replay_route(day=day, route=route, tricycle=tricycle, travel=travel)
        walks[route.tricycle] = walk
        found.violations += walk.violations
        found.pardoned += walk.pardoned
        figures.append(route_figures(day=day, route=route, walk=walk))
        found.violations += check_route_figures(route, figures[-1])
        found.violations += check_printed(day, route)
    for violation, of_frozen_stops in (*check_bays(day, walks), *check_caps(day, walks)):
        (found.pardoned if of_frozen_stops else found.violations).append(violation)
    found.violations += check_served(day, plan, walks)
    found.violations += check_frozen_kept(day, plan)
    found.violations += check_unserved(day, plan)
    found.violations += check_figures(day, plan, figures)
    found.violations += check_document(day, plan, travel)
    return found

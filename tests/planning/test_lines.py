"""The lines of legs: each that of its own drive at its tricycle's speed, after changes by hand, too."""

import numpy as np

from fleet.model import Day, Plan, Travel
from fleet.model.moves import TakeOut
from fleet.model.plan import Route
from fleet.planning import SolveSettings, plan_day, travel_for
from fleet.planning.beginning import beginnings
from fleet.planning.lines import lines_of
from fleet.planning.moves import moved_plan
from fleet.samples import make_day, sample_roads

DIGITS = 6


def day_of_two_speeds() -> tuple[Day, Travel]:
    """The Kuqa sample, whose tricycles ride at different speeds here."""
    day = make_day("kuqa")
    tricycles = tuple(
        tricycle.model_copy(update={"speed_kmh": 12.0 + 6.0 * (number % 2)})
        for number, tricycle in enumerate(day.tricycles)
    )
    day = Day.model_validate(day.model_copy(update={"tricycles": tricycles}).model_dump())
    return day, travel_for(day, roads=sample_roads("kuqa"))


def assert_drawn(day: Day, plan: Plan, travel: Travel) -> int:
    """Compare every line with the path of its own drive; return the number of speeds."""
    index = day.location_index
    speeds = set()
    for route in plan.routes:
        speed = travel.speed_caps_kmh.index(day.tricycle_by_id[route.tricycle].speed_kmh)
        here = route.start
        for leg in [entry.leg for entry in route.entries] + [route.last_leg]:
            if leg is None:
                continue
            (path,) = travel.paths(speed_class=speed, origins=[index[here]], destinations=[index[leg.to]])
            assert np.array_equal(np.array(leg.path), np.round(path, DIGITS))
            here = leg.to
            speeds.add(speed)
    return len(speeds)


def served(route: Route) -> list[str]:
    """Requests of a route, each once."""
    return list(dict.fromkeys(entry.request for entry in route.entries if entry.request is not None))


def test_every_leg_has_the_line_of_its_drive() -> None:
    day, travel = day_of_two_speeds()
    plan = plan_day(day, travel=travel, settings=SolveSettings(budget_s=60.0, iterations=50))
    assert assert_drawn(day, plan, travel) == 2
    shortest, *_, longest = sorted(plan.routes, key=lambda route: len(served(route)))
    gone = [*served(shortest), served(longest)[0]]
    changed = moved_plan(
        day, plan, [TakeOut(kind="take_out", request=request) for request in gone], travel=travel
    )
    kept = {route.tricycle: route for route in changed.routes}
    assert shortest.tricycle not in kept
    assert kept[longest.tricycle] != longest
    assert assert_drawn(day, changed, travel) == 2


def test_a_travel_of_which_no_line_is_asked_is_not_asked_for_any() -> None:
    day, travel = day_of_two_speeds()
    beginning = beginnings(day, travel)[0]
    assert lines_of(travel, [(beginning, [])]) == {}

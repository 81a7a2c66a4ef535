"""Plans of ours break no rule, and a plan is of one day and of one travel only."""

from dataclasses import replace

import pytest

from fleet.check import check_plan
from fleet.model import Day, ErrorCode, InputError, Plan, Rule, dump, read_plan
from fleet.planning import travel_for
from maps.travel import TravelMatrices
from tests.depth import count
from tests.planned import planned
from tests.random_days import random_day

Planned = tuple[Day, Plan, TravelMatrices]


@pytest.mark.parametrize("seed", range(count(short=40, long=500)))
def test_a_plan_of_ours_breaks_no_rule(seed: int) -> None:
    day = random_day(1_000 + seed, requests=2 + seed % 9, tricycles=1 + seed % 4)
    travel = travel_for(day)
    plan = planned(day, travel=travel)
    assert check_plan(day, plan, travel=travel) == ()
    # Written, read again and believed, it is still the same plan.
    assert check_plan(day, read_plan(dump(plan))) == ()


def test_a_plan_of_another_day_is_refused(planned_day: Planned) -> None:
    day, plan, travel = planned_day
    other = day.model_copy(update={"title": "another day"})
    with pytest.raises(InputError) as refused:
        check_plan(other, plan, travel=travel)
    assert [problem.code for problem in refused.value.problems] == [ErrorCode.PLAN_OF_ANOTHER_DAY]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"detour_factor": 1.9}, id="another detour"),
        pytest.param({"source": "roads", "roads_sha256": "0" * 64, "detour_factor": None}, id="roads"),
        pytest.param({"profile": "great-circle/0"}, id="another profile"),
    ],
)
def test_a_plan_of_other_roads_is_refused(planned_day: Planned, change: dict[str, object]) -> None:
    day, plan, travel = planned_day
    with pytest.raises(InputError) as refused:
        check_plan(day, plan, travel=replace(travel, **change))
    assert [problem.code for problem in refused.value.problems] == [ErrorCode.PLAN_OF_OTHER_ROADS]


def test_legs_are_verified_with_travel_and_believed_without(planned_day: Planned) -> None:
    day, plan, travel = planned_day
    slower = replace(travel, durations_s=travel.durations_s + 1)
    assert {violation.rule for violation in check_plan(day, plan, travel=slower)} == {Rule.TRAVEL}
    assert check_plan(day, plan) == ()


def test_frozen_stops_may_break_rules_with_a_warning_and_nothing_else_may() -> None:
    warned = 0
    for seed in range(60):
        day = random_day(seed, requests=6, tricycles=2)
        plan = planned(day, iterations=0)
        warned += any(warning.code == "FROZEN_BREAKS_RULE" for warning in plan.warnings)
        silent = plan.model_copy(update={"warnings": ()})
        found = {violation.rule for violation in check_plan(day, silent)}
        assert found == ({Rule.STRUCTURE} if plan.warnings else set())
    assert warned > 5


def test_a_violation_says_where_and_by_how_much(planned_day: Planned) -> None:
    day, plan, travel = planned_day
    route = plan.routes[0]
    late = route.model_copy(update={"number": route.number + 1})
    (violation,) = check_plan(
        day, plan.model_copy(update={"routes": (late, *plan.routes[1:])}), travel=travel
    )
    assert (violation.rule, violation.tricycle) == (Rule.STRUCTURE, route.tricycle)

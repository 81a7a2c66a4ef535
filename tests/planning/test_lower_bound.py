"""What a plan says that no plan undercuts: only where it is proved, never more than the plan itself costs."""

import pytest

from fleet.check import check_plan
from fleet.model import Plan
from tests.planning.planned import planned
from tests.planning.small import Road, at, request, road, tricycle


def proved(day: Road) -> Plan:
    plan = planned(day.day, travel=day.travel, iterations=20, proof=True)
    assert check_plan(day.day, plan, travel=day.travel) == ()
    return plan


def test_of_a_small_day_the_best_plan_is_proved() -> None:
    plan = proved(road(requests=[request("a", "village", "market"), request("b", "hamlet", "bazaar")]))
    assert plan.figures.lower_bound_yuan == pytest.approx(plan.figures.total_yuan, abs=0.01)
    assert "improve" not in plan.solver.phases


@pytest.mark.parametrize("yuan_per_hour", [12.0, 13.0, 24.0, 25.01])
def test_rates_that_the_search_rounds_up_take_something_off(yuan_per_hour: float) -> None:
    day = road(
        requests=[request("a", "village", "market")],
        tricycles=[tricycle(yuan_per_hour=yuan_per_hour, yuan_per_km=0.123456, fixed_yuan=1 / 3)],
    )
    figures = proved(day).figures
    assert figures.lower_bound_yuan is not None
    assert figures.total_yuan - 0.01 < figures.lower_bound_yuan <= figures.total_yuan


def test_what_is_left_out_counts_as_in_the_plan() -> None:
    poor = request("a", "village", "market", penalty_yuan=0.7)
    plan = proved(road(requests=[poor, request("b", "hamlet", "bazaar", kg=900.0, must=True)]))
    assert plan.figures.unserved_musts == 1
    assert plan.figures.lower_bound_yuan == pytest.approx(0.7)


def test_of_a_day_with_frozen_stops_nothing_is_claimed() -> None:
    kept = ({"request": "a", "kind": "pickup", "place": "village", "start": at("06:20")},)
    plan = proved(
        road(
            requests=[request("a", "village", "market")],
            locks={"routes": ({"tricycle": "t1", "frozen": kept},)},
        )
    )
    assert plan.figures.served_requests == 1
    assert plan.figures.lower_bound_yuan is None


def test_of_a_day_that_is_too_large_nothing_is_claimed() -> None:
    plan = proved(road(requests=[request(f"r{n}", "village", "market", kg=20.0) for n in range(12)]))
    assert plan.figures.lower_bound_yuan is None

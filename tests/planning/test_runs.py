"""How a planning run behaves: seeds, progress, cancelling, workers, and days at the edge."""

import random
import time

import pytest

from fleet.check import check_plan
from fleet.model import Plan, ReasonCode, Rule, WarningCode
from fleet.planning import Progress, SolveSettings, plan_day, travel_for
from fleet.samples import make_day
from fleet.solver.process import WarmChild
from tests.depth import count
from tests.planning.planned import planned
from tests.planning.small import KM, Road, request, road_day, tricycle

LONG_ENOUGH = SolveSettings(budget_s=60, iterations=60)


@pytest.fixture(scope="module")
def busy() -> Road:
    """Twelve requests for two tricycles that cannot take all of them at once."""
    places = ["village", "hamlet", "market", "bazaar"]
    requests = [
        request(f"r{n}", places[n % 3], places[1 + (n + n // 3) % 3], kg=40.0 + 7 * n) for n in range(12)
    ]
    requests = [r for r in requests if r["pickup"]["place"] != r["dropoffs"][0]["place"]]
    return road_day(KM, tricycles=[tricycle("t1"), tricycle("t2")], requests=requests)


def content(plan: Plan) -> dict[str, object]:
    """Return a plan without the clock of the machine that made it."""
    found = plan.model_dump(by_alias=True, mode="json")
    for name in ("used_s", "phases"):
        del found["solver"][name]
    return found


def test_the_same_seed_and_iterations_give_the_same_plan(busy: Road) -> None:
    plans = [plan_day(busy.day, travel=busy.travel, settings=LONG_ENOUGH) for _ in range(2)]
    assert content(plans[0]) == content(plans[1])


def test_another_seed_is_written_into_the_plan(busy: Road) -> None:
    assert planned(busy.day, travel=busy.travel, seed=7).solver.seed == 7


def test_progress_never_falls_and_ends_at_one(busy: Road) -> None:
    told: list[Progress] = []
    plan = plan_day(busy.day, travel=busy.travel, settings=LONG_ENOUGH, progress=told.append)
    fractions = [progress.fraction for progress in told]
    assert fractions == sorted(fractions)
    assert fractions[0] >= 0
    assert fractions[-1] == 1.0
    pairs = [(progress.unserved_musts, progress.total_yuan) for progress in told]
    assert pairs == sorted(pairs, reverse=True)
    assert pairs[-1][0] == plan.figures.unserved_musts
    assert pairs[-1][1] == pytest.approx(plan.figures.total_yuan, abs=0.01)
    assert told[-1].phase == "done"


def test_a_cancelled_run_gives_the_best_plan_so_far_checked(busy: Road) -> None:
    told: list[Progress] = []
    plan = plan_day(
        busy.day,
        travel=busy.travel,
        settings=SolveSettings(budget_s=120),
        progress=told.append,
        cancelled=lambda: any(progress.phase == "routing model" for progress in told),
    )
    assert WarningCode.STOPPED_EARLY in [warning.code for warning in plan.warnings]
    assert check_plan(busy.day, plan, travel=busy.travel) == ()
    assert plan.figures.served_requests > 0


@pytest.mark.parametrize("seed", range(count(short=2, long=40)))
def test_a_run_cancelled_at_a_random_moment_gives_a_checked_plan(seed: int, busy: Road) -> None:
    chance = random.Random(seed)
    ends_at_s = time.monotonic() + chance.uniform(0.0, 3.0)
    plan = plan_day(
        busy.day,
        travel=busy.travel,
        settings=SolveSettings(budget_s=600, iterations=10**9, workers=chance.choice((1, 2)), seed=seed),
        cancelled=lambda: time.monotonic() > ends_at_s,
    )
    assert check_plan(busy.day, plan, travel=busy.travel) == ()
    assert WarningCode.STOPPED_EARLY in [warning.code for warning in plan.warnings]


def test_a_run_cancelled_at_once_leaves_everything_out_and_says_so(busy: Road) -> None:
    plan = plan_day(busy.day, travel=busy.travel, cancelled=lambda: True)
    assert plan.routes == ()
    assert {item.request for item in plan.unserved} == {r.id for r in busy.day.requests}
    assert WarningCode.STOPPED_EARLY in [warning.code for warning in plan.warnings]


def test_two_workers_give_the_same_plan_in_every_run(busy: Road) -> None:
    settings = SolveSettings(budget_s=60, iterations=60, workers=2, seed=5)
    plans = [plan_day(busy.day, travel=busy.travel, settings=settings) for _ in range(2)]
    assert content(plans[0]) == content(plans[1])
    assert (plans[0].solver.workers, plans[0].solver.seed) == (2, 5)


def test_a_plan_of_a_search_that_goes_on_is_checked_and_says_what_it_leaves_out(busy: Road) -> None:
    drafts: list[tuple[Progress, Plan]] = []

    def ask(progress: Progress) -> None:
        if progress.is_complete and not drafts:
            drafts.append((progress, progress.plan()))

    plan_day(busy.day, travel=busy.travel, settings=LONG_ENOUGH, progress=ask)
    progress, draft = drafts[0]
    assert check_plan(busy.day, draft, travel=busy.travel) == ()
    assert draft.figures.served_requests == progress.served_requests > 0
    assert draft.figures.total_yuan == pytest.approx(progress.total_yuan, abs=0.01)
    served = {entry.request for route in draft.routes for entry in route.entries}
    assert {item.request for item in draft.unserved} == {r.id for r in busy.day.requests} - served
    assert all(item.reason == ReasonCode.NOT_EXAMINED for item in draft.unserved)


def test_a_child_that_waits_plans_what_a_new_one_plans(busy: Road) -> None:
    with WarmChild() as child:
        warm = [plan_day(busy.day, travel=busy.travel, settings=LONG_ENOUGH, child=child) for _ in range(2)]
    cold = plan_day(busy.day, travel=busy.travel, settings=LONG_ENOUGH)
    assert [content(plan) for plan in warm] == [content(cold)] * 2


def test_a_day_of_one_request_is_planned() -> None:
    road = road_day(KM, tricycles=[tricycle()], requests=[request("a", "village", "market")])
    plan = plan_day(road.day, travel=road.travel, settings=LONG_ENOUGH)
    assert (plan.figures.served_requests, plan.figures.tricycles_used, plan.unserved) == (1, 1, ())


def test_a_day_that_nobody_can_serve_is_a_plan_without_routes_and_with_reasons() -> None:
    road = road_day(KM, tricycles=[tricycle()], requests=[request("a", "village", "market", kg=500.0)])
    plan = plan_day(road.day, travel=road.travel, settings=LONG_ENOUGH)
    assert plan.routes == ()
    assert plan.figures.loss_yuan == 300.0
    assert plan.unserved[0].reason == ReasonCode.NO_TRICYCLE_FITS
    assert plan.unserved[0].tricycles[0].rule == Rule.CAPACITY_KG


def test_without_an_available_tricycle_every_request_says_so() -> None:
    road = road_day(
        KM, tricycles=[tricycle(available=False)], requests=[request("a", "village", "market", must=True)]
    )
    plan = plan_day(road.day, travel=road.travel, settings=LONG_ENOUGH)
    assert plan.figures.unserved_musts == 1
    assert plan.unserved[0].tricycles[0].rule == Rule.UNAVAILABLE
    assert plan.unserved[0].change is None


def test_travel_is_by_great_circles_where_none_is_given() -> None:
    road = road_day(KM, tricycles=[tricycle()], requests=[request("a", "village", "market")])
    plan = plan_day(road.day, settings=LONG_ENOUGH)
    assert plan.travel.source == "great-circle"
    assert check_plan(road.day, plan, travel=travel_for(road.day)) == ()


def test_a_budget_too_short_for_a_large_day_still_gives_a_checked_plan() -> None:
    day = make_day("qiaerbag")
    plan = plan_day(day, travel=travel_for(day), settings=SolveSettings(budget_s=0.01))
    assert plan.figures.served_requests + plan.figures.unserved_requests == len(day.requests)

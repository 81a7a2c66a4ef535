"""What counts as a solution, and what may be claimed of results."""

import copy
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks._days import generated_day, judge
from benchmarks._pdptw import distance_of, faults_of
from benchmarks._results import PdptwRow, Results
from benchmarks._statistics import compare, sign_test
from tests.benchmarks.tiny import GOOD, tiny

VISITS = dict[int, list[tuple[str, int]]]


def test_a_good_solution_has_no_fault() -> None:
    assert faults_of(tiny(), GOOD) == []
    assert distance_of(tiny(), GOOD) == pytest.approx(80.0)


@pytest.mark.parametrize(
    ("routes", "fault"),
    [
        ([[1, 2]], "2 nodes are not visited"),
        ([[1, 2, 3, 4], [1, 2]], "a node is visited twice"),
        ([[1, 2, 3, 4, 9]], "a node that is none is visited"),
        ([[2, 1, 3, 4]], "route 1 delivers at 2 what it has not picked up"),
        ([[1, 3, 2, 4]], "route 1 carries 12 after 3"),
        ([[1, 2, 4, 3]], "route 1 delivers at 4 what it has not picked up"),
        ([[3, 4, 1, 2]], "route 1 is late at 1"),
        ([[1, 4], [3, 2]], "route 1 delivers at 4 what it has not picked up"),
        ([[1, 2], [3, 4], []], "3 routes, 2 vehicles"),
    ],
)
def test_a_broken_solution_is_refused(routes: list[list[int]], fault: str) -> None:
    assert fault in faults_of(tiny(), routes)


def test_coming_home_late_is_a_fault() -> None:
    benchmark = tiny()
    due = benchmark.due.copy()
    due[0] = 83
    assert faults_of(replace(benchmark, due=due), GOOD) == ["route 1 is late at the depot"]


def one_request_each(problem: dict) -> VISITS:
    """As many requests as there are tricycles, each on its own: a day makes sure that this is possible."""
    return {
        vehicle["id"]: [("pickup", shipment["pickup"]["id"]), ("delivery", shipment["delivery"]["id"])]
        for vehicle, shipment in zip(problem["vehicles"], problem["shipments"], strict=False)
    }


def test_a_day_is_the_same_every_time_and_each_request_is_possible() -> None:
    problem = generated_day(requests=60, fleet="tight", seed=3)
    assert problem == generated_day(requests=60, fleet="tight", seed=3)
    assert len(problem["vehicles"]) == 7
    first = problem["vehicles"][1]["id"]
    for shipment in problem["shipments"]:
        steps = {first: [("pickup", shipment["pickup"]["id"]), ("delivery", shipment["delivery"]["id"])]}
        assert judge(problem, steps).served == 1


def test_slack_and_tight_days_differ_in_the_fleet_only() -> None:
    slack, tight = (generated_day(requests=60, fleet=fleet, seed=1) for fleet in ("slack", "tight"))
    assert slack["shipments"] == tight["shipments"]
    assert len(slack["vehicles"]) > len(tight["vehicles"])


def test_plan_mode_counts_what_a_day_serves() -> None:
    problem = generated_day(requests=60, fleet="tight", seed=1)
    judged = judge(problem, one_request_each(problem))
    assert (judged.status, judged.served, judged.vehicles) == ("done", 7, 7)
    assert judged.priority == 2 * sum(s["priority"] for s in problem["shipments"][:7])


def test_routes_of_a_day_that_break_a_rule_are_none() -> None:
    problem = generated_day(requests=60, fleet="tight", seed=1)
    good = one_request_each(problem)
    backwards, twice, halved, stranger = (copy.deepcopy(good) for _ in range(4))
    backwards[1].reverse()
    twice[2] = twice[1]
    halved[1].pop()
    stranger[99] = stranger.pop(1)
    for steps in (backwards, twice, halved, stranger):
        assert judge(problem, steps).status == "invalid"
    overloaded = {1: [("pickup", s["pickup"]["id"]) for s in problem["shipments"][:30]]}
    overloaded[1] += [("delivery", s["delivery"]["id"]) for s in problem["shipments"][:30]]
    assert judge(problem, overloaded).status == "invalid"
    assert judge(problem, {}).status == "none"


def test_fewer_vehicles_count_more_than_any_distance_and_near_distances_are_a_tie() -> None:
    assert compare((0, 3, 900.0), (0, 4, 100.0)) == -1
    assert compare((0, 3, 100.2), (0, 3, 100.0)) == 0
    assert compare((0, 3, 101.0), (0, 3, 100.0)) == 1
    assert compare((1, 3, 100.0), (0, 9, 900.0)) == 1


def test_a_sign_test_leaves_ties_out() -> None:
    better, worse, equal = ((1.0, 1.0), (2.0, 1.0)), ((2.0, 1.0), (1.0, 1.0)), ((1.0, 1.0), (1.0, 1.0))
    test = sign_test([better] * 9 + [worse] + [equal] * 5)
    assert (test.wins, test.ties, test.losses) == (9, 5, 1)
    # Both tails of ten coins: 2 x (1 + 10) / 1024.
    assert test.p_value == pytest.approx(22 / 1024)


def test_a_run_that_had_to_share_its_core_is_made_again(tmp_path: Path) -> None:
    alone, shared = (
        PdptwRow(
            solver="vroom", version="1", instance=name, seconds=10.0, seed=1, status="done",
            took_s=10.0, cpu_s=cpu_s, vehicles=1, distance=80.5,
        )
        for name, cpu_s in (("alone", 9.9), ("shared", 5.0))
    )  # fmt: skip
    saved = Results(PdptwRow, path=tmp_path / "runs.csv")
    saved.add(alone)
    saved.add(shared)
    again = Results(PdptwRow, reused=[tmp_path / "runs.csv"])
    assert again.rows == saved.rows
    assert again.has(*alone.key)
    assert not again.has(*shared.key)

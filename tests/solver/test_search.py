"""The search: any-time, never worse than its first plan, the same for the same seed."""

import time
from functools import partial

import numpy as np
import pytest

from fleet.solver import search
from fleet.solver.alone import twins
from fleet.solver.improve import Improver
from fleet.solver.instance import Instance
from fleet.solver.routes import Routes
from fleet.solver.search import Snapshot, solve
from tests.small_instances import busy_morning, line


def score(instance: Instance, tasks: list[list[int]]) -> tuple[int, int]:
    """Judge routes by evaluating them once more, in a state of their own."""
    routes = Routes(instance)
    for vehicle, sequence in enumerate(tasks):
        trial = routes.evaluate(vehicle, sequence)
        assert trial.route is not None
        routes.put(vehicle, trial.route)
    return routes.score()


def tasks_of(found: list) -> list[list[int]]:
    return [[] if route is None else route.tasks.tolist() for route in found]


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("requests", [24, 48])
def test_no_phase_makes_the_first_plan_worse(requests: int, seed: int) -> None:
    instance = busy_morning(requests=requests, seed=seed)
    told: list[Snapshot] = []
    solution = solve(instance, budget_s=60.0, iterations=25, seed=seed, progress=told.append)
    phases = list(dict.fromkeys(snapshot.phase for snapshot in told))
    again = ["construct again"] if requests == 48 else []
    assert phases == ["impossible", "construct", *again, "routing model", "improve"]
    after_first = [(s.unserved_musts, s.cost) for s in told if s.is_complete]
    assert after_first == sorted(after_first, reverse=True)
    assert score(instance, tasks_of(solution.routes)) <= after_first[-1]
    assert solution.iterations == 25


def test_iterations_and_seed_decide_the_routes() -> None:
    instance = busy_morning()
    one, same, other = (
        tasks_of(solve(instance, budget_s=600.0, iterations=20, seed=seed).routes) for seed in (4, 4, 5)
    )
    assert one == same
    assert one != other


@pytest.mark.parametrize("used", [0.3, 0.9])
def test_with_a_number_of_iterations_the_clock_has_no_part(used: float) -> None:
    instance = busy_morning()
    found = []
    for share in (0.0, used):
        improver = Improver(
            instance, requests=range(instance.n_requests), unlikely=[], rng=np.random.default_rng(1)
        )
        improver.construct(stopped=lambda: False)
        improver.run(iterations=60, fraction=partial(float, share), improved=lambda: None)
        found.append(tasks_of(improver.best()))
    assert found[0] == found[1]


def test_large_days_do_without_the_routing_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "LARGEST_ROUTING_MODEL", 5)
    solution = solve(busy_morning(), budget_s=60.0, iterations=2)
    assert "routing model" not in solution.phases_s


def test_the_budget_ends_every_phase(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenth of a millisecond is over before the first plan is complete, which is finished all the same."""
    monkeypatch.setattr(search, "LARGEST_ROUTING_MODEL", 0)
    instance = busy_morning(requests=140, vehicles=12)
    told: list[Snapshot] = []
    unhurried = solve(instance, budget_s=60.0, iterations=0, progress=told.append)
    assert "construct again" in unhurried.phases_s
    first_plan = next(snapshot for snapshot in told if snapshot.is_complete)
    began = time.monotonic()
    solution = solve(instance, budget_s=0.0001)
    assert time.monotonic() - began < 20.0
    assert solution.iterations == 0
    assert "construct again" not in solution.phases_s
    assert tasks_of(solution.routes) == tasks_of(first_plan.routes)


def test_a_cancel_leaves_the_best_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    # Within the routing model nothing of ours runs: there a cancel is the end of the child process.
    monkeypatch.setattr(search, "LARGEST_ROUTING_MODEL", 0)
    instance = busy_morning()
    told: list[Snapshot] = []
    solution = solve(
        instance,
        budget_s=600.0,
        iterations=1_000_000,
        progress=told.append,
        cancelled=lambda: bool(told) and told[-1].phase == "improve",
    )
    assert solution.stopped_early
    assert score(instance, tasks_of(solution.routes)) == (told[-1].unserved_musts, told[-1].cost)


def test_requests_that_no_empty_vehicle_serves_are_named() -> None:
    instance = line((1, 2), (1, 7), latest_s=[500])
    assert solve(instance, budget_s=5.0, iterations=1).impossible == [1]


def test_who_holds_a_bay_is_the_equal_of_no_other() -> None:
    free = line((1, 2), vehicles=2, fixed_cost=[0, 0])
    assert twins(free) == [0, 0]
    assert twins(free._replace(held_bays=np.array([[0, 1, 0, 600]]))) == [0, 1]


def test_nothing_to_plan_is_planned() -> None:
    instance = line((1, 2), allowed=[[False]])
    solution = solve(instance, budget_s=5.0)
    assert solution.routes == [None]
    assert solution.impossible == [0]


def test_a_search_begins_from_given_routes_and_drops_what_breaks_a_rule() -> None:
    instance = line((1, 4), (2, 3), capacity=[[1, 1]])
    solution = solve(instance, budget_s=5.0, iterations=0, first=[[0, 2, 3, 1]])
    assert sorted(tasks_of(solution.routes)[0]) == [0, 1, 2, 3]


def test_musts_come_first_where_there_is_no_room_for_all() -> None:
    instance = line((1, 7), (1, 6), (1, 5), latest_s=[900], must=[True, False, False], capacity=[[1, 1]])
    solution = solve(instance, budget_s=5.0, iterations=3)
    served = {int(r) for r in instance.task_request[tasks_of(solution.routes)[0]]}
    assert 0 in served


def test_of_very_many_left_out_only_some_are_tried_again_at_once() -> None:
    instance = busy_morning(requests=200, vehicles=2)
    solution = solve(instance, budget_s=60.0, iterations=3)
    assert np.isfinite(score(instance, tasks_of(solution.routes))[1])

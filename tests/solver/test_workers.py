"""Workers side by side: the same result in every run, the best shared, nobody waited for in vain."""

import threading
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from fleet.solver import search
from fleet.solver.improve import Improver
from fleet.solver.instance import Instance
from fleet.solver.routes import Routes
from fleet.solver.search import Snapshot, Solution, solve
from fleet.solver.workers import Team, is_far_behind
from tests.depth import count
from tests.small_instances import busy_morning


def new_improver(instance: Instance, *, seed: int, requests: int | None = None) -> Improver:
    served = range(instance.n_requests if requests is None else requests)
    return Improver(instance, requests=served, unlikely=[], rng=np.random.default_rng(seed))


def team_of(*improvers: Improver, iterations: int | None, fraction: Callable[[], float]) -> Team:
    return Team(improvers, iterations=iterations, fraction=fraction, progress=lambda: None)


def tasks_of(solution: Solution) -> list[list[int]]:
    return [[] if route is None else route.tasks.tolist() for route in solution.routes]


def score(instance: Instance, solution: Solution) -> tuple[int, int]:
    """Judge a solution by evaluating its routes once more, in a state of their own."""
    routes = Routes(instance)
    for vehicle, sequence in enumerate(tasks_of(solution)):
        trial = routes.evaluate(vehicle, sequence)
        assert trial.route is not None
        routes.put(vehicle, trial.route)
    return routes.score()


@pytest.fixture
def no_routing_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "LARGEST_ROUTING_MODEL", 0)


@pytest.mark.usefixtures("no_routing_model")
@pytest.mark.parametrize("workers", [2, 3])
@pytest.mark.parametrize("seed", range(count(short=2, long=20)))
def test_iterations_workers_and_seed_decide_the_routes(workers: int, seed: int) -> None:
    instance = busy_morning(requests=40, seed=seed)
    one, same = (
        solve(instance, budget_s=600.0, iterations=400, workers=workers, seed=seed) for _ in range(2)
    )
    assert tasks_of(one) == tasks_of(same)
    assert one.iterations == 400 * workers


@pytest.mark.usefixtures("no_routing_model")
def test_every_worker_has_a_chance_of_its_own() -> None:
    # On some mornings the first worker is ahead of the second all the same.
    found = [
        [
            solve(busy_morning(requests=40, seed=seed), budget_s=600.0, iterations=100, workers=w)
            for w in (1, 2)
        ]
        for seed in range(4)
    ]
    assert any(tasks_of(alone) != tasks_of(together) for alone, together in found)


@pytest.mark.usefixtures("no_routing_model")
@pytest.mark.parametrize("workers", [1, 2])
def test_what_is_told_is_what_comes_out(workers: int) -> None:
    instance = busy_morning()
    told: list[Snapshot] = []
    solution = solve(instance, budget_s=600.0, iterations=60, workers=workers, progress=told.append)
    end = told[-1]
    assert (end.phase, end.fraction, end.iterations) == ("improve", 1.0, 60 * workers)
    assert score(instance, solution) == (end.unserved_musts, end.cost)
    assert end.served == len({int(r) for t in tasks_of(solution) for r in instance.task_request[t]}) > 0
    assert [s.is_complete for s in told] == [s.phase in ("construct again", "improve") for s in told]


def test_who_is_far_behind_goes_on_from_the_best() -> None:
    instance = busy_morning(requests=60, vehicles=8)
    ahead = new_improver(instance, seed=1)
    ahead.construct(stopped=lambda: False)
    ahead.run(iterations=400, fraction=partial(float, 0), improved=lambda: None)
    before = ahead.score()
    alone, behind = (new_improver(instance, seed=2) for _ in range(2))
    alone.run(iterations=8, fraction=partial(float, 0), improved=lambda: None)
    assert is_far_behind(alone.score(), before)
    team = team_of(ahead, behind, iterations=16, fraction=partial(float, 0))
    team.run()
    assert behind.score() <= before
    assert team.best().score == min(ahead.score(), behind.score())


@pytest.mark.parametrize(
    ("own", "best", "far"),
    [
        ((1, 500), (0, 900), True),
        ((0, 1_011), (0, 1_000), True),
        ((0, 1_010), (0, 1_000), False),
        ((0, -980), (0, -1_000), True),
        ((0, -995), (0, -1_000), False),
        ((0, 0), (0, 0), False),
    ],
)
def test_a_must_more_or_a_hundredth_of_the_cost_is_far(
    own: tuple[int, int], best: tuple[int, int], far: bool
) -> None:
    assert is_far_behind(own, best) == far


def test_a_worker_with_nothing_to_do_is_waited_for_by_nobody() -> None:
    instance = busy_morning()
    team = team_of(
        new_improver(instance, seed=1),
        new_improver(instance, seed=2, requests=0),
        iterations=80,
        fraction=partial(float, 0),
    )
    team.run()
    assert team.iterations() == 80


def test_a_team_with_nothing_to_do_ends_before_its_budget() -> None:
    idle = [new_improver(busy_morning(), seed=seed, requests=0) for seed in (1, 2)]
    team = team_of(*idle, iterations=None, fraction=partial(float, 0))
    team.run()
    assert team.iterations() == 0


def test_the_failure_of_one_worker_ends_all_and_is_told() -> None:
    instance = busy_morning()

    def fraction() -> float:
        if threading.current_thread() is not threading.main_thread():
            raise ValueError("no clock here")
        return 0.0

    team = team_of(
        *(new_improver(instance, seed=seed) for seed in (1, 2)), iterations=10_000_000, fraction=fraction
    )
    with pytest.raises(ValueError, match="no clock here"):
        team.run()


class Clock:
    """A clock that goes on by a tenth of a second at every look."""

    STEP_S = 0.1

    def __init__(self) -> None:
        self.now_s = 0.0

    def monotonic(self) -> float:
        self.now_s += self.STEP_S
        return self.now_s


@pytest.mark.usefixtures("no_routing_model")
@pytest.mark.parametrize("requests", [24, 150])
@pytest.mark.parametrize("workers", [1, 2])
def test_a_search_ends_a_few_looks_at_the_clock_after_its_budget(
    requests: int, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    for module in ("search", "workers"):
        monkeypatch.setattr(f"fleet.solver.{module}.time", clock)
    instance = busy_morning(requests=requests)
    looks_of_a_first_plan = 2 * requests
    budget_s = (looks_of_a_first_plan + 100) * Clock.STEP_S
    solution = solve(instance, budget_s=budget_s, workers=workers)
    assert budget_s <= clock.now_s <= budget_s + 10 * workers * Clock.STEP_S
    assert solution.iterations > 0
    assert score(instance, solution)[1] < int(instance.penalty.sum())

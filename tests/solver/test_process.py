"""The search in a process of its own: cancelled, killed, failing, and as good as in this one."""

import contextlib
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from fleet.solver.process import SolverCrashedError, solve_in_child
from fleet.solver.routes import Routes
from fleet.solver.search import Snapshot, Solution, solve
from tests.small_instances import busy_morning

ENDS_S = 60.0
"""Far above what any of these takes, far below the budgets given."""


def children() -> set[int]:
    """Return the running processes that this thread's process has started for a search."""
    found = set()
    for task in Path("/proc/self/task").iterdir():
        # Threads and children may end while they are looked at.
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            for pid in (task / "children").read_text().split():
                if b"fleet.solver.child" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    found.add(int(pid))
    return found


def is_valid(solution: Solution) -> bool:
    routes = Routes(busy_morning())
    for vehicle, route in enumerate(solution.routes):
        if route is not None:
            trial = routes.evaluate(vehicle, route.tasks)
            if trial.route is None:
                return False
            routes.put(vehicle, trial.route)
    return True


def test_the_child_finds_what_the_search_finds_here() -> None:
    instance = busy_morning()
    there = solve_in_child(instance, budget_s=300.0, iterations=5, seed=2)
    here = solve(instance, budget_s=300.0, iterations=5, seed=2)
    assert [None if r is None else r.tasks.tolist() for r in there.routes] == [
        None if r is None else r.tasks.tolist() for r in here.routes
    ]
    assert not there.stopped_early


def test_a_cancel_kills_the_child_and_keeps_its_best() -> None:
    told: list[Snapshot] = []
    began = time.monotonic()
    solution = solve_in_child(
        busy_morning(),
        budget_s=600.0,
        progress=told.append,
        cancelled=lambda: any(s.phase == "routing model" for s in told),
    )
    took_s = time.monotonic() - began
    assert took_s < ENDS_S
    assert solution.stopped_early
    assert list(solution.phases_s) == ["impossible", "construct", "routing model"]
    assert sum(solution.phases_s.values()) <= took_s
    assert solution.routes == told[-1].routes
    assert any(route is not None for route in solution.routes), "the first plan came before the routing model"
    assert is_valid(solution)
    assert children() == set()


def test_a_cancel_before_the_first_plan_leaves_an_empty_one() -> None:
    solution = solve_in_child(busy_morning(), budget_s=600.0, cancelled=lambda: True)
    assert solution.stopped_early
    assert all(route is None for route in solution.routes)


def test_the_best_of_a_killed_child_is_kept() -> None:
    def kill(snapshot: Snapshot) -> None:
        if snapshot.phase == "improve":
            for pid in children():
                os.kill(pid, signal.SIGKILL)

    began = time.monotonic()
    solution = solve_in_child(busy_morning(), budget_s=20.0, progress=kill)
    assert time.monotonic() - began < ENDS_S
    assert solution.stopped_early
    assert any(route is not None for route in solution.routes)
    assert is_valid(solution)


def test_a_child_that_fails_says_why() -> None:
    with pytest.raises(SolverCrashedError, match="ValueError"):
        solve_in_child(busy_morning(), budget_s=5.0, first=[["no task"]])  # type: ignore[list-item]


def test_two_searches_run_beside_each_other() -> None:
    found: dict[int, Solution] = {}

    def one(seed: int) -> None:
        found[seed] = solve_in_child(busy_morning(), budget_s=300.0, iterations=2, seed=seed)

    threads = [threading.Thread(target=one, args=(seed,)) for seed in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(is_valid(solution) for solution in found.values())
    assert len(found) == 2

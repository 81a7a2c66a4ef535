"""The search in a process of its own: cancelled, killed, failing, and as good as in this one."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from fleet.solver import process
from fleet.solver.process import SolverCrashedError, WarmChild, solve_in_child
from fleet.solver.routes import Routes
from fleet.solver.search import Snapshot, Solution, solve
from tests.depth import count
from tests.small_instances import busy_morning, line

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


def test_a_child_that_does_not_come_back_in_time_is_not_waited_for() -> None:
    def stop(snapshot: Snapshot) -> None:
        if snapshot.phase == "improve":
            for pid in children():
                os.kill(pid, signal.SIGSTOP)

    began = time.monotonic()
    solution = solve_in_child(busy_morning(), budget_s=6.0, progress=stop)
    assert time.monotonic() - began < ENDS_S
    assert not solution.stopped_early, "the budget was used"
    assert any(route is not None for route in solution.routes)
    assert is_valid(solution)
    assert children() == set()


def test_a_machine_too_busy_to_load_in_time_is_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "GRACE_S", 0.0)
    solution = solve_in_child(busy_morning(), budget_s=0.01)
    assert is_valid(solution)


@pytest.mark.parametrize("iterations", [None, 50])
def test_while_a_child_says_nothing_the_time_is_told_in_its_place(
    warm_child: WarmChild, iterations: int | None
) -> None:
    told: list[Snapshot] = []

    def listen(snapshot: Snapshot) -> None:
        if snapshot.phase == "routing model":
            for pid in children():
                os.kill(pid, signal.SIGSTOP)
            told.append(snapshot)

    solve_in_child(busy_morning(), budget_s=5.0, iterations=iterations, progress=listen, child=warm_child)
    last_heard, *later = told
    if iterations is None:
        assert len(later) > 1
        fractions = [snapshot.fraction for snapshot in told]
        assert fractions == sorted(set(fractions))
        assert fractions[-1] > 0.5
    else:
        assert not later, "only the child can count them"
    assert all(replace(snapshot, fraction=0.0) == replace(last_heard, fraction=0.0) for snapshot in later)


def test_who_listens_too_long_still_gets_the_end_of_the_search() -> None:
    told: list[Snapshot] = []

    def listen(snapshot: Snapshot) -> None:
        if not told:
            time.sleep(4.0)
        told.append(snapshot)

    instance = line((1, 2), (1, 7), latest_s=[500])
    solution = solve_in_child(instance, budget_s=2.0, progress=listen)
    assert solution.impossible == [1], "a snapshot would not know"


@pytest.fixture
def warm_child() -> Iterator[WarmChild]:
    with WarmChild() as child:
        assert child.wait(timeout_s=ENDS_S)
        yield child
    assert children() == set()


def tasks_of(solution: Solution) -> list[list[int]]:
    return [[] if route is None else route.tasks.tolist() for route in solution.routes]


def test_a_waiting_child_finds_what_the_search_finds_here_again_and_again(warm_child: WarmChild) -> None:
    for seed in (1, 2):
        there = solve_in_child(busy_morning(), budget_s=300.0, iterations=5, seed=seed, child=warm_child)
        here = solve(busy_morning(), budget_s=300.0, iterations=5, seed=seed)
        assert tasks_of(there) == tasks_of(here)


def test_after_every_job_another_child_waits(warm_child: WarmChild) -> None:
    before = children()
    solve_in_child(busy_morning(), budget_s=300.0, iterations=1, child=warm_child)
    assert warm_child.wait(timeout_s=ENDS_S)
    after = children()
    assert len(before) == len(after) == 1
    assert before != after


def test_a_child_killed_while_it_waits_costs_no_job(warm_child: WarmChild) -> None:
    for pid in children():
        os.kill(pid, signal.SIGKILL)
    solution = solve_in_child(busy_morning(), budget_s=300.0, iterations=1, child=warm_child)
    assert not solution.stopped_early
    assert is_valid(solution)
    assert warm_child.wait(timeout_s=ENDS_S)


def test_a_child_killed_at_work_leaves_its_best_and_another_waits(warm_child: WarmChild) -> None:
    def kill(snapshot: Snapshot) -> None:
        if snapshot.phase == "improve":
            for pid in children():
                os.kill(pid, signal.SIGKILL)

    solution = solve_in_child(busy_morning(), budget_s=60.0, progress=kill, child=warm_child)
    assert solution.stopped_early
    assert is_valid(solution)
    assert warm_child.wait(timeout_s=ENDS_S)


def test_a_job_that_fails_in_a_waiting_child_says_why_and_the_next_does_not(warm_child: WarmChild) -> None:
    with pytest.raises(SolverCrashedError, match="ValueError"):
        solve_in_child(busy_morning(), budget_s=5.0, first=[["no task"]], child=warm_child)  # type: ignore[list-item]
    assert is_valid(solve_in_child(busy_morning(), budget_s=300.0, iterations=1, child=warm_child))


def test_who_finds_the_waiting_child_busy_gets_one_of_its_own(warm_child: WarmChild) -> None:
    within: list[Solution] = []

    def ask(_snapshot: Snapshot) -> None:
        if not within:
            within.append(solve_in_child(busy_morning(), budget_s=300.0, iterations=1, child=warm_child))

    outer = solve_in_child(busy_morning(), budget_s=300.0, iterations=1, progress=ask, child=warm_child)
    assert is_valid(outer)
    assert tasks_of(within[0]) == tasks_of(outer)


@pytest.mark.parametrize("seed", range(count(short=3, long=60)))
def test_a_search_cancelled_at_a_random_moment_leaves_a_valid_plan(seed: int) -> None:
    chance = random.Random(seed)
    began = time.monotonic()
    after_s = chance.uniform(0.0, 3.0)
    solution = solve_in_child(
        busy_morning(seed=1),
        budget_s=600.0,
        workers=chance.choice((1, 2)),
        seed=seed,
        cancelled=lambda: time.monotonic() - began > after_s,
    )
    assert solution.stopped_early
    assert is_valid(solution)
    assert time.monotonic() - began < ENDS_S


FORGETS = """
from pathlib import Path
from fleet.solver.search import solve
from fleet.solver.warm import forget_how_to_compile, warm
from tests.small_instances import busy_morning

def pages():
    return int(Path("/proc/self/statm").read_text().split()[1])

warm()
before = pages()
forget_how_to_compile()
after = pages()
# Some are left out at first: every phase is passed through.
solve(busy_morning(requests=48), budget_s=300.0, iterations=5)
print(after / before)
"""


def test_who_has_loaded_the_kernels_needs_nothing_to_compile_them_with() -> None:
    done = subprocess.run([sys.executable, "-c", FORGETS], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 0.9

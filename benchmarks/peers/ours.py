"""Ours: searches as the service makes them, in a process that waits; told the problem within the time."""

import json
from collections.abc import Callable
from importlib.metadata import version as installed_version
from typing import Any

from benchmarks._pdptw import Routes
from benchmarks.peers import Report, VehicleSteps
from fleet.formats.pdptw import Benchmark, solve_benchmark
from fleet.formats.vroom import VroomProblem, dump_answer, new_problem, read_document, solve_problem
from fleet.solver.process import WarmChild
from fleet.solver.search import Snapshot

LOADING_S = 600.0
"""What loading the kernels may take, which have to be compiled where nobody has done so yet."""


def version() -> str:
    """Return the version of the project."""
    return installed_version("oasis-fleet")


def prepare_pdptw(
    benchmark: Benchmark, *, seconds: float, seed: int, report: Report | None = None, **options: Any
) -> Callable[[], Routes]:
    """Return the search of a benchmark."""
    child = _waiting_child()

    def progress(snapshot: Snapshot) -> None:
        if report is not None:
            report([[int(task) + 1 for task in r.tasks] for r in snapshot.routes if r is not None])

    def run() -> Routes:
        found = solve_benchmark(
            benchmark, budget_s=seconds, seed=seed, progress=progress, child=child, **options
        )
        return [list(route) for route in found.routes]

    return run


def prepare_day(
    problem: dict[str, Any], *, seconds: float, seed: int, report: Report | None = None, **options: Any
) -> Callable[[], VehicleSteps]:
    """Return the search of a day in VROOM's JSON."""
    child = _waiting_child()
    data = json.dumps(problem).encode()

    def run() -> VehicleSteps:
        told = new_problem(read_document(data))

        def progress(snapshot: Snapshot) -> None:
            if report is not None:
                report(_steps_so_far(told, snapshot))

        found = solve_problem(told, budget_s=seconds, seed=seed, progress=progress, child=child, **options)
        return steps_of(json.loads(dump_answer(found)))

    return run


def _waiting_child() -> WarmChild:
    """Return one that is ready; it ends with this process."""
    child = WarmChild().__enter__()
    if not child.wait(timeout_s=LOADING_S):
        raise RuntimeError(f"no process was ready for a search within {LOADING_S} s")
    return child


def _steps_so_far(problem: VroomProblem, snapshot: Snapshot) -> VehicleSteps:
    return {
        problem.vehicles[vehicle].spec.id: [
            (problem.tasks[task].kind, problem.tasks[task].visit.id) for task in route.tasks
        ]
        for vehicle, route in enumerate(snapshot.routes)
        if route is not None
    }


def steps_of(answer: dict[str, Any]) -> VehicleSteps:
    """Return the tasks of an answer in VROOM's JSON."""
    return {
        route["vehicle"]: [
            (step["type"], step["id"])
            for step in route["steps"]
            if step["type"] in ("job", "pickup", "delivery")
        ]
        for route in answer["routes"]
    }

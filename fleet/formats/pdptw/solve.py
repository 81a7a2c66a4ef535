"""Solving a benchmark, and the text of its solution."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fleet.formats.pdptw.benchmark import Benchmark, instance_of
from fleet.formats.pdptw.reading import distance_of
from fleet.solver.process import solve_in_child
from fleet.solver.search import Snapshot, Solution

FLEET_SHARE = 0.5
"""Share of the budget in which vehicles count more than anything; in the rest there are no more of them."""
LEGS_OF_A_VEHICLE = 10
"""What a vehicle costs while distance is the goal, in longest legs.

More would drown differences of distance in the search's sense of scale; the fleet cannot grow anyway.
"""


@dataclass(frozen=True)
class BenchmarkSolution:
    """Routes as nodes without the depot; only used vehicles have one."""

    routes: tuple[tuple[int, ...], ...]
    distance: float
    """Of all routes, in the text's own precision."""
    unserved: int
    """Requests that no route serves."""


def solve_benchmark(
    benchmark: Benchmark,
    *,
    budget_s: float,
    iterations: int | None = None,
    workers: int = 1,
    seed: int = 1,
    progress: Callable[[Snapshot], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> BenchmarkSolution:
    """Search in two phases: for fewer vehicles, then for less distance with no more of them.

    Raises
    ------
    SolverCrashedError
        The child died without a solution.
    """
    longest = int(benchmark.travel.max() * benchmark.scale) + 1
    began = time.monotonic()

    def search(vehicles: int, vehicle_cost: int, until_s: float, first: Sequence[Sequence[int]]) -> Solution:
        return solve_in_child(
            instance_of(benchmark, vehicles=vehicles, vehicle_cost=vehicle_cost),
            budget_s=max(0.1, until_s - (time.monotonic() - began)),
            iterations=iterations,
            workers=workers,
            seed=seed,
            first=first,
            progress=progress,
            cancelled=cancelled,
        )

    def stopped() -> bool:
        return cancelled is not None and cancelled()

    every_leg = longest * (len(benchmark.demand) + benchmark.vehicles)
    found: list[list[int]] = []
    for until_s in (FLEET_SHARE * budget_s, budget_s):
        if not found and not stopped():
            found = _tasks(search(benchmark.vehicles, every_leg, until_s, ()))
    if found and not stopped():
        better = _tasks(search(len(found), LEGS_OF_A_VEHICLE * longest, budget_s, found))
        if sum(map(len, better)) >= sum(map(len, found)):
            found = better
    routes = tuple(tuple(task + 1 for task in tasks) for tasks in found)
    served = sum(len(route) for route in routes) // 2
    return BenchmarkSolution(
        routes,
        sum(distance_of(benchmark.travel, route) for route in routes),
        len(benchmark.pickups) - served,
    )


def dump_solution(benchmark: Benchmark, solution: BenchmarkSolution) -> bytes:
    """Return the solution as the text in which tables of best known solutions collect them."""
    lines = [
        f"Instance name : {benchmark.name}",
        "Authors       : Oasis Fleet",
        "Reference     : -",
        f"Vehicles      : {len(solution.routes)}",
        f"Distance      : {solution.distance:.{benchmark.decimals}f}",
        "Solution",
    ]
    for number, route in enumerate(solution.routes, 1):
        lines.append(f"Route {number} : {' '.join(map(str, route))}")
    return "\n".join(lines).encode() + b"\n"


def _tasks(solution: Solution) -> list[list[int]]:
    return [route.tasks.tolist() for route in solution.routes if route is not None]

"""Solving a benchmark, and the text of its solution."""

from collections.abc import Callable
from dataclasses import dataclass

from fleet.formats.pdptw.benchmark import Benchmark, instance_of
from fleet.formats.pdptw.reading import distance_of
from fleet.solver.process import WarmChild, solve_in_child
from fleet.solver.search import Snapshot


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
    child: WarmChild | None = None,
) -> BenchmarkSolution:
    """Search for the fewest vehicles, and the least distance with as many.

    The arguments are those of :func:`fleet.solver.process.solve_in_child`.

    Raises
    ------
    SolverCrashedError
        The child died without a solution.
    """
    # Dearer than every leg of every route together: no distance pays for one more.
    vehicle_cost = (int(benchmark.travel.max() * benchmark.scale) + 1) * (
        len(benchmark.demand) + benchmark.vehicles
    )
    solution = solve_in_child(
        instance_of(benchmark, vehicles=benchmark.vehicles, vehicle_cost=vehicle_cost),
        budget_s=budget_s,
        iterations=iterations,
        workers=workers,
        seed=seed,
        fewest_vehicles=True,
        progress=progress,
        cancelled=cancelled,
        child=child,
    )
    found = [route.tasks.tolist() for route in solution.routes if route is not None]
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

"""Latency: when a first checked plan is there, and how well the budget is kept.

    python -m benchmarks.latency [--quick] [--csv FILE] [--data FOLDER] [--budgets 2 10] [--runs N]

The first table is of a caller that plans a day and makes a checked plan of the first routes it is told of:
with a child that waits, its kernels loaded, and with one that has to be started. The second is of the search
alone, from the call to the routes. Both begin with the numbers of a day whose travel is ready, and give the
median and, for what may not be late, the worst run. Days beyond the samples are made on an extract, and left
out where it is not there. The file has the rows of the second table.
"""

import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks._table import DEFAULT_DATA, Row, arguments, machine, print_table, write_csv
from fleet.model import Day, Travel
from fleet.planning import Progress, SolveSettings, plan_day, travel_for
from fleet.planning.instance import build_problem
from fleet.samples import from_roads, make_day, sample_roads
from fleet.solver.process import WarmChild, solve_in_child
from fleet.solver.search import Snapshot
from fleet.solver.warm import warm
from maps.roads import build_roads

EXTRACT = Path("osm", "heidelberg.osm.pbf")
SIZES = ((60, 10), (120, 20), (400, 60), (1_000, 120), (3_000, 200))
DAY_SEED = 7
FIRST_PLAN_BUDGET_S = 5.0
STARTS_WITHIN_S = 60.0

FIRST_HEADER = (
    "day", "requests", "tricycles", "child", "routes s", "checked plan s", "worst s", "served",
)  # fmt: skip
BUDGET_HEADER = ("day", "requests", "budget s", "child", "first s", "over s", "worst over s", "iterations")


def main(given: Sequence[str] | None = None) -> None:
    """Print the tables."""
    parser = arguments("Latency")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder with the extracts in osm/")
    parser.add_argument("--budgets", type=float, nargs="+", default=[2.0, 10.0], help="seconds to search")
    parser.add_argument("--runs", type=int, default=3, help="runs of each")
    options = parser.parse_args(given)
    budgets, runs = ([1.0], 1) if options.quick else (options.budgets, options.runs)
    warm()
    first_rows: list[Row] = []
    budget_rows: list[Row] = []
    with WarmChild() as waiting:
        for name, day, travel in days(options.data, quick=options.quick):
            for child in (waiting, None):
                print(f"{name}, {_which(child)}", file=sys.stderr)
                first_rows.append(first_plan(name, day, travel, child=child, runs=runs))
                budget_rows += [
                    overrun(name, day, travel, child=child, runs=runs, budget_s=budget_s)
                    for budget_s in budgets
                ]
    title = f"{runs} runs of each. {machine()}"
    print_table(f"First checked plan; {title}", FIRST_HEADER, first_rows)
    print_table(f"Budgets kept; {title}", BUDGET_HEADER, budget_rows)
    write_csv(options.csv, BUDGET_HEADER, budget_rows)


def days(data: Path, *, quick: bool) -> Iterator[tuple[str, Day, Travel]]:
    """Yield days with a name and their travel."""
    for name in ("qiaerbag",) if quick else ("qiaerbag", "kuqa"):
        day = make_day(name)
        yield name, day, travel_for(day, roads=sample_roads(name))
    if quick or not (data / EXTRACT).is_file():
        return
    graph = build_roads(data / EXTRACT)
    for requests, tricycles in SIZES:
        day = from_roads(graph, requests=requests, tricycles=tricycles, seed=DAY_SEED)
        yield "heidelberg", day, travel_for(day, roads=graph)


def first_plan(name: str, day: Day, travel: Travel, *, child: WarmChild | None, runs: int) -> Row:
    """Plan a day some times; return when the first routes and their checked plan were there."""
    told: list[float] = []
    checked: list[float] = []
    served: list[int] = []

    def run(seed: int) -> None:
        began = time.perf_counter()
        done = False

        def ask(progress: Progress) -> None:
            nonlocal done
            if progress.is_complete and not done:
                done = True
                told.append(time.perf_counter() - began)
                served.append(progress.plan().figures.served_requests)
                checked.append(time.perf_counter() - began)

        settings = SolveSettings(budget_s=FIRST_PLAN_BUDGET_S, seed=seed)
        plan_day(day, travel=travel, settings=settings, progress=ask, cancelled=lambda: done, child=child)

    for seed in range(1, runs + 1):
        _wait(child)
        run(seed)
    return (
        name,
        len(day.requests),
        len(day.tricycles),
        _which(child),
        statistics.median(told),
        statistics.median(checked),
        max(checked),
        round(statistics.median(served)),
    )


def overrun(
    name: str, day: Day, travel: Travel, *, child: WarmChild | None, runs: int, budget_s: float
) -> Row:
    """Search some times; return by how much the routes came after the budget."""
    instance = build_problem(day, travel).instance
    first: list[float] = []
    over: list[float] = []
    iterations: list[int] = []

    def run(seed: int) -> None:
        began = time.perf_counter()
        done = False

        def note(snapshot: Snapshot) -> None:
            nonlocal done
            if snapshot.is_complete and not done:
                done = True
                first.append(time.perf_counter() - began)

        solution = solve_in_child(instance, budget_s=budget_s, seed=seed, progress=note, child=child)
        over.append(time.perf_counter() - began - budget_s)
        iterations.append(solution.iterations)

    for seed in range(1, runs + 1):
        _wait(child)
        run(seed)
    return (
        name,
        len(day.requests),
        int(budget_s),
        _which(child),
        statistics.median(first),
        statistics.median(over),
        max(over),
        round(statistics.median(iterations)),
    )


def _which(child: WarmChild | None) -> str:
    return "started" if child is None else "waiting"


def _wait(child: WarmChild | None) -> None:
    if child is not None and not child.wait(timeout_s=STARTS_WITHIN_S):
        raise RuntimeError("no child is ready")


if __name__ == "__main__":
    main()

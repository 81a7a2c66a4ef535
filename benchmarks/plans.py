"""Plans: the first one, and those after 10 s and 60 s, for days of 60, 120 and 400 requests on real roads.

    python -m benchmarks.plans [--quick] [--seconds 3 300] [--requests 120] [--seed N]
                               [--csv FILE] [--data FOLDER]

Each row is a run of its own in a process of its own, as a user would start it: roads and travel are ready,
then the day is planned, explained and checked. "First" is when the first complete plan stood and what it
cost; the other columns are those of the plan that came out at the end of the budget. Memory is the largest
of the planning process plus the largest of its search, each at its own peak, so their sum is an upper bound.
"""

import multiprocessing
import resource
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks._table import DEFAULT_DATA, arguments, machine, print_table, write_csv
from fleet.planning import Progress, SolveSettings, plan_day, travel_for
from fleet.samples import from_roads
from fleet.solver.warm import warm
from maps.roads import build_roads

LIECHTENSTEIN, HEIDELBERG = "liechtenstein-2021-05.osm.pbf", "heidelberg.osm.pbf"
DAY_SEED = 7

HEADER = (
    "day", "budget s", "travel s", "first s", "first musts", "first yuan", "total s", "musts left", "yuan",
    "served", "tricycles", "km", "memory MB",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Case:
    """A day on an extract, and how long to search."""

    extract: str
    requests: int
    tricycles: int
    budget_s: float


DAYS = ((LIECHTENSTEIN, 60, 10), (LIECHTENSTEIN, 120, 20), (HEIDELBERG, 400, 60))


def main() -> None:
    """Print the table."""
    parser = arguments("Benchmark of plans")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder with the extracts in osm/")
    parser.add_argument("--seconds", type=float, nargs="+", default=[10.0, 60.0], help="budgets")
    sizes = [requests for _, requests, _ in DAYS]
    parser.add_argument("--requests", type=int, nargs="+", choices=sizes, default=sizes, help="which days")
    parser.add_argument("--seed", type=int, default=1, help="seed of the search")
    options = parser.parse_args()
    wanted, budgets_s = options.requests, options.seconds
    if options.quick:
        wanted, budgets_s = sizes[:1], [2.0]
    cases = [
        Case(extract=extract, requests=requests, tricycles=tricycles, budget_s=budget_s)
        for extract, requests, tricycles in DAYS
        if requests in wanted
        for budget_s in budgets_s
    ]
    rows = []
    for case in cases:
        print(f"{case.requests} requests on {case.extract}, {case.budget_s:g} s", file=sys.stderr)
        # A process of its own each, so that one run's peak of memory isn't another's.
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            rows.append(pool.apply(measure, (case, options.data / "osm", options.seed)))
    print_table(f"Plans ({machine()}; seed {options.seed})", HEADER, rows)
    write_csv(options.csv, HEADER, rows)


def measure(case: Case, folder: Path, seed: int) -> list[str | int | float]:
    """Plan one day and return its row."""
    warm()
    graph = build_roads(folder / case.extract)
    day = from_roads(graph, requests=case.requests, tricycles=case.tricycles, seed=DAY_SEED)
    started = time.perf_counter()
    travel = travel_for(day, roads=graph)
    travel_s = time.perf_counter() - started
    first: list[tuple[float, Progress]] = []

    def watch(progress: Progress) -> None:
        if not first and progress.is_complete:
            first.append((time.perf_counter() - started, progress))

    started = time.perf_counter()
    plan = plan_day(
        day, travel=travel, settings=SolveSettings(budget_s=case.budget_s, seed=seed), progress=watch
    )
    total_s = time.perf_counter() - started
    first_s, progress = first[0]
    figures = plan.figures
    peak_kb = sum(
        resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    name = case.extract.split(".")[0].split("-")[0]
    return [
        f"{name}, {case.requests} requests, {case.tricycles} tricycles",
        int(case.budget_s),
        travel_s,
        first_s,
        progress.unserved_musts,
        round(progress.total_yuan),
        total_s,
        figures.unserved_musts,
        round(figures.total_yuan),
        figures.served_requests,
        figures.tricycles_used,
        round(figures.distance_m / 1000),
        round(peak_kb / 1024),
    ]


if __name__ == "__main__":
    main()

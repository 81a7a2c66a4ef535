"""The routing model in the search: what a share of the budget for OR-Tools brings on the sample days.

    python -m benchmarks.solver [--quick] [--csv FILE] [--budget SECONDS] [--seeds N]

Every run is a process of its own, one after the other, with the same wall time. "First" is the plan by
insertion alone; "end" is the plan when the budget is over. A share of 0 leaves the routing model out.
"""

import multiprocessing
import statistics
import time
from dataclasses import dataclass

from benchmarks._table import arguments, machine, print_table, write_csv
from fleet.planning import travel_for
from fleet.planning.instance import build_problem
from fleet.samples import make_day, sample_roads
from fleet.solver import search
from fleet.solver.instance import MICRO_YUAN
from fleet.solver.search import Snapshot, solve
from fleet.solver.warm import warm

DAYS = ("qiaerbag", "kuqa", "january")
SHARES = (0.0, 0.15, 0.3, 0.5)

HEADER = (
    "day", "share", "first s", "first musts", "first yuan", "musts left", "yuan", "worst yuan", "iterations",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One run."""

    first_s: float
    first: tuple[int, int]
    end: tuple[int, int]
    iterations: int


def main() -> None:
    """Print the table."""
    parser = arguments("Benchmark of the routing model's share of the search")
    parser.add_argument("--budget", type=float, default=5.0, help="seconds of a run")
    parser.add_argument("--seeds", type=int, default=3, help="runs of each kind")
    options = parser.parse_args()
    days = DAYS[:1] if options.quick else DAYS
    budget_s = 2.0 if options.quick else options.budget
    seeds = 1 if options.quick else options.seeds
    rows = []
    for day in days:
        for share in SHARES:
            found = [in_own_process(day, share, budget_s, seed) for seed in range(1, seeds + 1)]
            ends = [outcome.end[1] / MICRO_YUAN for outcome in found]
            rows.append(
                (
                    day,
                    share,
                    statistics.mean(outcome.first_s for outcome in found),
                    found[0].first[0],
                    found[0].first[1] / MICRO_YUAN,
                    max(outcome.end[0] for outcome in found),
                    statistics.mean(ends),
                    max(ends),
                    round(statistics.mean(outcome.iterations for outcome in found)),
                )
            )
    print_table(f"{budget_s:g} s a run, mean of {seeds} seeds. {machine()}", HEADER, rows)
    write_csv(options.csv, HEADER, rows)


def in_own_process(day: str, share: float, budget_s: float, seed: int) -> Outcome:
    """Run once in a fresh process: one OR-Tools routing model, one process."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(run, (day, share, budget_s, seed))


def run(day: str, share: float, budget_s: float, seed: int) -> Outcome:
    """Search the sample day once."""
    made = make_day(day)
    problem = build_problem(made, travel_for(made, roads=sample_roads(day)))
    warm()
    search.ROUTING_SHARE = share
    if share == 0.0:
        search.LARGEST_ROUTING_MODEL = 0
    first: list[tuple[float, tuple[int, int]]] = []
    last: list[tuple[int, int]] = []
    began = time.monotonic()

    def report(snapshot: Snapshot) -> None:
        pair = snapshot.unserved_musts, snapshot.cost
        if snapshot.is_complete:
            first.append((time.monotonic() - began, pair))
        last.append(pair)

    solution = solve(problem.instance, budget_s=budget_s, seed=seed, progress=report)
    return Outcome(first_s=first[0][0], first=first[0][1], end=last[-1], iterations=solution.iterations)


if __name__ == "__main__":
    main()

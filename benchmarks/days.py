"""Generated days in VROOM's JSON: what is served and at which cost, by every solver at equal wall time.

    python -m benchmarks.days [--quick] [--requests 60 100] [--fleets slack tight] [--days N]
                              [--first-day N] [--seconds 2 10 30] [--seeds N] [--solvers ours,vroom]
                              [--core N] [--reuse CSV ...] [--csv FILE]

Priority served counts first, then requests, then cost. Every run is a process of its own on one core, plan
mode judges all (docs/design/benchmarking.md). Rows of ``--reuse`` join the tables and are not run again.
"""

import sys
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any

from benchmarks._days import FLEETS, generated_day, judge
from benchmarks._days_tables import print_all
from benchmarks._results import DayRow, Results, warn_of_disturbed
from benchmarks._run import Job, available, execute, solvers_in
from benchmarks._table import arguments, machine
from benchmarks.peers import OURS, SOLVERS


def main(given: Sequence[str] | None = None) -> None:
    """Run what is missing and print the tables."""
    sizes = sorted(FLEETS["slack"])
    parser = arguments("Generated days")
    parser.add_argument("--requests", type=int, nargs="+", choices=sizes, default=[60, 100, 400])
    parser.add_argument("--fleets", nargs="+", choices=list(FLEETS), default=list(FLEETS))
    parser.add_argument("--days", type=int, default=20, help="days of each kind")
    parser.add_argument("--first-day", type=int, default=1, help="1 to report; to tune, from 1001 on")
    parser.add_argument("--seconds", type=float, nargs="+", default=[2.0, 10.0, 30.0])
    parser.add_argument("--seeds", type=int, default=1, help="runs on each day, with seeds 1, 2, ...")
    parser.add_argument("--solvers", type=solvers_in, default=list(SOLVERS), help="which to run, by commas")
    parser.add_argument("--core", type=int, help="core to run on, by default the last")
    parser.add_argument("--reuse", type=Path, nargs="+", default=[], help="CSV files of earlier runs")
    options = parser.parse_args(given)
    requests, seconds = options.requests, options.seconds
    days = range(options.first_day, options.first_day + options.days)
    if options.quick:
        requests, seconds, days = [60], [1.0], days[:1]
    results = Results(DayRow, reused=options.reuse, path=options.csv)
    cores = () if options.core is None else (options.core,)
    solvers = available(options.solvers)
    seeds = range(1, options.seeds + 1)
    for size, fleet, day in product(requests, options.fleets, days):
        problem = generated_day(requests=size, fleet=fleet, seed=day)
        for solver, limit_s, seed in product(solvers, seconds, seeds):
            if not results.has(solver, size, fleet, day, limit_s, seed):
                job = Job(solver=solver, seconds=limit_s, seed=seed, problem=problem, cores=cores)
                results.add(measure(job, problem, requests=size, fleet=fleet, day=day))
    rows = [
        row
        for row in results.rows.values()
        if row.requests in requests
        and row.fleet in options.fleets
        and row.day in days
        and row.seconds in seconds
    ]
    warn_of_disturbed(rows)
    print_all(rows, title=machine(), ours=OURS)


def measure(job: Job, problem: dict[str, Any], *, requests: int, fleet: str, day: int) -> DayRow:
    """Run a solver once and let plan mode judge what it gives."""
    run = execute(job)
    row: dict[str, Any] = {
        "solver": job.solver,
        "version": run.version,
        "requests": requests,
        "fleet": fleet,
        "day": day,
        "seconds": job.seconds,
        "seed": job.seed,
        "status": run.status,
        "took_s": run.took_s,
        "cpu_s": run.cpu_s,
    }
    detail = run.detail
    if run.status == "done":
        judged = judge(
            problem, {int(v): [(kind, task) for kind, task in tasks] for v, tasks in run.routes.items()}
        )
        detail = judged.detail
        row |= {
            "status": judged.status,
            "priority": judged.priority,
            "served": judged.served,
            "vehicles": judged.vehicles,
            "cost": judged.cost,
        }
    what = f"{job.solver} {job.seconds:g} s, {requests} requests, {fleet} fleet, day {day}"
    print(f"{what}: {row['status']} {detail}", file=sys.stderr)
    return DayRow(**row)


if __name__ == "__main__":
    main()

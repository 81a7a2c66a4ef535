"""Li & Lim and Sartori & Buriol: vehicles above best known and distance, all solvers at equal wall time.

    python -m benchmarks.pdptw [--quick] [--seconds 10 60] [--seeds N] [--solvers ours,commiv]
                               [--sizes 100 200] [--instances NAME ...] [--core N]
                               [--reuse CSV ...] [--csv FILE] [--plot FILE.svg]

Every run is a process of its own on one core; one replay judges all (docs/design/benchmarking.md). Rows of
``--reuse`` join the tables, and what they hold is not run again.
"""

import sys
from collections.abc import Sequence
from itertools import product
from pathlib import Path

from benchmarks._pdptw import TUNED_ON, distance_of, faults_of, load, names, size_class
from benchmarks._pdptw_tables import Tables
from benchmarks._results import PdptwRow, Results, warn_of_disturbed
from benchmarks._run import Job, Run, available, execute, solvers_in
from benchmarks._table import DEFAULT_DATA, arguments, machine
from benchmarks.peers import OURS, SOLVERS


def main(given: Sequence[str] | None = None) -> None:
    """Run what is missing and print the tables."""
    parser = arguments("Benchmarks of pickup and delivery")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder with the instances in pdptw/")
    parser.add_argument("--seconds", type=float, nargs="+", default=[10.0], help="wall time of a run")
    parser.add_argument("--seeds", type=int, default=3, help="runs of each, with seeds 1, 2, ...")
    parser.add_argument("--solvers", type=solvers_in, default=list(SOLVERS), help="which to run, by commas")
    parser.add_argument("--instances", nargs="+", help="only these")
    parser.add_argument("--sizes", type=int, nargs="+", help="only classes of so many tasks")
    parser.add_argument("--core", type=int, help="core to run on, by default the last")
    parser.add_argument("--reuse", type=Path, nargs="+", default=[], help="CSV files of earlier runs")
    parser.add_argument("--plot", type=Path, help="draw the gaps into this SVG file")
    options = parser.parse_args(given)
    folder = options.data / "pdptw"
    instances = chosen(folder, options.instances, options.sizes)
    if not instances:
        sys.exit(f"no instances in {folder}: --data names the folder that holds pdptw/")
    seconds, seeds = options.seconds, options.seeds
    if options.quick:
        instances, seconds, seeds = instances[:1], [1.0], 1
    results = Results(PdptwRow, reused=options.reuse, path=options.csv)
    cores = () if options.core is None else (options.core,)
    runs = product(available(options.solvers), seconds, range(1, seeds + 1), instances)
    for solver, limit_s, seed, name in runs:
        if results.has(solver, name, limit_s, seed):
            continue
        job = Job(solver=solver, seconds=limit_s, seed=seed, instance=(folder, name), cores=cores)
        row = measure(folder, job)
        results.add(row)
        what = f"{solver} {limit_s:g} s seed {seed} {name}: {row.status}"
        print(f"{what}, {row.vehicles} vehicles, {row.distance:.1f}, {row.took_s:.1f} s", file=sys.stderr)
    rows = [row for row in results.rows.values() if row.instance in instances and row.seconds in seconds]
    warn_of_disturbed(rows)
    tables = Tables(folder, rows)
    for limit_s in seconds:
        tables.print_all(limit_s, title=machine(), tuned_on=TUNED_ON, ours=OURS)
    if options.plot is not None:
        tables.plot(options.plot)


def chosen(folder: Path, wanted: Sequence[str] | None, sizes: Sequence[int] | None) -> list[str]:
    """Return the instances to run; ends where one is asked for that is not there."""
    found = names(folder)
    unknown = [name for name in wanted or () if name not in found]
    if unknown:
        sys.exit(f"no instance {unknown[0]} in {folder}, but {', '.join(found) or 'none'}")
    return [
        name
        for name in found
        if (not wanted or name in wanted) and (not sizes or size_class(load(folder, name)) in sizes)
    ]


def measure(folder: Path, job: Job) -> PdptwRow:
    """Run a solver once and let the replay judge what it gives."""
    assert job.instance is not None
    name = job.instance[1]
    run = execute(job)
    status, vehicles, distance = judged(folder, name, run)
    if status != "done" and run.detail:
        print(f"{job.solver}: {run.detail}", file=sys.stderr)
    return PdptwRow(
        solver=job.solver,
        version=run.version,
        instance=name,
        seconds=job.seconds,
        seed=job.seed,
        status=status,
        took_s=run.took_s,
        cpu_s=run.cpu_s,
        vehicles=vehicles,
        distance=distance,
    )


def judged(folder: Path, name: str, run: Run) -> tuple[str, int, float]:
    """Return the status, vehicles and distance of a run; a solution that breaks a rule is none."""
    if run.status != "done":
        return run.status, 0, 0.0
    benchmark = load(folder, name)
    faults = faults_of(benchmark, run.routes)
    if faults:
        print(f"{name}: {'; '.join(faults[:3])}", file=sys.stderr)
        return ("incomplete" if all("not visited" in fault for fault in faults) else "invalid"), 0, 0.0
    return "done", len(run.routes), distance_of(benchmark, run.routes)


if __name__ == "__main__":
    main()

"""One core and two: what a second worker brings in the same wall time, and what memory a search takes.

    python -m benchmarks.cores [--quick] [--seconds N] [--seeds N] [--workers 1 2] [--instances NAME ...]
                               [--requests 120 1000] [--csv FILE]

A search with w workers may run on w cores. Memory is the largest sum over all processes of the run, shared
pages counted once (PSS, sampled ten times a second), the process that asks included; beside it the larger
peaks of single processes (RSS).
"""

import os
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks._problems import Generated, Problem, Published
from benchmarks._run import Job, Run, execute
from benchmarks._statistics import Score
from benchmarks._table import DEFAULT_DATA, Row, arguments, machine, print_table, write_csv
from benchmarks.peers import OURS

INSTANCES = ("lrc1_4_5", "lr1_10_1")
REQUESTS = (120, 400, 1_000, 3_000)
HEADER = ("problem", "workers", "result", "without", "took s", "PSS MB", "RSS MB")
NONE = "-"


def main(given: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = arguments("One core and two")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder with the instances in pdptw/")
    parser.add_argument("--seconds", type=float, default=10.0, help="wall time of a run")
    parser.add_argument("--seeds", type=int, default=3, help="runs of each, with seeds 1, 2, ...")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--instances", nargs="*", default=list(INSTANCES))
    parser.add_argument("--requests", type=int, nargs="*", default=list(REQUESTS))
    options = parser.parse_args(given)
    seconds, seeds, requests = options.seconds, options.seeds, options.requests
    folder = options.data / "pdptw"
    instances = [name for name in options.instances if (folder / f"{name}.txt").is_file()]
    if options.quick:
        seconds, seeds, requests, instances = 2.0, 1, [60], []
    problems: list[Problem] = [Published(folder, name) for name in instances]
    problems += [Generated(size, "slack", 1) for size in requests]
    cores = sorted(os.sched_getaffinity(0), reverse=True)
    rows = []
    for problem in problems:
        for workers in options.workers:
            runs = []
            for seed in range(1, seeds + 1):
                job = Job(
                    solver=OURS,
                    seconds=seconds,
                    seed=seed,
                    cores=tuple(cores[:workers]),
                    options={"workers": workers},
                    sample_memory=True,
                    **problem.told(),
                )
                runs.append(execute(job))
                print(
                    f"{problem.name}, {workers} workers: {runs[-1].status} {runs[-1].detail}", file=sys.stderr
                )
            rows.append(row_of(problem, workers, runs))
    title = "vehicles above best known / distance gap in %, or requests served / cost"
    print_table(f"{seconds:g} s, mean of {seeds} seeds: {title} ({machine()})", HEADER, rows)
    write_csv(options.csv, HEADER, rows)


def row_of(problem: Problem, workers: int, runs: Sequence[Run]) -> Row:
    """Return the means of some runs."""
    scores: list[Score] = [
        score for run in runs if run.status == "done" and (score := problem.score(run.routes)) is not None
    ]
    mean = tuple(statistics.fmean(column) for column in zip(*scores, strict=True))
    return (
        problem.name,
        workers,
        problem.text(mean) if scores else NONE,
        len(runs) - len(scores),
        statistics.fmean(run.took_s for run in runs),
        round(max(run.pss_mb for run in runs)),
        round(max(run.peak_mb for run in runs)),
    )


if __name__ == "__main__":
    main()

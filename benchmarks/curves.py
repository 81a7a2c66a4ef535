"""Quality over time: ours as its better solutions come in, peers at budgets of their own.

    python -m benchmarks.curves [--quick] [--seconds 1 2 5 10 20] [--seeds N] [--solvers ours,vroom]
                                [--instances NAME ...] [--requests 60 400] [--core N]
                                [--csv FILE] [--plot FILE.svg]

A run of ours with the largest budget tells of each better solution; a peer runs once for every budget,
because none of them tells. A solution counts from when it was received, and only if the check finds no fault.
"""

import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks._plot import curves
from benchmarks._problems import Generated, Problem, Published
from benchmarks._run import Job, Run, available, execute, solvers_in
from benchmarks._statistics import Score
from benchmarks._table import DEFAULT_DATA, Row, arguments, machine, print_table, write_csv
from benchmarks.peers import OURS, SOLVERS

INSTANCES = ("lr1_2_3", "lrc1_4_5")
REQUESTS = (60, 400)
HEADER = ("problem", "solver", "seed", "at s", "priority", "requests", "vehicles", "cost")
NONE = "-"


@dataclass(frozen=True, kw_only=True)
class Point:
    """A solution and when it was there."""

    seed: int
    at_s: float
    score: Score


def main(given: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = arguments("Quality over time")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder with the instances in pdptw/")
    parser.add_argument("--seconds", type=float, nargs="+", default=[1.0, 2.0, 5.0, 10.0, 20.0])
    parser.add_argument("--seeds", type=int, default=3, help="runs of each, with seeds 1, 2, ...")
    parser.add_argument("--solvers", type=solvers_in, default=list(SOLVERS), help="which to run, by commas")
    parser.add_argument("--instances", nargs="*", default=list(INSTANCES))
    parser.add_argument("--requests", type=int, nargs="*", default=list(REQUESTS))
    parser.add_argument("--core", type=int, help="core to run on, by default the last")
    parser.add_argument("--plot", type=Path, help="draw the curves into this SVG file")
    options = parser.parse_args(given)
    seconds, seeds, requests = sorted(options.seconds), options.seeds, options.requests
    folder = options.data / "pdptw"
    instances = [name for name in options.instances if (folder / f"{name}.txt").is_file()]
    if options.quick:
        seconds, seeds, requests, instances = [1.0, 2.0], 1, [60], []
    problems: list[Problem] = [Published(folder, name) for name in instances]
    problems += [Generated(size, "slack", 1) for size in requests]
    cores = () if options.core is None else (options.core,)
    solvers = available(options.solvers)
    found = {
        (problem.name, solver): points_of(problem, solver, seconds=seconds, seeds=seeds, cores=cores)
        for problem in problems
        for solver in solvers
    }
    print_table(
        f"Mean of {seeds} seeds: vehicles above best known / gap in %, or requests / cost ({machine()})",
        ["problem", "solver", *(f"{limit_s:g} s" for limit_s in seconds)],
        [
            [problem.name, solver, *(cell(problem, found[problem.name, solver], s, seeds) for s in seconds)]
            for problem in problems
            for solver in solvers
        ],
    )
    rows: list[Row] = [
        (problem.name, solver, point.seed, round(point.at_s, 3), *problem.columns(point.score))
        for problem in problems
        for solver in solvers
        for point in found[problem.name, solver]
    ]
    write_csv(options.csv, HEADER, rows)
    if options.plot is not None:
        draw(options.plot, problems, solvers, found, until_s=seconds[-1])


def points_of(
    problem: Problem, solver: str, *, seconds: Sequence[float], seeds: int, cores: tuple[int, ...]
) -> list[Point]:
    """Run a solver and return every solution that holds."""
    points = []
    for seed in range(1, seeds + 1):
        for limit_s in seconds[-1:] if solver == OURS else seconds:
            job = Job(
                solver=solver,
                seconds=limit_s,
                seed=seed,
                trace=solver == OURS,
                cores=cores,
                **problem.told(),
            )
            run = execute(job)
            print(f"{problem.name}, {solver} {limit_s:g} s: {run.status} {run.detail}", file=sys.stderr)
            points += _held(problem, run, seed=seed, at_s=limit_s)
    return points


def _held(problem: Problem, run: Run, *, seed: int, at_s: float) -> list[Point]:
    solutions = [*run.trace, *([(at_s, run.routes)] if run.status == "done" else [])]
    points: list[Point] = []
    for when_s, routes in solutions:
        score = problem.score(routes)
        if score is not None and (not points or score < points[-1].score):
            points.append(Point(seed=seed, at_s=when_s, score=score))
    return points


def cell(problem: Problem, points: Sequence[Point], limit_s: float, seeds: int) -> str:
    """Return the mean of what the seeds had last by a time."""
    best = [
        reached[-1]
        for seed in range(1, seeds + 1)
        if (reached := [p.score for p in points if p.seed == seed and p.at_s <= limit_s])
    ]
    if not best:
        return NONE
    mean = tuple(statistics.fmean(column) for column in zip(*best, strict=True))
    return problem.text(mean) + (f" ({seeds - len(best)} none)" if len(best) < seeds else "")


def draw(
    path: Path,
    problems: Sequence[Problem],
    solvers: Sequence[str],
    found: dict[tuple[str, str], list[Point]],
    *,
    until_s: float,
) -> None:
    """Draw the first seed's solutions of each problem in a panel."""
    panels = []
    for problem in problems:
        lines = {}
        for solver in solvers:
            points = [point for point in found[problem.name, solver] if point.seed == 1]
            lines[solver] = [(point.at_s, problem.value(point.score)) for point in points]
            if solver == OURS and points:
                lines[solver].append((until_s, problem.value(points[-1].score)))
        panels.append((problem.name, lines))
    curves(path, panels, x_label="seconds", y_label="vehicles above best known, or cost")


if __name__ == "__main__":
    main()

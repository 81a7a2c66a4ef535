"""What each part of ruin and recreate is worth: the same search with one of them changed.

    python -m benchmarks.ablation [--quick] [--seconds N] [--seeds N] [--csv FILE]

Sample days with all rules, and generated days with mixed tricycles. Every run gets the same processor time in
a process of its own; the figure is the cost beside that of the search as it is, requests left out included
at their penalty, mean of the seeds. One or two percent either way is chance.
"""

import json
import multiprocessing
import statistics
import time
from collections.abc import Sequence

import numpy as np

from benchmarks._days import generated_day
from benchmarks._table import Row, arguments, machine, print_table, write_csv
from fleet.formats.vroom import new_problem, read_document
from fleet.formats.vroom.instance import instance_of
from fleet.planning import travel_for
from fleet.planning.instance import build_problem
from fleet.samples import make_day, sample_roads
from fleet.solver.improve import Improver
from fleet.solver.instance import Instance
from fleet.solver.tuning import AS_CHOSEN, Tuning
from fleet.solver.warm import warm

CHANGES: dict[str, Tuning] = {
    "as it is": AS_CHOSEN,
    "no kinds closed": AS_CHOSEN._replace(closed=0.0),
    "kinds closed less often": AS_CHOSEN._replace(closed=0.6),
    "nothing pushed in": AS_CHOSEN._replace(pushed=0.0),
    "nothing displaced": AS_CHOSEN._replace(displaced=0.0),
    "no blinks": AS_CHOSEN._replace(blink=0.0),
    "strings never split": AS_CHOSEN._replace(split=0.0),
    "strings of 30 at most": AS_CHOSEN._replace(longest=30.0),
    "6 removed": AS_CHOSEN._replace(removed=6.0),
    "12 near routes": AS_CHOSEN._replace(near_routes=12.0),
    "5 % patient": AS_CHOSEN._replace(patient=0.05),
}
DAYS = ("qiaerbag", "january", "100 slack", "400 slack")
TUNED_ON_SEED = 1001
"""Generated days from here on are those that parameters are chosen on (docs/design/benchmarking.md)."""


def main(given: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = arguments("Parts of the search, one left out at a time")
    parser.add_argument("--seconds", type=float, default=5.0, help="processor time of a run")
    parser.add_argument("--seeds", type=int, default=2, help="runs of each, with seeds 1, 2, ...")
    options = parser.parse_args(given)
    days = DAYS[:1] if options.quick else DAYS
    changes = dict(list(CHANGES.items())[:2]) if options.quick else CHANGES
    seconds = 1.0 if options.quick else options.seconds
    seeds = range(1, 1 + (1 if options.quick else options.seeds))
    costs = {
        (change, day): statistics.mean(in_own_process(day, change, seconds, seed) for seed in seeds)
        for day in days
        for change in changes
    }
    header = ("change", *days)
    rows: list[Row] = [
        (change, *(f"{100 * (costs[change, day] / costs['as it is', day] - 1):+.1f} %" for day in days))
        for change in changes
    ]
    print_table(f"{seconds:g} s a run, mean of {len(seeds)} seeds ({machine()})", header, rows)
    write_csv(options.csv, header, rows)


def in_own_process(day: str, change: str, seconds: float, seed: int) -> float:
    """Run once in a fresh process."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(run, (day, change, seconds, seed))


def run(day: str, change: str, seconds: float, seed: int) -> float:
    """Search a day once; return its cost with the penalties of what is left out."""
    warm()
    instance = instance_for(day)
    began = time.process_time()
    improver = Improver(
        instance,
        requests=np.flatnonzero(instance.allowed.any(axis=1)).tolist(),
        unlikely=[],
        rng=np.random.default_rng(seed),
        tuning=CHANGES[change],
    )
    improver.construct(stopped=lambda: False)
    improver.run(
        iterations=None,
        fraction=lambda: (time.process_time() - began) / seconds,
        improved=lambda: None,
    )
    musts, cost = improver.score()
    return cost if musts == 0 else float("inf")


def instance_for(day: str) -> Instance:
    """Return the problem of a sample day, or of a generated one named by its size and fleet."""
    if not day[0].isdigit():
        made = make_day(day)
        return build_problem(made, travel_for(made, roads=sample_roads(day))).instance
    requests, fleet = day.split()
    problem = generated_day(requests=int(requests), fleet=fleet, seed=TUNED_ON_SEED)
    return instance_of(new_problem(read_document(json.dumps(problem).encode())))


if __name__ == "__main__":
    main()

"""Large days: the first plan, the plan at the end of a budget, and memory, on one worker and on two.

    python -m benchmarks.large [--quick] [--requests 1000 3000] [--seconds N] [--workers 1 2] [--seed N]
        [--csv FILE] [--data FOLDER]

A network of five townships on real roads. Time runs from the call, the start of the search's process
included; memory is the sum over the asking process and the search's, shared pages counted once.
"""

import os
import sys
import time
from pathlib import Path

from benchmarks._memory import Sampler
from benchmarks._network import network_day
from benchmarks._table import DEFAULT_DATA, Row, arguments, machine, print_table, write_csv
from fleet.planning import travel_for
from fleet.planning.instance import build_problem
from fleet.samples import sample_roads
from fleet.solver.instance import MICRO_YUAN, Instance
from fleet.solver.process import solve_in_child
from fleet.solver.search import Snapshot
from maps.roads import build_roads

EXTRACT = "heidelberg.osm.pbf"
CENTRES = 5
SIZES = ((1_000, 80, 160), (3_000, 200, 400))
"""Requests, tricycles, and places that are drawn."""
DAY_SEED = 7
HEADER = (
    "requests", "tricycles", "places", "workers", "first s", "first yuan", "total s", "musts left", "yuan",
    "served", "iterations", "PSS MB",
)  # fmt: skip


def main() -> None:
    """Print the table."""
    parser = arguments("Large days")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder with the extracts in osm/")
    known = [size[0] for size in SIZES]
    parser.add_argument("--requests", type=int, nargs="+", default=known, choices=known)
    parser.add_argument("--seconds", type=float, default=60.0, help="budget of a run")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--seed", type=int, default=1, help="seed of the search")
    options = parser.parse_args()
    extract = options.data / "osm" / EXTRACT
    seconds, workers, centres = options.seconds, options.workers, CENTRES
    sizes = tuple(size for size in SIZES if size[0] in options.requests)
    if options.quick:
        seconds, workers, sizes, centres = 2.0, [1], ((40, 6, 12),), 1
    graph = sample_roads("qiaerbag") if options.quick else build_roads(extract)
    rows = []
    for requests, tricycles, places in sizes:
        day = network_day(
            graph, requests=requests, tricycles=tricycles, centres=centres, places=places, seed=DAY_SEED
        )
        instance = build_problem(day, travel_for(day, roads=graph)).instance
        for number in workers:
            print(f"{requests} requests, {number} workers, {seconds:g} s", file=sys.stderr)
            found = measure(instance, seconds=seconds, workers=number, seed=options.seed)
            rows.append((requests, tricycles, len(day.places), number, *found))
    print_table(f"Large days ({machine()}; {seconds:g} s, seed {options.seed})", HEADER, rows)
    write_csv(options.csv, HEADER, rows)


def measure(instance: Instance, *, seconds: float, workers: int, seed: int) -> Row:
    """Search once; return when and what the first plan was, and what came out at the end."""
    told: list[tuple[float, Snapshot]] = []
    memory = Sampler(os.getpid())
    began = time.perf_counter()

    def watch(snapshot: Snapshot) -> None:
        if snapshot.is_complete:
            told[1:] = [(time.perf_counter() - began, snapshot)]
        memory.sample()

    solution = solve_in_child(instance, budget_s=seconds, workers=workers, seed=seed, progress=watch)
    total_s = time.perf_counter() - began
    (first_s, first), (_, last) = told[0], told[-1]
    return (
        first_s,
        round(first.cost / MICRO_YUAN),
        total_s,
        last.unserved_musts,
        round(last.cost / MICRO_YUAN),
        last.served,
        solution.iterations,
        round(memory.peak_mb),
    )


if __name__ == "__main__":
    main()

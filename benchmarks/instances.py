"""Fresh instances in the manner of Li & Lim, to choose parameters on: the published ones are for reporting.

    python -m benchmarks.instances FOLDER [--sizes 200 400] [--kinds lr1 lc1 lrc1 lr2] [--seeds N]

Writes FOLDER/pdptw/KIND_SIZE_SEED.txt; ``python -m benchmarks.pdptw --data FOLDER`` runs them, where the best
of all runs stands in for the best known solution. As theirs, they come from routes: customers of a route are
paired, and windows stand around the times at which it visits them, so every instance has a solution.
"""

import argparse
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

CUSTOMERS_OF_A_CLUSTER = 10
NEAREST = 3
"""A route goes on to one of so many nearest customers, so that it is good but not the best."""
WINDOWED_SHARES = (0.5, 0.75, 1.0)
DEMANDS = range(10, 41, 10)


@dataclass(frozen=True, kw_only=True)
class Series:
    """What the kinds differ in, for 200 tasks; times and sides grow with the root of their number."""

    capacity: int
    horizon: int
    half_window: tuple[int, int]
    service: int


SERIES = {
    "lr1": Series(capacity=200, horizon=420, half_window=(15, 60), service=10),
    "lrc1": Series(capacity=200, horizon=420, half_window=(15, 60), service=10),
    "lc1": Series(capacity=200, horizon=1_350, half_window=(30, 150), service=90),
    "lr2": Series(capacity=1_000, horizon=1_400, half_window=(60, 300), service=10),
    "lrc2": Series(capacity=1_000, horizon=1_400, half_window=(60, 300), service=10),
    "lc2": Series(capacity=700, horizon=3_900, half_window=(60, 400), service=90),
}
"""Chosen so that routes are about as many as on the published instances of the same size."""
SIDE = 140

Point = tuple[int, int]


def main(given: Sequence[str] | None = None) -> None:
    """Write the instances."""
    parser = argparse.ArgumentParser(description="Instances to tune on")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[200, 400])
    parser.add_argument("--kinds", nargs="+", choices=list(SERIES), default=list(SERIES))
    parser.add_argument("--seeds", type=int, default=2)
    options = parser.parse_args(given)
    folder = options.folder / "pdptw"
    folder.mkdir(parents=True, exist_ok=True)
    for size in options.sizes:
        for kind in options.kinds:
            for seed in range(1, options.seeds + 1):
                text = generated_text(kind=kind, tasks=size, seed=seed)
                (folder / f"{kind}_{size}_{seed}.txt").write_text(text, encoding="ascii")


def generated_text(*, kind: str, tasks: int, seed: int) -> str:
    """Return an instance; the same arguments always give the same one."""
    rng = random.Random(f"{kind} {tasks} {seed}")
    series, pattern = SERIES[kind], kind[1:-1]
    growth = math.sqrt(tasks / 200)
    side, horizon = round(SIDE * growth), round(series.horizon * growth)
    service = series.service
    points = [(side // 2, side // 2), *_customers(rng, pattern, tasks, side)]
    rows: list[tuple[int, ...]] = [(0, *points[0], 0, 0, horizon, 0, 0, 0)]
    share = rng.choice(WINDOWED_SHARES)
    routes = _routes(rng, points, horizon, service)
    for route in routes:
        # One that has no partner gets one at the same place, as theirs do.
        stops = route if len(route) % 2 == 0 else [*route, (route[-1][0], route[-1][1] + service)]
        for pair in _pairs(rng, len(stops), series.capacity):
            first, demand = len(rows), rng.choice(DEMANDS)
            for number, stop, sign in ((first, pair[0], 1), (first + 1, pair[1], -1)):
                place, clock = stops[stop]
                half = rng.randint(*series.half_window) if rng.random() < share else horizon
                home = horizon - service - math.ceil(math.dist(points[place], points[0]))
                ready, due = max(0, math.floor(clock) - half), min(home, math.ceil(clock) + half)
                partner = (0, first + 1) if sign > 0 else (first, 0)
                rows.append((number, *points[place], sign * demand, ready, due, service, *partner))
    head = f"{2 * len(routes)}\t{series.capacity}\t1"
    return "\n".join([head, *("\t".join(map(str, row)) for row in rows)]) + "\n"


def _customers(rng: random.Random, pattern: str, tasks: int, side: int) -> list[Point]:
    clustered = {"c": tasks, "rc": tasks // 2, "r": 0}[pattern]
    centres = [
        (rng.randrange(side), rng.randrange(side))
        for _ in range(math.ceil(clustered / CUSTOMERS_OF_A_CLUSTER))
    ]
    points = [
        (round(rng.gauss(x, side / 40)), round(rng.gauss(y, side / 40)))
        for x, y in (centres[n % len(centres)] for n in range(clustered))
    ]
    return points + [(rng.randrange(side), rng.randrange(side)) for _ in range(tasks - clustered)]


def _routes(
    rng: random.Random, points: list[Point], horizon: int, service: int
) -> list[list[tuple[int, float]]]:
    """Return (place, start of service) of routes that visit all, each within the horizon."""
    left = set(range(1, len(points)))
    routes = []
    while left:
        here, clock, route = 0, 0.0, list[tuple[int, float]]()
        while left:
            nearest = sorted(left, key=lambda place: (math.dist(points[here], points[place]), place))[
                :NEAREST
            ]
            place = rng.choice(nearest) if route else rng.choice(sorted(left))
            start = clock + math.dist(points[here], points[place])
            # Room for a partner at the last place, too.
            if route and start + 2 * service + math.dist(points[place], points[0]) > horizon:
                break
            route.append((place, start))
            left.discard(place)
            here, clock = place, start + service
        routes.append(route)
    return routes


def _pairs(rng: random.Random, stops: int, capacity: int) -> list[tuple[int, int]]:
    """Pair the stops of a route, each pickup before its delivery, within the capacity."""
    most = capacity // max(DEMANDS)
    waiting: list[int] = []
    pairs = []
    for stop in range(stops):
        if waiting and (len(waiting) >= min(most, stops - stop) or rng.random() < 0.5):
            pairs.append((waiting.pop(rng.randrange(len(waiting))), stop))
        else:
            waiting.append(stop)
    return pairs


if __name__ == "__main__":
    main()

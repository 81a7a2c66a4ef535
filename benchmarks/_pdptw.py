"""The benchmark instances, what is known of them, and the replay that judges every solver's routes."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fleet.formats.pdptw import Benchmark, read_benchmark

TOLERANCE = 1e-6
SIZES = (100, 200, 400, 600, 1000)
TUNED_ON = frozenset(
    {
        "bar-n100-1", "bar-n400-1", "ber-n200-5", "lc1_4_3", "lc1_6_2", "lr1_10_1", "lr1_2_3", "lr1_4_2",
        "lrc1_4_5", "lrc1_6_1", "lrc2_2_2",
    }
)  # fmt: skip
"""Instances that parameters were chosen on; figures are reported with and without them."""

Routes = list[list[int]]
"""Nodes of each used vehicle, without the depot."""


@dataclass(frozen=True, kw_only=True)
class BestKnown:
    """The best solution that anyone has published."""

    vehicles: int
    distance: float


def names(folder: Path) -> list[str]:
    """Return the instances of a folder, small ones first."""
    if not folder.is_dir():
        return []
    found = [path.stem for path in folder.glob("*.txt")]
    return sorted(found, key=lambda name: (size_class(load(folder, name)), name))


def load(folder: Path, name: str) -> Benchmark:
    """Read an instance."""
    path = folder / f"{name}.txt"
    return read_benchmark(path.read_bytes(), file=path.name)


def best_known(folder: Path) -> dict[str, BestKnown]:
    """Read the best known solutions of a folder's instances; none are known of generated ones."""
    if not (folder / "bks.json").is_file():
        return {}
    table = json.loads((folder / "bks.json").read_text(encoding="utf-8"))
    return {
        name: BestKnown(vehicles=entry["vehicles"], distance=entry["distance"])
        for name, entry in table.items()
    }


def size_class(benchmark: Benchmark) -> int:
    """Return the number of tasks that an instance's class is named after."""
    tasks = len(benchmark.demand) - 1
    return min(SIZES, key=lambda size: abs(size - tasks))


def distance_of(benchmark: Benchmark, routes: Routes) -> float:
    """Return the distance of all routes in the text's own precision."""
    legs = (zip([0, *route], [*route, 0], strict=True) for route in routes)
    return sum(float(benchmark.travel[a, b]) for route in legs for a, b in route)


def faults_of(benchmark: Benchmark, routes: Routes) -> list[str]:
    """Drive the routes again from the text's numbers in double precision and name every broken rule."""
    faults: list[str] = []
    visited = sorted(node for route in routes for node in route)
    if len(visited) != len(set(visited)):
        faults.append("a node is visited twice")
    if any(not 0 < node < len(benchmark.demand) for node in visited):
        return [*faults, "a node that is none is visited"]
    missing = len(benchmark.demand) - 1 - len(set(visited))
    if missing:
        faults.append(f"{missing} nodes are not visited")
    if len(routes) > benchmark.vehicles:
        faults.append(f"{len(routes)} routes, {benchmark.vehicles} vehicles")
    for number, route in enumerate(routes, 1):
        faults.extend(f"route {number} {fault}" for fault in _route_faults(benchmark, route))
    return faults


def _route_faults(benchmark: Benchmark, route: Sequence[int]) -> list[str]:
    faults = []
    clock, load, here, seen = float(benchmark.ready[0]), 0, 0, set[int]()
    for node in route:
        clock = max(clock + float(benchmark.travel[here, node]), float(benchmark.ready[node]))
        if clock > benchmark.due[node] + TOLERANCE:
            faults.append(f"is late at {node}")
        clock += float(benchmark.service[node])
        load += int(benchmark.demand[node])
        if not 0 <= load <= benchmark.capacity:
            faults.append(f"carries {load} after {node}")
        if benchmark.demand[node] < 0 and int(benchmark.partner[node]) not in seen:
            faults.append(f"delivers at {node} what it has not picked up")
        seen.add(node)
        here = node
    if load:
        faults.append(f"ends with {load} on board")
    if clock + float(benchmark.travel[here, 0]) > benchmark.due[0] + TOLERANCE:
        faults.append("is late at the depot")
    return faults

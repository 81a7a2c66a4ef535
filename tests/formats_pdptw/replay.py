"""A solution text driven again from the benchmark's own numbers, in double precision."""

from pathlib import Path

from fleet.formats.pdptw import Benchmark

TOLERANCE = 1e-6


def routes_in(text: str) -> list[list[int]]:
    """Return the routes of a solution text."""
    lines = text.splitlines()
    assert "Solution" in lines
    return [
        [int(part) for part in line.split(":")[1].split()]
        for line in lines[lines.index("Solution") + 1 :]
        if line.startswith("Route")
    ]


def faults_of(benchmark: Benchmark, routes: list[list[int]]) -> list[str]:
    """Return every rule that the routes break."""
    faults: list[str] = []
    visited = [node for route in routes for node in route]
    if len(visited) != len(set(visited)):
        faults.append("a node is visited twice")
    for number, route in enumerate(routes, 1):
        clock, load, here, seen = float(benchmark.ready[0]), 0, 0, set[int]()
        for node in route:
            clock = max(clock + benchmark.travel[here, node], float(benchmark.ready[node]))
            if clock > benchmark.due[node] + TOLERANCE:
                faults.append(f"route {number} is late at {node}")
            clock += benchmark.service[node]
            load += int(benchmark.demand[node])
            if not 0 <= load <= benchmark.capacity:
                faults.append(f"route {number} carries {load} after {node}")
            if benchmark.demand[node] < 0 and int(benchmark.partner[node]) not in seen:
                faults.append(f"route {number} delivers {node} before its pickup")
            seen.add(node)
            here = node
        if load:
            faults.append(f"route {number} ends with {load} on board")
        if clock + benchmark.travel[here, 0] > benchmark.due[0] + TOLERANCE:
            faults.append(f"route {number} is late at the depot")
    if len(routes) > benchmark.vehicles:
        faults.append("too many routes")
    return faults


def length_of(benchmark: Benchmark, routes: list[list[int]]) -> float:
    """Return the distance of all routes."""
    total = 0.0
    for route in routes:
        for a, b in zip([0, *route], [*route, 0], strict=True):
            total += float(benchmark.travel[a, b])
    return total


def shared(folder: Path, name: str) -> Path:
    """Return a benchmark of the shared data."""
    return folder / "pdptw" / f"{name}.txt"

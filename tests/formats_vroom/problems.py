"""Seeded random VROOM problems that use every field, as plain dictionaries."""

import random
from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
Solve = Callable[..., Json]
"""What the fixtures ``solve`` and ``check`` are: a problem and options in, an answer out."""

HORIZON_S = 14_400


def random_problem(seed: int, *, tasks: int = 9, vehicles: int = 3) -> dict[str, Any]:
    """Return a problem in which most tasks can be served, but seldom all."""
    rng = random.Random(seed)
    n = tasks + 3
    points = [(rng.uniform(0, 3_000), rng.uniform(0, 3_000)) for _ in range(n)]
    profiles = ["car"] if rng.random() < 0.6 else ["car", "bike"]
    with_distances = rng.random() < 0.5
    dimensions = rng.choice([0, 1, 1, 2])
    document: dict[str, Any] = {
        "vehicles": [
            _vehicle(rng, v, n, profiles, dimensions, with_distances) for v in range(1, vehicles + 1)
        ],
        "jobs": [],
        "shipments": [],
        "matrices": {
            profile: _matrices(rng, points, with_distances, slow=1 + 0.5 * rank)
            for rank, profile in enumerate(profiles)
        },
    }
    if rng.random() < 0.2:
        document["matrices"]["car"]["costs"] = [
            [rng.randrange(900) * (i != j) for j in range(n)] for i in range(n)
        ]
        for vehicle in document["vehicles"]:
            vehicle["costs"].pop("per_hour", None)
    left = tasks
    while left > 0:
        shipment = left > 1 and rng.random() < 0.45
        common: dict[str, Any] = {}
        if rng.random() < 0.3:
            common["priority"] = rng.choice([1, 10, 100])
        if rng.random() < 0.2:
            common["skills"] = [rng.randint(1, 2)]
        identifier = 100 + left
        if shipment:
            if dimensions:
                common["amount"] = [rng.randint(0, 4) for _ in range(dimensions)]
            pickup, delivery = _visit(rng, identifier, n), _visit(rng, identifier, n)
            document["shipments"].append({"pickup": pickup, "delivery": delivery, **common})
            left -= 2
        else:
            job = _visit(rng, identifier, n)
            for key in ("delivery", "pickup"):
                if dimensions and rng.random() < 0.6:
                    job[key] = [rng.randint(0, 4) for _ in range(dimensions)]
            document["jobs"].append({**job, **common})
            left -= 1
    return document


def _vehicle(
    rng: random.Random, v: int, n: int, profiles: list[str], dimensions: int, with_distances: bool
) -> dict[str, Any]:
    vehicle: dict[str, Any] = {"id": v, "profile": rng.choice(profiles), "costs": {}}
    open_end = rng.random()
    if open_end > 0.15:
        vehicle["start_index"] = rng.randrange(3)
    if not 0.15 < open_end < 0.3:
        vehicle["end_index"] = rng.randrange(3)
    if dimensions:
        vehicle["capacity"] = [rng.randint(6, 12) for _ in range(dimensions)]
    if rng.random() < 0.6:
        start = rng.randrange(0, 1_800)
        vehicle["time_window"] = [start, start + rng.randrange(6_000, HORIZON_S)]
    if rng.random() < 0.5:
        vehicle["skills"] = [1, 2][: rng.randint(1, 2)]
    if rng.random() < 0.3:
        vehicle["costs"]["fixed"] = rng.randrange(0, 2_000, 50)
    if rng.random() < 0.3:
        vehicle["costs"]["per_hour"] = rng.randrange(1_000, 8_000)
    if rng.random() < 0.3:
        vehicle["costs"]["per_task_hour"] = rng.randrange(0, 4_000)
    if with_distances and rng.random() < 0.4:
        vehicle["costs"]["per_km"] = rng.randrange(100, 2_000)
    if rng.random() < 0.3:
        vehicle["speed_factor"] = round(rng.uniform(0.5, 2.5), 2)
    if rng.random() < 0.2:
        vehicle["max_tasks"] = rng.randint(2, 6)
    if rng.random() < 0.2:
        vehicle["max_travel_time"] = rng.randrange(2_000, 6_000)
    if with_distances and rng.random() < 0.2:
        vehicle["max_distance"] = rng.randrange(6_000, 20_000)
    if rng.random() < 0.3:
        vehicle["type"] = "slow"
    if rng.random() < 0.3:
        vehicle["description"] = f"vehicle {v}"
    if rng.random() < 0.4:
        vehicle["breaks"] = [_break(rng, b, dimensions) for b in range(1, rng.randint(2, 3))]
    return vehicle


def _break(rng: random.Random, b: int, dimensions: int) -> dict[str, Any]:
    start = 2_500 * b + rng.randrange(800)
    rest: dict[str, Any] = {
        "id": b,
        "service": rng.randrange(0, 900, 30),
        "time_windows": [[start, start + rng.randrange(300, 1_500)]],
    }
    if rng.random() < 0.3:
        rest["time_windows"].append([start + 1_600, start + 2_000])
    if dimensions and rng.random() < 0.3:
        rest["max_load"] = [rng.randint(2, 10) for _ in range(dimensions)]
    return rest


def _visit(rng: random.Random, identifier: int, n: int) -> dict[str, Any]:
    visit: dict[str, Any] = {"id": identifier, "location_index": rng.randrange(n)}
    if rng.random() < 0.5:
        visit["setup"] = rng.randrange(0, 300, 20)
    if rng.random() < 0.8:
        visit["service"] = rng.randrange(0, 600, 30)
    if rng.random() < 0.2:
        visit["service_per_type"] = {"slow": rng.randrange(0, 900, 30)}
    if rng.random() < 0.2:
        visit["setup_per_type"] = {"slow": rng.randrange(0, 400, 30)}
    if rng.random() < 0.6:
        start = rng.randrange(0, 8_000)
        visit["time_windows"] = [[start, start + rng.randrange(600, 4_000)]]
        if rng.random() < 0.3:
            second = visit["time_windows"][0][1] + rng.randrange(200, 2_000)
            visit["time_windows"].append([second, second + rng.randrange(300, 2_000)])
    if rng.random() < 0.2:
        visit["description"] = f"visit {identifier}"
    return visit


def _matrices(
    rng: random.Random, points: list[tuple[float, float]], with_distances: bool, *, slow: float
) -> dict[str, Any]:
    """Travel that keeps the triangle inequality up to rounding, slower one way round than the other."""
    metres = [[((a - c) ** 2 + (b - d) ** 2) ** 0.5 for c, d in points] for a, b in points]
    durations = [
        [int(slow * metre / 3 * (1.0 if i < j else 1.1)) for j, metre in enumerate(row)]
        for i, row in enumerate(metres)
    ]
    found: dict[str, Any] = {"durations": durations}
    if with_distances:
        found["distances"] = [[int(metre * rng.uniform(1, 1.05)) for metre in row] for row in metres]
    return found

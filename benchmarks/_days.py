"""Generated days in VROOM's JSON, and the check of every solver's routes.

A morning of a township: households in clustered villages have goods for a few communities in town, and some
parcels go out from the centre. Every household has a window in which its goods are ready, communities one in
which they buy. A request may be left out and has a priority from 1 to 10; small tricycles are cheaper than
large ones. A second under way costs 1, standing costs nothing: the only costs that every peer can express.
"""

import json
import math
import random
from dataclasses import dataclass
from typing import Any

from benchmarks.peers import VehicleSteps
from fleet.formats.vroom import check_problem, dump_answer, new_problem, read_document
from fleet.model import InputError

SHIFT_S = (5 * 3_600 + 1_800, 13 * 3_600)
METRES_PER_S = 20 / 3.6
DETOUR = 1.35
TOWN_RADIUS_M = 2_500
VILLAGE_RING_M = (4_000, 12_000)
SPARSE_BELOW = 150
"""Requests below which villages lie farther out: as few have as much room for each."""
PLACES_OF_A_VILLAGE_RADIUS_M = 600
PARCEL_SHARE = 0.15
SMALL, LARGE = 30, 50
"""Capacity of the two classes, in units of 10 kg."""
SMALL_COST_S, LARGE_COST_S = 1_800, 2_400
"""What using one costs, in seconds under way."""
FLEETS = {
    "slack": {60: 12, 100: 20, 120: 20, 400: 67, 1_000: 120, 3_000: 200},
    "tight": {60: 7, 100: 10, 120: 12, 400: 38, 1_000: 90, 3_000: 180},
}
"""Tricycles by the number of requests."""
MOST_PLACES = 360


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What the check says of a day's routes."""

    status: str
    detail: str = ""
    priority: int = 0
    served: int = 0
    vehicles: int = 0
    cost: int = 0


def generated_day(*, requests: int, fleet: str, seed: int) -> dict[str, Any]:
    """Return a day; the same arguments always give the same one."""
    rng = random.Random(f"{requests} requests, day {seed}")
    villages, farms = _villages(rng, requests)
    communities = [
        _around(rng, (0.0, 0.0), TOWN_RADIUS_M) for _ in range(max(4, min(20, round(requests / 20))))
    ]
    points = [(0.0, 0.0), *communities, *farms]
    first_farm = 1 + len(communities)
    openings = [_window(rng, 7 * 3_600, 10 * 3_600, (2, 3)) for _ in communities]
    near = [rng.sample(range(len(communities)), k=min(3, len(communities))) for _ in range(villages)]
    shipments: list[dict[str, Any]] = []
    while len(shipments) < requests:
        number = len(shipments)
        farm = rng.randrange(len(farms))
        amount = min(SMALL, max(1, round(rng.lognormvariate(1.6, 0.6))))
        if rng.random() < PARCEL_SHARE:
            origin, opens = 0, list(SHIFT_S)
            destination = first_farm + farm
            closes = _window(rng, 7 * 3_600, 10 * 3_600, (2, 3))
        else:
            community = rng.choice(near[farm % villages])
            origin, opens = first_farm + farm, _window(rng, 6 * 3_600, 9 * 3_600, (1, 2))
            destination, closes = 1 + community, openings[community]
        shipment = {
            "amount": [amount],
            "priority": min(10, 1 + int(rng.expovariate(0.35))),
            "pickup": _visit(2 * number + 1, origin, 150 + 12 * amount, opens),
            "delivery": _visit(2 * number + 2, destination, 90 + 8 * amount, closes),
        }
        if _possible(shipment, points):
            shipments.append(shipment)
    return {
        "vehicles": [_vehicle(number) for number in range(1, FLEETS[fleet][requests] + 1)],
        "shipments": shipments,
        "matrices": {"car": {"durations": [[_seconds(a, b) for b in points] for a in points]}},
    }


def judge(problem: dict[str, Any], steps: VehicleSteps) -> Judged:
    """Check routes in plan mode: a solution that breaks any rule is none."""
    visits = [visit for tasks in steps.values() for visit in tasks]
    if len(visits) != len(set(visits)):
        return Judged(status="invalid", detail="a task is served twice")
    known = {vehicle["id"] for vehicle in problem["vehicles"]}
    if not set(steps) <= known:
        return Judged(status="invalid", detail="a vehicle that is none")
    planned = [
        {**vehicle, "steps": [{"type": kind, "id": task} for kind, task in steps[vehicle["id"]]]}
        for vehicle in problem["vehicles"]
        if steps.get(vehicle["id"])
    ]
    if not planned:
        return Judged(status="none")
    document = json.dumps({**problem, "vehicles": planned}).encode()
    try:
        answer = json.loads(dump_answer(check_problem(new_problem(read_document(document)))))
    except InputError as error:
        return Judged(status="invalid", detail=str(error))
    summary = answer["summary"]
    if summary["violations"]:
        return Judged(status="invalid", detail=json.dumps(summary["violations"]))
    return Judged(
        status="done",
        priority=summary["priority"],
        served=len(visits) // 2,
        vehicles=len(planned),
        cost=summary["cost"],
    )


def _possible(shipment: dict[str, Any], points: list[tuple[float, float]]) -> bool:
    """Whether an empty tricycle can serve a request: a day asks for nothing else."""
    clock, here = SHIFT_S[0], 0
    for visit in (shipment["pickup"], shipment["delivery"]):
        opens, closes = visit["time_windows"][0]
        clock = max(opens, clock + _seconds(points[here], points[visit["location_index"]]))
        if clock > closes:
            return False
        clock += visit["service"]
        here = visit["location_index"]
    return clock + _seconds(points[here], points[0]) <= SHIFT_S[1]


def _villages(rng: random.Random, requests: int) -> tuple[int, list[tuple[float, float]]]:
    """Return the number of villages and the places in them, village by village in turn."""
    count = max(6, min(60, round(requests / 12)))
    spread = math.sqrt(max(1.0, SPARSE_BELOW / requests))
    centres = []
    for _ in range(count):
        angle, radius = rng.uniform(0, 2 * math.pi), spread * rng.uniform(*VILLAGE_RING_M)
        centres.append((radius * math.cos(angle), radius * math.sin(angle)))
    places = min(MOST_PLACES - 21, max(count, round(requests / 2)))
    return count, [_around(rng, centres[n % count], PLACES_OF_A_VILLAGE_RADIUS_M) for n in range(places)]


def _around(rng: random.Random, centre: tuple[float, float], radius: float) -> tuple[float, float]:
    return rng.gauss(centre[0], radius / 2), rng.gauss(centre[1], radius / 2)


def _window(rng: random.Random, earliest: int, latest: int, hours: tuple[int, ...]) -> list[int]:
    opens = rng.randrange(earliest, latest, 900)
    return [opens, opens + 3_600 * rng.choice(hours)]


def _visit(number: int, place: int, service: int, window: list[int]) -> dict[str, Any]:
    return {"id": number, "location_index": place, "service": service, "time_windows": [window]}


def _vehicle(number: int) -> dict[str, Any]:
    small = number % 2 == 1
    return {
        "id": number,
        "start_index": 0,
        "end_index": 0,
        "capacity": [SMALL if small else LARGE],
        "costs": {"fixed": SMALL_COST_S if small else LARGE_COST_S},
        "time_window": list(SHIFT_S),
    }


def _seconds(a: tuple[float, float], b: tuple[float, float]) -> int:
    return math.ceil(DETOUR * math.dist(a, b) / METRES_PER_S)

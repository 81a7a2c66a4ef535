"""A packet is small enough for a weak network, and its paths stay on the roads."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from fleet.model import Day, Plan
from fleet.model.plan import Leg, Route
from fleet.model.route_packet import RoutePacket
from fleet.planning import travel_for
from fleet.samples.anywhere import from_roads
from fleet.samples.catalogue import make_day, sample_roads
from fleet.service.contacts import Contacts
from fleet.service.packet_parts import MOST_BYTES, TOLERANCES_M, packet_of
from maps.roads import build_roads
from maps.roads.geometry import DEGREE_M
from tests.planned import planned

HEAD = {
    "version": "0" * 32,
    "plan": "p",
    "number": 1,
    "published_at": "2026-06-14T20:00:00+08:00",
    "driver": "d",
    "driver_name": "driver",
    "dispatcher_phone": "0996-2000000",
    "changes": None,
}
STOPS = 30


def packed(plan: Plan, day: Day, route: Route) -> RoutePacket:
    head = HEAD | {"published_at": route.departure}
    return packet_of(plan, day, route, Contacts(), **head)


def size(packet: RoutePacket) -> int:
    return len(gzip.compress(packet.model_dump_json(by_alias=True).encode(), 5))


def stops(route: Route) -> int:
    return sum(entry.request is not None for entry in route.entries)


def test_packets_of_the_sample_day_are_small() -> None:
    day = make_day("qiaerbag")
    plan = planned(day, travel=travel_for(day, roads=sample_roads("qiaerbag")), iterations=5)
    assert max(stops(route) for route in plan.routes) >= 8
    assert max(size(packed(plan, day, route)) for route in plan.routes) <= MOST_BYTES


@pytest.fixture(scope="module")
def long_route(shared_data: Path) -> tuple[Plan, Day, Route]:
    """Thirty stops or more on the roads of a real valley."""
    extract = shared_data / "osm" / "liechtenstein-2021-05.osm.pbf"
    if not extract.exists():
        pytest.skip("the extract is not at hand")
    roads = build_roads(extract)
    document = from_roads(roads, requests=40, tricycles=2, seed=3).model_dump(mode="json", by_alias=True)
    for tricycle in document["tricycles"]:
        tricycle |= {"payload_kg": 20_000.0, "crates": 2_000, "battery": None, "breaks": []}
        tricycle["shift"] = {
            "start": f"{document['date']}T00:00:00+08:00",
            "end": f"{document['date']}T23:00:00+08:00",
        }
        tricycle["equipment"] = ["insulated-box"]
    for place in document["places"]:
        place |= {"opening": [], "bays": None, "max_kg": None, "stay_s": 0}
    for product in document["products"]:
        product |= {"on_board_limit_s": None, "keep_apart": None}
    for request in document["requests"]:
        request["on_board_limit_s"] = None
    day = Day.model_validate_json(json.dumps(document))
    plan = planned(day, travel=travel_for(day, roads=roads), iterations=10)
    route = max(plan.routes, key=stops)
    assert stops(route) >= STOPS
    return plan, day, route


def test_a_packet_of_thirty_stops_on_real_roads_is_small(long_route: tuple[Plan, Day, Route]) -> None:
    plan, day, route = long_route
    points = sum(len(leg.path) for leg in legs(route))
    assert points > 500, "the roads are real ones"
    assert size(packed(plan, day, route)) <= MOST_BYTES


def test_paths_stay_on_the_roads(long_route: tuple[Plan, Day, Route]) -> None:
    plan, day, route = long_route
    packet = packed(plan, day, route)
    drawn = [visit.leg for visit in packet.visits if visit.leg is not None]
    for leg, shown in zip(legs(route), drawn, strict=False):
        line = np.array(list(decoded(shown.path)))
        assert len(line) <= len(leg.path)
        for point in leg.path[:: max(1, len(leg.path) // 20)]:
            assert off_m(np.array(point), line) < TOLERANCES_M[0] + 2, "and half a metre of rounding"


def test_a_packet_too_large_is_drawn_more_coarsely(long_route: tuple[Plan, Day, Route]) -> None:
    plan, day, route = long_route
    rng = np.random.default_rng(1)
    crooked = tuple(
        (float(lat), float(lon))
        for lat, lon in np.array([41.7, 86.1]) + np.cumsum(rng.normal(0, 4e-5, (3_000, 2)), axis=0)
    )
    entries = tuple(
        entry
        if entry.leg is None
        else entry.model_copy(update={"leg": entry.leg.model_copy(update={"path": crooked})})
        for entry in route.entries
    )
    worst = route.model_copy(update={"entries": entries})
    assert size(packed(plan, day, worst)) <= MOST_BYTES


def legs(route: Route) -> list[Leg]:
    return [entry.leg for entry in route.entries if entry.leg is not None]


def decoded(text: str) -> Iterator[tuple[float, float]]:
    """Read an encoded polyline of five decimals."""
    numbers, value, shift = [], 0, 0
    for letter in text:
        bits = ord(letter) - 63
        value |= (bits & 0x1F) << shift
        shift += 5
        if bits < 0x20:
            numbers.append(~(value >> 1) if value & 1 else value >> 1)
            value, shift = 0, 0
    for latitude, longitude in np.cumsum(np.array(numbers).reshape(-1, 2), axis=0):
        yield latitude / 1e5, longitude / 1e5


def off_m(point: np.ndarray, line: np.ndarray) -> float:
    """How far a point is from a line, in metres."""
    scale = np.array([DEGREE_M, DEGREE_M * np.cos(np.radians(point[0]))])
    starts, ends, here = line[:-1] * scale, line[1:] * scale, point * scale
    along = ends - starts
    squares = np.maximum((along**2).sum(axis=1), 1e-12)
    share = np.clip(((here - starts) * along).sum(axis=1) / squares, 0, 1)
    return float(np.hypot(*(starts + share[:, None] * along - here).T).min())

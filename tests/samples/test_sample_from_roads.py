"""Days on any road file: real place nodes, none at all, few junctions, many requests."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from fleet.model import Day, InputError, dump, read_day
from fleet.samples import from_roads, sample_roads
from maps.roads import OasisAnchor, RoadGraph, build_roads, graph_from_segments, synthetic_oasis
from maps.travel import road_travel


@pytest.fixture(scope="module")
def liechtenstein(shared_data: Path) -> RoadGraph:
    return build_roads(shared_data / "osm" / "liechtenstein-2021-05.osm.pbf")


def oasis(anchors: list[OasisAnchor] | None = None) -> RoadGraph:
    return synthetic_oasis(seed=3, center_latitude=41.7, center_longitude=86.1, anchors=anchors or [])


def reaches_everywhere(graph: RoadGraph, day: Day) -> bool:
    travel = road_travel(
        graph,
        latitudes=[point.latitude for point in day.locations],
        longitudes=[point.longitude for point in day.locations],
        names=[point.name for point in day.locations],
        speed_caps_kmh=day.speed_caps_kmh(),
        snap_limit_m=day.rules.snap_limit_m,
    )
    return travel.durations_s.shape == (len(day.speed_caps_kmh()), len(day.places), len(day.places))


def test_a_valley_of_villages_gets_its_own_names(liechtenstein: RoadGraph) -> None:
    day = from_roads(liechtenstein, requests=120, tricycles=20, seed=7)
    assert (len(day.requests), len(day.tricycles)) == (120, 20)
    known = {place.name for place in liechtenstein.places}
    assert {place.name for place in day.places if place.kind != "centre"} <= known
    assert day.place_by_id["centre"].name == "Centre of Vaduz"
    assert "OpenStreetMap" in day.about.real[0]
    assert read_day(dump(day)) == day
    assert reaches_everywhere(liechtenstein, day)


def test_the_same_arguments_give_the_same_day_and_another_seed_another(liechtenstein: RoadGraph) -> None:
    first = from_roads(liechtenstein, requests=40, tricycles=5, seed=1)
    assert dump(from_roads(liechtenstein, requests=40, tricycles=5, seed=1)) == dump(first)
    assert dump(from_roads(liechtenstein, requests=40, tricycles=5, seed=2)) != dump(first)


def test_roads_without_places_get_junctions() -> None:
    graph = oasis()
    day = from_roads(graph, requests=60, tricycles=10, seed=4)
    assert graph.places == ()
    assert all("Junction" in place.name for place in day.places)
    assert any("drawn with a seed" in line for line in day.about.invented)
    assert not day.about.real
    assert reaches_everywhere(graph, day)


def test_an_oasis_sends_from_villages_to_communities() -> None:
    anchors = [OasisAnchor(name=f"village {i}", kind="village", distance_km=(2, 8)) for i in range(6)]
    anchors += [OasisAnchor(name=f"market {i}", kind="community", distance_km=(4, 9)) for i in range(5)]
    day = from_roads(oasis(anchors), requests=30, tricycles=6, seed=4)
    assert {place.name.split()[0] for place in day.places if place.kind == "village"} == {"village"}
    assert {place.name.split()[0] for place in day.places if place.kind == "community"} == {"market"}


@pytest.mark.parametrize(("requests", "tricycles"), [(1, 1), (2, 3), (17, 4), (400, 60), (5000, 500)])
def test_any_number_of_requests_and_tricycles(requests: int, tricycles: int) -> None:
    day = from_roads(oasis(), requests=requests, tricycles=tricycles, seed=9)
    assert (len(day.requests), len(day.tricycles)) == (requests, tricycles)
    kinds = Counter(place.kind for place in day.places)
    assert kinds["village"] >= 1
    assert kinds["community"] >= 1


@pytest.mark.parametrize(
    ("requests", "tricycles", "seed", "code"),
    [
        (0, 5, 1, "VALUE_TOO_SMALL requests 0"),
        (5, 0, 1, "VALUE_TOO_SMALL tricycles 0"),
        (5, 5, -1, "VALUE_TOO_SMALL seed -1"),
        (5001, 5, 1, "VALUE_TOO_LARGE requests 5001"),
        (5, 501, 1, "VALUE_TOO_LARGE tricycles 501"),
    ],
)
def test_numbers_beyond_the_limits_are_refused(requests: int, tricycles: int, seed: int, code: str) -> None:
    with pytest.raises(InputError, match=code):
        from_roads(oasis(), requests=requests, tricycles=tricycles, seed=seed)


def test_names_of_places_are_taken_as_they_are() -> None:
    graph = sample_roads("qiaerbag")
    strange = tuple(replace(place, name=f"{{{place.name}}}") for place in graph.places)
    day = from_roads(replace(graph, places=strange), requests=20, tricycles=3, seed=1)
    assert all(place.name.endswith("}") for place in day.places)
    assert all("{" in household.name for household in day.households)


def test_roads_too_small_for_places_are_refused() -> None:
    road = graph_from_segments(
        node_latitudes=[41.7, 41.701], node_longitudes=[86.1, 86.1], tails=[0], heads=[1], speeds_kmh=[20]
    )
    with pytest.raises(InputError, match="INVALID_VALUE roads 2 junctions"):
        from_roads(road, requests=5, tricycles=1, seed=1)


def test_three_junctions_are_enough() -> None:
    road = graph_from_segments(
        node_latitudes=[41.7, 41.71, 41.72, 41.73],
        node_longitudes=[86.1, 86.1, 86.1, 86.1],
        tails=[0, 1, 1],
        heads=[1, 2, 3],
        speeds_kmh=[20, 20, 20],
    )
    day = from_roads(road, requests=5, tricycles=1, seed=1)
    assert {place.kind for place in day.places} == {"centre", "village", "community"}

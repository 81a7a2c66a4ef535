import json

import networkx
import numpy as np
import pytest

from maps.roads import (
    MapsError,
    OasisAnchor,
    cut_segments,
    graph_from_segments,
    island_labels,
    roads_geojson,
    roads_layer,
    synthetic_oasis,
    to_networkx,
    water_layer,
)
from maps.roads.geometry import great_circle_m

ANCHORS = [
    OasisAnchor(name="centre", kind="centre", distance_km=(0, 1)),
    *(OasisAnchor(name=f"village {i}", kind="village", distance_km=(2, 11)) for i in range(12)),
    *(OasisAnchor(name=f"community {i}", kind="community", distance_km=(3, 10)) for i in range(9)),
]


def invent(seed, **options):
    return synthetic_oasis(seed=seed, center_latitude=41.7, center_longitude=86.1, anchors=ANCHORS, **options)


@pytest.fixture(scope="module")
def oasis():
    return invent(7)


@pytest.mark.parametrize("seed", range(6))
def test_places_are_on_roads_within_their_ranges(seed):
    graph = invent(seed)
    assert [place.name for place in graph.places] == [anchor.name for anchor in ANCHORS]
    nodes = set(zip(graph.node_latitudes, graph.node_longitudes, strict=True))
    for place, anchor in zip(graph.places, ANCHORS, strict=True):
        assert (place.latitude, place.longitude) in nodes
        km = great_circle_m(41.7, 86.1, place.latitude, place.longitude) / 1000
        assert anchor.distance_km[0] - 0.01 <= km <= anchor.distance_km[1] + 0.01
    assert len({(place.latitude, place.longitude) for place in graph.places}) == len(ANCHORS)


def test_equal_seeds_give_equal_roads(oasis):
    assert invent(7).sha256 == oasis.sha256
    assert invent(8).sha256 != oasis.sha256


def test_it_says_that_it_is_invented(oasis):
    assert oasis.invented
    assert "nvented" in oasis.attribution
    assert "OpenStreetMap" not in oasis.attribution


def test_everything_can_be_reached(oasis):
    assert set(island_labels(oasis)) == {0}
    assert networkx.is_strongly_connected(to_networkx(oasis))


@pytest.mark.parametrize("seed", range(6))
def test_canals_are_crossed_on_bridges_only(seed):
    oasis = invent(seed)
    assert oasis.bridges.sum() == 8
    roads, water = roads_layer(oasis), water_layer(oasis).union_all()
    crossing = roads[roads.intersects(water)]
    assert crossing["bridge"].all()
    assert len(crossing) == 8


def test_closing_all_bridges_of_the_canals_cuts_the_oasis(oasis):
    graph = networkx.Graph()
    for tail, head, bridge in zip(oasis.tails, oasis.heads, oasis.bridges, strict=True):
        if not bridge:
            graph.add_edge(tail, head)
    assert sum(len(part) > 20 for part in networkx.connected_components(graph)) == 3


def test_an_anchor_without_room():
    anchors = [OasisAnchor(name="far", kind="village", distance_km=(30, 40))]
    with pytest.raises(MapsError) as error:
        synthetic_oasis(seed=1, center_latitude=41.7, center_longitude=86.1, anchors=anchors)
    assert error.value.code == "OASIS_FULL"
    assert error.value.params["name"] == "far"


def test_cut_segments_are_those_without_detour():
    graph = graph_from_segments(
        node_latitudes=[41.7, 41.7, 41.71, 41.72, 41.73],
        node_longitudes=[86.1, 86.11, 86.1, 86.1, 86.1],
        tails=[0, 1, 2, 2, 3, 3],
        heads=[1, 2, 0, 3, 4, 4],
        speeds_kmh=[30] * 6,
    )
    assert cut_segments(graph).tolist() == [3]


def test_the_layer_has_a_row_a_segment(oasis):
    layer = roads_layer(oasis)
    assert len(layer) == oasis.segment_count
    assert layer.crs.to_epsg() == 4326
    assert layer["bridge"].sum() == oasis.bridges.sum()
    assert len(roads_layer(oasis, segments=np.array([3, 5]))) == 2


def test_geojson_is_small_and_simplified(oasis):
    whole = json.loads(roads_geojson(oasis))
    assert whole["invented"] is True
    assert whole["attribution"] == oasis.attribution
    kinds = [feature["properties"]["kind"] for feature in whole["features"]]
    assert kinds.count("water") == 1
    assert kinds.count("road") >= 4
    longitude, latitude = whole["features"][0]["geometry"]["coordinates"][0][0]
    assert (round(latitude), round(longitude)) == (42, 86)


def test_geojson_keeps_to_its_box_and_its_limit(oasis):
    south, west, north, east = oasis.bbox
    part = roads_geojson(oasis, bbox=(south, west, (south + north) / 2, east))
    assert len(part) < 0.8 * len(roads_geojson(oasis))
    for limit in (20_000, 5_000, 500):
        content = roads_geojson(oasis, max_bytes=limit)
        assert len(content) <= limit
        assert json.loads(content)["type"] == "FeatureCollection"

import gzip

import networkx
import numpy as np
import pytest

from maps.roads import MapsError, build_roads, island_labels, to_networkx
from maps.roads.geometry import great_circle_m
from maps.roads.graph import ROAD_CLASSES

ROAD = {"highway": "residential"}
SQUARE = {1: (0, 0), 2: (3, 0), 3: (3, 3), 4: (0, 3)}


def speeds_of(graph, way_id):
    """Forward and backward speeds of the only segment of a way."""
    (row,) = np.flatnonzero(graph.way_ids == way_id)
    return graph.speeds_kmh[row].tolist()


def test_a_chain_of_bends_is_one_segment_with_its_shape(write_osm):
    nodes = {**SQUARE, 5: (1, 0.2), 6: (2, -0.2)}
    graph = build_roads(write_osm(nodes=nodes, ways={7: ([1, 5, 6, 2, 3, 4], ROAD), 8: ([4, 1], ROAD)}))
    assert graph.node_count == 2
    assert graph.segment_count == 2
    (row,) = np.flatnonzero(graph.way_ids == 7)
    points = slice(graph.shape_offsets[row], graph.shape_offsets[row + 1])
    assert graph.shape_latitudes[points].tolist() == [41.7, 41.7002, 41.6998, 41.7, 41.703, 41.703]
    lat, lon = graph.shape_latitudes[points], graph.shape_longitudes[points]
    walked_m = great_circle_m(lat[:-1], lon[:-1], lat[1:], lon[1:]).sum()
    assert graph.lengths_m[row] == pytest.approx(walked_m, abs=1e-6)


def test_oneways_and_their_reverse(write_osm):
    ways = {
        1: ([1, 2], {**ROAD, "oneway": "yes"}),
        2: ([3, 2], {**ROAD, "oneway": "-1"}),
        3: ([3, 4], ROAD),
        4: ([4, 1], ROAD),
    }
    graph = build_roads(write_osm(nodes=SQUARE, ways=ways))
    assert speeds_of(graph, 1) == [25, 0]
    assert speeds_of(graph, 2) == [0, 25]
    assert speeds_of(graph, 3) == [25, 25]


def test_a_roundabout_goes_one_way_round(write_osm):
    nodes = {**SQUARE, 5: (-3, 0), 6: (6, 3)}
    ways = {
        1: ([1, 2, 3, 4, 1], {**ROAD, "junction": "roundabout"}),
        2: ([5, 1], ROAD),
        3: ([3, 6], ROAD),
    }
    graph = build_roads(write_osm(nodes=nodes, ways=ways))
    ring = graph.way_ids == 1
    assert ring.sum() == 2
    assert (graph.speeds_kmh[ring, 1] == 0).all()
    assert networkx.is_strongly_connected(to_networkx(graph))


def test_islands_are_dropped_and_counted(write_osm):
    nodes = {**SQUARE, 11: (20, 20), 12: (21, 20), 13: (0, 6)}
    ways = {
        1: ([1, 2, 3, 4, 1], ROAD),
        2: ([11, 12], ROAD),
        3: ([4, 13], {**ROAD, "oneway": "yes"}),
    }
    graph = build_roads(write_osm(nodes=nodes, ways=ways))
    assert set(graph.way_ids) == {1}
    assert graph.counts["dropped_islands"] == 1
    assert graph.counts["dropped_segments"] == 2
    assert graph.counts["dropped_km"] > 0.3
    assert set(island_labels(graph)) == {0}


def test_barred_ways_are_left_out(write_osm):
    ways = {
        1: ([1, 2, 3, 4, 1], ROAD),
        2: ([1, 3], {"highway": "motorway"}),
        3: ([2, 4], {**ROAD, "access": "private"}),
    }
    graph = build_roads(write_osm(nodes=SQUARE, ways=ways))
    assert set(graph.way_ids) == {1}
    assert graph.counts["ways_barred"] == 2


def test_a_bollard_stops_the_road_at_both_sides(write_osm):
    nodes = {**SQUARE, 5: (1.5, 0)}
    ways = {1: ([1, 5, 2], ROAD), 2: ([2, 3, 4, 1], ROAD)}
    graph = build_roads(write_osm(nodes=nodes, ways=ways, node_tags={5: {"barrier": "bollard"}}))
    assert graph.segment_count == 3
    graph_nx = networkx.Graph(to_networkx(graph))
    assert sorted(degree for _, degree in graph_nx.degree()) == [1, 1, 2, 2]


def test_places_names_bridges_and_classes_are_kept(write_osm):
    nodes = {**SQUARE, 9: (1, 1), 10: (2, 2)}
    node_tags = {9: {"place": "village", "name": "恰尔巴格"}, 10: {"place": "village"}}
    ways = {
        1: ([1, 2, 3], {"highway": "tertiary", "name": "Road & Co"}),
        2: ([3, 4, 1], {"highway": "track", "bridge": "yes"}),
    }
    graph = build_roads(write_osm(nodes=nodes, ways=ways, node_tags=node_tags))
    assert [(place.name, place.kind) for place in graph.places] == [("恰尔巴格", "village")]
    by_way = {int(way): row for row, way in enumerate(graph.way_ids)}
    assert graph.names[graph.name_indices[by_way[1]]] == "Road & Co"
    assert graph.names[graph.name_indices[by_way[2]]] == ""
    assert graph.bridges.tolist() == [way == 2 for way in graph.way_ids]
    assert ROAD_CLASSES[graph.road_classes[by_way[2]]] == "track"
    assert "OpenStreetMap" in graph.attribution
    assert not graph.invented


def test_the_box_cuts_roads_at_their_last_node_inside(write_osm):
    nodes = {**SQUARE, 5: (50, 0), 6: (1, 1)}
    path = write_osm(
        nodes=nodes,
        ways={1: ([1, 2, 3, 4, 1], ROAD), 2: ([2, 5], ROAD)},
        node_tags={5: {"place": "village", "name": "far"}, 6: {"place": "village", "name": "near"}},
    )
    graph = build_roads(path, bbox=(41.69, 86.09, 41.71, 86.11))
    assert set(graph.way_ids) == {1}
    assert [place.name for place in graph.places] == ["near"]


@pytest.mark.parametrize(
    "bbox", [(41.7, 86.1, 41.6, 86.2), (0, 0, 0, 0), (float("nan"), 0, 1, 1), (0, 0, 1), (-91, 0, 1, 1)]
)
def test_boxes_that_are_none(write_osm, bbox):
    path = write_osm(nodes=SQUARE, ways={1: ([1, 2, 3, 4, 1], ROAD)})
    with pytest.raises(MapsError) as error:
        build_roads(path, bbox=bbox)
    assert error.value.code == "BBOX_INVALID"


def test_no_roads_at_all(write_osm):
    with pytest.raises(MapsError) as error:
        build_roads(write_osm(nodes=SQUARE, ways={1: ([1, 2], {"waterway": "canal"})}))
    assert error.value.code == "ROADS_EMPTY"
    assert error.value.params["file"] == "small.osm"


def test_a_missing_file(tmp_path):
    with pytest.raises(MapsError) as error:
        build_roads(tmp_path / "none.osm.pbf")
    assert error.value.code == "ROADS_UNREADABLE"
    assert str(tmp_path) not in str(error.value)


@pytest.mark.parametrize("name", ["x.osm", "x.osm.gz", "x.osm.pbf"])
@pytest.mark.parametrize("content", [b"garbage, no map " * 99, b"<html><body/></html>"])
def test_foreign_files(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(MapsError) as error:
        build_roads(path)
    assert error.value.code == "ROADS_UNREADABLE"
    assert str(tmp_path) not in str(error.value)


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ('id="1" lat="41.7000000"', 'id="1" lat="999"'),
        ('id="1" lat="41.7000000"', 'id="1" lat="41,7"'),
        ('way id="1"', 'way id="99999999999999999999"'),
        ('way id="1"', 'way id="1" timestamp="yesterday"'),
        ('k="highway"', 'k="high\x00way"'),
        ("</way>", "</wy>"),
    ],
)
def test_a_damaged_value_is_unreadable_data(tmp_path, write_osm, good, bad):
    text = write_osm(nodes=SQUARE, ways={1: ([1, 2, 3, 4, 1], ROAD)}).read_text(encoding="utf-8")
    assert good in text
    path = tmp_path / "damaged.osm"
    path.write_text(text.replace(good, bad), encoding="utf-8")
    with pytest.raises(MapsError) as error:
        build_roads(path)
    assert error.value.code == "ROADS_UNREADABLE"
    assert str(tmp_path) not in str(error.value)


@pytest.mark.parametrize("share", [0.0, 0.001, 0.5, 0.9999])
def test_truncated_pbf(tmp_path, extract, share):
    content = extract("liechtenstein-2021-05.osm.pbf").read_bytes()
    path = tmp_path / "cut.osm.pbf"
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(MapsError) as error:
        build_roads(path)
    assert error.value.code == "ROADS_TRUNCATED"


def test_truncated_xml_plain_and_gzipped(tmp_path, write_osm):
    whole = write_osm(nodes=SQUARE, ways={1: ([1, 2, 3, 4, 1], ROAD)}).read_bytes()
    plain, packed = tmp_path / "cut.osm", tmp_path / "cut.osm.gz"
    plain.write_bytes(whole[: len(whole) // 2])
    packed.write_bytes(gzip.compress(whole)[:-30])
    for path in (plain, packed):
        with pytest.raises(MapsError) as error:
            build_roads(path)
        assert error.value.code == "ROADS_TRUNCATED"


def test_the_content_tells_the_format_not_the_name(tmp_path, write_osm):
    whole = write_osm(nodes=SQUARE, ways={1: ([1, 2, 3, 4, 1], ROAD)})
    unnamed = tmp_path / "upload"
    unnamed.write_bytes(gzip.compress(whole.read_bytes()))
    assert build_roads(unnamed).lengths_m.sum() == pytest.approx(build_roads(whole).lengths_m.sum())


def test_progress_grows_to_one(write_osm):
    told = []
    path = write_osm(nodes=SQUARE, ways={1: ([1, 2, 3, 4, 1], ROAD)}, node_tags={1: {"a": "b"}})
    build_roads(path, progress=lambda stage, fraction: told.append((stage, fraction)))
    assert told[-1] == ("done", 1.0)
    assert [fraction for _, fraction in told] == sorted(fraction for _, fraction in told)


@pytest.mark.parametrize(
    ("name", "least_km", "villages"),
    [
        ("liechtenstein-2021-05.osm.pbf", 600, 21),
        ("heidelberg.osm.pbf", 2000, 0),
        ("north-bayreuth-2014.osm.gz", 400, 22),
    ],
)
def test_real_extracts(extract, name, least_km, villages):
    graph = build_roads(extract(name))
    assert graph.lengths_m.sum() / 1000 > least_km
    assert sum(place.kind == "village" for place in graph.places) == villages
    assert graph.counts["restrictions_applied"] > 20
    assert set(island_labels(graph)) == {0}
    assert (graph.speeds_kmh.max(axis=1) > 0).all()
    ends = graph.shape_offsets[1:] - 1
    assert np.array_equal(graph.shape_latitudes[graph.shape_offsets[:-1]], graph.node_latitudes[graph.tails])
    assert np.array_equal(graph.shape_longitudes[ends], graph.node_longitudes[graph.heads])

import contextlib
import dataclasses
import pickle
import zipfile

import numpy as np
import pytest

from maps.roads import (
    MapsError,
    OasisAnchor,
    RoadPlace,
    build_roads,
    graph_from_segments,
    load_roads,
    roads_info,
    save_roads,
    synthetic_oasis,
)


@pytest.fixture
def oasis():
    anchors = [OasisAnchor(name="مەھەللە", kind="village", distance_km=(2, 11))]
    return synthetic_oasis(seed=1, center_latitude=41.7, center_longitude=86.1, anchors=anchors)


def same(a, b):
    for field in dataclasses.fields(a):
        left, right = getattr(a, field.name), getattr(b, field.name)
        if isinstance(left, np.ndarray):
            assert left.dtype == right.dtype, field.name
            assert np.array_equal(left, right), field.name
        else:
            assert left == right, field.name


def test_a_saved_graph_comes_back_the_same(tmp_path, oasis):
    save_roads(oasis, tmp_path / "oasis.roads")
    loaded = load_roads(tmp_path / "oasis.roads")
    same(oasis, loaded)
    assert loaded.sha256 == oasis.sha256


def test_so_does_a_real_one(tmp_path, extract):
    graph = build_roads(extract("north-bayreuth-2014.osm.gz"))
    save_roads(graph, tmp_path / "b.roads")
    same(graph, load_roads(tmp_path / "b.roads"))


def test_equal_graphs_give_equal_bytes(tmp_path, oasis):
    save_roads(oasis, tmp_path / "a")
    save_roads(load_roads(tmp_path / "a"), tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_the_hash_follows_the_content(oasis):
    changed = [
        dataclasses.replace(oasis, invented=False),
        dataclasses.replace(oasis, way_ids=oasis.way_ids + 1),
        dataclasses.replace(
            oasis, places=(RoadPlace(name="x", kind="village", latitude=41.7, longitude=86.1),)
        ),
    ]
    assert len({graph.sha256 for graph in (oasis, *changed)}) == 4


def test_nothing_is_left_beside_the_file(tmp_path, oasis):
    save_roads(oasis, tmp_path / "deep" / "oasis.roads")
    save_roads(oasis, tmp_path / "deep" / "oasis.roads")
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["oasis.roads"]


def test_a_failed_write_leaves_the_old_file(tmp_path, oasis, monkeypatch):
    target = tmp_path / "oasis.roads"
    save_roads(oasis, target)
    before = target.read_bytes()

    def fail(*args):
        raise OSError("no space left")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(OSError, match="no space left"):
        save_roads(dataclasses.replace(oasis, invented=False), target)
    assert target.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["oasis.roads"]


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.9, 0.999])
def test_truncated_files(tmp_path, oasis, share):
    path = tmp_path / "oasis.roads"
    save_roads(oasis, path)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(MapsError) as error:
        load_roads(path)
    assert error.value.code == "ROADS_FORMAT"


def test_any_flipped_byte_is_noticed(tmp_path, oasis):
    path = tmp_path / "oasis.roads"
    save_roads(oasis, path)
    content = path.read_bytes()
    for place in range(40, len(content), len(content) // 40):
        damaged = bytearray(content)
        damaged[place] ^= 0x40
        path.write_bytes(damaged)
        # Zip keeps some fields nobody reads: what matters is that no other graph comes out.
        with contextlib.suppress(MapsError):
            same(load_roads(path), oasis)


def test_foreign_files(tmp_path):
    text, archive = tmp_path / "text", tmp_path / "archive.zip"
    text.write_text("no roads")
    with zipfile.ZipFile(archive, "w") as members:
        members.writestr("readme.txt", "no roads")
    for path in (text, archive):
        with pytest.raises(MapsError) as error:
            load_roads(path)
        assert error.value.code == "ROADS_FORMAT"
    with pytest.raises(MapsError) as error:
        load_roads(tmp_path / "none")
    assert error.value.code == "ROADS_UNREADABLE"


def test_a_file_of_a_later_format(tmp_path, oasis):
    path, later = tmp_path / "a", tmp_path / "b"
    save_roads(oasis, path)
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(later, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"fleet-roads/1", b"fleet-roads/9"))
    with pytest.raises(MapsError, match="fleet-roads/9"):
        load_roads(later)


def test_info_is_plain_and_complete(oasis):
    info = roads_info(oasis)
    assert info["invented"] is True
    assert info["nodes"] == oasis.node_count
    assert info["km"] == pytest.approx(oasis.lengths_m.sum() / 1000, abs=0.001)
    assert info["places_by_kind"] == {"village": 1}
    assert info["bridges"] == 8
    assert info["sha256"] == oasis.sha256
    assert "dropped_islands" in info["counts"]


def test_errors_cross_process_borders():
    error = pickle.loads(pickle.dumps(MapsError("ROADS_EMPTY", file="x.osm")))
    assert (error.code, error.params, str(error)) == (
        "ROADS_EMPTY",
        {"file": "x.osm"},
        "no usable roads in x.osm",
    )


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"heads": [1, 2, 9]}, "no such node"),
        ({"heads": [1, 2]}, "too short"),
        ({"speeds_kmh": [30, -1, 30]}, "negative"),
        ({"speeds_kmh": [30, float("nan"), 30]}, "not a number"),
        ({"node_latitudes": [41.7, 41.8, 141.7]}, "off the earth"),
        ({"road_classes": ["residential", "river", "track"]}, "no such class"),
        ({"banned_turns": [(0, 6)]}, "no such arc"),
        ({"names": ["a"]}, "too short"),
    ],
)
def test_segments_that_do_not_fit(change, why):
    fields = {
        "node_latitudes": [41.7, 41.7, 41.71],
        "node_longitudes": [86.1, 86.11, 86.1],
        "tails": [0, 1, 2],
        "heads": [1, 2, 0],
        "speeds_kmh": [30, 30, 30],
    }
    with pytest.raises(MapsError) as error:
        graph_from_segments(**{**fields, **change})
    assert error.value.code == "SEGMENTS_INVALID", why


def test_info_counts_the_bridges_one_depends_on():
    graph = graph_from_segments(
        node_latitudes=[41.7, 41.7, 41.71, 41.72],
        node_longitudes=[86.1, 86.11, 86.1, 86.1],
        tails=[0, 1, 2, 2],
        heads=[1, 2, 0, 3],
        speeds_kmh=[30.0] * 4,
        bridges=[True, False, False, True],
    )
    info = roads_info(graph)
    assert (info["bridges"], info["bridges_without_detour"]) == (2, 1)

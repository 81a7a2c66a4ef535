import numpy as np
import pytest

import maps.travel.road
from maps.roads import MapsError
from maps.travel import road_travel


@pytest.fixture
def searches(monkeypatch):
    """Counts how often matrices are computed."""
    calls = []
    original = maps.travel.road.many_to_many

    def counted(*args, **options):
        calls.append(1)
        return original(*args, **options)

    monkeypatch.setattr(maps.travel.road, "many_to_many", counted)
    return calls


@pytest.fixture
def travel(ladder, tmp_path):
    def run(**options):
        fields = {
            "latitudes": [41.70, 41.71],
            "longitudes": [86.102, 86.118],
            "speed_caps_kmh": [25],
            "cache_dir": tmp_path / "cache",
        }
        return road_travel(options.pop("graph", ladder()), **{**fields, **options})

    return run


def same(a, b):
    assert np.array_equal(a.durations_s, b.durations_s)
    assert np.array_equal(a.distances_m, b.distances_m)
    assert a.durations_s.dtype == b.durations_s.dtype == np.int64


def test_equal_questions_are_answered_once(travel, searches):
    first, second = travel(), travel(names=["other", "names"])
    same(first, second)
    assert len(searches) == 1


def test_paths_are_found_for_kept_matrices_too(travel):
    first, second = travel(), travel()
    line = first.path(speed_class=0, origin=0, destination=1)
    assert np.array_equal(line, second.path(speed_class=0, origin=0, destination=1))


def test_every_part_of_the_question_counts(travel, ladder, searches):
    travel()
    for number, change in enumerate(
        (
            {"latitudes": [41.70, 41.7001]},
            {"speed_caps_kmh": [20]},
            {"closed_way_ids": [1]},
            {"closed_polygons": [[(41.7, 86.2), (41.8, 86.2), (41.8, 86.3)]]},
            {"snap_limit_m": 400.0},
            {"graph": ladder(speeds_kmh=[20.0] * 7)},
        ),
        start=2,
    ):
        travel(**change)
        assert len(searches) == number, change


@pytest.mark.parametrize("damage", ["empty", "half", "garbage", "changed"])
def test_damaged_files_are_replaced(travel, searches, tmp_path, damage):
    first = travel()
    (file,) = (tmp_path / "cache").iterdir()
    whole = file.read_bytes()
    changed = bytearray(whole)
    changed[whole.index(first.durations_s.tobytes())] ^= 1
    file.write_bytes(
        {"empty": b"", "half": whole[: len(whole) // 2], "garbage": b"x" * 99, "changed": bytes(changed)}[
            damage
        ]
    )
    same(first, travel())
    assert len(searches) == 2
    assert file.read_bytes() == whole
    travel()
    assert len(searches) == 2


def test_errors_are_not_kept(travel, tmp_path):
    for _ in range(2):
        with pytest.raises(MapsError):
            travel(latitudes=[41.70, 42.0])
    assert not (tmp_path / "cache").exists()


def test_a_folder_that_cannot_be_written_does_no_harm(travel, tmp_path):
    (tmp_path / "cache").write_text("a file in the way")
    assert travel().place_count == 2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps.roads import MapsError
from maps.travel import great_circle_travel

KORLA, YULI = (41.76055, 86.15231), (41.33699, 86.25663)


def travel(**options):
    fields = {
        "latitudes": [KORLA[0], YULI[0]],
        "longitudes": [KORLA[1], YULI[1]],
        "speed_caps_kmh": [25, 20],
    }
    return great_circle_travel(**{**fields, **options})


def test_korla_to_yuli():
    matrices = travel(detour_factor=1.0)
    assert matrices.speed_caps_kmh == (20.0, 25.0)
    assert matrices.distances_m[0, 0, 1] == pytest.approx(47_900, abs=100)
    assert matrices.durations_s[1, 0, 1] == np.ceil(matrices.distances_m[1, 0, 1] / 25 * 3.6)
    assert matrices.durations_s[0, 0, 1] > matrices.durations_s[1, 0, 1]
    assert matrices.durations_s.dtype == matrices.distances_m.dtype == np.int64


def test_the_detour_stretches():
    assert travel(detour_factor=1.5).distances_m[0, 0, 1] == pytest.approx(
        1.5 * travel(detour_factor=1.0).distances_m[0, 0, 1], abs=1
    )


def test_its_path_is_the_straight_line():
    matrices = travel()
    assert matrices.path(speed_class=0, origin=0, destination=1).tolist() == [list(KORLA), list(YULI)]
    assert matrices.source == "great-circle"
    assert matrices.roads_sha256 is None
    assert matrices.detour_factor == 1.4


def test_classes_are_found_by_their_cap():
    matrices = travel(speed_caps_kmh=[25, 20, 25])
    assert matrices.speed_class(20) == 0
    assert matrices.speed_class(25) == 1
    with pytest.raises(KeyError):
        matrices.speed_class(30)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"speed_caps_kmh": [10, 15, 20, 25, 30, 35]}, "TOO_MANY_SPEED_CLASSES"),
        ({"speed_caps_kmh": [0]}, "SPEED_CAP_INVALID"),
        ({"speed_caps_kmh": [float("nan")]}, "SPEED_CAP_INVALID"),
        ({"speed_caps_kmh": []}, "SPEED_CAP_INVALID"),
        ({"latitudes": [41, 91]}, "COORDINATES_INVALID"),
        ({"longitudes": [86, float("nan")]}, "COORDINATES_INVALID"),
    ],
)
def test_bad_input_has_a_code(change, code):
    with pytest.raises(MapsError) as error:
        travel(**change)
    assert error.value.code == code


@pytest.mark.parametrize("change", [{"detour_factor": 0.9}, {"latitudes": [41.7]}, {"names": ["one"]}])
def test_arguments_that_make_no_sense(change):
    with pytest.raises(ValueError, match=r"got|latitudes"):
        travel(**change)


@pytest.mark.parametrize(
    ("origin", "destination", "speed_class"), [(2, 0, 0), (0, -1, 0), (0, 0, 2), (0, 0, -1)]
)
def test_no_such_place_or_class(origin, destination, speed_class):
    with pytest.raises(IndexError):
        travel().path(speed_class=speed_class, origin=origin, destination=destination)


@given(st.lists(st.tuples(st.floats(41, 42), st.floats(86, 87)), min_size=1, max_size=6))
def test_great_circles_are_symmetric_and_zero_at_home(points):
    latitudes, longitudes = zip(*points, strict=True)
    matrices = great_circle_travel(latitudes=latitudes, longitudes=longitudes, speed_caps_kmh=[25])
    assert np.array_equal(matrices.distances_m[0], matrices.distances_m[0].T)
    assert (np.diag(matrices.durations_s[0]) == 0).all()

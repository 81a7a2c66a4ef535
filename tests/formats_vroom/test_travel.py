"""Where travel comes from: matrices by profile, coordinates for what they lack, rows by index."""

import json
from typing import Any

import numpy as np
import pytest

from fleet.formats.vroom import VroomProblem, new_problem, read_document
from fleet.formats.vroom.polyline import encoded
from maps.travel import great_circle_travel
from tests.formats_vroom.problems import Json, Solve

PLACES = [[86.10, 41.70], [86.15, 41.72], [86.20, 41.76]]


def read(document: Json, **options: Any) -> VroomProblem:
    return new_problem(read_document(json.dumps(document).encode()), **options)


def great_circles(speed_kmh: float) -> tuple[list[Any], list[Any]]:
    travel = great_circle_travel(
        longitudes=[place[0] for place in PLACES],
        latitudes=[place[1] for place in PLACES],
        speed_caps_kmh=[speed_kmh],
        detour_factor=1.4,
    )
    return travel.durations_s[0].tolist(), travel.distances_m[0].tolist()


def by_index(*, profiles: tuple[str, ...] = ("car", "bike")) -> Json:
    """Two profiles; rows 4, 0 and 7 of eight are the three places."""
    rows = [4, 0, 7]
    return {
        "vehicles": [
            {"id": n, "profile": profile, "start_index": 4, "start": PLACES[0]}
            for n, profile in enumerate(profiles)
        ],
        "jobs": [{"id": n, "location_index": rows[n], "location": PLACES[n]} for n in (1, 2)],
        "matrices": {"car": {"durations": [[10 * a + b for b in range(8)] for a in range(8)]}},
    }


def test_rows_that_nobody_names_are_left_out() -> None:
    problem = read(by_index(profiles=("car",)))
    assert problem.vehicles[0].travel.duration_s.tolist() == [[44, 40, 47], [4, 0, 7], [74, 70, 77]]


def test_a_profile_without_a_matrix_travels_by_coordinates() -> None:
    car, bike = (vehicle.travel for vehicle in read(by_index()).vehicles)
    assert car.duration_s[0].tolist() == [44, 40, 47]
    assert bike.duration_s.tolist() == great_circles(15.0)[0]


def test_kilometres_that_are_paid_are_computed_where_no_matrix_has_them() -> None:
    document = by_index(profiles=("car",))
    document["vehicles"][0]["costs"] = {"per_km": 500}
    problem = read(document)
    assert problem.reports_distances
    assert problem.vehicles[0].travel.duration_s[0].tolist() == [44, 40, 47]
    assert problem.vehicles[0].travel.distance_m.tolist() == great_circles(40.0)[1]


def test_distances_are_reported_only_where_they_are_asked_for() -> None:
    assert not read(by_index(profiles=("car",))).reports_distances
    assert read(by_index(profiles=("car",)), geometry=True).reports_distances


def test_equal_coordinates_are_one_place(solve: Solve) -> None:
    document = {
        "vehicles": [{"id": 1, "profile": "foot", "start": PLACES[0], "end": PLACES[0]}],
        "jobs": [{"id": n, "location": PLACES[1], "setup": 100} for n in range(3)],
    }
    assert len(read(document).places.points) == 2
    assert solve(document)["summary"]["setup"] == 100


@pytest.mark.parametrize("speed_factor", [0.33, 0.5, 1, 1.6, 5])
def test_durations_are_scaled_in_hundredths_half_up(speed_factor: float) -> None:
    document = by_index(profiles=("car",))
    document["vehicles"][0]["speed_factor"] = speed_factor
    (vehicle,) = read(document).vehicles
    exact = 100 * 40 / speed_factor
    assert vehicle.ticks(0, 1) == 40 * np.floor(100 / speed_factor + 0.5)
    assert vehicle.ticks(0, 1) == pytest.approx(exact, rel=0.5 / (100 / speed_factor))


def test_lines_are_encoded_as_the_format_describes() -> None:
    assert encoded([(38.5, -120.2), (40.7, -120.95), (43.252, -126.453)]) == "_p~iF~ps|U_ulLnnqC_mqNvxq`@"
    assert encoded([]) == ""

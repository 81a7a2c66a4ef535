import numpy as np
import pytest

from maps.roads import MapsError, graph_from_segments
from maps.roads.geometry import great_circle_m
from maps.travel import road_travel

EAST_M, NORTH_M = 830.2, 1111.95


def travel(graph, points, **options):
    """Travel between points given as (fields east, fields north) of the ladder."""
    fields = {
        "latitudes": [41.70 + 0.01 * y for _, y in points],
        "longitudes": [86.10 + 0.01 * x for x, _ in points],
        "speed_caps_kmh": [36],
    }
    return road_travel(graph, **{**fields, **options})


def walked_m(path):
    return great_circle_m(path[:-1, 0], path[:-1, 1], path[1:, 0], path[1:, 1]).sum()


def test_from_junction_to_junction(ladder):
    matrices = travel(ladder(), [(0, 0), (2, 1)])
    assert matrices.distances_m[0].tolist() == pytest.approx(
        np.array([[0, 2 * EAST_M + NORTH_M], [2 * EAST_M + NORTH_M, 0]]), abs=1
    )
    assert matrices.durations_s[0, 0, 1] == np.ceil((2 * EAST_M + NORTH_M) / 10)
    assert matrices.source == "roads"
    assert matrices.roads_sha256 == ladder().sha256
    assert matrices.invented


def test_places_between_junctions(ladder):
    matrices = travel(ladder(), [(0.25, 0), (1.5, 0.0003)])
    assert matrices.distances_m[0, 0, 1] == pytest.approx(1.25 * EAST_M, abs=1)
    assert matrices.distances_m[0, 1, 0] == pytest.approx(1.25 * EAST_M, abs=1)


def test_two_places_on_one_road(ladder):
    matrices = travel(ladder(), [(0.2, 0), (0.9, 0)])
    assert matrices.distances_m[0, 0, 1] == pytest.approx(0.7 * EAST_M, abs=1)
    path = matrices.path(speed_class=0, origin=1, destination=0)
    assert path[:, 1] == pytest.approx([86.109, 86.102], abs=1e-6)


def test_two_places_on_one_oneway_road_go_round(ladder):
    oneways = [True, *[False] * 6]
    matrices = travel(ladder(oneways=oneways), [(0.2, 0), (0.9, 0)])
    assert matrices.distances_m[0, 0, 1] == pytest.approx(0.7 * EAST_M, abs=1)
    assert matrices.distances_m[0, 1, 0] == pytest.approx(1.3 * EAST_M + 2 * NORTH_M, abs=2)


def test_one_place_twice_is_no_travel(ladder):
    matrices = travel(ladder(), [(0.3, 0), (0.3, 0), (1, 1), (1, 1)])
    assert matrices.durations_s[0, :2, :2].sum() == 0
    assert matrices.durations_s[0, 2:, 2:].sum() == 0
    path = matrices.path(speed_class=0, origin=0, destination=1)
    assert path.shape == (2, 2)
    assert path[0].tolist() == path[1].tolist() == pytest.approx([41.70, 86.103], abs=1e-6)
    assert matrices.path(speed_class=0, origin=2, destination=3) == pytest.approx(
        np.array([[41.71, 86.11]] * 2)
    )


def test_the_slower_of_road_and_cap_counts(ladder):
    speeds_kmh = np.array([72.0, 72, 72, 72, 18, 18, 18])
    matrices = travel(ladder(speeds_kmh=speeds_kmh), [(0, 0), (1, 0), (1, 1)], speed_caps_kmh=[36, 9])
    assert matrices.speed_caps_kmh == (9.0, 36.0)
    east, north = matrices.durations_s[:, 0, 1], matrices.durations_s[:, 1, 2]
    assert east.tolist() == [np.ceil(EAST_M / 2.5), np.ceil(EAST_M / 10)]
    assert north.tolist() == [np.ceil(NORTH_M / 2.5), np.ceil(NORTH_M / 5)]


def test_the_fastest_path_may_depend_on_the_cap(ladder):
    """Round by the north on fast roads, straight on the slow one when the vehicle is slow anyway."""
    speeds_kmh = np.array([9.0, 9, 90, 90, 90, 90, 90])
    matrices = travel(ladder(speeds_kmh=speeds_kmh), [(0, 0), (2, 0)], speed_caps_kmh=[9, 90])
    assert matrices.distances_m[0, 0, 1] == pytest.approx(2 * EAST_M, abs=1)
    assert matrices.distances_m[1, 0, 1] == pytest.approx(2 * EAST_M + 2 * NORTH_M, abs=2)


def test_the_gap_to_the_road_is_limited_and_not_travelled(ladder):
    near = travel(ladder(), [(0.5, -0.3), (1.5, -0.3)])
    assert near.distances_m[0, 0, 1] == pytest.approx(EAST_M, abs=1)
    with pytest.raises(MapsError) as error:
        travel(ladder(), [(0.5, 0), (0.5, -0.6)], names=["a", "b"])
    assert error.value.code == "PLACE_OFF_ROADS"
    assert error.value.params == {
        "name": "b",
        "distance_m": pytest.approx(0.6 * NORTH_M, abs=1),
        "limit_m": 500.0,
    }
    wide = travel(ladder(), [(0.5, 0), (0.5, -0.6)], snap_limit_m=700)
    assert wide.distances_m[0, 0, 1] == 0


def test_a_place_snaps_to_the_nearest_road_not_the_first_in_reach(ladder):
    matrices = travel(ladder(), [(0.5, 0.04), (0.04, 0.5)])
    path = matrices.path(speed_class=0, origin=0, destination=1)
    assert path[0] == pytest.approx([41.70, 86.105], abs=1e-5)
    assert path[-1] == pytest.approx([41.705, 86.10], abs=1e-5)


@pytest.mark.parametrize("closed", [{"closed_way_ids": [1]}, {"closed_polygons": [None]}])
def test_closed_roads_are_gone_round(ladder, closed):
    if "closed_polygons" in closed:
        closed = {
            "closed_polygons": [[(41.699, 86.104), (41.701, 86.104), (41.701, 86.106), (41.699, 86.106)]]
        }
    open_m = travel(ladder(), [(0, 0), (1, 0)]).distances_m[0, 0, 1]
    closed_m = travel(ladder(), [(0, 0), (1, 0)], **closed).distances_m[0, 0, 1]
    assert open_m == pytest.approx(EAST_M, abs=1)
    assert closed_m == pytest.approx(EAST_M + 2 * NORTH_M, abs=2)


def test_a_place_on_a_closed_road_is_taken_to_an_open_one(ladder):
    points = [(0.3, 0), (1, 0)]
    matrices = travel(ladder(), points, closed_way_ids=[1])
    path = matrices.path(speed_class=0, origin=0, destination=1)
    assert path[0] == pytest.approx([41.70, 86.10], abs=1e-6)
    with pytest.raises(MapsError) as error:
        travel(ladder(), points, closed_way_ids=[1], snap_limit_m=100)
    assert error.value.code == "PLACE_OFF_ROADS"


@pytest.mark.parametrize("direction", ["to", "from"])
def test_places_cut_off_by_closures_are_named(ladder, direction):
    oneway = np.array([0, 0, 0, 0, 0, 1, 1], dtype=bool)
    graph = ladder(oneways=oneway)
    closed = [5]  # now only the oneway rungs lead north
    points = [(0.5, 0), (0.5, 1), (1.5, 1)] if direction == "from" else [(0.5, 0), (1.5, 0), (0.5, 1)]
    with pytest.raises(MapsError) as error:
        travel(graph, points, closed_way_ids=closed, names=["a", "b", "c"])
    assert error.value.code == "PLACE_UNREACHABLE"
    expected = {"to": ("from", "c"), "from": ("to", "a")}[direction]
    assert (error.value.params["direction"], error.value.params["name"]) == expected


@pytest.mark.parametrize("ring", [[], [(1, 2), (2, 3)], [(1, 2, 3)] * 3, [(1, 2), (2, float("nan")), (3, 4)]])
def test_rings_that_are_none(ladder, ring):
    with pytest.raises(MapsError) as error:
        travel(ladder(), [(0, 0)], closed_polygons=[ring])
    assert error.value.code == "CLOSURE_INVALID"


def test_everything_closed(ladder):
    with pytest.raises(MapsError) as error:
        travel(ladder(), [(0, 0)], closed_way_ids=range(1, 8))
    assert error.value.code == "ROADS_EMPTY"


def test_past_a_barred_turn_one_turns_round_at_the_next_junction(ladder):
    """From the west straight on at node 1 only: on to node 2, back, and up the rung from the east."""
    # Arc 0 runs along segment 0 to node 1; arc 10 + 0 runs up the middle rung (segment 5), arc 1 back.
    graph = ladder(banned_turns=[(0, 10), (0, 1)])
    free = travel(ladder(), [(0.5, 0), (1, 0.5)])
    barred = travel(graph, [(0.5, 0), (1, 0.5)])
    assert free.distances_m[0, 0, 1] == pytest.approx(0.5 * EAST_M + 0.5 * NORTH_M, abs=1)
    assert barred.distances_m[0, 0, 1] == pytest.approx(2.5 * EAST_M + 0.5 * NORTH_M, abs=2)
    path = barred.path(speed_class=0, origin=0, destination=1)
    assert walked_m(path) == pytest.approx(barred.distances_m[0, 0, 1], abs=1)
    assert barred.distances_m[0, 1, 0] == free.distances_m[0, 1, 0]


def test_a_barred_turn_binds_at_a_place_next_to_it(ladder):
    """The place just behind the barred turn is on the restricted road itself."""
    graph = ladder(banned_turns=[(0, 2)])
    matrices = travel(graph, [(0.9, 0), (1.1, 0), (1, 0)])
    assert matrices.distances_m[0, 0, 1] > EAST_M
    assert matrices.distances_m[0, 2, 1] == pytest.approx(0.1 * EAST_M, abs=1)
    assert matrices.distances_m[0, 0, 2] == pytest.approx(0.1 * EAST_M, abs=1)


def test_other_places_change_nothing(ladder):
    """Nobody turns round at another's place to get past a restriction."""
    graph = ladder(banned_turns=[(0, 10), (0, 1)])
    alone = travel(graph, [(0.5, 0), (1, 0.5)])
    among = travel(graph, [(0.5, 0), (1, 0.5), (1.05, 0), (1, 0), (0.8, 0)])
    assert np.array_equal(alone.durations_s[0], among.durations_s[0, :2, :2])
    assert np.array_equal(alone.distances_m[0], among.distances_m[0, :2, :2])


def test_a_dead_end_is_a_legal_way_to_turn_round():
    """0 - 1 - 2 with a spur to 3 at node 1; from 0 one may not turn back or go on to 2."""
    graph = graph_from_segments(
        node_latitudes=[41.70, 41.70, 41.70, 41.705],
        node_longitudes=[86.10, 86.11, 86.12, 86.11],
        tails=[0, 1, 1],
        heads=[1, 2, 3],
        speeds_kmh=[36] * 3,
        banned_turns=[(0, 2), (0, 1)],
    )
    matrices = travel(graph, [(0, 0), (2, 0)])
    assert matrices.distances_m[0, 0, 1] == pytest.approx(2 * EAST_M + NORTH_M, abs=2)


def test_a_loop_road_is_entered_from_both_sides():
    graph = graph_from_segments(
        node_latitudes=[41.70, 41.70],
        node_longitudes=[86.10, 86.11],
        tails=[0, 1],
        heads=[1, 1],
        shapes=[[], [(41.70, 86.12), (41.71, 86.12), (41.71, 86.11)]],
        speeds_kmh=[36] * 2,
    )
    matrices = travel(graph, [(0, 0), (1.5, 0), (1, 0.5)])
    assert matrices.distances_m[0, 0, 1] == pytest.approx(1.5 * EAST_M, abs=1)
    assert matrices.distances_m[0, 0, 2] == pytest.approx(EAST_M + 0.5 * NORTH_M, abs=1)
    assert matrices.distances_m[0, 1, 2] == pytest.approx(0.5 * EAST_M + 0.5 * NORTH_M, abs=1)


def test_of_two_roads_between_junctions_the_faster_is_taken():
    graph = graph_from_segments(
        node_latitudes=[41.70, 41.70],
        node_longitudes=[86.10, 86.11],
        tails=[0, 0],
        heads=[1, 1],
        shapes=[[], [(41.702, 86.105)]],
        speeds_kmh=[9, 36],
    )
    matrices = travel(graph, [(0, 0), (1, 0)], speed_caps_kmh=[9, 36])
    assert matrices.distances_m[0, 0, 1] == pytest.approx(EAST_M, abs=1)
    assert matrices.distances_m[1, 0, 1] > EAST_M
    path = matrices.path(speed_class=1, origin=1, destination=0)
    assert path[:, 0].max() == pytest.approx(41.702)


def test_progress_grows_to_one(ladder):
    told = []
    travel(ladder(), [(0, 0), (1, 1)], speed_caps_kmh=[9, 36], progress=lambda *step: told.append(step))
    assert told == [("travel", 0.5), ("travel", 1.0), ("done", 1.0)]


def test_one_place_alone_and_none_at_all(ladder):
    assert travel(ladder(), [(0.5, 0)]).durations_s.tolist() == [[[0]]]
    assert travel(ladder(), []).durations_s.shape == (1, 0, 0)

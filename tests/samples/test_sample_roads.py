"""The places of the samples lie on their roads, as far apart as the design says, and one can get anywhere."""

import numpy as np
import pytest

from fleet.model import Day
from fleet.samples import make_day, sample_names, sample_roads
from maps.roads.geometry import great_circle_m
from maps.travel import TravelMatrices, road_travel

KORLA = (41.76055, 86.15231)
KUQA = (41.717, 82.962)


def travel_of(day: Day, name: str) -> TravelMatrices:
    return road_travel(
        sample_roads(name),
        latitudes=[point.latitude for point in day.locations],
        longitudes=[point.longitude for point in day.locations],
        names=[point.name for point in day.locations],
        speed_caps_kmh=day.speed_caps_kmh(),
        snap_limit_m=day.rules.snap_limit_m,
    )


@pytest.fixture(scope="module")
def june() -> Day:
    return make_day("qiaerbag")


@pytest.fixture(scope="module")
def june_travel(june: Day) -> TravelMatrices:
    return travel_of(june, "qiaerbag")


@pytest.mark.parametrize("name", list(sample_names()))
def test_every_place_reaches_every_other_at_every_speed(name: str) -> None:
    day = make_day(name)
    travel = travel_of(day, name)
    assert travel.invented
    assert travel.durations_s.shape == (len(day.speed_caps_kmh()), len(day.places), len(day.places))
    off_diagonal = ~np.eye(len(day.places), dtype=bool)
    assert (travel.durations_s[:, off_diagonal] > 0).all()


def test_villages_and_communities_are_as_far_as_designed(june: Day, june_travel: TravelMatrices) -> None:
    centre = june.location_index["centre"]
    for kind, least_km, greatest_km in (("village", 2, 11), ("community", 3, 10)):
        places = [june.location_index[place.id] for place in june.places if place.kind == kind]
        distances_km = june_travel.distances_m[:, centre, places] / 1000
        assert least_km <= distances_km.min()
        assert distances_km.max() <= greatest_km


def test_the_invented_town_lies_where_korla_is(june: Day) -> None:
    communities = [place for place in june.places if place.kind == "community"]
    latitude = np.mean([place.latitude for place in communities])
    longitude = np.mean([place.longitude for place in communities])
    assert great_circle_m(latitude, longitude, *KORLA) < 2_500


def test_kuqas_centre_is_near_the_real_town() -> None:
    centre = make_day("kuqa").place_by_id["centre"]
    assert great_circle_m(centre.latitude, centre.longitude, *KUQA) < 2_000


def test_the_heavy_lot_is_heavier_than_any_payload(june: Day) -> None:
    (heavy,) = [request for request in june.requests if request.kg == 520]
    assert heavy.kg > max(tricycle.payload_kg for tricycle in june.tricycles)
    assert heavy.crates <= max(tricycle.crates for tricycle in june.tricycles)


def test_no_alternative_of_the_strawberry_lot_meets_its_limit(june: Day, june_travel: TravelMatrices) -> None:
    (lot,) = [request for request in june.requests if request.on_board_limit_s is not None]
    assert (lot.product, june.on_board_limit_s(lot)) == ("strawberry", 20 * 60)
    origin = june.location_index[lot.pickup.place]
    for task in lot.dropoffs:
        fastest_s = june_travel.durations_s[:, origin, june.location_index[task.place]].min()
        assert fastest_s + june.place_by_id[task.place].setup_s > 20 * 60


def test_the_remote_lots_cost_more_than_their_penalty(june: Day, june_travel: TravelMatrices) -> None:
    lots = [request for request in june.requests if request.penalty_yuan is not None]
    assert [lot.penalty_yuan for lot in lots] == [5.0, 5.0]
    plots = {lot.pickup.place for lot in lots}
    assert len(plots) == 2
    others = [june.location_index[place.id] for place in june.places if place.id not in plots]
    for lot in lots:
        plot = june.location_index[lot.pickup.place]
        # The fastest class drives least time; waiting may use up time, so that kilometres alone are no bound.
        metres, seconds = june_travel.distances_m[-1], june_travel.durations_s[-1]
        detour_m = min(metres[i, plot] + metres[plot, j] - metres[i, j] for i in others for j in others)
        detour_s = min(seconds[i, plot] + seconds[plot, j] - seconds[i, j] for i in others for j in others)
        handling_s = june.place_by_id[lot.pickup.place].setup_s + 2 * lot.pickup.handling_s
        assert 0.4 * detour_m / 1000 + 18 * (detour_s + handling_s) / 3600 > lot.penalty_yuan

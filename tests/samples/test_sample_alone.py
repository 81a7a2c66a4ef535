"""Each lot of a sample can be served by some tricycle that does nothing else, but for the two that teach.

Plain arithmetic of its own: out, load, drive, sell, home; window, opening, time on board, shift, battery.
"""

from itertools import pairwise

import pytest

from fleet.model import Day
from fleet.model.requests import Request, Task
from fleet.model.tricycles import Tricycle
from fleet.samples import make_day, sample_roads
from maps.travel import TravelMatrices, road_travel


def travel_of(day: Day, name: str) -> TravelMatrices:
    return road_travel(
        sample_roads(name),
        latitudes=[point.latitude for point in day.locations],
        longitudes=[point.longitude for point in day.locations],
        speed_caps_kmh=day.speed_caps_kmh(),
    )


def served_alone(
    day: Day, travel: TravelMatrices, request: Request, tricycle: Tricycle, dropoff: Task
) -> bool:
    product = day.product_by_id[request.product]
    battery = tricycle.battery
    if (
        request.kg > tricycle.payload_kg
        or request.crates > tricycle.crates
        or not {*product.equipment, *request.equipment} <= {*tricycle.equipment}
    ):
        return False
    speed_class = travel.speed_class(tricycle.speed_kmh)
    stops = [
        day.location_index[key]
        for key in (tricycle.start_place, request.pickup.place, dropoff.place, tricycle.start_place)
    ]
    legs = list(pairwise(stops))
    out_s, over_s, home_s = (int(travel.durations_s[speed_class, i, j]) for i, j in legs)
    km = [travel.distances_m[speed_class, i, j] / 1000 for i, j in legs]
    loaded = battery.kwh_per_km_per_100_kg * request.kg / 100
    used = (sum(km) * battery.empty_kwh_per_km + km[1] * loaded) * day.consumption_factor
    if used > day.usable_kwh(tricycle) * (battery.charge - battery.reserve):
        return False
    start, end = tricycle.shift.start.timestamp(), tricycle.shift.end.timestamp()
    place, target = day.place_by_id[request.pickup.place], day.place_by_id[dropoff.place]
    for window in request.pickup.windows or (tricycle.shift,):
        begin = max(start + out_s, window.start.timestamp())
        latest = window.end.timestamp()
        if begin > latest:
            continue
        for opening in target.opening or (tricycle.shift,):
            driven = place.setup_s + request.pickup.handling_s + over_s
            # The pickup may wait, so that less time is spent on board before the community opens.
            pickup = min(latest, max(begin, opening.start.timestamp() - driven))
            arrive = max(pickup + driven, opening.start.timestamp())
            on_board = arrive + target.setup_s - (pickup + place.setup_s + request.pickup.handling_s)
            leave = arrive + target.setup_s + dropoff.handling_s + target.stay_s
            limit = day.on_board_limit_s(request)
            if (
                leave <= opening.end.timestamp()
                and (limit is None or on_board <= limit)
                and leave + home_s <= end
            ):
                return True
    return False


def alone(name: str) -> dict[str, int]:
    """How many tricycles could serve each request if they had nothing else to do."""
    day = make_day(name)
    travel = travel_of(day, name)
    return {
        request.id: sum(
            any(served_alone(day, travel, request, tricycle, dropoff) for dropoff in request.dropoffs)
            for tricycle in day.tricycles
        )
        for request in day.requests
    }


@pytest.mark.parametrize("name", ["qiaerbag", "winter", "january", "kuqa"])
def test_only_the_two_impossible_lots_are_impossible(name: str) -> None:
    day = make_day(name)
    never = [day.request_by_id[request] for request, count in alone(name).items() if count == 0]
    if name in ("qiaerbag", "winter"):
        assert [lot.product for lot in never] == ["tomato", "strawberry"]
        assert all(lot.note.startswith("To teach with") for lot in never)
    else:
        assert never == []


def test_cold_takes_far_lots_from_the_old_tricycles() -> None:
    june, winter = alone("qiaerbag"), alone("winter")
    assert all(winter[request] <= june[request] for request in june)
    assert sum(count >= 19 for count in june.values()) > 105
    assert sum(count <= 12 for count in winter.values()) > 20

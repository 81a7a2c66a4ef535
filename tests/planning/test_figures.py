"""A plan's figures agree with arithmetic by hand."""

import pytest

from tests.planning.planned import planned
from tests.planning.small import Part, at, battery, request, road_day, route_of, stop, stops, tricycle


def test_the_figures_of_a_small_day_add_up_by_hand() -> None:
    road = road_day(
        {"centre": 0, "village": 2, "market": 5},
        places={
            "village": {"setup_s": 120},
            "market": {
                "setup_s": 180,
                "stay_s": 1_800,
                "opening": ({"start": at("07:00"), "end": at("09:00")},),
            },
        },
        tricycles=[tricycle(fixed_yuan=7.0, battery=battery(kwh_per_km_per_100_kg=0.05))],
        requests=[
            request("melons", "village", "market"),
            request("far", "market", "village", penalty_yuan=0.5),
        ],
        assignments=({"driver": "d1", "tricycle": "t1", "burden_yuan": 3.0},),
    )
    plan = planned(road.day, travel=road.travel)
    route, figures = route_of(plan, "t1"), plan.figures
    assert stops(route) == ["+melons", "-melons"]
    # Loaded so late that nothing waits: market at 07:00, 9 min from the village, 2 + 1 min of work there,
    # 6 min from the centre.
    assert route.departure == at("06:42")
    assert stop(plan, "melons", "pickup").start == at("06:48")
    assert stop(plan, "melons", "dropoff").start == at("07:00")
    # 3 min of set-up, 1 of handling, 30 of selling, 15 of driving home.
    assert route.return_ == at("07:49")
    assert (figures.distance_m, figures.duration_s, figures.waiting_s) == (10_000, 67 * 60, 0)
    # The set-up at the market is over before the time on board ends.
    assert figures.longest_on_board_s == (9 + 3) * 60
    # 7 fixed + 3 burden + 10 km x 1 + 67 min x 12 an hour = 33.40; 0.50 for what is left out.
    assert figures.cost_yuan == pytest.approx(33.40)
    assert figures.loss_yuan == pytest.approx(0.50)
    assert figures.total_yuan == pytest.approx(33.90)
    # 7 km empty at 0.08 kWh, 3 km with 50 kg at 0.08 + 0.05 x 50 / 100.
    assert figures.energy_kwh == pytest.approx(7 * 0.08 + 3 * 0.105)
    assert figures.lowest_charge == pytest.approx(1 - 0.875)
    assert (figures.served_requests, figures.unserved_requests, figures.unserved_musts) == (1, 1, 0)
    assert (figures.served_kg, figures.tricycles_used) == (50.0, 1)


def test_cold_takes_from_the_battery_and_adds_to_every_kilometre() -> None:
    cold: Part = {
        "rules": {
            "climate": {
                "temperature_c": -15.0,
                "consumption": {"points": ({"temperature_c": -15.0, "factor": 1.5},)},
                "capacity": {"lithium": {"points": ({"temperature_c": -15.0, "factor": 0.8},)}},
            }
        }
    }
    one: Part = {"tricycles": [tricycle(battery=battery())], "requests": [request("a", "village", "centre")]}
    road = road_day({"centre": 0, "village": 2}, **one, **cold)
    figures = planned(road.day, travel=road.travel).figures
    # 4 km x 0.08 x 1.5 = 0.48 of 0.8 kWh.
    assert figures.energy_kwh == pytest.approx(0.48)
    assert figures.lowest_charge == pytest.approx(1 - 0.48 / 0.8)
    beyond = road_day({"centre": 0, "village": 3}, **one, **cold)
    assert planned(beyond.day, travel=beyond.travel).figures.served_requests == 0


def test_goods_as_precious_as_may_be_are_left_out_at_their_price() -> None:
    road = road_day(
        {"centre": 0, "village": 2},
        tricycles=[tricycle(payload_kg=40.0)],
        requests=[
            request("gold", "village", "centre", value_yuan=1_000_000.0, priority=10, penalty_yuan=None)
        ],
    )
    assert planned(road.day, travel=road.travel).figures.loss_yuan == 1_000_000 + 11 * 500

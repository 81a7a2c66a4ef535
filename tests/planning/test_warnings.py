"""What a reader of a plan should know although no rule is broken, and roads that are closed."""

from typing import Any

from fleet.model import ClosedRoad, Day, Plan, WarningCode
from fleet.planning import travel_for
from fleet.samples import sample_roads
from tests.planning.planned import planned
from tests.planning.small import DATE, ZONE, battery, request, road_day, tricycle, window


def codes(warnings: Any) -> list[WarningCode]:
    return [warning.code for warning in warnings]


def test_more_charging_at_once_than_there_are_plugs_is_a_warning() -> None:
    def both(plugs: int) -> Plan:
        charger = {"charger": {"power_kw": 3.0, "plugs": plugs}}
        tight = (window("06:40", "06:41"),)
        road = road_day(
            {"centre": 0, "village": 3, "market": 8},
            places={"village": charger},
            tricycles=[tricycle(key, payload_kg=60.0, battery=battery()) for key in ("t1", "t2")],
            requests=[
                request(key, "centre", {"place": "market", "handling_s": 60, "windows": tight})
                for key in ("a", "b")
            ],
        )
        return planned(road.day, travel=road.travel)

    plan = both(1)
    assert plan.figures.tricycles_used == 2
    warning = next(w for w in plan.warnings if w.code == WarningCode.PLUGS_EXCEEDED)
    assert (warning.params["place"], warning.params["plugs"], warning.params["at_once"]) == ("village", 1, 2)
    assert WarningCode.PLUGS_EXCEEDED not in codes(both(2).warnings)


def oasis_day(**more: Any) -> Day:
    """Two places of the invented roads of the Kuqa sample."""
    roads = sample_roads("kuqa")
    latitudes, longitudes = roads.node_latitudes, roads.node_longitudes
    ends = [(float(latitudes[node]), float(longitudes[node])) for node in (0, len(latitudes) // 2)]
    places = tuple(
        {"id": key, "name": key, "kind": "village", "latitude": lat, "longitude": lon}
        for key, (lat, lon) in zip(("centre", "village"), ends, strict=True)
    )
    return Day.model_validate(
        {
            "date": DATE,
            "zone": ZONE.key,
            "places": places,
            "tricycles": (tricycle(),),
            "requests": (request("a", "village", "centre"),),
            **more,
        }
    )


def test_travel_by_great_circles_is_said_and_that_closed_roads_have_no_effect_then() -> None:
    road = road_day(
        {"centre": 0, "village": 2}, tricycles=[tricycle()], requests=[request("a", "village", "centre")]
    )
    assert codes(planned(road.day, travel=road.travel).warnings) == [WarningCode.GREAT_CIRCLE_TRAVEL]
    closed = road.day.model_copy(update={"closed_roads": (ClosedRoad(way_ids=(1,)),)})
    assert codes(planned(closed, travel=road.travel).warnings) == [
        WarningCode.GREAT_CIRCLE_TRAVEL,
        WarningCode.CLOSED_ROADS_IGNORED,
    ]


def test_invented_roads_are_said() -> None:
    day = oasis_day()
    plan = planned(day, travel=travel_for(day, roads=sample_roads("kuqa")))
    assert codes(plan.warnings) == [WarningCode.INVENTED_ROADS]


def test_a_closed_road_makes_the_way_longer() -> None:
    roads = sample_roads("kuqa")
    day = oasis_day()
    open_way = travel_for(day, roads=roads)
    path = open_way.path(speed_class=0, origin=1, destination=0)
    middle = path[len(path) // 2]
    # A kilometre each way: a single closed street of a grid has a way round of the same length.
    around = 0.01
    corners = ((-1, -1), (-1, 1), (1, 1), (1, -1))
    polygon = tuple(
        {"latitude": float(middle[0]) + around * a, "longitude": float(middle[1]) + around * b}
        for a, b in corners
    )
    closed = oasis_day(closed_roads=({"name": "bridge", "polygon": polygon},))
    detour = travel_for(closed, roads=roads)
    assert detour.durations_s[0, 1, 0] > open_way.durations_s[0, 1, 0]
    before, after = planned(day, travel=open_way), planned(closed, travel=detour)
    assert after.figures.distance_m > before.figures.distance_m
    assert after.figures.cost_yuan > before.figures.cost_yuan

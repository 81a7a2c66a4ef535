"""GeoJSON, read by json and by geopandas, compared with the plan."""

import json
from collections.abc import Callable
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import geopandas
import pytest

from fleet.model import Plan, ReasonCode
from fleet.model.plan import Entry, Route
from fleet.texts import text

Json = dict[str, Any]
Write = Callable[..., Path]


@pytest.fixture(scope="module")
def collection(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Json:
    from maps.export import write_maps

    (path,) = write_maps(plan, tmp_path_factory.mktemp("geojson"), formats=("geojson",))
    found: Json = json.loads(path.read_text(encoding="utf-8"))
    return found


def of_layer(collection: Json, name: str) -> list[Json]:
    return [feature for feature in collection["features"] if feature["properties"]["layer"] == name]


def visits_of(route: Route) -> list[list[Entry]]:
    """Maximal runs of consecutive stops at one place; breaks and recharges don't split them."""
    stops = [entry for entry in route.entries if entry.kind in ("pickup", "dropoff")]
    return [list(run) for _, run in groupby(stops, key=lambda entry: entry.place)]


def test_there_is_a_line_a_route_along_every_path_of_its_legs(collection: Json, plan: Plan) -> None:
    lines = of_layer(collection, "route")
    assert [line["properties"]["number"] for line in lines] == [route.number for route in plan.routes]
    for line, route in zip(lines, plan.routes, strict=True):
        drawn = [tuple(position) for position in line["geometry"]["coordinates"]]
        legs = [entry.leg for entry in route.entries if entry.leg] + (
            [route.last_leg] if route.last_leg else []
        )
        wanted = [(longitude, latitude) for leg in legs for latitude, longitude in leg.path]
        without_repeats = [point for point, _ in groupby(wanted)]
        # The line begins at the start place, which may lie a little beside the road.
        assert drawn == without_repeats or drawn[1:] == without_repeats
        assert line["properties"]["distance_m"] == route.figures.distance_m


def test_there_is_a_point_a_visit_with_its_times_and_loads(collection: Json, plan: Plan) -> None:
    points = of_layer(collection, "visit")
    runs = [
        (route, number, run) for route in plan.routes for number, run in enumerate(visits_of(route), start=1)
    ]
    assert len(points) == len(runs) > len(plan.routes)
    places = {place.key: place for place in plan.places}
    for point, (route, number, run) in zip(points, runs, strict=True):
        told, place = point["properties"], places[run[0].place]
        assert point["geometry"]["coordinates"] == [place.longitude, place.latitude]
        assert (told["number"], told["visit"]) == (route.number, number)
        assert datetime.fromisoformat(told["arrival"]) == run[0].arrival
        assert (datetime.fromisoformat(told["departure"]) - run[-1].end).total_seconds() == run[-1].stay_s
        assert [stop["request"] for stop in told["stops"]] == [entry.request for entry in run]
        assert (told["load_kg"], told["load_crates"]) == (run[-1].load_kg, run[-1].load_crates)
        assert told["charge"] == run[-1].charge
        assert told["loaded_kg"] == pytest.approx(sum(e.kg for e in run if e.kind == "pickup"))
        assert told["unloaded_kg"] == pytest.approx(sum(e.kg for e in run if e.kind == "dropoff"))


def test_breaks_and_recharges_are_points_of_their_own(collection: Json, plan: Plan) -> None:
    wanted = [e for route in plan.routes for e in route.entries if e.kind in ("break", "recharge")]
    told = [point["properties"] for point in of_layer(collection, "pause")]
    assert [(p["kind"], p["place"]) for p in told] == [(e.kind, e.place) for e in wanted]
    assert {p["kind"] for p in told} == {"break", "recharge"}


def test_what_is_not_served_says_why_in_words(collection: Json, plan: Plan) -> None:
    told = {point["properties"]["request"]: point["properties"] for point in of_layer(collection, "unserved")}
    assert set(told) == {item.request for item in plan.unserved}
    assert told["r029"]["reason"] == "NO_TRICYCLE_FITS"
    assert "too heavy" in told["r029"]["reason_words"]
    assert all(item["reason_words"] and item["change_words"] for item in told.values())


def test_a_change_that_nobody_looked_for_is_not_said_to_be_missing(plan: Plan, written: Write) -> None:
    told = set()
    for sought in (True, False):
        unserved = [
            item.model_copy(update={"change": None, "change_sought": sought}) for item in plan.unserved
        ]
        path = written(plan.model_copy(update={"unserved": tuple(unserved)}), "geojson")
        points = of_layer(json.loads(path.read_text(encoding="utf-8")), "unserved")
        told |= {point["properties"]["change_words"] for point in points}
    assert len(told) == 2


@pytest.mark.parametrize("kind", ["geojson", "gpx", "kml", "html"])
def test_what_was_not_tried_is_not_said_to_lack_a_change(kind: str, plan: Plan, written: Write) -> None:
    def told(reason: ReasonCode) -> bool:
        unserved = tuple(item.model_copy(update={"change": None, "reason": reason}) for item in plan.unserved)
        path = written(plan.model_copy(update={"unserved": unserved}), kind)
        return text("NO_CHANGE", domain="reasons") in path.read_text(encoding="utf-8")

    assert told(ReasonCode.NO_ROOM_IN_PLAN)
    assert not told(ReasonCode.SEARCH_ENDED)


def test_times_are_told_in_the_plans_own_clock(plan: Plan, written: Write) -> None:
    path = written(plan.model_copy(update={"zone": "Asia/Urumqi"}), "geojson")
    visit = of_layer(json.loads(path.read_text(encoding="utf-8")), "visit")[0]["properties"]
    assert visit["arrival"].endswith("+06:00")
    assert datetime.fromisoformat(visit["arrival"]) == plan.routes[0].entries[0].arrival


def test_words_are_in_the_language_asked_for(plan: Plan, written: Write) -> None:
    chinese = json.loads(written(plan, "geojson", language="zh-Hans").read_text(encoding="utf-8"))
    names = {place.names.get("zh-Hans") for place in plan.places}
    assert {point["properties"]["name"] for point in of_layer(chinese, "visit")} <= names
    assert chinese["attribution"] == ["道路为虚构：不是真实地方的地图"]


def test_geopandas_reads_it(plan: Plan, written: Write) -> None:
    table = geopandas.read_file(written(plan, "geojson"))
    assert table.crs.to_epsg() == 4326
    assert dict(table["layer"].value_counts())["route"] == len(plan.routes)
    assert set(table.geometry.geom_type) == {"LineString", "Point"}
    # Korla: a swapped pair would lie in the Arctic Sea.
    west, south, east, north = table.total_bounds
    assert (85 < west < east < 87, 41 < south < north < 43) == (True, True)


def test_a_tricycle_that_never_leaves_its_place_is_still_a_line(plan: Plan, written: Write) -> None:
    route = plan.routes[0]
    at_home = [entry.model_copy(update={"leg": None, "place": route.start}) for entry in route.entries[:1]]
    still = route.model_copy(update={"entries": tuple(at_home), "last_leg": None})
    path = written(plan.model_copy(update={"routes": (still,)}), "geojson")
    (line,) = of_layer(json.loads(path.read_text(encoding="utf-8")), "route")
    start = next(place for place in plan.places if place.key == route.start)
    assert line["geometry"]["coordinates"] == [[start.longitude, start.latitude]] * 2

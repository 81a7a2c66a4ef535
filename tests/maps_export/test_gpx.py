"""GPX, read by pyogrio and checked against the order that its schema prescribes."""

import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import geopandas
import pyogrio

from fleet.model import Plan

GPX = "{http://www.topografix.com/GPX/1/1}"
Write = Callable[..., Path]

# Children in the order of https://www.topografix.com/GPX/1/1/gpx.xsd, as far as we write them.
ORDER = {
    "gpx": ["metadata", "wpt", "rte", "trk"],
    "metadata": ["name", "desc", "author", "copyright", "bounds"],
    "copyright": ["year", "license"],
    "wpt": ["ele", "time", "name", "cmt", "desc", "sym", "type"],
    "rtept": ["ele", "time", "name", "cmt", "desc", "sym", "type"],
    "rte": ["name", "cmt", "desc", "number", "type", "rtept"],
    "trk": ["name", "cmt", "desc", "number", "type", "trkseg"],
    "trkseg": ["trkpt"],
}


def test_elements_stand_in_the_order_of_the_schema(osm_plan: Plan, written: Write) -> None:
    root = ElementTree.parse(written(osm_plan, "gpx")).getroot()
    assert (root.tag, root.get("version")) == (f"{GPX}gpx", "1.1")
    assert root.get("creator")
    for element in root.iter():
        name = element.tag.removeprefix(GPX)
        children = [child.tag.removeprefix(GPX) for child in element]
        order = ORDER.get(name, [])
        assert [child for child in children if child not in order] == []
        assert children == sorted(children, key=order.index)
        if name in ("wpt", "rtept", "trkpt"):
            assert -90 <= float(element.attrib["lat"]) <= 90
            assert -180 <= float(element.attrib["lon"]) <= 180
        if name == "time":
            assert re.fullmatch(r"2026-06-1[45]T\d\d:\d\d:\d\dZ", element.text or "")


def test_there_is_a_route_and_a_track_a_tricycle(plan: Plan, written: Write) -> None:
    path = written(plan, "gpx")
    assert {name for name, _ in pyogrio.list_layers(path)} >= {"waypoints", "routes", "tracks"}
    routes, tracks = (geopandas.read_file(path, layer=name) for name in ("routes", "tracks"))
    numbers = [route.number for route in plan.routes]
    assert list(routes["number"]) == list(tracks["number"]) == numbers
    for line, route in zip(tracks.geometry, plan.routes, strict=True):
        (part,) = line.geoms
        first = next(entry.leg for entry in route.entries if entry.leg is not None)
        assert (first.path[-1][1], first.path[-1][0]) in list(part.coords)


def test_waypoints_are_the_places_visited_and_what_is_not_served(plan: Plan, written: Write) -> None:
    points = geopandas.read_file(written(plan, "gpx"), layer="waypoints")
    visited = {entry.place for route in plan.routes for entry in route.entries if entry.request}
    kinds = list(points["type"])
    assert kinds.count("unserved") == len(plan.unserved)
    assert len(kinds) - kinds.count("unserved") == len(visited)
    places = {(place.longitude, place.latitude) for place in plan.places}
    assert {(point.x, point.y) for point in points.geometry} <= places


def test_times_in_words_name_their_clock(plan: Plan, written: Write) -> None:
    routes = geopandas.read_file(written(plan, "gpx"), layer="routes")
    assert routes["desc"].str.contains(r"Beijing time \(UTC\+8\)").all()


def test_characters_that_xml_forbids_are_left_out(plan: Plan, written: Write) -> None:
    odd = tuple(place.model_copy(update={"name": "a\x0bb\ud800c\x00", "names": {}}) for place in plan.places)
    root = ElementTree.parse(written(plan.model_copy(update={"places": odd}), "gpx")).getroot()
    assert root.findtext(f"{GPX}wpt/{GPX}name") == "abc"

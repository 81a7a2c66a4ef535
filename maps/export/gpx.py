"""A plan as GPX 1.1: places as waypoints, visits as routes, the way itself as tracks."""

import datetime
from collections.abc import Iterable
from xml.etree import ElementTree

from fleet.model.plan import PlanPlace
from maps.export.content import LeftOut, MapContent, RouteOnMap
from maps.export.notes import ODBL_URL, OSM_AUTHOR, is_openstreetmap, notes
from maps.export.palette import badge
from maps.export.words import MapWords
from maps.export.xmlfile import child, file_bytes

NAMESPACE = "http://www.topografix.com/GPX/1/1"


def to_gpx(content: MapContent) -> bytes:
    """Return one ``rte`` and one ``trk`` a tricycle, one ``wpt`` a visited place and an unserved request.

    Elements stand in the order that the schema prescribes. Times are UTC, as GPX has it; words tell them
    in the plan's clock.
    """
    root = ElementTree.Element("gpx", {"xmlns": NAMESPACE, "version": "1.1", "creator": "Oasis Fleet"})
    words = MapWords(content)
    _metadata(root, content)
    for place in content.visited_places:
        _place(root, words, place)
    for left_out in content.left_out:
        _unserved(root, words, left_out)
    for on_map in content.routes:
        _route(root, words, on_map)
    for on_map in content.routes:
        _track(root, words, on_map)
    return file_bytes(root)


def _metadata(root: ElementTree.Element, content: MapContent) -> None:
    plan = content.plan
    metadata = child(root, "metadata")
    child(metadata, "name", f"{plan.title} {plan.date.isoformat()}".strip())
    child(metadata, "desc", "\n".join(notes(content)))
    if is_openstreetmap(plan):
        copyright_ = child(metadata, "copyright", author=OSM_AUTHOR)
        child(copyright_, "license", ODBL_URL)
    south, west, north, east = content.bbox
    child(metadata, "bounds", minlat=f"{south}", minlon=f"{west}", maxlat=f"{north}", maxlon=f"{east}")


def _place(root: ElementTree.Element, words: MapWords, place: PlanPlace) -> None:
    point = _point(root, "wpt", place.latitude, place.longitude)
    _describe(point, words.name(place), words.visits_at(place), kind=place.kind)


def _unserved(root: ElementTree.Element, words: MapWords, left_out: LeftOut) -> None:
    item = left_out.unserved
    point = _point(root, "wpt", left_out.place.latitude, left_out.place.longitude)
    lines = [line for line in (words.reason(item), words.change(item)) if line]
    _describe(point, item.request, lines, kind="unserved")


def _route(root: ElementTree.Element, words: MapWords, on_map: RouteOnMap) -> None:
    route = child(root, "rte")
    _describe(route, badge(on_map.route.number), [words.route(on_map)], number=on_map.route.number)
    for visit in on_map.visits:
        point = _point(route, "rtept", visit.place.latitude, visit.place.longitude)
        child(point, "time", _utc(visit.arrival))
        name = f"{badge(on_map.route.number)}-{visit.number} {words.name(visit.place)}"
        _describe(point, name, [words.visit(visit)], kind=visit.place.kind)


def _track(root: ElementTree.Element, words: MapWords, on_map: RouteOnMap) -> None:
    track = child(root, "trk")
    _describe(track, badge(on_map.route.number), [words.route(on_map)], number=on_map.route.number)
    segment = child(track, "trkseg")
    for latitude, longitude in on_map.path:
        _point(segment, "trkpt", latitude, longitude)


def _point(parent: ElementTree.Element, tag: str, latitude: float, longitude: float) -> ElementTree.Element:
    return child(parent, tag, lat=f"{latitude}", lon=f"{longitude}")


def _describe(
    element: ElementTree.Element,
    name: str,
    lines: Iterable[str],
    *,
    kind: str | None = None,
    number: int | None = None,
) -> None:
    child(element, "name", name)
    child(element, "desc", "\n".join(lines))
    if number is not None:
        child(element, "number", number)
    if kind is not None:
        child(element, "type", kind)


def _utc(instant: datetime.datetime) -> str:
    return f"{instant.astimezone(datetime.UTC):%Y-%m-%dT%H:%M:%SZ}"

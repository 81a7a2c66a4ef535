"""A plan as KML 2.2: a folder a tricycle with its line and visits, one of places, one of what is left out."""

import html
from collections.abc import Iterable, Mapping
from xml.etree import ElementTree

from maps.export.content import LeftOut, MapContent, Point, RouteOnMap, Visit
from maps.export.notes import notes
from maps.export.palette import COLOURS, badge, style_of
from maps.export.words import MapWords
from maps.export.xmlfile import child, file_bytes

NAMESPACE = "http://www.opengis.net/kml/2.2"
_LINE_OPACITY = "b3"
_WARNING_COLOUR = "#bb0000"


def to_kml(content: MapContent) -> bytes:
    """Return a document whose folders can be switched on and off one by one.

    KML has colours but no patterns: the number of a tricycle stands in the name of all that is its own.
    """
    plan, words = content.plan, MapWords(content)
    root = ElementTree.Element("kml", {"xmlns": NAMESPACE})
    document = child(root, "Document")
    child(document, "name", f"{plan.title} {plan.date.isoformat()}".strip())
    child(document, "open", 1)
    child(document, "description", _html(notes(content)))
    for index, colour in enumerate(COLOURS):
        _style(document, f"route-{index}", colour)
    _style(document, "unserved", _WARNING_COLOUR)
    for on_map in content.routes:
        _route(document, words, on_map)
    places = _folder(document, words.say("places"))
    for place in content.visited_places:
        placemark = _placemark(places, words.name(place), words.visits_at(place))
        _data(placemark, {"place": place.key, "kind": place.kind})
        _point(placemark, (place.latitude, place.longitude))
    left_out = _folder(document, words.say("unserved"))
    for item in content.left_out:
        _unserved(left_out, words, item)
    return file_bytes(root)


def _route(document: ElementTree.Element, words: MapWords, on_map: RouteOnMap) -> None:
    route = on_map.route
    style = f"route-{COLOURS.index(style_of(route.number).colour)}"
    folder = _folder(document, badge(route.number))
    line = _placemark(folder, badge(route.number), [words.route(on_map)], style=style)
    _data(
        line,
        {
            "tricycle": route.tricycle,
            "departure": route.departure.isoformat(),
            "return": route.return_.isoformat(),
            "distance_m": route.figures.distance_m,
        },
    )
    string = child(line, "LineString")
    child(string, "tessellate", 1)
    child(string, "coordinates", " ".join(_position(point) for point in on_map.path))
    for visit in on_map.visits:
        _visit(folder, words, on_map, visit, style)


def _visit(
    folder: ElementTree.Element, words: MapWords, on_map: RouteOnMap, visit: Visit, style: str
) -> None:
    name = f"{badge(on_map.route.number)}-{visit.number} {words.name(visit.place)}"
    placemark = _placemark(folder, name, [words.visit(visit)], style=style)
    _data(
        placemark,
        {
            "place": visit.place.key,
            "arrival": visit.arrival.isoformat(),
            "departure": visit.departure.isoformat(),
            "loaded_kg": round(visit.loaded_kg, 3),
            "unloaded_kg": round(visit.unloaded_kg, 3),
            "load_kg": visit.load_kg,
            "charge": visit.charge,
        },
    )
    _point(placemark, (visit.place.latitude, visit.place.longitude))


def _unserved(folder: ElementTree.Element, words: MapWords, left_out: LeftOut) -> None:
    item = left_out.unserved
    lines = [line for line in (words.reason(item), words.change(item)) if line]
    placemark = _placemark(folder, item.request, lines, style="unserved")
    _data(placemark, {"reason": item.reason, "kg": item.kg, "place": item.pickup_place})
    _point(placemark, (left_out.place.latitude, left_out.place.longitude))


def _style(document: ElementTree.Element, name: str, colour: str) -> None:
    style = child(document, "Style", id=name)
    child(child(style, "IconStyle"), "color", _abgr(colour, "ff"))
    line = child(style, "LineStyle")
    child(line, "color", _abgr(colour, _LINE_OPACITY))
    child(line, "width", 4)


def _folder(document: ElementTree.Element, name: str) -> ElementTree.Element:
    folder = child(document, "Folder")
    child(folder, "name", name)
    return folder


def _placemark(
    folder: ElementTree.Element, name: str, lines: Iterable[str], *, style: str | None = None
) -> ElementTree.Element:
    placemark = child(folder, "Placemark")
    child(placemark, "name", name)
    child(placemark, "description", _html(lines))
    if style is not None:
        child(placemark, "styleUrl", f"#{style}")
    return placemark


def _data(placemark: ElementTree.Element, values: Mapping[str, object]) -> None:
    extended = child(placemark, "ExtendedData")
    for name, value in values.items():
        if value is not None:
            child(child(extended, "Data", name=name), "value", value)


def _point(placemark: ElementTree.Element, point: Point) -> None:
    child(child(placemark, "Point"), "coordinates", _position(point))


def _position(point: Point) -> str:
    return f"{point[1]},{point[0]}"


def _html(lines: Iterable[str]) -> str:
    """Escape once more than XML asks for: globes show descriptions as HTML."""
    return "<br>".join(html.escape(line) for line in lines)


def _abgr(colour: str, alpha: str) -> str:
    red, green, blue = colour[1:3], colour[3:5], colour[5:7]
    return f"{alpha}{blue}{green}{red}"

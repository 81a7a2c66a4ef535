"""Drawing routes into a box on paper: roads beneath, lines, numbered visits, a scale."""

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from maps.export.content import MapContent, Point, RouteOnMap
from maps.export.palette import badge, style_of
from maps.export.pdfsheet import BLACK, GREY, SMALL_PT, Sheet
from maps.export.words import MapWords
from maps.roads import RoadGraph, roads_geojson
from maps.roads.geometry import DEGREE_M

MARGIN = 0.06
"""Around what is shown, as a part of the box."""
LEAST_EXTENT_M = 400.0
ROAD_WIDTHS_MM = {"trunk": 0.7, "primary": 0.6, "secondary": 0.5, "tertiary": 0.4}
FINEST_MM = 0.1
"""How far a road may be drawn beside itself."""
MOST_ROAD_BYTES = 400_000
ABREAST, ASIDE_MM = 5, 0.45
LABEL_MM, LABEL_GAP_MM = 3.4, 1.4
AROUND = ((0, -1), (1, 0), (-1, 0), (0, 1), (1, -1), (-1, -1), (-1, 1), (1, 1))
WHITE, ROAD, CANAL = (255, 255, 255), (205, 205, 205), (190, 215, 235)
SCALES_M = (100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000)

Drawn = tuple[float, float]
"""Millimetres from the left and the upper edge of the paper."""


@dataclass(frozen=True, kw_only=True)
class Box:
    """Where on the paper: the upper left corner and the size, in millimetres."""

    x: float
    y: float
    width: float
    height: float

    def touches(self, other: "Box") -> bool:
        """Say whether two boxes have something in common."""
        return (
            abs(self.x + self.width / 2 - other.x - other.width / 2) < (self.width + other.width) / 2
            and abs(self.y + self.height / 2 - other.y - other.height / 2) < (self.height + other.height) / 2
        )


class Projection:
    """Degrees to millimetres: as flat as a township is."""

    def __init__(self, points: Sequence[Point], box: Box) -> None:
        latitudes, longitudes = [p[0] for p in points], [p[1] for p in points]
        self.middle = (max(latitudes) + min(latitudes)) / 2, (max(longitudes) + min(longitudes)) / 2
        self._shrink = math.cos(math.radians(self.middle[0]))
        tall_m = max((max(latitudes) - min(latitudes)) * DEGREE_M, LEAST_EXTENT_M)
        wide_m = max((max(longitudes) - min(longitudes)) * DEGREE_M * self._shrink, LEAST_EXTENT_M)
        self.mm_per_m = min(box.width / wide_m, box.height / tall_m) * (1 - 2 * MARGIN)
        self._box = box

    def __call__(self, point: Point) -> Drawn:
        """Return where a point lies on the paper."""
        north_m = (point[0] - self.middle[0]) * DEGREE_M
        east_m = (point[1] - self.middle[1]) * DEGREE_M * self._shrink
        box = self._box
        return (
            box.x + box.width / 2 + east_m * self.mm_per_m,
            box.y + box.height / 2 - north_m * self.mm_per_m,
        )

    @property
    def bbox(self) -> tuple[float, float, float, float]:
        """South, west, north, east of the box, degrees."""
        tall = self._box.height / 2 / self.mm_per_m / DEGREE_M
        wide = self._box.width / 2 / self.mm_per_m / DEGREE_M / self._shrink
        return self.middle[0] - tall, self.middle[1] - wide, self.middle[0] + tall, self.middle[1] + wide


@dataclass(frozen=True, kw_only=True)
class Label:
    """Words at a point, in the colour of a route."""

    point: Point
    text: str
    colour: str


def draw_map(sheet: Sheet, content: MapContent, routes: Sequence[RouteOnMap], box: Box) -> None:
    """Draw routes into a box; one alone has its visits numbered, many have their own numbers."""
    at = Projection(list(_extent(content, routes)), box)
    with sheet.rect_clip(box.x, box.y, box.width, box.height):
        if content.roads is not None:
            _roads(sheet, content.roads, at)
        for index, on_map in enumerate(routes):
            _route(sheet, on_map, at, aside=_aside(index) if len(routes) > 1 else (0.0, 0.0))
        _places(sheet, content, at)
        _labels(sheet, _visits(routes[0]) if len(routes) == 1 else _badges(routes), at)
    sheet.set_draw_color(*GREY)
    sheet.set_line_width(0.2)
    sheet.rect(box.x, box.y, box.width, box.height)
    _scale(sheet, at, box, MapWords(content))


def _extent(content: MapContent, routes: Sequence[RouteOnMap]) -> Iterator[Point]:
    for on_map in routes:
        yield from on_map.path
    if not routes:
        yield from ((place.latitude, place.longitude) for place in content.places.values())


def _roads(sheet: Sheet, roads: RoadGraph, at: Projection) -> None:
    finest_m = FINEST_MM / at.mm_per_m
    found = json.loads(roads_geojson(roads, bbox=at.bbox, tolerance_m=finest_m, max_bytes=MOST_ROAD_BYTES))
    for feature in found["features"]:
        of = feature["properties"]
        sheet.set_draw_color(*(CANAL if of["kind"] == "water" else ROAD))
        sheet.set_line_width(ROAD_WIDTHS_MM.get(of.get("road_class", ""), 0.25))
        shape = feature["geometry"]
        lines = shape["coordinates"] if shape["type"] == "MultiLineString" else [shape["coordinates"]]
        for line in lines:
            sheet.polyline([at((latitude, longitude)) for longitude, latitude in line])


def _aside(index: int) -> Drawn:
    """Return how far a route is drawn beside itself, so that one on the same road does not cover it."""
    column, row = index % ABREAST, index // ABREAST % ABREAST
    return (column - ABREAST // 2) * ASIDE_MM, (row - ABREAST // 2) * ASIDE_MM


def _route(sheet: Sheet, on_map: RouteOnMap, at: Projection, *, aside: Drawn) -> None:
    style = style_of(on_map.route.number)
    path = [(x + aside[0], y + aside[1]) for x, y in map(at, on_map.path)]
    sheet.set_draw_color(style.colour)
    sheet.set_line_width(0.8)
    if style.pattern == "dash":
        sheet.set_dash_pattern(dash=2.4, gap=1.2)
    sheet.polyline(path)
    sheet.set_dash_pattern()
    if style.pattern == "double":
        sheet.set_draw_color(255, 255, 255)
        sheet.set_line_width(0.3)
        sheet.polyline(path)


def _places(sheet: Sheet, content: MapContent, at: Projection) -> None:
    starts = {key for on_map in content.routes for key in (on_map.route.start, on_map.route.end)}
    visited = {place.key for place in content.visited_places}
    sheet.set_line_width(0.2)
    for place in content.places.values():
        x, y = at((place.latitude, place.longitude))
        is_visited = place.key in visited
        sheet.set_draw_color(*(BLACK if is_visited else GREY))
        sheet.set_fill_color(*(BLACK if place.key in starts else WHITE))
        if place.key in starts:
            sheet.rect(x - 0.9, y - 0.9, 1.8, 1.8, style="DF")
        else:
            sheet.circle(x, y, 0.9 if is_visited else 0.5, style="DF")


def _visits(on_map: RouteOnMap) -> list[Label]:
    """Return the numbers of a route's visits, together where they are at one place."""
    numbers: dict[str, list[str]] = {}
    points: dict[str, Point] = {}
    for visit in on_map.visits:
        numbers.setdefault(visit.place.key, []).append(str(visit.number))
        points[visit.place.key] = visit.place.latitude, visit.place.longitude
    colour = style_of(on_map.route.number).colour
    return [Label(point=points[key], text=" · ".join(said), colour=colour) for key, said in numbers.items()]


def _badges(routes: Iterable[RouteOnMap]) -> list[Label]:
    """Return the numbers of routes, each where the route is farthest from its beginning."""
    return [
        Label(
            point=max(on_map.path, key=lambda point: math.dist(point, on_map.path[0])),
            text=badge(on_map.route.number),
            colour=style_of(on_map.route.number).colour,
        )
        for on_map in routes
    ]


def _labels(sheet: Sheet, labels: Iterable[Label], at: Projection) -> None:
    """Write labels beside their points, none upon another one as long as there is room around."""
    taken: list[Box] = []
    sheet.size(SMALL_PT, WHITE)
    for label in labels:
        x, y = at(label.point)
        width = sheet.get_string_width(label.text) + 1.6
        spots = [
            Box(
                x=x + dx * (width / 2 + LABEL_GAP_MM * ring) - width / 2,
                y=y + dy * (LABEL_MM / 2 + LABEL_GAP_MM * ring) - LABEL_MM / 2,
                width=width,
                height=LABEL_MM,
            )
            for ring in (1, 2.5, 4)
            for dx, dy in AROUND
        ]
        box = next((spot for spot in spots if not any(spot.touches(other) for other in taken)), spots[0])
        taken.append(box)
        sheet.set_draw_color(label.colour)
        sheet.set_fill_color(label.colour)
        sheet.set_line_width(0.2)
        sheet.line(x, y, box.x + box.width / 2, box.y + box.height / 2)
        sheet.rect(box.x, box.y, box.width, box.height, style="DF", round_corners=True, corner_radius=1)
        sheet.set_xy(box.x, box.y)
        sheet.cell(box.width, box.height, label.text, align="C")
    sheet.size()


def _scale(sheet: Sheet, at: Projection, box: Box, words: MapWords) -> None:
    """Draw a bar of a round length into the lower corner."""
    length_m = max((m for m in SCALES_M if m * at.mm_per_m <= box.width / 4), default=SCALES_M[0])
    length_mm = length_m * at.mm_per_m
    x, y = box.x + 3, box.y + box.height - 3
    sheet.size(SMALL_PT)
    sheet.set_fill_color(*WHITE)
    sheet.rect(x - 1.5, y - 5, length_mm + 3, 6.5, style="F")
    sheet.set_draw_color(*BLACK)
    sheet.set_line_width(0.4)
    sheet.polyline([(x, y - 1), (x, y), (x + length_mm, y), (x + length_mm, y - 1)])
    sheet.set_xy(x, y - 4.5)
    sheet.cell(length_mm, 3, words.say("km", km=f"{length_m / 1_000:g}"), align="C")

"""What of a plan stands on a map: routes with their visits and pauses, and what is not served.

Every format is written from these records. They name no household and no driver.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fleet.model import ErrorCode, Plan, bad_input
from fleet.model.plan import Entry, Leg, PlanPlace, Route, Unserved
from maps.roads import RoadGraph

Point = tuple[float, float]
"""Latitude and longitude in degrees, WGS 84."""


@dataclass(frozen=True, kw_only=True)
class Lot:
    """What one stop loads or unloads: a request, named by its id and product, without its household."""

    request: str
    product: str
    loads: bool
    kg: float
    crates: int
    stall: int | None
    on_board_s: int | None
    start: datetime.datetime
    end: datetime.datetime


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A maximal run of a route's stops at one place; ``number`` counts from 1 within the route.

    ``departure`` is the end of its last handling and stay; load and charge are those at that moment.
    """

    number: int
    place: PlanPlace
    arrival: datetime.datetime
    start: datetime.datetime
    departure: datetime.datetime
    stay_s: int
    lots: tuple[Lot, ...]
    load_kg: float
    load_crates: int
    charge: float | None

    @property
    def loaded_kg(self) -> float:
        """Kilograms taken on board."""
        return sum(lot.kg for lot in self.lots if lot.loads)

    @property
    def unloaded_kg(self) -> float:
        """Kilograms dropped off."""
        return sum(lot.kg for lot in self.lots if not lot.loads)


@dataclass(frozen=True, kw_only=True)
class Pause:
    """A break or a recharge, ``kind`` says which."""

    kind: str
    place: PlanPlace
    start: datetime.datetime
    end: datetime.datetime
    load_kg: float
    charge: float | None


@dataclass(frozen=True, kw_only=True)
class RouteOnMap:
    """A route of the plan with its way, at least two points, and what it does there."""

    route: Route
    path: tuple[Point, ...]
    visits: tuple[Visit, ...]
    pauses: tuple[Pause, ...]


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """An unserved request at its pickup place."""

    unserved: Unserved
    place: PlanPlace


@dataclass(frozen=True, kw_only=True)
class MapContent:
    """All that any map of a plan shows; instants are in the plan's own clock.

    ``language`` is the one that words are written in, ``roads`` are drawn beneath where a format can.
    """

    plan: Plan
    language: str
    roads: RoadGraph | None
    zone: ZoneInfo
    places: dict[str, PlanPlace]
    routes: tuple[RouteOnMap, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def visited_places(self) -> tuple[PlanPlace, ...]:
        """Places that some route visits, in the plan's order."""
        visited = {visit.place.key for route in self.routes for visit in route.visits}
        return tuple(place for place in self.places.values() if place.key in visited)

    @property
    def bbox(self) -> tuple[float, float, float, float]:
        """South, west, north, east of everything shown, degrees."""
        points = [point for route in self.routes for point in route.path]
        points += [(place.latitude, place.longitude) for place in self.places.values()]
        latitudes, longitudes = [p[0] for p in points] or [0.0], [p[1] for p in points] or [0.0]
        return min(latitudes), min(longitudes), max(latitudes), max(longitudes)


def map_content(plan: Plan, *, language: str = "en", roads: RoadGraph | None = None) -> MapContent:
    """Return what a map of the plan shows.

    Raises
    ------
    InputError
        ZONE_UNKNOWN or UNKNOWN_ID: a plan that was changed by hand may name what it does not have.
    """
    places = _Places({place.key: place for place in plan.places})
    try:
        zone = ZoneInfo(plan.zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise bad_input(ErrorCode.ZONE_UNKNOWN, where="zone", value=plan.zone) from error
    return MapContent(
        plan=plan,
        language=language,
        roads=roads,
        zone=zone,
        places=places,
        routes=tuple(_route(route, places, zone) for route in plan.routes),
        left_out=tuple(LeftOut(unserved=item, place=places[item.pickup_place]) for item in plan.unserved),
    )


def name_of(place: PlanPlace, language: str) -> str:
    """Return a place's name in a language, else the name it goes by."""
    return next((name for code, name in place.names.items() if code == language), place.name)


class _Places(dict[str, PlanPlace]):
    def __missing__(self, key: str) -> PlanPlace:
        raise bad_input(ErrorCode.UNKNOWN_ID, where="places", value=key, kind="place")


def _route(route: Route, places: dict[str, PlanPlace], zone: ZoneInfo) -> RouteOnMap:
    stops = [entry for entry in route.entries if entry.request is not None]
    runs = groupby(stops, key=lambda entry: entry.place)
    return RouteOnMap(
        route=route,
        path=_path(route, places),
        visits=tuple(
            _visit(number, places[key], list(run), zone) for number, (key, run) in enumerate(runs, start=1)
        ),
        pauses=tuple(
            Pause(
                kind=entry.kind,
                place=places[entry.place],
                start=entry.start.astimezone(zone),
                end=entry.end.astimezone(zone),
                load_kg=entry.load_kg,
                charge=entry.charge,
            )
            for entry in route.entries
            if entry.request is None
        ),
    )


def _visit(number: int, place: PlanPlace, stops: Sequence[Entry], zone: ZoneInfo) -> Visit:
    last = stops[-1]
    end = last.end + datetime.timedelta(seconds=last.stay_s)
    return Visit(
        number=number,
        place=place,
        arrival=stops[0].arrival.astimezone(zone),
        start=stops[0].start.astimezone(zone),
        departure=end.astimezone(zone),
        stay_s=last.stay_s,
        lots=tuple(
            Lot(
                request=stop.request or "",
                product=stop.product_name,
                loads=stop.kind == "pickup",
                kg=stop.kg,
                crates=stop.crates,
                stall=stop.stall,
                on_board_s=stop.on_board_s,
                start=stop.start.astimezone(zone),
                end=stop.end.astimezone(zone),
            )
            for stop in stops
        ),
        load_kg=last.load_kg,
        load_crates=last.load_crates,
        charge=last.charge,
    )


def _path(route: Route, places: dict[str, PlanPlace]) -> tuple[Point, ...]:
    """Join the paths of the legs; a leg without one is a straight line between its places."""
    points = [_point(places[route.start])]
    for leg in legs_of(route):
        for point in leg.path or (_point(places[leg.to]),):
            if point != points[-1]:
                points.append(point)
    # A line has two ends, also that of a tricycle which never leaves its place.
    return tuple(points) if len(points) > 1 else (points[0], points[0])


def legs_of(route: Route) -> Iterable[Leg]:
    """Yield a route's drives in their order."""
    yield from (entry.leg for entry in route.entries if entry.leg is not None)
    if route.last_leg is not None:
        yield route.last_leg


def _point(place: PlanPlace) -> Point:
    return place.latitude, place.longitude

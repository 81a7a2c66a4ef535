"""A route packet put together of a plan and its day."""

import datetime
import gzip
from collections.abc import Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import shapely

from fleet.formats.vroom.polyline import encoded
from fleet.model import Day, Plan
from fleet.model.base import Window
from fleet.model.plan import Entry, Leg, Route
from fleet.model.requests import Task
from fleet.model.route_packet import (
    Amount,
    ChangedStop,
    ClockTime,
    Names,
    PacketHousehold,
    PacketLeg,
    PacketPause,
    PacketPlace,
    PacketStop,
    PacketVisit,
    Period,
    RoutePacket,
)
from fleet.service.contacts import Contacts
from fleet.service.navigation import navigation_links
from maps.roads.geometry import DEGREE_M

SHANGHAI, URUMQI = ZoneInfo("Asia/Shanghai"), ZoneInfo("Asia/Urumqi")
MOST_BYTES = 60_000
"""Of a packet of 30 stops, compressed: what a weak network carries in a few seconds."""
TOLERANCES_M = (3.0, 10.0, 30.0, 100.0)
"""How far a path may be off; the finest whose packet is small enough is taken."""


def packet_of(plan: Plan, day: Day, route: Route, contacts: Contacts, /, **head: Any) -> RoutePacket:
    """Return a route's packet.

    Parameters
    ----------
    plan, day, route
        The plan, the day it was made of, and the route.
    contacts
        Those of the day as it is now.
    **head
        The fields of a packet that no plan knows.
    """
    maker = _Maker(plan, day, contacts)
    for tolerance_m in TOLERANCES_M:
        packet = maker.packet(route, tolerance_m=tolerance_m, head=head)
        if len(gzip.compress(packet.model_dump_json(by_alias=True).encode(), 5)) <= MOST_BYTES:
            break
    return packet


def changed_stops(
    route: Route | None, known: Iterable[Entry], plan: Plan, day: Day
) -> tuple[ChangedStop, ...]:
    """Return the stops of a route that are not among those known."""
    before = {(entry.request, entry.kind, entry.place) for entry in known}
    maker = _Maker(plan, day, Contacts())
    return tuple(
        maker.changed(entry)
        for entry in stops_of(route)
        if (entry.request, entry.kind, entry.place) not in before
    )


def stops_of(route: Route | None) -> list[Entry]:
    """Return the stops of a route, none where there is no route."""
    return [] if route is None else route.stops


def clock_time(at: datetime.datetime) -> ClockTime:
    """Return an instant as both clocks show it."""
    return ClockTime(
        at=at, shanghai=f"{at.astimezone(SHANGHAI):%H:%M}", urumqi=f"{at.astimezone(URUMQI):%H:%M}"
    )


class _Maker:
    """Makes the parts of packets of one plan."""

    def __init__(self, plan: Plan, day: Day, contacts: Contacts) -> None:
        self._plan = plan
        self._day = day
        self._contacts = contacts
        self._places = {place.key: place for place in plan.places}

    def packet(self, route: Route, *, tolerance_m: float, head: dict[str, Any]) -> RoutePacket:
        legs = [entry.leg for entry in route.entries if entry.leg is not None]
        legs += [route.last_leg] if route.last_leg is not None else []
        return RoutePacket(
            date=self._plan.date,
            zone=self._plan.zone,
            tricycle=route.tricycle,
            tricycle_number=route.number,
            tricycle_name=route.name,
            attribution=self._plan.travel.attribution,
            invented=self._plan.travel.invented,
            start=self._place(route.start),
            end=None if route.end is None else self._place(route.end),
            departure=clock_time(route.departure),
            return_=clock_time(route.return_),
            start_load_kg=route.start_load_kg,
            start_charge=route.start_charge,
            end_charge=route.end_charge,
            distance_m=sum(leg.distance_m for leg in legs),
            visits=tuple(self._visit(entries, tolerance_m) for entries in _visits(route)),
            last_leg=_leg(route.last_leg, tolerance_m),
            **head,
        )

    def changed(self, entry: Entry) -> ChangedStop:
        return ChangedStop(
            request=entry.request or "",
            kind="pickup" if entry.kind == "pickup" else "dropoff",
            place=self._place_names(entry.place),
            product=self._product_names(entry),
            kg=entry.kg,
            crates=entry.crates,
        )

    def _visit(self, entries: Sequence[Entry], tolerance_m: float) -> PacketVisit:
        first, last = entries[0], entries[-1]
        place = self._day.place_by_id.get(first.place)
        stay_s = max(entry.stay_s for entry in entries)
        ends = max(entry.end + datetime.timedelta(seconds=entry.stay_s) for entry in entries)
        return PacketVisit(
            leg=_leg(first.leg, tolerance_m),
            place=self._place(last.place),
            opening=_periods(place.opening if place is not None else ()),
            arrival=clock_time(first.arrival),
            entries=tuple(
                self._stop(entry)
                if entry.request is not None
                else PacketPause(
                    kind="break" if entry.kind == "break" else "recharge",
                    start=clock_time(entry.start),
                    end=clock_time(entry.end),
                    charge=entry.charge,
                )
                for entry in entries
            ),
            loads=_amount(entry for entry in entries if entry.kind == "pickup"),
            unloads=_amount(entry for entry in entries if entry.kind == "dropoff"),
            stay_until=clock_time(ends) if stay_s else None,
        )

    def _stop(self, entry: Entry) -> PacketStop:
        request = self._day.request_by_id[entry.request or ""]
        fetched = entry.kind == "pickup"
        task: Task = request.pickup if fetched else request.dropoffs[entry.alternative or 0]
        return PacketStop(
            request=request.id,
            kind="pickup" if fetched else "dropoff",
            household=self._household(entry, with_phone=fetched),
            product=self._product_names(entry),
            kg=entry.kg,
            crates=entry.crates,
            stall=entry.stall,
            must=request.must,
            note=self._contacts.notes.get(request.id, request.note),
            windows=_periods(task.windows),
            start=clock_time(entry.start),
            end=clock_time(entry.end),
            load_kg=entry.load_kg,
            load_crates=entry.load_crates,
            charge=entry.charge,
        )

    def _household(self, entry: Entry, *, with_phone: bool) -> PacketHousehold | None:
        if entry.household is None:
            return None
        household = (
            self._contacts.households.get(entry.household) or self._day.household_by_id[entry.household]
        )
        return PacketHousehold(name=household.name, phone=household.phone if with_phone else None)

    def _place(self, key: str) -> PacketPlace:
        place = self._places[key]
        name = place.names.get("zh-Hans", place.name)
        links = navigation_links(name=name, latitude=place.latitude, longitude=place.longitude)
        return PacketPlace(
            key=key,
            kind=place.kind,
            names=self._place_names(key),
            latitude=place.latitude,
            longitude=place.longitude,
            links=links,
        )

    def _place_names(self, key: str) -> Names:
        place = self._places[key]
        return _names(place.name, place.names)

    def _product_names(self, entry: Entry) -> Names | None:
        if entry.product is None:
            return None
        product = self._day.product_by_id[entry.product]
        return _names(product.name, product.names)


def _visits(route: Route) -> list[list[Entry]]:
    """Group what is done at one place without driving in between."""
    visits: list[list[Entry]] = []
    for entry in route.entries:
        if visits and entry.leg is None and entry.place == visits[-1][-1].place:
            visits[-1].append(entry)
        else:
            visits.append([entry])
    return visits


def _amount(entries: Iterable[Entry]) -> Amount:
    found = list(entries)
    kg, crates = sum(entry.kg for entry in found), sum(entry.crates for entry in found)
    return Amount(stops=len(found), kg=kg, crates=crates)


def _periods(windows: Iterable[Window]) -> tuple[Period, ...]:
    return tuple(Period(start=clock_time(w.start), end=clock_time(w.end)) for w in windows)


def _names(own: str, translated: Names) -> Names:
    return {language: translated.get(language) or own for language in ("en", "zh-Hans", "ug")}


def _leg(leg: Leg | None, tolerance_m: float) -> PacketLeg | None:
    if leg is None:
        return None
    return PacketLeg(
        departure=clock_time(leg.departure),
        arrival=clock_time(leg.arrival),
        distance_m=leg.distance_m,
        duration_s=leg.duration_s,
        path=encoded(_simplified(leg.path, tolerance_m)),
    )


def _simplified(path: Sequence[tuple[float, float]], tolerance_m: float) -> Sequence[tuple[float, float]]:
    """Return a line of fewer points, nowhere farther than the tolerance from the whole one."""
    if len(path) < 3:
        return path
    # Degrees of latitude are the unit: a degree of longitude, which is shorter here, counts as if it were as
    # long, so that the line is off by less than the tolerance, never by more.
    line = shapely.LineString(path).simplify(tolerance_m / DEGREE_M, preserve_topology=False)
    return [(latitude, longitude) for latitude, longitude in line.coords]

"""A driver's own route, as a packet that a phone keeps for the day."""

import datetime
import hashlib
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from fleet.model import ErrorCode, bad_input
from fleet.model.plan import Plan, Route
from fleet.model.route_packet import PacketChanges, RoutePacket
from fleet.service.contacts import Contacts, contacts_on
from fleet.service.context import Context
from fleet.service.own_route import own_assignment
from fleet.service.packet_parts import changed_stops, packet_of, stops_of
from fleet.service.roles import Caller, Permission
from fleet.service.shown_plans import ShownPlan, shown_plan
from fleet.store import days
from fleet.store.plans import latest_publication, publications_of
from fleet.store.tables import Json, Publication, StoredDay


@dataclass(frozen=True, kw_only=True)
class _Own:
    """What a driver is shown: which publication, of which day, by which assignment, with which contacts."""

    publication: Publication
    day: StoredDay
    assignment: Json
    shown: ShownPlan
    route: Route
    contacts: Contacts

    @property
    def version(self) -> str:
        """What a packet is made of, as one short text: as long as it is the same, the packet is."""
        parts = (
            self.publication.id,
            self.publication.published_at,
            self.publication.plan_id,
            self.assignment["driver"],
            self.assignment["name"],
            self.assignment["tricycle"],
            self.day.body["dispatcher_phone"],
            self.contacts.content,
        )
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def read_route_version(ctx: Context, caller: Caller, *, date: datetime.date | None = None) -> str:
    """Return the version of the packet that ``read_route`` would give; cheap enough to ask every minute.

    Raises
    ------
    InputError
        As of ``read_route``.
    """
    caller.has_to(Permission.DRIVE)
    with ctx.store.read() as session:
        return _own(session, ctx, caller, date=date).version


def read_route(ctx: Context, caller: Caller, *, date: datetime.date | None = None) -> RoutePacket:
    """Return the own route of a day, today's where no date is given; an empty one where it was withdrawn.

    Raises
    ------
    InputError
        NOT_PUBLISHED; NO_ROUTE_OF_YOURS when the driver has no tricycle that day or it stays at home.
    """
    caller.has_to(Permission.DRIVE)
    with ctx.store.read() as session:
        own = _own(session, ctx, caller, date=date)
        earlier = _row_before(session, own.publication)
        before = None if earlier is None else shown_plan(session, earlier.plan_id)
    shown, route = own.shown, own.route
    published, withdrawn_at = own.publication, None
    if own.publication.withdrawn and earlier is not None:
        # A withdrawal is a row of its own, behind that of the publication.
        published, withdrawn_at = earlier, own.publication.published_at.replace(microsecond=0)
    return packet_of(
        shown.plan,
        shown.day,
        route,
        own.contacts,
        version=own.version,
        plan=shown.id,
        number=shown.number,
        published_at=published.published_at.replace(microsecond=0),
        withdrawn_at=withdrawn_at,
        driver=own.assignment["driver"],
        driver_name=own.assignment["name"],
        dispatcher_phone=own.day.body["dispatcher_phone"],
        changes=None if before is None else _changes(before, shown, route),
    )


def _own(session: Session, ctx: Context, caller: Caller, *, date: datetime.date | None) -> _Own:
    now = ctx.store.clock()
    day = days.get(session, date=date) if date else _today(session, now=now, zone=ctx.config.zone)
    where = f"days/{date or now.astimezone(ZoneInfo(ctx.config.zone)).date()}"
    publication = None if day is None else latest_publication(session, date=day.date)
    if day is None or publication is None:
        raise bad_input(ErrorCode.NOT_PUBLISHED, where=where)
    assignment = own_assignment(day, caller)
    if assignment is None:
        raise bad_input(ErrorCode.NO_ROUTE_OF_YOURS, where=where)
    shown = shown_plan(session, publication.plan_id)
    route = _route_of(shown.plan, assignment["tricycle"])
    if route is None:
        raise bad_input(ErrorCode.NO_ROUTE_OF_YOURS, where=where)
    if publication.withdrawn:
        route = _nothing_of(route)
    return _Own(
        publication=publication,
        day=day,
        assignment=assignment,
        shown=shown,
        route=route,
        contacts=contacts_on(session, route, date=day.date),
    )


def _today(session: Session, *, now: datetime.datetime, zone: str) -> StoredDay | None:
    """Return the day that it is now by its own clock; the clocks of a country are some hours apart."""
    here = now.astimezone(ZoneInfo(zone)).date()
    for distance in (0, -1, 1):
        day = days.get(session, date=here + datetime.timedelta(days=distance))
        if day is not None and now.astimezone(ZoneInfo(day.body["zone"])).date() == day.date:
            return day
    return None


def _row_before(session: Session, publication: Publication) -> Publication | None:
    """Return what was published, or withdrawn, before this."""
    earlier = publications_of(session, date=publication.date, limit=1, before=publication.id)
    return earlier[0][0] if earlier else None


def _nothing_of(route: Route) -> Route:
    """Return a route on which nothing is driven."""
    return route.model_copy(
        update={
            "entries": (),
            "last_leg": None,
            "return_": route.departure,
            "end_charge": route.start_charge,
        }
    )


def _changes(before: ShownPlan, shown: ShownPlan, route: Route) -> PacketChanges:
    earlier = _route_of(before.plan, route.tricycle)
    return PacketChanges(
        since=before.number,
        added=changed_stops(route, stops_of(earlier), shown.plan, shown.day),
        removed=changed_stops(earlier, stops_of(route), before.plan, before.day),
    )


def _route_of(plan: Plan, tricycle: str) -> Route | None:
    return next((route for route in plan.routes if route.tricycle == tricycle), None)

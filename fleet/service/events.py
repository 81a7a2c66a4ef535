"""Events: phones and the dispatcher report them, any number of times; the state is made of their set."""

import datetime
import json
from collections.abc import Collection, Iterable
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter
from sqlalchemy.orm import Session

from fleet.model import ErrorCode, bad_input
from fleet.model.base import Count, Document, Id
from fleet.model.day_state import DayState
from fleet.model.events import Arrived, Done, Event, EventFlag, Events, Failed
from fleet.planning.day_state import Fact, Followed, follow, is_far_from
from fleet.service.context import Context
from fleet.service.day_parts import existing
from fleet.service.own_route import is_driver, own_tricycle
from fleet.service.paging import DEFAULT_LIMIT, Page, after_of, page_of
from fleet.service.roles import Caller, Permission
from fleet.service.shown_plans import shown_plan
from fleet.store import events, tables
from fleet.store.plans import shown_publication

MOST_AT_ONCE = 500
AHEAD = datetime.timedelta(minutes=2)
"""How far a phone's clock may be before the server's; it has no time to be wrong by more."""
SYSTEM = "system"
_EVENT: TypeAdapter[Event] = TypeAdapter(Event)


class Report(Events):
    """What a phone has to send; what it does not know to have arrived it sends again."""

    events: Annotated[tuple[Event, ...], Field(min_length=1, max_length=MOST_AT_ONCE)]


class Receipt(Document):
    """What became of one event. With flags it is kept and contradicts something."""

    id: Id
    number: Count
    outcome: Literal["accepted", "repeated"]
    flags: tuple[EventFlag, ...] = ()


class Receipts(Document):
    """What became of a report, event by event in its order."""

    events: tuple[Receipt, ...]


class ReceivedEvent(Document):
    """An event as it was received; ``number`` counts the events of the day."""

    number: Count
    sender: str
    received_at: datetime.datetime
    flags: tuple[EventFlag, ...] = ()
    event: Event


def report_events(ctx: Context, caller: Caller, *, date: datetime.date, report: Report) -> Receipts:
    """Keep what happened.

    An event that was sent before is answered as repeated. Nothing that is well-formed is refused: what
    contradicts the plan, a clock or another event is flagged, and so is what a driver says of a route that is
    not the driver's own, which has no effect.

    Raises
    ------
    InputError
        DATES_DIFFER; NOT_FOUND when there is no such day.
    """
    caller.has_to(Permission.REPORT)
    if report.date != date:
        raise bad_input(ErrorCode.DATES_DIFFER, where="date", value=report.date)
    sender = caller.account_id or SYSTEM
    facts = [Fact(event=event, sender=sender) for event in report.events]
    with ctx.store.write() as session:
        stored = existing(session, date=date, lock=True)
        at = ctx.store.clock()
        own = own_tricycle(stored, caller)
        ids = {fact.event.id for fact in facts}
        known = {
            (row.id, row.content_sha256): row
            for row in events.with_ids(session, date=date, sender=sender, ids=ids)
        }
        added: list[tables.Event] = []
        number = events.last_number(session, date=date)
        for fact in facts:
            key = fact.event.id, fact.sha256
            if key not in known:
                flags = _flags_now(fact, date=date, zone=stored.body["zone"], at=at)
                if is_driver(caller):
                    flags |= _flags_of_driver(fact, own=own)
                number += 1
                known[key] = _row(fact, date=date, number=number, at=at, flags=flags)
                added.append(known[key])
        events.add(session, added)
    with ctx.store.read() as session:
        flagged = _flags_in_context(session, date=date, facts=facts)
    new = {row.number for row in added}
    receipts = []
    for fact in facts:
        row = known[fact.event.id, fact.sha256]
        outcome: Literal["accepted", "repeated"] = "accepted" if row.number in new else "repeated"
        new.discard(row.number)
        flags = flagged.get(row.number, _stored_flags(row))
        receipts.append(Receipt(id=row.id, number=row.number, outcome=outcome, flags=tuple(sorted(flags))))
    return Receipts(events=tuple(receipts))


def list_events(
    ctx: Context,
    caller: Caller,
    *,
    date: datetime.date,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
    since: int = 0,
    tricycle: str | None = None,
) -> Page[ReceivedEvent]:
    """Return the events of a day in the order in which they came.

    A driver gets what counts for the own tricycle and what the driver has sent. ``since`` is the number of
    the last event that the caller knows: numbers have no gaps that are filled later. ``tricycle`` leaves of
    what the caller may see the events of one.

    Raises
    ------
    InputError
        NOT_FOUND when there is no such day.
    """
    caller.has_to(Permission.REPORT)
    after = max(since, after_of(cursor, int) or 0)
    with ctx.store.read() as session:
        stored = existing(session, date=date)
        if is_driver(caller):
            rows = events.page_of_driver(
                session,
                date=date,
                sender=caller.account_id or "",
                tricycle=own_tricycle(stored, caller),
                after=after,
                limit=limit + 1,
                only=tricycle,
            )
        else:
            rows = events.page(session, date=date, after=after, limit=limit + 1, tricycle=tricycle)
        facts = {row.number: _fact(row) for row in rows[:limit]}
        flagged = _flags_in_context(session, date=date, facts=facts.values())
    return page_of(
        rows,
        limit=limit,
        key=lambda row: (row.number,),
        item=lambda row: ReceivedEvent(
            number=row.number,
            sender=row.sender,
            received_at=row.received_at,
            flags=tuple(sorted(flagged.get(row.number, _stored_flags(row)))),
            event=facts[row.number].event,
        ),
    )


def read_state(ctx: Context, caller: Caller, *, date: datetime.date) -> DayState:
    """Return where everything is now, by the published plan and all events.

    Raises
    ------
    InputError
        NOT_FOUND when there is no such day; NOT_PUBLISHED.
    """
    caller.has_to(Permission.EDIT_DAYS)
    with ctx.store.read() as session:
        publication = _published(session, date=date)
        shown = shown_plan(session, publication.plan_id)
        rows = events.page(session, date=date)
    return follow(shown.plan, map(_fact, rows), plan_id=shown.id, stops=shown.stops).state


def read_state_version(ctx: Context, caller: Caller, *, date: datetime.date) -> str:
    """Return what a state is made of, as one short text: as long as it is the same, the state is.

    Raises
    ------
    InputError
        As of ``read_state``.
    """
    caller.has_to(Permission.EDIT_DAYS)
    with ctx.store.read() as session:
        publication = _published(session, date=date)
        return f"{publication.id}.{events.last_number(session, date=date)}"


def _published(session: Session, *, date: datetime.date) -> tables.Publication:
    existing(session, date=date)
    publication = shown_publication(session, date=date)
    if publication is None:
        raise bad_input(ErrorCode.NOT_PUBLISHED, where=f"days/{date}")
    return publication


def _flags_now(fact: Fact, *, date: datetime.date, zone: str, at: datetime.datetime) -> frozenset[EventFlag]:
    """Return what is wrong with an event's time, judged by the server's clock."""
    flags = set()
    if fact.event.occurred_at > at + AHEAD:
        flags.add(EventFlag.TIME_AHEAD)
    if is_far_from(date, zone=zone, at=fact.event.occurred_at):
        flags.add(EventFlag.OTHER_DATE)
    return frozenset(flags)


def _flags_of_driver(fact: Fact, *, own: str | None) -> frozenset[EventFlag]:
    """Return what a driver says although it is not the driver's to say."""
    flags = set()
    if fact.event.tricycle != own:
        flags.add(EventFlag.NOT_OWN_ROUTE)
    if fact.event.replaces is not None and fact.event.replaces.sender not in (None, fact.sender):
        flags.add(EventFlag.NOT_OWN_EVENT)
    return frozenset(flags)


def _flags_in_context(
    session: Session, *, date: datetime.date, facts: Collection[Fact]
) -> dict[int, frozenset[EventFlag]]:
    """Return the flags of events by number, as all that concerns the same routes shows them."""
    tricycles = {fact.event.tricycle for fact in facts}
    asked = {request for fact in facts if (request := _request(fact.event)) is not None}
    rows = events.concerning(session, date=date, tricycles=tricycles, requests=asked)
    all_facts = {row.number: _fact(row) for row in rows}
    followed = _followed(session, date=date, facts=all_facts.values())
    if followed is None:
        return {}
    return {number: followed.flags.get(fact.key, frozenset()) for number, fact in all_facts.items()}


def _followed(session: Session, *, date: datetime.date, facts: Iterable[Fact]) -> Followed | None:
    publication = shown_publication(session, date=date)
    if publication is None:
        return None
    shown = shown_plan(session, publication.plan_id)
    return follow(shown.plan, facts, plan_id=shown.id, stops=shown.stops)


def _row(
    fact: Fact, *, date: datetime.date, number: int, at: datetime.datetime, flags: frozenset[EventFlag]
) -> tables.Event:
    event = fact.event
    return tables.Event(
        date=date,
        number=number,
        sender=fact.sender,
        id=event.id,
        content_sha256=fact.sha256,
        tricycle=event.tricycle,
        request=_request(event),
        kind=event.kind,
        body=event.model_dump(mode="json"),
        occurred_at=event.occurred_at,
        received_at=at,
        counts=EventFlag.NOT_OWN_ROUTE not in flags,
        flags={"codes": sorted(flags)},
    )


def _fact(row: tables.Event) -> Fact:
    return Fact(
        event=_EVENT.validate_json(json.dumps(row.body)),
        sender=row.sender,
        received_at=row.received_at,
        flags=_stored_flags(row),
        known_sha256=row.content_sha256,
    )


def _stored_flags(row: tables.Event) -> frozenset[EventFlag]:
    return frozenset(EventFlag(code) for code in row.flags["codes"])


def _request(event: Event) -> str | None:
    return event.stop.request if isinstance(event, (Arrived, Done, Failed)) else None

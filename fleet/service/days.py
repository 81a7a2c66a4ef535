"""Days: written whole, read whole, begun from what the township knows, deleted."""

import datetime
import json
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from fleet.model import DayDraft, ErrorCode, bad_input
from fleet.model.base import Count, Date, Document
from fleet.service.context import Context
from fleet.service.day_parts import (
    HEADER,
    LISTS,
    add_records,
    assembled_day,
    bring_in,
    document_of,
    draft_of,
    existing,
    unchanged,
    validated,
)
from fleet.service.recurring import take_orders
from fleet.service.roles import Caller, Permission
from fleet.store import audit, days, master, requests
from fleet.store.master import Key
from fleet.store.tables import Json, StoredDay

__all__ = [
    "DayWritten",
    "VersionedDay",
    "assembled_day",
    "begun",
    "create_day",
    "day_version",
    "delete_day",
    "keep_document",
    "put_day",
    "read_day",
]


class VersionedDay(Document):
    """A day and the version that ``If-Match`` has to name to change it."""

    version: Count
    day: DayDraft


class DayWritten(Document):
    """What became of a day: its version, and how much of it is its own.

    ``new`` counts what the master data did not know, ``own`` what the day keeps otherwise than they do.
    """

    date: Date
    version: Count
    requests: Count
    created: bool
    new: Count = 0
    own: Count = 0


def read_day(ctx: Context, caller: Caller, *, date: datetime.date) -> VersionedDay:
    """Return a day as a document, which may still lack requests or tricycles."""
    caller.has_to(Permission.EDIT_DAYS)
    with ctx.store.read() as session:
        stored = existing(session, date=date)
        return VersionedDay(version=stored.version, day=draft_of(session, stored))


def day_version(ctx: Context, caller: Caller, *, date: datetime.date) -> int:
    """Return a day's version, which is there sooner than the day.

    Raises
    ------
    InputError
        NOT_FOUND.
    """
    caller.has_to(Permission.EDIT_DAYS)
    with ctx.store.read() as session:
        return existing(session, date=date).version


def put_day(
    ctx: Context, caller: Caller, *, date: datetime.date, day: DayDraft, version: int | None = None
) -> DayWritten:
    """Write a whole day.

    What the master data does not know yet is added there; what equals it is taken from there from then on,
    what differs stays the day's own. Requests that are not in the document go, others keep their histories.

    Raises
    ------
    InputError
        DATES_DIFFER; CHANGED_MEANWHILE when the day is not at ``version``; NOT_FOUND when there is none yet
        although ``version`` names one.
    """
    caller.has_to(Permission.EDIT_DAYS)
    if day.date != date:
        raise bad_input(ErrorCode.DATES_DIFFER, where="date", value=day.date)
    document = day.model_dump(mode="json", by_alias=True)
    at, by = ctx.store.clock(), caller.account_id
    with ctx.store.write() as session:
        stored = days.get(session, date=date, lock=True)
        if stored is None and version is not None:
            raise bad_input(ErrorCode.NOT_FOUND, where="date", value=date, kind="day")
        known = {}
        if stored is None:
            if not days.create(session, date=date, body=_header(document), at=at, account_id=by):
                raise bad_input(ErrorCode.CHANGED_MEANWHILE, where=f"days/{date}")
        else:
            unchanged(stored.version, version, where=f"days/{date}")
            known = document_of(session, stored)
            if known == document:
                return _written(session, date=date, created=False)
            keep_document(session, stored, at=at, by=by)
        new, own = _take_items(session, document, date=date, zone=day.clock, at=at, by=by)
        take_requests(session, document["requests"], known.get("requests", ()), date=date, at=at, by=by)
        if stored is not None:
            days.bump(session, date=date, at=at, account_id=by, body=_header(document))
        audit.note(
            session,
            at=at,
            account_id=by,
            action="created" if stored is None else "changed",
            kind="day",
            subject=date.isoformat(),
            requests=len(day.requests),
            tricycles=len(day.tricycles),
            new=new,
        )
        return _written(session, date=date, created=stored is None, new=new, own=own)


def create_day(ctx: Context, caller: Caller, *, date: datetime.date, title: str = "") -> DayWritten:
    """Begin a day: all tricycles, and what comes by standing order.

    Raises
    ------
    InputError
        ALREADY_EXISTS.
    """
    caller.has_to(Permission.EDIT_DAYS)
    at, by = ctx.store.clock(), caller.account_id
    with ctx.store.write() as session:
        known = days.get(session, date=date)
        if known or not _begin(session, date=date, title=title, zone=ctx.config.zone, at=at, by=by):
            raise bad_input(ErrorCode.ALREADY_EXISTS, where="date", value=date)
        return _written(session, date=date, created=True)


def begun(
    session: Session, *, date: datetime.date, zone: str, at: datetime.datetime, by: str | None
) -> StoredDay:
    """Return a day, locked; where there is none yet it begins like the one before it.

    It has the zone, the rules and the closed roads of the day before it, all tricycles that the township
    knows, and what comes by standing order.
    """
    if days.get(session, date=date, lock=True) is None:
        _begin(session, date=date, zone=zone, at=at, by=by)
    return existing(session, date=date, lock=True)


def draft_to_begin(session: Session, *, date: datetime.date, zone: str, title: str = "") -> DayDraft:
    """Return what a day begins with that is like the one before it."""
    before = days.latest_before(session, date=date)
    like = {} if before is None else {name: before.body[name] for name in ("zone", "rules", "closed_roads")}
    return validated(DayDraft, {"zone": zone, **like, "title": title, "date": date.isoformat()})


def delete_day(ctx: Context, caller: Caller, *, date: datetime.date, version: int | None = None) -> None:
    """Delete a day; what it was stays in its history.

    Raises
    ------
    InputError
        NOT_FOUND; CHANGED_MEANWHILE; STILL_USED when a plan of it is published.
    """
    caller.has_to(Permission.EDIT_DAYS)
    at, by = ctx.store.clock(), caller.account_id
    with ctx.store.write() as session:
        stored = existing(session, date=date, version=version, lock=True)
        (entry,) = days.page(session, limit=1, first=date, last=date)
        if entry.published is not None:
            raise bad_input(
                ErrorCode.STILL_USED, where=f"days/{date}", value=date, by=f"plans/{entry.published.id}"
            )
        keep_document(session, stored, at=at, by=by)
        known = [row.id for row in requests.of_day(session, date=date)]
        requests.remove(session, known, date=date, at=at, by=by)
        days.remove(session, date=date)
        audit.note(
            session,
            at=at,
            account_id=by,
            action="deleted",
            kind="day",
            subject=date.isoformat(),
            requests=len(known),
        )


def keep_document(session: Session, stored: StoredDay, *, at: datetime.datetime, by: str | None) -> None:
    """Keep a day as it is, before it is replaced."""
    document = json.dumps(document_of(session, stored))
    days.keep(session, date=stored.date, version=stored.version, document=document, at=at, account_id=by)


def take_requests(
    session: Session,
    wanted: list[Json],
    known: "list[Json] | tuple[()]",
    *,
    date: datetime.date,
    at: datetime.datetime,
    by: str | None,
    source: str = "document",
) -> None:
    """Let a day have exactly these requests, in this order; those that stay as they are are not touched."""
    before = {body["id"]: body for body in known}
    after = {body["id"]: body for body in wanted}
    requests.remove(session, before.keys() - after.keys(), date=date, at=at, by=by)
    changed = {key: body for key, body in after.items() if key in before and before[key] != body}
    requests.change(session, changed, date=date, at=at, by=by)
    added = {key: body for key, body in after.items() if key not in before}
    requests.add(session, added, date=date, source=source, at=at, by=by)
    if [*(key for key in before if key in after), *added] != list(after):
        requests.reorder(session, list(after), date=date)


def _begin(
    session: Session,
    *,
    date: datetime.date,
    zone: str,
    at: datetime.datetime,
    by: str | None,
    title: str = "",
) -> bool:
    """Begin a day; False when somebody else has done so at the same moment."""
    draft = draft_to_begin(session, date=date, zone=zone, title=title)
    body = _header(draft.model_dump(mode="json", by_alias=True))
    if not days.create(session, date=date, body=body, at=at, account_id=by):
        return False
    bring_in(session, (("tricycle", tricycle) for tricycle in master.present(session, "tricycle")), date=date)
    stored = existing(session, date=date, lock=True)
    taken = take_orders(session, stored, at=at, by=by)
    if not taken.added:
        draft_of(session, stored)
    audit.note(
        session,
        at=at,
        account_id=by,
        action="created",
        kind="day",
        subject=date.isoformat(),
        requests=len(taken.added),
        refused=len(taken.refused),
    )
    return True


def _take_items(
    session: Session,
    document: Mapping[str, Any],
    *,
    date: datetime.date,
    zone: ZoneInfo,
    at: datetime.datetime,
    by: str | None,
) -> tuple[int, int]:
    """Split what takes part in a day into references and the day's own; return how many are new, and own."""
    wanted: dict[Key, Json] = {
        (kind, body["id"]): body for kind, name in LISTS.items() for body in document[name]
    }
    own, new = add_records(session, wanted, date=date, zone=zone, at=at, by=by)
    days.replace_items(session, date=date, own=own)
    return new, sum(body is not None for body in own.values())


def _header(document: Mapping[str, Any]) -> Json:
    return {name: value for name, value in document.items() if name in HEADER}


def _written(
    session: Session, *, date: datetime.date, created: bool, new: int = 0, own: int = 0
) -> DayWritten:
    (entry,) = days.page(session, limit=1, first=date, last=date)
    return DayWritten(
        date=date, version=entry.day.version, requests=entry.requests, created=created, new=new, own=own
    )

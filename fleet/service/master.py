"""Master data: what the township knows, changed with a look at the days that it takes part in."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Generic, TypeVar, cast
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from fleet.model import DayDraft, ErrorCode, InputError, bad_input
from fleet.model.base import Count, Document
from fleet.model.contacts import OF_LISTS
from fleet.model.places import Household, Place, Product
from fleet.model.tricycles import Tricycle
from fleet.service.context import Context
from fleet.service.day_parts import (
    LISTS,
    MODELS,
    asked_for,
    bring_in,
    draft_of,
    existing,
    on_date,
    references,
    told_without,
    unchanged,
    validated,
    with_all_named,
)
from fleet.service.paging import DEFAULT_LIMIT, Page, after_of, page_of
from fleet.service.roles import Caller, Permission
from fleet.store import audit, days, master, standing_orders
from fleet.store.master import Kind
from fleet.store.tables import Json, Master

R = TypeVar("R", bound=Place | Household | Product | Tricycle)
KIND_OF: dict[type[Document], Kind] = {model: kind for kind, model in MODELS.items()}


class Kept(Document, Generic[R]):
    """A record of the master data as it is now, and the version that ``If-Match`` has to name."""

    record: R
    version: Count
    changed_at: datetime.datetime
    changed_by: str | None


class KeptVersion(Document, Generic[R]):
    """What a record said at a version; absent where it was deleted."""

    version: Count
    record: R | None
    changed_at: datetime.datetime
    changed_by: str | None


def list_records(
    ctx: Context,
    caller: Caller,
    *,
    model: type[R],
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
    text: str | None = None,
    kind: str | None = None,
    place: str | None = None,
) -> Page[Kept[R]]:
    """Return records by id.

    Parameters
    ----------
    ctx, caller, model
        Which master data.
    limit, cursor
        Of the page.
    text
        Part of an id, a name in any language or a phone.
    kind, place
        Of places their kind, of households their place.
    """
    caller.has_to(Permission.EDIT_DAYS)
    after = after_of(cursor, str)
    fields = {name: value for name, value in (("kind", kind), ("place", place)) if value is not None}
    with ctx.store.read() as session:
        found = master.page(
            session,
            KIND_OF[model],
            limit=limit + 1,
            after=after,
            text=text,
            fields=fields,
        )
        return page_of(found, limit=limit, key=lambda row: (row.id,), item=lambda row: _kept(model, row))


def read_record(ctx: Context, caller: Caller, *, model: type[R], record_id: str) -> Kept[R]:
    """Return a record.

    Raises
    ------
    InputError
        NOT_FOUND.
    """
    caller.has_to(Permission.EDIT_DAYS)
    with ctx.store.read() as session:
        return _kept(model, _present(session, KIND_OF[model], record_id))


def record_history(
    ctx: Context,
    caller: Caller,
    *,
    model: type[R],
    record_id: str,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page[KeptVersion[R]]:
    """Return the versions of a record, the latest first, also of one that was deleted.

    Raises
    ------
    InputError
        NOT_FOUND when there never was one.
    """
    caller.has_to(Permission.EDIT_DAYS)
    kind, before = KIND_OF[model], after_of(cursor, int)
    with ctx.store.read() as session:
        found = master.history(session, kind=kind, record_id=record_id, limit=limit + 1, before=before)
    if not found and before is None:
        raise bad_input(ErrorCode.NOT_FOUND, where="id", value=record_id, kind=kind)
    return page_of(
        found,
        limit=limit,
        key=lambda row: (row.version,),
        item=lambda row: KeptVersion[model](  # type: ignore[valid-type]
            version=row.version,
            record=None if row.body is None else validated(model, row.body),
            changed_at=row.changed_at,
            changed_by=row.changed_by,
        ),
    )


def add_record(ctx: Context, caller: Caller, *, record: R) -> Kept[R]:
    """Write a new record.

    Raises
    ------
    InputError
        ALREADY_EXISTS; what does not fit to the other master data.
    """
    caller.has_to(Permission.EDIT_DAYS)
    kind, body = KIND_OF[type(record)], record.model_dump(mode="json")
    at, by = ctx.store.clock(), caller.account_id
    with ctx.store.write() as session:
        row = master.get(session, kind=kind, record_id=record.id, lock=True)
        if row is not None and row.deleted_at is None:
            raise bad_input(ErrorCode.ALREADY_EXISTS, where="id", value=record.id)
        _check(session, kind, body, ctx=ctx)
        if row is None:
            master.add(session, {(kind, record.id): body}, at=at, by=by)
        else:
            master.change(session, row, body, at=at, by=by)
        audit.note(session, at=at, account_id=by, action="created", kind=kind, subject=record.id)
        return _kept(type(record), _present(session, kind, record.id))


def change_record(
    ctx: Context, caller: Caller, *, record_id: str, record: R, version: int | None = None
) -> Kept[R]:
    """Give a record its next version, which holds for days to come at once; past days keep what it was.

    A day to come that has it otherwise keeps that, but for the name and the phone of a household.

    Raises
    ------
    InputError
        IDS_DIFFER, NOT_FOUND, CHANGED_MEANWHILE; what does not fit to other master data or to a day to come.
    """
    caller.has_to(Permission.EDIT_DAYS)
    if record.id != record_id:
        raise bad_input(ErrorCode.IDS_DIFFER, where="id", value=record.id)
    kind, body = KIND_OF[type(record)], record.model_dump(mode="json")
    at, by = ctx.store.clock(), caller.account_id
    with ctx.store.write() as session:
        master.lock_days(session, kind=kind, record_id=record_id)
        row = _present(session, kind, record_id, lock=True)
        unchanged(row.version, version, where=f"{LISTS[kind]}/{record_id}")
        if row.body != body:
            _check(session, kind, body, ctx=ctx)
            to_come = _pin_past(session, row, ctx=ctx)
            master.change(session, row, body, at=at, by=by)
            if kind == "household":
                to_come += _corrected(session, body, since=_today(ctx))
            for date in to_come:
                with _on_day(date):
                    bring_in(session, references(kind, body), date=date)
                    draft_of(session, existing(session, date=date))
                days.bump(session, date=date, at=at, account_id=by)
            audit.note(
                session,
                at=at,
                account_id=by,
                action="changed",
                kind=kind,
                subject=record_id,
                version=row.version,
                days=len(to_come),
            )
        return _kept(type(record), row)


def delete_record(
    ctx: Context, caller: Caller, *, model: type[R], record_id: str, version: int | None = None
) -> None:
    """Delete a record that nothing to come needs; past days keep it, and its history stays.

    Raises
    ------
    InputError
        NOT_FOUND, CHANGED_MEANWHILE; STILL_USED, by what.
    """
    caller.has_to(Permission.EDIT_DAYS)
    kind = KIND_OF[model]
    at, by = ctx.store.clock(), caller.account_id
    with ctx.store.write() as session:
        master.lock_days(session, kind=kind, record_id=record_id)
        row = _present(session, kind, record_id, lock=True)
        unchanged(row.version, version, where=f"{LISTS[kind]}/{record_id}")
        for user_kind, user in master.users(session, kind=kind, record_id=record_id):
            raise _still_used(kind, record_id, by=f"{LISTS[user_kind]}/{user}")
        for order in standing_orders.page(session):
            if (kind, record_id) in asked_for(order.body["request"]):
                raise _still_used(kind, record_id, by=f"standing-orders/{order.id}")
        _pin_past(session, row, ctx=ctx)
        for date in master.days_that_have(session, kind=kind, record_id=record_id, since=_today(ctx)):
            _take_out(session, kind, record_id, date=date)
            days.bump(session, date=date, at=at, account_id=by)
        master.change(session, row, None, at=at, by=by)
        audit.note(session, at=at, account_id=by, action="deleted", kind=kind, subject=record_id)


def _take_out(session: Session, kind: Kind, record_id: str, *, date: datetime.date) -> None:
    """Take a record out of a day that would do without; a tricycle is always needed where it takes part."""
    stored = existing(session, date=date, lock=True)
    days.remove_item(session, date=date, kind=kind, record_id=record_id)
    try:
        draft_of(session, stored)
    except InputError as error:
        raise _still_used(kind, record_id, by=f"days/{date}") from error
    if kind == "tricycle":
        raise _still_used(kind, record_id, by=f"days/{date}")


def _still_used(kind: Kind, record_id: str, *, by: str) -> InputError:
    return bad_input(ErrorCode.STILL_USED, where=f"{LISTS[kind]}/{record_id}", value=record_id, by=by)


def _present(session: Session, kind: Kind, record_id: str, *, lock: bool = False) -> Master:
    row = master.get(session, kind=kind, record_id=record_id, lock=lock)
    if row is None or row.deleted_at is not None:
        raise bad_input(ErrorCode.NOT_FOUND, where="id", value=record_id, kind=kind)
    return row


def _kept(model: type[R], row: Master) -> Kept[R]:
    return Kept[model](  # type: ignore[valid-type]
        record=validated(model, row.body),
        version=row.version,
        changed_at=row.changed_at,
        changed_by=row.changed_by,
    )


def _today(ctx: Context) -> datetime.date:
    return ctx.store.clock().astimezone(ZoneInfo(ctx.config.zone)).date()


def _pin_past(session: Session, row: Master, *, ctx: Context) -> list[datetime.date]:
    """Let past days keep a record as it is; return the days to come that take it as it will be."""
    kind, today = cast(Kind, row.kind), _today(ctx)
    taking = master.days_that_take(session, kind=kind, record_id=row.id)
    past = {
        date: on_date(kind, row.body, date=date, zone=ZoneInfo(zone)) for date, zone in taking if date < today
    }
    days.pin(session, kind=kind, record_id=row.id, bodies=past)
    return [date for date, _ in taking if date >= today]


def _corrected(session: Session, household: Json, *, since: datetime.date) -> list[datetime.date]:
    """Give name and phone to days to come that have the household otherwise; return these days.

    Whom to call is no matter of a day: what was said last holds.
    """
    said = {name: household[name] for name in OF_LISTS["households"]}
    own = days.own_versions(session, kind="household", record_id=household["id"], since=since)
    corrected = {date: {**body, **said} for date, body in own.items() if body != {**body, **said}}
    bodies = {date: None if body == household else body for date, body in corrected.items()}
    days.pin(session, kind="household", record_id=household["id"], bodies=bodies)
    return list(bodies)


def _check(session: Session, kind: Kind, body: Json, *, ctx: Context) -> None:
    """Check a record against the rest of the master data, by the rules of a day."""
    others: dict[str, Json] = {}
    if kind in ("place", "tricycle"):
        others = master.present(session, kind)
        others.pop(body["id"], None)
    if kind == "place":
        # Only where the other places lie matters for this one.
        others = {key: {**other, "opening": [], "max_kg_of_product": {}} for key, other in others.items()}
    named = with_all_named(
        session,
        [key for record in (*others.values(), body) for key in references(kind, record)],
        without={(kind, record_id) for record_id in (*others, body["id"])},
    )
    lists: dict[str, list[Json]] = {name: [] for name in LISTS.values()}
    today, zone = _today(ctx), ZoneInfo(ctx.config.zone)
    for of_kind, record in [
        *((of_kind, record) for (of_kind, _), record in named.items()),
        *((kind, other) for other in others.values()),
        (kind, body),
    ]:
        lists[LISTS[of_kind]].append(on_date(of_kind, record, date=today, zone=zone))
    with told_without(f"{LISTS[kind]}[{len(lists[LISTS[kind]]) - 1}]."):
        validated(DayDraft, {"date": today.isoformat(), "zone": ctx.config.zone, **lists})


@contextmanager
def _on_day(date: datetime.date) -> Iterator[None]:
    try:
        yield
    except InputError as error:
        raise InputError([replace(p, where=f"days/{date} {p.where}") for p in error.problems]) from error

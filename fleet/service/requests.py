"""Requests of a day, one by one: each is checked against the whole day before it is written."""

import datetime
from typing import Any

from sqlalchemy.orm import Session

from fleet.formats.sheets.merge import last_number
from fleet.model import ErrorCode, bad_input
from fleet.model.base import Count, Document, Id
from fleet.model.requests import Request
from fleet.service.context import Context
from fleet.service.day_parts import (
    asked_for,
    bring_in,
    existing,
    told_without,
    unchanged,
    validated,
)
from fleet.service.days import begun
from fleet.service.paging import DEFAULT_LIMIT, Page, after_of, page_of
from fleet.service.request_checks import check_written
from fleet.service.roles import Caller, Permission
from fleet.store import audit, days, requests
from fleet.store.tables import Json, StoredDay, StoredRequest


class NewRequest(Request):
    """A request to be added; without an id it is given the next number."""

    # Only on its way in: what is written is a Request, which always has one.
    id: Id | None = None  # type: ignore[assignment]


class RequestEntry(Document):
    """A request as it stands in a day, and the version that ``If-Match`` has to name."""

    request: Request
    version: Count
    source: str
    changed_at: datetime.datetime
    changed_by: str | None


class RequestChange(Document):
    """What somebody made of a request; absent where it was deleted."""

    request: Request | None
    changed_at: datetime.datetime
    changed_by: str | None


def read_request(ctx: Context, caller: Caller, *, date: datetime.date, request_id: str) -> RequestEntry:
    """Return a request.

    Raises
    ------
    InputError
        NOT_FOUND.
    """
    caller.has_to(Permission.EDIT_DAYS)
    with ctx.store.read() as session:
        return entry_of(_known(session, date=date, request_id=request_id))


def request_history(
    ctx: Context,
    caller: Caller,
    *,
    date: datetime.date,
    request_id: str,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page[RequestChange]:
    """Return who changed what of a request when, the latest first, also of one that was deleted.

    Raises
    ------
    InputError
        NOT_FOUND when there never was one.
    """
    caller.has_to(Permission.EDIT_DAYS)
    before = after_of(cursor, int)
    with ctx.store.read() as session:
        found = requests.history(session, date=date, request_id=request_id, limit=limit + 1, before=before)
    if not found and before is None:
        raise bad_input(ErrorCode.NOT_FOUND, where="id", value=request_id, kind="request")
    return page_of(
        found,
        limit=limit,
        key=lambda change: (change.id,),
        item=lambda change: RequestChange(
            request=None if change.body is None else validated(Request, change.body),
            changed_at=change.changed_at,
            changed_by=change.changed_by,
        ),
    )


def add_request(ctx: Context, caller: Caller, *, date: datetime.date, request: NewRequest) -> RequestEntry:
    """Add a request to a day, which begins with it where there was none yet.

    Raises
    ------
    InputError
        ALREADY_EXISTS; whatever of the request does not fit to the day.
    """
    caller.has_to(Permission.EDIT_DAYS)
    at, by = ctx.store.clock(), caller.account_id
    with ctx.store.write() as session:
        stored = begun(session, date=date, zone=ctx.config.zone, at=at, by=by)
        request_id = request.id or next_id(session, date=date)
        if requests.get(session, date=date, request_id=request_id) is not None:
            raise bad_input(ErrorCode.ALREADY_EXISTS, where="id", value=request_id)
        body = {**request.model_dump(mode="json"), "id": request_id}
        requests.add(session, {request_id: body}, date=date, source="form", at=at, by=by)
        _settle(session, stored, body, at=at, by=by, action="created")
        return entry_of(_known(session, date=date, request_id=request_id))


def change_request(
    ctx: Context,
    caller: Caller,
    *,
    date: datetime.date,
    request_id: str,
    request: Request,
    version: int | None = None,
) -> RequestEntry:
    """Give a request its next version.

    Raises
    ------
    InputError
        IDS_DIFFER, NOT_FOUND, CHANGED_MEANWHILE; whatever of the request does not fit to the day.
    """
    caller.has_to(Permission.EDIT_DAYS)
    if request.id != request_id:
        raise bad_input(ErrorCode.IDS_DIFFER, where="id", value=request.id)
    body = request.model_dump(mode="json")
    at, by = ctx.store.clock(), caller.account_id
    with ctx.store.write() as session:
        stored = existing(session, date=date, lock=True)
        row = _known(session, date=date, request_id=request_id)
        unchanged(row.version, version, where=f"days/{date}/requests/{request_id}")
        if row.body != body:
            requests.change(session, {request_id: body}, date=date, at=at, by=by)
            _settle(session, stored, body, at=at, by=by, action="changed")
        return entry_of(_known(session, date=date, request_id=request_id))


def delete_request(
    ctx: Context,
    caller: Caller,
    *,
    date: datetime.date,
    request_id: str,
    version: int | None = None,
) -> None:
    """Take a request out of a day, with the locks that name it.

    Raises
    ------
    InputError
        NOT_FOUND, CHANGED_MEANWHILE; STILL_USED when a tricycle has it on board.
    """
    caller.has_to(Permission.EDIT_DAYS)
    at, by = ctx.store.clock(), caller.account_id
    with ctx.store.write() as session:
        stored = existing(session, date=date, lock=True)
        row = _known(session, date=date, request_id=request_id)
        where = f"days/{date}/requests/{request_id}"
        unchanged(row.version, version, where=where)
        for state in stored.body["start_state"]["tricycles"]:
            if any(carried["request"] == request_id for carried in state["on_board"]):
                raise bad_input(ErrorCode.STILL_USED, where=where, by=f"start_state/{state['tricycle']}")
        requests.remove(session, [request_id], date=date, at=at, by=by)
        header = {**stored.body, "locks": _without(stored.body["locks"], request_id)}
        days.bump(session, date=date, at=at, account_id=by, body=header)
        audit.note(
            session,
            at=at,
            account_id=by,
            action="deleted",
            kind="request",
            subject=f"{date}/{request_id}",
        )


def next_id(session: Session, *, date: datetime.date) -> str:
    """Return an id that no request of the day has or had."""
    return f"r{last_number(requests.ids_ever(session, date=date)) + 1:03d}"


def entry_of(row: StoredRequest | requests.Row) -> RequestEntry:
    """Return a row as callers see it."""
    return RequestEntry(
        request=validated(Request, row.body),
        version=row.version,
        source=row.source,
        changed_at=row.changed_at,
        changed_by=row.changed_by,
    )


def _known(session: Session, *, date: datetime.date, request_id: str) -> StoredRequest:
    row = requests.get(session, date=date, request_id=request_id)
    if row is None:
        raise bad_input(ErrorCode.NOT_FOUND, where="id", value=request_id, kind="request")
    return row


def _settle(
    session: Session,
    stored: StoredDay,
    body: Json,
    *,
    at: datetime.datetime,
    by: str | None,
    action: str,
) -> None:
    """Check the day with a request that has just been written, and tell of it."""
    date = stored.date
    brought = bring_in(session, asked_for(body), date=date)
    order = requests.ids_of_day(session, date=date)
    with told_without(f"requests[{order.index(body['id'])}]."):
        check_written(session, stored, body, brought=brought)
    days.bump(session, date=date, at=at, account_id=by)
    audit.note(session, at=at, account_id=by, action=action, kind="request", subject=f"{date}/{body['id']}")


def _without(locks: dict[str, Any], request_id: str) -> dict[str, Any]:
    """Return locks that do not name a request."""
    routes = [
        {
            **route,
            **{
                name: [stop for stop in route[name] if stop["request"] != request_id]
                for name in ("sequence", "frozen")
            },
        }
        for route in locks["routes"]
    ]
    return {
        "requests": [lock for lock in locks["requests"] if lock["request"] != request_id],
        "routes": [route for route in routes if route["sequence"] or route["frozen"]],
    }

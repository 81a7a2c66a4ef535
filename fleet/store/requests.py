"""Requests of days, many at a time, and who changed what of them when."""

import datetime
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, cast

from sqlalchemy import Table, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from fleet.store.chunks import chunks
from fleet.store.tables import Json, RequestHistory, StoredRequest

TABLE = cast(Table, StoredRequest.__table__)
"""Many rows at once are changed below the mapped class, which would compare their versions one by one."""


class Row(NamedTuple):
    """A request as it stands in a day."""

    id: str
    body: Json
    source: str
    version: int
    changed_at: datetime.datetime
    changed_by: str | None
    position: int


_ROWS = select(*(getattr(StoredRequest, name) for name in Row._fields))


def of_day(session: Session, *, date: datetime.date) -> list[Row]:
    """Return a day's requests in its order."""
    rows = session.execute(_ROWS.where(StoredRequest.date == date).order_by(StoredRequest.position))
    return [Row(*row) for row in rows]


def some_of_day(session: Session, request_ids: Collection[str], *, date: datetime.date) -> list[Row]:
    """Return these of a day's requests, in its order."""
    found: list[Row] = []
    for some in chunks(request_ids):
        rows = session.execute(_ROWS.where(StoredRequest.date == date, StoredRequest.id.in_(some)))
        found += [Row(*row) for row in rows]
    return sorted(found, key=lambda row: row.position)


def ids_of_day(session: Session, *, date: datetime.date) -> list[str]:
    """Return the ids of a day's requests in its order."""
    return list(
        session.scalars(
            select(StoredRequest.id).where(StoredRequest.date == date).order_by(StoredRequest.position)
        )
    )


def get(session: Session, *, date: datetime.date, request_id: str) -> StoredRequest | None:
    """Return one request."""
    return session.get(StoredRequest, (date, request_id), populate_existing=True)


def add(
    session: Session,
    bodies: Mapping[str, Json],
    *,
    date: datetime.date,
    source: str,
    at: datetime.datetime,
    by: str | None,
) -> None:
    """Write new requests behind those that the day has."""
    if not bodies:
        return
    last = session.scalar(select(func.max(StoredRequest.position)).where(StoredRequest.date == date))
    first = 0 if last is None else last + 1
    session.execute(
        insert(StoredRequest),
        [
            {
                "date": date,
                "id": request_id,
                "position": position,
                "body": body,
                "source": source,
                "version": 1,
                "changed_at": at,
                "changed_by": by,
            }
            for position, (request_id, body) in enumerate(bodies.items(), start=first)
        ],
    )
    _note(session, bodies, date=date, at=at, by=by)


def change(
    session: Session,
    bodies: Mapping[str, Json],
    *,
    date: datetime.date,
    at: datetime.datetime,
    by: str | None,
) -> None:
    """Give requests their next versions."""
    if not bodies:
        return
    session.connection().execute(
        update(TABLE)
        .where(TABLE.c.date == bindparam("of_date"), TABLE.c.id == bindparam("of_id"))
        .values(
            body=bindparam("new_body"),
            version=TABLE.c.version + 1,
            changed_at=bindparam("at"),
            changed_by=bindparam("by"),
        ),
        [
            {"of_date": date, "of_id": request_id, "new_body": body, "at": at, "by": by}
            for request_id, body in bodies.items()
        ],
    )
    _note(session, bodies, date=date, at=at, by=by)


def remove(
    session: Session,
    request_ids: Collection[str],
    *,
    date: datetime.date,
    at: datetime.datetime,
    by: str | None,
) -> None:
    """Take requests out of a day; their histories stay."""
    for some in chunks(request_ids):
        session.execute(delete(StoredRequest).where(StoredRequest.date == date, StoredRequest.id.in_(some)))
    _note(session, dict.fromkeys(request_ids), date=date, at=at, by=by)


def reorder(session: Session, order: Sequence[str], *, date: datetime.date) -> None:
    """Put a day's requests into this order."""
    rows = [{"of_date": date, "of_id": request_id, "place": place} for place, request_id in enumerate(order)]
    if rows:
        session.connection().execute(
            update(TABLE)
            .where(TABLE.c.date == bindparam("of_date"), TABLE.c.id == bindparam("of_id"))
            .values(position=bindparam("place")),
            rows,
        )


def history(
    session: Session, *, date: datetime.date, request_id: str, limit: int, before: int | None = None
) -> Sequence[RequestHistory]:
    """Return what was written of a request, the latest first; ``before`` is the id of such a row."""
    query = select(RequestHistory).where(RequestHistory.date == date, RequestHistory.request_id == request_id)
    if before is not None:
        query = query.where(RequestHistory.id < before)
    return session.scalars(query.order_by(RequestHistory.id.desc()).limit(limit)).all()


def ever_had(session: Session, request_ids: Collection[str], *, date: datetime.date) -> set[str]:
    """Return which of these requests the day has or once had."""
    found: set[str] = set()
    for some in chunks(request_ids):
        found |= set(
            session.scalars(
                select(RequestHistory.request_id).where(
                    RequestHistory.date == date, RequestHistory.request_id.in_(some)
                )
            )
        )
    return found


def ids_ever(session: Session, *, date: datetime.date) -> set[str]:
    """Return the ids of all requests that the day has or once had."""
    return set(
        session.scalars(select(RequestHistory.request_id).where(RequestHistory.date == date).distinct())
    )


def _note(
    session: Session,
    bodies: Mapping[str, Json] | Mapping[str, None],
    *,
    date: datetime.date,
    at: datetime.datetime,
    by: str | None,
) -> None:
    if bodies:
        session.execute(
            insert(RequestHistory),
            [
                {"date": date, "request_id": request_id, "body": body, "changed_at": at, "changed_by": by}
                for request_id, body in bodies.items()
            ],
        )

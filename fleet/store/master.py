"""Master data: the places, tricycles, households and products of the township, version by version."""

import datetime
from collections.abc import Collection, Mapping, Sequence
from typing import Literal, cast, get_args

from sqlalchemy import ColumnElement, insert, or_, select
from sqlalchemy.orm import Session

from fleet.store.chunks import chunks
from fleet.store.tables import DayItem, Json, Master, MasterHistory, StoredDay

Kind = Literal["place", "household", "product", "tricycle"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Key = tuple[Kind, str]
LANGUAGES = ("en", "zh-Hans", "ug")


def get(session: Session, *, kind: Kind, record_id: str, lock: bool = False) -> Master | None:
    """Return a record, deleted or not; locked until the transaction ends where it is to be changed."""
    return session.get(
        Master, (kind, record_id), with_for_update=True if lock else None, populate_existing=lock
    )


def find(session: Session, wanted: Mapping[Kind, Collection[str]]) -> dict[Key, tuple[Json, bool]]:
    """Return what is known of these ids: the record, and whether it was deleted.

    Nobody changes or deletes them until the transaction ends, which writes something that names them.
    """
    found: dict[Key, tuple[Json, bool]] = {}
    for kind, ids in wanted.items():
        for some in chunks(ids):
            rows = session.execute(
                select(Master.id, Master.body, Master.deleted_at)
                .where(Master.kind == kind, Master.id.in_(some))
                .with_for_update(read=True)
            )
            found |= {(kind, row.id): (row.body, row.deleted_at is not None) for row in rows}
    return found


def present(session: Session, kind: Kind) -> dict[str, Json]:
    """Return all records of a kind that are not deleted, by id."""
    rows = session.execute(
        select(Master.id, Master.body)
        .where(Master.kind == kind, Master.deleted_at.is_(None))
        .order_by(Master.id)
    )
    return {row.id: row.body for row in rows}


def page(
    session: Session,
    kind: Kind,
    *,
    limit: int,
    after: str | None = None,
    text: str | None = None,
    fields: Mapping[str, str] | None = None,
) -> Sequence[Master]:
    """Return records that are not deleted, by id.

    Parameters
    ----------
    session, kind
        Which.
    limit, after
        How many, and the id to go on behind.
    text
        Part of an id, a name in any language or a phone.
    fields
        What fields of the record have to say, such as ``{"place": "village-1"}``.
    """
    query = select(Master).where(Master.kind == kind, Master.deleted_at.is_(None))
    if after is not None:
        query = query.where(Master.id > after)
    if text:
        query = query.where(_names(text))
    for name, value in (fields or {}).items():
        query = query.where(Master.body[name].as_string() == value)
    return session.scalars(query.order_by(Master.id).limit(limit)).all()


def add(
    session: Session,
    records: Mapping[Key, Json],
    *,
    at: datetime.datetime,
    by: str | None,
) -> None:
    """Write records that there were none of."""
    if not records:
        return
    rows = [
        {"kind": kind, "id": record_id, "body": body, "version": 1, "changed_at": at, "changed_by": by}
        for (kind, record_id), body in records.items()
    ]
    session.execute(insert(Master), rows)
    session.execute(insert(MasterHistory), rows)


def change(
    session: Session, record: Master, body: Json | None, *, at: datetime.datetime, by: str | None
) -> None:
    """Give a record its next version; without a body it is deleted, and stays known."""
    if body is not None:
        record.body = body
    record.deleted_at = None if body is not None else at
    record.changed_at, record.changed_by = at, by
    session.flush()
    session.add(
        MasterHistory(
            kind=record.kind, id=record.id, version=record.version, body=body, changed_at=at, changed_by=by
        )
    )
    session.flush()


def history(
    session: Session, *, kind: str, record_id: str, limit: int, before: int | None = None
) -> Sequence[MasterHistory]:
    """Return versions of a record or a standing order, the latest first; ``before`` is a version."""
    query = select(MasterHistory).where(MasterHistory.kind == kind, MasterHistory.id == record_id)
    if before is not None:
        query = query.where(MasterHistory.version < before)
    return session.scalars(query.order_by(MasterHistory.version.desc()).limit(limit)).all()


def users(session: Session, *, kind: Kind, record_id: str) -> list[Key]:
    """Return records that name this one."""
    if kind == "product":
        # An id may hold what a path into JSON cannot.
        places = present(session, "place")
        return [("place", key) for key, body in places.items() if record_id in body["max_kg_of_product"]]
    if kind != "place":
        return []
    named = (Master.body[field].as_string() == record_id for field in ("place", "start_place", "end_place"))
    rows = session.execute(
        select(Master.kind, Master.id).where(Master.deleted_at.is_(None), or_(*named)).order_by(Master.id)
    )
    return [(cast(Kind, row.kind), row.id) for row in rows]


def lock_days(session: Session, *, kind: Kind, record_id: str) -> None:
    """Lock the days that a record takes part in, before the record: as whoever writes a day does."""
    session.execute(
        select(StoredDay.date)
        .join(DayItem, DayItem.date == StoredDay.date)
        .where(DayItem.kind == kind, DayItem.id == record_id)
        .order_by(StoredDay.date)
        .with_for_update(of=StoredDay)
    )


def days_that_take(session: Session, *, kind: Kind, record_id: str) -> list[tuple[datetime.date, str]]:
    """Return date and zone of the days that take a record as it is."""
    rows = session.execute(
        select(StoredDay.date, StoredDay.body)
        .join(DayItem, DayItem.date == StoredDay.date)
        .where(DayItem.kind == kind, DayItem.id == record_id, DayItem.body.is_(None))
        .order_by(StoredDay.date)
    )
    return [(row.date, row.body["zone"]) for row in rows]


def days_that_have(
    session: Session, *, kind: Kind, record_id: str, since: datetime.date
) -> list[datetime.date]:
    """Return the days from a date on that a record takes part in, as it is or otherwise."""
    return list(
        session.scalars(
            select(DayItem.date)
            .where(DayItem.kind == kind, DayItem.id == record_id, DayItem.date >= since)
            .order_by(DayItem.date)
        )
    )


def _names(text: str) -> ColumnElement[bool]:
    names = [Master.body["names"][language].as_string() for language in LANGUAGES]
    columns = [Master.id, Master.body["name"].as_string(), Master.body["phone"].as_string(), *names]
    return or_(*(column.icontains(text, autoescape=True) for column in columns))

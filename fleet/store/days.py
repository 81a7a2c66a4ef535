"""Days: their headers, what takes part in them, what they were before, and the list of them."""

import datetime
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple, cast

from sqlalchemy import Table, bindparam, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, undefer

from fleet.store.master import Key, Kind
from fleet.store.tables import (
    DayHistory,
    DayItem,
    Json,
    Master,
    Publication,
    StoredDay,
    StoredPlan,
    StoredRequest,
)

ITEMS = cast(Table, DayItem.__table__)


class Item(NamedTuple):
    """What takes part in a day: the day's own version, or None and the record of the master data."""

    kind: Kind
    id: str
    own: Json | None
    known: Json | None


class Listed(NamedTuple):
    """A day in the list of days."""

    day: StoredDay
    requests: int
    plan: StoredPlan | None
    published: StoredPlan | None


def get(session: Session, *, date: datetime.date, lock: bool = False) -> StoredDay | None:
    """Return a day's header; locked, nobody else changes the day until the transaction ends."""
    return session.get(StoredDay, date, with_for_update=True if lock else None, populate_existing=True)


def latest_before(session: Session, *, date: datetime.date) -> StoredDay | None:
    """Return the header of the day that comes before a date."""
    return session.scalar(
        select(StoredDay).where(StoredDay.date < date).order_by(StoredDay.date.desc()).limit(1)
    )


def create(
    session: Session, *, date: datetime.date, body: Json, at: datetime.datetime, account_id: str | None
) -> bool:
    """Write a header; False when somebody else wrote one at the same moment.

    A date that had a day before goes on counting its versions.
    """
    last = session.scalar(select(func.max(DayHistory.version)).where(DayHistory.date == date)) or 0
    header = insert(StoredDay).values(
        date=date, body=body, version=last + 1, created_at=at, changed_at=at, changed_by=account_id
    )
    try:
        with session.begin_nested():
            session.execute(header)
    except IntegrityError:
        return False
    return True


def bump(
    session: Session,
    *,
    date: datetime.date,
    at: datetime.datetime,
    account_id: str | None,
    body: Json | None = None,
) -> int:
    """Raise a day's version, with another header where one is given, and return it."""
    header = {} if body is None else {"body": body}
    return session.scalars(
        update(StoredDay)
        .where(StoredDay.date == date)
        .values(version=StoredDay.version + 1, changed_at=at, changed_by=account_id, **header)
        .returning(StoredDay.version)
        .execution_options(synchronize_session=False)
    ).one()


def remove(session: Session, *, date: datetime.date) -> None:
    """Delete a day with its items and requests; what it was stays in the histories."""
    session.execute(delete(StoredDay).where(StoredDay.date == date))


def items(session: Session, *, date: datetime.date, households: Collection[str] | None = None) -> list[Item]:
    """Return what takes part in a day, each kind in the day's order; of households only some where asked."""
    query = (
        select(DayItem.kind, DayItem.id, DayItem.body, Master.body)
        .outerjoin(Master, (Master.kind == DayItem.kind) & (Master.id == DayItem.id))
        .where(DayItem.date == date)
        .order_by(DayItem.kind, DayItem.position)
    )
    if households is not None:
        query = query.where((DayItem.kind != "household") | DayItem.id.in_(households))
    rows = session.execute(query)
    return [Item(cast(Kind, row[0]), row[1], row[2], row[3]) for row in rows]


def keys(session: Session, *, date: datetime.date) -> set[Key]:
    """Return kind and id of what takes part in a day."""
    rows = session.execute(select(DayItem.kind, DayItem.id).where(DayItem.date == date))
    return {(row.kind, row.id) for row in rows}


def add_items(session: Session, *, date: datetime.date, own: Mapping[Key, Json | None]) -> None:
    """Let records take part in a day, behind those that do: the day's own versions, or None."""
    if not own:
        return
    last = session.scalar(select(func.max(DayItem.position)).where(DayItem.date == date))
    first = 0 if last is None else last + 1
    session.execute(
        insert(DayItem),
        [
            {"date": date, "kind": kind, "id": record_id, "position": position, "body": body}
            for position, ((kind, record_id), body) in enumerate(own.items(), start=first)
        ],
    )


def replace_items(session: Session, *, date: datetime.date, own: Mapping[Key, Json | None]) -> None:
    """Let exactly these take part in a day."""
    session.execute(delete(DayItem).where(DayItem.date == date))
    add_items(session, date=date, own=own)


def remove_item(session: Session, *, date: datetime.date, kind: Kind, record_id: str) -> None:
    """Let a record take part in a day no more."""
    session.execute(
        delete(DayItem).where(DayItem.date == date, DayItem.kind == kind, DayItem.id == record_id)
    )


def own_versions(
    session: Session, *, kind: Kind, record_id: str, since: datetime.date
) -> dict[datetime.date, Json]:
    """Return what days from a date on have of a record otherwise than the master data."""
    query = select(DayItem.date, DayItem.body).where(
        DayItem.kind == kind, DayItem.id == record_id, DayItem.date >= since, DayItem.body.is_not(None)
    )
    return {date: body for date, body in session.execute(query.order_by(DayItem.date)) if body is not None}


def pin(session: Session, *, kind: Kind, record_id: str, bodies: Mapping[datetime.date, Json | None]) -> None:
    """Give days their own version of a record, or with None that of the master data."""
    if bodies:
        session.connection().execute(
            update(ITEMS)
            .where(ITEMS.c.date == bindparam("of_date"), ITEMS.c.kind == kind, ITEMS.c.id == record_id)
            .values(body=bindparam("new_body")),
            [{"of_date": date, "new_body": body} for date, body in bodies.items()],
        )


def keep(
    session: Session,
    *,
    date: datetime.date,
    version: int,
    document: str,
    at: datetime.datetime,
    account_id: str | None,
) -> None:
    """Keep a day's document, before it is replaced."""
    session.execute(
        insert(DayHistory).values(
            date=date, version=version, document=document, changed_at=at, changed_by=account_id
        )
    )


def kept(session: Session, *, date: datetime.date, version: int) -> DayHistory | None:
    """Return a version of a day that was kept, with its document."""
    return session.get(DayHistory, (date, version), options=[undefer(DayHistory.document)])


def page(
    session: Session,
    *,
    limit: int,
    before: datetime.date | None = None,
    first: datetime.date | None = None,
    last: datetime.date | None = None,
) -> list[Listed]:
    """Return days, the latest first, with their numbers of requests and their plans."""
    query = select(StoredDay)
    if before is not None:
        query = query.where(StoredDay.date < before)
    if first is not None:
        query = query.where(StoredDay.date >= first)
    if last is not None:
        query = query.where(StoredDay.date <= last)
    days = session.scalars(
        query.order_by(StoredDay.date.desc()).limit(limit).execution_options(populate_existing=True)
    ).all()
    dates = [day.date for day in days]
    requests = dict(
        session.execute(
            select(StoredRequest.date, func.count())
            .where(StoredRequest.date.in_(dates))
            .group_by(StoredRequest.date)
        ).all()
    )
    plans, published = _latest_plans(session, dates), _published(session, dates)
    return [
        Listed(day, requests.get(day.date, 0), plans.get(day.date), published.get(day.date)) for day in days
    ]


def _latest_plans(session: Session, dates: Iterable[datetime.date]) -> dict[datetime.date, StoredPlan]:
    last = (
        select(StoredPlan.date, func.max(StoredPlan.number).label("number"))
        .where(StoredPlan.date.in_(dates))
        .group_by(StoredPlan.date)
        .subquery()
    )
    rows = session.scalars(
        select(StoredPlan).join(last, (StoredPlan.date == last.c.date) & (StoredPlan.number == last.c.number))
    )
    return {plan.date: plan for plan in rows}


def _published(session: Session, dates: Iterable[datetime.date]) -> dict[datetime.date, StoredPlan]:
    last = (
        select(func.max(Publication.id).label("id"))
        .where(Publication.date.in_(dates))
        .group_by(Publication.date)
        .subquery()
    )
    rows = session.execute(
        select(Publication.date, StoredPlan)
        .join(StoredPlan, StoredPlan.id == Publication.plan_id)
        .join(last, last.c.id == Publication.id)
        .where(Publication.withdrawn.is_(False))
    )
    return dict(rows.all())

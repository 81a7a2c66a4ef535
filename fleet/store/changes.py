"""What was changed of a day: its requests and the whole of it, brought together by moment and account."""

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, and_, case, func, or_, select, union
from sqlalchemy.orm import Session

from fleet.store.tables import DayHistory, RequestHistory

Moment = tuple[datetime.datetime, str]
"""When, and the account; empty for the system."""
NOBODY = ""


@dataclass(kw_only=True)
class Changes:
    """What one account changed at one moment.

    ``version`` is that of the day before it was replaced or deleted as a whole. Other ids are of requests.
    """

    moment: Moment
    version: int | None = None
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)


def page(
    session: Session, *, date: datetime.date, limit: int, before: Moment | None = None
) -> Sequence[Changes]:
    """Return the changes of a date, the latest first; ``before`` is the moment of such."""
    moments = union(
        *(
            select(table.changed_at.label("at"), _account(table).label("by")).where(table.date == date)
            for table in (DayHistory, RequestHistory)
        )
    ).subquery()
    at, by = moments.c.at, moments.c.by
    query = select(at, by).order_by(at.desc(), by.desc()).limit(limit)
    if before is not None:
        query = query.where(or_(at < before[0], and_(at == before[0], by < before[1])))
    found = {(row.at, row.by): Changes(moment=(row.at, row.by)) for row in session.execute(query)}
    if found:
        _add_days(session, found, date=date)
        _add_requests(session, found, date=date)
    return list(found.values())


def _add_days(session: Session, found: dict[Moment, Changes], *, date: datetime.date) -> None:
    query = (
        select(DayHistory.version, DayHistory.changed_at, _account(DayHistory))
        .where(DayHistory.date == date, DayHistory.changed_at.between(*_span(found)))
        .order_by(DayHistory.version.desc())
    )
    for version, at, by in session.execute(query):
        if (at, by) in found:
            # Of several at once the first is the one before all of them.
            found[at, by].version = version


def _add_requests(session: Session, found: dict[Moment, Changes], *, date: datetime.date) -> None:
    stands = case((RequestHistory.body.is_(None), 0), else_=1)
    stood = func.lag(stands).over(partition_by=RequestHistory.request_id, order_by=RequestHistory.id)
    # A request may stand since long before the page: its line before is looked for among all of the date.
    lines = (
        select(
            RequestHistory.id,
            RequestHistory.request_id,
            RequestHistory.changed_at,
            _account(RequestHistory).label("by"),
            stands.label("stands"),
            stood.label("stood"),
        )
        .where(RequestHistory.date == date)
        .subquery()
    )
    query = select(lines).where(lines.c.changed_at.between(*_span(found))).order_by(lines.c.id)
    for line in session.execute(query):
        changes = found.get((line.changed_at, line.by))
        if changes is not None:
            kind = changes.deleted if not line.stands else changes.changed if line.stood else changes.added
            kind.append(line.request_id)


def _span(found: Collection[Moment]) -> tuple[datetime.datetime, datetime.datetime]:
    """Return the first and the last instant of some changes."""
    return min(found)[0], max(found)[0]


def _account(table: type[DayHistory] | type[RequestHistory]) -> ColumnElement[str]:
    return func.coalesce(table.changed_by, NOBODY)

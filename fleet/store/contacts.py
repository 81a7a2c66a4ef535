"""Whom to call and what to mind at some stops of a day, without the rest of the day."""

import datetime
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.store.tables import DayItem, Json, Master, StoredRequest


def households_of(session: Session, ids: Collection[str], *, date: datetime.date) -> dict[str, Json]:
    """Return those of these households that take part in a day, as the day has them."""
    query = (
        select(DayItem.id, DayItem.body, Master.body)
        .outerjoin(Master, (Master.kind == DayItem.kind) & (Master.id == DayItem.id))
        .where(DayItem.date == date, DayItem.kind == "household", DayItem.id.in_(ids))
    )
    return {key: own or known for key, own, known in session.execute(query) if own or known}


def notes_of(session: Session, ids: Collection[str], *, date: datetime.date) -> dict[str, str]:
    """Return the notes of those of these requests that a day still has."""
    query = select(StoredRequest.id, StoredRequest.body["note"].as_string()).where(
        StoredRequest.date == date, StoredRequest.id.in_(ids)
    )
    return {key: note or "" for key, note in session.execute(query)}

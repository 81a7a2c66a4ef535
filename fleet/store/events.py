"""Events as they were received: added once, read in the order in which they came."""

import datetime
from collections.abc import Collection, Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from fleet.store.tables import Event


def last_number(session: Session, *, date: datetime.date) -> int:
    """Return the number of the latest event of a date, 0 where there is none."""
    return session.scalar(select(func.max(Event.number)).where(Event.date == date)) or 0


def with_ids(session: Session, *, date: datetime.date, sender: str, ids: Collection[str]) -> Sequence[Event]:
    """Return what a sender has sent under some ids."""
    query = select(Event).where(Event.date == date, Event.sender == sender, Event.id.in_(ids))
    return session.scalars(query).all()


def add(session: Session, events: Sequence[Event]) -> None:
    """Keep events; whoever calls this has locked the day, so that numbers follow each other."""
    session.add_all(events)
    session.flush()


def page(
    session: Session,
    *,
    date: datetime.date,
    after: int = 0,
    limit: int | None = None,
    tricycle: str | None = None,
) -> Sequence[Event]:
    """Return the events of a date, or of one tricycle, in the order in which they came."""
    query = select(Event).where(Event.date == date, Event.number > after)
    if tricycle is not None:
        query = query.where(Event.tricycle == tricycle)
    return session.scalars(query.order_by(Event.number).limit(limit)).all()


def page_of_driver(
    session: Session,
    *,
    date: datetime.date,
    sender: str,
    tricycle: str | None,
    after: int = 0,
    limit: int | None = None,
    only: str | None = None,
) -> Sequence[Event]:
    """Return what a driver has sent, and what counts for the driver's tricycle, whoever sent it.

    ``only`` leaves of these the events of one tricycle.
    """
    own = Event.sender == sender
    if tricycle is not None:
        own = or_(own, (Event.tricycle == tricycle) & Event.counts)
    query = select(Event).where(Event.date == date, Event.number > after, own)
    if only is not None:
        query = query.where(Event.tricycle == only)
    return session.scalars(query.order_by(Event.number).limit(limit)).all()


def concerning(
    session: Session, *, date: datetime.date, tricycles: Collection[str], requests: Collection[str]
) -> Sequence[Event]:
    """Return all events of some tricycles, and of others that reported the same requests."""
    others = select(Event.tricycle).where(Event.date == date, Event.request.in_(requests))
    query = select(Event).where(
        Event.date == date, or_(Event.tricycle.in_(tricycles), Event.tricycle.in_(others))
    )
    return session.scalars(query.order_by(Event.number)).all()

"""Standing orders: requests that come again."""

import datetime
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.store.tables import Json, StandingOrder


def get(session: Session, *, order_id: str, lock: bool = False) -> StandingOrder | None:
    """Return an order; locked until the transaction ends where it is to be changed."""
    return session.get(
        StandingOrder, order_id, with_for_update=True if lock else None, populate_existing=lock
    )


def page(session: Session, *, limit: int | None = None, after: str | None = None) -> Sequence[StandingOrder]:
    """Return orders by id."""
    query = select(StandingOrder).order_by(StandingOrder.id).limit(limit)
    return session.scalars(query if after is None else query.where(StandingOrder.id > after)).all()


def add(
    session: Session, *, order_id: str, body: Json, at: datetime.datetime, by: str | None
) -> StandingOrder:
    """Write a new order."""
    order = StandingOrder(id=order_id, body=body, changed_at=at, changed_by=by)
    session.add(order)
    session.flush()
    return order


def change(
    session: Session, order: StandingOrder, body: Json, *, at: datetime.datetime, by: str | None
) -> None:
    """Give an order its next version."""
    order.body, order.changed_at, order.changed_by = body, at, by
    session.flush()


def remove(session: Session, order: StandingOrder) -> None:
    """Delete an order; the requests that came of it stay."""
    session.delete(order)
    session.flush()

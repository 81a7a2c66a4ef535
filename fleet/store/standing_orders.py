"""Standing orders: requests that come again, version by version."""

import datetime
from collections.abc import Sequence

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from fleet.store import master
from fleet.store.tables import Json, MasterHistory, StandingOrder

HISTORY_KIND = "standing_order"
"""Under which the history of the master data keeps what orders said."""


def get(session: Session, *, order_id: str, lock: bool = False) -> StandingOrder | None:
    """Return an order; locked until the transaction ends where it is to be changed."""
    return session.get(
        StandingOrder, order_id, with_for_update=True if lock else None, populate_existing=lock
    )


def page(session: Session, *, limit: int | None = None, after: str | None = None) -> Sequence[StandingOrder]:
    """Return orders by id."""
    query = select(StandingOrder).order_by(StandingOrder.id).limit(limit)
    return session.scalars(query if after is None else query.where(StandingOrder.id > after)).all()


def ids_ever(session: Session) -> set[str]:
    """Return the ids of all orders that there are or once were."""
    kind = MasterHistory.kind == HISTORY_KIND
    return set(session.scalars(select(MasterHistory.id).where(kind).distinct()))


def add(session: Session, *, order_id: str, body: Json, at: datetime.datetime, by: str | None) -> None:
    """Write a new order. An id that was there before goes on counting its versions."""
    last = session.scalar(
        select(func.max(MasterHistory.version)).where(
            MasterHistory.kind == HISTORY_KIND, MasterHistory.id == order_id
        )
    )
    version = (last or 0) + 1
    session.execute(
        insert(StandingOrder).values(id=order_id, body=body, version=version, changed_at=at, changed_by=by)
    )
    _note(session, order_id, version=version, body=body, at=at, by=by)


def change(
    session: Session, order: StandingOrder, body: Json, *, at: datetime.datetime, by: str | None
) -> None:
    """Give an order its next version."""
    order.body, order.changed_at, order.changed_by = body, at, by
    session.flush()
    _note(session, order.id, version=order.version, body=body, at=at, by=by)


def remove(session: Session, order: StandingOrder, *, at: datetime.datetime, by: str | None) -> None:
    """Delete an order; the requests that came of it stay."""
    _note(session, order.id, version=order.version + 1, body=None, at=at, by=by)
    session.delete(order)
    session.flush()


def history(
    session: Session, *, order_id: str, limit: int, before: int | None = None
) -> Sequence[MasterHistory]:
    """Return versions of an order, the latest first; ``before`` is a version."""
    return master.history(session, kind=HISTORY_KIND, record_id=order_id, limit=limit, before=before)


def _note(
    session: Session,
    order_id: str,
    *,
    version: int,
    body: Json | None,
    at: datetime.datetime,
    by: str | None,
) -> None:
    session.add(
        MasterHistory(
            kind=HISTORY_KIND, id=order_id, version=version, body=body, changed_at=at, changed_by=by
        )
    )
    session.flush()

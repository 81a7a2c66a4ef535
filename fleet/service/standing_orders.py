"""Standing orders: written, listed, and let into a day that has begun already."""

import datetime
import re
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from fleet.model import DayDraft, ErrorCode, bad_input
from fleet.model.base import Count, Document
from fleet.service.context import Context
from fleet.service.day_parts import LISTS, asked_for, told_without, unchanged, validated, with_all_named
from fleet.service.days import begun
from fleet.service.paging import DEFAULT_LIMIT, Page, after_of, page_of
from fleet.service.recurring import OrderId, OrdersTaken, StandingOrder, awaited_on, take_orders
from fleet.service.roles import Caller, Permission
from fleet.store import audit, days, standing_orders
from fleet.store.tables import Json
from fleet.store.tables import StandingOrder as StoredOrder

KIND = "standing_order"
SAMPLE_DATE = datetime.date(2000, 1, 1)
"""Any date: only the clock of a standing order counts, and all places are open then."""
_NUMBERED = re.compile(r"s([0-9]{1,10})")


class NewStandingOrder(StandingOrder):
    """An order to be added; without an id it is given the next number."""

    # Only on its way in: what is written is a StandingOrder, which always has one.
    id: OrderId | None = None  # type: ignore[assignment]


class OrderEntry(Document):
    """A standing order as it is now, and the version that ``If-Match`` has to name."""

    order: StandingOrder
    version: Count
    changed_at: datetime.datetime
    changed_by: str | None


class OrderVersion(Document):
    """What an order said at a version; absent where it was deleted."""

    version: Count
    order: StandingOrder | None
    changed_at: datetime.datetime
    changed_by: str | None


def list_orders(
    ctx: Context, caller: Caller, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None
) -> Page[OrderEntry]:
    """Return standing orders by id."""
    caller.has_to(Permission.EDIT_DAYS)
    after = after_of(cursor, str)
    with ctx.store.read() as session:
        found = standing_orders.page(session, limit=limit + 1, after=after)
        return page_of(found, limit=limit, key=lambda row: (row.id,), item=_entry)


def read_order(ctx: Context, caller: Caller, *, order_id: str) -> OrderEntry:
    """Return a standing order.

    Raises
    ------
    InputError
        NOT_FOUND.
    """
    caller.has_to(Permission.EDIT_DAYS)
    with ctx.store.read() as session:
        return _entry(_known(session, order_id))


def order_history(
    ctx: Context,
    caller: Caller,
    *,
    order_id: str,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page[OrderVersion]:
    """Return the versions of an order, the latest first, also of one that was deleted.

    Raises
    ------
    InputError
        NOT_FOUND when there never was one.
    """
    caller.has_to(Permission.EDIT_DAYS)
    before = after_of(cursor, int)
    with ctx.store.read() as session:
        found = standing_orders.history(session, order_id=order_id, limit=limit + 1, before=before)
    if not found and before is None:
        raise bad_input(ErrorCode.NOT_FOUND, where="id", value=order_id, kind=KIND)
    return page_of(
        found,
        limit=limit,
        key=lambda row: (row.version,),
        item=lambda row: OrderVersion(
            version=row.version,
            order=None if row.body is None else validated(StandingOrder, row.body),
            changed_at=row.changed_at,
            changed_by=row.changed_by,
        ),
    )


def add_order(ctx: Context, caller: Caller, *, order: NewStandingOrder) -> OrderEntry:
    """Add a standing order.

    Raises
    ------
    InputError
        ALREADY_EXISTS; UNKNOWN_ID and whatever else does not fit to the master data.
    """
    caller.has_to(Permission.EDIT_DAYS)
    at, by = ctx.store.clock(), caller.account_id
    with ctx.store.write() as session:
        order_id = order.id or _next_id(session)
        if standing_orders.get(session, order_id=order_id) is not None:
            raise bad_input(ErrorCode.ALREADY_EXISTS, where="id", value=order_id)
        body = {**order.model_dump(mode="json"), "id": order_id}
        _check(session, body, ctx=ctx)
        standing_orders.add(session, order_id=order_id, body=body, at=at, by=by)
        audit.note(session, at=at, account_id=by, action="created", kind=KIND, subject=order_id)
        return _entry(_known(session, order_id))


def change_order(
    ctx: Context,
    caller: Caller,
    *,
    order_id: str,
    order: StandingOrder,
    version: int | None = None,
) -> OrderEntry:
    """Give a standing order its next version; requests that came of it stay as they are.

    Raises
    ------
    InputError
        IDS_DIFFER, NOT_FOUND, CHANGED_MEANWHILE; whatever does not fit to the master data.
    """
    caller.has_to(Permission.EDIT_DAYS)
    if order.id != order_id:
        raise bad_input(ErrorCode.IDS_DIFFER, where="id", value=order.id)
    body = order.model_dump(mode="json")
    at, by = ctx.store.clock(), caller.account_id
    with ctx.store.write() as session:
        row = _known(session, order_id, lock=True)
        unchanged(row.version, version, where=f"standing-orders/{order_id}")
        if row.body != body:
            _check(session, body, ctx=ctx)
            standing_orders.change(session, row, body, at=at, by=by)
            audit.note(session, at=at, account_id=by, action="changed", kind=KIND, subject=order_id)
        return _entry(row)


def delete_order(ctx: Context, caller: Caller, *, order_id: str, version: int | None = None) -> None:
    """Delete a standing order; requests that came of it stay.

    Raises
    ------
    InputError
        NOT_FOUND, CHANGED_MEANWHILE.
    """
    caller.has_to(Permission.EDIT_DAYS)
    at, by = ctx.store.clock(), caller.account_id
    with ctx.store.write() as session:
        row = _known(session, order_id, lock=True)
        unchanged(row.version, version, where=f"standing-orders/{order_id}")
        standing_orders.remove(session, row, at=at, by=by)
        audit.note(session, at=at, account_id=by, action="deleted", kind=KIND, subject=order_id)


def apply_orders(ctx: Context, caller: Caller, *, date: datetime.date) -> OrdersTaken:
    """Let what is due by standing order into a day, once: called again, it adds what is due since.

    A day that there is not begins with what is due; where nothing is, there is still none.
    """
    caller.has_to(Permission.EDIT_DAYS)
    at, by = ctx.store.clock(), caller.account_id
    with ctx.store.write() as session:
        is_new = days.get(session, date=date, lock=True) is None
        if is_new:
            awaited, present = awaited_on(session, date=date)
            if not awaited:
                return OrdersTaken(present=tuple(sorted(present)))
        stored = begun(session, date=date, zone=ctx.config.zone, at=at, by=by)
        taken = take_orders(session, stored, at=at, by=by)
        if taken.added:
            days.bump(session, date=date, at=at, account_id=by)
            audit.note(
                session,
                at=at,
                account_id=by,
                action="ordered",
                kind="day",
                subject=date.isoformat(),
                requests=len(taken.added),
                refused=len(taken.refused),
            )
        if is_new:
            # These came with the day.
            came = tuple(key for key in taken.present if key in awaited)
            taken = OrdersTaken(
                added=came + taken.added, present=tuple(sorted(present)), refused=taken.refused
            )
        return taken


def _check(session: Session, body: Json, *, ctx: Context) -> None:
    """Check an order against the master data, by the rules of a day that has nothing else."""
    zone = ctx.config.zone
    request = validated(StandingOrder, body).on(SAMPLE_DATE, zone=ZoneInfo(zone))
    lists: dict[str, list[Json]] = {name: [] for name in LISTS.values()}
    for (kind, _), record in with_all_named(session, asked_for(body["request"])).items():
        lists[LISTS[kind]].append({**record, "opening": []} if kind == "place" else record)
    with told_without("requests[0]", by="request"):
        validated(
            DayDraft,
            {
                "date": SAMPLE_DATE.isoformat(),
                "zone": zone,
                **lists,
                "requests": [request.model_dump(mode="json")],
            },
        )


def _next_id(session: Session) -> str:
    numbers = map(_NUMBERED.fullmatch, standing_orders.ids_ever(session))
    return f"s{max((int(found[1]) for found in numbers if found), default=0) + 1:03d}"


def _known(session: Session, order_id: str, *, lock: bool = False) -> StoredOrder:
    row = standing_orders.get(session, order_id=order_id, lock=lock)
    if row is None:
        raise bad_input(ErrorCode.NOT_FOUND, where="id", value=order_id, kind=KIND)
    return row


def _entry(row: StoredOrder) -> OrderEntry:
    return OrderEntry(
        order=validated(StandingOrder, row.body),
        version=row.version,
        changed_at=row.changed_at,
        changed_by=row.changed_by,
    )

"""Standing orders: requests that come again, and letting them into a day."""

from flask import Response

from fleet.api.answers import answer
from fleet.api.blueprint import Api
from fleet.api.days import MAY
from fleet.api.etags import expected_version
from fleet.api.master import RecordPath
from fleet.api.paging import PageQuery
from fleet.api.paths import DayPath
from fleet.service import standing_orders
from fleet.service.addresses import API_PATH
from fleet.service.context import Context
from fleet.service.paging import Page
from fleet.service.recurring import OrdersTaken, StandingOrder
from fleet.service.roles import Caller
from fleet.service.standing_orders import NewStandingOrder, OrderEntry, OrderVersion

api = Api("standing_orders", tag="Standing orders")


@api.on("GET", "/standing-orders", may=MAY, answers=Page[OrderEntry])
def list_standing_orders(ctx: Context, caller: Caller, query: PageQuery) -> Page[OrderEntry]:
    """List what comes again, by id."""
    return standing_orders.list_orders(ctx, caller, limit=query.limit, cursor=query.cursor)


@api.on("POST", "/standing-orders", may=MAY, answers={201: StandingOrder}, sends=("Location", "ETag"))
def add_standing_order(ctx: Context, caller: Caller, body: NewStandingOrder) -> Response:
    """Add a standing order; without an id it is given the next number."""
    entry = standing_orders.add_order(ctx, caller, order=body)
    where = f"{API_PATH}/standing-orders/{entry.order.id}"
    return answer(entry.order, status=201, version=entry.version, headers={"Location": where})


@api.on("GET", "/standing-orders/<id>", may=MAY, answers=StandingOrder)
def read_standing_order(ctx: Context, caller: Caller, path: RecordPath) -> Response:
    """Return a standing order."""
    entry = standing_orders.read_order(ctx, caller, order_id=path.id)
    return answer(entry.order, version=entry.version)


@api.on("PUT", "/standing-orders/<id>", may=MAY, answers=StandingOrder, guarded=True)
def change_standing_order(ctx: Context, caller: Caller, path: RecordPath, body: StandingOrder) -> Response:
    """Change a standing order; requests that came of it stay as they are."""
    entry = standing_orders.change_order(
        ctx, caller, order_id=path.id, order=body, version=expected_version()
    )
    return answer(entry.order, version=entry.version)


@api.on("DELETE", "/standing-orders/<id>", may=MAY, answers={204: None}, guarded=True)
def delete_standing_order(ctx: Context, caller: Caller, path: RecordPath) -> None:
    """Delete a standing order; requests that came of it stay."""
    standing_orders.delete_order(ctx, caller, order_id=path.id, version=expected_version())


@api.on("GET", "/standing-orders/<id>/history", may=MAY, answers=Page[OrderVersion])
def list_standing_order_versions(
    ctx: Context, caller: Caller, path: RecordPath, query: PageQuery
) -> Page[OrderVersion]:
    """List what a standing order was, the latest version first."""
    return standing_orders.order_history(
        ctx, caller, order_id=path.id, limit=query.limit, cursor=query.cursor
    )


@api.on("POST", "/days/<date>/standing-orders", may=MAY, answers=OrdersTaken)
def apply_standing_orders(ctx: Context, caller: Caller, path: DayPath) -> OrdersTaken:
    """Let what is due into a day, which may begin with it; called again, it adds what is due since."""
    return standing_orders.apply_orders(ctx, caller, date=path.date)

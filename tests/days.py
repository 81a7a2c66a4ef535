"""Days in a store, for tests: a dispatcher, the small day of the request sheets, and parts of it."""

import datetime
import json
from typing import Any

from fleet.model import DayDraft
from fleet.model.requests import Request
from fleet.service.config import Config
from fleet.service.context import Context
from fleet.service.days import DayWritten, put_day, read_day
from fleet.service.requests import NewRequest
from fleet.service.roles import Caller, Role
from fleet.service.standing_orders import NewStandingOrder
from fleet.store import Store
from tests.request_sheets import small_day

DATE = datetime.date(2026, 6, 15)
"""Of the small day; the clock of the tests stands at the evening before."""
YESTERDAY, TOMORROW = datetime.date(2026, 6, 14), datetime.date(2026, 6, 16)
DISPATCHER = Caller(account_id="a1", role=Role.DISPATCHER)
OTHER = Caller(account_id="a2", role=Role.DISPATCHER)


def context(store: Store) -> Context:
    """The service on a store, with the settings it has by itself."""
    return Context(store=store, config=Config(database=store.url))


def draft(**changes: Any) -> DayDraft:
    """The small day as a draft, with some of its fields otherwise."""
    return DayDraft.model_validate_json(json.dumps(small_day().model_dump(mode="json") | changes))


def moved(day: DayDraft, date: datetime.date) -> DayDraft:
    """The day with all its dates another one; no window of the tests crosses midnight."""
    return DayDraft.model_validate_json(day.model_dump_json().replace(str(day.date), str(date)))


def put(ctx: Context, day: DayDraft | None = None, **options: Any) -> DayWritten:
    """Write a day, the small one by default."""
    day = day or draft()
    return put_day(ctx, DISPATCHER, date=day.date, day=day, **options)


def day_of(ctx: Context, date: datetime.date = DATE) -> DayDraft:
    """A day as it is now."""
    return read_day(ctx, DISPATCHER, date=date).day


def version_of(ctx: Context, date: datetime.date = DATE) -> int:
    """A day's version now."""
    return read_day(ctx, DISPATCHER, date=date).version


def request(request_id: str = "r002", **changes: Any) -> Request:
    """Tomatoes from a village to a community."""
    return Request.model_validate_json(json.dumps(body(request_id, **changes)))


def new_request(request_id: str | None = None, **changes: Any) -> NewRequest:
    """The same, to be added."""
    return NewRequest.model_validate_json(json.dumps(body(request_id, **changes)))


def body(request_id: str | None = None, **changes: Any) -> dict[str, Any]:
    """The same, as JSON."""
    return {
        "id": request_id,
        "household": "ayi",
        "product": "tomato",
        "kg": 54.0,
        "crates": 3,
        "pickup": {"place": "village-sayibag"},
        "dropoffs": [{"place": "community-luyuan"}],
        **changes,
    }


def order(
    order_id: str | None = None, *, when: dict[str, Any] | None = None, **changes: Any
) -> NewStandingOrder:
    """Tomatoes that come again: every day, or ``when`` it says."""
    asked = body(**changes)
    del asked["id"]
    document = {"id": order_id, "request": asked, **(when or {})}
    return NewStandingOrder.model_validate_json(json.dumps(document))

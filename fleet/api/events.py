"""What happened on a day, and where everything is."""

from typing import Annotated

from flask import Response
from pydantic import Field

from fleet.api.answers import known_or
from fleet.api.blueprint import Api
from fleet.api.paging import PageQuery
from fleet.api.paths import DayPath
from fleet.model.base import Id
from fleet.model.day_state import DayState
from fleet.service import events
from fleet.service.context import Context
from fleet.service.events import Receipts, ReceivedEvent, Report
from fleet.service.paging import Page
from fleet.service.roles import Caller, Permission

MOST_EVENTS = 2**31 - 1
api = Api("events", tag="The running day")


class EventsQuery(PageQuery):
    """Which events."""

    since: Annotated[int, Field(ge=0, le=MOST_EVENTS)] = Field(
        default=0, description="the number of the last event that the caller knows"
    )
    tricycle: Id | None = Field(default=None, description="of this tricycle only, of what the caller may see")


@api.on("POST", "/days/<date>/events", may=Permission.REPORT, answers=Receipts)
def report_events(ctx: Context, caller: Caller, path: DayPath, body: Report) -> Receipts:
    """Report events, in any order, any number of times."""
    return events.report_events(ctx, caller, date=path.date, report=body)


@api.on("GET", "/days/<date>/events", may=Permission.REPORT, answers=Page[ReceivedEvent])
def list_events(ctx: Context, caller: Caller, path: DayPath, query: EventsQuery) -> Page[ReceivedEvent]:
    """List events in the order in which they came."""
    return events.list_events(
        ctx,
        caller,
        date=path.date,
        limit=query.limit,
        cursor=query.cursor,
        since=query.since,
        tricycle=query.tricycle,
    )


@api.on("GET", "/days/<date>/state", may=Permission.EDIT_DAYS, answers=DayState)
def read_state(ctx: Context, caller: Caller, path: DayPath) -> Response:
    """Say where everything is now."""
    version = events.read_state_version(ctx, caller, date=path.date)
    return known_or(version, lambda: events.read_state(ctx, caller, date=path.date))

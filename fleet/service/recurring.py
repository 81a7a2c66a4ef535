"""What comes again: a request with times of the clock, the weekdays and the season it comes in."""

import datetime
import re
from itertools import pairwise
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator
from sqlalchemy.orm import Session

from fleet.model import DayDraft, ErrorCode, InputError
from fleet.model.base import (
    AS_WHOLE,
    Crates,
    Date,
    Document,
    Id,
    Label,
    Note,
    PositiveKg,
    Seconds,
    Yuan,
    refusal,
)
from fleet.model.requests import Request
from fleet.service.day_parts import asked_for, bring_in, document_of, validated
from fleet.store import requests, standing_orders
from fleet.store.tables import Json, StoredDay

PREFIX = "standing-"
"""Of the ids of requests that come of an order: by them nothing comes twice."""
CLOCK_TIME = r"^([01]\d|2[0-3]):[0-5]\d$"
_REQUEST = re.compile(r"requests\[(\d+)\]")


def _read_clock(value: str) -> str:
    if re.fullmatch(CLOCK_TIME, value) is None:
        raise refusal(ErrorCode.TIME_UNREADABLE)
    return value


ClockTime = Annotated[str, AfterValidator(_read_clock), Field(json_schema_extra={"pattern": CLOCK_TIME})]
Weekday = Annotated[int, Field(ge=1, le=7), AS_WHOLE]
OrderId = Annotated[Id, Field(max_length=70)]


class ClockWindow(Document):
    """From a time of the day's clock to another one of the same day, both included."""

    start: ClockTime
    end: ClockTime

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.end < self.start:
            raise refusal(ErrorCode.WINDOW_REVERSED, start=self.start, end=self.end)
        return self


def _in_order(windows: tuple[ClockWindow, ...]) -> tuple[ClockWindow, ...]:
    for earlier, later in pairwise(windows):
        if later.start <= earlier.end:
            raise refusal(ErrorCode.WINDOWS_OVERLAP, end=earlier.end, start=later.start)
    return windows


class StandingTask(Document):
    """Where and when, as in ``Task``, by the clock."""

    place: Id
    windows: Annotated[tuple[ClockWindow, ...], Field(max_length=20), AfterValidator(_in_order)] = ()
    handling_s: Seconds = 0
    stall: Annotated[int, Field(ge=1, le=10_000), AS_WHOLE] | None = None


class StandingRequest(Document):
    """What is asked for each time, as in ``Request``."""

    household: Id | None = None
    product: Id | None = None
    kg: PositiveKg
    crates: Crates = 0
    pickup: StandingTask
    dropoffs: Annotated[tuple[StandingTask, ...], Field(min_length=1, max_length=50)]
    value_yuan: Yuan = 0.0
    must: bool = False
    priority: Annotated[int, Field(ge=0, le=10), AS_WHOLE] = 0
    penalty_yuan: Yuan | None = None
    on_board_limit_s: Seconds | None = None
    equipment: tuple[Id, ...] = ()
    allowed_fleets: tuple[str, ...] = ()
    note: Note = ""


class StandingOrder(Document):
    """A request that comes again. Monday is 1; ``first`` and ``last`` bound the season, both included."""

    id: OrderId
    title: Label = ""
    weekdays: Annotated[tuple[Weekday, ...], Field(min_length=1, max_length=7)] = (1, 2, 3, 4, 5, 6, 7)
    first: Date | None = None
    last: Date | None = None
    request: StandingRequest

    @model_validator(mode="after")
    def _season_in_order(self) -> Self:
        if self.first is not None and self.last is not None and self.last < self.first:
            raise refusal(ErrorCode.WINDOW_REVERSED, start=self.first.isoformat(), end=self.last.isoformat())
        return self

    def is_due(self, date: datetime.date) -> bool:
        """Say whether the request comes on a date."""
        in_season = (self.first or date) <= date <= (self.last or date)
        return in_season and date.isoweekday() in self.weekdays

    def on(self, date: datetime.date, *, zone: ZoneInfo) -> Request:
        """Return the request of a date."""
        body = self.request.model_dump(mode="json")
        for task in (body["pickup"], *body["dropoffs"]):
            for window in task["windows"]:
                for end, clock in window.items():
                    time = datetime.time.fromisoformat(clock)
                    window[end] = datetime.datetime.combine(date, time, tzinfo=zone).isoformat()
        return validated(Request, {**body, "id": PREFIX + self.id})


class RefusedOrder(Document):
    """An order whose request does not fit into the day, and why."""

    order: str
    code: str
    where: str
    value: str


class OrdersTaken(Document):
    """Requests that came of standing orders, those that had come before, and orders that do not fit."""

    added: tuple[str, ...] = ()
    present: tuple[str, ...] = ()
    refused: tuple[RefusedOrder, ...] = ()


def awaited_on(session: Session, *, date: datetime.date) -> tuple[dict[str, StandingOrder], set[str]]:
    """Return what is due on a date and has not come yet, by its requests' ids, and the ids that have."""
    orders = [
        validated(StandingOrder, {**order.body, "id": order.id}) for order in standing_orders.page(session)
    ]
    due = {PREFIX + order.id: order for order in orders if order.is_due(date)}
    present = requests.ever_had(session, due.keys(), date=date)
    return {key: order for key, order in due.items() if key not in present}, present


def take_orders(session: Session, stored: StoredDay, *, at: datetime.datetime, by: str | None) -> OrdersTaken:
    """Add what is due on a day and has not come yet; what was taken out again does not come back.

    An order that does not fit is named and left out: one order gone wrong must not stop a day.
    """
    date, zone = stored.date, ZoneInfo(stored.body["zone"])
    awaited, present = awaited_on(session, date=date)
    wanted = [order.on(date, zone=zone).model_dump(mode="json") for order in awaited.values()]
    bring_in(session, (key for body in wanted for key in asked_for(body)), date=date)
    fitting, refused = _fitting(wanted, document_of(session, stored))
    added = {body["id"]: body for body in fitting}
    requests.add(session, added, date=date, source="standing order", at=at, by=by)
    return OrdersTaken(added=tuple(added), present=tuple(sorted(present)), refused=tuple(refused))


def _fitting(wanted: list[Json], document: dict[str, Any]) -> tuple[list[Json], list[RefusedOrder]]:
    """Return what fits into a day; each that does not is found by the check of the whole day."""
    known, fitting, refused = document["requests"], list(wanted), []
    while fitting:
        try:
            validated(DayDraft, {**document, "requests": [*known, *fitting]})
        except InputError as error:
            problem = error.problems[0]
            found = _REQUEST.match(problem.where)
            # What names no request, such as the limit of their number, is about the last one.
            index = int(found[1]) - len(known) if found else len(fitting) - 1
            if index < 0:
                raise
            body = fitting.pop(index)
            refused.append(
                RefusedOrder(
                    order=body["id"].removeprefix(PREFIX),
                    code=problem.code,
                    where=problem.where.partition("].")[2],
                    value=problem.value,
                )
            )
        else:
            break
    return fitting, refused

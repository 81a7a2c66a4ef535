"""Where everything is on a day that runs: what the plan and the reported events together say."""

from typing import Annotated, Literal

from pydantic import Field

from fleet.model.base import (
    AS_WHOLE,
    Count,
    Crates,
    Date,
    Document,
    Fraction,
    Id,
    Instant,
    Kg,
    Whole,
)
from fleet.model.events import EventFlag, FailureReason
from fleet.model.locks import StopRef
from fleet.model.state import OnBoard, Position

Lateness = Annotated[int, AS_WHOLE]
"""Seconds behind the plan, negative when ahead of it."""


class DoneStop(StopRef):
    """A stop that is done; ``kg`` and ``crates`` as reported, else as planned."""

    place: str
    at: Instant
    planned_end: Instant
    kg: Kg
    crates: Crates


class FailedStop(StopRef):
    """A stop that could not be done."""

    place: str
    at: Instant
    reason: FailureReason


class NextStop(StopRef):
    """The first stop of the route that is still due; ``expected_start`` adds the present lateness."""

    place: str
    planned_start: Instant
    expected_start: Instant


class Carried(OnBoard):
    """A request that is on board, with what was loaded of it."""

    kg: Kg
    crates: Crates


class SoldAt(Document):
    """The end of selling at a place."""

    place: str
    at: Instant
    crates_left: Crates


class TricycleNow(Document):
    """One tricycle of the plan: where it is, what it has done, what it carries.

    ``place`` is where it stands, or where it last stood. ``breakdown`` is absent once it has moved on.
    """

    tricycle: Id
    number: Whole
    driver: str = ""
    status: Literal["not_started", "under_way", "at_place", "back"]
    place: str | None
    position: Position | None = None
    next: NextStop | None
    done: tuple[DoneStop, ...]
    failed: tuple[FailedStop, ...]
    stops: Count
    late_s: Lateness = 0
    load_kg: Kg
    load_crates: Crates
    on_board: tuple[Carried, ...]
    sold: tuple[SoldAt, ...] = ()
    breakdown: Literal["tricycle", "battery"] | None = None
    charge: Fraction | None = None
    last_at: Instant | None = None


class Conflict(Document):
    """An event that contradicts the plan, the clock or other events, and how."""

    sender: str
    event: Id
    kind: str
    tricycle: Id
    occurred_at: Instant
    flags: Annotated[tuple[EventFlag, ...], Field(min_length=1)]


class DayState(Document):
    """The state of a day: a function of its plan and of its set of events, whatever order they came in."""

    date: Date
    plan: Id | None = None
    tricycles: tuple[TricycleNow, ...]
    conflicts: tuple[Conflict, ...]
    events: Count

"""Events: what happened on a day that runs, as phones and the dispatcher report it.

Each event has an id of its sender's own, so that it may be sent any number of times, in any order. What
really happened cannot be refused: an event that contradicts others is kept and flagged.
"""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from fleet.model.base import (
    Crates,
    Date,
    Document,
    Fraction,
    Id,
    Instant,
    Kg,
    Note,
    PositiveSeconds,
)
from fleet.model.codes import ErrorCode
from fleet.model.locks import StopRef
from fleet.model.state import Position

EVENTS_FORMAT: Literal["fleet-events/1"] = "fleet-events/1"
MAX_EVENTS = 50_000
FailureReason = Literal["nobody_there", "goods_not_ready", "wrong_amount", "road_blocked"]


class EventFlag(StrEnum):
    """What is wrong with an event that is kept nevertheless."""

    TIME_AHEAD = "TIME_AHEAD"
    OTHER_DATE = "OTHER_DATE"
    NOT_OWN_ROUTE = "NOT_OWN_ROUTE"
    NOT_OWN_EVENT = "NOT_OWN_EVENT"
    ID_REUSED = "ID_REUSED"
    EVENT_UNKNOWN = "EVENT_UNKNOWN"
    OTHER_PLAN = "OTHER_PLAN"
    ROUTE_UNKNOWN = "ROUTE_UNKNOWN"
    STOP_UNKNOWN = "STOP_UNKNOWN"
    STOP_OF_ANOTHER = "STOP_OF_ANOTHER"
    ALREADY_DONE = "ALREADY_DONE"
    AT_ONCE = "AT_ONCE"
    BEFORE_ARRIVAL = "BEFORE_ARRIVAL"
    NOT_ON_BOARD = "NOT_ON_BOARD"


class EventRef(Document):
    """An earlier event of the same day and tricycle; with no ``sender``, of the same sender."""

    id: Id
    sender: Id | None = None


class _Happening(Document):
    """What all events say. ``occurred_at`` is the time of the sender's own clock."""

    id: Id
    occurred_at: Instant
    tricycle: Id
    plan: Id | None = None
    replaces: EventRef | None = None
    note: Note = ""


class Left(_Happening):
    """It drove off: from its start, or from wherever it stood."""

    kind: Literal["left"]


class Arrived(_Happening):
    """It came to the place of a stop; all stops of the visit are meant."""

    kind: Literal["arrived"]
    stop: StopRef


class Done(_Happening):
    """A stop is done: loaded or unloaded, with what was really there."""

    kind: Literal["done"]
    stop: StopRef
    kg: Kg | None = None
    crates: Crates | None = None


class Failed(_Happening):
    """A stop cannot be done; ``kg`` and ``crates`` are what was there in place of what was announced."""

    kind: Literal["failed"]
    stop: StopRef
    reason: FailureReason
    kg: Kg | None = None
    crates: Crates | None = None


class Late(_Happening):
    """The driver expects to be so late from now on."""

    kind: Literal["late"]
    late_s: PositiveSeconds


class Breakdown(_Happening):
    """It can't go on; whatever it does later says that it could again."""

    kind: Literal["breakdown"]
    part: Literal["tricycle", "battery"]
    position: Position | None = None
    charge: Fraction | None = None


class Sold(_Happening):
    """Selling at a place is over: sold out, or so many crates are left."""

    kind: Literal["sold"]
    place: Id
    crates_left: Crates = 0


class Back(_Happening):
    """Its route is over."""

    kind: Literal["back"]


class Undone(_Happening):
    """An earlier event was a slip of the finger."""

    kind: Literal["undone"]
    replaces: EventRef


class Remark(_Happening):
    """Words to the dispatcher."""

    kind: Literal["remark"]
    note: Annotated[str, Field(min_length=1, max_length=2_000)]


_KINDS = ("left", "arrived", "done", "failed", "late", "breakdown", "sold", "back", "undone", "remark")


def _tag(event: Any) -> str | None:
    """Return the model's tag; in brackets, so that it is no part of where a problem stands."""
    kind = event.get("kind") if isinstance(event, dict) else getattr(event, "kind", None)
    return f"<{kind}>" if kind in _KINDS else None


Event = Annotated[
    Annotated[Left, Tag("<left>")]
    | Annotated[Arrived, Tag("<arrived>")]
    | Annotated[Done, Tag("<done>")]
    | Annotated[Failed, Tag("<failed>")]
    | Annotated[Late, Tag("<late>")]
    | Annotated[Breakdown, Tag("<breakdown>")]
    | Annotated[Sold, Tag("<sold>")]
    | Annotated[Back, Tag("<back>")]
    | Annotated[Undone, Tag("<undone>")]
    | Annotated[Remark, Tag("<remark>")],
    Discriminator(
        _tag,
        custom_error_type="unknown_kind",
        custom_error_message="{code}",
        custom_error_context={"code": ErrorCode.VALUE_NOT_ALLOWED, "expected": ", ".join(_KINDS)},
    ),
]


class Events(Document):
    """Events of one day, in any order; an event may stand in it more than once."""

    format: Literal["fleet-events/1"] = EVENTS_FORMAT
    date: Date
    events: Annotated[tuple[Event, ...], Field(max_length=MAX_EVENTS)]

"""Requests: one load from one place to one of several places."""

from typing import Annotated, Literal

from pydantic import Field

from fleet.model.base import AS_WHOLE, Crates, Document, Id, Note, PositiveKg, Seconds, Windows, Yuan

StopKind = Literal["pickup", "dropoff"]


class Task(Document):
    """Where and when a request may be loaded or unloaded; no windows means at any time."""

    place: Id
    windows: Windows = ()
    handling_s: Seconds = 0
    stall: Annotated[int, Field(ge=1, le=10_000), AS_WHOLE] | None = None


class Request(Document):
    """A load that is never split. Exactly one of ``dropoffs`` is used, without preference."""

    id: Id
    household: Id | None = None
    product: Id | None = None
    kg: PositiveKg
    crates: Crates = 0
    pickup: Task
    dropoffs: Annotated[tuple[Task, ...], Field(min_length=1, max_length=50)]
    value_yuan: Yuan = 0.0
    must: bool = False
    priority: Annotated[int, Field(ge=0, le=10), AS_WHOLE] = 0
    penalty_yuan: Yuan | None = None
    on_board_limit_s: Seconds | None = None
    equipment: tuple[Id, ...] = ()
    allowed_fleets: tuple[str, ...] = ()
    note: Note = ""

"""Start state: where a running day stands, so that the rest of a day is a day."""

from typing import Annotated

from pydantic import Field

from fleet.model.base import (
    AS_WHOLE,
    MAX_RECHARGES,
    Document,
    Fraction,
    Id,
    Instant,
    Kg,
    Latitude,
    Longitude,
    Seconds,
)


class OnBoard(Document):
    """A request that is on board, with the end of its pickup's handling."""

    request: Id
    picked_up_at: Instant


class OpenVisit(Document):
    """A visit that goes on: no second set-up; ``stay_left_s`` is still owed after its last handling.

    ``dropped_off`` says whether the visit has already dropped something off, so that the stay is due.
    """

    place: Id
    dropped_off: bool = False
    stay_left_s: Seconds = 0


class Position(Document):
    """Any coordinate, on a road or in a village."""

    latitude: Latitude
    longitude: Longitude


class TricycleState(Document):
    """One tricycle at the moment it is free; with no ``position`` and no ``visit`` it stands at its start."""

    tricycle: Id
    free_at: Instant
    place: Id | None = None
    position: Position | None = None
    charge: Fraction | None = None
    breaks_taken: Annotated[int, Field(ge=0, le=4), AS_WHOLE] = 0
    recharges_taken: Annotated[int, Field(ge=0, le=MAX_RECHARGES), AS_WHOLE] = 0
    has_left: bool = False
    visit: OpenVisit | None = None
    on_board: tuple[OnBoard, ...] = ()


class Delivered(Document):
    """What has been dropped off at a place already, of one product or of none named."""

    place: Id
    product: Id | None = None
    kg: Kg


class StartState(Document):
    """Tricycles that are under way and what places have received."""

    tricycles: tuple[TricycleState, ...] = ()
    delivered: tuple[Delivered, ...] = ()

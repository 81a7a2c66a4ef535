"""Changes by hand: what a dispatcher does to a plan, one record a move.

Positions count the stops (pickups and drop-offs) of a route as it is after the move, from 0. Where a position
is left out, the cheapest one that breaks no rule is taken.
"""

from typing import Annotated, Literal

from pydantic import Field

from fleet.model.base import AS_WHOLE, Document, Id
from fleet.model.requests import StopKind

Position = Annotated[int, Field(ge=0, le=10_000), AS_WHOLE]
Alternative = Annotated[int, Field(ge=0, le=49), AS_WHOLE]


class Assign(Document):
    """A tricycle serves a request, whoever served it before, if anybody did.

    Without ``alternative`` any drop-off may be taken.
    """

    kind: Literal["assign"]
    request: Id
    tricycle: Id
    pickup_position: Position | None = None
    dropoff_position: Position | None = None
    alternative: Alternative | None = None


class Reorder(Document):
    """A stop comes at another position of its route."""

    kind: Literal["reorder"]
    request: Id
    stop: StopKind
    position: Position


class ChooseDropoff(Document):
    """A request that is served goes to another of its alternatives; its pickup stays where it is."""

    kind: Literal["choose_dropoff"]
    request: Id
    alternative: Alternative
    position: Position | None = None


class TakeOut(Document):
    """A request is no longer served."""

    kind: Literal["take_out"]
    request: Id


class Swap(Document):
    """Two tricycles drive each other's routes; one of them may have none."""

    kind: Literal["swap"]
    tricycle: Id
    other: Id


Move = Annotated[Assign | Reorder | ChooseDropoff | TakeOut | Swap, Field(discriminator="kind")]
Moves = Annotated[tuple[Move, ...], Field(min_length=1, max_length=200)]
"""Moves are done in their order; the rules are looked at once all of them are done."""

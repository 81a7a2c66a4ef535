"""Locks: what a dispatcher has decided and a plan has to keep."""

from typing import Annotated

from pydantic import Field

from fleet.model.base import Document, Id, Instant
from fleet.model.requests import StopKind


class StopRef(Document):
    """One of the two stops of a request."""

    request: Id
    kind: StopKind


class FrozenStop(StopRef):
    """A stop that keeps its place in the order and its planned start (set-up included)."""

    place: Id
    start: Instant


class RequestLock(Document):
    """Which tricycles may serve a request; hard, but no must by itself."""

    request: Id
    only_tricycle: Id | None = None
    not_tricycles: tuple[Id, ...] = ()


class RouteLock(Document):
    """What one tricycle's route keeps.

    ``sequence``: requests named here are served by this tricycle or not at all, and the stops named keep
    this order; others may come between. ``frozen``: the route begins with exactly these stops.
    """

    tricycle: Id
    sequence: Annotated[tuple[StopRef, ...], Field(max_length=500)] = ()
    frozen: Annotated[tuple[FrozenStop, ...], Field(max_length=500)] = ()


class Locks(Document):
    """All locks of a day."""

    requests: tuple[RequestLock, ...] = ()
    routes: tuple[RouteLock, ...] = ()


class Assignment(Document):
    """Who drives what. ``burden_yuan`` (bounded, 0 by default) is added to that route's cost when used."""

    driver: Id
    name: Annotated[str, Field(max_length=200)] = ""
    tricycle: Id
    burden_yuan: Annotated[float, Field(ge=0, le=200)] = 0.0

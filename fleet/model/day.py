"""The day: the whole input of one planning run."""

from collections.abc import Iterable
from functools import cached_property
from typing import Annotated, Literal, NamedTuple, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from fleet.model.base import (
    AS_WHOLE,
    MAX_PLACES,
    MAX_REQUESTS,
    MAX_TRICYCLES,
    Date,
    Document,
    Label,
    Note,
    Zone,
    refusal,
)
from fleet.model.codes import ErrorCode
from fleet.model.locks import Assignment, Locks, RequestLock, RouteLock
from fleet.model.places import Household, Place, Product
from fleet.model.requests import Request
from fleet.model.rules import Rules
from fleet.model.state import Position, StartState, TricycleState
from fleet.model.tricycles import Tricycle

DAY_FORMAT: Literal["fleet-day/1"] = "fleet-day/1"
WayId = Annotated[int, Field(ge=1, le=2**63 - 1), AS_WHOLE]


class ClosedRoad(Document):
    """A closure: OpenStreetMap way ids, or a polygon whose roads are closed."""

    name: Label = ""
    way_ids: tuple[WayId, ...] = ()
    polygon: tuple[Position, ...] = ()

    @model_validator(mode="after")
    def _closes_something(self) -> Self:
        if not self.way_ids and len(self.polygon) < 3:
            raise refusal(ErrorCode.CLOSED_ROAD_EMPTY)
        return self


class Provenance(Document):
    """What in a document is real and what is invented."""

    real: tuple[Note, ...] = ()
    invented: tuple[Note, ...] = ()


class Location(NamedTuple):
    """A point that travel is computed between: a place, or where a tricycle stands at the start."""

    key: str
    name: str
    latitude: float
    longitude: float


class DayDraft(Document):
    """A day that is being gathered: a ``Day`` that may still lack places, tricycles or requests."""

    format: Literal["fleet-day/1"] = DAY_FORMAT
    title: Label = ""
    about: Provenance = Provenance()
    date: Date
    zone: Zone = "Asia/Shanghai"
    dispatcher_phone: Annotated[str, Field(max_length=40)] | None = None
    rules: Rules = Rules()
    places: Annotated[tuple[Place, ...], Field(max_length=MAX_PLACES)] = ()
    households: Annotated[tuple[Household, ...], Field(max_length=50_000)] = ()
    products: Annotated[tuple[Product, ...], Field(max_length=10_000)] = ()
    tricycles: Annotated[tuple[Tricycle, ...], Field(max_length=MAX_TRICYCLES)] = ()
    requests: Annotated[tuple[Request, ...], Field(max_length=MAX_REQUESTS)] = ()
    assignments: tuple[Assignment, ...] = ()
    locks: Locks = Locks()
    start_state: StartState = StartState()
    closed_roads: tuple[ClosedRoad, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        # Imported here: the checks read the day's types.
        from fleet.model.consistency import check_day

        check_day(self)
        return self

    @cached_property
    def place_by_id(self) -> dict[str, Place]:
        """Places by id."""
        return {place.id: place for place in self.places}

    @cached_property
    def product_by_id(self) -> dict[str, Product]:
        """Products by id."""
        return {product.id: product for product in self.products}

    @cached_property
    def household_by_id(self) -> dict[str, Household]:
        """Households by id."""
        return {household.id: household for household in self.households}

    @cached_property
    def tricycle_by_id(self) -> dict[str, Tricycle]:
        """Tricycles by id."""
        return {tricycle.id: tricycle for tricycle in self.tricycles}

    @cached_property
    def request_by_id(self) -> dict[str, Request]:
        """Requests by id."""
        return {request.id: request for request in self.requests}

    @cached_property
    def state_by_tricycle(self) -> dict[str, TricycleState]:
        """Start states by tricycle id."""
        return {state.tricycle: state for state in self.start_state.tricycles}

    @cached_property
    def assignment_by_tricycle(self) -> dict[str, Assignment]:
        """Assignments by tricycle id."""
        return {assignment.tricycle: assignment for assignment in self.assignments}

    @cached_property
    def lock_by_request(self) -> dict[str, RequestLock]:
        """Locks of requests by request id."""
        return {lock.request: lock for lock in self.locks.requests}

    @cached_property
    def lock_by_tricycle(self) -> dict[str, RouteLock]:
        """Locks of routes by tricycle id."""
        return {lock.tricycle: lock for lock in self.locks.routes}

    @cached_property
    def sequenced_on(self) -> dict[str, str]:
        """The tricycle whose sequence names a request, by request id."""
        return {stop.request: lock.tricycle for lock in self.locks.routes for stop in lock.sequence}

    @property
    def clock(self) -> ZoneInfo:
        """The clock this day is planned and shown in."""
        return ZoneInfo(self.zone)

    @cached_property
    def locations(self) -> tuple[Location, ...]:
        """Every point of the day: places in their order, then start positions that are no places."""
        points = [Location(place.id, place.name, place.latitude, place.longitude) for place in self.places]
        points += [
            Location(
                start_key(state.tricycle), state.tricycle, state.position.latitude, state.position.longitude
            )
            for state in self.start_state.tricycles
            if state.position is not None
        ]
        return tuple(points)

    @cached_property
    def location_index(self) -> dict[str, int]:
        """Index of a location by its key (a place's id, or ``start_key``)."""
        return {location.key: index for index, location in enumerate(self.locations)}

    def start_location_key(self, tricycle: Tricycle) -> str:
        """Return the key of the location where a tricycle's route begins."""
        state = self.state_by_tricycle.get(tricycle.id)
        if state is not None and state.position is not None:
            return start_key(tricycle.id)
        if state is not None and state.place is not None:
            return state.place
        return tricycle.start_place

    def penalty_yuan(self, request: Request) -> float:
        """Return what leaving a request unserved costs: its own figure, or value and the day's rule."""
        if request.penalty_yuan is not None:
            return request.penalty_yuan
        return request.value_yuan + self.rules.unserved_yuan * (1 + request.priority)

    def on_board_limit_s(self, request: Request) -> int | None:
        """Return the tighter limit of the request and its product, None when neither sets one."""
        limits: Iterable[int | None] = (
            request.on_board_limit_s,
            self.product_by_id[request.product].on_board_limit_s if request.product else None,
        )
        return min((limit for limit in limits if limit is not None), default=None)

    def usable_kwh(self, tricycle: Tricycle) -> float:
        """Return battery x health x the day's cold capacity factor; infinite without a battery."""
        battery = tricycle.battery
        if battery is None:
            return float("inf")
        curve = self.rules.climate.capacity.get(battery.chemistry)
        factor = 1.0 if curve is None else curve.at(self.rules.climate.temperature_c)
        return battery.capacity_kwh * battery.health * factor

    @property
    def consumption_factor(self) -> float:
        """Return how much more every kilometre takes at the day's temperature."""
        return self.rules.climate.consumption.at(self.rules.climate.temperature_c)

    def speed_caps_kmh(self) -> tuple[float, ...]:
        """Return the distinct speed caps, ascending: the speed classes of travel."""
        return tuple(sorted({tricycle.speed_kmh for tricycle in self.tricycles}))


class Day(DayDraft):
    """Places, households, products, tricycles, requests and rules of one day. Validated at construction."""

    places: Annotated[tuple[Place, ...], Field(min_length=1, max_length=MAX_PLACES)]
    tricycles: Annotated[tuple[Tricycle, ...], Field(min_length=1, max_length=MAX_TRICYCLES)]
    requests: Annotated[tuple[Request, ...], Field(min_length=1, max_length=MAX_REQUESTS)]


def start_key(tricycle_id: str) -> str:
    """Return the location key of a start position; no id contains a slash."""
    return f"start/{tricycle_id}"

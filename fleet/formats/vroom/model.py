"""VROOM's JSON as it comes in, field by field as its API describes it; unknown keys are ignored, as by VROOM.

Times are whole seconds, distances whole metres, coordinates ``[longitude, latitude]``.
"""

from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from fleet.model import ErrorCode
from fleet.model.base import MAX_REQUESTS, MAX_TRICYCLES, refusal

FOREVER = 2**32 - 1
"""VROOM's largest second: where a time window that is not given ends."""
PER_HOUR = 3_600
"""VROOM's default cost of an hour under way: one a second."""

Natural = Annotated[int, Field(ge=0, le=2**32 - 1)]
Identifier = Annotated[int, Field(ge=0, le=2**64 - 1)]
LocationIndex = Annotated[int, Field(ge=0, le=2**16 - 1)]
Amount = tuple[Natural, ...]
Skills = frozenset[Natural]
Matrix = Annotated[list[list[Natural]], Field(min_length=1)]
TypeName = Annotated[str, Field(min_length=1)]


def _pair(value: Any) -> Any:
    """Take the first two of a list, as VROOM does."""
    return tuple(value[:2]) if isinstance(value, list) else value


def _ordered(window: tuple[int, int]) -> tuple[int, int]:
    start, end = window
    if end < start:
        raise refusal(ErrorCode.WINDOW_REVERSED, start=start, end=end)
    return window


def _apart(windows: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    windows = tuple(sorted(windows))
    for (_, end), (start, _) in pairwise(windows):
        if start <= end:
            raise refusal(ErrorCode.WINDOWS_OVERLAP, end=end, start=start)
    return windows


Coordinates = Annotated[tuple[float, float], BeforeValidator(_pair)]
Window = Annotated[tuple[Natural, Natural], BeforeValidator(_pair), AfterValidator(_ordered)]
Windows = Annotated[tuple[Window, ...], Field(min_length=1), AfterValidator(_apart)]
ALWAYS: tuple[tuple[int, int], ...] = ((0, FOREVER),)


class Record(BaseModel):
    """Immutable record; strict types, no NaN, unknown keys ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True, allow_inf_nan=False)


class Visit(Record):
    """What jobs, pickups and deliveries share."""

    id: Identifier
    description: str = ""
    location: Coordinates | None = None
    location_index: LocationIndex | None = None
    setup: Natural = 0
    service: Natural = 0
    setup_per_type: dict[TypeName, Natural] = Field(default_factory=dict)
    service_per_type: dict[TypeName, Natural] = Field(default_factory=dict)
    time_windows: Windows = ALWAYS


class Job(Visit):
    """A place to visit; ``delivery`` is loaded at the start of the route, ``pickup`` stays on to its end."""

    amount: Amount | None = None
    delivery: Amount | None = None
    pickup: Amount | None = None
    skills: Skills = frozenset()
    priority: Annotated[int, Field(ge=0, le=100)] = 0

    @property
    def delivered(self) -> Amount | None:
        """What is delivered; the old key ``amount`` counts where neither new one is given."""
        return self.amount if self.delivery is None and self.pickup is None else self.delivery


class Shipment(Record):
    """A pickup and its delivery by the same vehicle."""

    pickup: Visit
    delivery: Visit
    amount: Amount | None = None
    skills: Skills = frozenset()
    priority: Annotated[int, Field(ge=0, le=100)] = 0


class Break(Record):
    """A rest that every used route of its vehicle takes."""

    id: Identifier
    time_windows: Windows = ALWAYS
    service: Natural = 0
    description: str = ""
    max_load: Amount | None = None


class Costs(Record):
    """What a vehicle costs: once, by the hour under way, by the hour of tasks, by the kilometre."""

    fixed: Natural = 0
    per_hour: Natural = PER_HOUR
    per_task_hour: Natural = 0
    per_km: Natural = 0


class VehicleStep(Record):
    """A step of a given route, with bounds of its service time in plan mode."""

    type: Literal["start", "job", "pickup", "delivery", "break", "end"]
    id: Identifier | None = None
    service_at: Natural | None = None
    service_after: Natural | None = None
    service_before: Natural | None = None


def _in_place(steps: tuple[VehicleStep, ...]) -> tuple[VehicleStep, ...]:
    """Refuse a start or an end between other steps."""
    for rank, step in enumerate(steps):
        if (step.type == "start" and rank > 0) or (step.type == "end" and rank < len(steps) - 1):
            raise refusal(ErrorCode.STEPS_MISPLACED, step=step.type)
    return steps


class Vehicle(Record):
    """A vehicle; at least one of its ends is known."""

    id: Identifier
    profile: str = ""
    description: str = ""
    start: Coordinates | None = None
    start_index: LocationIndex | None = None
    end: Coordinates | None = None
    end_index: LocationIndex | None = None
    capacity: Amount | None = None
    costs: Costs = Costs()
    skills: Skills = frozenset()
    type: str = ""
    time_window: Window = ALWAYS[0]
    breaks: tuple[Break, ...] = ()
    speed_factor: Annotated[float, Field(ge=1e-6, le=5)] = 1.0
    max_tasks: Natural | None = None
    max_travel_time: Natural | None = None
    max_distance: Natural | None = None
    steps: Annotated[tuple[VehicleStep, ...], AfterValidator(_in_place)] = ()

    @property
    def whole_steps(self) -> tuple[VehicleStep, ...]:
        """The given steps with a start and an end, which a route may leave out."""
        first = () if self.steps[:1] and self.steps[0].type == "start" else (VehicleStep(type="start"),)
        last = () if self.steps[-1:] and self.steps[-1].type == "end" else (VehicleStep(type="end"),)
        return (*first, *self.steps, *last)

    @property
    def profile_name(self) -> str:
        """The routing profile, ``car`` where none is given."""
        return self.profile or DEFAULT_PROFILE


DEFAULT_PROFILE = "car"


class Matrices(Record):
    """Travel of one profile, row to column."""

    durations: Matrix | None = None
    distances: Matrix | None = None
    costs: Matrix | None = None


class Document(Record):
    """The whole input."""

    vehicles: Annotated[tuple[Vehicle, ...], Field(min_length=1, max_length=MAX_TRICYCLES)]
    jobs: Annotated[tuple[Job, ...], Field(max_length=MAX_REQUESTS)] = ()
    shipments: Annotated[tuple[Shipment, ...], Field(max_length=MAX_REQUESTS)] = ()
    matrices: dict[str, Matrices] | None = None
    matrix: Matrix | None = None

    @property
    def profiles(self) -> dict[str, Matrices]:
        """The matrices by profile; the old key ``matrix`` holds durations of the default profile."""
        if self.matrices is None and self.matrix is not None:
            return {DEFAULT_PROFILE: Matrices(durations=self.matrix)}
        return self.matrices or {}

"""VROOM's answer, key by key and in VROOM's order; what does not apply is left out."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

Cause = Literal[
    "lead_time",
    "delay",
    "load",
    "max_tasks",
    "skills",
    "precedence",
    "missing_break",
    "max_travel_time",
    "max_load",
    "max_distance",
]
CAUSES: tuple[Cause, ...] = (
    "lead_time",
    "delay",
    "load",
    "max_tasks",
    "skills",
    "precedence",
    "missing_break",
    "max_travel_time",
    "max_load",
    "max_distance",
)
StepType = Literal["start", "job", "pickup", "delivery", "break", "end"]


class Part(BaseModel):
    """Immutable part of an answer."""

    model_config = ConfigDict(frozen=True)


class Violation(Part):
    """A rule that is broken; earliness or lateness where it is a window."""

    duration: int | None = None
    cause: Cause


class Step(Part):
    """What happens at a step of a route, and how things stand after it."""

    type: StepType
    description: str | None = None
    location: tuple[float, float] | None = None
    location_index: int | None = None
    id: int | None = None
    setup: int = 0
    service: int = 0
    waiting_time: int = 0
    job: int | None = None
    load: tuple[int, ...] | None = None
    arrival: int
    duration: int
    violations: tuple[Violation, ...] = ()
    distance: int | None = None


class Route(Part):
    """A used vehicle's route."""

    vehicle: int
    cost: int
    description: str | None = None
    delivery: tuple[int, ...] | None = None
    amount: tuple[int, ...] | None = None
    pickup: tuple[int, ...] | None = None
    setup: int
    service: int
    duration: int
    waiting_time: int
    priority: int
    distance: int | None = None
    steps: tuple[Step, ...]
    violations: tuple[Violation, ...] = ()
    geometry: str | None = None


class ComputingTimes(Part):
    """Milliseconds of reading, searching and drawing."""

    loading: int = 0
    solving: int = 0
    routing: int = 0


class Summary(Part):
    """Sums over all routes."""

    cost: int
    routes: int
    unassigned: int
    delivery: tuple[int, ...] | None = None
    amount: tuple[int, ...] | None = None
    pickup: tuple[int, ...] | None = None
    setup: int
    service: int
    duration: int
    waiting_time: int
    priority: int
    distance: int | None = None
    violations: tuple[Violation, ...] = ()
    computing_times: ComputingTimes = ComputingTimes()


class Unassigned(Part):
    """A task that no route serves."""

    id: int
    location: tuple[float, float] | None = None
    location_index: int | None = None
    type: Literal["job", "pickup", "delivery"]
    description: str | None = None


class Answer(Part):
    """The whole output."""

    code: int = 0
    summary: Summary
    unassigned: tuple[Unassigned, ...]
    routes: tuple[Route, ...]


class Failure(Part):
    """The output when there is no solution: 1 internal, 2 input, 3 routing error."""

    code: Literal[1, 2, 3]
    error: str


def dump_answer(answer: Answer | Failure) -> bytes:
    """Return an answer as UTF-8 JSON with one trailing newline."""
    return answer.model_dump_json(exclude_none=True).encode() + b"\n"

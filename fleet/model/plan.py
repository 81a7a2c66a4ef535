"""The plan: routes with every stop's times, loads and charge, what is not served and why, figures."""

from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field

from fleet.model.base import (
    AS_WHOLE,
    MAX_SUM,
    Count,
    Crates,
    Date,
    Document,
    Fraction,
    Id,
    Instant,
    Kg,
    Latitude,
    Longitude,
    Metres,
    Seconds,
    Whole,
    Zone,
)
from fleet.model.codes import ChangeKind, ReasonCode, Rule, WarningCode
from fleet.model.day import Provenance
from fleet.model.places import PlaceKind

PLAN_FORMAT: Literal["fleet-plan/1"] = "fleet-plan/1"
Params = dict[str, str | int | float | bool | None]


def _rounded(digits: int) -> AfterValidator:
    """Sums of floats end in digits that mean nothing; others are far below what the checker allows."""
    return AfterValidator(lambda value: round(value, digits))


Kwh = Annotated[float, Field(ge=0, le=MAX_SUM), _rounded(9)]
Money = Annotated[float, Field(ge=0, le=MAX_SUM), _rounded(6)]
TotalKg = Annotated[float, Field(ge=0, le=MAX_SUM), _rounded(6)]


class PlanPlace(Document):
    """A place as maps and sheets need it, so that a plan can be read without its day.

    ``key`` is the place's id, or the key of a start position (``Day.locations``).
    """

    key: str
    name: str
    names: dict[Literal["en", "zh-Hans", "ug"], str] = {}
    kind: PlaceKind | Literal["position"]
    latitude: Latitude
    longitude: Longitude


class Leg(Document):
    """A drive from where the tricycle stands to ``to``; ``path`` holds (latitude, longitude) pairs."""

    to: str
    departure: Instant
    arrival: Instant
    distance_m: Metres
    duration_s: Seconds
    energy_kwh: Kwh
    load_kg: Kg
    path: tuple[tuple[Latitude, Longitude], ...] = ()


class Entry(Document):
    """Something a tricycle does at a place.

    ``leg`` is how it came there, absent when it already stood there. ``start`` of a stop includes the
    set-up (0 unless it is the visit's first), handling follows; ``stay_s`` (0 unless it is the visit's
    last handling) follows the handling. ``end`` is the end of handling, break or recharge. Load and charge
    are those after the entry. ``breaks`` count from the tricycle's list.
    """

    kind: Literal["pickup", "dropoff", "break", "recharge"]
    place: str
    leg: Leg | None = None
    arrival: Instant
    start: Instant
    setup_s: Seconds = 0
    end: Instant
    stay_s: Seconds = 0
    load_kg: Kg
    load_crates: Crates
    charge: Fraction | None = None
    request: Id | None = None
    alternative: Annotated[int, Field(ge=0), AS_WHOLE] | None = None
    household: Id | None = None
    household_name: str = ""
    product: Id | None = None
    product_name: str = ""
    kg: Kg = 0.0
    crates: Crates = 0
    stall: Whole | None = None
    on_board_s: Seconds | None = None
    break_index: Whole | None = None

    @property
    def is_stop(self) -> bool:
        """Whether it is a stop; breaks and recharges are none."""
        return self.kind in ("pickup", "dropoff")


class RouteFigures(Document):
    """What one route amounts to; ``waiting_s`` is standing without work, stay, break or charge."""

    served_requests: Count
    served_kg: TotalKg
    distance_m: Count
    duration_s: Count
    waiting_s: Count
    energy_kwh: Kwh
    cost_yuan: Money
    lowest_charge: Fraction | None = None
    longest_on_board_s: Seconds = 0
    highest_load_kg: Kg = 0.0
    highest_load_crates: Crates = 0


class Route(Document):
    """One tricycle's morning. ``last_leg`` leads to the end place, absent when the end is open or reached."""

    tricycle: Id
    number: Whole
    name: str = ""
    driver: str = ""
    start: str
    end: str | None
    departure: Instant
    return_: Annotated[Instant, Field(alias="return")]
    payload_kg: Kg
    payload_crates: Crates
    start_load_kg: Kg = 0.0
    start_charge: Fraction | None = None
    end_charge: Fraction | None = None
    entries: tuple[Entry, ...]
    last_leg: Leg | None = None
    figures: RouteFigures

    model_config = ConfigDict(populate_by_name=True)

    @property
    def stops(self) -> list[Entry]:
        """The stops among its entries, in order."""
        return [entry for entry in self.entries if entry.is_stop]


class TricycleReason(Document):
    """The first rule that the best insertion into this tricycle's route breaks, or what it would cost."""

    tricycle: Id
    number: Whole
    rule: Rule | Literal["NOT_WORTH_ITS_COST", "HAS_ROOM"]
    params: Params = {}


class Change(Document):
    """A single change that makes an insertion valid; it was applied and checked before it is said.

    ``before`` and ``after`` are instants, kilograms, seconds, yuan or tricycle numbers, by kind.
    """

    kind: ChangeKind
    tricycle: Id
    params: Params = {}


class Unserved(Document):
    """A request the plan leaves out, and why."""

    request: Id
    must: bool
    penalty_yuan: Money
    household: Id | None = None
    household_name: str = ""
    product_name: str = ""
    kg: Kg
    pickup_place: str
    reason: ReasonCode
    params: Params = {}
    tricycles: tuple[TricycleReason, ...] = ()
    change: Change | None = None
    change_sought: bool = True
    """False where a plan leaves out too many requests to look for a change for each."""


class PlanWarning(Document):
    """Something to know although no rule is broken."""

    code: WarningCode
    params: Params = {}


class TravelSource(Document):
    """What distances and durations were computed from."""

    source: Literal["roads", "great-circle"]
    roads_sha256: str | None = None
    profile: str
    detour_factor: float | None = None
    attribution: str = ""
    invented: bool = False


class SolverRun(Document):
    """How the plan was found."""

    versions: dict[str, str]
    seed: Whole
    workers: Whole = 1
    budget_s: float | None = None
    iterations: Whole | None = None
    used_s: float
    phases: dict[str, float] = {}


class Figures(Document):
    """The plan's figures, by the names that are the same everywhere."""

    served_requests: Count
    unserved_requests: Count
    unserved_musts: Count
    served_kg: TotalKg
    tricycles_used: Count
    distance_m: Count
    duration_s: Count
    waiting_s: Count
    energy_kwh: Kwh
    cost_yuan: Money
    loss_yuan: Money
    total_yuan: Money
    lowest_charge: Fraction | None = None
    longest_on_board_s: Seconds = 0
    lower_bound_yuan: Annotated[float, Field(ge=-MAX_SUM, le=MAX_SUM)] | None = None


class Plan(Document):
    """The output of one planning run; complete for maps and sheets without its day."""

    format: Literal["fleet-plan/1"] = PLAN_FORMAT
    title: str = ""
    about: Provenance = Provenance()
    day_sha256: str
    date: Date
    zone: Zone
    travel: TravelSource
    places: tuple[PlanPlace, ...]
    routes: tuple[Route, ...]
    unserved: tuple[Unserved, ...]
    warnings: tuple[PlanWarning, ...] = ()
    figures: Figures
    solver: SolverRun


__all__ = [
    "PLAN_FORMAT",
    "Change",
    "Entry",
    "Figures",
    "Leg",
    "Plan",
    "PlanPlace",
    "PlanWarning",
    "Route",
    "RouteFigures",
    "SolverRun",
    "TravelSource",
    "TricycleReason",
    "Unserved",
]

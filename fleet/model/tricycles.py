"""Tricycles: each its own machine, and the energy model's figures."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from fleet.model.base import (
    AS_WHOLE,
    Crates,
    Document,
    Fraction,
    Id,
    Label,
    PositiveKg,
    PositiveSeconds,
    Window,
    Yuan,
    refusal,
)
from fleet.model.codes import ErrorCode


class Battery(Document):
    """Battery and consumption. ``charge`` and ``reserve`` are fractions of the day's usable kWh."""

    chemistry: Id
    capacity_kwh: Annotated[float, Field(ge=0.01, le=1_000)]
    health: Annotated[float, Field(ge=0.01, le=1)] = 1.0
    charge: Fraction = 1.0
    reserve: Fraction = 0.2
    empty_kwh_per_km: Annotated[float, Field(ge=0, le=10)]
    kwh_per_km_per_100_kg: Annotated[float, Field(ge=0, le=10)] = 0.0
    charging_kw: Annotated[float, Field(ge=0.01, le=1_000)] = 1.0
    charging_efficiency: Annotated[float, Field(ge=0.01, le=1)] = 0.85

    @model_validator(mode="after")
    def _starts_above_reserve(self) -> Self:
        if self.charge < self.reserve:
            raise refusal(ErrorCode.RESERVE_ABOVE_CHARGE, charge=self.charge, reserve=self.reserve)
        return self


class Break(Document):
    """A pause of ``duration_s`` that starts within ``window``."""

    duration_s: PositiveSeconds
    window: Window


class Tricycle(Document):
    """One electric tricycle and its day. ``end_place`` absent means an open end."""

    id: Id
    number: Annotated[int, Field(ge=1, le=9_999), AS_WHOLE]
    name: Label = ""
    fleet: Annotated[str, Field(max_length=80)] = ""
    available: bool = True
    start_place: Id
    end_place: Id | None = None
    shift: Window
    payload_kg: PositiveKg
    crates: Annotated[Crates, Field(ge=0)]
    speed_kmh: Annotated[float, Field(ge=1, le=120)]
    battery: Battery | None = None
    equipment: tuple[Id, ...] = ()
    breaks: Annotated[tuple[Break, ...], Field(max_length=4)] = ()
    fixed_yuan: Yuan = 0.0
    yuan_per_km: Yuan = 0.0
    yuan_per_hour: Yuan = 0.0

    @model_validator(mode="after")
    def _breaks_in_order(self) -> Self:
        for earlier, later in zip(self.breaks, self.breaks[1:], strict=False):
            if later.window.start < earlier.window.start:
                raise refusal(
                    ErrorCode.WINDOWS_OVERLAP,
                    end=earlier.window.end.isoformat(),
                    start=later.window.start.isoformat(),
                )
        return self

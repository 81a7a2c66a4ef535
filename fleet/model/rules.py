"""Rules of a day: what leaving a request costs, and the named assumptions of travel and cold."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from fleet.model.base import Document, Id, Yuan, refusal
from fleet.model.codes import ErrorCode


class CurvePoint(Document):
    """A factor at a temperature."""

    temperature_c: Annotated[float, Field(ge=-60, le=60)]
    factor: Annotated[float, Field(ge=0.01, le=5)]


class Curve(Document):
    """Piecewise linear factor over temperature, flat beyond its first and last point."""

    points: Annotated[tuple[CurvePoint, ...], Field(min_length=1, max_length=20)]

    @model_validator(mode="after")
    def _rising(self) -> Self:
        for lower, upper in zip(self.points, self.points[1:], strict=False):
            if upper.temperature_c <= lower.temperature_c:
                raise refusal(ErrorCode.CURVE_NOT_RISING, temperature_c=upper.temperature_c)
        return self

    def at(self, temperature_c: float) -> float:
        """Return the factor at a temperature."""
        first, last = self.points[0], self.points[-1]
        if temperature_c <= first.temperature_c:
            return first.factor
        if temperature_c >= last.temperature_c:
            return last.factor
        for lower, upper in zip(self.points, self.points[1:], strict=False):
            if temperature_c <= upper.temperature_c:
                share = (temperature_c - lower.temperature_c) / (upper.temperature_c - lower.temperature_c)
                return lower.factor + share * (upper.factor - lower.factor)
        return last.factor


class Climate(Document):
    """The day's temperature and what cold does: editable assumptions, no measured facts.

    ``capacity`` maps a battery chemistry to its usable share; a chemistry that is not listed keeps 1.
    """

    temperature_c: Annotated[float, Field(ge=-60, le=60)] = 22.0
    capacity: dict[Id, Curve] = {}
    consumption: Curve = Curve(points=(CurvePoint(temperature_c=20.0, factor=1.0),))


class Rules(Document):
    """What holds for the whole day."""

    unserved_yuan: Yuan = 500.0
    detour_factor: Annotated[float, Field(ge=1, le=5)] = 1.4
    snap_limit_m: Annotated[float, Field(gt=0, le=20_000)] = 500.0
    climate: Climate = Climate()

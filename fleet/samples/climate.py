"""What cold does to batteries and consumption: named assumptions of the samples, no measured facts."""

from fleet.model.rules import Climate, Curve, CurvePoint

LEAD_ACID = "lead-acid"
LITHIUM = "lithium"

MILD_C = 20.0
COLD_C = -15.0
LEAD_ACID_CAPACITY_COLD = 0.55
LITHIUM_CAPACITY_COLD = 0.70
CONSUMPTION_COLD = 1.10

SUMMER_C = 22.0


def climate_at(temperature_c: float) -> Climate:
    """Return the samples' curves at a temperature: straight lines from ``COLD_C`` to 1 at ``MILD_C``."""
    return Climate(
        temperature_c=temperature_c,
        capacity={LEAD_ACID: _line(LEAD_ACID_CAPACITY_COLD), LITHIUM: _line(LITHIUM_CAPACITY_COLD)},
        consumption=_line(CONSUMPTION_COLD),
    )


def _line(cold_factor: float) -> Curve:
    return Curve(
        points=(
            CurvePoint(temperature_c=COLD_C, factor=cold_factor),
            CurvePoint(temperature_c=MILD_C, factor=1.0),
        )
    )

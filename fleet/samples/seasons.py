"""Clock and cold of the sample days: when goods are ready, tricycles drive and communities open."""

import datetime
from dataclasses import dataclass

from fleet.samples.climate import COLD_C, SUMMER_C
from fleet.samples.clock import Clock


@dataclass(frozen=True, kw_only=True)
class Season:
    """The clock of a township's day; times are texts such as ``08:30-12:30``, Beijing time.

    Parameters
    ----------
    clock
        The date.
    temperature_c
        Of the whole day.
    shift, early_shift, early_shift_numbers
        The numbers of the tricycles that keep the early shift.
    break_start
        When the break may start.
    ready, late_ready, late_share
        When goods are ready in the villages; a share of them late.
    patience_min, late_patience_min
        How long ready goods may wait for a tricycle.
    centre_ready, centre_patience_min
        The same for goods that villagers bring to the centre.
    openings
        Opening of the first, second, ... community, repeated; several times are parted by a space.
    stays_min
        Selling stay of the first, second, ... community, repeated.
    parcels_out
        From the first start of loading parcels to the last of unloading them.
    """

    clock: Clock
    temperature_c: float
    shift: str
    early_shift: str
    early_shift_numbers: frozenset[int]
    break_start: str
    ready: str
    late_ready: str
    late_share: float
    patience_min: int
    late_patience_min: int
    centre_ready: str
    centre_patience_min: int
    openings: tuple[str, ...]
    stays_min: tuple[int, ...]
    parcels_out: str


_EARLY, _MIDDLE, _LATE = "08:30-12:30", "09:00-13:30", "10:00-14:00"
JUNE = Season(
    clock=Clock(datetime.date(2026, 6, 15)),
    temperature_c=SUMMER_C,
    shift="07:30-14:30",
    early_shift="06:45-13:45",
    early_shift_numbers=frozenset({1, 9, 10, 17}),
    break_start="11:00-13:00",
    ready="07:00-09:30",
    late_ready="10:00-11:30",
    late_share=0.2,
    patience_min=120,
    late_patience_min=75,
    centre_ready="07:00-08:30",
    centre_patience_min=180,
    openings=(
        *(_EARLY, _MIDDLE, _EARLY, _LATE, _EARLY, _MIDDLE),
        *(_EARLY, _MIDDLE, _EARLY, _LATE, _EARLY, _MIDDLE),
    ),
    stays_min=(60, 75, 60, 70, 45, 65, 60, 75, 70, 60, 45, 65),
    parcels_out="07:30-13:30",
)

_NOON, _NOON_AND_EVENING = "11:30-15:00", "11:30-15:00 16:00-18:30"
JANUARY = Season(
    clock=Clock(datetime.date(2026, 1, 15)),
    temperature_c=COLD_C,
    shift="10:00-18:00",
    early_shift="10:00-18:00",
    early_shift_numbers=frozenset(),
    break_start="13:30-15:00",
    ready="10:30-12:30",
    late_ready="10:30-12:30",
    late_share=0.0,
    patience_min=120,
    late_patience_min=120,
    centre_ready="10:00-11:30",
    centre_patience_min=180,
    openings=(_NOON, _NOON_AND_EVENING, _NOON),
    stays_min=(45, 60, 50, 55, 45, 60),
    parcels_out="10:00-17:00",
)

"""The samples' tricycles: three classes, their shifts and breaks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fleet.model.base import Window
from fleet.model.locks import Assignment
from fleet.model.tricycles import Battery, Break, Tricycle
from fleet.samples.climate import LEAD_ACID, LITHIUM

INSULATED_BOX = "insulated-box"
RESERVE = 0.2
CHARGING_EFFICIENCY = 0.85
LEAD_ACID_CHARGING_KW = 0.7
LITHIUM_CHARGING_KW = 1.5
BREAK_S = 30 * 60
FIXED_YUAN, YUAN_PER_KM, YUAN_PER_HOUR = 20.0, 0.4, 18.0


@dataclass(frozen=True, kw_only=True)
class TricycleClass:
    """One make of tricycle."""

    name: str
    chemistry: str
    capacity_kwh: float
    health: float
    payload_kg: float
    crates: int
    speed_kmh: float
    empty_kwh_per_km: float
    kwh_per_km_per_100_kg: float
    charging_kw: float
    equipment: tuple[str, ...] = ()


OLD_LEAD_ACID = TricycleClass(
    name="old lead-acid 60 V 58 Ah",
    chemistry=LEAD_ACID,
    capacity_kwh=3.5,
    health=0.80,
    payload_kg=250,
    crates=16,
    speed_kmh=20,
    empty_kwh_per_km=0.045,
    kwh_per_km_per_100_kg=0.010,
    charging_kw=LEAD_ACID_CHARGING_KW,
)
LEAD_ACID_72V = TricycleClass(
    name="lead-acid 72 V 80 Ah",
    chemistry=LEAD_ACID,
    capacity_kwh=5.8,
    health=0.85,
    payload_kg=400,
    crates=24,
    speed_kmh=25,
    empty_kwh_per_km=0.055,
    kwh_per_km_per_100_kg=0.010,
    charging_kw=LEAD_ACID_CHARGING_KW,
)
LITHIUM_72V = TricycleClass(
    name="lithium 72 V 100 Ah, insulated box",
    chemistry=LITHIUM,
    capacity_kwh=7.2,
    health=0.95,
    payload_kg=500,
    crates=30,
    speed_kmh=28,
    empty_kwh_per_km=0.060,
    kwh_per_km_per_100_kg=0.010,
    charging_kw=LITHIUM_CHARGING_KW,
    equipment=(INSULATED_BOX,),
)

QIAERBAG_CLASSES = (OLD_LEAD_ACID,) * 8 + (LEAD_ACID_72V,) * 8 + (LITHIUM_72V,) * 4
"""The class of tricycle number 1, 2, ... 20."""
ANY_FLEET_PATTERN = (OLD_LEAD_ACID, OLD_LEAD_ACID, LEAD_ACID_72V, LEAD_ACID_72V, LITHIUM_72V)
"""Repeated for fleets of any size: the same shares as the township's."""


def fleet_of(
    classes: Sequence[TricycleClass],
    *,
    fleet: str,
    start_place: str,
    shift_of: Callable[[int], Window],
    break_window: Window,
    start_charges: dict[int, float],
) -> tuple[Tricycle, ...]:
    """Return a tricycle for each class, numbered from 1.

    Parameters
    ----------
    classes
        One a tricycle.
    fleet
        Label of all of them.
    start_place
        Where they start and end.
    shift_of
        The shift of a number.
    break_window
        When the break of half an hour may start.
    start_charges
        Charge by number where it is not 1.
    """
    return tuple(
        Tricycle(
            id=f"tricycle-{number:02d}",
            number=number,
            name=kind.name,
            fleet=fleet,
            start_place=start_place,
            end_place=start_place,
            shift=shift_of(number),
            payload_kg=kind.payload_kg,
            crates=kind.crates,
            speed_kmh=kind.speed_kmh,
            battery=Battery(
                chemistry=kind.chemistry,
                capacity_kwh=kind.capacity_kwh,
                health=kind.health,
                charge=start_charges.get(number, 1.0),
                reserve=RESERVE,
                empty_kwh_per_km=kind.empty_kwh_per_km,
                kwh_per_km_per_100_kg=kind.kwh_per_km_per_100_kg,
                charging_kw=kind.charging_kw,
                charging_efficiency=CHARGING_EFFICIENCY,
            ),
            equipment=kind.equipment,
            breaks=(Break(duration_s=BREAK_S, window=break_window),),
            fixed_yuan=FIXED_YUAN,
            yuan_per_km=YUAN_PER_KM,
            yuan_per_hour=YUAN_PER_HOUR,
        )
        for number, kind in enumerate(classes, start=1)
    )


def numbered_drivers(tricycles: Sequence[Tricycle]) -> tuple[Assignment, ...]:
    """Return one driver a tricycle, known by number only: no person's name is invented."""
    return tuple(
        Assignment(
            driver=f"driver-{tricycle.number:02d}",
            name=f"{tricycle.number:02d}号驾驶员",
            tricycle=tricycle.id,
        )
        for tricycle in tricycles
    )

"""The worked examples of docs/energy.md, read from the page and computed again."""

import math
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from fleet.model.day import Day
from fleet.model.tricycles import Battery, Tricycle
from fleet.samples import make_day
from fleet.samples.climate import (
    COLD_C,
    CONSUMPTION_COLD,
    LEAD_ACID,
    LEAD_ACID_CAPACITY_COLD,
    LITHIUM,
    LITHIUM_CAPACITY_COLD,
    MILD_C,
    climate_at,
)

PAGE = Path(__file__).parents[2] / "docs" / "energy.md"
INPUTS = {"day", "tricycle", "legs", "recharge", "temperature, °C"}

Example = dict[str, str]


def read_examples() -> dict[str, Example]:
    examples: dict[str, Example] = {}
    heading = ""
    rows: Example | None = None
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("### "):
            heading = line.removeprefix("### ").split(":")[0]
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not heading or not line.startswith("|"):
            rows = None
        elif cells == ["quantity", "value"]:
            rows = {}
            same = sum(name.startswith(heading) for name in examples)
            examples[f"{heading}{'abc'[same]}"] = rows
        elif rows is not None and not cells[0].startswith("---"):
            rows[cells[0]] = cells[1]
    return examples


EXAMPLES = read_examples()


def day_of(example: Example) -> Day:
    day = make_day(example["day"])
    if "temperature, °C" in example:
        climate = climate_at(float(example["temperature, °C"]))
        day = day.model_copy(update={"rules": day.rules.model_copy(update={"climate": climate})})
    return day


def battery_of(tricycle: Tricycle) -> Battery:
    assert tricycle.battery is not None
    return tricycle.battery


def leg_kwh(day: Day, battery: Battery, *, km: float, load_kg: float) -> float:
    per_km = battery.empty_kwh_per_km + battery.kwh_per_km_per_100_kg * load_kg / 100
    return km * per_km * day.consumption_factor


def legs_kwh(day: Day, tricycle: Tricycle, example: Example) -> float:
    legs = re.findall(r"([\d.]+) km with ([\d.]+) kg", example["legs"])
    assert legs
    battery = battery_of(tricycle)
    return sum(leg_kwh(day, battery, km=float(km), load_kg=float(kg)) for km, kg in legs)


def range_km(day: Day, tricycle: Tricycle, *, load_kg: float) -> float:
    battery = battery_of(tricycle)
    above = day.usable_kwh(tricycle) * (1 - battery.reserve)
    return above / leg_kwh(day, battery, km=1, load_kg=load_kg)


def charging_kw(day: Day, tricycle: Tricycle) -> float:
    charger = day.place_by_id[tricycle.start_place].charger
    assert charger is not None
    battery = battery_of(tricycle)
    return min(charger.power_kw, battery.charging_kw) * battery.charging_efficiency


def charged_kwh(day: Day, tricycle: Tricycle, example: Example) -> float:
    start, end = (float(part) / 100 for part in re.findall(r"([\d.]+) %", example["recharge"]))
    return day.usable_kwh(tricycle) * (end - start)


def capacity_factor(day: Day, tricycle: Tricycle) -> float:
    battery = battery_of(tricycle)
    return day.usable_kwh(tricycle) / battery.capacity_kwh / battery.health


QUANTITIES: dict[str, Callable[[Day, Tricycle, Example], float]] = {
    "capacity factor": lambda day, tricycle, example: capacity_factor(day, tricycle),
    "consumption factor": lambda day, tricycle, example: day.consumption_factor,
    "usable kWh": lambda day, tricycle, example: day.usable_kwh(tricycle),
    "kWh above the reserve": lambda day, tricycle, example: (
        day.usable_kwh(tricycle) * (battery_of(tricycle).charge - battery_of(tricycle).reserve)
    ),
    "range empty, km": lambda day, tricycle, example: range_km(day, tricycle, load_kg=0),
    "range with 100 kg, km": lambda day, tricycle, example: range_km(day, tricycle, load_kg=100),
    "kWh of the legs": legs_kwh,
    "charge used, %": lambda day, tricycle, example: (
        100 * legs_kwh(day, tricycle, example) / day.usable_kwh(tricycle)
    ),
    "charge at the end, %": lambda day, tricycle, example: (
        100 * (1 - legs_kwh(day, tricycle, example) / day.usable_kwh(tricycle))
    ),
    "kWh per hour of charging": lambda day, tricycle, example: charging_kw(day, tricycle),
    "kWh charged": charged_kwh,
    "minutes": lambda day, tricycle, example: math.ceil(
        60 * charged_kwh(day, tricycle, example) / charging_kw(day, tricycle)
    ),
}

CASES = [
    pytest.param(example, quantity, id=f"{name}, {quantity}")
    for name, example in EXAMPLES.items()
    for quantity in example
    if quantity not in INPUTS
]


def test_the_page_has_its_examples() -> None:
    assert len(EXAMPLES) >= 7
    assert {quantity for example in EXAMPLES.values() for quantity in example} <= INPUTS | QUANTITIES.keys()


@pytest.mark.parametrize(("example", "quantity"), CASES)
def test_a_number_of_the_page_is_what_the_code_computes(example: Example, quantity: str) -> None:
    day = day_of(example)
    tricycle = day.tricycle_by_id[example["tricycle"]]
    printed = example[quantity]
    decimals = len(printed.partition(".")[2])
    computed = QUANTITIES[quantity](day, tricycle, example)
    assert computed == pytest.approx(float(printed), abs=0.5001 * 10**-decimals)


def test_the_table_of_cold_factors_is_the_samples() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert f"| usable capacity, lead-acid | {LEAD_ACID_CAPACITY_COLD:.2f} | 1.00 |" in text
    assert f"| usable capacity, lithium | {LITHIUM_CAPACITY_COLD:.2f} | 1.00 |" in text
    assert f"| consumption | {CONSUMPTION_COLD:.2f} | 1.00 |" in text
    climate = climate_at(COLD_C)
    assert (climate.capacity[LEAD_ACID].at(COLD_C), climate.capacity[LEAD_ACID].at(MILD_C)) == (0.55, 1.0)
    assert (climate.capacity[LITHIUM].at(COLD_C), climate.capacity[LITHIUM].at(MILD_C)) == (0.70, 1.0)
    assert (climate.consumption.at(COLD_C), climate.consumption.at(30.0)) == (1.10, 1.0)

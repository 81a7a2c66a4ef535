"""A day small enough to be planned in a moment, as JSON, and what running the command printed."""

import copy
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fleet.cli import main

Json = dict[str, Any]


def at(clock: str) -> str:
    """An instant of the day."""
    return f"2026-06-15T{clock}:00+08:00"


def window(start: str, end: str) -> Json:
    """A window of the day."""
    return {"start": at(start), "end": at(end)}


def _place(key: str, kind: str, latitude: float, longitude: float, **more: Any) -> Json:
    return {"id": key, "name": key, "kind": kind, "latitude": latitude, "longitude": longitude, **more}


def _tricycle(number: int) -> Json:
    return {
        "id": f"t{number}",
        "number": number,
        "start_place": "centre",
        "end_place": "centre",
        "shift": window("07:00", "14:00"),
        "payload_kg": 300,
        "crates": 20,
        "speed_kmh": 25,
        "fixed_yuan": 20,
        "yuan_per_km": 0.4,
        "yuan_per_hour": 18,
        "battery": {
            "chemistry": "lithium",
            "capacity_kwh": 5,
            "charge": 1,
            "reserve": 0.2,
            "empty_kwh_per_km": 0.05,
        },
    }


def _request(key: str, kg: float, village: str, **more: Any) -> Json:
    return {
        "id": key,
        "household": f"{village}-01",
        "product": "tomato",
        "kg": kg,
        "crates": 4,
        "pickup": {"place": village, "windows": [window("07:30", "09:30")], "handling_s": 120},
        "dropoffs": [
            {"place": place, "windows": [window("08:30", "12:30")], "handling_s": 120}
            for place in ("pear", "garden")
        ],
        "value_yuan": 200,
        **more,
    }


DAY: Json = {
    "format": "fleet-day/1",
    "title": "A small day",
    "date": "2026-06-15",
    "zone": "Asia/Shanghai",
    "rules": {
        "climate": {"temperature_c": 22, "consumption": {"points": [{"temperature_c": 20, "factor": 1}]}}
    },
    "places": [
        _place("centre", "centre", 41.72, 86.15, stalls=38, charger={"power_kw": 1.5, "plugs": 1}),
        _place("upper", "village", 41.745, 86.13),
        _place("lower", "village", 41.70, 86.12),
        _place("pear", "community", 41.735, 86.18, setup_s=240),
        _place("garden", "community", 41.728, 86.171, stay_s=1800),
    ],
    "households": [
        {"id": "upper-01", "name": "upper 01", "place": "upper"},
        {"id": "lower-01", "name": "lower 01", "place": "lower"},
    ],
    "products": [{"id": "tomato", "name": "tomato", "names": {"zh-Hans": "番茄"}, "kg_per_crate": 18}],
    "tricycles": [_tricycle(1), _tricycle(2)],
    "requests": [
        _request("r1", 70, "upper", must=True),
        _request("r2", 55, "lower"),
        _request("r3", 520, "lower"),
    ],
}
"""Two villages, two communities, two tricycles; r3 is heavier than any of them may carry."""


def day(**changed: Any) -> Json:
    """A day of one's own to spoil."""
    return copy.deepcopy(DAY) | changed


@dataclass(frozen=True)
class Ran:
    """What a run of the command left."""

    status: int
    out: str
    err: str

    @property
    def error(self) -> str:
        """The one line that says what was wrong."""
        (line,) = [line for line in self.err.splitlines() if line.startswith("error[")]
        return line


def run(capfd: pytest.CaptureFixture[str], *arguments: object) -> Ran:
    """Run the command in this process, as its entry point does."""
    capfd.readouterr()
    status = main([str(argument) for argument in arguments])
    captured = capfd.readouterr()
    return Ran(status, captured.out, captured.err)


def write_json(path: Path, document: Any) -> Path:
    """Write a document."""
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path

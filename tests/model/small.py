"""The smallest day that has one of everything, as a document to be changed."""

import copy
import json
from typing import Any

from fleet.model import Day, InputError, Problem, read_day

AT_SIX = "2026-06-12T06:00:00+08:00"
AT_SEVEN = "2026-06-12T07:00:00+08:00"
AT_NOON = "2026-06-12T12:00:00+08:00"

DAY: dict[str, Any] = {
    "format": "fleet-day/1",
    "date": "2026-06-12",
    "rules": {"unserved_yuan": 500.0},
    "places": [
        {"id": "v", "name": "village", "kind": "village", "latitude": 41.7, "longitude": 86.1},
        {
            "id": "c",
            "name": "community",
            "kind": "community",
            "latitude": 41.72,
            "longitude": 86.14,
            "stalls": 2,
            "opening": [{"start": AT_SIX, "end": AT_NOON}],
            "charger": {"power_kw": 3.0},
        },
    ],
    "households": [{"id": "h", "name": "household", "place": "v"}],
    "products": [{"id": "p", "name": "tomatoes", "kg_per_crate": 12.5}],
    "tricycles": [
        {
            "id": "t",
            "number": 1,
            "start_place": "v",
            "end_place": "v",
            "shift": {"start": AT_SIX, "end": AT_NOON},
            "payload_kg": 300.0,
            "crates": 20,
            "speed_kmh": 20.0,
            "battery": {"chemistry": "lithium", "capacity_kwh": 3.0, "empty_kwh_per_km": 0.05},
            "breaks": [{"duration_s": 600, "window": {"start": AT_SEVEN, "end": AT_NOON}}],
        },
        {
            "id": "u",
            "number": 2,
            "start_place": "v",
            "shift": {"start": AT_SIX, "end": AT_NOON},
            "payload_kg": 300.0,
            "crates": 20,
            "speed_kmh": 20.0,
        },
    ],
    "requests": [
        {
            "id": "r",
            "household": "h",
            "product": "p",
            "kg": 20.0,
            "pickup": {"place": "v"},
            "dropoffs": [{"place": "c", "stall": 1, "windows": [{"start": AT_SIX, "end": AT_SEVEN}]}],
        },
        {"id": "s", "kg": 5.0, "pickup": {"place": "v"}, "dropoffs": [{"place": "c"}]},
    ],
    "assignments": [{"driver": "d", "tricycle": "t"}],
    "locks": {
        "requests": [{"request": "s", "only_tricycle": "t"}],
        "routes": [
            {
                "tricycle": "t",
                "sequence": [{"request": "s", "kind": "pickup"}],
                "frozen": [{"request": "r", "kind": "dropoff", "place": "c", "start": AT_SEVEN}],
            }
        ],
    },
    "start_state": {
        "tricycles": [
            {"tricycle": "t", "free_at": AT_SIX, "on_board": [{"request": "r", "picked_up_at": AT_SIX}]}
        ],
        "delivered": [{"place": "c", "product": "p", "kg": 3.0}],
    },
    "closed_roads": [{"name": "bridge", "way_ids": [1]}],
}


def changed(path: str, value: Any) -> bytes:
    """Return the small day as JSON with one value set (or, for ``...``, taken out)."""
    document = copy.deepcopy(DAY)
    *parents, last = [int(key) if key.isdigit() else key for key in path.split("/")]
    part: Any = document
    for key in parents:
        part = part[key]
    if value is ...:
        del part[last]
    elif isinstance(part, list) and last == len(part):
        part.append(value)
    else:
        part[last] = value
    return json.dumps(document).encode()


def accepted(path: str, value: Any) -> Day:
    """Return the small day with a change."""
    return read_day(changed(path, value))


def refused(path: str, value: Any) -> Problem:
    """Return the one problem of the small day with a change."""
    try:
        read_day(changed(path, value))
    except InputError as error:
        (problem,) = error.problems
        return problem
    raise AssertionError(f"{path} may be {value!r}")

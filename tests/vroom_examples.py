"""The example problems of VROOM's documentation (BSD-2-Clause, the VROOM authors), in short."""

from typing import Any

Json = dict[str, Any]
DEPOT = [2.35044, 48.71764]
HOURS = [28800, 43200]


def _vehicle(number: int, skill: int) -> Json:
    rest = {"id": number, "service": 300, "time_windows": [[36000, 37800]]}
    ends = {"start": DEPOT, "end": DEPOT, "time_window": HOURS}
    return {"id": number, "capacity": [4], "skills": [skill, 14], "breaks": [rest], **ends}


def _job(number: int, place: list[float], **more: Any) -> Json:
    return {"id": number, "service": 300, "delivery": [1], "location": place, **more}


WITH_COORDINATES: Json = {
    "vehicles": [_vehicle(1, 1), _vehicle(2, 2)],
    "jobs": [
        _job(1, [1.98935, 48.701], skills=[1], time_windows=[[32400, 36000]]),
        _job(2, [2.03655, 48.61128], skills=[1]),
        _job(5, [2.28325, 48.5958], skills=[14]),
        _job(6, [2.89357, 48.90736], skills=[14]),
    ],
    "shipments": [
        {
            "amount": [1],
            "skills": [2],
            "pickup": {"id": 4, "service": 300, "location": [2.41808, 49.22619]},
            "delivery": {"id": 3, "service": 300, "location": [2.39719, 49.07611]},
        }
    ],
}

WITH_A_MATRIX: Json = {
    "vehicles": [{"id": 0, "start_index": 0, "end_index": 3}],
    "jobs": [{"id": 1414, "location_index": 1}, {"id": 1515, "location_index": 2}],
    "matrix": [[0, 2104, 197, 1299], [2103, 0, 2255, 3152], [197, 2256, 0, 1102], [1299, 3153, 1102, 0]],
}
COST_WITH_A_MATRIX = 5461

SHIFT = [1600416000, 1600426800]
EARLY = {"time_windows": [[1600416000, 1600423200]]}
STEPS_1 = [{"type": "start"}, *({"type": "job", "id": n} for n in (1, 2, 5)), {"type": "end"}]
STEPS_2 = [
    {"type": "start", "service_after": 1600415200},
    *({"type": "job", "id": n} for n in (6, 4, 3)),
    {"type": "end"},
]

IN_PLAN_MODE: Json = {
    "vehicles": [
        {"id": 1, "start": DEPOT, "end": DEPOT, "capacity": [4], "steps": STEPS_1, "time_window": SHIFT},
        {"id": 2, "start": DEPOT, "end": DEPOT, "capacity": [4], "steps": STEPS_2, "time_window": SHIFT},
    ],
    "jobs": [
        _job(1, [1.98935, 48.701]) | {"delivery": [2]},
        _job(2, [2.03655, 48.61128]) | {"delivery": [2]},
        _job(3, [2.39719, 49.07611], **EARLY),
        _job(4, [2.41808, 49.22619], **EARLY),
        _job(5, [2.28325, 48.5958]) | {"delivery": [3]},
        _job(6, [2.89357, 48.90736], **EARLY),
    ],
}
"""As in the documentation, the first route is loaded with 7 of 4."""

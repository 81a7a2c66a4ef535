"""Problems of one vehicle on five places in a line, to be read at a glance."""

from typing import Any

from tests.formats_vroom.problems import Json

LINE = [[abs(a - b) * 100 for b in range(5)] for a in range(5)]
"""Five places on a line, 100 s from each to the next."""


def problem(*jobs: Json, shipments: tuple[Json, ...] = (), **vehicle: Any) -> Json:
    """One vehicle that starts and ends at place 0 of the line."""
    return {
        "vehicles": [{"id": 1, "start_index": 0, "end_index": 0, **vehicle}],
        "jobs": [{"id": number, **job} for number, job in enumerate(jobs, 1)],
        "shipments": list(shipments),
        "matrices": {"car": {"durations": LINE}},
    }


def at(place: int, **fields: Any) -> Json:
    return {"location_index": place, **fields}

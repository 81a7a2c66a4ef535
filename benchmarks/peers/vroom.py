"""VROOM through pyvroom, at its highest exploration level and on one thread.

It looks at its clock between its searches only and overruns on large problems; whoever calls has to end it.
"""

import json
import tempfile
from collections.abc import Callable
from datetime import timedelta
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any

import vroom

from benchmarks._pdptw import Routes
from benchmarks.peers import VehicleSteps
from benchmarks.peers._numbers import matrix_of, scale_of, vehicle_cost
from benchmarks.peers.ours import steps_of
from fleet.formats.pdptw import Benchmark

EXPLORATION_LEVEL = 5


def version() -> str:
    """Return the version of the package."""
    return installed_version("pyvroom")


def prepare_pdptw(benchmark: Benchmark, *, seconds: float, seed: int) -> Callable[[], Routes]:
    """Return its search of a problem in its JSON; a task's id is its node."""
    scale = scale_of(benchmark)
    cost = vehicle_cost(benchmark)
    working = [scale * int(benchmark.ready[0]), scale * int(benchmark.due[0])]

    def visit(node: int) -> dict[str, Any]:
        return {
            "id": node,
            "location_index": node,
            "service": scale * int(benchmark.service[node]),
            "time_windows": [[scale * int(benchmark.ready[node]), scale * int(benchmark.due[node])]],
        }

    problem = {
        "vehicles": [
            {
                "id": number,
                "start_index": 0,
                "end_index": 0,
                "capacity": [benchmark.capacity],
                "costs": {"fixed": cost},
                "time_window": working,
            }
            for number in range(benchmark.vehicles)
        ],
        "shipments": [
            {
                "amount": [int(benchmark.demand[node])],
                "pickup": visit(int(node)),
                "delivery": visit(int(benchmark.partner[node])),
            }
            for node in benchmark.pickups
        ],
        "matrices": {"car": {"durations": matrix_of(benchmark).tolist()}},
    }
    search = prepare_day(problem, seconds=seconds, seed=seed)

    def run() -> Routes:
        return [[node for _, node in tasks] for tasks in search().values()]

    return run


def prepare_day(problem: dict[str, Any], *, seconds: float, seed: int) -> Callable[[], VehicleSteps]:
    """Return its search of a day; it has no seed."""
    del seed
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "problem.json"
        file.write_text(json.dumps(problem), encoding="utf-8")
        told = vroom.Input.from_json(file)

    def run() -> VehicleSteps:
        found = told.solve(
            exploration_level=EXPLORATION_LEVEL, nb_threads=1, timeout=timedelta(seconds=seconds)
        )
        return steps_of(found.to_dict())

    return run

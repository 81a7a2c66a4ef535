"""commiv: ruin and recreate by string removals, in Zig.

Its annealing cools by iterations, not by time: with its default of 100,000 it stops long before the time is
over, and with a number that is never reached it never cools. So its speed on the problem is measured first,
outside of the time, and it gets the iterations that fit.
"""

import contextlib
import time
from collections.abc import Callable
from typing import Any

import commiv
import numpy as np

from benchmarks._pdptw import Routes
from benchmarks.peers import CannotExpressError, VehicleSteps
from benchmarks.peers._numbers import matrix_of, scale_of
from benchmarks.peers._plain_day import PlainDay
from fleet.formats.pdptw import Benchmark

TRIAL_ITERATIONS = 5_000
LARGEST_NUMBER = 2**32 - 1


def version() -> str:
    """Return the version of the library."""
    return str(commiv.version())


def prepare_pdptw(benchmark: Benchmark, *, seconds: float, seed: int) -> Callable[[], Routes]:
    """Return its fleet minimisation, with as many iterations as fit into the time."""
    scale = scale_of(benchmark)
    pickups = benchmark.pickups
    problem: dict[str, Any] = {
        "matrix": matrix_of(benchmark).astype(np.uint32),
        "pickups": pickups.tolist(),
        "deliveries": benchmark.partner[pickups].tolist(),
        "demand": benchmark.demand[pickups].tolist(),
        "capacity": benchmark.capacity,
        "ready": (scale * benchmark.ready).tolist(),
        "due": (scale * benchmark.due).tolist(),
        "service": (scale * benchmark.service).tolist(),
        "seed": seed,
    }
    iterations = max(1, int(_iterations_per_s(problem) * seconds))

    def run() -> Routes:
        found = commiv.solve_pdptw(
            **problem, fleet_min=True, iters=iterations, wall_ms=round(1_000 * seconds)
        )
        return [list(route) for route in found.routes]

    return run


def _iterations_per_s(problem: dict[str, Any]) -> float:
    """Measure its speed; the start of the call is taken out by a second, short one."""
    took_s = []
    for iterations in (1, TRIAL_ITERATIONS):
        began = time.monotonic()
        # A problem that it finds no solution of within so few iterations takes their time, too.
        with contextlib.suppress(commiv.CommivError):
            commiv.solve_pdptw(**problem, iters=iterations)
        took_s.append(time.monotonic() - began)
    return TRIAL_ITERATIONS / max(1e-3, took_s[1] - took_s[0])


def prepare_day(problem: dict[str, Any], *, seconds: float, seed: int) -> Callable[[], VehicleSteps]:
    """Return its search with vehicle types: every request has to be served, it can leave none out."""
    day = PlainDay.of(problem)
    nodes = [visit for shipment in day.shipments for visit in shipment.visits]
    places = [day.depot, *(visit.place for visit in nodes)]
    opens, closes = day.fleet[0].opens, day.fleet[0].closes
    if any((kind.opens, kind.closes) != (opens, closes) for kind in day.fleet):
        raise CannotExpressError("vehicles with working hours of their own")
    count = len(day.shipments)
    told: dict[str, Any] = {
        "matrix": np.array(day.seconds, np.uint32)[np.ix_(places, places)],
        "pickups": list(range(1, 2 * count, 2)),
        "deliveries": list(range(2, 2 * count + 1, 2)),
        "demand": [shipment.amount for shipment in day.shipments],
        "capacity": max(kind.capacity for kind in day.fleet),
        # Its day begins at 0 with the depot's opening.
        "ready": [0, *(max(0, visit.opens - opens) for visit in nodes)],
        "due": [closes - opens, *(visit.closes - opens for visit in nodes)],
        "service": [0, *(visit.service for visit in nodes)],
        "seed": seed,
        "vehicle_types": [(kind.capacity, kind.fixed, len(kind.ids)) for kind in day.fleet],
    }
    iterations = max(1, int(_iterations_per_s(told) * seconds))

    def run() -> VehicleSteps:
        try:
            found = commiv.solve_pdptw(**told, iters=iterations, wall_ms=round(1_000 * seconds))
        except commiv.CommivError:
            # It found no way to serve all.
            return {}
        return day.steps(
            [
                (kind, [((node - 1) // 2, node % 2 == 0) for node in route])
                for kind, route in zip(found.types or (), found.routes, strict=True)
            ]
        )

    return run

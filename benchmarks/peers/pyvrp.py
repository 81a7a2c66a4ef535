"""PyVRP: iterated local search; it has shipments since 0.14, with prizes for those that may be left out."""

from collections.abc import Callable
from importlib.metadata import version as installed_version
from typing import Any

import numpy as np
import pyvrp
from pyvrp.stop import MaxRuntime

from benchmarks._pdptw import Routes
from benchmarks.peers import VehicleSteps
from benchmarks.peers._numbers import matrix_of, scale_of, vehicle_cost
from benchmarks.peers._plain_day import PlainDay
from fleet.formats.pdptw import Benchmark


def version() -> str:
    """Return the version of the package."""
    return installed_version("pyvrp")


def prepare_pdptw(benchmark: Benchmark, *, seconds: float, seed: int) -> Callable[[], Routes]:
    """Return its search; a vehicle costs more than any distance it saves."""
    scale = scale_of(benchmark)
    matrix = matrix_of(benchmark)
    pickups = benchmark.pickups.tolist()
    ready, due, service = (
        (scale * column).tolist() for column in (benchmark.ready, benchmark.due, benchmark.service)
    )
    shipments = [
        pyvrp.Shipment(
            pickup_location=p,
            delivery_location=d,
            pickup_tw_early=ready[p],
            pickup_tw_late=due[p],
            pickup_service_duration=service[p],
            delivery_tw_early=ready[d],
            delivery_tw_late=due[d],
            delivery_service_duration=service[d],
            amount=[int(benchmark.demand[p])],
        )
        for p, d in zip(pickups, benchmark.partner[pickups].tolist(), strict=True)
    ]
    fleet = pyvrp.VehicleType(
        num_available=benchmark.vehicles,
        capacity=[benchmark.capacity],
        fixed_cost=vehicle_cost(benchmark),
        tw_early=ready[0],
        tw_late=due[0],
    )
    data = _data(matrix, shipments, [fleet])

    def run() -> Routes:
        found = _search(data, seconds, seed)
        pairs = list(zip(pickups, benchmark.partner[pickups].tolist(), strict=True))
        return [[pairs[r][is_delivery] for r, is_delivery in route] for _, route in found]

    return run


def _data(matrix: Any, shipments: list[Any], fleet: list[Any]) -> Any:
    return pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0) for _ in matrix],
        clients=[],
        depots=[pyvrp.Depot(location=0)],
        vehicle_types=fleet,
        distance_matrices=[matrix],
        duration_matrices=[matrix],
        shipments=shipments,
    )


def _search(data: Any, seconds: float, seed: int) -> list[tuple[int, list[tuple[int, bool]]]]:
    """Return the vehicle type and the (shipment, is it the delivery) of each route; none if infeasible."""
    found = pyvrp.solve(data, stop=MaxRuntime(seconds), seed=seed, collect_stats=False, display=False)
    if not found.best.is_feasible():
        return []
    return [
        (
            route.vehicle_type(),
            [(visit.idx, visit.is_delivery()) for visit in route if not visit.is_depot()],
        )
        for route in found.best.routes()
    ]


PRIORITY_IN_REQUESTS = 3
"""How many requests more a priority is worth: larger prizes, which none could outweigh, gave worse days."""


def prepare_day(problem: dict[str, Any], *, seconds: float, seed: int) -> Callable[[], VehicleSteps]:
    """Return its search; the prize of a request is worth more than the dearest way to serve it."""
    day = PlainDay.of(problem)
    matrix = np.array(day.seconds, np.int64)
    unit = 2 * int(matrix.max()) + max(kind.fixed for kind in day.fleet)
    shipments = [
        pyvrp.Shipment(
            pickup_location=shipment.pickup.place,
            delivery_location=shipment.delivery.place,
            pickup_tw_early=shipment.pickup.opens,
            pickup_tw_late=shipment.pickup.closes,
            pickup_service_duration=shipment.pickup.service,
            delivery_tw_early=shipment.delivery.opens,
            delivery_tw_late=shipment.delivery.closes,
            delivery_service_duration=shipment.delivery.service,
            amount=[shipment.amount],
            prize=unit * (1 + PRIORITY_IN_REQUESTS * shipment.priority),
            required=False,
        )
        for shipment in day.shipments
    ]
    fleet = [
        pyvrp.VehicleType(
            num_available=len(kind.ids),
            capacity=[kind.capacity],
            fixed_cost=kind.fixed,
            tw_early=kind.opens,
            tw_late=kind.closes,
        )
        for kind in day.fleet
    ]
    data = _data(matrix, shipments, fleet)
    return lambda: day.steps(_search(data, seconds, seed))

"""OR-Tools' routing library by itself, in the setting that measured best.

Iterated local search, ruins by string removals, cheapest insertion, annealing with automatic temperatures.
The setting is that of the routing model within our own search; the model is a plain one without our rules.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import ortools
from ortools.constraint_solver import pywrapcp

from benchmarks._pdptw import Routes
from benchmarks.peers import VehicleSteps
from benchmarks.peers._numbers import matrix_of, scale_of, vehicle_cost
from benchmarks.peers._plain_day import PlainDay
from fleet.formats.pdptw import Benchmark
from fleet.solver.routing_model.solve import search_parameters


def version() -> str:
    """Return the version of the package."""
    return str(ortools.__version__)


class _Model:
    """Pairs of nodes that start at a depot's node 0; the order of the pairs stands in for a seed."""

    def __init__(
        self,
        *,
        matrix: np.ndarray,
        service: list[int],
        windows: list[tuple[int, int]],
        pairs: list[tuple[int, int]],
        demand: list[int],
        fleet: list[tuple[int, int, int, int]],
        penalties: list[int] | None,
        seed: int,
    ) -> None:
        order = np.random.default_rng(seed).permutation(len(pairs)).tolist()
        self._nodes = [0, *(node for pair in order for node in pairs[pair])]
        self._manager = pywrapcp.RoutingIndexManager(len(self._nodes), len(fleet), 0)
        self._routing = routing = pywrapcp.RoutingModel(self._manager)
        legs = matrix[np.ix_(self._nodes, self._nodes)]
        times = legs + np.array([service[node] for node in self._nodes])[:, None]
        routing.SetArcCostEvaluatorOfAllVehicles(self._register(legs))
        horizon = max(closes for _, _, _, closes in fleet)
        routing.AddDimension(self._register(times), horizon, horizon, False, "time")
        loads = routing.RegisterUnaryTransitVector([demand[node] for node in self._nodes])
        routing.AddDimensionWithVehicleCapacity(
            loads, 0, [capacity for capacity, _, _, _ in fleet], True, "load"
        )
        clock = routing.GetDimensionOrDie("time")
        for vehicle, (_, fixed, opens, closes) in enumerate(fleet):
            routing.SetFixedCostOfVehicle(fixed, vehicle)
            clock.CumulVar(routing.Start(vehicle)).SetRange(opens, closes)
            clock.CumulVar(routing.End(vehicle)).SetRange(opens, closes)
        for rank, pair in enumerate(order):
            pickup, delivery = (self._manager.NodeToIndex(1 + 2 * rank + part) for part in (0, 1))
            routing.AddPickupAndDelivery(pickup, delivery)
            if penalties is not None:
                # Both are left out together: the pair says so, one penalty is enough.
                routing.AddDisjunction([pickup], penalties[pair])
                routing.AddDisjunction([delivery], 0)
            solver = routing.solver()
            solver.Add(routing.VehicleVar(pickup) == routing.VehicleVar(delivery))
            solver.Add(clock.CumulVar(pickup) <= clock.CumulVar(delivery))
            for index, node in zip((pickup, delivery), pairs[pair], strict=True):
                clock.CumulVar(index).SetRange(windows[node][0], min(horizon, windows[node][1]))

    def solve(self, seconds: float) -> list[list[int]]:
        """Return the nodes of every vehicle; all are empty where there is no solution."""
        parameters = search_parameters(time_limit_s=seconds, iterations=None)
        routing = self._routing
        routing.CloseModelWithParameters(parameters)
        found = routing.SolveWithIteratedLocalSearch(parameters)
        routes: list[list[int]] = [[] for _ in range(routing.vehicles())]
        for vehicle, route in enumerate(routes if found is not None else []):
            index = found.Value(routing.NextVar(routing.Start(vehicle)))
            while not routing.IsEnd(index):
                route.append(self._nodes[self._manager.IndexToNode(index)])
                index = found.Value(routing.NextVar(index))
        return routes

    def _register(self, matrix: np.ndarray) -> int:
        return int(self._routing.RegisterTransitMatrix(matrix.tolist()))


def prepare_pdptw(benchmark: Benchmark, *, seconds: float, seed: int) -> Callable[[], Routes]:
    """Return its search; a vehicle costs more than any distance it saves."""
    scale = scale_of(benchmark)
    pickups = benchmark.pickups
    opens, closes = (scale * benchmark.ready).tolist(), (scale * benchmark.due).tolist()
    vehicle = (benchmark.capacity, vehicle_cost(benchmark), opens[0], closes[0])
    model: dict[str, Any] = {
        "matrix": matrix_of(benchmark),
        "service": (scale * benchmark.service).tolist(),
        "windows": list(zip(opens, closes, strict=True)),
        "pairs": list(zip(pickups.tolist(), benchmark.partner[pickups].tolist(), strict=True)),
        "demand": benchmark.demand.tolist(),
        "fleet": [vehicle] * benchmark.vehicles,
        "penalties": None,
        "seed": seed,
    }

    def run() -> Routes:
        return [route for route in _Model(**model).solve(seconds) if route]

    return run


def prepare_day(problem: dict[str, Any], *, seconds: float, seed: int) -> Callable[[], VehicleSteps]:
    """Return its search; leaving a request out costs more than the dearest way to serve it."""
    day = PlainDay.of(problem)
    visits = [visit for shipment in day.shipments for visit in shipment.visits]
    places = [day.depot, *(visit.place for visit in visits)]
    matrix = np.array(day.seconds, np.int64)[np.ix_(places, places)]
    unit = 2 * int(matrix.max()) + max(kind.fixed for kind in day.fleet)
    kinds = [rank for rank, kind in enumerate(day.fleet) for _ in kind.ids]
    model: dict[str, Any] = {
        "matrix": matrix,
        "service": [0, *(visit.service for visit in visits)],
        "windows": [(0, 0), *((visit.opens, visit.closes) for visit in visits)],
        "pairs": [(node, node + 1) for node in range(1, len(visits), 2)],
        "demand": [0, *(sign * shipment.amount for shipment in day.shipments for sign in (1, -1))],
        "fleet": [
            (kind.capacity, kind.fixed, kind.opens, kind.closes) for kind in (day.fleet[k] for k in kinds)
        ],
        "penalties": [unit * (1 + len(day.shipments) * shipment.priority) for shipment in day.shipments],
        "seed": seed,
    }

    def run() -> VehicleSteps:
        return day.steps(
            [
                (kind, [((node - 1) // 2, node % 2 == 0) for node in route])
                for kind, route in zip(kinds, _Model(**model).solve(seconds), strict=True)
                if route
            ]
        )

    return run

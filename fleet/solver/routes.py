"""The routes of a search as they stand: exact evaluation, insertion, and what routes share."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from fleet.solver.instance import Instance, Ints
from fleet.solver.kernels import codes as c
from fleet.solver.kernels.chain import Busy
from fleet.solver.kernels.insertion import best_insertion
from fleet.solver.kernels.record import record_of
from fleet.solver.kernels.route import evaluate


@dataclass(frozen=True, slots=True)
class Route:
    """One vehicle's tasks with exact times; ``nodes`` has the columns of ``kernels.codes``."""

    tasks: Ints
    nodes: Ints
    cost: int
    departure_s: int
    return_s: int


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of an evaluation: a route, or the rule it broke with its detail and amount."""

    rule: int
    route: Route | None
    tasks: Ints
    detail: int
    amount: int


class Routes:
    """All vehicles' routes over one instance; bays and caps are shared between them.

    Parameters
    ----------
    instance : Instance
        The problem; its arrays must not change while this object lives.
    """

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self._record = record_of(instance)
        self.routes: list[Route | None] = [None] * instance.n_vehicles
        self.vehicle_of = np.full(instance.n_requests, -1, np.int64)
        self._cap_used = np.zeros((instance.n_vehicles, len(instance.cap_left)), np.int64)
        n = instance.duration_s.shape[1]
        self._nobody = Busy(np.zeros(n + 1, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64))
        self._limited = np.flatnonzero(instance.bays >= 0)
        self._held: list[list[tuple[int, int, int]]] = [[] for _ in range(instance.n_vehicles)]
        for vehicle, location, since, until in instance.held_bays.tolist():
            self._held[vehicle].append((location, since, until))
        self._visits = list(self._held)
        self._breaks = np.diff(instance.break_ptr)

    def tasks(self, vehicle: int) -> Ints:
        """Return the tasks of a vehicle in order, empty when it is not used."""
        route = self.routes[vehicle]
        return np.empty(0, np.int64) if route is None else route.tasks

    def cost(self, vehicle: int) -> int:
        """Return the cost of a vehicle's route, 0 when it is not used."""
        route = self.routes[vehicle]
        return 0 if route is None else route.cost

    def evaluate(self, vehicle: int, tasks: Iterable[int]) -> Trial:
        """Evaluate a sequence beside all other vehicles' routes as they stand."""
        sequence = np.fromiter(tasks, np.int64)
        nodes, out = self._room(vehicle, len(sequence))
        rule = evaluate(
            self._record,
            vehicle,
            sequence,
            len(sequence),
            self.cap_left(vehicle),
            self.busy(vehicle),
            c.DEAREST,
            nodes,
            out,
        )
        return _trial(rule, sequence, nodes, out)

    def insertion(
        self,
        request: int,
        vehicle: int,
        *,
        cutoff: int = c.DEAREST,
        why: bool = False,
    ) -> Trial:
        """Find the cheapest insertion of a request into a vehicle's route as it stands.

        With ``why`` an insertion that fails is the one that got furthest, and the trial describes it.
        """
        base = self.tasks(vehicle)
        nodes, out = self._room(vehicle, len(base) + 2)
        single = self.instance.request_pickup[request] < 0
        sequence = np.empty(len(base) + (1 if single else 2), np.int64)
        rule = best_insertion(
            self._record,
            vehicle,
            base,
            request,
            self.cap_left(vehicle),
            self.busy(vehicle),
            cutoff,
            why,
            sequence,
            nodes,
            out,
        )
        return _trial(rule, sequence, nodes, out)

    def put(self, vehicle: int, route: Route | None) -> None:
        """Set a vehicle's route; an empty one is no route."""
        before = self.routes[vehicle]
        if before is not None:
            self.vehicle_of[self.instance.task_request[before.tasks]] = -1
        if route is not None and len(route.tasks) == 0:
            route = None
        self.routes[vehicle] = route
        self._cap_used[vehicle] = 0
        self._visits[vehicle] = self._held[vehicle]
        if route is None:
            return
        requests = self.instance.task_request[route.tasks]
        self.vehicle_of[requests] = vehicle
        if self._cap_used.shape[1]:
            for task, request in zip(route.tasks, requests, strict=True):
                for cap in self.instance.task_cap[task]:
                    if cap >= 0:
                        self._cap_used[vehicle, cap] += self.instance.cap_use[request]
        if len(self._limited):
            self._visits[vehicle] = self._held[vehicle] + presence(route.nodes, self.instance.bays)

    def without(self, vehicle: int, requests: Iterable[int]) -> Trial:
        """Evaluate a vehicle's route with some requests taken out."""
        gone = set(requests)
        of_task = self.instance.task_request
        return self.evaluate(vehicle, [t for t in self.tasks(vehicle) if int(of_task[t]) not in gone])

    def cap_left(self, vehicle: int) -> Ints:
        """Return what the other vehicles leave of each cap."""
        left: Ints = self.instance.cap_left - self._cap_used.sum(axis=0) + self._cap_used[vehicle]
        return left

    def busy(self, vehicle: int) -> Busy:
        """Return when the other vehicles take all bays of a location."""
        if len(self._limited) == 0:
            return self._nobody
        changes: dict[int, list[tuple[int, int]]] = {}
        for other, visits in enumerate(self._visits):
            if other != vehicle:
                for location, since, until in visits:
                    changes.setdefault(location, []).extend(((since, 1), (until, -1)))
        counts = np.zeros(len(self._nobody.ptr), np.int64)
        starts: list[int] = []
        ends: list[int] = []
        for location in sorted(changes):
            present = 0
            bays = int(self.instance.bays[location])
            for instant, change in sorted(changes[location]):
                if present < bays <= present + change:
                    starts.append(instant)
                if present >= bays > present + change:
                    ends.append(instant)
                present += change
            counts[location + 1] = len(ends) - counts[: location + 1].sum()
        return Busy(np.cumsum(counts), np.array(starts, np.int64), np.array(ends, np.int64))

    def score(self) -> tuple[int, int]:
        """Return (musts not served, cost and penalties in micro-yuan), smaller is better."""
        left_out = self.vehicle_of < 0
        must = self.instance.must
        loss = int(self.instance.penalty[left_out & ~must].sum())
        return int((left_out & must).sum()), loss + sum(self.cost(v) for v in range(len(self.routes)))

    def snapshot(self) -> list[Route | None]:
        """Return the routes; they are immutable."""
        return list(self.routes)

    def restore(self, routes: list[Route | None]) -> None:
        """Put back a snapshot."""
        for vehicle, route in enumerate(routes):
            if self.routes[vehicle] is not route:
                self.put(vehicle, None)
        for vehicle, route in enumerate(routes):
            if self.routes[vehicle] is not route:
                self.put(vehicle, route)

    def _room(self, vehicle: int, tasks: int) -> tuple[Ints, Ints]:
        rows = tasks + int(self._breaks[vehicle]) + 4
        return np.zeros((rows, c.NODE_COLUMNS), np.int64), np.zeros(c.RESULT_SLOTS, np.int64)


def _trial(rule: int, tasks: Ints, nodes: Ints, out: Ints) -> Trial:
    route = None
    if rule == c.OK:
        used = nodes[: out[c.NODES]].copy()
        route = Route(tasks, used, int(out[c.COST]), int(out[c.DEPARTURE]), int(out[c.RETURN]))
    return Trial(int(rule), route, tasks, int(out[c.DETAIL]), int(out[c.AMOUNT]))


def presence(nodes: Ints, bays: Ints) -> list[tuple[int, int, int]]:
    """Return (location, arrival, departure) of every stay at a place with a limit of bays."""
    stays = []
    k = 1
    last = len(nodes) - 1
    while k < last:
        location = int(nodes[k, c.LOCATION])
        first = k
        while k + 1 < last and nodes[k + 1, c.LOCATION] == location:
            k += 1
        if bays[location] >= 0:
            until = int(nodes[k, c.BEGIN] + nodes[k, c.SETUP] + nodes[k, c.WORK] + nodes[k, c.STAY])
            if nodes[k + 1, c.LOCATION] >= 0 and nodes[k + 1, c.LOCATION] != location:
                until = int(nodes[k + 1, c.ARRIVAL] - nodes[k + 1, c.TRAVEL_S])
            stays.append((location, int(nodes[first, c.ARRIVAL]), until))
        k += 1
    return stays

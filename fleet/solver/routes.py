"""The routes of a search as they stand: exact evaluation, insertion, and what routes share."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from fleet.solver.instance import Floats, Instance, Ints
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
        self._cap_free = instance.cap_left.copy()
        n = instance.duration_s.shape[1]
        self._nobody = Busy(np.zeros(n + 1, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64))
        self._limited = np.flatnonzero(instance.bays >= 0)
        self._held: list[list[tuple[int, int, int]]] = [[] for _ in range(instance.n_vehicles)]
        for vehicle, location, since, until in instance.held_bays.tolist():
            self._held[vehicle].append((location, since, until))
        self._visits = list(self._held)
        self._there: dict[int, dict[int, list[tuple[int, int]]]] = {}
        """Arrivals and departures of each vehicle, for every location with a limit that has any."""
        self._full: dict[int, list[tuple[int, int]]] = {}
        for vehicle, held in enumerate(self._held):
            self._arrive(vehicle, held)
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

        With ``why`` an insertion that fails is the one that got furthest among the cheapest, and the trial
        describes it; whether there is none that holds is for a call without it to say.
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
        self._cap_free += self._cap_used[vehicle]
        self._cap_used[vehicle] = 0
        visits = self._held[vehicle]
        if route is not None:
            requests = self.instance.task_request[route.tasks]
            self.vehicle_of[requests] = vehicle
            self._cap_used[vehicle] = self._cap_use(route)
            self._cap_free -= self._cap_used[vehicle]
            visits = visits + self._stays(vehicle, route)
        self._arrive(vehicle, visits)

    def stays_of(self, vehicle: int) -> list[tuple[int, int, int]]:
        """Return the stays of a vehicle's route as it stands."""
        return self._visits[vehicle][len(self._held[vehicle]) :]

    def has_room(self, vehicle: int, route: Route) -> bool:
        """Whether a route gets along with those of all other vehicles at the times that it has."""
        use = self._cap_use(route)
        if ((use > 0) & (use > self.cap_left(vehicle))).any():
            return False
        return not any(
            begin < until and since < end
            for location, since, until in self._stays(vehicle, route)
            for begin, end in self._taken(location, vehicle)
        )

    def _stays(self, vehicle: int, route: Route) -> list[tuple[int, int, int]]:
        """Return (location, arrival, departure) of every stay of a route at a place with a limit of bays."""
        if not len(self._limited):
            return []
        stands = bool(self.instance.departs_at_once[vehicle])
        return presence(route.nodes, self.instance.bays, stands=stands)

    def _cap_use(self, route: Route) -> Ints:
        """Return what a route uses of each cap."""
        used = np.zeros(len(self._cap_free), np.int64)
        if len(used):
            for task in route.tasks:
                for cap in self.instance.task_cap[task]:
                    if cap >= 0:
                        used[cap] += self.instance.cap_use[self.instance.task_request[task]]
        return used

    def without(self, vehicle: int, requests: Iterable[int]) -> Trial:
        """Evaluate a vehicle's route with some requests taken out."""
        gone = set(requests)
        of_task = self.instance.task_request
        return self.evaluate(vehicle, [t for t in self.tasks(vehicle) if int(of_task[t]) not in gone])

    def cap_left(self, vehicle: int) -> Ints:
        """Return what the other vehicles leave of each cap."""
        left: Ints = self._cap_free + self._cap_used[vehicle]
        return left

    def cap_share(self, vehicles: Ints, share: Floats) -> Ints:
        """Return what some vehicles use of each cap, and their share of what nobody uses."""
        free = np.floor(self._cap_free * share).astype(np.int64)
        own: Ints = self._cap_used[vehicles].sum(axis=0) + free
        return own

    def busy(self, vehicle: int) -> Busy:
        """Return when the other vehicles take all bays of a location."""
        if not self._there:
            return self._nobody
        own = {location for location, _since, _until in self._visits[vehicle]}
        counts = np.zeros(len(self._nobody.ptr), np.int64)
        taken: list[tuple[int, int]] = []
        for location in sorted(self._there):
            here = self._taken(location, vehicle) if location in own else self._full[location]
            counts[location + 1] = len(here)
            taken += here
        since, until = np.array(taken, np.int64).reshape(-1, 2).T.copy()
        return Busy(np.cumsum(counts), since, until)

    def _arrive(self, vehicle: int, visits: list[tuple[int, int, int]]) -> None:
        """Replace the visits of a vehicle to places with a limit of bays."""
        touched = {location for location, _since, _until in self._visits[vehicle]}
        for location in touched:
            self._there.get(location, {}).pop(vehicle, None)
        self._visits[vehicle] = visits
        for location, since, until in visits:
            self._there.setdefault(location, {}).setdefault(vehicle, []).append((since, until))
            touched.add(location)
        for location in touched:
            self._full[location] = self._taken(location, -1)

    def _taken(self, location: int, without: int) -> list[tuple[int, int]]:
        """Return when all bays of a location are taken by vehicles other than one."""
        changes: list[tuple[int, int]] = []
        for vehicle, stays in self._there.get(location, {}).items():
            if vehicle != without:
                for since, until in stays:
                    changes += (since, 1), (until, -1)
        changes.sort()
        present = 0
        bays = int(self.instance.bays[location])
        taken = []
        begin = 0
        for instant, change in changes:
            if present < bays <= present + change:
                begin = instant
            if present >= bays > present + change:
                taken.append((begin, instant))
            present += change
        return taken

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


def presence(nodes: Ints, bays: Ints, *, stands: bool = False) -> list[tuple[int, int, int]]:
    """Return (location, arrival, departure) of every stay at a place with a limit of bays.

    ``stands`` says that the vehicle takes a bay at its start from the beginning on.
    """
    stays = []
    k = 0 if stands else 1
    last = len(nodes) - 1
    while k < last:
        location = int(nodes[k, c.LOCATION])
        first = k
        while k + 1 < last and nodes[k + 1, c.LOCATION] == location:
            k += 1
        if bays[location] >= 0:
            since = int(nodes[first, c.ARRIVAL])
            until = int(nodes[k, c.BEGIN] + nodes[k, c.SETUP] + nodes[k, c.WORK] + nodes[k, c.STAY])
            if nodes[k + 1, c.LOCATION] >= 0 and nodes[k + 1, c.LOCATION] != location:
                until = int(nodes[k + 1, c.ARRIVAL] - nodes[k + 1, c.TRAVEL_S])
            # A stop at which nothing takes any time is in nobody's way.
            if since < until:
                stays.append((location, since, until))
        k += 1
    return stays

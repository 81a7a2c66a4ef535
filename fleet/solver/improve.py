"""Ruin and recreate over exact routes: strings of neighbouring requests go out and come back cheaper.

After Christiaens and Vanden Berghe, "Slack Induction by String Removals" (Transportation Science, 2020),
with requests (pickup and delivery together) as the units that are removed and inserted.
"""

from collections.abc import Callable, Iterable

import numpy as np

from fleet.solver.alone import twins
from fleet.solver.instance import Instance, Ints
from fleet.solver.kernels import codes as c
from fleet.solver.routes import Route, Routes

AVERAGE_REMOVED = 10
LONGEST_STRING = 10
HOTTEST = 0.05
COLDEST = 0.0005
"""Temperatures of acceptance, as shares of the average cost of a route."""
NEAR_ROUTES = 12
"""Routes in which a request is tried, nearest first: more of them take longer and gain little."""
FAR_TRIED = 0.1
"""Share of the insertions that try all other routes, too, where none of the near ones takes the request."""
MOST_RETRIED = 50
"""How many of the requests left out before are tried again in one iteration."""
MUST = 1 << 50
"""What leaving out a must counts for when two solutions are compared."""
PUSHED = 0.25
"""Share of the iterations that bring requests in at any cost: several may pay for a vehicle together."""
CLOSED = 0.25
"""Share of the iterations that keep half of the unused vehicles out at first: routes change hands."""
DISPLACED = 0.1
"""Share of the iterations that move one request within its route or to another place instead of a ruin."""
UNLIKELY = 0.1
"""Share of the iterations that try what fits into no empty route: a visit's set-up may be paid already."""


class Improver:
    """Inserts requests where they are cheapest, and improves the routes by ruin and recreate.

    Parameters
    ----------
    routes : Routes
        What is improved, in place.
    requests : iterable of int
        The requests that may be served.
    unlikely : iterable of int
        Those of them that fit into no empty route, and so rarely into any.
    rng : numpy.random.Generator
        The only source of chance.
    """

    def __init__(
        self,
        routes: Routes,
        *,
        requests: Iterable[int],
        unlikely: Iterable[int],
        rng: np.random.Generator,
    ) -> None:
        self.routes = routes
        self._unlikely = np.zeros(routes.instance.n_requests, bool)
        self._unlikely[list(unlikely)] = True
        self.requests = np.array(sorted(requests), np.int64)
        self._rng = rng
        instance = routes.instance
        self._twins = twins(instance)
        self._vehicles: list[list[int]] = [np.flatnonzero(row).tolist() for row in instance.allowed]
        self._places = _places(instance)
        self._drops = [instance.task_location[instance.deliveries(r)] for r in range(instance.n_requests)]
        self._slack = _slack(instance)
        self._between = instance.duration_s[0] + instance.duration_s[0].T
        self._reach = np.zeros((instance.n_vehicles, len(self._between)), np.int64)
        """(V, n) from each location to the nearest stop of a vehicle's route and back."""
        self._reach_of: list[Route | None] = [None] * instance.n_vehicles
        self._closed: set[int] = set()

    def insert(self, requests: Iterable[int], *, stopped: Callable[[], bool]) -> None:
        """Insert each request where it costs least, in the order given; dearer than its penalty stays out."""
        for request in requests:
            if stopped():
                return
            self._insert(int(request))

    def construct(self, *, stopped: Callable[[], bool]) -> None:
        """Insert all requests that are not served: musts first, then those with the least freedom."""
        instance = self.routes.instance
        out = self.leftovers()
        order = np.lexsort((self._slack[out], ~instance.must[out]))
        self.insert(out[order], stopped=stopped)

    def leftovers(self) -> Ints:
        """Return the requests that are not served and may fit, dearest penalty first."""
        out = self.requests[(self.routes.vehicle_of < 0)[self.requests] & ~self._unlikely[self.requests]]
        instance = self.routes.instance
        return out[np.lexsort((-instance.penalty[out], ~instance.must[out]))]

    def run(
        self,
        *,
        iterations: int | None,
        fraction: Callable[[], float],
        improved: Callable[[], None],
    ) -> int:
        """Ruin and recreate until ``fraction`` (of the budget used) or the iterations reach their end.

        Returns the iterations done; the best solution is left in ``routes``.
        """
        routes = self.routes
        if not len(self.requests):
            return 0
        used = [route.cost for route in routes.routes if route is not None]
        scale = np.mean(used or routes.instance.penalty[self.requests])
        current = _flat(routes.score())
        best, best_routes = current, routes.snapshot()
        done = 0
        while iterations is None or done < iterations:
            share = fraction() if iterations is None else max(done / iterations, fraction())
            if share >= 1.0:
                break
            done += 1
            temperature = scale * HOTTEST * (COLDEST / HOTTEST) ** share
            before = routes.snapshot()
            displaced = self._rng.random() < DISPLACED and self._displace()
            taken = [] if displaced else self._ruin()
            if not taken and not displaced and not len(self.leftovers()):
                continue
            self._recreate(taken, push=self._rng.random() < PUSHED, stopped=lambda: fraction() >= 1.0)
            score = _flat(routes.score())
            if score < best:
                self._hand_over(stopped=lambda: fraction() >= 1.0)
                score = _flat(routes.score())
                best, best_routes = score, routes.snapshot()
                improved()
            if score < current - temperature * np.log(self._rng.random()):
                current = score
            else:
                routes.restore(before)
        routes.restore(best_routes)
        return done

    def _insert(self, request: int, *, at_any_cost: bool = False) -> bool:
        """Insert one request at its cheapest place; say whether there is one that is worth its penalty."""
        routes = self.routes
        instance = routes.instance
        budget = MUST if instance.must[request] or at_any_cost else int(instance.penalty[request])
        chosen: tuple[int, Route] | None = None
        near, far = self._by_reach(request)
        anywhere = instance.must[request] or self._rng.random() < FAR_TRIED
        for vehicle in near + far if anywhere else near:
            if chosen is not None and vehicle in far:
                break
            cost = routes.cost(vehicle)
            trial = routes.insertion(request, vehicle, cutoff=cost + budget)
            if trial.rule == c.OK and trial.route is not None:
                budget = trial.route.cost - cost
                chosen = vehicle, trial.route
        if chosen is None:
            return False
        routes.put(*chosen)
        return True

    def _by_reach(self, request: int) -> tuple[list[int], list[int]]:
        """Return the vehicles whose stops are nearest to both ends of a request, and an unused one a kind.

        The others, in use and farther away, come second.
        """
        routes = self.routes.routes
        used = []
        unused: dict[int, int] = {}
        for vehicle in self._vehicles[request]:
            route = routes[vehicle]
            if route is not None:
                if self._reach_of[vehicle] is not route:
                    self._reach_of[vehicle] = route
                    stops = self.routes.instance.task_location[route.tasks]
                    self._reach[vehicle] = self._between[stops].min(axis=0)
                used.append(vehicle)
            elif vehicle not in self._closed:
                unused.setdefault(self._twins[vehicle], vehicle)
        reach = self._reach[used]
        far = reach[:, self._places[request, 0]] + reach[:, self._drops[request]].min(axis=1)
        nearest = [used[k] for k in np.argsort(far, kind="stable")]
        return nearest[:NEAR_ROUTES] + list(unused.values()), nearest[NEAR_ROUTES:]

    def _ruin(self) -> list[int]:
        """Take out strings of requests around a random one; return them."""
        routes = self.routes
        of_task = routes.instance.task_request
        seed = int(self._rng.choice(self.requests))
        target = 1 + self._rng.poisson(AVERAGE_REMOVED - 1)
        ruined: set[int] = set()
        taken: list[int] = []
        for neighbour in self._neighbours(seed):
            if len(taken) >= target:
                break
            vehicle = int(routes.vehicle_of[neighbour])
            if vehicle < 0 or vehicle in ruined:
                continue
            sequence = list(dict.fromkeys(int(r) for r in of_task[routes.tasks(vehicle)]))
            length = int(self._rng.integers(1, min(LONGEST_STRING, len(sequence)) + 1))
            length = min(length, max(1, target - len(taken)))
            at = sequence.index(int(neighbour))
            first = int(self._rng.integers(max(0, at - length + 1), min(at, len(sequence) - length) + 1))
            trial = routes.without(vehicle, sequence[first : first + length])
            if trial.rule != c.OK:
                # Without these stops a break or a recharge may have no place left.
                continue
            routes.put(vehicle, trial.route)
            ruined.add(vehicle)
            taken += sequence[first : first + length]
        return taken

    def _displace(self) -> bool:
        """Move a served request to a random delivery place or to random points of its route, if it holds.

        Best insertion one request at a time never takes the way through a dearer order.
        """
        routes = self.routes
        instance = routes.instance
        served = self.requests[routes.vehicle_of[self.requests] >= 0]
        if not len(served):
            return False
        request = int(self._rng.choice(served))
        vehicle = int(routes.vehicle_of[request])
        delivery = int(self._rng.choice(instance.deliveries(request)))
        before = routes.tasks(vehicle).tolist()
        here = [instance.task_request[task] == request for task in before]
        if self._rng.random() < 0.5:
            pickup = instance.request_pickup[request]
            tasks = [t if not mine or t == pickup else delivery for t, mine in zip(before, here, strict=True)]
        else:
            own = [task for task, mine in zip(before, here, strict=True) if mine]
            tasks = [task for task, mine in zip(before, here, strict=True) if not mine]
            points = np.sort(self._rng.integers(0, len(tasks) + 1, len(own))).tolist()
            for point, task in reversed(list(zip(points, [*own[:-1], delivery], strict=True))):
                tasks.insert(point, task)
        trial = routes.evaluate(vehicle, tasks)
        if trial.rule == c.OK:
            routes.put(vehicle, trial.route)
        return trial.rule == c.OK

    def _recreate(self, taken: list[int], *, push: bool, stopped: Callable[[], bool]) -> None:
        """Bring the missing requests back in one of several orders; ``push`` half of them at any cost."""
        instance = self.routes.instance
        missing = self._missing(taken)
        self._rng.shuffle(missing)
        how = self._rng.integers(4)
        if how == 1:
            missing = missing[np.argsort(-instance.load[missing, 0], kind="stable")]
        elif how == 2:
            missing = missing[np.argsort(self._slack[missing], kind="stable")]
        elif how == 3:
            missing = missing[np.argsort(-instance.penalty[missing], kind="stable")]
        missing = missing[np.argsort(~instance.must[missing], kind="stable")]
        if self._rng.random() < CLOSED:
            unused = [v for v, route in enumerate(self.routes.routes) if route is None]
            self._closed = {v for v in unused if self._rng.random() < 0.5}
        pushed = missing[self._rng.random(len(missing)) < 0.5].tolist() if push else []
        for request in missing.tolist():
            if not stopped():
                self._insert(request, at_any_cost=request in pushed)
        if self._closed:
            self._closed = set()
            missing = self._missing(taken)
        else:
            missing = missing[:0]
        if self._rng.random() < UNLIKELY:
            rare = np.flatnonzero(self._unlikely & (self.routes.vehicle_of < 0))
            missing = np.concatenate((missing, self._rng.permutation(rare)))
        self.insert(missing, stopped=stopped)
        self._drop_unworthy(pushed)

    def _missing(self, taken: list[int]) -> Ints:
        """Return the requests that are out: all that were just taken, and so many of the others."""
        out = self.leftovers()
        fresh = np.isin(out, taken)
        others = out[~fresh]
        if len(others) > MOST_RETRIED:
            others = self._rng.choice(others, MOST_RETRIED, replace=False)
        return np.concatenate((out[fresh], others))

    def _drop_unworthy(self, requests: list[int]) -> None:
        """Take out again what costs more than its penalty, now that all of them are in."""
        routes = self.routes
        instance = routes.instance
        for request in requests:
            vehicle = int(routes.vehicle_of[request])
            if vehicle < 0 or instance.must[request]:
                continue
            trial = routes.without(vehicle, [request])
            if trial.rule != c.OK or trial.route is None:
                continue
            left = trial.route.cost if len(trial.route.tasks) else 0
            if routes.cost(vehicle) - left > instance.penalty[request]:
                routes.put(vehicle, trial.route)

    def _hand_over(self, *, stopped: Callable[[], bool]) -> None:
        """Give whole routes to unused vehicles that do them for less."""
        routes = self.routes
        allowed = routes.instance.allowed
        of_task = routes.instance.task_request
        for vehicle, route in enumerate(routes.snapshot()):
            if route is None or stopped():
                continue
            cost = route.cost
            chosen = vehicle, route
            tried = {self._twins[vehicle]}
            routes.put(vehicle, None)
            for other in np.flatnonzero(allowed[of_task[route.tasks]].all(axis=0)).tolist():
                if routes.routes[other] is not None or self._twins[other] in tried:
                    continue
                tried.add(self._twins[other])
                trial = routes.evaluate(other, route.tasks)
                if trial.rule == c.OK and trial.route is not None and trial.route.cost < cost:
                    cost = trial.route.cost
                    chosen = other, trial.route
            routes.put(*chosen)

    def _neighbours(self, seed: int) -> Ints:
        """Return the requests by how far their places are from those of ``seed``."""
        duration = self.routes.instance.duration_s[0]
        near = duration[self._places[seed][:, None], self._places[self.requests].reshape(1, -1)]
        near = near.min(axis=0).reshape(len(self.requests), -1).sum(axis=1)
        noise = self._rng.random(len(self.requests))
        return self.requests[np.lexsort((noise, near))]


def _flat(score: tuple[int, int]) -> int:
    return score[0] * MUST + score[1]


def _places(instance: Instance) -> Ints:
    """Return (R, 2) a pickup and a delivery location of each request."""
    first = instance.delivery_task[instance.delivery_ptr[:-1]]
    pickup = np.where(instance.request_pickup >= 0, instance.request_pickup, first)
    places: Ints = instance.task_location[np.stack((pickup, first), axis=1)]
    return places


def _slack(instance: Instance) -> Ints:
    """Return how free a request is: its widest delivery window, or its time on board if that is less."""
    begin, end = instance.window_ptr[:-1], instance.window_ptr[1:]
    width = np.zeros(instance.n_tasks, np.int64)
    # A task may be left without any window: its place is closed in all of them.
    some = begin < end
    width[some] = instance.window_close[end[some] - 1] - instance.window_open[begin[some]]
    width = width[instance.delivery_task]
    widest = np.maximum.reduceat(width, instance.delivery_ptr[:-1])
    slack: Ints = np.minimum(widest, instance.on_board_limit_s)
    return slack

"""Builds routes by insertion and improves them by ruin and recreate; the loops themselves are compiled."""

import time
from collections.abc import Callable, Iterable

import numpy as np

from fleet.solver.alone import twins
from fleet.solver.instance import Instance, Ints
from fleet.solver.kernels import codes as c
from fleet.solver.kernels.anneal import anneal, place, settle
from fleet.solver.kernels.record import record_of
from fleet.solver.kernels.search_arrays import room_for_search, search_of
from fleet.solver.kernels.shortlist import shortlist_of
from fleet.solver.kernels.state import put_route, state_of
from fleet.solver.routes import Route

HOTTEST = 0.05
COLDEST = 0.0005
"""Temperatures of acceptance, as shares of the average cost of a route."""
CHUNK = 8
"""Iterations at one temperature when their number is given."""
LOOK_EVERY_S = 0.05
"""Time between two looks at the clock, and at a cancel."""


class Improver:
    """Inserts requests where they are cheapest, and improves the routes by ruin and recreate.

    Parameters
    ----------
    instance : Instance
        The problem.
    requests : iterable of int
        The requests that may be served.
    unlikely : iterable of int
        Those of them that fit into no empty route, and so rarely into any.
    rng : numpy.random.Generator
        The only source of chance.
    """

    def __init__(
        self,
        instance: Instance,
        *,
        requests: Iterable[int],
        unlikely: Iterable[int],
        rng: np.random.Generator,
    ) -> None:
        self._instance = instance
        self._rng = rng
        self._record = record_of(instance)
        self._requests = np.array(sorted(requests), np.int64)
        self._unlikely = np.zeros(instance.n_requests, bool)
        self._unlikely[list(unlikely)] = True
        self._room = room_for_search(
            instance,
            requests=self._requests,
            unlikely=self._unlikely,
            twins=np.array(twins(instance), np.int64),
            slack=_slack(instance),
        )
        self._search = search_of(self._room)
        self._state = state_of(self._room.state)
        self._narrow = shortlist_of(self._room.narrow)
        self._wide = shortlist_of(self._room.wide)
        self.take_over([None] * instance.n_vehicles)

    def take_over(self, routes: list[Route | None]) -> None:
        """Go on from these routes, which break no rule beside each other.

        One with more stops than a search has room for is left out.
        """
        for vehicle in range(len(routes)):
            self._put(vehicle, None)
        most = self._room.state.tasks.shape[1]
        for vehicle, route in enumerate(routes):
            self._put(vehicle, route if route is not None and len(route.tasks) <= most else None)
        settle(self._search)

    def construct(self, *, stopped: Callable[[], bool]) -> None:
        """Insert what is not served where it costs least: musts first, then those with the least freedom."""
        out = self._requests[self._room.state.vehicle_of[self._requests] < 0]
        out = out[~self._unlikely[out]]
        for request in out[np.lexsort((self._room.own.slack[out], ~self._instance.must[out]))].tolist():
            if stopped():
                break
            worth = int(self._room.own.worth[request])
            if not place(self._record, self._search, request, worth, 0.0, self._narrow, self._rng):
                place(self._record, self._search, request, worth, 0.0, self._wide, self._rng)
        settle(self._search)

    def run(
        self,
        *,
        iterations: int | None,
        fraction: Callable[[], float],
        improved: Callable[[], None],
    ) -> int:
        """Ruin and recreate until ``fraction`` (of the budget used) or the iterations reach their end.

        Temperatures follow the iterations where their number is given, and the clock where it is not.
        Returns the iterations done.
        """
        if not len(self._requests):
            return 0
        state = self._room.state
        # Of a running day, a route's fixed cost may be what is paid in any case, below zero.
        used = (state.result[:, c.COST] - np.minimum(self._instance.fixed_cost, 0))[state.stops > 0]
        scale = float(np.mean(used if len(used) else self._instance.penalty[self._requests]))
        done = 0
        chunk = 1 if iterations is None else CHUNK
        while iterations is None or done < iterations:
            share = fraction()
            if share >= 1.0:
                break
            if iterations is not None:
                share = done / iterations
                chunk = min(CHUNK, iterations - done)
            temperature = scale * HOTTEST * (COLDEST / HOTTEST) ** share
            began = time.monotonic()
            better = anneal(self._record, self._search, chunk, temperature, self._rng)
            done += chunk
            if better:
                improved()
            if iterations is None:
                each_s = (time.monotonic() - began) / chunk
                chunk = max(1, min(2 * chunk, int(LOOK_EVERY_S / max(each_s, 1e-6))))
        return done

    def score(self) -> tuple[int, int]:
        """Return (musts not served, cost and penalties in micro-yuan) of the best routes."""
        best = self._room.best
        instance = self._instance
        out = np.ones(instance.n_requests, bool)
        for vehicle in np.flatnonzero(best.stops):
            out[instance.task_request[best.tasks[vehicle, : best.stops[vehicle]]]] = False
        loss = int(instance.penalty[out & ~instance.must].sum())
        return int((out & instance.must).sum()), loss + int(best.result[:, c.COST].sum())

    def best(self) -> list[Route | None]:
        """Return the best routes so far."""
        best = self._room.best
        return [
            Route(
                best.tasks[vehicle, : best.stops[vehicle]].copy(),
                best.nodes[vehicle, : best.node_count[vehicle]].copy(),
                int(best.result[vehicle, c.COST]),
                int(best.result[vehicle, c.DEPARTURE]),
                int(best.result[vehicle, c.RETURN]),
            )
            if best.stops[vehicle]
            else None
            for vehicle in range(self._instance.n_vehicles)
        ]

    def _put(self, vehicle: int, route: Route | None) -> None:
        tasks = np.empty(0, np.int64) if route is None else route.tasks
        nodes = np.empty((0, c.NODE_COLUMNS), np.int64) if route is None else route.nodes
        result = np.zeros(c.RESULT_SLOTS, np.int64)
        if route is not None:
            result[[c.COST, c.DEPARTURE, c.RETURN]] = route.cost, route.departure_s, route.return_s
            result[c.NODES] = len(nodes)
        put_route(self._record, self._state, vehicle, tasks, len(tasks), nodes, result)


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

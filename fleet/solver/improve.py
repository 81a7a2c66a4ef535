"""Builds routes by insertion and improves them by ruin and recreate; the loops themselves are compiled."""

import time
from collections.abc import Callable, Iterable

import numpy as np

from fleet.solver.alone import twins
from fleet.solver.instance import Instance, Ints
from fleet.solver.kernels import codes as c
from fleet.solver.kernels.anneal import anneal, settle
from fleet.solver.kernels.construct import insert_best_first, squeeze_in
from fleet.solver.kernels.handle import Handle
from fleet.solver.kernels.record import record_of
from fleet.solver.kernels.recreate import finish
from fleet.solver.kernels.search_arrays import room_for_search, search_of
from fleet.solver.kernels.state import COSTS, LOST_SOFTLY, UNUSED, StateArrays, put_route
from fleet.solver.routes import Route
from fleet.solver.schedule import Aim, Schedule
from fleet.solver.tuning import AS_CHOSEN, FOR_FEWEST_VEHICLES, Tuning

SOFTEST = 30.0
"""What a request that is left out counts at most while solutions are accepted, in the unit of what a stop
costs on average."""
FIRST_PRICE = 5.0
LEAST_PRICE = 1.0
MOST_PRICE = 100.0
"""What it counts in that unit while something may be left out although all can be served."""
CHEAPER = 0.95
"""Change of the price where all is served."""
DEARER = 1.5
"""The same where a search had to go back to the best solution because it found none that serves all."""
MOST_AWAY = 60
"""Looks at the solution after which it goes back."""
GROWTH = 0.2
"""What a request that is left out comes to count more with each iteration meanwhile, in the same unit."""
MUST = 3.0
"""What a must counts in a first plan, in the unit of the highest penalty of another request."""
MOST_ANEW = 3
"""Times that a first plan is made anew, to serve what it left out."""
AT_ONCE = 50
"""Requests of a first plan that are inserted between two looks at the clock."""
SQUEEZED_AT_ONCE = 10
"""The same for those that found no place at first."""
CHUNK = 8
"""Iterations at one temperature when their number is given."""
RELAXED_CHUNK = 50
"""Iterations between two looks at whether all is served, while something may be left out."""
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
    fewest_vehicles : bool
        Whether to look for fewer vehicles first; they have to cost enough to be worth it.
    tuning : Tuning, optional
        Parameters of ruin and recreate, others than those that were chosen.
    """

    def __init__(
        self,
        instance: Instance,
        *,
        requests: Iterable[int],
        unlikely: Iterable[int],
        rng: np.random.Generator,
        fewest_vehicles: bool = False,
        tuning: Tuning | None = None,
    ) -> None:
        tuning = tuning or (FOR_FEWEST_VEHICLES if fewest_vehicles else AS_CHOSEN)
        self._schedule = Schedule(fewest_vehicles=fewest_vehicles)
        self._aim: Aim | None = None
        self._price = FIRST_PRICE
        self._away = 0
        self._instance = instance
        self._rng = rng
        self._record = record_of(instance)
        self._requests = np.array(sorted(requests), np.int64)
        is_unlikely = np.zeros(instance.n_requests, bool)
        is_unlikely[list(unlikely)] = True
        self._likely = self._requests[~is_unlikely[self._requests]]
        self._room = room_for_search(
            instance,
            requests=self._requests,
            unlikely=is_unlikely,
            twins=np.array(twins(instance), np.int64),
            slack=_slack(instance),
            reach=_reach(instance),
            tuning=tuning.for_requests(len(self._requests)),
        )
        self.search = search_of(self._room, self._record)
        self._state: Handle = self.search["state"]
        self._best_state: Handle = self.search["best"]
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
        settle(self.search)

    def construct(self, *, stopped: Callable[[], bool], requests: Ints | None = None) -> None:
        """Insert what is not served, or some of it: always next what adds least for what it is worth.

        Where a must finds no place, all are tried again with musts first.
        """
        must = self._instance.must
        begun = self.accepted()
        waiting = self._waiting(requests)
        self._insert(waiting, stopped)
        if must[self._waiting(requests)].any():
            self._insert_anew(begun, waiting[must[waiting]], stopped, requests)
            self.take_over(self.best())

    def construct_again(self, begun: list[Route | None], *, stopped: Callable[[], bool]) -> None:
        """Make the first plan anew from where it began, what found no place before all others.

        What then finds none comes first, too, the next time, as long as there is any that did not so far.
        """
        first = np.empty(0, np.int64)
        for _ in range(MOST_ANEW):
            known = len(first)
            first = np.union1d(first, self._waiting())
            if len(first) == known or stopped():
                break
            self._insert_anew(begun, first, stopped)
        self.take_over(self.best())

    def serves_all(self) -> bool:
        """Whether the routes as they stand serve all requests but those that fit into no empty route."""
        return not len(self._waiting())

    def _waiting(self, requests: Ints | None = None) -> Ints:
        """Return which requests, or which of some, are not served; without the unlikely ones."""
        some = self._likely if requests is None else np.intersect1d(self._likely, requests)
        return some[self._room.state.vehicle_of[some] < 0]

    def _insert_anew(
        self,
        begun: list[Route | None],
        first: Ints,
        stopped: Callable[[], bool],
        requests: Ints | None = None,
    ) -> None:
        """Go back to where a plan began, and insert some requests before all others."""
        self.take_over(begun)
        self._squeeze_in(first, stopped)
        self._insert(self._waiting(requests), stopped)

    def _insert(self, requests: Ints, stopped: Callable[[], bool]) -> None:
        """Insert requests where they are not served yet."""
        self._insert_best_first(requests, stopped)
        self._squeeze_in(requests, stopped)
        # What a must has taken the place of may fit elsewhere.
        self._insert_best_first(requests, stopped)
        settle(self.search)

    def _squeeze_in(self, requests: Ints, stopped: Callable[[], bool]) -> None:
        """Insert what is not served, one after the other: musts first, then what is least free in time."""
        must, slack = self._instance.must, self._room.own.slack
        out = requests[self._room.state.vehicle_of[requests] < 0]
        out = out[np.lexsort((slack[out], ~must[out]))]
        for part in np.array_split(out, 1 + len(out) // SQUEEZED_AT_ONCE):
            if stopped():
                break
            squeeze_in(self._record, self.search, part, self._rng)

    def _insert_best_first(self, requests: Ints, stopped: Callable[[], bool]) -> None:
        """Insert requests until none fits; where there is no time for that some more musts, if any."""
        must, state = self._instance.must, self._room.state
        # Musts count for a few: if all came first, each where it is cheapest, too few fitted beside them.
        dearest = int(MUST * self._instance.penalty[~must].max(initial=1))
        waiting = state.vehicle_of[requests] < 0
        some = AT_ONCE
        while some == AT_ONCE:
            if is_over := stopped():
                waiting &= must[requests]
            some = insert_best_first(
                self._record, self.search, requests, waiting, AT_ONCE, dearest, self._rng
            )
            if is_over:
                break
        # Bays that others took by then may be free now.
        self._room.own.memory[:] = 0

    def run(
        self,
        *,
        iterations: int | None,
        fraction: Callable[[], float],
        improved: Callable[[], None],
        span: tuple[float, float] = (0.0, 1.0),
    ) -> int:
        """Ruin and recreate until ``fraction`` (of the budget used) or the iterations reach their end.

        Temperatures follow the iterations where their number is given, of which ``span`` says what shares
        of a search they are, and the clock where it is not. Returns the iterations done.
        """
        if not len(self._requests):
            return 0
        done = 0
        chunk = 1 if iterations is None else CHUNK
        while iterations is None or done < iterations:
            share = fraction()
            if share >= 1.0:
                break
            if iterations is not None:
                share = span[0] + (span[1] - span[0]) * done / iterations
            aim, heat = self._schedule.at(share)
            if aim is not self._aim:
                self._turn_to(aim)
            if self._aim is Aim.LOWER_COSTS_RELAXED:
                chunk = RELAXED_CHUNK
            elif iterations is not None:
                chunk = CHUNK
            if iterations is not None:
                chunk = min(chunk, iterations - done)
            began = time.monotonic()
            if anneal(self._record, self.search, chunk, heat * self._mean_drive(), self._rng):
                improved()
            done += chunk
            if self._aim is Aim.FEWER_VEHICLES and self.serves_all():
                self._schedule.succeeded(share)
                self._reduce()
            elif self._aim is Aim.LOWER_COSTS_RELAXED:
                self._keep_near_all_served()
            if iterations is None:
                each_s = (time.monotonic() - began) / chunk
                chunk = max(1, min(2 * chunk, int(LOOK_EVERY_S / max(each_s, 1e-6))))
        return done

    def _turn_to(self, aim: Aim) -> None:
        """Begin with another aim, from the best so far."""
        own = self._room.own
        if self._aim is not None:
            own.shut[:] = False
            own.tuning[c.GROWTH] = 0.0
            self.take_over(self.best())
        self._aim = aim
        if aim is Aim.FEWER_VEHICLES:
            self._reduce()
        elif aim is Aim.LOWER_COSTS_RELAXED and self.serves_all():
            own.shut[:] = self._room.state.stops == 0
            own.tuning[c.GROWTH] = int(GROWTH * self._mean_drive())
            self._count_alike(self._price)
        else:
            self._count_softly()

    def _reduce(self) -> None:
        """Take the vehicle with the fewest stops out of use; what it served has to go elsewhere.

        Where something is left out anyhow, that has to find room first: the search goes on for costs.
        Requests that are left out count more with every iteration (the absences of Christiaens and Vanden
        Berghe): the hardest of them come to be served first.
        """
        state, own = self._room.state, self._room.own
        self.take_over(self.best())
        used = np.flatnonzero(state.stops)
        if len(used) < 2 or not self.serves_all():
            own.shut[:] = False
            own.tuning[c.GROWTH] = 0.0
            self._count_softly()
            return
        least = used[np.argmin(state.stops[used])]
        own.shut[:] = state.stops == 0
        own.shut[least] = True
        own.tuning[c.GROWTH] = max(1, int(self._mean_drive()))
        self._put(int(least), None)
        self._count_alike(1.0)
        settle(self.search)

    def _keep_near_all_served(self) -> None:
        """Make what is left out cheaper where all is served; go back to the best after too long without."""
        if not self._room.own.tuning[c.GROWTH]:
            return
        if self.serves_all():
            self._away = 0
            self._price = max(self._price * CHEAPER, LEAST_PRICE)
        else:
            self._away += 1
            if self._away <= MOST_AWAY:
                return
            self._away = 0
            self._price = min(self._price * DEARER, MOST_PRICE)
            self.take_over(self.best())
        self._count_alike(self._price)

    def _count_alike(self, price: float) -> None:
        """Let every request that is left out count so many times what a stop costs on average."""
        unit = max(1, int(price * self._mean_drive()))
        self._count(np.full(self._instance.n_requests, unit))

    def _count_softly(self) -> None:
        """Let what is left out count no more than what a search can climb over, the order kept roughly."""
        worth = self._room.state.worth[:, 0]
        most = float(SOFTEST * self._mean_drive() + self._instance.fixed_cost.max(initial=0))
        soft = worth.astype(np.float64)
        hard = soft > most
        if hard.any():
            soft[hard] = most * np.clip(soft[hard] / soft[hard].mean(), 0.5, 2.0)
        self._count(soft.astype(np.int64))

    def _count(self, worth: Ints) -> None:
        """Set what requests that are left out count while solutions are accepted."""
        state = self._room.state
        state.worth[:, 1] = worth
        state.sums[LOST_SOFTLY] = state.worth[state.vehicle_of < 0, 1].sum()
        self._room.own.scores[0] = state.sums[COSTS] + state.sums[LOST_SOFTLY]

    def _mean_drive(self) -> float:
        """Return what a stop of a route costs on average, but for the vehicle itself."""
        state = self._room.state
        used = np.flatnonzero(state.stops)
        if not len(used):
            return float(np.mean(self._instance.penalty[self._requests]))
        spent = state.result[used, c.COST] - self._instance.fixed_cost[used]
        return float(spent.sum() / (state.stops[used] + 1).sum())

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
        return self._routes(self._room.best, self._best_state)

    def keep_musts(self) -> None:
        """Go on from the best routes where those accepted leave more musts out."""
        out = int((self._room.state.vehicle_of[self._instance.must] < 0).sum())
        if out > self.score()[0]:
            self.take_over(self.best())

    def recall(self, memory: Ints, version: Ints, later: int) -> None:
        """Take over what another search knew of insertions into the routes as they stand.

        Parameters
        ----------
        memory : numpy.ndarray
            (R, V, columns) as :meth:`known` returns it.
        version : numpy.ndarray
            (V,) numbers of the routes.
        later : int
            A number that none of these routes has reached: new ones count from it.
        """
        self._room.state.latest_version[0] = later
        self._room.own.memory[:, : self._instance.n_vehicles] = memory
        for state in (self._room.state, self._room.before, self._room.best):
            state.version[:] = np.where(state.stops > 0, version, UNUSED)

    def known(self) -> tuple[Ints, Ints]:
        """Return what is known of insertions, and the numbers of the accepted routes that it belongs to."""
        return self._room.own.memory[:, : self._instance.n_vehicles], self._room.state.version

    def accepted(self) -> list[Route | None]:
        """Return the routes that a search goes on from, which may be worse than the best."""
        return self._routes(self._room.state, self._state)

    def _routes(self, arrays: StateArrays, state: Handle) -> list[Route | None]:
        if not finish(self._record, self.search, state):
            raise RuntimeError("a route that the search takes for feasible breaks a rule")
        return [
            Route(
                arrays.tasks[vehicle, : arrays.stops[vehicle]].copy(),
                arrays.nodes[vehicle, : arrays.node_count[vehicle]].copy(),
                int(arrays.result[vehicle, c.COST]),
                int(arrays.result[vehicle, c.DEPARTURE]),
                int(arrays.result[vehicle, c.RETURN]),
            )
            if arrays.stops[vehicle]
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


def _reach(instance: Instance) -> Ints:
    """Return how far a request's first task is from where the first vehicle starts."""
    start = max(int(instance.start[0]), 0)
    reach: Ints = instance.duration_s[0, start, instance.begins_at]
    return reach

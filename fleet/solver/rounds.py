"""A large day searched district by district, round after round, districts side by side.

What a search takes out of some routes goes back near by, and what it has left out can only go in near by.
So routes are divided into districts, every district is searched as a problem of its own with its share of
what is left out, and the outcomes are put together; the next round divides elsewhere. All districts together
anneal as one search would.
"""

import math
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np

from fleet.solver.alone import twins
from fleet.solver.districts import draw_districts
from fleet.solver.improve import Improver
from fleet.solver.instance import Instance, Ints
from fleet.solver.kernels.recreate import MEMORY_COLUMNS, PLACE, PLACE_MASK
from fleet.solver.kernels.state import UNUSED
from fleet.solver.parts import NOBODY, Part, part_of
from fleet.solver.routes import Route, Routes
from fleet.solver.workers import PUBLISH_EVERY_S, Found

DISTRICT_REQUESTS = 100
"""Requests of a district, about."""
FEWEST_ROUTES = 4
"""Routes of a district at least."""
MOST_ROUNDS = 40
SHORTEST_TURN_S = 0.02
"""What a district is searched in one round at least; there are fewer rounds in a short search."""
FEWEST_ITERATIONS = 8
"""The same where iterations are given."""
VERSIONS = 1 << 40
"""Numbers of routes that one search may use: none is used twice."""

Shown = list[Route | None]


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a district's search leaves, in the numbers of the whole: routes to go on from, and its best."""

    vehicles: Ints
    accepted: Shown
    version: Ints
    best: Shown
    gained: tuple[int, int]
    iterations: int


class Rounds:
    """A search in districts.

    Parameters
    ----------
    instance : Instance
        The problem.
    begin : list of Route or None
        Routes to begin from, which break no rule beside each other.
    requests, unlikely : sequence of int
        As of :class:`fleet.solver.improve.Improver`.
    seed : int
        Seed of every random choice.
    workers : int
        Districts that are searched at once.
    budget_s : float
        Seconds of the whole search.
    iterations : int, optional
        Iterations of each worker; without them ``fraction`` ends the search.
    fraction : callable
        The share of the budget used, 1 at its end and after a cancel; asked by all threads.
    progress : callable
        Called some ten times a second, in the calling thread.
    """

    def __init__(
        self,
        instance: Instance,
        *,
        begin: Shown,
        requests: Sequence[int],
        unlikely: Sequence[int],
        seed: int,
        workers: int,
        budget_s: float,
        iterations: int | None,
        fraction: Callable[[], float],
        progress: Callable[[], None],
    ) -> None:
        self._instance = instance
        self._requests = np.array(requests, np.int64)
        self._unlikely = np.array(unlikely, np.int64)
        self._seed = seed
        self._workers = workers
        self._total = None if iterations is None else iterations * workers
        self._fraction = fraction
        self._progress = progress
        self._twins = np.array(twins(instance), np.int64)
        self._accepted = Routes(instance)
        self._accepted.restore(begin)
        self._trial = Routes(instance)
        self._memory = np.zeros((instance.n_requests, instance.n_vehicles, MEMORY_COLUMNS), np.int64)
        self._version = np.full(instance.n_vehicles, UNUSED, np.int64)
        self._searches = 0
        self._best = Found(self._accepted.score(), begin)
        self._done = 0
        self._publishes_at_s = 0.0
        self._failed = threading.Event()
        turns = (
            budget_s * workers / SHORTEST_TURN_S if self._total is None else self._total / FEWEST_ITERATIONS
        )
        self._rounds = max(1, min(MOST_ROUNDS, int(turns / self._number())))

    def best(self) -> Found:
        """Return the best so far."""
        return self._best

    def iterations(self) -> int:
        """Return how many iterations all workers have done."""
        return self._done

    def run(self) -> None:
        """Search until the iterations or the budget are used."""
        begun = self._fraction()
        with ThreadPoolExecutor(max(1, self._workers - 1)) as pool:
            for number in range(self._rounds):
                span = number / self._rounds, (number + 1) / self._rounds
                if self._total is None:
                    span = begun + (1.0 - begun) * span[0], begun + (1.0 - begun) * span[1]
                if self._share() < (span[1] if self._total is None else 1.0):
                    self._round(number, span, pool)

    def _round(self, number: int, span: tuple[float, float], pool: ThreadPoolExecutor) -> None:
        rng = np.random.default_rng([self._seed, number])
        parts = self._parts(rng)
        chances = rng.spawn(len(parts))
        iterations: list[int | None] = [None] * len(parts)
        if self._total is not None:
            here = _split(self._total, self._rounds)[number]
            iterations = list(_split(here, len(parts)))
        first_search = self._searches
        self._searches += len(parts)

        def work(worker: int) -> list[_Outcome]:
            outcomes = []
            mine = range(worker, len(parts), self._workers)
            try:
                for k, district in enumerate(mine):
                    begun = self._share(is_first=worker == 0)
                    ends_at = 1.0
                    if self._total is None:
                        ends_at = begun + (span[1] - begun) / (len(mine) - k)
                    if begun < ends_at and iterations[district] != 0:
                        outcomes.append(
                            self._search(
                                parts[district],
                                chances[district],
                                span,
                                share=partial(self._share, ends_at, is_first=worker == 0),
                                iterations=iterations[district],
                                later=(first_search + district + 1) * VERSIONS,
                            )
                        )
            except BaseException:
                self._failed.set()
                raise
            return outcomes

        under_way = [pool.submit(work, worker) for worker in range(1, self._workers)]
        outcomes = work(0)
        for future in under_way:
            outcomes += future.result()
        self._join(outcomes)

    def _number(self) -> int:
        """Return how many districts there are: as many for each worker, if the routes are enough."""
        number = max(1, round(len(self._requests) / DISTRICT_REQUESTS))
        used = sum(route is not None for route in self._accepted.routes)
        return max(1, min(math.ceil(number / self._workers) * self._workers, used // FEWEST_ROUTES))

    def _parts(self, rng: np.random.Generator) -> list[Part]:
        """Return the problems of new districts: their shares of the caps, and the others' stays in bays."""
        routes = self._accepted.routes
        districts = draw_districts(
            self._instance,
            routes,
            requests=self._requests,
            twins=self._twins,
            number=self._number(),
            rng=rng,
        )
        stays = np.array(
            [
                (vehicle, *stay)
                for vehicle, route in enumerate(routes)
                if route is not None
                for stay in self._accepted.stays(vehicle, route)
            ],
            np.int64,
        ).reshape(-1, 4)
        parts = []
        for district in districts:
            others = stays[~np.isin(stays[:, 0], district.vehicles)]
            others[:, 0] = NOBODY
            parts.append(
                part_of(
                    self._instance,
                    vehicles=district.vehicles,
                    requests=district.requests,
                    cap_left=self._accepted.cap_share(district.vehicles, len(districts)),
                    held_bays=others,
                )
            )
        return parts

    def _search(
        self,
        part: Part,
        rng: np.random.Generator,
        span: tuple[float, float],
        *,
        share: Callable[[], float],
        iterations: int | None,
        later: int,
    ) -> _Outcome:
        improver = Improver(
            part.instance,
            requests=range(len(part.requests)),
            unlikely=np.flatnonzero(np.isin(part.requests, self._unlikely)),
            rng=rng,
        )
        improver.take_over([part.inward(self._accepted.routes[vehicle]) for vehicle in part.vehicles])
        # No other district has these requests or these vehicles.
        block = np.ix_(part.requests, part.vehicles)
        known = _renumbered(self._memory[block], part.task_here)
        improver.recall(known, self._version[part.vehicles], later)
        before = improver.score()
        done = improver.run(iterations=iterations, fraction=share, improved=lambda: None, span=span)
        after = improver.score()
        memory, version = improver.known()
        self._memory[block] = _renumbered(memory, part.tasks)
        return _Outcome(
            part.vehicles,
            [part.outward(route) for route in improver.accepted()],
            version.copy(),
            [part.outward(route) for route in improver.best()],
            (after[0] - before[0], after[1] - before[1]),
            done,
        )

    def _share(self, ends_at: float = 1.0, *, is_first: bool = True) -> float:
        """Return the share of the budget used, 1 from an end on."""
        if is_first and time.monotonic() >= self._publishes_at_s:
            self._publishes_at_s = time.monotonic() + PUBLISH_EVERY_S
            self._progress()
        fraction = 1.0 if self._failed.is_set() else self._fraction()
        return 1.0 if fraction >= ends_at else fraction

    def _join(self, outcomes: list[_Outcome]) -> None:
        """Put districts together: accepted routes to go on from, and their best ones where that is best."""
        musts, cost = self._accepted.score()
        reached = (
            musts + sum(outcome.gained[0] for outcome in outcomes),
            cost + sum(outcome.gained[1] for outcome in outcomes),
        )
        if reached < self._best.score:
            self._trial.restore(self._accepted.snapshot())
            for outcome in outcomes:
                _replace(self._trial, outcome.vehicles, outcome.best)
            if self._trial.score() < self._best.score:
                self._best = Found(self._trial.score(), self._trial.snapshot())
        for outcome in outcomes:
            self._done += outcome.iterations
            if _replace(self._accepted, outcome.vehicles, outcome.accepted):
                self._version[outcome.vehicles] = outcome.version
        if self._accepted.score() < self._best.score:
            self._best = Found(self._accepted.score(), self._accepted.snapshot())


def _split(total: int, shares: int) -> list[int]:
    """Return whole numbers, as equal as they can be, that add up to a total."""
    return [total * (k + 1) // shares - total * k // shares for k in range(shares)]


def _replace(routes: Routes, vehicles: Ints, new: Shown) -> bool:
    """Give vehicles new routes beside those of all others, or leave all as they are where one has no room."""
    old = [routes.routes[vehicle] for vehicle in vehicles]
    for vehicle in vehicles:
        routes.put(vehicle, None)
    for vehicle, route in zip(vehicles, new, strict=True):
        if route is None:
            continue
        if not routes.has_room(vehicle, route):
            trial = routes.evaluate(vehicle, route.tasks)
            if trial.route is None:
                break
            route = trial.route
        routes.put(vehicle, route)
    else:
        return True
    for vehicle in vehicles:
        routes.put(vehicle, None)
    for vehicle, route in zip(vehicles, old, strict=True):
        routes.put(vehicle, route)
    return False


def _renumbered(memory: Ints, number: Ints) -> Ints:
    """Return what is known of insertions with other numbers of tasks."""
    new = memory.copy()
    place = new[..., PLACE]
    some = place >= 0
    place[some] = (place[some] & ~PLACE_MASK) | number[place[some] & PLACE_MASK]
    return new

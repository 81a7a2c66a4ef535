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
from dataclasses import dataclass
from functools import partial

import numpy as np

from fleet.solver.districts import District, draw_districts
from fleet.solver.improve import Improver
from fleet.solver.instance import Instance, Ints
from fleet.solver.kernels.recreate import MEMORY_COLUMNS, PLACE, PLACE_MASK
from fleet.solver.kernels.state import UNUSED
from fleet.solver.parts import NOBODY, Part, part_of
from fleet.solver.routes import Route, Routes
from fleet.solver.workers import PUBLISH_EVERY_S, Found, Score, side_by_side

DISTRICT_REQUESTS = 150
"""Requests of a district, about."""
FIRST_DISTRICT_REQUESTS = 1_500
"""The same for a first plan."""
FEWEST_ROUTES = 4
"""Routes of a district at least."""
MOST_ROUNDS = 60
SHORTEST_TURN_S = 0.075
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
    gained: Score
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
        self._accepted = Routes(instance)
        self._accepted.restore(begin)
        self._trial = Routes(instance)
        self._memory = np.zeros((instance.n_requests, instance.n_vehicles, MEMORY_COLUMNS), np.int64)
        # Another number for each, and none that says that a vehicle is not used.
        self._version = UNUSED + 1 + np.arange(instance.n_vehicles)
        self._searches = 0
        self._best = Found(self._accepted.score(), begin)
        self._done = 0
        self._publishes_at_s = 0.0
        self._failed = threading.Event()
        turns = (
            budget_s * workers / SHORTEST_TURN_S if self._total is None else self._total / FEWEST_ITERATIONS
        )
        self._rounds = max(1, min(MOST_ROUNDS, int(turns / self._number(DISTRICT_REQUESTS))))

    def best(self) -> Found:
        """Return the best so far."""
        return self._best

    def iterations(self) -> int:
        """Return how many iterations all workers have done."""
        return self._done

    def construct(self, *, stopped: Callable[[], bool]) -> None:
        """Insert what is not served, in larger districts; a must that finds no place in its own anywhere."""
        rng = np.random.default_rng([self._seed, self._rounds])
        districts = self._draw(FIRST_DISTRICT_REQUESTS, rng)
        waves = [[districts[k] for k in wave] for wave in self._waves(len(districts))]
        refused = [district for wave in waves for district in self._insert(wave, rng, stopped)]
        # Who met others in a bay tries again beside them, alone.
        for district in refused:
            self._insert([district], rng, stopped)
        musts = self._requests[self._instance.must[self._requests]]
        left_out = musts[self._accepted.vehicle_of[musts] < 0]
        if len(left_out):
            whole = Improver(self._instance, requests=self._requests, unlikely=self._unlikely, rng=rng)
            whole.take_over(self._accepted.snapshot())
            whole.construct(stopped=stopped, requests=left_out)
            self._accepted.restore(whole.best())
            self._note()

    def _insert(
        self, districts: list[District], rng: np.random.Generator, stopped: Callable[[], bool]
    ) -> list[District]:
        """Insert in some districts at once; return those of whose routes not all hold beside the others."""
        parts = self._parts(districts)
        inserts = [
            partial(self._insert_in, part, chance, stopped)
            for part, chance in zip(parts, rng.spawn(len(parts)), strict=True)
        ]
        held = self._join(side_by_side(inserts, failed=self._failed), wholly=False)
        return [district for district, holds in zip(districts, held, strict=True) if not holds]

    def run(self) -> None:
        """Search until the iterations or the budget are used."""
        begun = self._fraction()
        for number in range(self._rounds):
            span = number / self._rounds, (number + 1) / self._rounds
            if self._total is None:
                span = begun + (1.0 - begun) * span[0], begun + (1.0 - begun) * span[1]
            self._round(number, span)

    def _round(self, number: int, span: tuple[float, float]) -> None:
        rng = np.random.default_rng([self._seed, number])
        districts = self._draw(DISTRICT_REQUESTS, rng)
        chances = rng.spawn(len(districts))
        iterations: list[int | None] = [None] * len(districts)
        if self._total is not None:
            iterations = list(_split(_split(self._total, self._rounds)[number], len(districts)))
        waves = self._waves(len(districts))
        for done, wave in enumerate(waves):
            begun = ends_at = self._share(1.0, is_first=True)
            if self._total is None:
                ends_at += (span[1] - begun) / (len(waves) - done)
            else:
                ends_at = 1.0
            if begun >= ends_at:
                break
            searches: list[Callable[[], _Outcome]] = []
            for part, k in zip(self._parts([districts[k] for k in wave]), wave, strict=True):
                self._searches += 1
                searches.append(
                    partial(
                        self._search,
                        part,
                        chances[k],
                        span,
                        share=partial(self._share, ends_at, is_first=not searches),
                        iterations=iterations[k],
                        later=self._searches * VERSIONS,
                    )
                )
            self._join(side_by_side(searches, failed=self._failed))

    def _waves(self, districts: int) -> list[list[int]]:
        """Return which districts are searched at once: those that follow each other are neighbours."""
        waves = math.ceil(districts / self._workers)
        return [list(range(wave, districts, waves)) for wave in range(waves)]

    def _draw(self, size: int, rng: np.random.Generator) -> list[District]:
        return draw_districts(
            self._instance,
            self._accepted.routes,
            requests=self._requests,
            number=self._number(size),
            rng=rng,
        )

    def _number(self, size: int) -> int:
        """Return how many districts of a size there are: as many for each worker, if vehicles are enough."""
        number = math.ceil(max(1, round(len(self._requests) / size)) / self._workers) * self._workers
        used = sum(route is not None for route in self._accepted.routes) or self._instance.n_vehicles
        return max(1, min(number, used // FEWEST_ROUTES))

    def _wanted(self, requests: Ints) -> Ints:
        """Return how much those of some requests that are left out would use of each cap."""
        instance = self._instance
        wants = np.zeros(instance.n_requests, bool)
        wants[requests] = self._accepted.vehicle_of[requests] < 0
        caps = instance.task_cap[wants[instance.task_request]]
        use = instance.cap_use[instance.task_request[wants[instance.task_request]]]
        wanted = np.zeros(len(instance.cap_left), np.int64)
        for column in caps.T:
            np.add.at(wanted, column[column >= 0], use[column >= 0])
        return wanted

    def _parts(self, districts: list[District]) -> list[Part]:
        """Return the problems of districts: their shares of the caps, and the others' stays in bays."""
        stays = np.array(
            [
                (vehicle, *stay)
                for vehicle in range(self._instance.n_vehicles)
                for stay in self._accepted.stays_of(vehicle)
            ],
            np.int64,
        ).reshape(-1, 4)
        wanted = np.stack([self._wanted(district.requests) for district in districts])
        shares = wanted / np.maximum(wanted.sum(axis=0), 1)
        parts = []
        for district, share in zip(districts, shares, strict=True):
            others = stays[~np.isin(stays[:, 0], district.vehicles)]
            others[:, 0] = NOBODY
            parts.append(
                part_of(
                    self._instance,
                    vehicles=district.vehicles,
                    requests=district.requests,
                    cap_left=self._accepted.cap_share(district.vehicles, share),
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
        improver = self._improver(part, rng)
        # No other district has these requests or these vehicles.
        block = np.ix_(part.requests, part.vehicles)
        known = _renumbered(self._memory[block], part.task_here)
        improver.recall(known, self._version[part.vehicles], later)
        before = improver.score()
        done = improver.run(iterations=iterations, fraction=share, improved=lambda: None, span=span)
        # No plan of all districts is better while one of them leaves a must out.
        improver.keep_musts()
        memory, version = improver.known()
        self._memory[block] = _renumbered(memory, part.tasks)
        return _outcome(part, improver, before, version.copy(), done)

    def _insert_in(self, part: Part, rng: np.random.Generator, stopped: Callable[[], bool]) -> _Outcome:
        improver = self._improver(part, rng)
        before = improver.score()
        improver.construct(stopped=stopped)
        return _outcome(part, improver, before, self._version[part.vehicles], 0)

    def _improver(self, part: Part, rng: np.random.Generator) -> Improver:
        improver = Improver(
            part.instance,
            requests=range(len(part.requests)),
            unlikely=np.flatnonzero(np.isin(part.requests, self._unlikely)),
            rng=rng,
        )
        improver.take_over([part.inward(self._accepted.routes[vehicle]) for vehicle in part.vehicles])
        return improver

    def _share(self, ends_at: float, *, is_first: bool) -> float:
        """Return the share of the budget used, 1 from an end on."""
        if is_first and time.monotonic() >= self._publishes_at_s:
            self._publishes_at_s = time.monotonic() + PUBLISH_EVERY_S
            self._progress()
        fraction = 1.0 if self._failed.is_set() else self._fraction()
        return 1.0 if fraction >= ends_at else fraction

    def _join(self, outcomes: list[_Outcome], *, wholly: bool = True) -> list[bool]:
        """Put districts together: accepted routes to go on from, and their best ones where that is best.

        Returns which of them hold beside the others. Of a district that does not, nothing is taken over,
        or, where that is not ``wholly``, the routes that do.
        """
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
        held = []
        for outcome in outcomes:
            self._done += outcome.iterations
            held.append(_replace(self._accepted, outcome.vehicles, outcome.accepted, wholly=wholly))
            if held[-1]:
                self._version[outcome.vehicles] = outcome.version
        self._note()
        return held

    def _note(self) -> None:
        """Keep the accepted routes as the best if they are."""
        if self._accepted.score() < self._best.score:
            self._best = Found(self._accepted.score(), self._accepted.snapshot())


def _outcome(part: Part, improver: Improver, before: Score, version: Ints, done: int) -> _Outcome:
    after = improver.score()
    return _Outcome(
        part.vehicles,
        [part.outward(route) for route in improver.accepted()],
        version,
        [part.outward(route) for route in improver.best()],
        (after[0] - before[0], after[1] - before[1]),
        done,
    )


def _split(total: int, shares: int) -> list[int]:
    """Return whole numbers, as equal as they can be, that add up to a total."""
    return [total * (k + 1) // shares - total * k // shares for k in range(shares)]


def _replace(routes: Routes, vehicles: Ints, new: Shown, *, wholly: bool = True) -> bool:
    """Give vehicles new routes beside those of all others; say whether all have room.

    Where one has none all are left as they are, or, where that is not done ``wholly``, it goes on with what
    it had, if nobody else has that now, or stays empty.
    """
    old = [routes.routes[vehicle] for vehicle in vehicles]
    hold = True
    for vehicle in vehicles:
        routes.put(vehicle, None)
    for vehicle, route in zip(vehicles, new, strict=True):
        if route is None:
            continue
        if not routes.has_room(vehicle, route):
            trial = routes.evaluate(vehicle, route.tasks)
            hold = hold and trial.route is not None
            route = trial.route
        routes.put(vehicle, route)
    if hold:
        return True
    if wholly:
        for vehicle in vehicles:
            routes.put(vehicle, None)
    for vehicle, route in zip(vehicles, old, strict=True):
        if wholly or _may_go_on(routes, vehicle, route):
            routes.put(vehicle, route)
    return False


def _may_go_on(routes: Routes, vehicle: int, route: Route | None) -> bool:
    """Whether a vehicle has no route and may have this one: nobody serves its requests, and it has room."""
    if route is None or routes.routes[vehicle] is not None:
        return False
    requests = routes.instance.task_request[route.tasks]
    return bool((routes.vehicle_of[requests] < 0).all()) and routes.has_room(vehicle, route)


def _renumbered(memory: Ints, number: Ints) -> Ints:
    """Return what is known of insertions with other numbers of tasks."""
    new = memory.copy()
    place = new[..., PLACE]
    some = place >= 0
    place[some] = (place[some] & ~PLACE_MASK) | number[place[some] & PLACE_MASK]
    return new

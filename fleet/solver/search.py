"""The search: impossible requests, first plans, a proof, the routing model, ruin and recreate; any-time."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from fleet.solver.alone import impossible_alone
from fleet.solver.exact import prove
from fleet.solver.improve import Improver
from fleet.solver.instance import Instance
from fleet.solver.rounds import Rounds
from fleet.solver.routes import Route, Routes
from fleet.solver.workers import Score, Team

LARGEST_PROOF = 11
"""Requests beyond which it is not tried to enumerate all routes."""
LARGEST_ROUTING_MODEL = 150
"""Requests beyond which the routing model finds no first solution in a useful time."""
LARGEST_WHOLE = 400
"""Requests beyond which routes are searched district by district (docs/design/solver.md)."""
ROUTING_SHARE = 0.15
"""Share of the budget, in time or in iterations, that the routing model may use (docs/design/solver.md)."""
MOST_ROUTING_S = 3.0
"""What the routing model gets at most: it gives nothing back before its end, and may be stopped sooner."""
MOST_ROUTING_ITERATIONS = 30
"""The same where iterations are given and no clock may decide: each takes some 0.05 s with 120 requests."""
ROUTING_S_PER_ITERATION = 1.0
"""What one iteration of the routing model takes at most: on a few days no ruin is ever repaired, and OR-Tools
counts repairs only."""
FIRST_PLAN_S = 1.0
"""What a first plan may take even where the budget is over: a plan that serves nothing is of no use."""
MUSTS_S = 0.3
"""What it leaves of the budget: on the largest days musts that are still out take that long to bring in."""
AGAIN_SHARE = 0.1
"""Share of the budget in which a first plan that leaves something out may be made anew."""
BEFORE_FIRST_PLAN = ("impossible", "construct")
"""The phases in which no plan stands yet."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Where a search stands, and the best so far.

    ``fraction`` is the share of the budget used, or of the iterations where they are given; ``served`` are
    the requests of the best routes, ``iterations`` those that all workers have done.
    """

    phase: str
    fraction: float
    unserved_musts: int
    cost: int
    served: int
    iterations: int
    routes: list[Route | None]

    @property
    def is_complete(self) -> bool:
        """Whether a first plan stands: every request was tried, or the time for it was over."""
        return self.phase not in BEFORE_FIRST_PLAN


@dataclass(slots=True)
class Solution:
    """The best routes found, the requests that no empty vehicle can serve, and how the time went.

    ``lower_bound`` is a pair that no plan undercuts, where one is proved.
    """

    routes: list[Route | None]
    impossible: list[int]
    phases_s: dict[str, float] = field(default_factory=dict)
    iterations: int = 0
    stopped_early: bool = False
    lower_bound: Score | None = None


def solve(
    instance: Instance,
    *,
    budget_s: float,
    iterations: int | None = None,
    workers: int = 1,
    seed: int = 1,
    fewest_vehicles: bool = False,
    first: Sequence[Sequence[int]] = (),
    progress: Callable[[Snapshot], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Solution:
    """Search for the best routes within a budget.

    Parameters
    ----------
    instance : Instance
        The problem.
    budget_s : float
        Seconds from now. Requests that are not looked at by then stay out.
    iterations : int, optional
        Iterations of each worker; with it the result depends on workers and seed only, provided that
        ``budget_s`` is large enough.
    workers : int
        Searches side by side, a thread each, that exchange their best.
    seed : int
        Seed of every random choice.
    fewest_vehicles : bool
        Whether to look for fewer vehicles first; they have to cost enough to be worth it.
    first : sequence of sequences of int, optional
        Tasks of each vehicle to begin from; of a route that breaks a rule the requests that hold are kept.
    progress : callable, optional
        Told of each phase, and within the last how it stands, ten times a second.
    cancelled : callable, optional
        Asked often, by every worker; True ends the search with the best so far.

    Returns
    -------
    Solution
        Routes that break no rule, one or None for each vehicle.
    """
    return _Search(
        instance, budget_s, iterations, workers, seed, fewest_vehicles, first, progress, cancelled
    ).run()


class _Search:
    """State of one search."""

    def __init__(
        self,
        instance: Instance,
        budget_s: float,
        iterations: int | None,
        workers: int,
        seed: int,
        fewest_vehicles: bool,
        first: Sequence[Sequence[int]],
        progress: Callable[[Snapshot], None] | None,
        cancelled: Callable[[], bool] | None,
    ) -> None:
        self._instance = instance
        self._begin = time.monotonic()
        self._budget_s = budget_s
        self._iterations = iterations
        self._workers = workers
        self._seed = seed
        self._fewest_vehicles = fewest_vehicles
        self._first = first
        self._progress = progress
        self._cancelled = cancelled
        self._routes = Routes(instance)
        self._improver: Improver | None = None
        self._team: Team | Rounds | None = None
        self._lower_bound: Score | None = None
        self._phase = ""
        self._phases_s: dict[str, float] = {}

    def run(self) -> Solution:
        routes = self._routes
        started = self._enter("impossible")
        impossible = impossible_alone(routes, stopped=self._is_too_late)
        possible = np.setdiff1d(np.arange(self._instance.n_requests), impossible)
        self._leave(started)
        # The fleet is reduced as a whole.
        if len(possible) > LARGEST_WHOLE and not self._fewest_vehicles:
            self._by_districts(impossible)
        elif len(possible):
            started = self._enter("construct")
            improver = self._improver = self._new_improver(impossible, np.random.default_rng(self._seed))
            begun = self._exact_routes(self._first)
            improver.take_over(begun)
            improver.construct(stopped=self._is_too_late)
            self._leave(started)
            if len(possible) <= LARGEST_PROOF and not self._is_over():
                started = self._enter("proof")
                self._prove(improver)
                self._leave(started)
            if improver.score() != self._lower_bound:
                self._search_on(improver, begun, impossible, possible.tolist())
        _score, best = self._best()
        return Solution(
            best,
            impossible,
            self._phases_s,
            iterations=self._done(),
            stopped_early=self._is_cancelled(),
            lower_bound=self._lower_bound,
        )

    def _search_on(
        self, improver: Improver, begun: list[Route | None], impossible: list[int], possible: list[int]
    ) -> None:
        """Go on from a first plan that began with the routes ``begun`` and may not be the best."""
        if not improver.serves_all() and not self._is_long_enough():
            started = self._enter("construct again")
            improver.construct_again(begun, stopped=self._is_long_enough)
            self._leave(started)
        if len(possible) <= LARGEST_ROUTING_MODEL and self._fraction() < 1.0:
            started = self._enter("routing model")
            self._routing_model(possible, improver)
            self._leave(started)
        started = self._enter("improve")
        self._improve(improver, impossible)
        self._leave(started)

    def _new_improver(self, unlikely: list[int], rng: np.random.Generator) -> Improver:
        return Improver(
            self._instance,
            requests=self._servable(),
            unlikely=unlikely,
            rng=rng,
            fewest_vehicles=self._fewest_vehicles,
        )

    def _servable(self) -> list[int]:
        some: list[int] = np.flatnonzero(self._instance.allowed.any(axis=1)).tolist()
        return some

    def _by_districts(self, unlikely: list[int]) -> None:
        """Build a first plan and improve it, district by district."""
        started = self._enter("construct")
        team = self._team = Rounds(
            self._instance,
            begin=self._exact_routes(self._first),
            requests=self._servable(),
            unlikely=unlikely,
            seed=self._seed,
            workers=self._workers,
            budget_s=self._budget_s,
            iterations=self._iterations,
            fraction=self._used,
            progress=self._report,
        )
        team.construct(stopped=self._is_too_late)
        self._leave(started)
        started = self._enter("improve")
        team.run()
        self._leave(started)

    def _improve(self, improver: Improver, unlikely: list[int]) -> None:
        """Let all workers go on from the best so far, each with its own chance."""
        improvers = [improver]
        for worker in range(1, self._workers):
            other = self._new_improver(unlikely, np.random.default_rng([self._seed, worker]))
            other.take_over(improver.best())
            improvers.append(other)
        self._team = Team(improvers, iterations=self._iterations, fraction=self._used, progress=self._report)
        self._team.run()

    def _prove(self, improver: Improver) -> None:
        """Learn what no plan undercuts, and take over the plan that reaches it where it holds exactly."""
        musts, cost = improver.score()
        proof = prove(self._instance, musts=musts, cost=cost)
        if proof is None:
            return
        self._lower_bound = proof.unserved_musts, proof.cost
        if proof.tasks is not None:
            improver.take_over(self._exact_routes(proof.tasks))
            improver.construct(stopped=self._is_over)
            improver.take_over(improver.best())

    def _routing_model(self, possible: list[int], improver: Improver) -> None:
        """Let OR-Tools search, take over what holds exactly, go on from the better of both."""
        # Imported here: it is large, and days beyond its size do without.
        from fleet.solver.routing_model import solve_routing

        left_s = self._budget_s - (time.monotonic() - self._begin)
        iterations = None
        if self._iterations is None:
            time_limit_s = min(ROUTING_SHARE * left_s, MOST_ROUTING_S)
        else:
            iterations = min(math.ceil(self._iterations * ROUTING_SHARE), MOST_ROUTING_ITERATIONS)
            time_limit_s = min(ROUTING_SHARE * left_s, ROUTING_S_PER_ITERATION * (iterations + 1))
        before = improver.best()
        found = solve_routing(
            self._instance,
            requests=possible,
            begin=[[] if route is None else route.tasks.tolist() for route in before],
            time_limit_s=time_limit_s,
            iterations=iterations,
            seed=self._seed,
        )
        if found is None:
            return
        improver.take_over(self._exact_routes(found))
        improver.construct(stopped=self._is_over)
        improver.take_over(improver.best())

    def _exact_routes(self, tasks: Sequence[Sequence[int]]) -> list[Route | None]:
        """Evaluate routes one after the other, each beside those before it."""
        routes = self._routes
        routes.restore([None] * self._instance.n_vehicles)
        for vehicle, sequence in enumerate(tasks):
            if sequence:
                routes.put(vehicle, self._exact(vehicle, list(sequence)))
        return routes.snapshot()

    def _best(self) -> tuple[Score, list[Route | None]]:
        if self._team is not None:
            found = self._team.best()
            return found.score, found.routes
        if self._improver is not None:
            return self._improver.score(), self._improver.best()
        return self._routes.score(), self._routes.snapshot()

    def _done(self) -> int:
        """Return the iterations that all workers have done."""
        return 0 if self._team is None else self._team.iterations()

    def _exact(self, vehicle: int, tasks: list[int]) -> Route | None:
        """Evaluate a route exactly; where it breaks a rule, leave out as few of its requests as need be."""
        routes = self._routes
        trial = routes.evaluate(vehicle, tasks)
        if trial.route is not None:
            return trial.route
        of_task = self._instance.task_request
        requests = list(dict.fromkeys(int(of_task[t]) for t in tasks))
        for request in sorted(requests, key=lambda r: (self._instance.must[r], self._instance.penalty[r])):
            trial = routes.evaluate(vehicle, [t for t in tasks if of_task[t] != request])
            if trial.route is not None:
                return trial.route
        kept: set[int] = set()
        best: Route | None = None
        for request in requests:
            trial = routes.evaluate(vehicle, [t for t in tasks if int(of_task[t]) in kept | {request}])
            if trial.route is not None:
                kept.add(request)
                best = trial.route
        return best

    def _enter(self, phase: str) -> float:
        self._phase = phase
        self._report()
        return time.monotonic()

    def _leave(self, started: float) -> None:
        self._phases_s[self._phase] = round(time.monotonic() - started, 3)
        self._report()

    def _is_cancelled(self) -> bool:
        return self._cancelled is not None and self._cancelled()

    def _is_too_late(self) -> bool:
        """Whether a first plan may take no more time, but for musts."""
        until_s = max(FIRST_PLAN_S, self._budget_s - MUSTS_S)
        return self._is_cancelled() or time.monotonic() - self._begin > until_s

    def _is_long_enough(self) -> bool:
        """Whether a better first plan may take no more time."""
        return self._is_over() or (self._iterations is None and self._fraction() >= AGAIN_SHARE)

    def _is_over(self) -> bool:
        return self._fraction() >= 1.0 or self._is_cancelled()

    def _used(self) -> float:
        return 1.0 if self._is_cancelled() else self._fraction()

    def _fraction(self) -> float:
        return (time.monotonic() - self._begin) / max(self._budget_s, 1e-9)

    def _report(self) -> None:
        if self._progress is None:
            return
        (musts, cost), routes = self._best()
        done = self._done()
        fraction = self._fraction()
        if self._iterations is not None:
            fraction = done / max(1, self._iterations * self._workers)
        served = sum(len(np.unique(self._instance.task_request[r.tasks])) for r in routes if r is not None)
        self._progress(Snapshot(self._phase, min(fraction, 1.0), musts, cost, served, done, routes))

"""Why not: for each unserved request the first broken rule of every tricycle, and what would admit it."""

import dataclasses
import functools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal

from fleet.model import ChangeKind, ReasonCode, Rule
from fleet.model.plan import Change, Params, TricycleReason, Unserved
from fleet.model.tricycles import Tricycle
from fleet.planning.broken import broken_rule, not_allowed
from fleet.planning.changes import Variant, any_tricycle, change_of, searches, size_of
from fleet.planning.instance import KG, Extra, Problem, build_problem
from fleet.planning.nodes import Node
from fleet.planning.plan import unexamined_request, unserved_request
from fleet.planning.timeline import timeline
from fleet.solver.alone import fits_alone, twins
from fleet.solver.instance import MICRO_YUAN
from fleet.solver.kernels import codes as c
from fleet.solver.routes import Route, Routes, Trial

MOST_CHECKED_CHANGES = 6
"""How many changes are applied and checked for one request, smallest first, before "none found"."""

MOST_TRIALS = 2_000
"""Insertions (requests x tricycles) that are examined for one plan; requests beyond are left unexamined."""

MOST_CHECKED_REQUESTS = 8_000
"""Requests left out x requests of the day for which changes are looked for: checks grow with the day."""

MOST_STEPS = 8
"""How many sizes of one change are in an instance at a time; the next are between two of them."""

NEVER_FITS = frozenset(
    {
        Rule.UNAVAILABLE,
        Rule.EQUIPMENT,
        Rule.FLEET_NOT_ALLOWED,
        Rule.ONLY_TRICYCLE,
        Rule.NOT_TRICYCLES,
        Rule.CAPACITY_KG,
        Rule.CAPACITY_CRATES,
    }
)

Broken = tuple[Rule | Literal["NOT_WORTH_ITS_COST", "HAS_ROOM"], Params]
"""What keeps a request out of a route, with the figures that say by how much."""

Holds = Callable[[Change, int, list[Node]], bool]
"""Applies a change to the day, puts the tricycle's new timeline into the plan, and asks the checker."""

Told = Callable[[float], None]
"""Told what share of the work is done, several times a second; what it raises ends the work."""

TRIED = 0.3
SIZED = 0.7
"""Shares of the work once every tricycle was tried, and once the smallest changes are known."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Lifted:
    """The day with every variant of its unserved requests in it, and the plan's routes."""

    problem: Problem
    routes: Routes
    same: list[int]


class Explainer:
    """Explains the unserved requests of a plan as it stands.

    Parameters
    ----------
    problem : Problem
        The day's instance.
    routes : sequence of Route or None
        The plan's routes in the solver's terms.
    told : callable
        Told what share of an explanation is done.
    """

    def __init__(
        self, problem: Problem, routes: Sequence[Route | None], *, told: Told = lambda _share: None
    ) -> None:
        self._problem = problem
        self._told = told
        self._done = 0.0
        self._day = problem.day
        self._routes = list(routes)
        self._now = _with_routes(problem, self._routes)
        self._empty = Routes(problem.instance)
        self._same = twins(problem.instance)
        self._distinct = sorted(set(self._same))

    def explain(self, requests: Iterable[int], *, holds: Holds) -> list[Unserved]:
        """Explain requests (indices of the day) that the plan leaves out, in their order.

        Where there are very many, the musts and then the dearest are examined, and changes looked for.
        """
        requests = list(requests)
        urgent = sorted(requests, key=lambda r: (not self._day.requests[r].must, -self._penalty(r)))
        tried = urgent[: max(1, MOST_TRIALS // len(self._day.tricycles))]
        trials: dict[int, list[Trial | None]] = {}
        for request in tried:
            self._reach(TRIED * len(trials) / len(tried))
            trials[request] = self._trials(request)
        sought = urgent[: max(1, MOST_CHECKED_REQUESTS // len(self._day.requests))]
        self._reach(TRIED)
        examined = {request: found for request, found in trials.items() if request in sought}
        fit = {request for request, found in examined.items() if self._fits(request, found)}
        smallest = self._smallest({r: found for r, found in examined.items() if r not in fit})
        choices = {
            r: [*smallest[r], *any_tricycle(self._day, self._day.requests[r])] if r in smallest else []
            for r in examined
        }
        lifted = self._lifted([variant.extra for chosen in choices.values() for variant in chosen])
        position = len(self._day.requests)
        changes: dict[int, Change | None] = {}
        for request, chosen in choices.items():
            self._reach(SIZED + (1.0 - SIZED) * len(changes) / len(choices))
            changes[request] = self._change(request, trials[request], chosen, position, lifted, holds)
            position += len(chosen)
        return [
            self._unserved(r, trials[r], changes.get(r), sought=r in changes)
            if r in trials
            else unexamined_request(self._day, self._day.requests[r])
            for r in requests
        ]

    def _reach(self, share: float) -> None:
        self._done = share
        self._told(share)

    def _change(
        self,
        request: int,
        trials: list[Trial | None],
        chosen: list[Variant],
        position: int,
        lifted: _Lifted,
        holds: Holds,
    ) -> Change | None:
        """Return the smallest change that holds, None when none was found."""
        candidates = [] if self._fits(request, trials) else self._penalties(request, trials)
        for number, variant in enumerate(chosen):
            candidates += self._candidates(request, variant, position + number, lifted)
        candidates.sort(key=lambda item: item[0])
        for _size, candidate, vehicle, nodes in candidates[:MOST_CHECKED_CHANGES]:
            self._told(self._done)
            if holds(candidate, vehicle, nodes):
                return candidate
        return None

    def _penalty(self, request: int) -> float:
        return self._day.penalty_yuan(self._day.requests[request])

    def _trials(self, request: int) -> list[Trial | None]:
        """Return the best insertion into every tricycle's route; None where it may not serve the request."""
        allowed = self._problem.instance.allowed[request]
        alike: dict[tuple[int, bool], Trial] = {}
        trials: list[Trial | None] = []
        for vehicle in range(len(allowed)):
            if not allowed[vehicle]:
                trials.append(None)
                continue
            idle = self._routes[vehicle] is None
            key = (self._same[vehicle] if idle else vehicle, idle)
            if key not in alike:
                fitting = self._now.insertion(request, vehicle)
                alike[key] = fitting if fitting.route else self._now.insertion(request, vehicle, why=True)
            trials.append(alike[key])
        return trials

    def _fits(self, request: int, trials: list[Trial | None]) -> bool:
        """Whether a route has room for the request as it is, at a cost that pays: nothing has to change."""
        item = self._day.requests[request]
        penalty = math.inf if item.must else self._day.penalty_yuan(item) * MICRO_YUAN
        return any(
            trial is not None
            and trial.route is not None
            and trial.route.cost - self._now.cost(vehicle) < penalty
            for vehicle, trial in enumerate(trials)
        )

    def _smallest(self, trials: dict[int, list[Trial | None]]) -> dict[int, list[Variant]]:
        """Return for each request the smallest changes, one of a kind, with which it has room and pays."""
        day = self._day
        found = {
            r: searches(day, day.requests[r], lighter=_weighs_too_much(tried)) for r, tried in trials.items()
        }
        under_way = [(r, search) for r, row in found.items() for search in row]
        while asked := [(r, s, steps) for r, s in under_way if (steps := s.steps(MOST_STEPS))]:
            lifted = self._lifted([search.variant(k).extra for _r, search, steps in asked for k in steps])
            first = len(day.requests)
            for r, search, steps in asked:
                self._told(self._done)
                search.ask(steps, functools.partial(self._having_room, r, first, lifted))
                first += len(steps)
        return {r: [s.found for s in row if s.found is not None] for r, row in found.items()}

    def _having_room(
        self, request: int, first: int, lifted: _Lifted, number: int, vehicles: Sequence[int]
    ) -> list[int]:
        return [vehicle for vehicle, _route in self._inserted(request, first + number, lifted, vehicles)]

    def _lifted(self, extras: list[Extra]) -> _Lifted:
        problem = build_problem(self._day, self._problem.travel, extra=extras)
        return _Lifted(problem, _with_routes(problem, self._routes), twins(problem.instance))

    def _candidates(
        self, request: int, variant: Variant, position: int, lifted: _Lifted
    ) -> list[tuple[float, Change, int, list[Node]]]:
        """Return the changes that make the variant's cheapest insertion into some route possible."""
        item = self._day.requests[request]
        tricycles = self._day.tricycles
        found = []
        for vehicle, route in self._inserted(request, position, lifted, range(len(tricycles))):
            nodes = timeline(lifted.problem, vehicle, route)
            change = change_of(self._day, item, variant, nodes, tricycles[vehicle].id)
            if change is not None:
                renamed = [
                    dataclasses.replace(n, request=item.id) if n.request == variant.extra.request.id else n
                    for n in nodes
                ]
                found.append((size_of(item, change), change, vehicle, renamed))
        return found

    def _inserted(
        self, request: int, position: int, lifted: _Lifted, vehicles: Iterable[int]
    ) -> Iterator[tuple[int, Route]]:
        """Yield the tricycles whose routes have room for a variant of a request at a cost that pays."""
        routes = lifted.routes
        item = self._day.requests[request]
        tried: set[int] = set()
        for vehicle in vehicles:
            if not lifted.problem.instance.allowed[position, vehicle]:
                continue
            if routes.routes[vehicle] is None:
                if lifted.same[vehicle] in tried:
                    continue
                tried.add(lifted.same[vehicle])
            route = routes.insertion(position, vehicle).route
            if route is None:
                continue
            extra_yuan = (route.cost - routes.cost(vehicle)) / MICRO_YUAN
            if item.must or extra_yuan < self._day.penalty_yuan(item):
                yield vehicle, route

    def _penalties(
        self, request: int, trials: list[Trial | None]
    ) -> list[tuple[float, Change, int, list[Node]]]:
        """Return the penalty that would pay for the cheapest insertion that breaks no rule."""
        item = self._day.requests[request]
        found = []
        for vehicle, trial in enumerate(trials):
            if trial is None or trial.route is None:
                continue
            extra = trial.route.cost - self._now.cost(vehicle)
            change = Change(
                kind=ChangeKind.PENALTY,
                tricycle=self._day.tricycles[vehicle].id,
                params={
                    "before": round(self._day.penalty_yuan(item), 2),
                    "after": math.floor(extra / MICRO_YUAN * 100 + 1) / 100,
                },
            )
            found.append(
                (size_of(item, change), change, vehicle, timeline(self._problem, vehicle, trial.route))
            )
        return sorted(found, key=lambda entry: entry[0])[:1]

    def _unserved(
        self, request: int, trials: list[Trial | None], change: Change | None, *, sought: bool
    ) -> Unserved:
        day = self._day
        item = day.requests[request]
        reasons = [
            TricycleReason(tricycle=tricycle.id, number=tricycle.number, rule=rule, params=params)
            for vehicle, tricycle in enumerate(day.tricycles)
            for rule, params in [self._reason(request, vehicle, tricycle, trials[vehicle])]
        ]
        code, params = self._summary(request, reasons)
        return unserved_request(
            day,
            item,
            reason=code,
            params=params,
            tricycles=tuple(reasons),
            change=change,
            change_sought=sought,
        )

    def _summary(self, request: int, reasons: list[TricycleReason]) -> tuple[ReasonCode, Params]:
        if self._problem.instance.carried_by[request] >= 0:
            return ReasonCode.STAYS_ON_BOARD, {}
        if any(r.rule == "HAS_ROOM" for r in reasons):
            return ReasonCode.SEARCH_ENDED, {}
        dear = [r for r in reasons if r.rule == "NOT_WORTH_ITS_COST"]
        if dear:
            cheapest = min(dear, key=lambda r: float(r.params["cost_yuan"] or 0))
            return ReasonCode.NOT_WORTH_ITS_COST, dict(cheapest.params)
        rules = [str(r.rule) for r in reasons]
        commonest = max(sorted(set(rules)), key=rules.count)
        if all(r.rule in NEVER_FITS for r in reasons) and not fits_alone(
            self._empty, request, self._distinct
        ):
            return ReasonCode.NO_TRICYCLE_FITS, {"rule": commonest}
        if not fits_alone(self._empty, request, self._distinct):
            return ReasonCode.IMPOSSIBLE_ALONE, {"rule": self._rule_alone(request) or commonest}
        return ReasonCode.NO_ROOM_IN_PLAN, {"rule": commonest}

    def _rule_alone(self, request: int) -> str:
        """Return the rule that keeps the request off most of the idle tricycles that may serve it."""
        tricycles = self._day.tricycles
        allowed = self._problem.instance.allowed[request]
        rules = []
        for vehicle in self._distinct:
            if allowed[vehicle]:
                alone = self._empty.insertion(request, vehicle, why=True)
                rules.append(str(self._reason(request, vehicle, tricycles[vehicle], alone)[0]))
        return max(sorted(set(rules)), key=rules.count, default="")

    def _reason(self, request: int, vehicle: int, tricycle: Tricycle, trial: Trial | None) -> Broken:
        item = self._day.requests[request]
        if trial is None:
            return not_allowed(self._day, item, tricycle), {}
        if trial.route is not None:
            extra = (trial.route.cost - self._now.cost(vehicle)) / MICRO_YUAN
            penalty = self._day.penalty_yuan(item)
            # The search leaves nothing out that fits and pays, unless its time was over before it came to it.
            word: Literal["NOT_WORTH_ITS_COST", "HAS_ROOM"]
            word = "HAS_ROOM" if item.must or extra < penalty else "NOT_WORTH_ITS_COST"
            return word, _params(cost_yuan=round(extra, 2), penalty_yuan=round(penalty, 2))
        rule, broken_by = broken_rule(self._problem, trial)
        if rule == Rule.CAPACITY_KG:
            return rule, _params(kg=item.kg) | broken_by
        if rule == Rule.CAPACITY_CRATES:
            return rule, _params(crates=item.crates) | broken_by
        return rule, broken_by


def _weighs_too_much(trials: Iterable[Trial | None]) -> bool:
    """Whether some tricycle, place or battery would have had more room for less weight."""
    return any(
        trial is not None
        and (trial.rule in (c.CAP, c.ENERGY) or (trial.rule == c.CAPACITY and trial.detail == KG))
        for trial in trials
    )


def _params(**params: str | int | float | bool | None) -> Params:
    return params


def _with_routes(problem: Problem, routes: Sequence[Route | None]) -> Routes:
    standing = Routes(problem.instance)
    for vehicle, route in enumerate(routes):
        standing.put(vehicle, route)
    return standing

"""The pure pipeline: a day and its travel in, a checked plan out."""

import importlib.metadata
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from fleet.check import Violation, check_plan
from fleet.model import Day, ErrorCode, Plan, Travel, bad_input, day_sha256
from fleet.model.plan import SolverRun, Unserved
from fleet.planning.bound import with_bound
from fleet.planning.examine import explained, requests_left_out, routes_of, tasks_in, tasks_of, written
from fleet.planning.instance import Problem, build_problem
from fleet.planning.plan import unexamined_request
from fleet.planning.reasons import Told
from fleet.planning.timeline import timelines
from fleet.planning.travel import travel_for
from fleet.solver.instance import MICRO_YUAN
from fleet.solver.process import WarmChild, solve_in_child
from fleet.solver.routes import Routes
from fleet.solver.search import Snapshot, Solution

MAX_BUDGET_S = 600.0
SEARCH_SHARE = 0.95
EXPLAIN_SHARE = 0.04
"""How much of the progress bar searching and explaining get; writing and checking get the rest."""


@dataclass(frozen=True, kw_only=True)
class SolveSettings:
    """How long and from which seed to search.

    With ``iterations`` the plan depends on day, travel, iterations, workers and seed only, as long as the
    budget is not over. ``workers`` searches run side by side, a thread each, and exchange their best; each
    does that many iterations.
    """

    budget_s: float = 10.0
    iterations: int | None = None
    workers: int = 1
    seed: int = 1


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Where planning stands: phase, share of the work done, and the best plan so far.

    ``is_complete`` says whether a first plan stands: every request was tried, or the time for it was over.
    """

    phase: str
    fraction: float
    unserved_musts: int
    total_yuan: float
    served_requests: int
    iterations: int
    is_complete: bool
    _plan: Callable[[], Plan] = field(repr=False, compare=False)

    def plan(self) -> Plan:
        """Make the plan of the best routes so far, checked; what it leaves out is not examined.

        Raises
        ------
        PlanRejectedError
            If the checker disagrees.
        """
        return self._plan()


class PlanRejectedError(RuntimeError):
    """The checker found a broken rule in a plan of ours: a fault in this program, never in the input."""

    def __init__(self, violations: tuple[Violation, ...]) -> None:
        super().__init__("; ".join(str(violation) for violation in violations[:5]))
        self.violations = violations


def plan_day(
    day: Day,
    *,
    travel: Travel | None = None,
    settings: SolveSettings | None = None,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    child: WarmChild | None = None,
) -> Plan:
    """Plan a day: routes for its tricycles, and for each request left out the reasons why.

    Parameters
    ----------
    day : Day
        What is to be planned.
    travel : Travel, optional
        Durations and distances between ``day.locations``; great circles without (see ``travel_for``).
    settings : SolveSettings, optional
        Budget, seed and workers.
    progress : callable, optional
        Told of each phase and, some ten times a second, of the best plan so far, which can be had from it;
        what it raises while reasons are looked for ends the planning.
    cancelled : callable, optional
        Asked often; True ends the search, and the plan is the best found so far.
    child : WarmChild, optional
        Has the process that searches, its kernels loaded; without it one is started.

    Returns
    -------
    Plan
        A plan that ``fleet.check`` finds without fault.

    Raises
    ------
    PlanRejectedError
        If the checker disagrees; nothing leaves then.
    """
    settings = settings or SolveSettings()
    began = time.monotonic()
    travel = travel or travel_for(day)
    problem = build_problem(day, travel)

    drafts = _Drafts(problem, settings, began)

    def tell(snapshot: Snapshot, phase: str, fraction: float) -> None:
        if progress is not None:
            progress(drafts.progress(snapshot, phase=phase, fraction=fraction))

    solution = solve_in_child(
        problem.instance,
        budget_s=min(settings.budget_s, MAX_BUDGET_S),
        iterations=settings.iterations,
        workers=settings.workers,
        seed=settings.seed,
        progress=lambda snapshot: tell(snapshot, snapshot.phase, snapshot.fraction * SEARCH_SHARE),
        cancelled=cancelled,
        child=child,
    )
    end = _end_of(problem, solution)
    tell(end, "explain", SEARCH_SHARE)
    plan = plan_of(
        problem,
        solution,
        drafts.run(),
        told=lambda share: tell(end, "explain", SEARCH_SHARE + share * EXPLAIN_SHARE),
    )
    tell(end, "done", 1.0)
    return plan


def plan_of(
    problem: Problem,
    solution: Solution,
    run: SolverRun,
    *,
    examined: bool = True,
    told: Told = lambda _share: None,
) -> Plan:
    """Make the plan of a solution: explained, with its warnings, and checked.

    Parameters
    ----------
    problem, solution
        What was searched and found.
    run : SolverRun
        How it was found; the phases are added.
    examined : bool
        Whether to examine what is left out, which takes most of the time.
    told : callable, optional
        Told what share of that is done; what it raises ends it.

    Raises
    ------
    PlanRejectedError
        If the checker disagrees; nothing leaves then.
    """
    explaining = time.monotonic()
    routes = solution.routes
    nodes = timelines(problem, routes)
    left_out = requests_left_out(problem, tasks_in(routes))
    if examined:
        unserved = explained(problem, routes, left_out, timelines=nodes, told=told)
    else:
        requests = [problem.day.requests[index] for index in left_out]
        unserved = [unexamined_request(problem.day, request) for request in requests]
    spent_s = round(time.monotonic() - explaining, 3)
    run = run.model_copy(
        update={"used_s": run.used_s + spent_s, "phases": solution.phases_s | {"explain": spent_s}}
    )
    plan = written(problem, nodes, unserved, run, stopped_early=solution.stopped_early)
    if solution.lower_bound is not None:
        plan = with_bound(problem, plan, solution.lower_bound)
    violations = check_plan(problem.day, plan, travel=problem.travel)
    if violations:
        raise PlanRejectedError(violations)
    return plan


def explain_request(day: Day, plan: Plan, request_id: str, *, travel: Travel) -> Unserved | None:
    """Explain why a plan leaves a request out; None when it is served.

    Raises
    ------
    InputError
        PLAN_OF_ANOTHER_DAY, or UNKNOWN_ID for a request that the day does not have.
    """
    if plan.day_sha256 != day_sha256(day):
        raise bad_input(ErrorCode.PLAN_OF_ANOTHER_DAY, value=plan.day_sha256, expected=day_sha256(day))
    if request_id not in day.request_by_id:
        raise bad_input(ErrorCode.UNKNOWN_ID, where="request", value=request_id, kind="request")
    if all(item.request != request_id for item in plan.unserved):
        return None
    problem = build_problem(day, travel)
    index = next(i for i, request in enumerate(day.requests) if request.id == request_id)
    return explained(problem, routes_of(problem, tasks_of(problem, plan)), [index])[0]


@dataclass(frozen=True)
class _Drafts:
    """Makes plans of a search that goes on."""

    problem: Problem
    settings: SolveSettings
    began: float

    def run(self) -> SolverRun:
        return SolverRun(
            versions=_versions(),
            seed=self.settings.seed,
            workers=self.settings.workers,
            budget_s=self.settings.budget_s,
            iterations=self.settings.iterations,
            used_s=round(time.monotonic() - self.began, 3),
        )

    def progress(self, snapshot: Snapshot, *, phase: str, fraction: float) -> Progress:
        frozen = sum(len(beginning.served) for beginning in self.problem.beginnings)
        return Progress(
            phase=phase,
            fraction=fraction,
            unserved_musts=snapshot.unserved_musts,
            total_yuan=snapshot.cost / MICRO_YUAN,
            served_requests=snapshot.served + frozen,
            iterations=snapshot.iterations,
            is_complete=snapshot.is_complete,
            _plan=lambda: plan_of(self.problem, Solution(snapshot.routes, []), self.run(), examined=False),
        )


def _end_of(problem: Problem, solution: Solution) -> Snapshot:
    """Return where a search stood at its end."""
    standing = Routes(problem.instance)
    for vehicle, route in enumerate(solution.routes):
        standing.put(vehicle, route)
    musts, cost = standing.score()
    served = int((standing.vehicle_of >= 0).sum())
    return Snapshot("end", 1.0, musts, cost, served, solution.iterations, solution.routes)


def _versions() -> dict[str, str]:
    return {name: importlib.metadata.version(name) for name in ("oasis-fleet", "ortools", "numba")}

"""``fleet solve`` without a terminal: a VROOM problem in, VROOM's answer out."""

import time
from collections.abc import Callable, Sequence

from fleet.formats.vroom.answer import Answer, Cause, ComputingTimes, Route, Summary, Unassigned
from fleet.formats.vroom.eta import planned_route, used_vehicles
from fleet.formats.vroom.instance import instance_of
from fleet.formats.vroom.problem import VroomProblem
from fleet.formats.vroom.walk import Entry, timed_route, violations_of
from fleet.model import ErrorCode, bad_input
from fleet.solver import routes as solver
from fleet.solver.instance import Instance
from fleet.solver.kernels import codes as c
from fleet.solver.process import WarmChild, solve_in_child
from fleet.solver.search import Snapshot


def solve_problem(
    problem: VroomProblem,
    *,
    budget_s: float,
    iterations: int | None = None,
    workers: int = 1,
    seed: int = 1,
    progress: Callable[[Snapshot], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    child: WarmChild | None = None,
) -> Answer:
    """Search for routes in a child process, beginning from the vehicles' ``steps`` where they are given.

    The arguments are those of :func:`fleet.solver.process.solve_in_child`.

    Raises
    ------
    InputError
        ROUTE_INFEASIBLE when given steps break a rule; VALUE_TOO_LARGE when costs are.
    SolverCrashedError
        The child died without a solution.
    """
    began = time.monotonic()
    instance = instance_of(problem)
    first = given_routes(problem, instance)
    loaded = time.monotonic()
    solution = solve_in_child(
        instance,
        budget_s=max(0.1, budget_s - (loaded - began)),
        iterations=iterations,
        workers=workers,
        seed=seed,
        first=first,
        progress=progress,
        cancelled=cancelled,
        child=child,
    )
    solved = time.monotonic()
    return answer_of(problem, solution.routes, loading_s=loaded - began, solving_s=solved - loaded)


def answer_of(
    problem: VroomProblem,
    found: Sequence[solver.Route | None],
    *,
    loading_s: float = 0.0,
    solving_s: float = 0.0,
) -> Answer:
    """Return the answer that describes routes of the solver, each of which is walked again.

    Raises
    ------
    RuntimeError
        When a route breaks a rule: a fault in this program, never in the input.
    """
    routes = [_timed(problem, vehicle, route) for vehicle, route in enumerate(found) if route is not None]
    broken = [violation.cause for route in routes for violation in route.violations]
    if broken:
        raise RuntimeError(f"the search returned routes that break rules: {broken}")
    served = {int(task) for route in found if route is not None for task in route.tasks}
    return _answer(problem, routes, served, loading_s=loading_s, solving_s=solving_s)


def check_problem(problem: VroomProblem) -> Answer:
    """Choose times for the routes that the vehicles' ``steps`` describe, and name every broken rule.

    Raises
    ------
    InputError
        ROUTE_INFEASIBLE.
    """
    began = time.monotonic()
    routes = [planned_route(problem, vehicle) for vehicle in used_vehicles(problem)]
    served = {
        problem.task_named[step.type, step.id or 0]
        for vehicle in problem.vehicles
        for step in vehicle.spec.steps
        if step.type not in {"start", "break", "end"}
    }
    return _answer(problem, routes, served, loading_s=0.0, solving_s=time.monotonic() - began)


def given_routes(problem: VroomProblem, instance: Instance) -> list[list[int]]:
    """Return the tasks of the vehicles' ``steps``, empty when there are none; each route has to hold.

    Raises
    ------
    InputError
        ROUTE_INFEASIBLE.
    """
    given = [
        [
            problem.task_named[step.type, step.id or 0]
            for step in vehicle.spec.steps
            if step.type not in {"start", "break", "end"}
        ]
        for vehicle in problem.vehicles
    ]
    if not any(given):
        return []
    routes = solver.Routes(instance)
    for vehicle, tasks in enumerate(given):
        whole = {task for request in _requests(problem, tasks) for task in problem.requests[request]}
        rule = routes.evaluate(vehicle, tasks).rule if whole == set(tasks) else c.ORDER
        if tasks and rule != c.OK:
            raise bad_input(
                ErrorCode.ROUTE_INFEASIBLE, where=f"vehicles[{vehicle}].steps", detail=_RULES[rule]
            )
    return given


def _requests(problem: VroomProblem, tasks: Sequence[int]) -> set[int]:
    return {problem.tasks[task].request for task in tasks}


_RULES = {
    c.NOT_ALLOWED: "skills",
    c.CAPACITY: "capacity",
    c.ORDER: "precedence",
    c.MAX_TASKS: "max_tasks",
    c.MAX_DISTANCE: "max_distance",
    c.MAX_TRAVEL: "max_travel_time",
    c.WINDOW: "time_windows",
    c.BREAK: "breaks",
    c.SHIFT: "time_window",
}
"""What VROOM calls the rules that a route of its problems can break."""


def _timed(problem: VroomProblem, vehicle: int, route: solver.Route) -> Route:
    entries = [
        Entry(int(node[c.BEGIN]), task=int(node[c.REF]))
        if node[c.KIND] == c.TASK
        else Entry(int(node[c.BEGIN]), rest=int(node[c.REF]))
        for node in route.nodes
        if node[c.KIND] in (c.TASK, c.BREAK_NODE)
    ]
    return timed_route(problem, vehicle, entries, departure=route.departure_s)


def _answer(
    problem: VroomProblem, routes: Sequence[Route], served: set[int], *, loading_s: float, solving_s: float
) -> Answer:
    causes: dict[Cause, int] = {}
    for route in routes:
        for violation in route.violations:
            causes[violation.cause] = causes.get(violation.cause, 0) + (violation.duration or 0)
    left = [task for rank, task in enumerate(problem.tasks) if rank not in served]
    delivery = _summed([route.delivery for route in routes], problem.size)
    summary = Summary(
        cost=sum(route.cost for route in routes),
        routes=len(routes),
        unassigned=len(left),
        delivery=delivery,
        amount=delivery,
        pickup=_summed([route.pickup for route in routes], problem.size),
        setup=sum(route.setup for route in routes),
        service=sum(route.service for route in routes),
        duration=sum(route.duration for route in routes),
        waiting_time=sum(route.waiting_time for route in routes),
        priority=sum(route.priority for route in routes),
        distance=sum(route.distance or 0 for route in routes) if problem.reports_distances else None,
        violations=violations_of(causes),
        computing_times=ComputingTimes(loading=round(1_000 * loading_s), solving=round(1_000 * solving_s)),
    )
    unassigned = tuple(
        Unassigned(
            id=task.visit.id,
            location=task.visit.location,
            location_index=task.visit.location_index,
            type=task.kind,
            description=task.visit.description or None,
        )
        for task in left
    )
    return Answer(summary=summary, unassigned=unassigned, routes=tuple(routes))


def _summed(amounts: Sequence[tuple[int, ...] | None], size: int) -> tuple[int, ...] | None:
    return tuple(sum(amount[q] for amount in amounts if amount) for q in range(size)) if size else None

"""From a plan back to the search's routes, from routes to a plan, and the reasons for what they leave out."""

from collections.abc import Iterable, Iterator, Sequence

from fleet.check import check_plan, warnings_of_frozen_stops
from fleet.model import Day, Plan, ReasonCode, WarningCode
from fleet.model.plan import Change, PlanWarning, SolverRun, Unserved
from fleet.planning.beginning import state_of
from fleet.planning.changes import applied
from fleet.planning.instance import Problem
from fleet.planning.nodes import Node
from fleet.planning.plan import build_plan, unserved_request
from fleet.planning.reasons import Explainer, Holds, Told
from fleet.planning.timeline import timelines as all_timelines
from fleet.solver.routes import Route, Routes


def tasks_of(problem: Problem, plan: Plan) -> list[list[int]]:
    """Return for each tricycle the tasks of a plan in its order, those of frozen stops left out."""
    task = {
        (problem.requests[stop.request].id, stop.alternative): index
        for index, stop in enumerate(problem.stops)
    }
    vehicle = {tricycle.id: index for index, tricycle in enumerate(problem.day.tricycles)}
    found: list[list[int]] = [[] for _ in vehicle]
    for route in plan.routes:
        index = vehicle[route.tricycle]
        found[index] = [
            task[entry.request or "", -1 if entry.kind == "pickup" else entry.alternative or 0]
            for entry in route.stops[problem.beginnings[index].n_frozen :]
        ]
    return found


def routes_of(problem: Problem, tasks: Sequence[Sequence[int]]) -> list[Route | None]:
    """Return each tricycle's route of tasks in their order, timed beside those before it."""
    standing = Routes(problem.instance)
    for vehicle, order in enumerate(tasks):
        if order:
            standing.put(vehicle, standing.evaluate(vehicle, order).route)
    return standing.snapshot()


def requests_left_out(problem: Problem, tasks: Iterable[Iterable[int]]) -> list[int]:
    """Return the requests that neither the tasks nor the frozen stops drop off."""
    of_task = problem.instance.task_request
    served = {int(of_task[task]) for order in tasks for task in order}
    frozen = {request for beginning in problem.beginnings for request in beginning.served}
    return [
        index
        for index, request in enumerate(problem.day.requests)
        if index not in served and request.id not in frozen
    ]


def tasks_in(routes: Iterable[Route | None]) -> Iterator[Iterable[int]]:
    """Yield the tasks of the routes that there are."""
    yield from (route.tasks for route in routes if route is not None)


def written(
    problem: Problem,
    timelines: list[list[Node]],
    unserved: list[Unserved],
    run: SolverRun,
    *,
    day: Day | None = None,
    stopped_early: bool = False,
    with_paths: bool = True,
) -> Plan:
    """Write the plan of what each tricycle does, with its warnings; nobody has checked it yet.

    Parameters
    ----------
    problem, timelines, unserved, run
        What was planned, what came of it, and how it was found.
    day : Day, optional
        Another day than the problem's, with the same travel.
    stopped_early, with_paths : bool
        Whether to warn that the search was stopped; whether legs carry the path they take.
    """
    day = day or problem.day
    early = [PlanWarning(code=WarningCode.STOPPED_EARLY)] if stopped_early else []
    plan = build_plan(
        day,
        problem.travel,
        timelines=timelines,
        beginnings=[state_of(day, tricycle) for tricycle in day.tricycles],
        unserved=unserved,
        solver=run,
        further_warnings=early,
        with_paths=with_paths,
    )
    return with_frozen_warnings(problem, plan, day=day)


def with_frozen_warnings(problem: Problem, plan: Plan, *, day: Day) -> Plan:
    """Add the warnings of rules that frozen stops break: what the checker finds, not what the search does."""
    if all(not beginning.nodes for beginning in problem.beginnings):
        return plan
    frozen = warnings_of_frozen_stops(day, plan, travel=problem.travel)
    return plan.model_copy(update={"warnings": (*plan.warnings, *frozen)})


def explained(
    problem: Problem,
    routes: list[Route | None],
    requests: list[int],
    *,
    timelines: list[list[Node]] | None = None,
    told: Told = lambda _share: None,
) -> list[Unserved]:
    """Explain requests (indices of the day) that routes leave out.

    Parameters
    ----------
    problem, routes, requests
        The routes, and what of theirs is asked for.
    timelines : list of list of Node, optional
        What each tricycle does, where that is at hand.
    told : callable, optional
        Told what share of it is done, several times a second; what it raises ends it.
    """
    nodes = timelines if timelines is not None else all_timelines(problem, routes)
    return Explainer(problem, routes, told=told).explain(requests, holds=_holds(problem, nodes, routes))


def _holds(problem: Problem, timelines: list[list[Node]], routes: list[Route | None]) -> Holds:
    """Return the question whether a change, applied, gives a plan that the checker accepts."""
    run = SolverRun(versions={}, seed=0, used_s=0.0)
    left_out = [problem.day.requests[index] for index in requests_left_out(problem, tasks_in(routes))]

    def holds(change: Change, vehicle: int, nodes: list[Node]) -> bool:
        admitted = {node.request for node in nodes if node.kind == "stop" and node.alternative >= 0}
        day = applied(problem.day, next(r for r in left_out if r.id in admitted), change)
        others = [
            unserved_request(day, request, reason=ReasonCode.NO_ROOM_IN_PLAN)
            for request in left_out
            if request.id not in admitted
        ]
        changed = list(timelines)
        changed[vehicle] = nodes
        plan = written(problem, changed, others, run, day=day, with_paths=False)
        return not check_plan(day, plan, travel=problem.travel)

    return holds

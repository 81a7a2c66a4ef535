"""Changes by hand: what moves make of a plan, timed and checked again; other routes stay as they are."""

from collections.abc import Sequence

from fleet.check import check_plan
from fleet.model import (
    Day,
    ErrorCode,
    InputError,
    Plan,
    ReasonCode,
    Travel,
    WarningCode,
    bad_input,
    day_sha256,
)
from fleet.model.moves import Move
from fleet.model.plan import Unserved
from fleet.planning.beginning import state_of
from fleet.planning.broken import every_broken_rule, refusal
from fleet.planning.examine import explained, requests_left_out, routes_of, with_frozen_warnings
from fleet.planning.instance import Problem, build_problem
from fleet.planning.lines import lines_of
from fleet.planning.nodes import Node
from fleet.planning.orders import Orders
from fleet.planning.pipeline import PlanRejectedError
from fleet.planning.plan import plan_of_routes, unexamined_request, unserved_request
from fleet.planning.route import build_route
from fleet.planning.timeline import timeline
from fleet.solver.kernels import codes as c
from fleet.solver.routes import Routes, Trial

MOST_EXPLAINED = 30
"""Requests left out that are examined again after a change; of more, none: a change has to be quick."""


def moved_plan(day: Day, plan: Plan, moves: Sequence[Move], *, travel: Travel) -> Plan:
    """Change a plan by hand.

    The moves are done in their order, and the rules are looked at once all are done. Routes whose order
    changes are timed again, as short as they can be beside the others, which keep every second.

    Parameters
    ----------
    day, plan
        The plan, which the checker finds without fault, and its day.
    moves : sequence of Move
        What to do.
    travel : Travel
        What the plan was made from.

    Raises
    ------
    InputError
        CHANGE_BREAKS_RULES with every rule that is broken, by tricycle; PLAN_OF_ANOTHER_DAY; UNKNOWN_ID and
        VALUE_TOO_LARGE for what a move names and there is not; SWAP_WITH_ITSELF.
    PlanRejectedError
        If the checker disagrees; nothing leaves then.
    """
    if plan.day_sha256 != day_sha256(day):
        raise bad_input(ErrorCode.PLAN_OF_ANOTHER_DAY, value=plan.day_sha256, expected=day_sha256(day))
    problem = build_problem(day, travel)
    orders = Orders(problem, plan)
    for number, move in enumerate(moves):
        orders.do(move, where=f"moves[{number}]")
    routes = _settled(problem, orders)
    new = {day.tricycles[v].id: _timeline(problem, routes, v) for v in orders.changed}
    beginnings = {day.tricycles[v].id: state_of(day, day.tricycles[v]) for v in orders.changed}
    lines = lines_of(travel, [(beginnings[key], nodes) for key, nodes in new.items()])
    before = {route.tricycle: route for route in plan.routes}
    built = [
        build_route(day, travel, nodes=new[tricycle.id], beginning=beginnings[tricycle.id], lines=lines)
        if tricycle.id in new
        else before[tricycle.id]
        for tricycle in day.tricycles
        if new.get(tricycle.id, tricycle.id in before)
    ]
    changed = plan_of_routes(
        day,
        travel,
        routes=built,
        unserved=_unserved(problem, plan, orders.tasks),
        solver=plan.solver,
        further_warnings=[w for w in plan.warnings if w.code == WarningCode.STOPPED_EARLY],
    )
    changed = with_frozen_warnings(problem, _with_bound(plan, changed), day=day)
    violations = check_plan(day, changed, travel=travel)
    if violations:
        raise PlanRejectedError(violations)
    return changed


def _settled(problem: Problem, orders: Orders) -> Routes:
    """Return the changed routes, timed beside each other and all others."""
    turn = orders.changed
    routes, broken = _timed(orders, turn)
    for _ in turn[1:]:
        if not broken or any(trial.rule != c.BAY for trial in broken.values()):
            break
        # Who found no free bay is timed before the others.
        turn = [*broken, *(vehicle for vehicle in turn if vehicle not in broken)]
        routes, broken = _timed(orders, turn)
    if not broken:
        return routes
    raise InputError(
        [
            refusal(problem.day, rule, problem.day.tricycles[vehicle].id, params)
            for vehicle in broken
            for rule, params in every_broken_rule(problem, routes, vehicle, orders.tasks[vehicle])
        ]
    )


def _timed(orders: Orders, turn: Sequence[int]) -> tuple[Routes, dict[int, Trial]]:
    """Return the changed routes timed one after the other, and those that break a rule."""
    routes = orders.standing()
    broken = {}
    for vehicle in turn:
        if orders.tasks[vehicle]:
            trial = routes.evaluate(vehicle, orders.tasks[vehicle])
            routes.put(vehicle, trial.route)
            if trial.route is None:
                broken[vehicle] = trial
    return routes, broken


def _timeline(problem: Problem, routes: Routes, vehicle: int) -> list[Node]:
    route = routes.routes[vehicle]
    if route is None and problem.beginnings[vehicle].nodes:
        route = routes.evaluate(vehicle, []).route
    return timeline(problem, vehicle, route)


def _unserved(problem: Problem, plan: Plan, tasks: Sequence[Sequence[int]]) -> list[Unserved]:
    """Return what is left out now, and why: routes that changed may have room for something else."""
    day = problem.day
    left_out = requests_left_out(problem, tasks)
    before = {item.request: item.reason for item in plan.unserved}
    by_hand = [
        index
        for index in left_out
        if before.get(day.requests[index].id, ReasonCode.TAKEN_OUT) == ReasonCode.TAKEN_OUT
        and problem.instance.carried_by[index] < 0
    ]
    asked = [index for index in left_out if index not in by_hand]
    if len(asked) <= MOST_EXPLAINED:
        examined = explained(problem, routes_of(problem, tasks), asked)
    else:
        examined = [unexamined_request(day, day.requests[index]) for index in asked]
    found = dict(zip(asked, examined, strict=True))
    for index in by_hand:
        request = day.requests[index]
        found[index] = unserved_request(day, request, reason=ReasonCode.TAKEN_OUT, change_sought=False)
    return [found[index] for index in left_out]


def _with_bound(before: Plan, changed: Plan) -> Plan:
    """Keep what was proved of every plan that leaves out as few musts."""
    bound = before.figures.lower_bound_yuan
    if bound is None or changed.figures.unserved_musts != before.figures.unserved_musts:
        return changed
    bound = min(bound, changed.figures.total_yuan)
    return changed.model_copy(
        update={"figures": changed.figures.model_copy(update={"lower_bound_yuan": bound})}
    )

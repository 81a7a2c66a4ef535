"""Which rule of a day it is that the search found broken, and by how much."""

from fleet.model import Day, Rule
from fleet.model.base import GRAMS_PER_KG
from fleet.model.plan import Params
from fleet.model.requests import Request
from fleet.model.tricycles import Tricycle
from fleet.planning.instance import CRATES, Problem
from fleet.solver.instance import NEVER
from fleet.solver.kernels import codes as c
from fleet.solver.routes import Trial

_PLAIN = {
    c.LABEL: Rule.KEEP_APART,
    c.ORDER: Rule.PRECEDENCE,
    c.RANK: Rule.SEQUENCE,
    c.ENERGY: Rule.RESERVE,
    c.ON_BOARD: Rule.ON_BOARD_LIMIT,
    c.BREAK: Rule.BREAK,
    c.SHIFT: Rule.SHIFT,
    c.BAY: Rule.BAYS,
}


def broken_rule(problem: Problem, trial: Trial) -> tuple[Rule, Params]:
    """Return the rule that an evaluated route breaks, with the figures that say by how much and where."""
    if trial.rule == c.NOT_ALLOWED:
        return Rule.START_STATE, {}
    if trial.rule == c.CAPACITY:
        if trial.detail == CRATES:
            return Rule.CAPACITY_CRATES, {"excess": trial.amount}
        return Rule.CAPACITY_KG, {"excess_kg": trial.amount / GRAMS_PER_KG}
    if trial.rule == c.CAP:
        cap = problem.caps[trial.detail]
        rule = Rule.PLACE_MAX_KG if cap.product is None else Rule.PRODUCT_MAX_KG
        return rule, {"place": cap.place, "excess_kg": trial.amount / GRAMS_PER_KG}
    if trial.rule == c.WINDOW:
        return _window(problem, trial)
    if trial.rule == c.ENERGY:
        return Rule.RESERVE, {"missing_wh": trial.amount}
    return _PLAIN[trial.rule], _late(trial)


def not_allowed(day: Day, request: Request, tricycle: Tricycle) -> Rule:
    """Return the rule that keeps a request off a tricycle whatever its route is."""
    if not tricycle.available:
        return Rule.UNAVAILABLE
    needed = set(request.equipment)
    if request.product:
        needed |= set(day.product_by_id[request.product].equipment)
    if not needed <= set(tricycle.equipment):
        return Rule.EQUIPMENT
    if request.allowed_fleets and tricycle.fleet not in request.allowed_fleets:
        return Rule.FLEET_NOT_ALLOWED
    for lock in day.locks.requests:
        if lock.request == request.id:
            if lock.only_tricycle not in (None, tricycle.id):
                return Rule.ONLY_TRICYCLE
            if tricycle.id in lock.not_tricycles:
                return Rule.NOT_TRICYCLES
    for route in day.locks.routes:
        if route.tricycle != tricycle.id and any(s.request == request.id for s in route.sequence):
            return Rule.SEQUENCE
    return Rule.START_STATE


def _window(problem: Problem, trial: Trial) -> tuple[Rule, Params]:
    """Tell a stop's own window from the opening of its place."""
    params = _late(trial)
    if trial.detail < 0:
        return Rule.WINDOW, params
    stop = problem.stops[trial.detail]
    request = problem.requests[stop.request]
    task = request.pickup if stop.alternative < 0 else request.dropoffs[stop.alternative]
    params |= {
        "stop": "pickup" if stop.alternative < 0 else "dropoff",
        "place": stop.place,
        "request": request.id,
    }
    opening = problem.day.place_by_id[stop.place].opening
    closes_first = bool(opening) and (
        not task.windows or max(o.end for o in opening) <= max(w.end for w in task.windows)
    )
    return (Rule.OPENING if closes_first else Rule.WINDOW), params


def _late(trial: Trial) -> Params:
    return {"late_s": trial.amount} if 0 < trial.amount < NEVER else {}

"""Which rule of a day it is that the search found broken, and by how much."""

from collections.abc import Sequence

import numpy as np

from fleet.model import Day, ErrorCode, Rule
from fleet.model import Problem as Refusal
from fleet.model.base import GRAMS_PER_KG
from fleet.model.plan import Params
from fleet.model.requests import Request
from fleet.model.tricycles import Tricycle
from fleet.planning.instance import CRATES, Problem
from fleet.solver.instance import NEVER, Instance
from fleet.solver.kernels import codes as c
from fleet.solver.routes import Routes, Trial

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


def refusal(day: Day, rule: Rule, tricycle: str | None, params: Params) -> Refusal:
    """Return the problem that a change by hand breaks a rule: where, which, and by how much."""
    words: dict[str, object] = dict(params)
    place = day.place_by_id.get(str(params.get("place")))
    if place is not None:
        words["place"] = place.name
    about = [str(key) for key in (tricycle, params.get("request")) if key is not None]
    return Refusal(
        code=ErrorCode.CHANGE_BREAKS_RULES,
        where="/".join(about),
        value=str(rule),
        params=words | {"rule": str(rule), "tricycle": tricycle},
    )


def every_broken_rule(
    problem: Problem, routes: Routes, vehicle: int, tasks: Sequence[int]
) -> list[tuple[Rule, Params]]:
    """Return all rules that a forced order of tasks breaks beside the other routes, none when it holds.

    Each rule is broken once those before it in the list are lifted; parameters name the request where one
    alone is concerned. An order that is none, a drop-off before its pickup, ends the list.
    """
    found: list[tuple[Rule, Params]] = []
    tricycle = problem.day.tricycles[vehicle]
    instance = routes.instance
    seen: set[tuple[int, int]] = set()
    while True:
        lifted = Routes(instance)
        lifted.restore(routes.snapshot())
        trial = lifted.evaluate(vehicle, tasks)
        if trial.route is not None or (trial.rule, trial.detail) in seen:
            return found
        seen.add((trial.rule, trial.detail))
        rule, params = broken_rule(problem, trial)
        if trial.rule == c.NOT_ALLOWED:
            rule = not_allowed(problem.day, problem.requests[trial.detail], tricycle)
        about = _request_of(problem, trial)
        found.append((rule, params | {"request": about} if about is not None else params))
        without = _without(instance, vehicle, trial)
        if without is None:
            return found
        instance = without


def _request_of(problem: Problem, trial: Trial) -> str | None:
    """Return the request that a broken rule is about, if it is about one."""
    if trial.detail < 0 or trial.rule in (c.CAPACITY, c.CAP):
        return None
    if trial.rule in (c.NOT_ALLOWED, c.LABEL, c.ORDER, c.RANK):
        return problem.requests[trial.detail].id
    return problem.requests[problem.stops[trial.detail].request].id


def _without(instance: Instance, vehicle: int, trial: Trial) -> Instance | None:
    """Return the instance without the rule that was broken; None where nothing can be said beyond it."""
    detail = trial.detail

    def changed(name: str, index: object, value: object) -> Instance:
        array = getattr(instance, name).copy()
        array[index] = value
        return instance._replace(**{name: array})

    if trial.rule == c.NOT_ALLOWED:
        return changed("allowed", (detail, vehicle), True)
    if trial.rule == c.LABEL:
        return changed("label", slice(None), 0)
    if trial.rule == c.CAPACITY:
        return changed("capacity", (vehicle, detail), NEVER)
    if trial.rule == c.RANK:
        return changed("task_rank", slice(None), -1)
    if trial.rule == c.CAP:
        return changed("cap_left", detail, NEVER)
    if trial.rule == c.ENERGY:
        lighter = changed("wh_per_m", vehicle, 0.0)
        return lighter._replace(wh_per_m_per_g=np.zeros_like(instance.wh_per_m_per_g))
    if trial.rule == c.WINDOW and detail >= 0:
        windows = slice(*instance.window_ptr[detail : detail + 2])
        later = changed("window_close", windows, NEVER)
        finish = instance.window_finish.copy()
        finish[windows] = NEVER
        return later._replace(window_finish=finish)
    if trial.rule == c.ON_BOARD and detail >= 0:
        return changed("on_board_limit_s", instance.task_request[detail], NEVER)
    if trial.rule == c.BREAK:
        breaks = instance.break_window_ptr[instance.break_ptr[vehicle : vehicle + 2]]
        return changed("break_close", slice(*breaks), NEVER)
    if trial.rule == c.SHIFT:
        return changed("latest_s", vehicle, NEVER)
    if trial.rule == c.BAY:
        return changed("bays", slice(None), -1)
    return None


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

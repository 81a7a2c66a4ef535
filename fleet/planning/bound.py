"""From the pair that no routes undercut to the yuan that no plan undercuts."""

import math
from collections.abc import Iterator

from fleet.model import Plan
from fleet.planning.instance import Problem
from fleet.solver.instance import MICRO_YUAN


def with_bound(problem: Problem, plan: Plan, proved: tuple[int, int]) -> Plan:
    """Return the plan with its lower bound, if what is proved says something about it.

    Nothing is claimed where as few musts left out were not reached, nor of a day some of whose stops are
    frozen: what these cost is no part of the search.

    Parameters
    ----------
    problem : Problem
        What was planned.
    plan : Plan
        Its plan.
    proved : (int, int)
        The pair that no routes undercut: musts left out, micro-yuan.
    """
    musts, micro_yuan = proved
    if musts != plan.figures.unserved_musts or any(beginning.nodes for beginning in problem.beginnings):
        return plan
    # The search rounds rates to whole micro-yuan, the plan does not: its costs may be this much smaller.
    share = min((exact / rounded for exact, rounded in _rates(problem)), default=1.0)
    bound = math.floor(micro_yuan * min(share, 1.0)) / MICRO_YUAN
    # This plan, too, is one that none undercuts: sums of floats may differ in their last digits.
    bound = min(bound, plan.figures.total_yuan)
    return plan.model_copy(update={"figures": plan.figures.model_copy(update={"lower_bound_yuan": bound})})


def _rates(problem: Problem) -> Iterator[tuple[float, int]]:
    """Yield what enters a plan's costs, in micro-yuan, beside the whole number of the search."""
    instance = problem.instance
    for vehicle, tricycle in enumerate(problem.day.tricycles):
        yield from _above_zero(tricycle.yuan_per_km * MICRO_YUAN / 1_000, instance.cost_per_m[vehicle])
        yield from _above_zero(tricycle.yuan_per_hour * MICRO_YUAN / 3_600, instance.cost_per_s[vehicle])
        assignment = problem.day.assignment_by_tricycle.get(tricycle.id)
        burden = assignment.burden_yuan if assignment else 0.0
        fixed = 0.0 if problem.beginnings[vehicle].has_left else tricycle.fixed_yuan
        yield from _above_zero((fixed + burden) * MICRO_YUAN, instance.fixed_cost[vehicle])
    for index, request in enumerate(problem.day.requests):
        yield from _above_zero(problem.day.penalty_yuan(request) * MICRO_YUAN, instance.penalty[index])


def _above_zero(exact: float, rounded: int) -> Iterator[tuple[float, int]]:
    if rounded > 0:
        yield exact, int(rounded)

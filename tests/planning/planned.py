"""Planning in this process: what ``plan_day`` does, but for the child process and OR-Tools' routing model.

A child for each of hundreds of tiny days would be most of the time; a process may solve one routing model.
"""

from fleet.model import Day, Plan, Travel
from fleet.model.plan import SolverRun
from fleet.planning import travel_for
from fleet.planning.instance import build_problem
from fleet.planning.pipeline import plan_of
from fleet.solver import search


def planned(
    day: Day, *, travel: Travel | None = None, iterations: int = 200, seed: int = 1, proof: bool = False
) -> Plan:
    """Return the checked plan of a day; with ``proof`` small days are enumerated before they are searched."""
    problem = build_problem(day, travel or travel_for(day))
    largest = search.LARGEST_ROUTING_MODEL, search.LARGEST_PROOF
    search.LARGEST_ROUTING_MODEL = 0
    if not proof:
        search.LARGEST_PROOF = 0
    try:
        solution = search.solve(problem.instance, budget_s=60, iterations=iterations, seed=seed)
    finally:
        search.LARGEST_ROUTING_MODEL, search.LARGEST_PROOF = largest
    return plan_of(problem, solution, SolverRun(versions={}, seed=seed, used_s=0.0))

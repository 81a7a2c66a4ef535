"""Plans by the project's own search, in this process and without the routing model: a moment each."""

import numpy as np

from fleet.model import Day, Plan
from fleet.model.plan import SolverRun
from fleet.model.travel import Travel
from fleet.planning import travel_for
from fleet.planning.instance import build_problem
from fleet.planning.pipeline import plan_of
from fleet.solver.alone import impossible_alone
from fleet.solver.improve import Improver
from fleet.solver.routes import Routes
from fleet.solver.search import Solution


def planned(day: Day, *, travel: Travel | None = None, iterations: int = 20, seed: int = 1) -> Plan:
    """Return a checked plan of a day, as ``plan_day`` does in a child process."""
    problem = build_problem(day, travel or travel_for(day))
    impossible = impossible_alone(Routes(problem.instance))
    improver = Improver(
        problem.instance,
        requests=np.flatnonzero(problem.instance.allowed.any(axis=1)).tolist(),
        unlikely=impossible,
        rng=np.random.default_rng(seed),
    )
    improver.construct(stopped=lambda: False)
    improver.run(iterations=iterations, fraction=lambda: 0.0, improved=lambda: None)
    run = SolverRun(versions={}, seed=seed, iterations=iterations, used_s=0.0)
    return plan_of(problem, Solution(improver.best(), impossible), run)

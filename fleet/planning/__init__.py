"""Planning: a day and its travel become a checked plan. No store, no web."""

from fleet.planning.pipeline import PlanRejectedError, Progress, SolveSettings, explain_request, plan_day
from fleet.planning.travel import travel_for
from fleet.solver.process import WarmChild

__all__ = [
    "PlanRejectedError",
    "Progress",
    "SolveSettings",
    "WarmChild",
    "explain_request",
    "plan_day",
    "travel_for",
]

"""Planning: a day and its travel become a checked plan. No store, no web."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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

_ELSEWHERE = {"travel_for": "fleet.planning.travel", "WarmChild": "fleet.solver.process"}


def __getattr__(name: str) -> Any:
    """Load the solver when it is first asked for: who looks at plans that exist does without."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_ELSEWHERE.get(name, "fleet.planning.pipeline")), name)

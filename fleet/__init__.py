"""Oasis Fleet plans the morning routes of a township's electric tricycles. Three names give a plan.

>>> import fleet
>>> sorted(fleet.__all__)
['Day', 'Plan', 'plan_day']
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fleet.model import Day, Plan
    from fleet.planning import plan_day

__all__ = ["Day", "Plan", "plan_day"]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for: reading a version should not load a solver."""
    if name in ("Day", "Plan"):
        from fleet import model

        return getattr(model, name)
    if name == "plan_day":
        from fleet.planning import plan_day

        return plan_day
    raise AttributeError(f"module 'fleet' has no attribute {name!r}")

"""The checker: replays a plan by its own walk and verifies every rule. Imports the model only."""

from fleet.check.plan import check_plan, warnings_of_frozen_stops
from fleet.check.violation import Violation

__all__ = ["Violation", "check_plan", "warnings_of_frozen_stops"]

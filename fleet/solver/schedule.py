"""What a search aims at, and how hot it is, as its budget is used up."""

import enum
import math

HEAT = (8.0, 0.1)
"""First and last temperature of acceptance, in the unit of what a stop costs on average."""
REDUCING_HEAT = 1.0
"""Temperature while the fleet is reduced."""
REDUCED_HEAT = (1.0, 0.02)
"""First and last temperature after it was reduced."""
RELAXED_HEAT = (1.0, 0.01)
"""The same while something may be left out for the time being."""
REDUCING = (0.35, 0.75)
"""Shares of the budget that reducing the fleet takes at least and at most."""
PATIENCE = 5.0
"""Between the two it goes on for so many times as long as it took to its last success."""
RELAXED = 0.6
"""Share of what then is left of the budget in which something may be left out for the time being."""


class Aim(enum.Enum):
    """What a search is after."""

    FEWER_VEHICLES = enum.auto()
    LOWER_COSTS_RELAXED = enum.auto()
    """Lower costs; solutions are accepted that leave something out although all can be served."""
    LOWER_COSTS = enum.auto()


class Schedule:
    """Aims and temperatures over the shares of a budget, which have to be asked for in ascending order.

    Parameters
    ----------
    fewest_vehicles : bool
        Whether to look for fewer vehicles first.
    """

    def __init__(self, *, fewest_vehicles: bool) -> None:
        self._fewest_vehicles = fewest_vehicles
        self._succeeded_at = 0.0
        self._reduced_at: float | None = None if fewest_vehicles else 0.0

    def succeeded(self, share: float) -> None:
        """Note that a vehicle was saved."""
        self._succeeded_at = share

    def at(self, share: float) -> tuple[Aim, float]:
        """Return the aim and the temperature at a share of the budget."""
        least, most = REDUCING
        if self._reduced_at is None:
            if share < min(max(PATIENCE * self._succeeded_at, least), most):
                return Aim.FEWER_VEHICLES, REDUCING_HEAT
            self._reduced_at = share
        cooled = (share - self._reduced_at) / (1.0 - self._reduced_at)
        if not self._fewest_vehicles:
            return Aim.LOWER_COSTS, _between(HEAT, cooled)
        if cooled < RELAXED:
            return Aim.LOWER_COSTS_RELAXED, _between(RELAXED_HEAT, cooled / RELAXED)
        return Aim.LOWER_COSTS, _between(REDUCED_HEAT, (cooled - RELAXED) / (1.0 - RELAXED))


def _between(heat: tuple[float, float], cooled: float) -> float:
    hottest, coldest = heat
    return hottest * math.pow(coldest / hottest, cooled)

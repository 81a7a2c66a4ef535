"""The parameters of ruin and recreate, in the order of their slots in ``kernels/codes.py``."""

from typing import NamedTuple

FEW = 30
"""Requests below which single moves are tried more often: of a day of two most insertions change nothing."""
MOST_OFTEN = 10.0
"""By how many times at most."""


class Tuning(NamedTuple):
    """Parameters of a search; docs/design/solver.md tells on what they were chosen."""

    removed: float = 10.0
    """Requests that a ruin takes out on average."""
    longest: float = 7.0
    """Most requests that it takes out of one route."""
    blink: float = 0.01
    """Share of the routes that an insertion overlooks."""
    pushed: float = 0.1
    """Share of the iterations that bring requests in at any cost: several may pay for a vehicle together."""
    closed: float = 0.9
    """Share of the iterations that keep half of the unused vehicles out at first, or of their kinds."""
    displaced: float = 0.03
    """Share of the iterations that move one request in its route or elsewhere, half of it without a ruin."""
    patient: float = 0.002
    """Share of the insertions that evaluate far more places than those with the least bounds."""
    split: float = 0.5
    """Share of the strings that leave one request in their midst where it is."""
    near_routes: float = 18.0
    """Used routes that an insertion looks at, nearest first: more of them take longer and gain little."""
    growth: float = 0.0
    """What a request that is left out counts more after each iteration while the fleet is reduced."""
    around: float = 0.5
    """Share of the ruins around a request that is left out, while the fleet is reduced."""
    worth_first: float = 0.5
    """Share of the insertions that begin with what counts most, where something was left out before."""
    ejected: float = 0.3
    """Share of the iterations that put a request in the place of others, while something has to find room."""
    paired: float = 0.2
    """Share of these that take out two."""

    def for_requests(self, number: int) -> "Tuning":
        """Return the parameters of a search for so many requests."""
        more_often = min(max(FEW / max(1, number), 1.0), MOST_OFTEN)
        return self._replace(displaced=self.displaced * more_often)


AS_CHOSEN = Tuning()
FOR_FEWEST_VEHICLES = Tuning(longest=30.0, closed=0.6, displaced=0.1, near_routes=12.0, worth_first=0.9)
"""The same where fewer vehicles come first, which are alike: no mix of kinds is to be found. What was left
out most often counts most there."""

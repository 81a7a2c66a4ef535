"""What searches know of drives alone: a table to look insertions up in, and how crooked the drives are.

Both are kept for the next search over the same matrices: districts share those of the whole.
"""

from functools import cached_property

import numpy as np
import numpy.typing as npt
from numba import njit

from fleet.solver.instance import Instance, Ints

Legs = npt.NDArray[np.int32]

MOST_LEGS = 20_000_000
"""Legs that are kept once more at most, as insertions look them up: 320 MB."""
MOST_LOOKS = 10_000_000
"""Drives by way of a place that are compared with the straight ones at most, but for ``FEWEST_WAYS``."""
FEWEST_WAYS = 8
"""Places that all pairs are tried by way of at least."""


class Drives:
    """What is known of an instance's drives, found out when it is first asked for.

    Parameters
    ----------
    instance : Instance
        Its matrices must not change: for C speed classes over n places.
    """

    def __init__(self, instance: Instance) -> None:
        self._metres = instance.distance_m
        self._seconds = instance.duration_s
        self._cost = instance.travel_cost

    def are_of(self, instance: Instance) -> bool:
        """Whether an instance has these very matrices."""
        return (
            self._metres is instance.distance_m
            and self._seconds is instance.duration_s
            and self._cost is instance.travel_cost
        )

    @cached_property
    def legs(self) -> Legs:
        """Metres and seconds of a leg and of the one back, (C, n, n, 4): together, as they are looked up.

        (0, 0, 0, 4) where that is too much, or does not say all that a leg costs.
        """
        metres, seconds = self._metres, self._seconds
        longest = max(metres.max(initial=0), seconds.max(initial=0))
        if metres.size > MOST_LEGS or longest > np.iinfo(np.int32).max or self._cost.size:
            return np.zeros((0, 0, 0, 4), np.int32)
        legs = np.empty((*metres.shape, 4), np.int32)
        legs[..., 0] = metres
        legs[..., 1] = seconds
        legs[..., 2:] = legs[..., :2].transpose(0, 2, 1, 3)
        return legs

    @cached_property
    def detours(self) -> Ints:
        """By how many metres, seconds and how much cost of its own a leg is longer than another way, (C, 3).

        At most, and by way of one more place: nothing where the triangle inequality holds. Of many places not
        all are tried.
        """
        n = self._seconds.shape[1]
        ways = min(n, max(FEWEST_WAYS, MOST_LOOKS // max(1, n * n)))
        by_way_of = np.linspace(0, n - 1, ways).astype(np.int64)
        detours = np.zeros((len(self._seconds), 3), np.int64)
        for column, matrix in enumerate((self._metres, self._seconds, self._cost)):
            for k in range(len(matrix)):
                detours[k, column] = _detour(matrix[k], by_way_of)
        return detours


_kept: list[Drives] = []
"""Those of the last instance."""


def drives_of(instance: Instance) -> Drives:
    """Return what is known of an instance's drives."""
    for drives in _kept:
        if drives.are_of(instance):
            return drives
    drives = Drives(instance)
    _kept[:] = [drives]
    return drives


@njit(cache=True, nogil=True)
def _detour(matrix, by_way_of):  # type: ignore[no-untyped-def]
    """Return by how much a leg is longer at most than two that lead there, too."""
    n = matrix.shape[0]
    most = np.int64(0)
    for b in by_way_of:
        for a in range(n):
            come = matrix[a, b]
            for d in range(n):
                most = max(most, matrix[a, d] - come - matrix[b, d])
    return most

"""What searches know of drives alone: a table to look insertions up in, and how crooked the drives are.

Both are kept for the next search over the same matrices: districts share those of the whole.
"""

from typing import NamedTuple

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


class Drives(NamedTuple):
    """What is known of C speed classes over n places."""

    legs: Legs
    """(C, n, n, 4) metres and seconds of a leg and of the one back: what is looked up together lies
    together; (0, 0, 0, 4) where that is too much"""
    detour_s: Ints
    detour_m: Ints
    detour_cost: Ints
    """(C,) by how much a drive is at most longer, or costs more, than by way of one more place: nothing where
    the triangle inequality holds. Of many places not all are tried."""


class _Kept(NamedTuple):
    matrices: tuple[Ints, ...]
    drives: Drives


_kept: list[_Kept] = []
"""Those of the last instance. Matrices are compared by identity, so they have to stay alive with it."""


def drives_of(instance: Instance) -> Drives:
    """Return what is known of an instance's drives."""
    matrices = (instance.distance_m, instance.duration_s, instance.travel_cost)
    for kept in _kept:
        if all(one is other for one, other in zip(kept.matrices, matrices, strict=True)):
            return kept.drives
    drives = Drives(
        legs=_legs(instance),
        detour_s=_detours(instance.duration_s),
        detour_m=_detours(instance.distance_m),
        detour_cost=_detours(instance.travel_cost),
    )
    _kept[:] = [_Kept(matrices, drives)]
    return drives


def _legs(instance: Instance) -> Legs:
    """Return all legs with those back, or none where they are too many or too long."""
    metres, seconds = instance.distance_m, instance.duration_s
    longest = max(metres.max(initial=0), seconds.max(initial=0))
    if metres.size > MOST_LEGS or longest > np.iinfo(np.int32).max:
        return np.zeros((0, 0, 0, 4), np.int32)
    legs = np.empty((*metres.shape, 4), np.int32)
    legs[..., 0] = metres
    legs[..., 1] = seconds
    legs[..., 2:] = legs[..., :2].transpose(0, 2, 1, 3)
    return legs


def _detours(matrix: Ints) -> Ints:
    """Return for each class by how much a leg is longer at most than two that lead there, too."""
    classes, n, _ = matrix.shape
    ways = min(n, max(FEWEST_WAYS, MOST_LOOKS // max(1, n * n)))
    by_way_of = np.linspace(0, n - 1, ways).astype(np.int64) if n else np.zeros(0, np.int64)
    return np.array([_detour(matrix[k], by_way_of) for k in range(classes)], np.int64)


@njit(cache=True, nogil=True)
def _detour(matrix, by_way_of):  # type: ignore[no-untyped-def]
    most = np.int64(0)
    n = matrix.shape[0]
    for b in by_way_of:
        for a in range(n):
            come = matrix[a, b]
            for d in range(n):
                most = max(most, matrix[a, d] - come - matrix[b, d])
    return most

"""Room for what is known of a route while insertions into it are bounded."""

from typing import NamedTuple

import numpy as np
from numba import njit, typeof, types
from numba.experimental import structref

from fleet.solver.instance import Floats, Ints
from fleet.solver.kernels.borrowed import borrowed


class ScratchArrays(NamedTuple):
    """What is known of one route while insertions into it are bounded.

    What follows from stop k on is (stops + 1, 3) by how k is reached; sums of drives are (stops + 1,).
    """

    latest: Ints
    """Latest arrival at stop k from which all windows hold."""
    duration: Ints
    opens: Ints
    closes: Ints
    """Shortest duration from the arrival at k, and the arrivals between which it is reached."""
    standing: Ints
    metres: Ints
    under_way: Ints
    extra: Ints
    wh: Floats
    detour: Ints
    """(stops + 1, alternatives) least cost of the drive to a delivery before stop j and back"""
    nearest: Ints
    """(stops + 2,) the least of ``detour`` from stop j on"""


def room_for_scratch(*, stops: int, alternatives: int) -> ScratchArrays:
    """Return the arrays for routes of so many stops and requests of so many alternatives."""
    by_state = np.zeros((5, stops + 1, 3), np.int64)
    sums = np.zeros((3, stops + 1), np.int64)
    return ScratchArrays(
        latest=by_state[0],
        duration=by_state[1],
        opens=by_state[2],
        closes=by_state[3],
        standing=by_state[4],
        metres=sums[0],
        under_way=sums[1],
        extra=sums[2],
        wh=np.zeros(stops + 1),
        detour=np.zeros((stops + 1, alternatives), np.int64),
        nearest=np.zeros(stops + 2, np.int64),
    )


@structref.register
class ScratchType(types.StructRef):  # type: ignore[misc]
    """The compiler's type of a scratch."""


class Scratch(structref.StructRefProxy):  # type: ignore[misc]
    """A handle on a scratch inside the kernels' memory: the fields of :class:`ScratchArrays`."""


structref.define_boxing(ScratchType, Scratch)

SCRATCH = ScratchType(
    [(name, typeof(array)) for name, array in room_for_scratch(stops=1, alternatives=1)._asdict().items()]
)


@njit(cache=True, nogil=True)
def scratch_of(arrays):  # type: ignore[no-untyped-def]
    """Return the scratch that works on these arrays."""
    scratch = structref.new(SCRATCH)
    scratch.latest = borrowed(arrays.latest)
    scratch.duration = borrowed(arrays.duration)
    scratch.opens = borrowed(arrays.opens)
    scratch.closes = borrowed(arrays.closes)
    scratch.standing = borrowed(arrays.standing)
    scratch.metres = borrowed(arrays.metres)
    scratch.under_way = borrowed(arrays.under_way)
    scratch.extra = borrowed(arrays.extra)
    scratch.wh = borrowed(arrays.wh)
    scratch.detour = borrowed(arrays.detour)
    scratch.nearest = borrowed(arrays.nearest)
    return scratch

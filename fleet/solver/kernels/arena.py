"""Memory for the arrays of one evaluation, taken and given back like a stack.

Arrays of the heap are counted whenever they are handed to a function: that took half of the search's time.
"""

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def take(inst, size):  # type: ignore[no-untyped-def]
    """Return room for so many numbers, not set to anything, good until :func:`give_back`."""
    top = inst.arena_top[0]
    if top + size > inst.arena.shape[0]:
        return np.empty(size, np.int64)
    inst.arena_top[0] = top + size
    return inst.arena[top : top + size]


@njit(cache=True, nogil=True)
def taken(inst):  # type: ignore[no-untyped-def]
    """Return what :func:`give_back` needs to free all that is taken from now on."""
    return inst.arena_top[0]


@njit(cache=True, nogil=True)
def give_back(inst, mark):  # type: ignore[no-untyped-def]
    """Free what was taken since ``mark``."""
    inst.arena_top[0] = mark

"""Which routes together are best: a dynamic programme over sets of served items; compiled."""

import numpy as np
from numba import njit

NONE = 1 << 60
"""More than any cost."""


@njit(cache=True, nogil=True)
def partitions(costs, members, loss, chosen):  # type: ignore[no-untyped-def]
    """Return (sets,): the least cost of routes that serve exactly this set of items.

    ``costs`` (kinds, sets) are those of one route, ``NONE`` where there is none; ``members`` (kinds,) says
    how many vehicles of a kind there are. ``chosen`` (vehicles, sets) gets what the vehicles serve, one after
    the other, kind by kind. Sets whose ``loss`` is ``NONE`` are not looked at: no plan may serve them.
    """
    chosen[:] = 0
    least = np.full(loss.shape[0], NONE)
    least[0] = 0
    vehicle = 0
    for k in range(costs.shape[0]):
        for _ in range(members[k]):
            further = least.copy()
            for whole in range(1, loss.shape[0]):
                if loss[whole] >= NONE:
                    continue
                part = whole
                while part > 0:
                    if costs[k, part] < NONE and least[whole ^ part] < NONE:
                        cost = costs[k, part] + least[whole ^ part]
                        if cost < further[whole]:
                            further[whole] = cost
                            chosen[vehicle, whole] = part
                    part = (part - 1) & whole
            least = further
            vehicle += 1
    return least


@njit(cache=True, nogil=True)
def cheapest_rest(least, loss):  # type: ignore[no-untyped-def]
    """Return (sets,): the least that routes for other items, and items left out, cost beside this set."""
    size = loss.shape[0]
    rest = np.full(size, NONE)
    for whole in range(size):
        if loss[whole] >= NONE:
            continue
        part = whole
        while True:
            if least[whole ^ part] < NONE:
                rest[part] = min(rest[part], least[whole ^ part] + loss[whole])
            if part == 0:
                break
            part = (part - 1) & whole
    return rest

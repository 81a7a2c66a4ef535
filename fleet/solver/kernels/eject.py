"""Make room for a request that is left out: take out what counts least, systematically instead of by chance.

After Nagata and Kobayashi, "A Memetic Algorithm for the Pickup and Delivery Problem with Time Windows Using
Selective Route Exchange Crossover" (PPSN, 2010): of all ways to insert a request after taking one or two
others out of the same route, the one whose others have been hardest to place least often.
"""

import numpy as np
from numba import njit

from fleet.solver.kernels import codes as c
from fleet.solver.kernels.nearness import vehicles_near
from fleet.solver.kernels.recreate import BESIDE_OTHERS, best_in_route, commit, without
from fleet.solver.kernels.state import fill_members, put_route

NOBODY = np.int64(-1)
MOST_TRIED = 100
"""Ways to make room that are evaluated at most, drawn by chance where there are more."""


@njit(cache=True, nogil=True)
def _mark(gone, first, second, value):  # type: ignore[no-untyped-def]
    gone[first] = value
    if second >= 0:
        gone[second] = value


@njit(cache=True, nogil=True)
def _value_without(inst, search, vehicle, gone, request, ceiling, rng):  # type: ignore[no-untyped-def]
    """Return what a route costs more with ``request`` and without those marked, or the ceiling."""
    state = search.state
    before = state.result[vehicle, c.COST]
    count, holds = without(inst, search, vehicle, gone)
    if not holds:
        return ceiling, np.int64(-1)
    put_route(inst, state, vehicle, search.trial, count, search.nodes, search.result)
    saved = before - state.result[vehicle, c.COST]
    value, place = best_in_route(
        inst, search, request, vehicle, ceiling + saved, search.narrow, BESIDE_OTHERS, rng
    )
    return value - saved, place


@njit(cache=True, nogil=True)
def eject(inst, search, request, removed, pairs, rng):  # type: ignore[no-untyped-def]
    """Put a request into a route in the place of one other or of two; note which; say whether it was put.

    What is taken out and what the route costs more have to count less than the request does.
    """
    state = search.state
    gone = np.zeros(state.vehicle_of.shape[0], np.bool_)
    members = np.empty(state.tasks.shape[1], np.int64)
    tasks = np.empty(state.tasks.shape[1], np.int64)
    best = state.worth[request, 1]
    chosen = np.int64(-1)
    first = NOBODY
    second = NOBODY
    near = vehicles_near(inst, search, request, rng)
    ways = 0
    for vehicle in near:
        n = state.stops[vehicle] // 2
        ways += n * (n - 1) // 2 if pairs else n
    chance = MOST_TRIED / max(1, ways)
    for vehicle in near:
        count = state.stops[vehicle]
        if count == 0 or search.shut[vehicle] or not inst.allowed[request, vehicle]:
            continue
        n = fill_members(inst, state, vehicle, members)
        tasks[:count] = state.tasks[vehicle, :count]
        nodes = state.nodes[vehicle, : state.node_count[vehicle]].copy()
        result = state.result[vehicle].copy()
        version = state.version[vehicle]
        changed = state.changed[vehicle]
        for a in range(n):
            one = members[a]
            if inst.must[one] and not inst.must[request]:
                continue
            for b in range(a + 1 if pairs else n - 1, n):
                other = members[b] if pairs else NOBODY
                loss = state.worth[one, 1] + (state.worth[other, 1] if pairs else 0)
                if loss >= best or rng.random() >= chance:
                    continue
                _mark(gone, one, other, True)
                value, place = _value_without(inst, search, vehicle, gone, request, best - loss, rng)
                _mark(gone, one, other, False)
                put_route(inst, state, vehicle, tasks, count, nodes, result)
                if place >= 0:
                    best = loss + value
                    chosen = vehicle
                    first = one
                    second = other
        # It is the route that it was: what is known of insertions into it holds.
        state.version[vehicle] = version
        state.changed[vehicle] = changed
    if chosen < 0:
        return False
    _mark(gone, first, second, True)
    _mark(removed, first, second, True)
    count, _holds = without(inst, search, chosen, gone)
    put_route(inst, state, chosen, search.trial, count, search.nodes, search.result)
    value, place = best_in_route(inst, search, request, chosen, c.DEAREST, search.narrow, BESIDE_OTHERS, rng)
    return place >= 0 and commit(inst, search, request, chosen, place, value, place >= 0)

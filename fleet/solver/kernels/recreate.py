"""Requests go back where they add least: bounds first, the exact evaluation only of what may be the best."""

import numpy as np
from numba import njit

from fleet.solver.kernels import codes as c
from fleet.solver.kernels.insertion import fill
from fleet.solver.kernels.route import evaluate
from fleet.solver.kernels.shortlist import shortlist_insertions
from fleet.solver.kernels.state import busy_for, cap_left_for, put_route


@njit(cache=True, nogil=True)
def _shortlist(inst, state, request, vehicles, search, cutoff, listed):  # type: ignore[no-untyped-def]
    """List the insertions with the least bounds; of unused vehicles that are equals one stands for all."""
    listed.number[0] = 0
    tried = search.tried
    tried[:] = False
    for vehicle in vehicles:
        if not inst.allowed[request, vehicle] or state.stops[vehicle] + 2 > state.tasks.shape[1]:
            continue
        if state.stops[vehicle] == 0:
            if tried[search.twins[vehicle]] or search.closed[vehicle]:
                continue
            tried[search.twins[vehicle]] = True
        shortlist_insertions(inst, state, vehicle, request, state.cap_free, cutoff, search.scratch, listed)


@njit(cache=True, nogil=True)
def insert(inst, search, request, vehicles, cutoff, blink, listed, rng):  # type: ignore[no-untyped-def]
    """Insert a request where it adds least, if that is less than ``cutoff``; say whether it was.

    Only the insertions with the least bounds, as many as ``listed`` holds, are evaluated, and of these only
    those that may be the best; with a chance of ``blink`` one is overlooked.
    """
    state = search.state
    _shortlist(inst, state, request, vehicles, search, cutoff, listed)
    best = cutoff
    chosen = -1
    length = 0
    pickup = inst.request_pickup[request]
    for row in range(listed.number[0]):
        if listed.row[row, 0] >= best:
            break
        if blink > 0.0 and rng.random() < blink:
            continue
        vehicle = listed.row[row, 1]
        k = fill(
            state.tasks[vehicle], state.stops[vehicle], pickup, listed.row[row, 2], listed.row[row, 4],
            listed.row[row, 3], search.trial,
        )
        cost = state.result[vehicle, c.COST]
        if timed(inst, search, vehicle, k, cost + best) == c.OK:
            best = search.result[c.COST] - cost
            chosen = vehicle
            length = k
            search.best_tasks[:k] = search.trial[:k]
            search.best_nodes[: search.result[c.NODES]] = search.nodes[: search.result[c.NODES]]
            search.best_result[:] = search.result
    if chosen < 0:
        return False
    put_route(inst, state, chosen, search.best_tasks, length, search.best_nodes, search.best_result)
    return True


@njit(cache=True, nogil=True)
def timed(inst, search, vehicle, count, cutoff):  # type: ignore[no-untyped-def]
    """Evaluate ``trial`` beside the routes of the other vehicles; return a rule code."""
    return evaluate(
        inst, vehicle, search.trial, count, cap_left_for(search.state, vehicle),
        busy_for(inst, search.state, vehicle, search.trial, count), cutoff, search.nodes, search.result,
    )


@njit(cache=True, nogil=True)
def without(inst, search, vehicle, gone):  # type: ignore[no-untyped-def]
    """Write a vehicle's stops less those of requests marked ``gone``; return how many, and whether they hold.

    Without some stops a break or a recharge may have no place left.
    """
    state = search.state
    # Not a plain 0: numba would compile all that it is handed to once more, for that very number.
    k = np.int64(0)
    for i in range(state.stops[vehicle]):
        t = state.tasks[vehicle, i]
        if not gone[inst.task_request[t]]:
            search.trial[k] = t
            k += 1
    if k == 0:
        search.result[:] = 0
        return k, True
    return k, timed(inst, search, vehicle, k, c.DEAREST) == c.OK


@njit(cache=True, nogil=True)
def score(search):  # type: ignore[no-untyped-def]
    """Return costs and what the requests that are not served are worth."""
    state = search.state
    total = np.int64(0)
    for request in search.requests:
        if state.vehicle_of[request] < 0:
            total += search.worth[request]
    for vehicle in range(state.stops.shape[0]):
        total += state.result[vehicle, c.COST]
    return total

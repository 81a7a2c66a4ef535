"""Small moves beside ruin and recreate: another delivery place, another vehicle, what does not pay."""

import numpy as np
from numba import njit

from fleet.solver.kernels import codes as c
from fleet.solver.kernels.insertion import fill
from fleet.solver.kernels.recreate import keep_found, timed, without
from fleet.solver.kernels.state import put_route


@njit(cache=True, nogil=True)
def displace(inst, search, rng):  # type: ignore[no-untyped-def]
    """Move a served request to another delivery place or to random points of its route; say whether it holds.

    Best insertion one request at a time never takes the way through a dearer order.
    """
    state = search.state
    request = search.requests[rng.integers(0, search.requests.shape[0])]
    vehicle = state.vehicle_of[request]
    if vehicle < 0:
        return False
    count = state.stops[vehicle]
    pickup = inst.request_pickup[request]
    delivery = inst.delivery_task[rng.integers(inst.delivery_ptr[request], inst.delivery_ptr[request + 1])]
    if rng.random() < 0.5:
        for i in range(count):
            t = state.tasks[vehicle, i]
            search.trial[i] = delivery if inst.task_request[t] == request and t != pickup else t
    else:
        others = np.empty(count, np.int64)
        n = 0
        for i in range(count):
            if inst.task_request[state.tasks[vehicle, i]] != request:
                others[n] = state.tasks[vehicle, i]
                n += 1
        one = rng.integers(0, n + 1)
        other = rng.integers(0, n + 1)
        fill(others, n, pickup, min(one, other), delivery, max(one, other), search.trial)
    if timed(inst, search, vehicle, count, c.DEAREST) != c.OK:
        return False
    put_route(inst, state, vehicle, search.trial, count, search.nodes, search.result)
    return True


@njit(cache=True, nogil=True)
def drop_unworthy(inst, search, requests):  # type: ignore[no-untyped-def]
    """Take out again what costs more than its penalty, now that all of them are in."""
    state = search.state
    gone = np.zeros(state.vehicle_of.shape[0], np.bool_)
    for request in requests:
        vehicle = state.vehicle_of[request]
        if vehicle < 0 or inst.must[request]:
            continue
        gone[request] = True
        count, holds = without(inst, search, vehicle, gone)
        gone[request] = False
        saved = state.result[vehicle, c.COST] - search.result[c.COST]
        if holds and saved > inst.penalty[request]:
            put_route(inst, state, vehicle, search.trial, count, search.nodes, search.result)


@njit(cache=True, nogil=True)
def hand_over(inst, search, vehicle):  # type: ignore[no-untyped-def]
    """Give a vehicle's whole route to an unused one that does it for less."""
    state = search.state
    count = state.stops[vehicle]
    if count == 0:
        return
    tasks = state.tasks[vehicle, :count].copy()
    nodes = state.nodes[vehicle, : state.node_count[vehicle]].copy()
    result = state.result[vehicle].copy()
    # Its own bays and caps are free for whoever takes over.
    put_route(inst, state, vehicle, tasks, 0, nodes, result)
    best = result[c.COST]
    chosen = vehicle
    search.tried[:] = False
    search.tried[search.twins[vehicle]] = True
    for other in range(state.stops.shape[0]):
        if state.stops[other] > 0 or search.shut[other] or search.tried[search.twins[other]]:
            continue
        search.tried[search.twins[other]] = True
        if inst.fixed_cost[other] > best:
            continue
        search.trial[:count] = tasks
        if timed(inst, search, other, count, best) == c.OK:
            best = search.result[c.COST]
            chosen = other
            keep_found(search)
    if chosen == vehicle:
        put_route(inst, state, vehicle, tasks, count, nodes, result)
    else:
        put_route(inst, state, chosen, tasks, count, search.found_nodes, search.found_result)

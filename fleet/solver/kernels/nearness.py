"""Which requests are near each other, and which vehicles are worth a look for one."""

import numpy as np
from numba import njit

from fleet.solver.kernels import codes as c


@njit(cache=True, nogil=True)
def _distance(inst, one, other):  # type: ignore[no-untyped-def]
    """Return how far two requests are: pickup from pickup, and the nearest of their deliveries."""
    nearest = np.int64(1 << 60)
    for a in range(inst.delivery_ptr[one], inst.delivery_ptr[one + 1]):
        p = inst.task_location[inst.delivery_task[a]]
        for b in range(inst.delivery_ptr[other], inst.delivery_ptr[other + 1]):
            q = inst.task_location[inst.delivery_task[b]]
            nearest = min(nearest, inst.duration_s[0, p, q])
    a = inst.request_pickup[one]
    b = inst.request_pickup[other]
    if a >= 0 and b >= 0:
        nearest += inst.duration_s[0, inst.task_location[a], inst.task_location[b]]
    return nearest


@njit(cache=True, nogil=True)
def neighbours(inst, search, request, rng):  # type: ignore[no-untyped-def]
    """Return the requests by how far they are from one, itself first; found out when first asked for."""
    row = search.nearest[request]
    if row[0] < 0:
        distance = np.empty(search.requests.shape[0])
        for k in range(search.requests.shape[0]):
            distance[k] = _distance(inst, request, search.requests[k]) + rng.random()
            if search.requests[k] == request:
                distance[k] = -1.0
        order = np.argsort(distance)
        for k in range(row.shape[0]):
            row[k] = search.requests[order[k]]
    return row


@njit(cache=True, nogil=True)
def vehicles_near(inst, search, request, rng):  # type: ignore[no-untyped-def]
    """Return the vehicles to look at: routes that hold a request near this one, and all unused ones."""
    state = search.state
    vehicles = state.stops.shape[0]
    most = np.int64(search.tuning[c.NEAR_ROUTES])
    if vehicles <= most:
        return np.arange(vehicles)
    found = np.empty(vehicles, np.int64)
    taken = np.zeros(vehicles, np.bool_)
    n = 0
    for near in neighbours(inst, search, request, rng):
        v = state.vehicle_of[near]
        if v >= 0 and not taken[v]:
            taken[v] = True
            found[n] = v
            n += 1
            if n == most:
                break
    for v in range(vehicles):
        if state.stops[v] == 0 and not search.shut[v]:
            found[n] = v
            n += 1
    return found[:n]

"""Legs of a route, and the rules that need no clock: vehicles, labels, loads, order, caps."""

import numpy as np
from numba import njit

from fleet.solver.kernels import codes as c


@njit(cache=True, nogil=True)
def place_before(inst, vehicle, tasks, gap):  # type: ignore[no-untyped-def]
    """Return where the drive into stop ``gap`` begins."""
    return inst.start[vehicle] if gap == 0 else inst.task_location[tasks[gap - 1]]


@njit(cache=True, nogil=True)
def place_after(inst, vehicle, tasks, count, gap):  # type: ignore[no-untyped-def]
    """Return where the drive into stop ``gap`` (the end for ``count``) leads."""
    return inst.end[vehicle] if gap == count else inst.task_location[tasks[gap]]


@njit(cache=True, nogil=True)
def leg(inst, vehicle, origin, destination):  # type: ignore[no-untyped-def]
    """Return metres, seconds and extra cost of a leg; zero where an end is open."""
    if origin < 0 or destination < 0:
        return 0, 0, 0
    k = inst.speed_class[vehicle]
    extra = inst.travel_cost[k, origin, destination] if inst.travel_cost.shape[0] > 0 else 0
    return inst.distance_m[k, origin, destination], inst.duration_s[k, origin, destination], extra


@njit(cache=True, nogil=True)
def setup_s(inst, vehicle, here, t, is_first):  # type: ignore[no-untyped-def]
    """Return how long a vehicle that comes from ``here`` sets up at a stop."""
    there = inst.task_location[t]
    if there == here and not (is_first and inst.setup_at_start):
        return np.int64(0)
    if is_first and there == inst.visit_location[vehicle]:
        return np.int64(0)
    return inst.task_setup_s[inst.vehicle_type[vehicle], t]


@njit(cache=True, nogil=True)
def window_after(inst, t, clock, work):  # type: ignore[no-untyped-def]
    """Return the first window of a task that a work may be done in after an arrival, or -1."""
    for w in range(inst.window_ptr[t], inst.window_ptr[t + 1]):
        begin = max(clock, inst.window_open[w])
        if begin <= inst.window_close[w] and begin + work <= inst.window_finish[w]:
            return w
    return -1


@njit(cache=True, nogil=True)
def fill_loads(inst, vehicle, tasks, count, loads):  # type: ignore[no-untyped-def]
    """Fill ``loads`` (count + 1, L): what is on board after each stop, first at the start."""
    for q in range(loads.shape[1]):
        loads[0, q] = inst.carried_load[vehicle, q]
    for i in range(count):
        r = inst.task_request[tasks[i]]
        if inst.request_pickup[r] < 0 and inst.carried_by[r] < 0:
            for q in range(loads.shape[1]):
                loads[0, q] += inst.load[r, q]
    for i in range(count):
        t = tasks[i]
        r = inst.task_request[t]
        for q in range(loads.shape[1]):
            if inst.request_pickup[r] == t:
                loads[i + 1, q] = loads[i, q] + inst.load[r, q]
            else:
                loads[i + 1, q] = loads[i, q] - inst.load[r, q] + inst.take[r, q]


@njit(cache=True, nogil=True)
def _labels(inst, vehicle, tasks, count, out):  # type: ignore[no-untyped-def]
    """Whether labels that must not share the box never do."""
    label = inst.carried_label[vehicle]
    labelled = inst.carried_labelled[vehicle]
    for at_start in (True, False):
        for i in range(count):
            r = inst.task_request[tasks[i]]
            if inst.label[r] == 0:
                continue
            loaded_before = inst.request_pickup[r] < 0
            if at_start:
                comes = loaded_before and inst.carried_by[r] < 0
                goes = False
            else:
                comes = inst.request_pickup[r] == tasks[i]
                goes = not comes
            if comes:
                if labelled > 0 and label != inst.label[r]:
                    out[c.DETAIL] = r
                    return False
                label = inst.label[r]
                labelled += 1
            if goes:
                labelled -= 1
    return True


@njit(cache=True, nogil=True)
def _order(inst, tasks, count, out):  # type: ignore[no-untyped-def]
    """Whether pickups come before their deliveries, and locked sequences keep their order."""
    rank = -1
    for i in range(count):
        t = tasks[i]
        r = inst.task_request[t]
        pickup = inst.request_pickup[r]
        if pickup >= 0 and pickup != t:
            found = False
            for j in range(i):
                found = found or tasks[j] == pickup
            if not found:
                out[c.DETAIL] = r
                return c.ORDER
        if inst.task_rank[t] >= 0:
            if inst.task_rank[t] < rank:
                out[c.DETAIL] = r
                return c.RANK
            rank = inst.task_rank[t]
    return c.OK


@njit(cache=True, nogil=True)
def _caps(inst, tasks, count, cap_left, out):  # type: ignore[no-untyped-def]
    """Whether what the route delivers fits into what other routes leave of each cap."""
    for i in range(count):
        for q in range(2):
            cap = inst.task_cap[tasks[i], q]
            if cap < 0:
                continue
            used = 0
            for j in range(count):
                for s in range(2):
                    if inst.task_cap[tasks[j], s] == cap:
                        used += inst.cap_use[inst.task_request[tasks[j]]]
            if used > cap_left[cap]:
                out[c.DETAIL] = cap
                out[c.AMOUNT] = used - cap_left[cap]
                return False
    return True


@njit(cache=True, nogil=True)
def clockless(inst, vehicle, tasks, count, cap_left, loads, out):  # type: ignore[no-untyped-def]
    """Examine the rules that do not depend on times; fill ``loads``; return the first broken rule."""
    for i in range(count):
        r = inst.task_request[tasks[i]]
        if not inst.allowed[r, vehicle]:
            out[c.DETAIL] = r
            return c.NOT_ALLOWED
    if not _labels(inst, vehicle, tasks, count, out):
        return c.LABEL
    fill_loads(inst, vehicle, tasks, count, loads)
    for q in range(loads.shape[1]):
        highest = np.max(loads[:, q])
        if highest > inst.capacity[vehicle, q]:
            out[c.DETAIL] = q
            out[c.AMOUNT] = highest - inst.capacity[vehicle, q]
            return c.CAPACITY
    rule = _order(inst, tasks, count, out)
    if rule != c.OK:
        return rule
    if count > inst.max_tasks[vehicle]:
        return c.MAX_TASKS
    if not _caps(inst, tasks, count, cap_left, out):
        return c.CAP
    return c.OK

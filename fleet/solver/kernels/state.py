"""All routes of a search as arrays, and what they share: bays and caps."""

from typing import NamedTuple

import numpy as np
from numba import njit

from fleet.solver.instance import Ints
from fleet.solver.kernels import codes as c
from fleet.solver.kernels.arena import take
from fleet.solver.kernels.chain import Busy
from fleet.solver.kernels.legs import fill_loads

UNUSED = 1
"""Version of every vehicle without stops: what is known of one is known of its equals."""
COSTS = 0
LOST = 1
LOST_SOFTLY = 2
OUT = -1
LEAVING = -2
"""In the place of a vehicle: not served, and not served unless the new route brings it back."""
SPARE_NODES = 4
"""Start, end and two recharges."""


class StateArrays(NamedTuple):
    """V vehicles with room for W stops each; a vehicle without stops is not used."""

    tasks: Ints
    """(V, W)"""
    stops: Ints
    """(V,) how many it has"""
    nodes: Ints
    """(V, W + breaks + ``SPARE_NODES``, NODE_COLUMNS)"""
    node_count: Ints
    result: Ints
    """(V, RESULT_SLOTS); zeros where a vehicle is not used"""
    presence: Ints
    """(V, stays, 3) location, arrival and departure of every stay at a place with a limit of bays"""
    presence_count: Ints
    cap_used: Ints
    """(V, caps)"""
    cap_free: Ints
    """(caps,) what all routes together leave of each cap"""
    loads: Ints
    """(V, W + 1, L) on board after each stop, first at the start"""
    labels: Ints
    """(V, W + 1) label on board after each stop, 0 where none is"""
    vehicle_of: Ints
    """(R,) ``OUT`` where a request is not served"""
    changed: Ints
    """(V,) 1 for a route that was set since the last solution was accepted"""
    version: Ints
    """(V,) a number that no other route has had; ``UNUSED`` where there is none"""
    latest_version: Ints
    """(1,)"""
    worth: Ints
    """(R, 2) what a request that is not served counts: exactly, and while solutions are accepted"""
    sums: Ints
    """(3,) costs of all routes, and both worths of all requests that are not served"""


def room_for_state(
    *, vehicles: int, cap_left: Ints, dimensions: int, most_breaks: int, worth: Ints
) -> StateArrays:
    """Return the arrays for the routes of an instance, all of them unused."""
    requests = len(worth)
    width = min(2 * requests, max(c.MOST_STOPS, 8 * requests // vehicles))
    rows = width + most_breaks + SPARE_NODES
    return StateArrays(
        tasks=np.zeros((vehicles, width), np.int64),
        stops=np.zeros(vehicles, np.int64),
        nodes=np.zeros((vehicles, rows, c.NODE_COLUMNS), np.int64),
        node_count=np.zeros(vehicles, np.int64),
        result=np.zeros((vehicles, c.RESULT_SLOTS), np.int64),
        presence=np.zeros((vehicles, rows, 3), np.int64),
        presence_count=np.zeros(vehicles, np.int64),
        cap_used=np.zeros((vehicles, len(cap_left)), np.int64),
        cap_free=cap_left.copy(),
        loads=np.zeros((vehicles, width + 1, dimensions), np.int64),
        labels=np.zeros((vehicles, width + 1), np.int64),
        vehicle_of=np.full(requests, OUT, np.int64),
        changed=np.zeros(vehicles, np.int64),
        version=np.full(vehicles, UNUSED, np.int64),
        latest_version=np.full(1, UNUSED, np.int64),
        worth=worth,
        sums=np.array([0, *worth.sum(axis=0).tolist()], np.int64),
    )


@njit(cache=True, nogil=True)
def copy_route(source, target, vehicle):  # type: ignore[no-untyped-def]
    """Copy one vehicle's route; ``vehicle_of``, ``cap_free`` and ``sums`` are the caller's."""
    n = source.stops[vehicle]
    m = source.node_count[vehicle]
    target.stops[vehicle] = n
    target.version[vehicle] = source.version[vehicle]
    target.node_count[vehicle] = m
    target.tasks[vehicle, :n] = source.tasks[vehicle, :n]
    target.nodes[vehicle, :m] = source.nodes[vehicle, :m]
    target.result[vehicle] = source.result[vehicle]
    k = source.presence_count[vehicle]
    target.presence_count[vehicle] = k
    target.presence[vehicle, :k] = source.presence[vehicle, :k]
    target.cap_used[vehicle] = source.cap_used[vehicle]
    target.loads[vehicle, : n + 1] = source.loads[vehicle, : n + 1]
    target.labels[vehicle, : n + 1] = source.labels[vehicle, : n + 1]


@njit(cache=True, nogil=True)
def restore_route(inst, source, state, vehicle):  # type: ignore[no-untyped-def]
    """Put a vehicle's route back as it is in ``source``; its requests are with no other vehicle any more."""
    for cap in range(state.cap_free.shape[0]):
        state.cap_free[cap] += state.cap_used[vehicle, cap] - source.cap_used[vehicle, cap]
    state.changed[vehicle] = 0
    state.sums[COSTS] += source.result[vehicle, c.COST] - state.result[vehicle, c.COST]
    copy_route(source, state, vehicle)
    assign(inst, state, vehicle, True)


@njit(cache=True, nogil=True)
def _count_left_out(state, request, sign):  # type: ignore[no-untyped-def]
    """Add what a request counts that is not served any more, or take it off again."""
    state.sums[LOST] += sign * state.worth[request, 0]
    state.sums[LOST_SOFTLY] += sign * state.worth[request, 1]


@njit(cache=True, nogil=True)
def assign(inst, state, vehicle, served):  # type: ignore[no-untyped-def]
    """Enter the requests of a vehicle's route as served by it, or as not served."""
    for i in range(state.stops[vehicle]):
        request = inst.task_request[state.tasks[vehicle, i]]
        if served == (state.vehicle_of[request] == OUT):
            _count_left_out(state, request, -1 if served else 1)
        state.vehicle_of[request] = vehicle if served else OUT


@njit(cache=True, nogil=True)
def _reassign(inst, state, vehicle, tasks, count):  # type: ignore[no-untyped-def]
    """Enter the requests of some tasks as served by a vehicle instead of those of its route, all with it."""
    for i in range(state.stops[vehicle]):
        state.vehicle_of[inst.task_request[state.tasks[vehicle, i]]] = LEAVING
    for i in range(count):
        request = inst.task_request[tasks[i]]
        if state.vehicle_of[request] == OUT:
            _count_left_out(state, request, -1)
        state.vehicle_of[request] = vehicle
    for i in range(state.stops[vehicle]):
        request = inst.task_request[state.tasks[vehicle, i]]
        if state.vehicle_of[request] == LEAVING:
            _count_left_out(state, request, 1)
            state.vehicle_of[request] = OUT


@njit(cache=True, nogil=True)
def fill_members(inst, state, vehicle, members):  # type: ignore[no-untyped-def]
    """Fill in the requests of a vehicle's route in the order in which they come; return how many."""
    n = np.int64(0)
    for i in range(state.stops[vehicle]):
        t = state.tasks[vehicle, i]
        r = inst.task_request[t]
        if inst.request_pickup[r] < 0 or inst.request_pickup[r] == t:
            members[n] = r
            n += 1
    return n


@njit(cache=True, nogil=True)
def _fill_labels(inst, vehicle, tasks, count, labels):  # type: ignore[no-untyped-def]
    """Fill ``labels`` (count + 1,): the label on board after each stop, 0 where none is."""
    label = inst.carried_label[vehicle]
    labelled = inst.carried_labelled[vehicle]
    for i in range(count):
        r = inst.task_request[tasks[i]]
        if inst.label[r] > 0 and inst.request_pickup[r] < 0 and inst.carried_by[r] < 0:
            label = inst.label[r]
            labelled += 1
    labels[0] = label if labelled > 0 else 0
    for i in range(count):
        r = inst.task_request[tasks[i]]
        if inst.label[r] > 0:
            label = inst.label[r]
            labelled += 1 if inst.request_pickup[r] == tasks[i] else -1
        labels[i + 1] = label if labelled > 0 else 0


@njit(cache=True, nogil=True)
def put_route(inst, state, vehicle, tasks, count, nodes, result):  # type: ignore[no-untyped-def]
    """Set a vehicle's route from an evaluation."""
    _reassign(inst, state, vehicle, tasks, count)
    state.changed[vehicle] = 1
    state.stops[vehicle] = count
    state.tasks[vehicle, :count] = tasks[:count]
    for cap in range(state.cap_free.shape[0]):
        state.cap_free[cap] += state.cap_used[vehicle, cap]
    state.cap_used[vehicle] = 0
    state.presence_count[vehicle] = 0
    fill_loads(inst, vehicle, tasks, count, state.loads[vehicle, : count + 1])
    _fill_labels(inst, vehicle, tasks, count, state.labels[vehicle])
    state.sums[COSTS] -= state.result[vehicle, c.COST]
    if count == 0:
        state.version[vehicle] = UNUSED
        state.node_count[vehicle] = 0
        state.result[vehicle] = 0
        return
    state.latest_version[0] += 1
    state.version[vehicle] = state.latest_version[0]
    state.sums[COSTS] += result[c.COST]
    m = result[c.NODES]
    state.node_count[vehicle] = m
    state.nodes[vehicle, :m] = nodes[:m]
    state.result[vehicle] = result
    for i in range(count):
        for q in range(2):
            cap = inst.task_cap[tasks[i], q]
            if cap >= 0:
                state.cap_used[vehicle, cap] += inst.cap_use[inst.task_request[tasks[i]]]
                state.cap_free[cap] -= inst.cap_use[inst.task_request[tasks[i]]]
    _note_presence(inst, state, vehicle)


@njit(cache=True, nogil=True)
def _note_presence(inst, state, vehicle):  # type: ignore[no-untyped-def]
    """Collect from when to when the vehicle takes a bay."""
    nodes = state.nodes[vehicle]
    last = state.node_count[vehicle] - 1
    number = 0
    # A vehicle that stands at its start from the beginning on takes a bay there.
    k = 0 if inst.departs_at_once[vehicle] else 1
    while k < last:
        location = nodes[k, c.LOCATION]
        first = k
        while k + 1 < last and nodes[k + 1, c.LOCATION] == location:
            k += 1
        if inst.bays[location] >= 0:
            until = nodes[k, c.BEGIN] + nodes[k, c.SETUP] + nodes[k, c.WORK] + nodes[k, c.STAY]
            if nodes[k + 1, c.LOCATION] >= 0 and nodes[k + 1, c.LOCATION] != location:
                until = nodes[k + 1, c.ARRIVAL] - nodes[k + 1, c.TRAVEL_S]
            state.presence[vehicle, number, 0] = location
            state.presence[vehicle, number, 1] = nodes[first, c.ARRIVAL]
            state.presence[vehicle, number, 2] = until
            number += 1
        k += 1
    state.presence_count[vehicle] = number


@njit(cache=True, nogil=True)
def cap_left_for(state, vehicle):  # type: ignore[no-untyped-def]
    """Return what the other vehicles leave of each cap."""
    if state.cap_free.shape[0] == 0:
        return state.cap_free
    return state.cap_free + state.cap_used[vehicle]


@njit(cache=True, nogil=True)
def _wanted(inst, vehicle, tasks, count):  # type: ignore[no-untyped-def]
    """Return the places with a limit of bays that a route with these stops may stand at."""
    marked = np.zeros(inst.bays.shape[0], np.bool_)
    some = False
    for i in range(count):
        location = inst.task_location[tasks[i]]
        if inst.bays[location] >= 0:
            marked[location] = True
            some = True
    if inst.start[vehicle] >= 0 and inst.bays[inst.start[vehicle]] >= 0:
        marked[inst.start[vehicle]] = True
        some = True
    if inst.end[vehicle] >= 0 and inst.bays[inst.end[vehicle]] >= 0:
        marked[inst.end[vehicle]] = True
        some = True
    if inst.recharges_left[vehicle] > 0:
        for location in range(inst.bays.shape[0]):
            if inst.charger_w[location] > 0 and inst.bays[location] >= 0:
                marked[location] = True
                some = True
    return marked, some


@njit(cache=True, nogil=True)
def no_busy(inst):  # type: ignore[no-untyped-def]
    """Return that nobody takes any bay."""
    return Busy(inst.nobody, inst.nobody[:0], inst.nobody[:0])


@njit(cache=True, nogil=True)
def busy_for(inst, state, vehicle, tasks, count):  # type: ignore[no-untyped-def]
    """Return when the other vehicles take all bays of the places that a route would stand at.

    What it returns lies in the arena.
    """
    n = inst.bays.shape[0]
    marked, some = _wanted(inst, vehicle, tasks, count)
    size = 0
    if some:
        for v in range(state.stops.shape[0]):
            if v != vehicle:
                for k in range(state.presence_count[v]):
                    size += marked[state.presence[v, k, 0]]
        for k in range(inst.held_bays.shape[0]):
            size += inst.held_bays[k, 0] != vehicle and marked[inst.held_bays[k, 1]]
    if size == 0:
        return no_busy(inst)
    # One number sorts by place, then instant, leaving before arriving.
    ptr = take(inst, n + 1)
    ptr[:] = 0
    event = take(inst, 2 * size)
    e = 0
    for v in range(state.stops.shape[0]):
        if v != vehicle:
            for k in range(state.presence_count[v]):
                location = state.presence[v, k, 0]
                if marked[location]:
                    event[e] = _event(location, state.presence[v, k, 1], 1)
                    event[e + 1] = _event(location, state.presence[v, k, 2], 0)
                    e += 2
    for k in range(inst.held_bays.shape[0]):
        location = inst.held_bays[k, 1]
        if inst.held_bays[k, 0] != vehicle and marked[location]:
            event[e] = _event(location, inst.held_bays[k, 2], 1)
            event[e + 1] = _event(location, inst.held_bays[k, 3], 0)
            e += 2
    event.sort()
    since = take(inst, size)
    until = take(inst, size)
    opened = 0
    closed = 0
    present = 0
    at = -1
    for k in range(e):
        location = event[k] >> LOCATION_SHIFT
        instant = ((event[k] >> 1) & INSTANT_MASK) - EARLIEST_S
        if location != at:
            present = 0
            at = location
        if event[k] & 1:
            if present + 1 == inst.bays[location]:
                since[opened] = instant
                opened += 1
            present += 1
        else:
            if present == inst.bays[location]:
                until[closed] = instant
                closed += 1
                ptr[location + 1] += 1
            present -= 1
    for location in range(n):
        ptr[location + 1] += ptr[location]
    return Busy(ptr, since[:opened], until[:closed])


EARLIEST_S = 1 << 32
"""Added to an instant, so that it is positive: days count from their own midnight."""
LOCATION_SHIFT = 40
INSTANT_MASK = (1 << 39) - 1


@njit(cache=True, nogil=True)
def _event(location, instant, comes):  # type: ignore[no-untyped-def]
    """Pack an arrival or a departure into one number."""
    return (location << LOCATION_SHIFT) | ((instant + EARLIEST_S) << 1) | comes

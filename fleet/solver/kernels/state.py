"""All routes of a search as arrays, and what they share: bays and caps."""

from typing import NamedTuple

import numpy as np
from numba import njit, typeof, types
from numba.experimental import structref

from fleet.solver.instance import Ints
from fleet.solver.kernels import codes as c
from fleet.solver.kernels.borrowed import borrowed
from fleet.solver.kernels.chain import Busy
from fleet.solver.kernels.legs import fill_loads

MOST_STOPS = 1_000
"""Stops that a route has room for, unless there are so few vehicles that each may need more."""
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
    """(R,) -1 where a request is not served"""
    changed: Ints
    """(V,) 1 for a route that was set since the last solution was accepted"""


def room_for_state(
    *, vehicles: int, requests: int, cap_left: Ints, dimensions: int, most_breaks: int
) -> StateArrays:
    """Return the arrays for the routes of an instance, all of them unused."""
    width = min(2 * requests, max(MOST_STOPS, 8 * requests // vehicles))
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
        vehicle_of=np.full(requests, -1, np.int64),
        changed=np.zeros(vehicles, np.int64),
    )


@structref.register
class StateType(types.StructRef):  # type: ignore[misc]
    """The compiler's type of a state."""


class State(structref.StructRefProxy):  # type: ignore[misc]
    """A handle on all routes inside the kernels' memory: the fields of :class:`StateArrays`."""


structref.define_boxing(StateType, State)

STATE = StateType(
    [
        (name, typeof(array))
        for name, array in room_for_state(
            vehicles=1, requests=1, cap_left=np.zeros(0, np.int64), dimensions=1, most_breaks=0
        )
        ._asdict()
        .items()
    ]
)


@njit(cache=True, nogil=True)
def state_of(arrays):  # type: ignore[no-untyped-def]
    """Return the state that works on these arrays."""
    state = structref.new(STATE)
    state.tasks = borrowed(arrays.tasks)
    state.stops = borrowed(arrays.stops)
    state.nodes = borrowed(arrays.nodes)
    state.node_count = borrowed(arrays.node_count)
    state.result = borrowed(arrays.result)
    state.presence = borrowed(arrays.presence)
    state.presence_count = borrowed(arrays.presence_count)
    state.cap_used = borrowed(arrays.cap_used)
    state.cap_free = borrowed(arrays.cap_free)
    state.loads = borrowed(arrays.loads)
    state.labels = borrowed(arrays.labels)
    state.vehicle_of = borrowed(arrays.vehicle_of)
    state.changed = borrowed(arrays.changed)
    return state


@njit(cache=True, nogil=True)
def copy_route(source, target, vehicle):  # type: ignore[no-untyped-def]
    """Copy one vehicle's route; ``vehicle_of`` and ``cap_free`` are the caller's."""
    n = source.stops[vehicle]
    m = source.node_count[vehicle]
    target.stops[vehicle] = n
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
    copy_route(source, state, vehicle)
    assign(inst, state, vehicle, True)


@njit(cache=True, nogil=True)
def assign(inst, state, vehicle, served):  # type: ignore[no-untyped-def]
    """Enter the requests of a vehicle's route as served by it, or as not served."""
    for i in range(state.stops[vehicle]):
        state.vehicle_of[inst.task_request[state.tasks[vehicle, i]]] = vehicle if served else -1


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
    assign(inst, state, vehicle, False)
    state.changed[vehicle] = 1
    state.stops[vehicle] = count
    state.tasks[vehicle, :count] = tasks[:count]
    for cap in range(state.cap_free.shape[0]):
        state.cap_free[cap] += state.cap_used[vehicle, cap]
    state.cap_used[vehicle] = 0
    state.presence_count[vehicle] = 0
    fill_loads(inst, vehicle, tasks, count, state.loads[vehicle, : count + 1])
    _fill_labels(inst, vehicle, tasks, count, state.labels[vehicle])
    if count == 0:
        state.node_count[vehicle] = 0
        state.result[vehicle] = 0
        return
    m = result[c.NODES]
    state.node_count[vehicle] = m
    state.nodes[vehicle, :m] = nodes[:m]
    state.result[vehicle] = result
    assign(inst, state, vehicle, True)
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
def busy_for(inst, state, vehicle, tasks, count):  # type: ignore[no-untyped-def]
    """Return when the other vehicles take all bays of the places that a route would stand at."""
    n = inst.bays.shape[0]
    ptr = np.zeros(n + 1, np.int64)
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
        return Busy(ptr, np.zeros(0, np.int64), np.zeros(0, np.int64))
    # One number sorts by place, then instant, leaving before arriving.
    event = np.empty(2 * size, np.int64)
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
    since = np.empty(size, np.int64)
    until = np.empty(size, np.int64)
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

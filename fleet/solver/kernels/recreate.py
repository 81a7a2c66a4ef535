"""Requests go back where they add least; what is known of a request and a route stays until that changes."""

import numpy as np
from numba import njit

from fleet.solver.kernels import codes as c
from fleet.solver.kernels.arena import give_back, taken
from fleet.solver.kernels.entry import call
from fleet.solver.kernels.insertion import fill
from fleet.solver.kernels.legs import clockless
from fleet.solver.kernels.nearness import vehicles_near
from fleet.solver.kernels.shortlist import draw, takes
from fleet.solver.kernels.simple import simple_cost
from fleet.solver.kernels.state import busy_for, cap_left_for, no_busy, put_route

# Columns of what is remembered of a request and a route.
VERSION = 0
OPEN = 1
"""Which of the deliveries no cap kept out."""
VALUE = 2
"""What the best insertion adds, or no more than any adds where ``PLACE`` is negative."""
PLACE = 3
"""The best insertion, packed."""
MEMORY_COLUMNS = 4

# Not a plain False: numba would compile all that it is handed to once more, for that very value.
ALONE = np.bool_(False)
"""Without the bays that others take."""
BESIDE_OTHERS = np.bool_(True)
BRIEF = np.bool_(False)
PATIENT = np.bool_(True)
FAR_TRIED = 0.1
"""Share of the insertions that try all other routes, too, where none of the near ones takes the request; a
must always does."""
PLACE_BITS = 20
PLACE_MASK = (1 << PLACE_BITS) - 1
MOST_TRIED_AGAIN = 4
"""Routes in which the bays that others take may spoil an insertion before the request is given up."""


@njit(cache=True, nogil=True)
def _open_deliveries(inst, state, request):  # type: ignore[no-untyped-def]
    """Return one bit for each delivery that no cap keeps out; beyond 60 of them the bits are shared."""
    if state.cap_free.shape[0] == 0:
        return np.int64(0)
    bits = np.int64(0)
    for option in range(inst.delivery_ptr[request], inst.delivery_ptr[request + 1]):
        if takes(inst, inst.delivery_task[option], request, state.cap_free):
            bits ^= np.int64(1) << np.int64((option - inst.delivery_ptr[request]) % 60)
    return bits


@njit(cache=True, nogil=True)
def _packed(i, j, delivery):  # type: ignore[no-untyped-def]
    """Return an insertion, the pickup before position i and the delivery before j, as one number."""
    return (i << np.int64(2 * PLACE_BITS)) | (j << np.int64(PLACE_BITS)) | delivery


@njit(cache=True, nogil=True)
def _unpack(inst, search, request, vehicle, place):  # type: ignore[no-untyped-def]
    """Write the route with a packed insertion into ``trial``; return its length."""
    state = search.state
    i = place >> np.int64(2 * PLACE_BITS)
    j = (place >> np.int64(PLACE_BITS)) & PLACE_MASK
    delivery = place & PLACE_MASK
    return fill(
        state.tasks[vehicle], state.stops[vehicle], inst.request_pickup[request], i, delivery, j,
        search.trial,
    )  # fmt: skip


@njit(cache=True, nogil=True)
def best_in_route(inst, search, request, vehicle, ceiling, listed, beside_others, rng):  # type: ignore[no-untyped-def]
    """Return what the best insertion into a route adds, and where, or the ceiling and -1.

    Of insertions that need an exact evaluation only those with the least bounds, as many as ``listed`` holds,
    get one, which is kept as ``found``; of equal bounds chance says which comes first. Only with
    ``beside_others`` do bays count that other routes take.
    """
    state = search.state
    halves = search.halves
    if search.simple[vehicle]:
        value, i, j, delivery = call(search.scan_simply, inst, state, halves, vehicle, request, ceiling)
        return value, _packed(i, j, delivery) if delivery >= 0 else np.int64(-1)
    call(search.shortlist, inst, state, halves, vehicle, request, ceiling, listed)
    best = ceiling
    place = np.int64(-1)
    cost = state.result[vehicle, c.COST]
    for row in range(listed.number[0]):
        if listed.row[row, 0] >= best:
            break
        draw(listed, row, rng)
        here = _packed(listed.row[row, 1], listed.row[row, 2], listed.row[row, 3])
        count = _unpack(inst, search, request, vehicle, here)
        mark = taken(inst)
        busy = busy_for(inst, state, vehicle, search.trial, count) if beside_others else no_busy(inst)
        rule = _evaluate(inst, search, vehicle, count, busy, cost + best)
        give_back(inst, mark)
        if rule == c.OK:
            best = search.result[c.COST] - cost
            place = here
            keep_found(search)
    return best, place


@njit(cache=True, nogil=True)
def keep_found(search):  # type: ignore[no-untyped-def]
    """Keep the outcome of an evaluation."""
    n = search.result[c.NODES]
    search.found_nodes[:n] = search.nodes[:n]
    search.found_result[:] = search.result


@njit(cache=True, nogil=True)
def _worth_trying(inst, search, request, vehicle):  # type: ignore[no-untyped-def]
    """Whether a vehicle may take a request; of unused ones that are equals one stands for all."""
    state = search.state
    if search.shut[vehicle] or not inst.allowed[request, vehicle]:
        return False
    if state.stops[vehicle] + 2 > state.tasks.shape[1]:
        return False
    if state.stops[vehicle] == 0:
        if search.tried[search.twins[vehicle]] or search.closed[vehicle]:
            return False
        search.tried[search.twins[vehicle]] = True
    return True


@njit(cache=True, nogil=True)
def _remembered(search, request, vehicle):  # type: ignore[no-untyped-def]
    """Return what is remembered of a request and a vehicle, or its kind while it is not used."""
    is_used = search.state.stops[vehicle] > 0
    return search.memory[request, vehicle if is_used else search.when_unused[vehicle]]


@njit(cache=True, nogil=True)
def _sort_by_promise(inst, search, request, n):  # type: ignore[no-untyped-def]
    """Sort the first n of ``unknown`` by what an insertion adds at least: few need a look then."""
    unknown = search.unknown
    promise = search.promise
    for k in range(n):
        vehicle = unknown[k]
        least = np.int64(-c.DEAREST)
        if not search.simple[vehicle]:
            least = call(search.least_added, inst, search.state, search.halves, vehicle, request)
        m = k
        while m > 0 and promise[m - 1] > least:
            promise[m] = promise[m - 1]
            unknown[m] = unknown[m - 1]
            m -= 1
        promise[m] = least
        unknown[m] = vehicle


@njit(cache=True, nogil=True)
def look(inst, search, request, vehicles, cutoff, blink, patient, rng):  # type: ignore[no-untyped-def]
    """Look for the insertion of a request that adds least, and less than ``cutoff``.

    With a chance of ``blink`` a route is overlooked. The patient evaluate far more insertions than those with
    the least bounds. Returns what it adds, the vehicle or -1, the place, and whether its evaluation is kept.
    """
    state = search.state
    listed = search.wide if patient else search.narrow
    deliveries = _open_deliveries(inst, state, request)
    search.tried[:] = False
    best = cutoff
    chosen = np.int64(-1)
    place = np.int64(-1)
    is_found = False
    unknown = search.unknown
    n = np.int64(0)
    for vehicle in vehicles:
        if not _worth_trying(inst, search, request, vehicle):
            continue
        if blink > 0.0 and rng.random() < blink:
            continue
        known = _remembered(search, request, vehicle)
        if known[VERSION] == state.version[vehicle] and known[OPEN] == deliveries:
            if known[PLACE] >= 0 and known[VALUE] < best:
                best = known[VALUE]
                place = known[PLACE]
                chosen = vehicle
            if known[PLACE] >= 0 or (known[VALUE] >= best and not patient):
                continue
        unknown[n] = vehicle
        n += 1
    _sort_by_promise(inst, search, request, n)
    for k in range(n):
        vehicle = unknown[k]
        known = _remembered(search, request, vehicle)
        same = known[VERSION] == state.version[vehicle] and known[OPEN] == deliveries
        if same and known[VALUE] >= best and not patient:
            continue
        value = search.promise[k]
        here = np.int64(-1)
        if value < best:
            value, here = best_in_route(inst, search, request, vehicle, best, listed, ALONE, rng)
        elif same and known[VALUE] >= value:
            continue
        known[VERSION] = state.version[vehicle]
        known[OPEN] = deliveries
        known[VALUE] = value
        known[PLACE] = here
        if here >= 0:
            best = value
            place = here
            chosen = vehicle
            is_found = True
    return best, chosen, place, is_found


@njit(cache=True, nogil=True)
def rule_out(search, request, vehicle):  # type: ignore[no-untyped-def]
    """Remember of a route as it stands, of which a request is remembered, that it does not take it."""
    known = _remembered(search, request, vehicle)
    known[VALUE] = c.DEAREST
    known[PLACE] = -1


@njit(cache=True, nogil=True)
def insert(inst, search, request, vehicles, cutoff, blink, patient, rng):  # type: ignore[no-untyped-def]
    """Insert a request where it adds least, as :func:`look` finds it; say whether it was inserted."""
    best, chosen, place, is_found = look(inst, search, request, vehicles, cutoff, blink, patient, rng)
    if chosen < 0:
        return False
    if commit(inst, search, request, chosen, place, best, is_found):
        return True
    listed = search.wide if patient else search.narrow
    return _insert_beside_others(inst, search, request, vehicles, cutoff, listed, rng)


@njit(cache=True, nogil=True)
def place(inst, search, request, cutoff, blink, patient, rng):  # type: ignore[no-untyped-def]
    """Insert one request where it is cheapest; say whether there is a place that is worth it."""
    near = vehicles_near(inst, search, request, rng)
    if insert(inst, search, request, near, cutoff, blink, patient, rng):
        return True
    vehicles = search.twins.shape[0]
    if near.shape[0] == vehicles or not (inst.must[request] or rng.random() < FAR_TRIED):
        return False
    return insert(inst, search, request, np.arange(vehicles), cutoff, blink, patient, rng)


@njit(cache=True, nogil=True)
def commit(inst, search, request, vehicle, place, value, is_found):  # type: ignore[no-untyped-def]
    """Set the route with an insertion, if it costs what it should; say whether it does.

    With ``is_found`` the outcome of its evaluation is still there, and holds where no bays of others count.
    """
    state = search.state
    count = _unpack(inst, search, request, vehicle, place)
    cost = state.result[vehicle, c.COST] + value
    if search.simple[vehicle]:
        search.result[:] = 0
        search.result[c.COST] = cost
        put_route(inst, state, vehicle, search.trial, count, search.nodes, search.result)
        return True
    mark = taken(inst)
    busy = busy_for(inst, state, vehicle, search.trial, count)
    is_known = is_found and busy.since.shape[0] == 0
    holds = is_known or _evaluate(inst, search, vehicle, count, busy, cost + 1) == c.OK
    give_back(inst, mark)
    if is_known:
        put_route(inst, state, vehicle, search.trial, count, search.found_nodes, search.found_result)
    elif holds:
        put_route(inst, state, vehicle, search.trial, count, search.nodes, search.result)
    return holds


@njit(cache=True, nogil=True)
def _evaluate(inst, search, vehicle, count, busy, cutoff):  # type: ignore[no-untyped-def]
    """Evaluate ``trial`` beside the bays that others take; return a rule code."""
    return call(
        search.evaluate, inst, vehicle, search.trial, count, cap_left_for(search.state, vehicle), busy,
        cutoff, search.nodes, search.result,
    )  # fmt: skip


@njit(cache=True, nogil=True)
def _insert_beside_others(inst, search, request, vehicles, cutoff, listed, rng):  # type: ignore[no-untyped-def]
    """Insert a request, without what is remembered, into a route that gets along with the bays of others."""
    search.tried[:] = False
    best = cutoff
    chosen = np.int64(-1)
    place = np.int64(-1)
    tries = np.int64(0)
    for vehicle in vehicles:
        if tries == MOST_TRIED_AGAIN:
            break
        if not _worth_trying(inst, search, request, vehicle):
            continue
        value, here = best_in_route(inst, search, request, vehicle, best, listed, BESIDE_OTHERS, rng)
        if here >= 0:
            tries += 1
            best = value
            place = here
            chosen = vehicle
    return chosen >= 0 and commit(inst, search, request, chosen, place, best, chosen >= 0)


@njit(cache=True, nogil=True)
def timed(inst, search, vehicle, count, cutoff):  # type: ignore[no-untyped-def]
    """Evaluate ``trial`` beside the routes of the other vehicles; return a rule code."""
    if search.simple[vehicle]:
        loads = np.empty((count + 1, inst.capacity.shape[1]), np.int64)
        left = cap_left_for(search.state, vehicle)
        rule = clockless(inst, vehicle, search.trial, count, left, loads, search.result)
        return rule if rule != c.OK else _timed_simply(inst, search, vehicle, count, cutoff)
    mark = taken(inst)
    busy = busy_for(inst, search.state, vehicle, search.trial, count)
    rule = _evaluate(inst, search, vehicle, count, busy, cutoff)
    give_back(inst, mark)
    return rule


@njit(cache=True, nogil=True)
def _timed_simply(inst, search, vehicle, count, cutoff):  # type: ignore[no-untyped-def]
    """Evaluate the times of ``trial`` for a simple vehicle; return a rule code."""
    search.result[:] = 0
    search.result[c.COST] = simple_cost(inst, search.halves, vehicle, search.trial, count)
    if search.result[c.COST] == c.DEAREST:
        return c.WINDOW
    return c.OK if search.result[c.COST] < cutoff else c.TOO_DEAR


@njit(cache=True, nogil=True)
def without(inst, search, vehicle, gone):  # type: ignore[no-untyped-def]
    """Write a vehicle's stops less those of requests marked ``gone``; return how many, and whether they hold.

    Without some stops a break or a recharge may have no place left, or a drive take longer.
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
    if search.simple[vehicle]:
        return k, _timed_simply(inst, search, vehicle, k, c.DEAREST) == c.OK
    return k, timed(inst, search, vehicle, k, c.DEAREST) == c.OK


@njit(cache=True, nogil=True)
def finish(inst, search, state):  # type: ignore[no-untyped-def]
    """Give the routes of simple vehicles their nodes, which the search does without."""
    for vehicle in range(state.stops.shape[0]):
        count = state.stops[vehicle]
        if count > 0 and state.node_count[vehicle] == 0:
            rule = call(
                search.evaluate, inst, vehicle, state.tasks[vehicle], count, cap_left_for(state, vehicle),
                no_busy(inst), c.DEAREST, state.nodes[vehicle], state.result[vehicle],
            )  # fmt: skip
            if rule != c.OK:
                return False
            state.node_count[vehicle] = state.result[vehicle, c.NODES]
    return True

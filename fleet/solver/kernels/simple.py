"""Vehicles whose costs are drives and work alone: the cheapest insertion, exactly, without an evaluation.

Which they are says ``search_arrays.simple_vehicles``: no rule but windows, loads and caps holds for them, and
nothing is paid for waiting. So a route is its earliest times, its latest times and sums of prices, after
Savelsbergh, "The Vehicle Routing Problem with Time Windows: Minimizing Route Duration" (1992), without the
durations. A drive is taken to be neither shorter nor cheaper by way of one more stop: insertions that live by
that are not found.
"""

import numpy as np
from numba import njit

from fleet.solver.instance import NEVER
from fleet.solver.kernels import codes as c
from fleet.solver.kernels import halves as h
from fleet.solver.kernels.legs import leg, place_after
from fleet.solver.kernels.shortlist import has_room, positions, takes
from fleet.solver.kernels.slack import drive_cost, handling_s

NOWHERE = -1


@njit(cache=True, nogil=True)
def _drive(inst, halves, vehicle, origin, destination):  # type: ignore[no-untyped-def]
    """Return metres, seconds and price of a drive; zeros where an end is open."""
    if origin >= 0 and destination >= 0 and halves.legs.shape[0] > 0 and inst.travel_cost.shape[0] == 0:
        of = halves.legs[inst.speed_class[vehicle], origin, destination]
        drive = np.int64(of[0]), np.int64(of[1]), np.int64(0)
    else:
        metres, seconds, extra = leg(inst, vehicle, origin, destination)
        drive = np.int64(metres), np.int64(seconds), np.int64(extra)
    return drive[0], drive[1], drive_cost(inst, vehicle, drive)


@njit(cache=True, nogil=True)
def _setup_s(inst, vehicle, t):  # type: ignore[no-untyped-def]
    return inst.task_setup_s[inst.vehicle_type[vehicle], t]


@njit(cache=True, nogil=True)
def _begins_visit(inst, before, here, k):  # type: ignore[no-untyped-def]
    """Whether the stop at position k, reached from a place, pays its set-up."""
    return before != here or (k == 0 and inst.setup_at_start)


@njit(cache=True, nogil=True)
def _begin_by(opens, closes, due):  # type: ignore[no-untyped-def]
    """Return the latest begin no later than ``due`` within a window, or ``-NEVER``."""
    return min(closes, due) if opens <= due else np.int64(-NEVER)


@njit(cache=True, nogil=True)
def _know(inst, state, halves, vehicle):  # type: ignore[no-untyped-def]
    """Find out about the stops of a route unless they are known as they stand."""
    if halves.version[vehicle] == state.version[vehicle]:
        return
    halves.version[vehicle] = state.version[vehicle]
    tasks = state.tasks[vehicle]
    count = state.stops[vehicle]
    stops = halves.stops[vehicle]
    before = inst.start[vehicle]
    ready = inst.earliest_s[vehicle]
    metres = np.int64(0)
    seconds = np.int64(0)
    for k in range(count + 1):
        of = stops[k]
        here = place_after(inst, vehicle, tasks, count, k)
        drive = _drive(inst, halves, vehicle, before, here)
        metres += drive[0]
        seconds += drive[1]
        of[h.STOP_PLACE] = here
        of[h.STOP_DRIVE_S] = drive[1]
        of[h.STOP_PRICE] = drive[2]
        of[h.STOP_READY] = ready
        if k == count:
            break
        t = tasks[k]
        of[h.STOP_OPENS] = inst.window_open[inst.window_ptr[t]]
        of[h.STOP_CLOSES] = inst.window_close[inst.window_ptr[t]]
        of[h.STOP_HANDLING] = handling_s(inst, vehicle, t)
        of[h.STOP_SETUP] = _setup_s(inst, vehicle, t)
        of[h.STOP_PAID] = of[h.STOP_SETUP] if _begins_visit(inst, before, here, k) else 0
        ready = max(ready + drive[1], of[h.STOP_OPENS]) + of[h.STOP_HANDLING] + of[h.STOP_PAID]
        before = here
    halves.metres[vehicle] = metres
    halves.seconds[vehicle] = seconds
    last = stops[count]
    last[h.STOP_OPENS] = -NEVER
    last[h.STOP_CLOSES] = inst.latest_s[vehicle]
    last[h.STOP_HANDLING] = 0
    last[h.STOP_SETUP] = 0
    last[h.STOP_PAID] = 0
    last[h.STOP_LATEST] = inst.latest_s[vehicle]
    last[h.STOP_LATEST_HERE] = inst.latest_s[vehicle]
    last[h.STOP_DUE] = inst.latest_s[vehicle]
    for k in range(count - 1, -1, -1):
        of = stops[k]
        after = stops[k + 1]
        due = _latest(after, of[h.STOP_PLACE]) - after[h.STOP_DRIVE_S] - of[h.STOP_HANDLING]
        of[h.STOP_LATEST_HERE] = _begin_by(of[h.STOP_OPENS], of[h.STOP_CLOSES], due)
        of[h.STOP_LATEST] = _begin_by(of[h.STOP_OPENS], of[h.STOP_CLOSES], due - of[h.STOP_SETUP])
        before = inst.start[vehicle] if k == 0 else stops[k - 1, h.STOP_PLACE]
        of[h.STOP_DUE] = _latest(of, before)


@njit(cache=True, nogil=True)
def _latest(stop, before):  # type: ignore[no-untyped-def]
    """Return the latest arrival at a stop from a place from which all windows hold."""
    return stop[h.STOP_LATEST_HERE] if stop[h.STOP_PLACE] == before else stop[h.STOP_LATEST]


@njit(cache=True, nogil=True)
def _fill_ways(inst, state, halves, vehicle, t, first, ways):  # type: ignore[no-untyped-def]
    """Fill in what one more stop adds by itself at each position from the first on; return the least.

    ``codes.DEAREST`` where windows forbid it.
    """
    count = state.stops[vehicle]
    stops = halves.stops[vehicle]
    at = inst.task_location[t]
    opens = inst.window_open[inst.window_ptr[t]]
    closes = inst.window_close[inst.window_ptr[t]]
    work = handling_s(inst, vehicle, t)
    setup = _setup_s(inst, vehicle, t)
    per_task_s = inst.cost_per_task_s[vehicle]
    looked_up = halves.legs.shape[0] > 0 and inst.travel_cost.shape[0] == 0
    legs = halves.legs[inst.speed_class[vehicle], at] if looked_up else halves.legs[0, 0]
    per_m = inst.cost_per_m[vehicle]
    per_s = inst.cost_per_travel_s[vehicle]
    least = np.int64(c.DEAREST)
    for k in range(first, count + 1):
        ways[k, h.WAY_ADDED] = c.DEAREST
    for k in range(first, count + 1):
        stop = stops[k]
        way = ways[k]
        if stop[h.STOP_READY] > closes:
            break
        if opens + work > stop[h.STOP_LATEST_HERE]:
            continue
        before = inst.start[vehicle] if k == 0 else stops[k - 1, h.STOP_PLACE]
        after = stop[h.STOP_PLACE]
        if looked_up and before >= 0 and after >= 0:
            come_s = np.int64(legs[before, 3])
            go_s = np.int64(legs[after, 1])
            come_price = per_m * legs[before, 2] + per_s * come_s
            go_price = per_m * legs[after, 0] + per_s * go_s
        else:
            _metres, come_s, come_price = _drive(inst, halves, vehicle, before, at)
            _metres, go_s, go_price = _drive(inst, halves, vehicle, at, after)
        own = setup if _begins_visit(inst, before, at, k) else 0
        arrives = stop[h.STOP_READY] + come_s
        if arrives > closes or max(arrives, opens) + own + work + go_s > _latest(stop, at):
            continue
        others = (stop[h.STOP_SETUP] if at != after else 0) - stop[h.STOP_PAID]
        way[h.WAY_COME_S] = come_s
        way[h.WAY_GO_S] = go_s
        way[h.WAY_OWN_S] = own + work
        way[h.WAY_COME_PRICE] = come_price + per_task_s * (own + work)
        way[h.WAY_GO_PRICE] = go_price + per_task_s * others - stop[h.STOP_PRICE]
        way[h.WAY_ADDED] = way[h.WAY_COME_PRICE] + way[h.WAY_GO_PRICE]
        least = min(least, way[h.WAY_ADDED])
    return least


@njit(cache=True, nogil=True)
def _detour(inst, halves, vehicle, before, at, after):  # type: ignore[no-untyped-def]
    """Return by how many metres and seconds a drive is longer by way of a place."""
    come = _drive(inst, halves, vehicle, before, at)
    go = _drive(inst, halves, vehicle, at, after)
    straight = _drive(inst, halves, vehicle, before, after)
    return come[0] + go[0] - straight[0], come[1] + go[1] - straight[1]


@njit(cache=True, nogil=True)
def _far(inst, halves, vehicle, pickup, i, delivery, j):  # type: ignore[no-untyped-def]
    """Whether a route with an insertion is longer than its vehicle may go."""
    if inst.max_distance_m[vehicle] >= NEVER and inst.max_travel_s[vehicle] >= NEVER:
        return False
    stops = halves.stops[vehicle]
    to = inst.task_location[delivery]
    before = inst.start[vehicle] if j == 0 else stops[j - 1, h.STOP_PLACE]
    metres = halves.metres[vehicle]
    seconds = halves.seconds[vehicle]
    if pickup >= 0:
        at = inst.task_location[pickup]
        begun = inst.start[vehicle] if i == 0 else stops[i - 1, h.STOP_PLACE]
        longer = _detour(inst, halves, vehicle, begun, at, stops[i, h.STOP_PLACE])
        metres += longer[0]
        seconds += longer[1]
        before = at if i == j else before
    longer = _detour(inst, halves, vehicle, before, to, stops[j, h.STOP_PLACE])
    metres += longer[0]
    seconds += longer[1]
    return metres > inst.max_distance_m[vehicle] or seconds > inst.max_travel_s[vehicle]


@njit(cache=True, nogil=True)
def _best_pair(inst, state, halves, vehicle, request, delivery, begin, ceiling):  # type: ignore[no-untyped-def]
    """Return the least that pickup, from a position on, and one delivery add, and their positions.

    Where they add no less than the ceiling, the ceiling and ``NOWHERE``.
    """
    count = state.stops[vehicle]
    stops = halves.stops[vehicle]
    comes = halves.ways[0]
    goes = halves.ways[1]
    least = halves.least
    loads = state.loads[vehicle]
    labels = state.labels[vehicle]
    own_load = inst.load[request]
    capacity = inst.capacity[vehicle]
    pickup = inst.request_pickup[request]
    at = inst.task_location[pickup]
    to = inst.task_location[delivery]
    opens = inst.window_open[inst.window_ptr[pickup]]
    delivery_opens = inst.window_open[inst.window_ptr[delivery]]
    delivery_closes = inst.window_close[inst.window_ptr[delivery]]
    across = _drive(inst, halves, vehicle, at, to)
    work = handling_s(inst, vehicle, delivery) + (_setup_s(inst, vehicle, delivery) if at != to else 0)
    across_price = across[2] + inst.cost_per_task_s[vehicle] * work
    least[count + 1] = c.DEAREST
    for j in range(count, begin - 1, -1):
        least[j] = min(least[j + 1], goes[j, h.WAY_ADDED])
    best = ceiling
    first = NOWHERE
    second = NOWHERE
    for i in range(begin, count + 1):
        if comes[i, h.WAY_ADDED] >= best or not has_room(loads, labels, i, own_load, 0, capacity):
            continue
        done = max(stops[i, h.STOP_READY] + comes[i, h.WAY_COME_S], opens) + comes[i, h.WAY_OWN_S]
        added = comes[i, h.WAY_COME_PRICE] + across_price + goes[i, h.WAY_GO_PRICE]
        arrives = done + across[1]
        if (
            goes[i, h.WAY_ADDED] != c.DEAREST
            and added < best
            and arrives <= delivery_closes
            and max(arrives, delivery_opens) + work + goes[i, h.WAY_GO_S] <= _latest(stops[i], to)
            and not _far(inst, halves, vehicle, pickup, i, delivery, i)
        ):
            best = added
            first = i
            second = i
        added = comes[i, h.WAY_ADDED]
        if added + least[i + 1] >= best:
            continue
        arrives = done + comes[i, h.WAY_GO_S]
        done = max(arrives, stops[i, h.STOP_OPENS]) + stops[i, h.STOP_HANDLING]
        done += stops[i, h.STOP_SETUP] if at != stops[i, h.STOP_PLACE] else 0
        for j in range(i + 1, count + 1):
            if added + least[j] >= best or not has_room(loads, labels, j, own_load, 0, capacity):
                break
            way = goes[j]
            arrives = done + way[h.WAY_COME_S]
            if (
                added + way[h.WAY_ADDED] < best
                and arrives <= delivery_closes
                and max(arrives, delivery_opens) + way[h.WAY_OWN_S] + way[h.WAY_GO_S] <= _latest(stops[j], to)
                and not _far(inst, halves, vehicle, pickup, i, delivery, j)
            ):
                best = added + way[h.WAY_ADDED]
                first = i
                second = j
            stop = stops[j]
            arrives = done + stop[h.STOP_DRIVE_S]
            if arrives > stop[h.STOP_DUE]:
                break
            done = max(arrives, stop[h.STOP_OPENS]) + stop[h.STOP_HANDLING] + stop[h.STOP_PAID]
    return best, first, second


@njit(cache=True, nogil=True)
def cheapest_insertion(inst, state, halves, vehicle, request, ceiling):  # type: ignore[no-untyped-def]
    """Return what the cheapest insertion into a route adds, the positions of its two stops, and the delivery.

    Where none adds less than the ceiling, the ceiling and ``NOWHERE``.
    """
    count = state.stops[vehicle]
    pickup = inst.request_pickup[request]
    first = NOWHERE
    second = NOWHERE
    chosen = NOWHERE
    if count + (2 if pickup >= 0 else 1) > inst.max_tasks[vehicle]:
        return ceiling, first, second, chosen
    _know(inst, state, halves, vehicle)
    # An unused vehicle costs nothing, not even its way to the end.
    fresh = inst.fixed_cost[vehicle] + halves.stops[vehicle, 0, h.STOP_PRICE] if count == 0 else np.int64(0)
    best = ceiling - fresh
    low, high = np.int64(0), count
    if pickup >= 0:
        if _fill_ways(inst, state, halves, vehicle, pickup, low, halves.ways[0]) >= best:
            return ceiling, first, second, chosen
        while halves.ways[0, low, h.WAY_ADDED] >= best:
            low += 1
    else:
        low, high = positions(inst, request, state.loads[vehicle], count, inst.capacity[vehicle])
    for option in range(inst.delivery_ptr[request], inst.delivery_ptr[request + 1]):
        delivery = inst.delivery_task[option]
        if state.cap_free.shape[0] > 0 and not takes(inst, delivery, request, state.cap_free):
            continue
        if _fill_ways(inst, state, halves, vehicle, delivery, low, halves.ways[1]) >= best:
            continue
        if pickup >= 0:
            added, i, j = _best_pair(inst, state, halves, vehicle, request, delivery, low, best)
            if i >= 0:
                best, first, second, chosen = added, i, j, delivery
            continue
        for j in range(low, high + 1):
            added = halves.ways[1, j, h.WAY_ADDED]
            if added < best and not _far(inst, halves, vehicle, pickup, j, delivery, j):
                best, first, second, chosen = added, j, j, delivery
    return best + fresh, first, second, chosen


@njit(cache=True, nogil=True)
def cost_of(inst, halves, vehicle, tasks, count):  # type: ignore[no-untyped-def]
    """Return the exact cost of a simple vehicle's route, ``codes.DEAREST`` if it is late or too long."""
    before = inst.start[vehicle]
    clock = inst.earliest_s[vehicle]
    metres = np.int64(0)
    seconds = np.int64(0)
    worked = np.int64(0)
    cost = inst.fixed_cost[vehicle]
    for k in range(count + 1):
        here = place_after(inst, vehicle, tasks, count, k)
        drive = _drive(inst, halves, vehicle, before, here)
        cost += drive[2]
        metres += drive[0]
        seconds += drive[1]
        clock += drive[1]
        if k == count:
            break
        t = tasks[k]
        if clock > inst.window_close[inst.window_ptr[t]]:
            return np.int64(c.DEAREST)
        work = handling_s(inst, vehicle, t)
        work += _setup_s(inst, vehicle, t) if _begins_visit(inst, before, here, k) else 0
        worked += work
        clock = max(clock, inst.window_open[inst.window_ptr[t]]) + work
        before = here
    if clock > inst.latest_s[vehicle]:
        return np.int64(c.DEAREST)
    if metres > inst.max_distance_m[vehicle] or seconds > inst.max_travel_s[vehicle]:
        return np.int64(c.DEAREST)
    return cost + inst.cost_per_task_s[vehicle] * worked

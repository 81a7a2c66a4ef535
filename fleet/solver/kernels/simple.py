"""Vehicles whose routes are windows, loads and sums of prices: the cheapest insertion without an evaluation.

Which they are says ``search_arrays.simple_vehicles``: nothing is paid for waiting, and no rule holds but
windows, loads, caps and limits of tasks, metres and seconds. So a route is its earliest and its latest times,
after Savelsbergh, "The Vehicle Routing Problem with Time Windows: Minimizing Route Duration" (1992), without
the durations. What windows or prices forbid one stop they forbid it beside a second one, too, but for set-ups
that both share and for drives that are shorter by way of it: ``spare_s`` and ``spare_cost`` leave room for
these.
"""

import numpy as np
from numba import njit

from fleet.solver.instance import NEVER
from fleet.solver.kernels import codes as c
from fleet.solver.kernels import halves as h
from fleet.solver.kernels.known import is_news
from fleet.solver.kernels.legs import leg, place_after
from fleet.solver.kernels.shortlist import positions, takes
from fleet.solver.kernels.slack import drive_cost, drive_rates, handling_s, priced


@njit(cache=True, nogil=True)
def _drive(inst, halves, vehicle, origin, destination):  # type: ignore[no-untyped-def]
    """Return metres, seconds and price of a drive; zeros where an end is open."""
    if origin >= 0 and destination >= 0 and halves.legs.shape[0] > 0:
        of = halves.legs[inst.speed_class[vehicle], origin, destination]
        drive = np.int64(of[0]), np.int64(of[1]), np.int64(0)
    else:
        metres, seconds, extra = leg(inst, vehicle, origin, destination)
        drive = np.int64(metres), np.int64(seconds), np.int64(extra)
    return drive[0], drive[1], drive_cost(inst, vehicle, drive)


@njit(cache=True, nogil=True)
def _window(inst, t):  # type: ignore[no-untyped-def]
    """Return the bounds of a task's begin: simple vehicles know one window a task."""
    return inst.window_open[inst.window_ptr[t]], inst.window_close[inst.window_ptr[t]]


@njit(cache=True, nogil=True)
def _setup_s(inst, vehicle, t):  # type: ignore[no-untyped-def]
    return inst.task_setup_s[inst.vehicle_type[vehicle], t]


@njit(cache=True, nogil=True)
def _begins_visit(inst, before, here, k):  # type: ignore[no-untyped-def]
    """Whether the stop at position k, reached from a place, pays its set-up."""
    return before != here or (k == 0 and inst.setup_at_start)


@njit(cache=True, nogil=True)
def _place_before(inst, halves, vehicle, k):  # type: ignore[no-untyped-def]
    """Return where the drive into position k of a known route begins."""
    return inst.start[vehicle] if k == 0 else halves.stops[vehicle, k - 1, h.STOP_PLACE]


@njit(cache=True, nogil=True)
def _latest(stop, before):  # type: ignore[no-untyped-def]
    """Return the latest arrival at a stop from a place from which all windows hold."""
    return stop[h.STOP_LATEST_HERE] if stop[h.STOP_PLACE] == before else stop[h.STOP_LATEST]


@njit(cache=True, nogil=True)
def _begin_by(stop, due):  # type: ignore[no-untyped-def]
    """Return the latest begin at a stop no later than ``due``, or ``-NEVER``."""
    return min(stop[h.STOP_CLOSES], due) if stop[h.STOP_OPENS] <= due else np.int64(-NEVER)


@njit(cache=True, nogil=True)
def _know(inst, state, halves, vehicle):  # type: ignore[no-untyped-def]
    """Find out about the stops of a route unless they are known as they stand."""
    if not is_news(state, halves, vehicle):
        return
    count = state.stops[vehicle]
    _fill_forward(inst, halves, vehicle, state.tasks[vehicle], count)
    _fill_backward(inst, halves, vehicle, count)


@njit(cache=True, nogil=True)
def _fill_forward(inst, halves, vehicle, tasks, count):  # type: ignore[no-untyped-def]
    """Fill in what stops are, how they are reached, and the earliest times."""
    before = inst.start[vehicle]
    ready = inst.earliest_s[vehicle]
    total_m = np.int64(0)
    total_s = np.int64(0)
    for k in range(count + 1):
        of = halves.stops[vehicle, k]
        here = place_after(inst, vehicle, tasks, count, k)
        metres, seconds, price = _drive(inst, halves, vehicle, before, here)
        total_m += metres
        total_s += seconds
        of[h.STOP_PLACE] = here
        of[h.STOP_DRIVE_S] = seconds
        of[h.STOP_PRICE] = price
        of[h.STOP_READY] = ready
        if k == count:
            of[h.STOP_SETUP] = 0
            of[h.STOP_PAID] = 0
            break
        t = tasks[k]
        of[h.STOP_OPENS], of[h.STOP_CLOSES] = _window(inst, t)
        of[h.STOP_HANDLING] = handling_s(inst, vehicle, t)
        of[h.STOP_SETUP] = _setup_s(inst, vehicle, t)
        of[h.STOP_PAID] = of[h.STOP_SETUP] if _begins_visit(inst, before, here, k) else 0
        ready = max(ready + seconds, of[h.STOP_OPENS]) + of[h.STOP_HANDLING] + of[h.STOP_PAID]
        before = here
    halves.metres[vehicle] = total_m
    halves.seconds[vehicle] = total_s


@njit(cache=True, nogil=True)
def _fill_backward(inst, halves, vehicle, count):  # type: ignore[no-untyped-def]
    """Fill in the latest times."""
    stops = halves.stops[vehicle]
    stops[count, h.STOP_LATEST] = inst.latest_s[vehicle]
    stops[count, h.STOP_LATEST_HERE] = inst.latest_s[vehicle]
    for k in range(count - 1, -1, -1):
        of = stops[k]
        after = stops[k + 1]
        due = _latest(after, of[h.STOP_PLACE]) - after[h.STOP_DRIVE_S] - of[h.STOP_HANDLING]
        of[h.STOP_LATEST_HERE] = _begin_by(of, due)
        of[h.STOP_LATEST] = _begin_by(of, due - of[h.STOP_SETUP])


@njit(cache=True, nogil=True)
def _fill_ways(inst, state, halves, vehicle, t, first, ways):  # type: ignore[no-untyped-def]
    """Fill in what one more stop adds by itself at each position from the first on; return the least.

    ``codes.DEAREST`` where windows forbid it whatever else is inserted; where they do not, it may still be
    late.
    """
    count = state.stops[vehicle]
    at = inst.task_location[t]
    opens, closes = _window(inst, t)
    work = handling_s(inst, vehicle, t)
    setup = _setup_s(inst, vehicle, t)
    spare_s = halves.spare_s[vehicle]
    rates = drive_rates(inst, vehicle)
    nothing = np.int64(0)
    per_task_s = inst.cost_per_task_s[vehicle]
    # One row of the table, where the leg and the one back share a line of memory.
    looked_up = halves.legs.shape[0] > 0
    legs = halves.legs[inst.speed_class[vehicle], at] if looked_up else halves.legs[0, 0]
    least = np.int64(c.DEAREST)
    for k in range(first, count + 1):
        ways[k, h.WAY_ADDED] = c.DEAREST
    for k in range(first, count + 1):
        stop = halves.stops[vehicle, k]
        if stop[h.STOP_READY] > closes + spare_s:
            break
        latest = stop[h.STOP_LATEST_HERE] + spare_s
        if opens + work > latest:
            continue
        before = _place_before(inst, halves, vehicle, k)
        after = stop[h.STOP_PLACE]
        if looked_up and before >= 0 and after >= 0:
            come_s = np.int64(legs[before, 3])
            go_s = np.int64(legs[after, 1])
            come_price = priced(rates, (np.int64(legs[before, 2]), come_s, nothing))
            go_price = priced(rates, (np.int64(legs[after, 0]), go_s, nothing))
        else:
            _metres, come_s, come_price = _drive(inst, halves, vehicle, before, at)
            _metres, go_s, go_price = _drive(inst, halves, vehicle, at, after)
        arrives = stop[h.STOP_READY] + come_s
        if arrives > closes + spare_s or max(arrives, opens) + work + go_s > latest:
            continue
        own_s = work + (setup if _begins_visit(inst, before, at, k) else 0)
        others_s = (stop[h.STOP_SETUP] if at != after else 0) - stop[h.STOP_PAID]
        way = ways[k]
        way[h.WAY_COME_S] = come_s
        way[h.WAY_GO_S] = go_s
        way[h.WAY_OWN_S] = own_s
        way[h.WAY_COME_PRICE] = come_price + per_task_s * own_s
        way[h.WAY_GO_PRICE] = go_price + per_task_s * others_s - stop[h.STOP_PRICE]
        way[h.WAY_ADDED] = way[h.WAY_COME_PRICE] + way[h.WAY_GO_PRICE]
        least = min(least, way[h.WAY_ADDED])
    return least


@njit(cache=True, nogil=True)
def _fits(loads, k, own_load, capacity):  # type: ignore[no-untyped-def]
    """Whether a vehicle can carry a request's load beside what is on board after k stops."""
    enough = True
    for q in range(own_load.shape[0]):
        enough = enough and loads[k, q] + own_load[q] <= capacity[q]
    return enough


@njit(cache=True, nogil=True)
def _in_time(arrives, window, own_s, go_s, latest):  # type: ignore[no-untyped-def]
    """Whether a stop after an arrival keeps its window, and the next one its latest arrival."""
    opens, closes = window
    return arrives <= closes and max(arrives, opens) + own_s + go_s <= latest


@njit(cache=True, nogil=True)
def _is_late(arrives, stop, before, spare_s):  # type: ignore[no-untyped-def]
    """Whether a stop or one after it is late, even if the drives that follow get shorter by ``spare_s``."""
    return arrives > stop[h.STOP_CLOSES] or arrives > _latest(stop, before) + spare_s


@njit(cache=True, nogil=True)
def _longer(inst, halves, vehicle, before, at, after):  # type: ignore[no-untyped-def]
    """Return by how many metres and seconds a drive is longer by way of a place."""
    come = _drive(inst, halves, vehicle, before, at)
    go = _drive(inst, halves, vehicle, at, after)
    straight = _drive(inst, halves, vehicle, before, after)
    return come[0] + go[0] - straight[0], come[1] + go[1] - straight[1]


@njit(cache=True, nogil=True)
def _too_far(inst, halves, vehicle, pickup, i, delivery, j):  # type: ignore[no-untyped-def]
    """Whether a route with an insertion is longer than its vehicle may go."""
    if inst.max_distance_m[vehicle] >= NEVER and inst.max_travel_s[vehicle] >= NEVER:
        return False
    stops = halves.stops[vehicle]
    metres = halves.metres[vehicle]
    seconds = halves.seconds[vehicle]
    before = _place_before(inst, halves, vehicle, j)
    if pickup >= 0:
        at = inst.task_location[pickup]
        begun = _place_before(inst, halves, vehicle, i)
        more = _longer(inst, halves, vehicle, begun, at, stops[i, h.STOP_PLACE])
        metres += more[0]
        seconds += more[1]
        before = at if i == j else before
    more = _longer(inst, halves, vehicle, before, inst.task_location[delivery], stops[j, h.STOP_PLACE])
    metres += more[0]
    seconds += more[1]
    return metres > inst.max_distance_m[vehicle] or seconds > inst.max_travel_s[vehicle]


@njit(cache=True, nogil=True)
def _best_pair(inst, state, halves, vehicle, request, delivery, begin, ceiling):  # type: ignore[no-untyped-def]
    """Return the least that pickup, from a position on, and one delivery add, and their positions.

    Where they add no less than the ceiling, the ceiling and -1.
    """
    count = state.stops[vehicle]
    stops = halves.stops[vehicle]
    comes = halves.ways[0]
    goes = halves.ways[1]
    least = halves.least
    loads = state.loads[vehicle]
    own_load = inst.load[request]
    capacity = inst.capacity[vehicle]
    spare_s = halves.spare_s[vehicle]
    spare_cost = halves.spare_cost[vehicle]
    pickup = inst.request_pickup[request]
    at = inst.task_location[pickup]
    to = inst.task_location[delivery]
    opens, closes = _window(inst, pickup)
    window = _window(inst, delivery)
    _metres, across_s, across_price = _drive(inst, halves, vehicle, at, to)
    work = handling_s(inst, vehicle, delivery) + (_setup_s(inst, vehicle, delivery) if at != to else 0)
    across_price += inst.cost_per_task_s[vehicle] * work
    least[count + 1] = c.DEAREST
    for j in range(count, begin - 1, -1):
        least[j] = min(least[j + 1], goes[j, h.WAY_ADDED])
    best = ceiling
    first = -1
    second = -1
    for i in range(begin, count + 1):
        come = comes[i]
        stop = stops[i]
        arrives = stop[h.STOP_READY] + come[h.WAY_COME_S]
        if (
            come[h.WAY_ADDED] == c.DEAREST
            or come[h.WAY_ADDED] >= best + spare_cost
            or arrives > closes
            or not _fits(loads, i, own_load, capacity)
        ):
            continue
        done = max(arrives, opens) + come[h.WAY_OWN_S]
        way = goes[i]
        added = come[h.WAY_COME_PRICE] + across_price + way[h.WAY_GO_PRICE]
        if (
            way[h.WAY_ADDED] != c.DEAREST
            and added < best
            and _in_time(done + across_s, window, work, way[h.WAY_GO_S], _latest(stop, to))
            and not _too_far(inst, halves, vehicle, pickup, i, delivery, i)
        ):
            best = added
            first = i
            second = i
        added = come[h.WAY_ADDED]
        arrives = done + come[h.WAY_GO_S]
        if i == count or added + least[i + 1] >= best or _is_late(arrives, stop, at, spare_s):
            continue
        done = max(arrives, stop[h.STOP_OPENS]) + stop[h.STOP_HANDLING]
        done += stop[h.STOP_SETUP] if at != stop[h.STOP_PLACE] else 0
        for j in range(i + 1, count + 1):
            if added + least[j] >= best or not _fits(loads, j, own_load, capacity):
                break
            stop = stops[j]
            way = goes[j]
            if (
                way[h.WAY_ADDED] != c.DEAREST
                and added + way[h.WAY_ADDED] < best
                and _in_time(
                    done + way[h.WAY_COME_S], window, way[h.WAY_OWN_S], way[h.WAY_GO_S], _latest(stop, to)
                )
                and not _too_far(inst, halves, vehicle, pickup, i, delivery, j)
            ):
                best = added + way[h.WAY_ADDED]
                first = i
                second = j
            arrives = done + stop[h.STOP_DRIVE_S]
            if j == count or _is_late(arrives, stop, stops[j - 1, h.STOP_PLACE], spare_s):
                break
            done = max(arrives, stop[h.STOP_OPENS]) + stop[h.STOP_HANDLING] + stop[h.STOP_PAID]
    return best, first, second


@njit(cache=True, nogil=True)
def _best_single(inst, state, halves, vehicle, request, delivery, ceiling):  # type: ignore[no-untyped-def]
    """Return the least that a request without a pickup adds, and its position, or the ceiling and -1."""
    low, high = positions(inst, request, state.loads[vehicle], state.stops[vehicle], inst.capacity[vehicle])
    to = inst.task_location[delivery]
    window = _window(inst, delivery)
    best = ceiling
    place = -1
    for j in range(low, high + 1):
        stop = halves.stops[vehicle, j]
        way = halves.ways[1, j]
        arrives = stop[h.STOP_READY] + way[h.WAY_COME_S]
        if (
            way[h.WAY_ADDED] != c.DEAREST
            and way[h.WAY_ADDED] < best
            and _in_time(arrives, window, way[h.WAY_OWN_S], way[h.WAY_GO_S], _latest(stop, to))
            and not _too_far(inst, halves, vehicle, np.int64(-1), j, delivery, j)
        ):
            best = way[h.WAY_ADDED]
            place = j
    return best, place, place


@njit(cache=True, nogil=True)
def cheapest_insertion(inst, state, halves, vehicle, request, ceiling):  # type: ignore[no-untyped-def]
    """Return what the cheapest insertion into a route adds, the positions of its two stops, and the delivery.

    Where none adds less than the ceiling, the ceiling and -1.
    """
    count = state.stops[vehicle]
    pickup = inst.request_pickup[request]
    first = -1
    second = -1
    chosen = -1
    if count + (2 if pickup >= 0 else 1) > inst.max_tasks[vehicle]:
        return ceiling, first, second, chosen
    _know(inst, state, halves, vehicle)
    # An unused vehicle costs nothing, not even its way to the end.
    fresh = inst.fixed_cost[vehicle] + halves.stops[vehicle, 0, h.STOP_PRICE] if count == 0 else np.int64(0)
    best = min(ceiling - fresh, np.int64(c.DEAREST))
    spare_cost = halves.spare_cost[vehicle]
    begin = np.int64(0)
    if pickup >= 0:
        if _fill_ways(inst, state, halves, vehicle, pickup, begin, halves.ways[0]) >= best + spare_cost:
            return ceiling, first, second, chosen
        while begin < count and halves.ways[0, begin, h.WAY_ADDED] >= best + spare_cost:
            begin += 1
    for option in range(inst.delivery_ptr[request], inst.delivery_ptr[request + 1]):
        delivery = inst.delivery_task[option]
        if state.cap_free.shape[0] > 0 and not takes(inst, delivery, request, state.cap_free):
            continue
        if _fill_ways(inst, state, halves, vehicle, delivery, begin, halves.ways[1]) >= best + spare_cost:
            continue
        if pickup >= 0:
            added, i, j = _best_pair(inst, state, halves, vehicle, request, delivery, begin, best)
        else:
            added, i, j = _best_single(inst, state, halves, vehicle, request, delivery, best)
        if j >= 0:
            best, first, second, chosen = added, i, j, delivery
    if chosen < 0:
        return ceiling, first, second, chosen
    return best + fresh, first, second, chosen


@njit(cache=True, nogil=True)
def simple_cost(inst, halves, vehicle, tasks, count):  # type: ignore[no-untyped-def]
    """Return the exact cost of a simple vehicle's route, ``codes.DEAREST`` if it is late or too long."""
    before = inst.start[vehicle]
    clock = inst.earliest_s[vehicle]
    total_m = np.int64(0)
    total_s = np.int64(0)
    worked_s = np.int64(0)
    cost = inst.fixed_cost[vehicle]
    for k in range(count + 1):
        here = place_after(inst, vehicle, tasks, count, k)
        metres, seconds, price = _drive(inst, halves, vehicle, before, here)
        cost += price
        total_m += metres
        total_s += seconds
        clock += seconds
        if k == count:
            break
        opens, closes = _window(inst, tasks[k])
        if clock > closes:
            return np.int64(c.DEAREST)
        work = handling_s(inst, vehicle, tasks[k])
        work += _setup_s(inst, vehicle, tasks[k]) if _begins_visit(inst, before, here, k) else 0
        worked_s += work
        clock = max(clock, opens) + work
        before = here
    if clock > inst.latest_s[vehicle]:
        return np.int64(c.DEAREST)
    if total_m > inst.max_distance_m[vehicle] or total_s > inst.max_travel_s[vehicle]:
        return np.int64(c.DEAREST)
    return cost + inst.cost_per_task_s[vehicle] * worked_s

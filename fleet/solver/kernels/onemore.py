"""One more stop at each position of a route: its drives, what it adds, and whether it may come in time."""

import numpy as np
from numba import njit

from fleet.solver.kernels import codes as c
from fleet.solver.kernels import halves as h
from fleet.solver.kernels.legs import leg, setup_s, window_after
from fleet.solver.kernels.slack import MOVED, SAME_PLACE, SAME_PLACE_OWING, drive_rates, handling_s, priced

PICKUP = 0
"""Row of the pickup; those after it are the deliveries'."""
NOWHERE = np.int64(-1)
"""In the place of a place: one where no task is."""


@njit(cache=True, nogil=True)
def _fill_room(inst, state, halves, vehicle, request):  # type: ignore[no-untyped-def]
    """Fill in whether the request may be beside what is on board after each number of stops."""
    count = state.stops[vehicle]
    own = inst.label[request]
    labels = state.labels[vehicle]
    loads = state.loads[vehicle]
    room = halves.has_room
    for k in range(count + 1):
        room[k] = own == 0 or labels[k] == 0 or labels[k] == own
    for q in range(loads.shape[1]):
        most = inst.capacity[vehicle, q] - inst.load[request, q]
        for k in range(count + 1):
            room[k] &= loads[k, q] <= most


@njit(cache=True, nogil=True)
def _handling_cost(inst, vehicle, t):  # type: ignore[no-untyped-def]
    """Return what the handling at a stop costs."""
    return handling_s(inst, vehicle, t) * (
        inst.cost_per_s[vehicle] + inst.cost_per_task_s[vehicle]
    )


@njit(cache=True, nogil=True)
def _visit_cost(inst, vehicle, t):  # type: ignore[no-untyped-def]
    """Return what set-up and stay of a visit for this task alone cost."""
    at = inst.task_location[t]
    seconds = inst.task_setup_s[inst.vehicle_type[vehicle], t]
    if inst.task_delivers[t] and at != inst.visit_location[vehicle]:
        seconds += inst.stay_s[at]
    return inst.cost_per_s[vehicle] * seconds


@njit(cache=True, nogil=True)
def drive_of(of):  # type: ignore[no-untyped-def]
    """Return metres, seconds and toll of a drive that an insertion would add."""
    return of[h.DRIVE_METRES], of[h.DRIVE_SECONDS], of[h.DRIVE_TOLL]


@njit(cache=True, nogil=True)
def _note_drive(of, drive, price):  # type: ignore[no-untyped-def]
    of[h.DRIVE_METRES], of[h.DRIVE_SECONDS], of[h.DRIVE_TOLL] = drive
    of[h.DRIVE_PRICE] = price


@njit(cache=True, nogil=True)
def added_by_stop(halves, vehicle, q, k):  # type: ignore[no-untyped-def]
    """Return what a pickup or a delivery alone adds before stop k: both drives less the one they replace."""
    come, go = halves.into[q, k, h.DRIVE_PRICE], halves.out_of[q, k, h.DRIVE_PRICE]
    return come + go - halves.straight[vehicle, k]


@njit(cache=True, nogil=True)
def least_work_cost(inst, state, halves, vehicle, t, after):  # type: ignore[no-untyped-def]
    """Return what a stop costs at least beside its drives, wherever a known route may come to it.

    With set-up and stay, unless the vehicle is at its place anyhow, or comes from there: from ``after``.
    """
    at = inst.task_location[t]
    may_share = (
        at == after
        or at == inst.start[vehicle]
        or at == inst.visit_location[vehicle]
        or halves.stops_at[vehicle, at] == state.version[vehicle]
    )
    work = _handling_cost(inst, vehicle, t)
    return work if may_share else work + _visit_cost(inst, vehicle, t)


@njit(cache=True, nogil=True)
def _fill_stop(inst, state, halves, vehicle, t, q, low, ceiling):  # type: ignore[no-untyped-def]
    """Fill in, from position ``low`` on, where one more stop may come, and the drives into it and out of it.

    It may where the request has room, the stop adds less than ``ceiling`` and is in time, as is what follows;
    a delivery gets its drive out wherever the pickup may be, too, to follow at once.
    """
    tasks = state.tasks[vehicle]
    count = state.stops[vehicle]
    known = halves.reached[vehicle]
    at = inst.task_location[t]
    # Arrays by their names: behind the handles they would be looked up anew at every position.
    task_location = inst.task_location
    side_by_side = halves.legs.shape[0] > 0
    legs = halves.legs[inst.speed_class[vehicle], at] if side_by_side else halves.legs[0, 0]
    into, out_of, excluded = halves.into[q], halves.out_of[q], halves.excluded[q]
    room, no_pickup, straight = halves.has_room, halves.excluded[PICKUP], halves.straight[vehicle]
    is_pickup = q == PICKUP
    is_on_board = inst.request_pickup[inst.task_request[t]] < 0
    rates = drive_rates(inst, vehicle)
    start, end = inst.start[vehicle], inst.end[vehicle]
    work = _handling_cost(inst, vehicle, t)
    visit = _visit_cost(inst, vehicle, t)
    halves.visit[q] = visit
    nothing = np.int64(0)
    for k in range(low, count + 1):
        excluded[k] = True
        may_come = is_on_board or room[k]
        may_follow = not (is_pickup or is_on_board or no_pickup[k])
        if not (may_come or may_follow):
            continue
        before = start if k == 0 else task_location[tasks[k - 1]]
        after = end if k == count else task_location[tasks[k]]
        if side_by_side and before >= 0 and after >= 0:
            come = np.int64(legs[before, 2]), np.int64(legs[before, 3]), nothing
            go = np.int64(legs[after, 0]), np.int64(legs[after, 1]), nothing
        else:
            come = leg(inst, vehicle, before, at)
            go = leg(inst, vehicle, at, after)
        go_price = priced(rates, go)
        if may_come:
            come_price = priced(rates, come) + work
            if at != before and (k == count or at != after):
                come_price += visit
            if come_price + go_price - straight[k] < ceiling and (
                k >= known
                or _is_in_time(inst, state, halves, vehicle, t, is_pickup, k, come[1], go[1])
            ):
                excluded[k] = False
                _note_drive(into[k], come, come_price)
        if may_follow or not excluded[k]:
            _note_drive(out_of[k], go, go_price)


@njit(cache=True, nogil=True)
def _is_in_time(inst, state, halves, vehicle, t, is_pickup, k, come_s, go_s):  # type: ignore[no-untyped-def]
    """Whether a stop before stop k may come in time for its windows and for what follows.

    Beside a pickup, the delivery may let the vehicle come sooner to what follows by what is to spare: a way
    round that is shorter, a set-up that is shared; where it is next at the place of stop k, that pays none.
    Beside a delivery, the pickup may let it come sooner to that.
    """
    at = inst.task_location[t]
    head = halves.heads[vehicle, k]
    tails = halves.tails[vehicle, k]
    before = head[h.HERE]
    moves = at != before
    owes = head[h.OWES] != 0
    clock = head[h.CLOCK] + come_s - (np.int64(0) if is_pickup else halves.ahead_s[vehicle])
    if moves and owes:
        clock += inst.stay_s[before]
    work = handling_s(inst, vehicle, t) + setup_s(inst, vehicle, before, t, k == 0)
    w = window_after(inst, t, clock, work)
    if w < 0:
        return False
    arrives = max(clock, inst.window_open[w]) + work + go_s
    owes = ((owes and not moves) or inst.task_delivers[t]) and at != inst.visit_location[vehicle]
    how = MOVED
    if k < state.stops[vehicle] and at == inst.task_location[state.tasks[vehicle, k]]:
        how = SAME_PLACE_OWING if owes else SAME_PLACE
    elif owes:
        arrives += inst.stay_s[at]
    if is_pickup and arrives <= tails[SAME_PLACE, h.TAIL_LATEST]:
        return True
    spare_s = halves.spare_s[vehicle] if is_pickup else np.int64(0)
    return arrives - spare_s <= tails[how, h.TAIL_LATEST]


@njit(cache=True, nogil=True)
def fill_pickup(inst, state, halves, vehicle, request, ceiling):  # type: ignore[no-untyped-def]
    """Fill in where the request has room, where its pickup may come, and what that adds there.

    Returns the first position where it may come, or -1, and the least that it adds.
    """
    pickup = inst.request_pickup[request]
    zero = np.int64(0)
    ceiling += halves.spare_cost[vehicle]
    _fill_room(inst, state, halves, vehicle, request)
    _fill_stop(inst, state, halves, vehicle, pickup, PICKUP, zero, ceiling)
    first = np.int64(-1)
    least = np.int64(c.DEAREST)
    for k in range(state.stops[vehicle], -1, -1):
        if not halves.excluded[PICKUP, k]:
            first = np.int64(k)
            least = min(least, added_by_stop(halves, vehicle, PICKUP, k))
    return first, least


@njit(cache=True, nogil=True)
def fill_deliveries(inst, state, halves, vehicle, request, low, ceiling):  # type: ignore[no-untyped-def]
    """Fill in what each delivery adds and, from position ``low`` on, where it may come and the least of all.

    Only one that adds less than ``ceiling`` may.
    """
    count = state.stops[vehicle]
    pickup = inst.request_pickup[request]
    loaded_at = inst.task_location[pickup] if pickup >= 0 else NOWHERE
    first = inst.delivery_ptr[request]
    least = halves.least
    least[low : count + 2] = c.DEAREST
    for q in range(1, 1 + inst.delivery_ptr[request + 1] - first):
        t = inst.delivery_task[first + q - 1]
        work = least_work_cost(inst, state, halves, vehicle, t, loaded_at)
        halves.skipped[q] = work - halves.crooked_cost[vehicle] >= ceiling
        if halves.skipped[q]:
            halves.excluded[q, low : count + 1] = True
            continue
        _fill_stop(inst, state, halves, vehicle, t, q, low, ceiling)
        for k in range(low, count + 1):
            if not halves.excluded[q, k]:
                least[k] = min(least[k], added_by_stop(halves, vehicle, q, k))
        if pickup >= 0:
            drive = leg(inst, vehicle, loaded_at, inst.task_location[t])
            price = priced(drive_rates(inst, vehicle), drive) + _handling_cost(inst, vehicle, t)
            _note_drive(halves.across[q], drive, price)
    # Up to a later position there has to be room: none beyond one without is reached.
    for k in range(count - 1, low - 1, -1):
        if pickup < 0 or halves.has_room[k]:
            least[k] = min(least[k], least[k + 1])

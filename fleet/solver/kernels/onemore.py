"""One more stop at each position of a route: its drives, what it adds, and whether it may come in time."""

import numpy as np
from numba import njit

from fleet.solver.kernels import codes as c
from fleet.solver.kernels import halves as h
from fleet.solver.kernels.legs import leg, setup_s, window_after
from fleet.solver.kernels.slack import (
    MOVED,
    SAME_PLACE,
    SAME_PLACE_OWING,
    drive_rates,
    handling_s,
    priced,
)

PICKUP = 0
"""Row of the pickup; those after it are the deliveries'."""


@njit(cache=True, nogil=True)
def fits(loads, k, own_load, capacity):  # type: ignore[no-untyped-def]
    """Whether a vehicle can carry a request's load beside what is on board after k stops."""
    enough = True
    for q in range(own_load.shape[0]):
        enough = enough and loads[k, q] + own_load[q] <= capacity[q]
    return enough


@njit(cache=True, nogil=True)
def _has_room(loads, labels, k, own_load, own_label, capacity):  # type: ignore[no-untyped-def]
    """Whether the request may be beside what is on board after k stops."""
    if own_label > 0 and labels[k] != 0 and labels[k] != own_label:
        return False
    return fits(loads, k, own_load, capacity)


@njit(cache=True, nogil=True)
def _handling_cost(inst, vehicle, t):  # type: ignore[no-untyped-def]
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
def _note_drive(of, drive, rates, more):  # type: ignore[no-untyped-def]
    of[h.DRIVE_METRES], of[h.DRIVE_SECONDS], of[h.DRIVE_TOLL] = drive
    of[h.DRIVE_PRICE] = priced(rates, drive) + more


@njit(cache=True, nogil=True)
def added_by_stop(halves, vehicle, q, k):  # type: ignore[no-untyped-def]
    """Return what a pickup or a delivery alone adds before stop k: both drives less the one they replace."""
    come, go = halves.into[q, k, h.DRIVE_PRICE], halves.out_of[q, k, h.DRIVE_PRICE]
    return come + go - halves.straight[vehicle, k]


@njit(cache=True, nogil=True)
def _fill_drives(inst, state, halves, vehicle, t, q):  # type: ignore[no-untyped-def]
    """Fill in the drives to one more stop and away from it at each position."""
    tasks = state.tasks[vehicle]
    count = state.stops[vehicle]
    side_by_side = halves.legs.shape[0] > 0
    rates = drive_rates(inst, vehicle)
    end = inst.end[vehicle]
    nothing = np.int64(0)
    at = inst.task_location[t]
    work = _handling_cost(inst, vehicle, t)
    visit = _visit_cost(inst, vehicle, t)
    halves.visit[q] = visit
    into = halves.into[q]
    out_of = halves.out_of[q]
    legs = halves.legs[inst.speed_class[vehicle], at] if side_by_side else halves.legs[0, 0]
    before = inst.start[vehicle]
    come = leg(inst, vehicle, before, at)
    for k in range(count + 1):
        after = end if k == count else inst.task_location[tasks[k]]
        of_its_own = at != before and (k == count or at != after)
        _note_drive(into[k], come, rates, work + visit if of_its_own else work)
        if side_by_side and after >= 0:
            there = legs[after]
            go = np.int64(there[0]), np.int64(there[1]), nothing
            come = np.int64(there[2]), np.int64(there[3]), nothing
        else:
            go = leg(inst, vehicle, at, after)
            come = leg(inst, vehicle, after, at)
        _note_drive(out_of[k], go, rates, nothing)
        before = after


@njit(cache=True, nogil=True)
def _exclude_dear(halves, vehicle, q, low, count, ceiling):  # type: ignore[no-untyped-def]
    """Fill in before which stops from ``low`` on one more adds too much; say whether before all of them."""
    wholly = True
    for k in range(low, count + 1):
        halves.excluded[q, k] = added_by_stop(halves, vehicle, q, k) >= ceiling
        wholly = wholly and halves.excluded[q, k]
    return wholly


@njit(cache=True, nogil=True)
def _comes_late(inst, state, halves, vehicle, t, q, k):  # type: ignore[no-untyped-def]
    """Whether a stop before stop k comes too late for its own windows or for what follows.

    Beside a pickup, the delivery may let the vehicle come sooner to what follows by what is to spare: a way
    round that is shorter, a set-up that is shared; where it is next at the place of stop k, that pays none.
    Beside a delivery, the pickup may let it come sooner to that.
    """
    head = halves.heads[vehicle, k]
    at = inst.task_location[t]
    before = head[h.HERE]
    moves = at != before
    clock = head[h.CLOCK] + halves.into[q, k, h.DRIVE_SECONDS]
    if moves and head[h.OWES] != 0:
        clock += inst.stay_s[before]
    if q != PICKUP:
        clock -= halves.ahead_s[vehicle]
    work = handling_s(inst, vehicle, t) + setup_s(inst, vehicle, before, t, k == 0)
    w = window_after(inst, t, clock, work)
    if w < 0:
        return True
    arrives = max(clock, inst.window_open[w]) + work + halves.out_of[q, k, h.DRIVE_SECONDS]
    owes = (head[h.OWES] != 0 and not moves) or inst.task_delivers[t]
    owes = owes and at != inst.visit_location[vehicle]
    how = MOVED
    if k < state.stops[vehicle] and at == inst.task_location[state.tasks[vehicle, k]]:
        how = SAME_PLACE_OWING if owes else SAME_PLACE
    elif owes:
        arrives += inst.stay_s[at]
    latest = halves.tails[vehicle, k, how, h.TAIL_LATEST]
    if q != PICKUP:
        return arrives > latest
    if arrives <= halves.tails[vehicle, k, SAME_PLACE, h.TAIL_LATEST]:
        return False
    return arrives - halves.spare_s[vehicle] > latest


@njit(cache=True, nogil=True)
def fill_pickup(inst, state, halves, vehicle, request, ceiling):  # type: ignore[no-untyped-def]
    """Fill in what a pickup adds at each position, where it may come, and where the request has room.

    Returns the first position where it may come, or -1, and the least that it adds.
    """
    count = state.stops[vehicle]
    pickup = inst.request_pickup[request]
    first = np.int64(-1)
    least = np.int64(c.DEAREST)
    _fill_drives(inst, state, halves, vehicle, pickup, PICKUP)
    if _exclude_dear(halves, vehicle, PICKUP, 0, count, ceiling + halves.spare_cost[vehicle]):
        return first, least
    for k in range(count, -1, -1):
        room = _has_room(
            state.loads[vehicle], state.labels[vehicle], k, inst.load[request], inst.label[request],
            inst.capacity[vehicle],
        )  # fmt: skip
        halves.has_room[k] = room
        if halves.excluded[PICKUP, k]:
            continue
        is_known = k < halves.reached[vehicle]
        if not room or (is_known and _comes_late(inst, state, halves, vehicle, pickup, PICKUP, k)):
            halves.excluded[PICKUP, k] = True
            continue
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
    first = inst.delivery_ptr[request]
    options = inst.delivery_ptr[request + 1] - first
    rates = drive_rates(inst, vehicle)
    for q in range(1, 1 + options):
        t = inst.delivery_task[first + q - 1]
        _fill_drives(inst, state, halves, vehicle, t, q)
        _exclude_dear(halves, vehicle, q, low, count, ceiling)
        for k in range(low, min(count + 1, halves.reached[vehicle])):
            if not halves.excluded[q, k] and _comes_late(inst, state, halves, vehicle, t, q, k):
                halves.excluded[q, k] = True
        if pickup >= 0:
            drive = leg(inst, vehicle, inst.task_location[pickup], inst.task_location[t])
            _note_drive(halves.across[q], drive, rates, _handling_cost(inst, vehicle, t))
    least = np.int64(c.DEAREST)
    halves.least[count + 1] = least
    for k in range(count, low - 1, -1):
        for q in range(1, 1 + options):
            if not halves.excluded[q, k]:
                least = min(least, added_by_stop(halves, vehicle, q, k))
        halves.least[k] = least

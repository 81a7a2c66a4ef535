"""A route that waits as little as it must: its times are sums, and no schedule of its stops costs less.

Without waiting a departure fixes every time, so that each window of a stop is one of departures. Where all of
them have one in common nothing waits. Where the last of their begins comes after the first of their ends the
route leaves at that end and waits for the difference, which no schedule avoids: one window a stop given, and
as long as nothing is on board for too long. What else there is is left to the chain.
"""

import numpy as np
from numba import njit

from fleet.solver.instance import NEVER
from fleet.solver.kernels import codes as c
from fleet.solver.kernels.arena import give_back, take, taken
from fleet.solver.kernels.layout import cost_of, work_at
from fleet.solver.kernels.legs import leg, place_after, window_after
from fleet.solver.kernels.slack import rest_ends_at

UNKNOWN = -1
"""Said of a route that breaks a rule of times, or knows other rules than these."""


@njit(cache=True, nogil=True)
def promptly(inst, vehicle, tasks, count, charging, loads, busy, cutoff, node_out, out):  # type: ignore[no-untyped-def]
    """Time a sequence with its recharges; return ``codes.OK``, ``codes.TOO_DEAR`` or ``UNKNOWN``.

    The rules that need no clock hold. What it finds costs what the best of all schedules does.
    """
    mark = taken(inst)
    rule = _timed(inst, vehicle, tasks, count, charging, loads, busy, cutoff, node_out, out)
    give_back(inst, mark)
    return rule


@njit(cache=True, nogil=True)
def bare_cost(inst, vehicle, tasks, count, charging, busy, rows, leaves_from, leaves_by, spare, out):  # type: ignore[no-untyped-def]
    """Return what a sequence costs without breaks, or ``UNKNOWN`` where it may have to wait.

    ``rows`` get the nodes, which begin so many seconds after the departure; ``leaves_from`` and ``leaves_by``
    when that may be for each; ``spare`` what :func:`rides_hold` fills in.
    """
    nodes = leaves_from.shape[0]
    if not _holds(inst, vehicle, tasks, count, charging, rows, leaves_from, leaves_by, spare):
        return np.int64(UNKNOWN)
    if _beside_others(nodes, rows, busy, np.max(leaves_from)) > np.min(leaves_by):
        return np.int64(UNKNOWN)
    return cost_of(inst, vehicle, rows, nodes, rows[nodes - 1, c.BEGIN], out)


@njit(cache=True, nogil=True)
def _timed(inst, vehicle, tasks, count, charging, loads, busy, cutoff, node_out, out):  # type: ignore[no-untyped-def]
    breaks = inst.break_ptr[vehicle + 1] - inst.break_ptr[vehicle]
    if breaks > 0 and inst.breaks_on_legs:
        return UNKNOWN
    nodes = count + charging.number[0] + 2
    leaves_from = take(inst, nodes)
    leaves_by = take(inst, nodes)
    spare = take(inst, nodes)
    if not _holds(inst, vehicle, tasks, count, charging, node_out, leaves_from, leaves_by, spare):
        return UNKNOWN
    leaves = np.max(leaves_from)
    latest = np.min(leaves_by)
    waits_s = max(leaves - latest, 0)
    spent_s = node_out[nodes - 1, c.BEGIN]
    ends_by = none_due_by(inst, vehicle, np.int64(0))
    # No schedule ends sooner than the one that leaves first.
    rests = leaves + spent_s > ends_by
    if rests and breaks > 1:
        return UNKNOWN
    if rests:
        spent_s += inst.break_duration_s[inst.break_ptr[vehicle]]
        # It may rest while it would have to wait.
        waits_s = np.int64(0)
    else:
        latest = min(latest, ends_by - spent_s)
    cost = cost_of(inst, vehicle, node_out, nodes, spent_s, out)
    if cost >= cutoff:
        return c.TOO_DEAR
    if rests:
        row, half, leaves, latest = _rest(
            inst, vehicle, nodes, loads, node_out, leaves_from, leaves_by, spare
        )
        if row < 0:
            return UNKNOWN
        waits_s = max(leaves - latest, 0)
        _enter_break(inst, vehicle, nodes, row, half, node_out)
        nodes += 1
    if waits_s > 0:
        if _have_several_windows(inst, tasks, count):
            return UNKNOWN
        cost += inst.cost_per_s[vehicle] * waits_s
        if cost >= cutoff:
            return c.TOO_DEAR
        if busy.since.shape[0] > 0:
            return UNKNOWN
        leaves = latest
        _enter_waits(inst, vehicle, nodes, node_out, leaves)
        if not rides_hold(inst, nodes, node_out, spare):
            return UNKNOWN
    else:
        leaves = _beside_others(nodes, node_out, busy, leaves)
        if leaves > latest:
            return UNKNOWN
        for k in range(nodes):
            node_out[k, c.BEGIN] += leaves
            node_out[k, c.ARRIVAL] = node_out[k, c.BEGIN]
    out[c.COST] = cost
    out[c.DEPARTURE] = leaves
    out[c.RETURN] = leaves + spent_s + waits_s
    out[c.NODES] = nodes
    out[c.BEST_M] = out[c.ROUTE_M]
    out[c.BEST_TRAVEL_S] = out[c.ROUTE_TRAVEL_S]
    return c.OK


@njit(cache=True, nogil=True)
def _have_several_windows(inst, tasks, count):  # type: ignore[no-untyped-def]
    """Whether any stop has more than one: to wait for another one may take less."""
    several = False
    for i in range(count):
        several = several or inst.window_ptr[tasks[i] + 1] - inst.window_ptr[tasks[i]] > 1
    return several


@njit(cache=True, nogil=True)
def waits_before(inst, before, there):  # type: ignore[no-untyped-def]
    """Whether waiting for a place is better done at the place before, where it takes no bay."""
    return there >= 0 and inst.bays[there] >= 0 and (before < 0 or inst.bays[before] < 0)


@njit(cache=True, nogil=True)
def _enter_waits(inst, vehicle, nodes, rows, leaves):  # type: ignore[no-untyped-def]
    """Fill in the times of a route that leaves then and begins everything as soon as it may."""
    rows[0, c.BEGIN] = leaves
    rows[0, c.ARRIVAL] = leaves
    clock = leaves
    for k in range(1, nodes):
        row = rows[k]
        before = rows[k - 1, c.LOCATION]
        there = row[c.LOCATION]
        clock += row[c.TRAVEL_S]
        begins = clock
        if row[c.KIND] == c.TASK:
            begins = max(clock, inst.window_open[inst.window_ptr[row[c.REF]]])
        elif row[c.KIND] == c.BREAK_NODE:
            begins = rest_ends_at(inst, vehicle, clock) - row[c.WORK]
        aside = k > 1 and waits_before(inst, before, there)
        row[c.ARRIVAL] = begins if there == before or aside else clock
        row[c.BEGIN] = begins
        clock = begins + row[c.SETUP] + row[c.WORK] + row[c.STAY]


@njit(cache=True, nogil=True)
def none_due_by(inst, vehicle, placed):  # type: ignore[no-untyped-def]
    """Return by when a route has to end that takes only so many of its breaks, the first ones."""
    by = NEVER
    for b in range(inst.break_ptr[vehicle] + placed, inst.break_ptr[vehicle + 1]):
        by = min(by, inst.break_close[inst.break_window_ptr[b + 1] - 1])
    return by


@njit(cache=True, nogil=True)
def _holds(inst, vehicle, tasks, count, charging, rows, leaves_from, leaves_by, spare):  # type: ignore[no-untyped-def]
    """Whether a sequence may hold, but for breaks and bays of others; fill in its nodes as if none waited.

    What is on board for too long then is so with waiting, too.
    """
    if inst.visit_location[vehicle] >= 0 or inst.departs_at_once[vehicle]:
        return False
    if not _fill_rows(inst, vehicle, tasks, count, charging, rows, leaves_from, leaves_by):
        return False
    return rides_hold(inst, leaves_from.shape[0], rows, spare)


@njit(cache=True, nogil=True)
def _fill_rows(inst, vehicle, tasks, count, charging, rows, leaves_from, leaves_by):  # type: ignore[no-untyped-def]
    """Fill in the nodes, and when the departure may be for each; say whether all are reached in time."""
    low = inst.earliest_s[vehicle]
    leaves_from[0] = low
    leaves_by[0] = inst.latest_s[vehicle]
    here = inst.start[vehicle]
    rows[0] = 0
    rows[0, c.KIND] = c.START
    rows[0, c.LOCATION] = here
    spent_s = np.int64(0)
    segment = np.int64(0)
    k = np.int64(0)
    for gap in range(count + 1):
        while segment < charging.number[0] and charging.gap[segment] == gap:
            k += 1
            row = rows[k]
            spent_s += _fill_drive(inst, vehicle, row, here, charging.at[segment])
            row[c.KIND] = c.RECHARGE
            row[c.REF] = charging.minutes[segment]
            row[c.BEGIN] = spent_s
            row[c.WORK] = 60 * charging.minutes[segment]
            spent_s += row[c.WORK]
            leaves_from[k] = -NEVER
            leaves_by[k] = NEVER
            here = charging.at[segment]
            segment += 1
        k += 1
        row = rows[k]
        there = place_after(inst, vehicle, tasks, count, gap)
        spent_s += _fill_drive(inst, vehicle, row, here, there)
        row[c.BEGIN] = spent_s
        here = there
        if gap == count:
            row[c.KIND] = c.END
            leaves_from[k] = -NEVER
            leaves_by[k] = inst.latest_s[vehicle] - spent_s
        else:
            row[c.KIND] = c.TASK
            row[c.REF] = tasks[gap]
            work_at(inst, vehicle, tasks, count, gap, row)
            length = row[c.SETUP] + row[c.WORK] + row[c.STAY]
            w = window_after(inst, tasks[gap], low + spent_s, length)
            if w < 0:
                return False
            leaves_from[k] = inst.window_open[w] - spent_s
            leaves_by[k] = min(inst.window_close[w], inst.window_finish[w] - length) - spent_s
            spent_s += length
        low = max(low, leaves_from[k])
        if low > leaves_by[k]:
            return False
    return True


@njit(cache=True, nogil=True)
def _fill_drive(inst, vehicle, row, here, there):  # type: ignore[no-untyped-def]
    """Fill in the drive into an empty node; return its seconds."""
    drive = leg(inst, vehicle, here, there)
    row[:] = 0
    row[c.LOCATION] = there
    row[c.DISTANCE_M] = drive[0]
    row[c.TRAVEL_S] = drive[1]
    return drive[1]


@njit(cache=True, nogil=True)
def rides_hold(inst, nodes, rows, spare):  # type: ignore[no-untyped-def]
    """Whether nothing is on board for too long; fill in how much longer the drive into each node may take.

    Nodes begin so many seconds after the departure, or at the times of a schedule.
    """
    spare[:] = NEVER
    for k in range(1, nodes - 1):
        if rows[k, c.KIND] != c.TASK:
            continue
        request = inst.task_request[rows[k, c.REF]]
        pickup = inst.request_pickup[request]
        if pickup == rows[k, c.REF] or inst.on_board_limit_s[request] >= NEVER:
            continue
        if pickup < 0:
            if inst.carried_by[request] >= 0:
                return False
            continue
        since = k - 1
        while rows[since, c.KIND] != c.TASK or rows[since, c.REF] != pickup:
            since -= 1
        loaded = rows[since, c.BEGIN] + rows[since, c.SETUP] + rows[since, c.WORK]
        left = inst.on_board_limit_s[request] - (rows[k, c.BEGIN] + rows[k, c.SETUP] - loaded)
        if left < 0:
            return False
        for between in range(since + 1, k + 1):
            spare[between] = min(spare[between], left)
    return True


@njit(cache=True, nogil=True)
def _rest(inst, vehicle, nodes, loads, rows, leaves_from, leaves_by, spare):  # type: ignore[no-untyped-def]
    """Find where the only break makes a route wait least, before a drive or after it.

    Returns the row of the drive, 0 or 1, and the first and the last departure, the first one later by what it
    waits; a row of -1 where there is no place. Of equal ones the first in the order of the slots of
    :mod:`layout` is found.
    """
    pause = inst.break_ptr[vehicle]
    rest_s = inst.break_duration_s[pause]
    following = take(inst, 2 * nodes).reshape(2, nodes)
    low = np.int64(-NEVER)
    high = np.int64(NEVER)
    for k in range(nodes - 1, 0, -1):
        low = max(low, leaves_from[k])
        high = min(high, leaves_by[k])
        following[0, k] = low - rest_s
        following[1, k] = high - rest_s
    low = leaves_from[0]
    high = leaves_by[0]
    least_s = np.int64(NEVER)
    found = (np.int64(-1), np.int64(0), low, low)
    gap = np.int64(0)
    before = rows[0, c.LOCATION]
    for k in range(1, nodes):
        recharges = rows[k, c.KIND] == c.RECHARGE
        after = rows[k, c.LOCATION]
        if spare[k] >= rest_s and may_rest(inst, pause, loads, gap):
            for half in range(2):
                stands = before >= 0 and rows[k - 1, c.KIND] != c.RECHARGE
                if half == 1:
                    stands = after >= 0 and after != before and not recharges
                if not stands:
                    continue
                begins = rows[k, c.BEGIN] - (rows[k, c.TRAVEL_S] if half == 0 else 0)
                for w in range(inst.break_window_ptr[pause], inst.break_window_ptr[pause + 1]):
                    rests_from = inst.break_open[w] - begins
                    rests_by = inst.break_close[w] - begins
                    if low > rests_by or max(low, rests_from) > following[1, k]:
                        continue
                    leaves = max(max(low, following[0, k]), rests_from)
                    latest = min(min(high, following[1, k]), rests_by)
                    if leaves - latest < least_s:
                        least_s = np.int64(max(leaves - latest, 0))
                        found = (np.int64(k), np.int64(half), leaves, latest)
                    if least_s == 0:
                        return found
        low = max(low, leaves_from[k])
        high = min(high, leaves_by[k])
        if not recharges:
            gap += 1
            before = after
    return found


@njit(cache=True, nogil=True)
def may_rest(inst, pause, loads, gap):  # type: ignore[no-untyped-def]
    """Whether what is on board on the way to stop ``gap`` allows a break there."""
    light = True
    for q in range(loads.shape[1]):
        light = light and loads[gap, q] <= inst.break_max_load[pause, q]
    return light


@njit(cache=True, nogil=True)
def _enter_break(inst, vehicle, nodes, row, half, rows):  # type: ignore[no-untyped-def]
    """Put the break before or after the drive into a row, and all that follows behind it."""
    rest_s = inst.break_duration_s[inst.break_ptr[vehicle]]
    for k in range(nodes - 1, row - 1, -1):
        rows[k + 1] = rows[k]
        rows[k + 1, c.BEGIN] += rest_s
    place = rows[row - 1 + half, c.LOCATION]
    begins = rows[row, c.BEGIN]
    if half == 0:
        begins -= rows[row, c.TRAVEL_S]
        rows[row] = 0
    else:
        metres, seconds = rows[row, c.DISTANCE_M], rows[row, c.TRAVEL_S]
        rows[row] = 0
        rows[row, c.DISTANCE_M] = metres
        rows[row, c.TRAVEL_S] = seconds
        rows[row + 1, c.DISTANCE_M] = 0
        rows[row + 1, c.TRAVEL_S] = 0
    rows[row, c.KIND] = c.BREAK_NODE
    rows[row, c.LOCATION] = place
    rows[row, c.BEGIN] = begins
    rows[row, c.WORK] = rest_s


@njit(cache=True, nogil=True)
def _beside_others(nodes, rows, busy, leaves):  # type: ignore[no-untyped-def]
    """Return the first departure, not before ``leaves``, with which it needs no bay while others take all."""
    moved = True
    while moved:
        moved = False
        first = np.int64(1)
        while first < nodes - 1:
            at = rows[first, c.LOCATION]
            last = first
            while last + 1 < nodes - 1 and rows[last + 1, c.LOCATION] == at:
                last += 1
            came = rows[first, c.BEGIN]
            left = rows[last, c.BEGIN] + rows[last, c.SETUP] + rows[last, c.WORK] + rows[last, c.STAY]
            for b in range(busy.ptr[at], busy.ptr[at + 1]):
                if leaves + came < busy.until[b] and leaves + left > busy.since[b]:
                    leaves = busy.until[b] - came
                    moved = True
            first = last + 1
    return leaves

"""Where a request may go into a route: every pair of positions in O(1), the cheapest bounds first.

Necessary conditions only: loads, labels, caps and windows hold, and no exact cost is below the bound.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from fleet.solver.instance import NEVER, Ints
from fleet.solver.kernels import codes as c
from fleet.solver.kernels import halves as h
from fleet.solver.kernels.known import busy_s, drive_into, head_at, know, tail_after
from fleet.solver.kernels.legs import setup_s
from fleet.solver.kernels.onemore import (
    NOWHERE,
    PICKUP,
    added_by_stop,
    drive_of,
    fill_deliveries,
    fill_pickup,
    least_work_cost,
)
from fleet.solver.kernels.slack import beginning, handling_s, joined_cost, step


@njit(cache=True, nogil=True)
def positions(inst, request, loads, count, capacity):  # type: ignore[no-untyped-def]
    """Return the first and the last position that leave room for a request without a pickup.

    Up to it the load that came along from the start is on board, from it on what the stop takes along.
    """
    low = 0
    high = count
    on_board = inst.carried_by[request] >= 0
    for q in range(capacity.shape[0]):
        for k in range(count + 1):
            if loads[k, q] + inst.take[request, q] - (inst.load[request, q] if on_board else 0) > capacity[q]:
                low = max(low, k + 1)
            if not on_board and k <= high and loads[k, q] + inst.load[request, q] > capacity[q]:
                high = k - 1
    return low, high


@njit(cache=True, nogil=True)
def takes(inst, task, request, cap_free):  # type: ignore[no-untyped-def]
    """Whether no cap of a delivery is exceeded by the request."""
    for q in range(2):
        cap = inst.task_cap[task, q]
        if cap >= 0 and inst.cap_use[request] > cap_free[cap]:
            return False
    return True


class ShortlistArrays(NamedTuple):
    """The insertions into one route with the smallest bounds, smallest first."""

    row: Ints
    """(size, 4) bound of the added cost, positions of pickup and delivery, delivery task"""
    number: Ints
    """(1,) how many there are"""


def room_for_shortlist(size: int) -> ShortlistArrays:
    """Return the arrays of an empty shortlist."""
    return ShortlistArrays(np.zeros((size, 4), np.int64), np.zeros(1, np.int64))


@njit(cache=True, nogil=True)
def _note(shortlist, bound, i, j, delivery):  # type: ignore[no-untyped-def]
    """Keep an insertion if it is among the best; ties keep the order in which they came."""
    size = shortlist.row.shape[0]
    n = shortlist.number[0]
    if n == size:
        if bound >= shortlist.row[size - 1, 0]:
            return
        n -= 1
    k = n
    while k > 0 and shortlist.row[k - 1, 0] > bound:
        for q in range(4):
            shortlist.row[k, q] = shortlist.row[k - 1, q]
        k -= 1
    shortlist.row[k, 0] = bound
    shortlist.row[k, 1] = i
    shortlist.row[k, 2] = j
    shortlist.row[k, 3] = delivery
    shortlist.number[0] = n + 1


@njit(cache=True, nogil=True)
def draw(shortlist, row, rng):  # type: ignore[no-untyped-def]
    """Let chance say which of the insertions with the bound of a row comes at this row."""
    rows = shortlist.row
    end = row + 1
    while end < shortlist.number[0] and rows[end, 0] == rows[row, 0]:
        end += 1
    if end == row + 1:
        return
    other = rng.integers(row, end)
    for q in range(4):
        rows[row, q], rows[other, q] = rows[other, q], rows[row, q]


@njit(cache=True, nogil=True)
def _handled_from(inst, vehicle, head, seconds, t, is_first):  # type: ignore[no-untyped-def]
    """Return the seconds of drives and work up to the handling at a stop, after a drive from ``head``."""
    busy = head.standing + head.under_way + seconds + setup_s(inst, vehicle, head.here, t, is_first)
    if head.owes and inst.task_location[t] != head.here:
        busy += inst.stay_s[head.here]
    return busy


@njit(cache=True, nogil=True)
def _reached_by(inst, halves, vehicle, tasks, i, j, head):  # type: ignore[no-untyped-def]
    """Return by how many seconds of drives and work stop j has to be reached for what is on board there."""
    spare = halves.spare[vehicle, j]
    if spare >= NEVER or j + 1 >= halves.reached[vehicle]:
        return np.int64(NEVER)
    work = handling_s(inst, vehicle, tasks[j]) + inst.task_setup_s[inst.vehicle_type[vehicle], tasks[j]]
    by = busy_s(halves, vehicle, j + 1) - work + spare
    if j > i:
        # What was picked up after the new request is not delayed by its pickup.
        by += max(0, head.standing + head.under_way - busy_s(halves, vehicle, j))
    return by


@njit(cache=True, nogil=True)
def _left_at(inst, vehicle, head, handled_from, t):  # type: ignore[no-untyped-def]
    """Return the seconds of drives and work up to where a delivery's place is left, its stay included."""
    at = inst.task_location[t]
    left = handled_from + handling_s(inst, vehicle, t)
    if ((head.owes and head.here == at) or inst.task_delivers[t]) and at != inst.visit_location[vehicle]:
        left += inst.stay_s[at]
    return left


@njit(cache=True, nogil=True)
def least_added(inst, state, halves, vehicle, request):  # type: ignore[no-untyped-def]
    """Return what no insertion of a request into a route adds less than, wherever it goes in.

    That is its work, with set-up and stay where the route does not stop yet, less what the route idles away
    and what crooked drives may save; for an unused vehicle what it costs to use it.
    """
    if state.stops[vehicle] == 0:
        return inst.fixed_cost[vehicle]
    know(inst, state, halves, vehicle)
    added = -halves.idle_cost[vehicle] - 2 * halves.crooked_cost[vehicle]
    pickup = inst.request_pickup[request]
    loaded_at = NOWHERE
    if pickup >= 0:
        loaded_at = inst.task_location[pickup]
        added += least_work_cost(inst, state, halves, vehicle, pickup, NOWHERE)
    least = np.int64(c.DEAREST)
    for option in range(inst.delivery_ptr[request], inst.delivery_ptr[request + 1]):
        delivery = inst.delivery_task[option]
        least = min(least, least_work_cost(inst, state, halves, vehicle, delivery, loaded_at))
    return added + least


@njit(cache=True, nogil=True)
def shortlist_insertions(inst, state, halves, vehicle, request, cutoff, shortlist):  # type: ignore[no-untyped-def]
    """List the insertions of a request into a vehicle's route that may add less than ``cutoff``."""
    shortlist.number[0] = 0
    count = state.stops[vehicle]
    pickup = inst.request_pickup[request]
    if count + (2 if pickup >= 0 else 1) > inst.max_tasks[vehicle]:
        return
    know(inst, state, halves, vehicle)
    cost = state.result[vehicle, c.COST]
    tasks = state.tasks[vehicle]
    first = inst.delivery_ptr[request]
    options = inst.delivery_ptr[request + 1] - first
    capped = state.cap_free.shape[0] > 0
    loads = state.loads[vehicle]
    own_load = inst.load[request]
    limit = inst.on_board_limit_s[request] if pickup >= 0 else NEVER
    own_g = own_load[inst.energy_load] if pickup >= 0 else 0
    relief_g = own_load[inst.energy_load] if inst.carried_by[request] >= 0 else 0
    size = shortlist.row.shape[0]
    # What is dearer by its own drives alone needs no closer look.
    idle = halves.idle_cost[vehicle]
    ceiling = cutoff + idle
    spare_cost = halves.spare_cost[vehicle]
    least_own = np.int64(0)
    high = count
    if pickup >= 0:
        low, least_own = fill_pickup(inst, state, halves, vehicle, request, ceiling)
        if low < 0:
            return
    else:
        low, high = positions(inst, request, loads, count, inst.capacity[vehicle])
    fill_deliveries(inst, state, halves, vehicle, request, low, ceiling - least_own)
    into = halves.into
    out_of = halves.out_of
    across = halves.across
    at_once = halves.at_once
    straight = halves.straight[vehicle]
    least = halves.least
    for i in range(low, min(count + 1, halves.reached[vehicle])):
        if pickup >= 0:
            if halves.excluded[PICKUP, i]:
                continue
            loading = into[PICKUP, i, h.DRIVE_PRICE] - straight[i]
            own = added_by_stop(halves, vehicle, PICKUP, i)
            if own - spare_cost >= ceiling:
                continue
            worth_a_look = own + least[i + 1] < ceiling
            for q in range(1, 1 + options):
                if halves.skipped[q]:
                    at_once[q] = c.DEAREST
                    continue
                at_once[q] = loading + across[q, h.DRIVE_PRICE] + out_of[q, i, h.DRIVE_PRICE]
                at = inst.task_location[inst.delivery_task[first + q - 1]]
                if at != inst.task_location[pickup] and (i == count or at != inst.task_location[tasks[i]]):
                    at_once[q] += halves.visit[q]
                worth_a_look = worth_a_look or at_once[q] < ceiling
        else:
            own = np.int64(0)
            worth_a_look = i <= high and least[i] < ceiling
        if not worth_a_look:
            continue
        head = head_at(halves, vehicle, i) if i > 0 else beginning(inst, vehicle)
        if pickup >= 0:
            grams = loads[i, inst.energy_load]
            head, in_time = step(inst, vehicle, head, drive_of(into[PICKUP, i]), pickup, i == 0, grams)
            if not in_time:
                continue
        loaded_s = head.standing + head.under_way
        for j in range(i, count + 1):
            if j > i:
                if pickup < 0 or not halves.has_room[j] or own + least[j] >= ceiling:
                    break
                grams = loads[j - 1, inst.energy_load] + own_g
                drive = drive_into(inst, halves, vehicle, tasks, j - 1)
                if j == i + 1:
                    drive = drive_of(out_of[PICKUP, i])
                head, in_time = step(inst, vehicle, head, drive, tasks[j - 1], False, grams)
                busy = head.standing + head.under_way
                if not in_time or busy - loaded_s > limit:
                    break
                if j == i + 1 and busy - busy_s(halves, vehicle, j) > halves.spare[vehicle, i]:
                    break
            grams = loads[j, inst.energy_load]
            reached_by = _reached_by(inst, halves, vehicle, tasks, i, j, head)
            following = inst.end[vehicle] if j == count else inst.task_location[tasks[j]]
            is_first = pickup < 0 and j == 0
            for q in range(1, 1 + options):
                delivery = inst.delivery_task[first + q - 1]
                added = at_once[q]
                if j > i or pickup < 0:
                    if halves.excluded[q, j]:
                        continue
                    added = own + added_by_stop(halves, vehicle, q, j)
                if added >= ceiling:
                    continue
                drive = drive_of(across[q]) if j == i and pickup >= 0 else drive_of(into[q, j])
                # Sums of drives and work rule out most, without a look at windows.
                handled_from = _handled_from(inst, vehicle, head, drive[1], delivery, is_first)
                if pickup >= 0 and handled_from - loaded_s > limit:
                    continue
                if reached_by < NEVER and inst.task_location[delivery] != following:
                    left = _left_at(inst, vehicle, head, handled_from, delivery)
                    if left + out_of[q, j, h.DRIVE_SECONDS] > reached_by:
                        continue
                if capped and not takes(inst, delivery, request, state.cap_free):
                    continue
                after, in_time = step(inst, vehicle, head, drive, delivery, is_first, grams + own_g)
                if not in_time:
                    continue
                tail = tail_after(inst, state, halves, vehicle, j, after)
                away = drive_of(out_of[q, j])
                bound = joined_cost(inst, vehicle, after, away, tail, grams, relief_g) - cost
                if bound < cutoff and (shortlist.number[0] < size or bound < shortlist.row[size - 1, 0]):
                    _note(shortlist, bound, i, j, delivery)
                    if shortlist.number[0] == size:
                        ceiling = min(ceiling, shortlist.row[size - 1, 0] + idle)

"""Where a request may go into a route: every pair of positions in O(1), the cheapest bounds first.

Necessary conditions only: loads, labels, caps and windows hold, and no exact cost is below the bound.
"""

from typing import NamedTuple

import numpy as np
from numba import njit, typeof, types
from numba.experimental import structref

from fleet.solver.instance import NEVER, Ints
from fleet.solver.kernels import codes as c
from fleet.solver.kernels.borrowed import borrowed
from fleet.solver.kernels.legs import leg, place_after, place_before
from fleet.solver.kernels.slack import SAME_PLACE, beginning, fill_tails, joined_cost, step


@njit(cache=True, nogil=True)
def _has_room(loads, labels, k, own_load, own_label, capacity):  # type: ignore[no-untyped-def]
    """Whether the request may be beside what is on board after k stops."""
    if own_label > 0 and labels[k] != 0 and labels[k] != own_label:
        return False
    fits = True
    for q in range(own_load.shape[0]):
        fits = fits and loads[k, q] + own_load[q] <= capacity[q]
    return fits


@njit(cache=True, nogil=True)
def _positions(inst, request, loads, count, capacity):  # type: ignore[no-untyped-def]
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
def _takes(inst, task, request, cap_free):  # type: ignore[no-untyped-def]
    """Whether no cap of a delivery is exceeded by the request."""
    for q in range(2):
        cap = inst.task_cap[task, q]
        if cap >= 0 and inst.cap_use[request] > cap_free[cap]:
            return False
    return True


class ShortlistArrays(NamedTuple):
    """The insertions with the smallest bounds, smallest first."""

    row: Ints
    """(size, 5) bound of the added cost, vehicle, positions of pickup and delivery, delivery task"""
    number: Ints
    """(1,) how many there are"""


def room_for_shortlist(size: int) -> ShortlistArrays:
    """Return the arrays of an empty shortlist."""
    return ShortlistArrays(np.zeros((size, 5), np.int64), np.zeros(1, np.int64))


@structref.register
class ShortlistType(types.StructRef):  # type: ignore[misc]
    """The compiler's type of a shortlist."""


class Shortlist(structref.StructRefProxy):  # type: ignore[misc]
    """A handle on a shortlist inside the kernels' memory: the fields of :class:`ShortlistArrays`."""


structref.define_boxing(ShortlistType, Shortlist)

SHORTLIST = ShortlistType([(name, typeof(array)) for name, array in room_for_shortlist(1)._asdict().items()])


@njit(cache=True, nogil=True)
def shortlist_of(arrays):  # type: ignore[no-untyped-def]
    """Return the shortlist that works on these arrays."""
    shortlist = structref.new(SHORTLIST)
    shortlist.row = borrowed(arrays.row)
    shortlist.number = borrowed(arrays.number)
    return shortlist


@njit(cache=True, nogil=True)
def _note(shortlist, bound, vehicle, i, j, delivery):  # type: ignore[no-untyped-def]
    """Keep an insertion if it is among the best; ties keep the order in which they came."""
    size = shortlist.row.shape[0]
    n = shortlist.number[0]
    if n == size:
        if bound >= shortlist.row[size - 1, 0]:
            return
        n -= 1
    k = n
    while k > 0 and shortlist.row[k - 1, 0] > bound:
        for q in range(5):
            shortlist.row[k, q] = shortlist.row[k - 1, q]
        k -= 1
    shortlist.row[k, 0] = bound
    shortlist.row[k, 1] = vehicle
    shortlist.row[k, 2] = i
    shortlist.row[k, 3] = j
    shortlist.row[k, 4] = delivery
    shortlist.number[0] = n + 1


@njit(cache=True, nogil=True)
def _detour(inst, vehicle, tasks, count, k, t):  # type: ignore[no-untyped-def]
    """Return the least that a task before stop k adds for its drives and its handling."""
    here = place_before(inst, vehicle, tasks, k)
    there = place_after(inst, vehicle, tasks, count, k)
    at = inst.task_location[t]
    into = leg(inst, vehicle, here, at)
    out_of = leg(inst, vehicle, at, there)
    straight = leg(inst, vehicle, here, there)
    seconds = into[1] + out_of[1] - straight[1]
    handling_s = inst.task_handling_s[inst.vehicle_type[vehicle], t]
    return (
        inst.cost_per_m[vehicle] * (into[0] + out_of[0] - straight[0])
        + inst.cost_per_travel_s[vehicle] * seconds
        + inst.cost_per_s[vehicle] * (seconds + handling_s)
        + inst.cost_per_task_s[vehicle] * handling_s
        + into[2] + out_of[2] - straight[2]
    )


@njit(cache=True, nogil=True)
def _fill_detours(inst, vehicle, tasks, count, request, scratch):  # type: ignore[no-untyped-def]
    """Fill what each alternative delivery adds at each position by itself."""
    first = inst.delivery_ptr[request]
    last = inst.delivery_ptr[request + 1]
    scratch.nearest[count + 1] = c.DEAREST
    for j in range(count, -1, -1):
        least = scratch.nearest[j + 1]
        for option in range(first, last):
            adds = _detour(inst, vehicle, tasks, count, j, inst.delivery_task[option])
            scratch.detour[j, option - first] = adds
            least = min(least, adds)
        scratch.nearest[j] = least


@njit(cache=True, nogil=True)
def _idle_cost(inst, vehicle, tasks, count, cost, rest):  # type: ignore[no-untyped-def]
    """Return how much of a route's cost its drives and handlings do not explain: more stops may use it up."""
    if count == 0:
        return cost - inst.fixed_cost[vehicle]
    metres, seconds, extra = leg(inst, vehicle, inst.start[vehicle], inst.task_location[tasks[0]])
    under_way = seconds + rest.under_way[0]
    return cost - (
        inst.fixed_cost[vehicle]
        + inst.cost_per_m[vehicle] * (metres + rest.metres[0])
        + inst.cost_per_travel_s[vehicle] * under_way
        + inst.cost_per_s[vehicle] * (under_way + rest.standing[0, SAME_PLACE])
        + inst.cost_per_task_s[vehicle] * rest.standing[0, SAME_PLACE]
        + extra + rest.extra[0]
    )


@njit(cache=True, nogil=True)
def shortlist_insertions(inst, state, vehicle, request, cap_free, cutoff, scratch, shortlist):  # type: ignore[no-untyped-def]
    """Add the insertions of a request into a vehicle's route that may add less than ``cutoff``.

    ``cap_free`` is what is left of each cap beside all routes, this one included.
    """
    tasks = state.tasks[vehicle]
    count = state.stops[vehicle]
    cost = state.result[vehicle, c.COST]
    pickup = inst.request_pickup[request]
    if count + (2 if pickup >= 0 else 1) > inst.max_tasks[vehicle]:
        return
    first = inst.delivery_ptr[request]
    last = inst.delivery_ptr[request + 1]
    delivery_task = inst.delivery_task
    capped = cap_free.shape[0] > 0
    loads = state.loads[vehicle]
    labels = state.labels[vehicle]
    own_load = inst.load[request]
    own_label = inst.label[request]
    capacity = inst.capacity[vehicle]
    fill_tails(inst, vehicle, tasks, count, loads, scratch)
    limit = inst.on_board_limit_s[request] if pickup >= 0 else NEVER
    own_g = own_load[inst.energy_load] if pickup >= 0 else 0
    relief_g = own_load[inst.energy_load] if inst.carried_by[request] >= 0 else 0
    low, high = (0, count) if pickup >= 0 else _positions(inst, request, loads, count, capacity)
    size = shortlist.row.shape[0]
    base = beginning(inst, vehicle)
    _fill_detours(inst, vehicle, tasks, count, request, scratch)
    # What is dearer by its own drives alone needs no closer look; an empty route has none to compare with.
    idle = _idle_cost(inst, vehicle, tasks, count, cost, scratch)
    ceiling = cutoff + idle
    for i in range(count + 1):
        here_g = loads[i, inst.energy_load]
        if pickup >= 0:
            head, fits = step(inst, vehicle, base, pickup, i == 0, here_g)
        else:
            head, fits = base, True
        loaded_s = head.standing + head.under_way
        if shortlist.number[0] == size:
            ceiling = min(ceiling, shortlist.row[size - 1, 0] + idle)
        own = _detour(inst, vehicle, tasks, count, i, pickup) if pickup >= 0 and count > 0 else 0
        if pickup < 0:
            has_room = low <= i <= high
        else:
            has_room = _has_room(loads, labels, i, own_load, own_label, capacity)
        if fits and has_room:
            for j in range(i, count + 1):
                if j > i:
                    if own + scratch.nearest[j] >= ceiling:
                        break
                    if pickup < 0 or not _has_room(loads, labels, j, own_load, own_label, capacity):
                        break
                    grams = loads[j - 1, inst.energy_load] + own_g
                    head, fits = step(inst, vehicle, head, tasks[j - 1], False, grams)
                    if not fits or head.standing + head.under_way - loaded_s > limit:
                        break
                grams = loads[j, inst.energy_load]
                for option in range(first, last):
                    delivery = delivery_task[option]
                    if (j > i or pickup < 0) and own + scratch.detour[j, option - first] >= ceiling:
                        continue
                    if capped and not _takes(inst, delivery, request, cap_free):
                        continue
                    after, fits = step(
                        inst, vehicle, head, delivery, pickup < 0 and j == 0, grams + own_g
                    )
                    if not fits:
                        continue
                    bound = joined_cost(
                        inst, vehicle, tasks, count, after, j, scratch, grams, relief_g
                    ) - cost
                    if bound < cutoff and (
                        shortlist.number[0] < size or bound < shortlist.row[size - 1, 0]
                    ):
                        _note(shortlist, bound, vehicle, i, j, delivery)
        if i == count:
            break
        base, fits = step(inst, vehicle, base, tasks[i], i == 0, here_g)
        if not fits:
            break

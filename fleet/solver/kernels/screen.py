"""A quick look at a sequence: necessary conditions only, in one pass, before it is evaluated exactly."""

from numba import njit

from fleet.solver.instance import NEVER
from fleet.solver.kernels.legs import leg, place_after, place_before

PASSED = 1 << 30


@njit(cache=True, nogil=True)
def screen(inst, vehicle, tasks, count):  # type: ignore[no-untyped-def]
    """Return ``PASSED``, or the index of the stop (``count``: the end) that comes too late; and a least cost.

    No placing of breaks and recharges makes the route cheaper than the least cost: it counts the waiting that
    a later departure cannot save (Savelsbergh's forward slack, each stop's windows as one) and the breaks
    that are due in any case.
    """
    kind = inst.vehicle_type[vehicle]
    visit = inst.visit_location[vehicle]
    clock = inst.earliest_s[vehicle]
    relaxed = clock
    waiting = 0
    slack = 0 if inst.departs_at_once[vehicle] else NEVER
    metres = 0
    extra = 0
    under_way = 0
    standing = 0
    owes_stay = False
    here = inst.start[vehicle]
    for gap in range(count + 1):
        there = place_after(inst, vehicle, tasks, count, gap)
        before = place_before(inst, vehicle, tasks, gap)
        metres_of_leg, seconds, extra_of_leg = leg(inst, vehicle, before, there)
        moves = there != here
        if moves and owes_stay:
            clock += inst.stay_s[here]
            relaxed += inst.stay_s[here]
            standing += inst.stay_s[here]
            owes_stay = False
        metres += metres_of_leg
        extra += extra_of_leg
        under_way += seconds
        clock += seconds
        relaxed += seconds
        if gap == count:
            break
        t = tasks[gap]
        first, last = inst.window_ptr[t], inst.window_ptr[t + 1]
        fits = False
        for w in range(first, last):
            if clock <= inst.window_close[w]:
                clock = max(clock, inst.window_open[w])
                fits = True
                break
        if not fits:
            return gap, 0
        if relaxed < inst.window_open[first]:
            waiting += inst.window_open[first] - relaxed
            relaxed = inst.window_open[first]
        slack = min(slack, waiting + inst.window_close[last - 1] - relaxed)
        work = inst.task_handling_s[kind, t]
        if (moves or (gap == 0 and inst.setup_at_start)) and not (gap == 0 and there == visit):
            work += inst.task_setup_s[kind, t]
        clock += work
        relaxed += work
        standing += work
        owes_stay = (owes_stay or inst.task_delivers[t]) and there != visit
        here = there
    if owes_stay:
        clock += inst.stay_s[here]
        relaxed += inst.stay_s[here]
        standing += inst.stay_s[here]
    if clock > inst.latest_s[vehicle]:
        return count, 0
    busy = under_way + standing
    for b in range(inst.break_ptr[vehicle], inst.break_ptr[vehicle + 1]):
        if inst.break_close[inst.break_window_ptr[b + 1] - 1] < clock:
            busy += inst.break_duration_s[b]
    duration = max(busy, relaxed - inst.earliest_s[vehicle] - min(slack, waiting))
    least = (
        inst.fixed_cost[vehicle]
        + inst.cost_per_m[vehicle] * metres
        + inst.cost_per_s[vehicle] * duration
        + inst.cost_per_travel_s[vehicle] * under_way
        + extra
    )
    return PASSED, least


@njit(cache=True, nogil=True)
def overloaded(inst, vehicle, tasks, count):  # type: ignore[no-untyped-def]
    """Whether a load dimension is exceeded after some stop."""
    for q in range(inst.capacity.shape[1]):
        load = inst.carried_load[vehicle, q]
        for i in range(count):
            r = inst.task_request[tasks[i]]
            if inst.request_pickup[r] < 0 and inst.carried_by[r] < 0:
                load += inst.load[r, q]
        if load > inst.capacity[vehicle, q]:
            return True
        for i in range(count):
            r = inst.task_request[tasks[i]]
            if inst.request_pickup[r] == tasks[i]:
                load += inst.load[r, q]
            else:
                load += inst.take[r, q] - inst.load[r, q]
            if load > inst.capacity[vehicle, q]:
                return True
    return False

"""A quick look at a sequence: necessary conditions only, in one pass, before it is evaluated exactly."""

from numba import njit

from fleet.solver.kernels.legs import leg, place_after, place_before

PASSED = 1 << 30
TOO_DEAR = -1


@njit(cache=True, nogil=True)
def screen(inst, vehicle, tasks, count, cutoff):  # type: ignore[no-untyped-def]
    """Return ``PASSED``, ``TOO_DEAR``, or the index of the stop (``count``: the end) that comes too late."""
    kind = inst.vehicle_type[vehicle]
    visit = inst.visit_location[vehicle]
    clock = inst.earliest_s[vehicle]
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
            standing += inst.stay_s[here]
            owes_stay = False
        metres += metres_of_leg
        extra += extra_of_leg
        under_way += seconds
        clock += seconds
        if gap == count:
            break
        t = tasks[gap]
        fits = False
        for w in range(inst.window_ptr[t], inst.window_ptr[t + 1]):
            if clock <= inst.window_close[w]:
                clock = max(clock, inst.window_open[w])
                fits = True
                break
        if not fits:
            return gap
        work = inst.task_handling_s[kind, t]
        if (moves or (gap == 0 and inst.setup_at_start)) and not (gap == 0 and there == visit):
            work += inst.task_setup_s[kind, t]
        clock += work
        standing += work
        owes_stay = (owes_stay or inst.task_delivers[t]) and there != visit
        here = there
    if owes_stay:
        clock += inst.stay_s[here]
        standing += inst.stay_s[here]
    if clock > inst.latest_s[vehicle]:
        return count
    least = (
        inst.fixed_cost[vehicle]
        + inst.cost_per_m[vehicle] * metres
        + inst.cost_per_s[vehicle] * (under_way + standing)
        + inst.cost_per_travel_s[vehicle] * under_way
        + extra
    )
    return TOO_DEAR if least >= cutoff else PASSED


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

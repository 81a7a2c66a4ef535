"""Evaluation of one route: all rules of one vehicle, its breaks and recharges placed, its times exact."""

import numpy as np
from numba import njit

from fleet.solver.instance import NEVER
from fleet.solver.kernels import codes as c
from fleet.solver.kernels.chain import earliest, latest, shortest, spent
from fleet.solver.kernels.energy import missing_wh, no_charging
from fleet.solver.kernels.layout import empty_chain, lay_out
from fleet.solver.kernels.legs import clockless, leg, place_after, place_before

MOST_BREAK_PLACINGS = 20_000


@njit(cache=True, nogil=True)
def _blame(m, chain, busy, out):  # type: ignore[no-untyped-def]
    """Say which rule a chain without feasible times breaks first, and by how many seconds."""
    x = np.full(m, -NEVER)
    arrive = np.full(m, -NEVER)
    rule = c.BAY
    failed = earliest(m, x, arrive, chain, busy, False, False)
    if failed >= 0:
        rule = c.SHIFT if chain.node[failed, c.KIND] == c.END or failed == 0 else c.WINDOW
        if chain.node[failed, c.KIND] == c.BREAK_NODE:
            rule = c.BREAK
        ready = x[0]
        if failed > 0:
            ready = x[failed - 1] + spent(chain, failed - 1) + chain.node[failed, c.TRAVEL_S]
        last = chain.ptr[failed + 1]
        out[c.AMOUNT] = ready - chain.high[last - 1] if last > chain.ptr[failed] else NEVER
    else:
        x[:] = -NEVER
        arrive[:] = -NEVER
        failed = earliest(m, x, arrive, chain, busy, True, False)
        if failed >= 0:
            rule = c.ON_BOARD
    is_task = failed >= 0 and chain.node[failed, c.KIND] == c.TASK
    out[c.DETAIL] = chain.node[failed, c.REF] if is_task else -1
    return rule


@njit(cache=True, nogil=True)
def _cost(inst, vehicle, chain, m, x, out):  # type: ignore[no-untyped-def]
    """Return the micro-yuan of a timed chain; note its metres and seconds under way."""
    metres = 0
    seconds = 0
    work = 0
    extra = 0
    here = chain.node[0, c.LOCATION]
    for k in range(1, m):
        metres += chain.node[k, c.DISTANCE_M]
        seconds += chain.node[k, c.TRAVEL_S]
        if chain.node[k, c.KIND] == c.TASK:
            work += chain.node[k, c.SETUP] + chain.node[k, c.WORK]
        if chain.node[k, c.LOCATION] >= 0:
            extra += leg(inst, vehicle, here, chain.node[k, c.LOCATION])[2]
            here = chain.node[k, c.LOCATION]
    out[c.ROUTE_M] = metres
    out[c.ROUTE_TRAVEL_S] = seconds
    return (
        inst.fixed_cost[vehicle]
        + inst.cost_per_m[vehicle] * metres
        + inst.cost_per_s[vehicle] * (x[m - 1] - x[0])
        + inst.cost_per_travel_s[vehicle] * seconds
        + inst.cost_per_task_s[vehicle] * work
        + extra
    )


@njit(cache=True, nogil=True)
def _next_placing(slots, taken, last):  # type: ignore[no-untyped-def]
    """Step to the next placing of breaks in which slots never fall; False after the last one."""
    b = taken - 1
    while b >= 0 and slots[b] == last:
        b -= 1
    if b < 0:
        return False
    slots[b:taken] = slots[b] + 1
    return True


@njit(cache=True, nogil=True)
def _usable(inst, vehicle, tasks, count, slots, taken):  # type: ignore[no-untyped-def]
    """Whether every break stands somewhere; the same place before and after a drive is one choice."""
    if inst.breaks_on_legs:
        return True
    for b in range(taken):
        gap = slots[b] // 2
        before = place_before(inst, vehicle, tasks, gap)
        after = place_after(inst, vehicle, tasks, count, gap)
        if slots[b] % 2 == 0:
            if before < 0:
                return False
        elif after < 0 or after == before:
            return False
    return True


@njit(cache=True, nogil=True)
def _room(inst, vehicle, tasks, count, charges, breaks):  # type: ignore[no-untyped-def]
    """Return an empty chain that is large enough."""
    size = count + charges + breaks + 2
    spans = size
    for i in range(count):
        spans += inst.window_ptr[tasks[i] + 1] - inst.window_ptr[tasks[i]]
    for b in range(inst.break_ptr[vehicle], inst.break_ptr[vehicle + 1]):
        spans += inst.break_window_ptr[b + 1] - inst.break_window_ptr[b]
    return empty_chain(size, spans)


@njit(cache=True, nogil=True)
def _is_busy(inst, tasks, count, charging, busy):  # type: ignore[no-untyped-def]
    """Whether any place of the route has bays that others take."""
    for i in range(count):
        loc = inst.task_location[tasks[i]]
        if busy.ptr[loc] < busy.ptr[loc + 1]:
            return True
    for q in range(charging.number[0]):
        loc = charging.at[q]
        if busy.ptr[loc] < busy.ptr[loc + 1]:
            return True
    return False


@njit(cache=True, nogil=True)
def _waits_before(inst, chain, k):  # type: ignore[no-untyped-def]
    """Whether waiting for node k is better done at the place before, where it takes no bay."""
    there = chain.place[k]
    before = chain.place[k - 1]
    return there >= 0 and inst.bays[there] >= 0 and (before < 0 or inst.bays[before] < 0)


@njit(cache=True, nogil=True)
def _with_breaks(inst, vehicle, tasks, count, charging, loads, busy, cutoff, node_out, out):  # type: ignore[no-untyped-def]
    """Place the breaks in every order-keeping way; keep the cheapest; return a rule code."""
    breaks = inst.break_ptr[vehicle + 1] - inst.break_ptr[vehicle]
    chain = _room(inst, vehicle, tasks, count, charging.number[0], breaks)
    x = np.empty(chain.node.shape[0], np.int64)
    arrive = np.empty(chain.node.shape[0], np.int64)
    slots = np.zeros(breaks + 1, np.int64)
    is_busy = _is_busy(inst, tasks, count, charging, busy)
    worst = 0
    best_cost = cutoff
    found = False
    tried = 0
    bound_cost = 0
    bound_s = 0
    least_s = 0
    # Without any break first: that bounds the cost from below and names rules that breaks have no part in.
    # Then with the last ``skipped`` breaks left out, which are not due when the route has ended by the
    # latest start of each of them.
    for skipped in range(breaks + 1 if breaks > 0 else 0, -1, -1):
        bound_only = skipped > breaks
        taken = 0 if bound_only else breaks - skipped
        ends_by = NEVER
        if not bound_only:
            for b in range(inst.break_ptr[vehicle] + taken, inst.break_ptr[vehicle + 1]):
                ends_by = min(ends_by, inst.break_close[inst.break_window_ptr[b + 1] - 1])
        if inst.breaks_on_legs and 0 < skipped <= breaks:
            continue
        slots[:] = 0
        rest_s = 0
        for b in range(inst.break_ptr[vehicle], inst.break_ptr[vehicle] + taken):
            rest_s += inst.break_duration_s[b]
        # No placing of these breaks is cheaper than this one: no more waiting than without them.
        ideal = bound_cost + inst.cost_per_s[vehicle] * max(0, least_s + rest_s - bound_s)
        if not bound_only and ideal >= best_cost:
            worst = max(worst, c.TOO_DEAR)
            continue
        while tried < MOST_BREAK_PLACINGS:
            tried += 1
            rule = c.OK
            m = 0
            if _usable(inst, vehicle, tasks, count, slots, taken):
                m = lay_out(inst, vehicle, tasks, count, charging, slots, taken, loads, chain, ends_by)
            if m < 0:
                rule = -m
            elif m > 0:
                x[:] = -NEVER
                arrive[:] = -NEVER
                if shortest(m, x, arrive, chain, busy, is_busy or chain.ptr[m] > m) >= 0:
                    rule = _blame(m, chain, busy, out)
                    if bound_only:
                        return rule
                    if ends_by < NEVER and rule == c.SHIFT:
                        rule = c.BREAK
                else:
                    cost = _cost(inst, vehicle, chain, m, x, out)
                    if cost >= best_cost:
                        rule = c.TOO_DEAR
                        if bound_only:
                            return rule
                    elif bound_only:
                        bound_cost = cost
                        bound_s = x[m - 1] - x[0]
                        for k in range(m):
                            least_s += chain.node[k, c.TRAVEL_S] + spent(chain, k)
                    else:
                        best_cost = cost
                        found = True
                        node_out[:m] = chain.node[:m]
                        for k in range(m):
                            node_out[k, c.BEGIN] = x[k]
                            node_out[k, c.ARRIVAL] = arrive[k] if chain.lead[k] == 1 else x[k]
                            if k > 1 and _waits_before(inst, chain, k):
                                node_out[k, c.ARRIVAL] = x[k]
                        out[c.COST] = cost
                        out[c.DEPARTURE] = x[0]
                        out[c.RETURN] = x[m - 1]
                        out[c.NODES] = m
                        out[c.BEST_M] = out[c.ROUTE_M]
                        out[c.BEST_TRAVEL_S] = out[c.ROUTE_TRAVEL_S]
            worst = max(worst, rule)
            if found and best_cost <= ideal:
                break
            if not _next_placing(slots, taken, count if inst.breaks_on_legs else 2 * count + 1):
                break
    return c.OK if found else worst


@njit(cache=True, nogil=True)
def _stands(inst, vehicle, tasks, count, charging):  # type: ignore[no-untyped-def]
    """Whether the recharges are at gaps where a drive to them makes sense."""
    for q in range(charging.number[0]):
        gap = charging.gap[q]
        before = place_before(inst, vehicle, tasks, gap)
        after = place_after(inst, vehicle, tasks, count, gap)
        # A detour out of a visit and back would have to reopen its bay: not offered.
        if before == after and 0 < gap < count and charging.at[q] != before:
            return False
        if (gap == 0 and before < 0) or (gap == count and after < 0 and charging.at[q] != before):
            return False
    return True


@njit(cache=True, nogil=True)
def _set(charging, number, option, chargers):  # type: ignore[no-untyped-def]
    """Put a recharge at an option, which stands for a gap and a charger."""
    charging.gap[number] = option // chargers.shape[0]
    charging.at[number] = chargers[option % chargers.shape[0]]


@njit(cache=True, nogil=True)
def _in_time(inst, vehicle, tasks, count, chargers, loads, busy, fits):  # type: ignore[no-untyped-def]
    """Mark the options whose detour alone leaves every stop and the end in time."""
    charging = no_charging()
    chain = _room(inst, vehicle, tasks, count, 0, 0)
    slots = np.zeros(1, np.int64)
    m = lay_out(inst, vehicle, tasks, count, charging, slots, 0, loads, chain, NEVER)
    soon = np.full((2, m), -NEVER)
    late = np.full((2, m), NEVER)
    if earliest(m, soon[0], soon[1], chain, busy, True, False) >= 0:
        return
    late[0, m - 1] = inst.latest_s[vehicle]
    latest(m, late[0], late[1], chain, busy)
    charging.number[0] = 1
    for option in range(fits.shape[0]):
        _set(charging, 0, option, chargers)
        if not _stands(inst, vehicle, tasks, count, charging):
            continue
        gap = charging.gap[0]
        before = place_before(inst, vehicle, tasks, gap)
        after = place_after(inst, vehicle, tasks, count, gap)
        there = leg(inst, vehicle, before, charging.at[0])[1]
        on = leg(inst, vehicle, charging.at[0], after)[1]
        fits[option] = soon[0, gap] + spent(chain, gap) + there + 60 + on <= late[0, gap + 1]


@njit(cache=True, nogil=True)
def _with_recharges(inst, vehicle, tasks, count, charging, loads, busy, cutoff, node_out, out):  # type: ignore[no-untyped-def]
    """Try one recharge at every gap and charger, then two; keep the cheapest.

    A place for one that makes the route late by its detour alone is none for two either.
    """
    chargers = np.flatnonzero(inst.charger_w)
    options = (count + 1) * chargers.shape[0] if inst.recharges_left[vehicle] > 0 else 0
    in_time = np.zeros(options, np.bool_)
    _in_time(inst, vehicle, tasks, count, chargers, loads, busy, in_time)
    nodes = np.empty_like(node_out)
    trial = np.zeros_like(out)
    worst = c.ENERGY
    best_cost = cutoff
    found = False
    for charges in range(1, min(2, inst.recharges_left[vehicle]) + 1):
        charging.number[0] = charges
        for first in np.flatnonzero(in_time):
            for second in range(first, options if charges == 2 else first + 1):
                if not in_time[second]:
                    continue
                _set(charging, 0, first, chargers)
                _set(charging, 1, second, chargers)
                if missing_wh(inst, vehicle, tasks, count, loads, charging) > 0.0:
                    continue
                if charging.minutes[0] == 0 or (charges == 2 and charging.minutes[1] == 0):
                    continue
                rule = _with_breaks(
                    inst, vehicle, tasks, count, charging, loads, busy, best_cost, nodes, trial
                )
                if rule == c.OK:
                    found = True
                    best_cost = trial[c.COST]
                    node_out[:] = nodes
                    out[:] = trial
                else:
                    worst = max(worst, rule)
        if found:
            return c.OK
    return worst


@njit(cache=True, nogil=True)
def evaluate(inst, vehicle, tasks, count, cap_left, busy, cutoff, node_out, out):  # type: ignore[no-untyped-def]
    """Evaluate a vehicle's sequence of tasks; return ``codes.OK`` or the first rule it breaks.

    ``codes.TOO_DEAR`` says that no placing of breaks and recharges costs less than ``cutoff``.
    ``node_out`` needs count + breaks + 4 rows; ``out`` gets cost, times and the amount of a violation.
    """
    out[:] = 0
    out[c.DETAIL] = -1
    loads = np.empty((count + 1, inst.capacity.shape[1]), np.int64)
    rule = clockless(inst, vehicle, tasks, count, cap_left, loads, out)
    if rule != c.OK:
        return rule
    charging = no_charging()
    missing = missing_wh(inst, vehicle, tasks, count, loads, charging)
    if missing <= 0.0:
        rule = _with_breaks(inst, vehicle, tasks, count, charging, loads, busy, cutoff, node_out, out)
    else:
        rule = _with_recharges(
            inst, vehicle, tasks, count, charging, loads, busy, cutoff, node_out, out
        )
        if rule == c.ENERGY:
            out[c.AMOUNT] = np.int64(np.ceil(missing))
    if rule == c.OK:
        out[c.ROUTE_M] = out[c.BEST_M]
        out[c.ROUTE_TRAVEL_S] = out[c.BEST_TRAVEL_S]
        if out[c.ROUTE_M] > inst.max_distance_m[vehicle]:
            return c.MAX_DISTANCE
        if out[c.ROUTE_TRAVEL_S] > inst.max_travel_s[vehicle]:
            return c.MAX_TRAVEL
    return rule

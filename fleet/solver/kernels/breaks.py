"""A route's breaks placed where they cost least, and its times."""

from numba import njit

from fleet.solver.instance import NEVER
from fleet.solver.kernels import codes as c
from fleet.solver.kernels.arena import give_back, take, taken
from fleet.solver.kernels.chain import earliest, latest, shortest, spent
from fleet.solver.kernels.layout import empty_chain, lay_out
from fleet.solver.kernels.legs import leg, place_after, place_before

MOST_BREAK_PLACINGS = 20_000


@njit(cache=True, nogil=True)
def times(inst, m, value):  # type: ignore[no-untyped-def]
    """Return ``m`` times, all of one value, in the arena."""
    x = take(inst, m)
    x[:] = value
    return x


@njit(cache=True, nogil=True)
def blame(inst, m, chain, busy, out):  # type: ignore[no-untyped-def]
    """Say which rule a chain without feasible times breaks first, and by how many seconds."""
    x = times(inst, m, -NEVER)
    arrive = times(inst, m, -NEVER)
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
def cost_of(inst, vehicle, chain, m, x, out):  # type: ignore[no-untyped-def]
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
def _next_placing(slots, placed, last):  # type: ignore[no-untyped-def]
    """Step to the next placing of breaks in which slots never fall; False after the last one."""
    b = placed - 1
    while b >= 0 and slots[b] == last:
        b -= 1
    if b < 0:
        return False
    slots[b:placed] = slots[b] + 1
    return True


@njit(cache=True, nogil=True)
def _usable(inst, vehicle, tasks, count, slots, placed):  # type: ignore[no-untyped-def]
    """Whether every break stands somewhere; the same place before and after a drive is one choice."""
    if inst.breaks_on_legs:
        return True
    for b in range(placed):
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
def _reach(inst, chain, m, busy, low, high):  # type: ignore[no-untyped-def]
    """Fill from when on and until when the vehicle can rest at each slot, if it rests nowhere else.

    ``chain`` is laid out without breaks and has feasible times; a drive with recharges on it has its slots
    before the first of them and after the last.
    """
    soon = times(inst, m, -NEVER)
    late = times(inst, m, NEVER)
    earliest(m, soon, times(inst, m, -NEVER), chain, busy, True, True)
    latest(m, late, times(inst, m, NEVER), chain, busy)
    gap = 0
    for k in range(1, m):
        ready = soon[k - 1] + spent(chain, k - 1)
        if chain.node[k - 1, c.KIND] != c.RECHARGE:
            low[2 * gap] = ready
            high[2 * gap] = late[k] - chain.node[k, c.TRAVEL_S]
        if chain.node[k, c.KIND] != c.RECHARGE:
            low[2 * gap + 1] = ready + chain.node[k, c.TRAVEL_S]
            high[2 * gap + 1] = late[k]
            gap += 1


@njit(cache=True, nogil=True)
def _reachable(inst, vehicle, slots, placed, low, high):  # type: ignore[no-untyped-def]
    """Whether each break by itself can begin within its windows where it stands."""
    if inst.breaks_on_legs:
        return True
    for b in range(placed):
        pause = inst.break_ptr[vehicle] + b
        fits = False
        for w in range(inst.break_window_ptr[pause], inst.break_window_ptr[pause + 1]):
            begins = max(low[slots[b]], inst.break_open[w])
            ends = begins + inst.break_duration_s[pause]
            fits = fits or (begins <= inst.break_close[w] and ends <= high[slots[b]])
        if not fits:
            return False
    return True


@njit(cache=True, nogil=True)
def room_of(inst, vehicle, tasks, count, charges, breaks):  # type: ignore[no-untyped-def]
    """Return an empty chain that is large enough."""
    size = count + charges + breaks + 2
    spans = size
    for i in range(count):
        spans += inst.window_ptr[tasks[i] + 1] - inst.window_ptr[tasks[i]]
    for b in range(inst.break_ptr[vehicle], inst.break_ptr[vehicle + 1]):
        spans += inst.break_window_ptr[b + 1] - inst.break_window_ptr[b]
    return empty_chain(inst, size, spans)


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
def with_breaks(inst, vehicle, tasks, count, charging, loads, busy, cutoff, node_out, out):  # type: ignore[no-untyped-def]
    """Place the breaks in every order-keeping way; keep the cheapest; return a rule code."""
    mark = taken(inst)
    rule = _placed(inst, vehicle, tasks, count, charging, loads, busy, cutoff, node_out, out)
    give_back(inst, mark)
    return rule


@njit(cache=True, nogil=True)
def _placed(inst, vehicle, tasks, count, charging, loads, busy, cutoff, node_out, out):  # type: ignore[no-untyped-def]
    breaks = inst.break_ptr[vehicle + 1] - inst.break_ptr[vehicle]
    chain = room_of(inst, vehicle, tasks, count, charging.number[0], breaks)
    x = take(inst, chain.node.shape[0])
    arrive = take(inst, chain.node.shape[0])
    slots = times(inst, breaks + 1, 0)
    is_busy = _is_busy(inst, tasks, count, charging, busy)
    worst = 0
    best_cost = cutoff
    found = False
    tried = 0
    low = take(inst, 2 * count + 2)
    high = take(inst, 2 * count + 2)
    bound_cost = 0
    bound_s = 0
    least_s = 0
    # Without any break first: that bounds the cost from below and names rules that breaks have no part in.
    # Then with the last ``skipped`` breaks left out, which are not due when the route has ended by the
    # latest start of each of them.
    for skipped in range(breaks + 1 if breaks > 0 else 0, -1, -1):
        bound_only = skipped > breaks
        placed = 0 if bound_only else breaks - skipped
        ends_by = NEVER
        if not bound_only:
            for b in range(inst.break_ptr[vehicle] + placed, inst.break_ptr[vehicle + 1]):
                ends_by = min(ends_by, inst.break_close[inst.break_window_ptr[b + 1] - 1])
        if inst.breaks_on_legs and 0 < skipped <= breaks:
            continue
        slots[:] = 0
        mark = taken(inst)
        rest_s = 0
        for b in range(inst.break_ptr[vehicle], inst.break_ptr[vehicle] + placed):
            rest_s += inst.break_duration_s[b]
        # No placing of these breaks is cheaper than this one: no more waiting than without them.
        ideal = bound_cost + inst.cost_per_s[vehicle] * max(0, least_s + rest_s - bound_s)
        if not bound_only and ideal >= best_cost:
            worst = max(worst, c.TOO_DEAR)
            continue
        while tried < MOST_BREAK_PLACINGS:
            tried += 1
            give_back(inst, mark)
            rule = c.OK
            m = 0
            if not bound_only and not _reachable(inst, vehicle, slots, placed, low, high):
                rule = c.BREAK
            elif _usable(inst, vehicle, tasks, count, slots, placed):
                m = lay_out(inst, vehicle, tasks, count, charging, slots, placed, loads, chain, ends_by)
            if m < 0:
                rule = -m
            elif m > 0:
                x[:] = -NEVER
                arrive[:] = -NEVER
                if shortest(inst, m, x, arrive, chain, busy, is_busy or chain.ptr[m] > m) >= 0:
                    rule = blame(inst, m, chain, busy, out)
                    if bound_only:
                        return rule
                    if ends_by < NEVER and rule == c.SHIFT:
                        rule = c.BREAK
                else:
                    cost = cost_of(inst, vehicle, chain, m, x, out)
                    if cost >= best_cost:
                        rule = c.TOO_DEAR
                        if bound_only:
                            return rule
                    elif bound_only:
                        bound_cost = cost
                        bound_s = x[m - 1] - x[0]
                        for k in range(m):
                            least_s += chain.node[k, c.TRAVEL_S] + spent(chain, k)
                        _reach(inst, chain, m, busy, low, high)
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
            if not _next_placing(slots, placed, count if inst.breaks_on_legs else 2 * count + 1):
                break
    return c.OK if found else worst

"""The times of a route whose breaks and recharges stand, by its chain; or the rule that it breaks."""

from numba import njit

from fleet.solver.instance import NEVER
from fleet.solver.kernels import codes as c
from fleet.solver.kernels.arena import take
from fleet.solver.kernels.chain import earliest, shortest, spent
from fleet.solver.kernels.layout import cost_of, empty_chain, lay_out
from fleet.solver.kernels.prompt import rides_hold, waits_before


@njit(cache=True, nogil=True)
def times(inst, m, value):  # type: ignore[no-untyped-def]
    """Return ``m`` times, all of one value, in the arena."""
    x = take(inst, m)
    x[:] = value
    return x


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
def is_busy(inst, tasks, count, charging, busy):  # type: ignore[no-untyped-def]
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
def time_at(inst, vehicle, tasks, count, charging, slots, placed, ends_by, chain, x, arrive, busy, out):  # type: ignore[no-untyped-def]
    """Time a route that ends by an instant, with so many breaks in their slots, for the shortest duration.

    Returns a rule code, the number of nodes and the cost; the times are in ``x`` and ``arrive``.
    """
    m = lay_out(inst, vehicle, tasks, count, charging, slots, placed, chain, ends_by)
    x[:] = -NEVER
    arrive[:] = -NEVER
    unions = chain.ptr[m] > m or is_busy(inst, tasks, count, charging, busy)
    if shortest(inst, m, x, arrive, chain, busy, unions) >= 0:
        return blame(inst, m, chain, busy, out), m, 0
    return c.OK, m, cost_of(inst, vehicle, chain.node, m, x[m - 1] - x[0], out)


@njit(cache=True, nogil=True)
def keep(inst, chain, m, x, arrive, cost, node_out, out):  # type: ignore[no-untyped-def]
    """Write a timed route into what an evaluation gives back."""
    node_out[:m] = chain.node[:m]
    for k in range(m):
        node_out[k, c.BEGIN] = x[k]
        node_out[k, c.ARRIVAL] = arrive[k] if chain.lead[k] == 1 else x[k]
        if k > 1 and waits_before(inst, chain.place[k - 1], chain.place[k]):
            node_out[k, c.ARRIVAL] = x[k]
    out[c.COST] = cost
    out[c.DEPARTURE] = x[0]
    out[c.RETURN] = x[m - 1]
    out[c.NODES] = m
    out[c.BEST_M] = out[c.ROUTE_M]
    out[c.BEST_TRAVEL_S] = out[c.ROUTE_TRAVEL_S]


@njit(cache=True, nogil=True)
def fill_spare(inst, chain, m, spare):  # type: ignore[no-untyped-def]
    """Fill in how much longer the drive into each node of a feasible chain may take for what is on board."""
    begins = 0
    for k in range(m):
        begins += chain.node[k, c.TRAVEL_S]
        chain.node[k, c.BEGIN] = begins
        begins += spent(chain, k)
    rides_hold(inst, m, chain.node, spare)

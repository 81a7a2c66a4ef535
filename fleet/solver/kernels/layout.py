"""The chain of a route: start, stops, breaks and recharges as nodes with their intervals.

A *slot* says where a break stands: 2g before the drive into stop g (at the place before), 2g + 1 after it
(at the place of stop g, or at the end place for g = number of stops). Where breaks may interrupt legs, slot g
is the drive into stop g.
"""

from numba import njit

from fleet.solver.instance import NEVER
from fleet.solver.kernels import codes as c
from fleet.solver.kernels.arena import take
from fleet.solver.kernels.chain import Chain
from fleet.solver.kernels.legs import leg, place_after


@njit(cache=True, nogil=True)
def empty_chain(inst, size, spans):  # type: ignore[no-untyped-def]
    """Return room for ``size`` nodes with ``spans`` intervals in all."""
    ptr = take(inst, size + 1)
    ptr[0] = 0
    return Chain(
        take(inst, size * c.NODE_COLUMNS).reshape(size, c.NODE_COLUMNS),
        ptr,
        take(inst, spans),
        take(inst, spans),
        take(inst, size),
        take(inst, size),
        take(inst, size),
        take(inst, size),
        take(inst, size),
    )


@njit(cache=True, nogil=True)
def _node(inst, vehicle, chain, m, here, target, kind, ref):  # type: ignore[no-untyped-def]
    """Begin node ``m``: what it is and the drive into it."""
    metres, seconds, _extra = leg(inst, vehicle, here, target)
    chain.node[m, :] = 0
    chain.node[m, c.KIND] = kind
    chain.node[m, c.REF] = ref
    chain.node[m, c.LOCATION] = target
    chain.node[m, c.DISTANCE_M] = metres
    chain.node[m, c.TRAVEL_S] = seconds
    chain.mate[m] = -1
    chain.limit[m] = NEVER
    chain.place[m] = target
    chain.drive[m] = -1
    chain.lead[m] = 1 if target != here else (2 if m == 1 else 0)


@njit(cache=True, nogil=True)
def _interval(chain, w, low, high):  # type: ignore[no-untyped-def]
    """Write one interval; return the next free place."""
    chain.low[w] = low
    chain.high[w] = high
    return w + 1


@njit(cache=True, nogil=True)
def _continues(inst, vehicle, tasks, count):  # type: ignore[no-untyped-def]
    """Whether the first stop belongs to the visit that goes on at the start."""
    visit = inst.visit_location[vehicle]
    return visit >= 0 and count > 0 and inst.task_location[tasks[0]] == visit


@njit(cache=True, nogil=True)
def work_at(inst, vehicle, tasks, count, gap, node):  # type: ignore[no-untyped-def]
    """Fill set-up, handling and stay of stop ``gap`` into its row."""
    kind = inst.vehicle_type[vehicle]
    t = tasks[gap]
    here = inst.task_location[t]
    begins = gap
    while begins > 0 and inst.task_location[tasks[begins - 1]] == here:
        begins -= 1
    continued = begins == 0 and _continues(inst, vehicle, tasks, count)
    at_start = gap == 0 and here == inst.start[vehicle] and not inst.setup_at_start
    if begins == gap and not continued and not at_start:
        node[c.SETUP] = inst.task_setup_s[kind, t]
    node[c.WORK] = inst.task_handling_s[kind, t]
    if gap + 1 == count or inst.task_location[tasks[gap + 1]] != here:
        resumed = continued and inst.visit_delivered[vehicle]
        delivers = resumed
        for i in range(begins, gap + 1):
            delivers = delivers or inst.task_delivers[tasks[i]]
        if delivers:
            node[c.STAY] = inst.visit_stay_s[vehicle] if resumed else inst.stay_s[here]


@njit(cache=True, nogil=True)
def _task_intervals(inst, tasks, gap, chain, m, w, where):  # type: ignore[no-untyped-def]
    """Write the intervals of a stop's begin and its time on board; return the next free place."""
    t = tasks[gap]
    r = inst.task_request[t]
    is_pickup = inst.request_pickup[r] == t
    ceiling = NEVER
    if is_pickup:
        where[gap] = m
    elif inst.on_board_limit_s[r] < NEVER:
        if inst.request_pickup[r] >= 0:
            for j in range(gap):
                if tasks[j] == inst.request_pickup[r]:
                    chain.mate[m] = where[j]
            chain.limit[m] = inst.on_board_limit_s[r]
        elif inst.carried_by[r] >= 0:
            ceiling = inst.on_board_since_s[r] + inst.on_board_limit_s[r] - chain.node[m, c.SETUP]
    length = chain.node[m, c.SETUP] + chain.node[m, c.WORK] + chain.node[m, c.STAY]
    for v in range(inst.window_ptr[t], inst.window_ptr[t + 1]):
        high = min(min(inst.window_close[v], ceiling), inst.window_finish[v] - length)
        if inst.window_open[v] <= high:
            w = _interval(chain, w, inst.window_open[v], high)
    return w


@njit(cache=True, nogil=True)
def lay_out(inst, vehicle, tasks, count, charging, slots, breaks, chain, ends_by):  # type: ignore[no-untyped-def]
    """Fill ``chain`` with ``breaks`` breaks in ``slots``; return its length."""
    begins = inst.earliest_s[vehicle]
    left_early = inst.visit_location[vehicle] >= 0 and not _continues(inst, vehicle, tasks, count)
    if left_early and inst.visit_delivered[vehicle]:
        begins += inst.visit_stay_s[vehicle]
    here = inst.start[vehicle]
    _node(inst, vehicle, chain, 0, here, here, c.START, 0)
    if not inst.departs_at_once[vehicle]:
        chain.place[0] = -1
    leaves_by = begins if inst.departs_at_once[vehicle] else inst.latest_s[vehicle]
    w = _interval(chain, 0, begins, leaves_by)
    m = 1
    chain.ptr[1] = w
    segment = 0
    taken = 0
    where = take(inst, count)
    width = 1 if inst.breaks_on_legs else 2
    for gap in range(count + 1):
        sets_out = m - 1
        after = place_after(inst, vehicle, tasks, count, gap)
        # 0: breaks before the drive, 1: recharges on it, 2: breaks after it
        for part in range(3):
            if part == 1:
                while segment < charging.number[0] and charging.gap[segment] == gap:
                    minutes = charging.minutes[segment]
                    _node(inst, vehicle, chain, m, here, charging.at[segment], c.RECHARGE, minutes)
                    chain.node[m, c.WORK] = 60 * minutes
                    here = charging.at[segment]
                    w = _interval(chain, w, -NEVER, NEVER)
                    m += 1
                    chain.ptr[m] = w
                    segment += 1
                continue
            if part == 2 and inst.breaks_on_legs:
                continue
            while taken < breaks and slots[taken] == width * gap + (part == 2):
                b = inst.break_ptr[vehicle] + taken
                target = after if part == 2 else here
                _node(inst, vehicle, chain, m, here, target, c.BREAK_NODE, taken)
                chain.node[m, c.WORK] = inst.break_duration_s[b]
                here = target
                for v in range(inst.break_window_ptr[b], inst.break_window_ptr[b + 1]):
                    w = _interval(chain, w, inst.break_open[v], inst.break_close[v])
                m += 1
                chain.ptr[m] = w
                taken += 1
        if gap < count:
            _node(inst, vehicle, chain, m, here, after, c.TASK, tasks[gap])
            work_at(inst, vehicle, tasks, count, gap, chain.node[m])
            w = _task_intervals(inst, tasks, gap, chain, m, w, where)
            if inst.breaks_on_legs and sets_out < m - 1:
                chain.drive[m] = sets_out
            here = after
            m += 1
            chain.ptr[m] = w
    end = inst.end[vehicle]
    _node(inst, vehicle, chain, m, here, end, c.END, 0)
    chain.place[m] = -1
    chain.lead[m] = 1 if end >= 0 and end != here else 0
    if inst.breaks_on_legs and sets_out < m - 1:
        chain.drive[m] = sets_out
    w = _interval(chain, w, -NEVER, min(inst.latest_s[vehicle], ends_by))
    m += 1
    chain.ptr[m] = w
    return m


@njit(cache=True, nogil=True)
def cost_of(inst, vehicle, nodes, m, duration_s, out):  # type: ignore[no-untyped-def]
    """Return the micro-yuan of m nodes that last so many seconds; note their metres and seconds under way."""
    metres = 0
    seconds = 0
    work = 0
    extra = 0
    for k in range(1, m):
        metres += nodes[k, c.DISTANCE_M]
        seconds += nodes[k, c.TRAVEL_S]
        if nodes[k, c.KIND] == c.TASK:
            work += nodes[k, c.SETUP] + nodes[k, c.WORK]
        extra += leg(inst, vehicle, nodes[k - 1, c.LOCATION], nodes[k, c.LOCATION])[2]
    out[c.ROUTE_M] = metres
    out[c.ROUTE_TRAVEL_S] = seconds
    return (
        inst.fixed_cost[vehicle]
        + inst.cost_per_m[vehicle] * metres
        + inst.cost_per_s[vehicle] * duration_s
        + inst.cost_per_travel_s[vehicle] * seconds
        + inst.cost_per_task_s[vehicle] * work
        + extra
    )

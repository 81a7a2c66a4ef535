"""A route's breaks placed where they cost least, and its times."""

import numpy as np
from numba import njit

from fleet.solver.instance import NEVER
from fleet.solver.kernels import codes as c
from fleet.solver.kernels.arena import give_back, take, taken
from fleet.solver.kernels.chain import earliest, latest, spent
from fleet.solver.kernels.legs import place_after, place_before
from fleet.solver.kernels.prompt import UNKNOWN, may_rest, none_due_by, promptly
from fleet.solver.kernels.timing import fill_spare, keep, room_of, time_at, times

MOST_BREAK_PLACINGS = 20_000

# Rows of what is known of a break in each slot.
FROM = 0
UNTIL = 1
"""When the vehicle can rest there, if it rests nowhere else"""
LONGEST = 2
"""How long what is on board lets it rest"""
LEAST = 3
"""How long the route takes at least with the first break there and no other"""
SLOT_ROWS = 4


@njit(cache=True, nogil=True)
def with_breaks(inst, vehicle, tasks, count, charging, loads, busy, cutoff, node_out, out):  # type: ignore[no-untyped-def]
    """Place the breaks in every order-keeping way; keep the cheapest; return a rule code."""
    rule = promptly(inst, vehicle, tasks, count, charging, loads, busy, cutoff, node_out, out)
    if rule == UNKNOWN:
        mark = taken(inst)
        rule = by_chain(inst, vehicle, tasks, count, charging, loads, busy, cutoff, node_out, out)
        give_back(inst, mark)
    return rule


@njit(cache=True, nogil=True)
def by_chain(inst, vehicle, tasks, count, charging, loads, busy, cutoff, node_out, out):  # type: ignore[no-untyped-def]
    """Do what :func:`with_breaks` does for any route; what it needs it takes from the arena."""
    breaks = inst.break_ptr[vehicle + 1] - inst.break_ptr[vehicle]
    chain = room_of(inst, vehicle, tasks, count, charging.number[0], breaks)
    x = take(inst, chain.node.shape[0])
    arrive = take(inst, chain.node.shape[0])
    slots = times(inst, breaks + 1, 0)
    nothing = np.int64(0)
    # Without any break first: that bounds the cost from below and names rules that breaks have no part in.
    rule, m, bound = time_at(
        inst, vehicle, tasks, count, charging, slots, nothing, np.int64(NEVER), chain, x, arrive, busy, out
    )
    if rule != c.OK:
        return rule
    if bound >= cutoff:
        return c.TOO_DEAR
    ends_by = none_due_by(inst, vehicle, nothing)
    if breaks == 0 or (x[m - 1] <= ends_by and not inst.breaks_on_legs):
        keep(inst, chain, m, x, arrive, bound, node_out, out)
        return c.OK
    bound_s = x[m - 1] - x[0]
    least_s = np.int64(0)
    for k in range(m):
        least_s += chain.node[k, c.TRAVEL_S] + spent(chain, k)
    of = take(inst, SLOT_ROWS * (2 * count + 2)).reshape(SLOT_ROWS, 2 * count + 2)
    ends = _fill_slots(inst, vehicle, chain, m, busy, of)
    worst = c.OK
    best = cutoff
    tried = 0
    last = count if inst.breaks_on_legs else 2 * count + 1
    # The last ``skipped`` breaks are not due when the route has ended by the latest begin of each of them.
    for skipped in range(0 if inst.breaks_on_legs else breaks, -1, -1):
        placed = breaks - skipped
        ends_by = none_due_by(inst, vehicle, placed)
        rest_s = np.int64(0)
        for b in range(inst.break_ptr[vehicle], inst.break_ptr[vehicle] + placed):
            rest_s += inst.break_duration_s[b]
        # No placing of these breaks is cheaper than this one: no more waiting than without them.
        ideal = bound + inst.cost_per_s[vehicle] * max(0, least_s + rest_s - bound_s)
        if ideal >= best:
            worst = max(worst, c.TOO_DEAR)
            continue
        if ends > ends_by:
            worst = max(worst, c.BREAK)
            continue
        alone = placed == 1 and not inst.breaks_on_legs
        order = np.argsort(of[LEAST], kind="mergesort") if alone else np.zeros(0, np.int64)
        slots[:] = 0
        turn = 0
        mark = taken(inst)
        while tried < MOST_BREAK_PLACINGS:
            if alone:
                if turn == order.shape[0]:
                    break
                slots[0] = order[turn]
                ideal = bound + inst.cost_per_s[vehicle] * max(0, of[LEAST, slots[0]] - bound_s)
                if ideal >= best:
                    worst = max(worst, c.TOO_DEAR)
                    break
            tried += 1
            turn += 1
            give_back(inst, mark)
            rule = c.OK
            if not _reachable(inst, vehicle, slots, placed, loads, of):
                rule = c.BREAK
            elif _usable(inst, vehicle, tasks, count, slots, placed):
                rule, m, cost = time_at(
                    inst, vehicle, tasks, count, charging, slots, placed, ends_by, chain, x, arrive, busy, out
                )
                if rule == c.SHIFT and ends_by < NEVER:
                    rule = c.BREAK
                if rule == c.OK:
                    if cost < best:
                        best = cost
                        keep(inst, chain, m, x, arrive, cost, node_out, out)
                    else:
                        rule = c.TOO_DEAR
            worst = max(worst, rule)
            if best <= ideal:
                break
            if not alone and not _next_placing(slots, placed, last):
                break
    return c.OK if best < cutoff else worst


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
def _fill_slots(inst, vehicle, chain, m, busy, of):  # type: ignore[no-untyped-def]
    """Fill in what is known of a break in each slot; return the earliest end of the route without breaks.

    ``chain`` is laid out without breaks and has feasible times; a drive with recharges on it has its slots
    before the first of them and after the last.
    """
    soon = times(inst, m, -NEVER)
    late = times(inst, m, NEVER)
    earliest(m, soon, times(inst, m, -NEVER), chain, busy, True, True)
    latest(m, late, times(inst, m, NEVER), chain, busy)
    spare = take(inst, m)
    fill_spare(inst, chain, m, spare)
    _fill_least(inst, vehicle, chain, m, of[LEAST])
    gap = 0
    for k in range(1, m):
        ready = soon[k - 1] + spent(chain, k - 1)
        if chain.node[k - 1, c.KIND] != c.RECHARGE:
            of[FROM, 2 * gap] = ready
            of[UNTIL, 2 * gap] = late[k] - chain.node[k, c.TRAVEL_S]
            of[LONGEST, 2 * gap] = spare[k]
        if chain.node[k, c.KIND] != c.RECHARGE:
            of[FROM, 2 * gap + 1] = ready + chain.node[k, c.TRAVEL_S]
            of[UNTIL, 2 * gap + 1] = late[k]
            of[LONGEST, 2 * gap + 1] = spare[k]
            gap += 1
    return soon[m - 1]


@njit(cache=True, nogil=True)
def _fill_least(inst, vehicle, chain, m, least):  # type: ignore[no-untyped-def]
    """Fill in the shortest duration with the first break alone, in each slot, but for bays and rides.

    Both halves of the route and the break are segments of (duration, first departure, last departure), each
    stop's windows as one, that are joined as in :mod:`slack`.
    """
    tail = take(inst, 2 * m).reshape(2, m)
    duration = np.int64(0)
    opens = np.int64(-NEVER)
    for k in range(m - 1, -1, -1):
        if k < m - 1:
            lag = spent(chain, k) + chain.node[k + 1, c.TRAVEL_S]
            wait = max(opens - lag - chain.high[chain.ptr[k + 1] - 1], 0)
            duration += lag + wait
            opens = max(opens - lag, chain.low[chain.ptr[k]]) - wait
        tail[0, k] = duration
        tail[1, k] = opens
    pause = inst.break_ptr[vehicle]
    rest_s = inst.break_duration_s[pause]
    rests_from = inst.break_open[inst.break_window_ptr[pause]]
    rests_by = inst.break_close[inst.break_window_ptr[pause + 1] - 1]
    duration = spent(chain, 0)
    closes = chain.high[chain.ptr[1] - 1]
    gap = 0
    for k in range(1, m):
        drive_s = chain.node[k, c.TRAVEL_S]
        for half in range(2):
            at = k - 1 if half == 0 else k
            if chain.node[at, c.KIND] == c.RECHARGE:
                continue
            lag = duration + (0 if half == 0 else drive_s)
            wait = max(rests_from - lag - closes, 0)
            leaves_by = min(rests_by - lag, closes)
            lag += wait + rest_s + (drive_s if half == 0 else 0)
            lag += max(tail[1, k] - lag - leaves_by, 0)
            least[2 * gap + half] = lag + tail[0, k]
        if chain.node[k, c.KIND] != c.RECHARGE:
            gap += 1
        lag = duration + drive_s
        wait = max(chain.low[chain.ptr[k]] - lag - closes, 0)
        duration = lag + wait + spent(chain, k)
        closes = min(chain.high[chain.ptr[k + 1] - 1] - lag, closes)


@njit(cache=True, nogil=True)
def _reachable(inst, vehicle, slots, placed, loads, of):  # type: ignore[no-untyped-def]
    """Whether each break by itself can stand where it does: with what is on board, and within its windows."""
    for b in range(placed):
        pause = inst.break_ptr[vehicle] + b
        if not may_rest(inst, pause, loads, slots[b] if inst.breaks_on_legs else slots[b] // 2):
            return False
        if inst.breaks_on_legs:
            continue
        if inst.break_duration_s[pause] > of[LONGEST, slots[b]]:
            return False
        fits = False
        for w in range(inst.break_window_ptr[pause], inst.break_window_ptr[pause + 1]):
            begins = max(of[FROM, slots[b]], inst.break_open[w])
            ends = begins + inst.break_duration_s[pause]
            fits = fits or (begins <= inst.break_close[w] and ends <= of[UNTIL, slots[b]])
        if not fits:
            return False
    return True

"""The cheapest order of every set of requests, by branch and bound; compiled.

Prefixes are cut off by what no later stop can mend: order, ranks, loads on legs, the earliest clock, time
on board without any waiting, and a cost that is certain. Breaks are placed by the exact evaluation of
complete sequences only: one may lose its place with a stop, so a set may have a route and a part of it none.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from fleet.solver.instance import NEVER, Ints
from fleet.solver.kernels import codes as c
from fleet.solver.kernels.route import evaluate

NONE = 1 << 60
"""More than any cost."""


class Ahead(NamedTuple):
    """What ``completions`` returns: from each stop in each state on."""

    least: Ints
    quickest: Ints
    latest: Ints


@njit(cache=True, nogil=True)
def _is_too_much(load, room):  # type: ignore[no-untyped-def]
    """Whether no leg may be driven with this load."""
    too_much = False
    for q in range(load.shape[0]):
        too_much = too_much or load[q] > room[q]
    return too_much


@njit(cache=True, nogil=True)
def _used_wh(record, vehicle, load, metres):  # type: ignore[no-untyped-def]
    """Return the Wh of a leg with this load."""
    per_m = record.wh_per_m[vehicle] + record.wh_per_m_per_g[vehicle] * load[record.energy_load]
    return per_m * metres


@njit(cache=True, nogil=True)
def _charging_s(wh, power):  # type: ignore[no-untyped-def]
    """Return how long a vehicle has to charge to use that much at least, -1 where it cannot."""
    if wh <= power[0]:
        return 0
    if power[1] <= 0.0:
        return -1
    return 60 * np.int64(np.ceil((wh - power[0]) / power[1]))


@njit(cache=True, nogil=True)
def _rest_s(record, vehicle, ends):  # type: ignore[no-untyped-def]
    """Return the seconds of the breaks that are due on a route that does not end before."""
    due = 0
    rest = 0
    for b in range(record.break_ptr[vehicle], record.break_ptr[vehicle + 1]):
        rest += record.break_duration_s[b]
        if ends > record.break_close[record.break_window_ptr[b + 1] - 1]:
            due = rest
    return due


@njit(cache=True, nogil=True)
def _begin(record, task, spent, handling, ready):  # type: ignore[no-untyped-def]
    """Return the earliest begin of a stop, ``NEVER`` where it is too late, and the hull of its windows."""
    r = record.task_request[task]
    ceiling = NEVER
    if record.carried_by[r] >= 0 and record.on_board_limit_s[r] < NEVER:
        ceiling = record.on_board_since_s[r] + record.on_board_limit_s[r] - (spent - handling)
    begin = NEVER
    low = NEVER
    high = -NEVER
    for w in range(record.window_ptr[task], record.window_ptr[task + 1]):
        closes = min(min(record.window_close[w], ceiling), record.window_finish[w] - spent)
        if record.window_open[w] <= closes:
            low = min(low, record.window_open[w])
            high = max(high, closes)
            if ready <= closes:
                begin = min(begin, max(ready, record.window_open[w]))
    return begin, low, high


@njit(cache=True, nogil=True)
def _stays_fresh(record, table, state, t, seconds, handling, picked):  # type: ignore[no-untyped-def]
    """Whether after stop ``t`` what is on board can be delivered within its limits if nobody waits."""
    for s in range(table.task.shape[0]):
        i = table.request[s]
        if table.pickup[s] and (state // table.power[i]) % 3 == 1:
            aboard = seconds - picked[i] + (-handling if i == table.request[t] else table.reach_s[t, i])
            if aboard > record.on_board_limit_s[record.task_request[table.task[s]]]:
                return False
    return True


@njit(cache=True, nogil=True)
def cheapest_orders(  # type: ignore[no-untyped-def]
    record, vehicle, room, power, table, ahead, sets, states, cutoffs, busy, most, costs, orders
):
    """Find the cheapest route for each set of items that costs less than its cutoff.

    Parameters
    ----------
    record, vehicle, table
        The relaxed problem, a vehicle and its stops.
    room : (L,) ints
        What it may carry on a leg.
    power : (2,) floats
        The Wh that it may use before it has to recharge, and the most that a minute of that brings.
    ahead : Ahead
        Completions.
    sets, states, cutoffs : (k,) ints
        The items, where a route for them begins in ``ahead``, and the cost that it has to stay below.
    busy : Busy
        No bay is taken.
    most : (2,) ints
        Prefixes and evaluations that may be looked at; counted down.
    costs : (k,) ints, orders : (k, T) ints
        Get the costs, ``NONE`` where there is no such route, and its tasks, -1 after the last.

    Returns
    -------
    bool
        False where ``most`` did not suffice.
    """
    size = table.task.shape[0]
    depths = orders.shape[1] + 1
    dimensions = room.shape[0]
    per_s = record.cost_per_s[vehicle]
    kind = record.vehicle_type[vehicle]
    pauses = record.break_ptr[vehicle + 1] - record.break_ptr[vehicle]
    nodes = np.zeros((depths + pauses + 4, c.NODE_COLUMNS), np.int64)
    out = np.zeros(c.RESULT_SLOTS, np.int64)
    sequence = np.empty(depths, np.int64)
    picked = np.zeros(table.power.shape[0], np.int64)
    # Of the prefix of each length: state, last stop, costs without the clock's, earliest end, seconds without
    # waiting, seconds at least, latest departure for that, rank, Wh, load.
    state = np.zeros(depths, np.int64)
    last = np.zeros(depths, np.int64)
    money = np.zeros(depths, np.int64)
    clock = np.zeros(depths, np.int64)
    busy_s = np.zeros(depths, np.int64)
    lasts = np.zeros(depths, np.int64)
    leaves_by = np.zeros(depths, np.int64)
    rank = np.zeros(depths, np.int64)
    wh = np.zeros(depths)
    load = np.zeros((depths, dimensions), np.int64)
    # The stops that may follow, what a route with them costs at least, their number and how many were tried.
    option = np.zeros((depths, size), np.int64)
    bound = np.zeros((depths, size), np.int64)
    options = np.zeros(depths, np.int64)
    tried = np.zeros(depths, np.int64)
    last[0] = size
    money[0] = record.fixed_cost[vehicle]
    clock[0] = record.earliest_s[vehicle]
    leaves_by[0] = clock[0] if record.departs_at_once[vehicle] else record.latest_s[vehicle]
    rank[0] = -1
    for k in range(sets.shape[0]):
        costs[k] = NONE
        orders[k, :] = -1
        cutoff = cutoffs[k]
        state[0] = states[k]
        load[0] = record.carried_load[vehicle]
        for t in range(size):
            r = record.task_request[table.task[t]]
            if table.item[t] & sets[k] and record.request_pickup[r] < 0 and record.carried_by[r] < 0:
                load[0] += record.load[r]
        depth = 0
        is_new = True
        while depth >= 0:
            here = last[depth]
            if is_new:
                is_new = False
                options[depth] = 0
                tried[depth] = 0
                for t in range(size):
                    i = table.request[t]
                    digit = (state[depth] // table.power[i]) % 3
                    fits = digit == 2 if table.pickup[t] else digit == 1 and table.item[t] & sets[k] > 0
                    if not fits:
                        continue
                    seconds = lasts[depth] + table.gap_s[here, t] + table.spent_s[here, t]
                    at_least = money[depth] + table.money[here, t] + per_s * seconds
                    at_least += ahead.least[state[depth] - table.power[i], t]
                    j = options[depth]
                    while j > 0 and bound[depth, j - 1] > at_least:
                        bound[depth, j] = bound[depth, j - 1]
                        option[depth, j] = option[depth, j - 1]
                        j -= 1
                    bound[depth, j] = at_least
                    option[depth, j] = t
                    options[depth] += 1
            if tried[depth] == options[depth] or bound[depth, tried[depth]] >= cutoff:
                depth -= 1
                continue
            t = option[depth, tried[depth]]
            tried[depth] += 1
            most[0] -= 1
            if most[0] < 0:
                return False
            task = table.task[t]
            if 0 <= record.task_rank[task] < rank[depth]:
                continue
            if table.place[here] != table.place[t] and _is_too_much(load[depth], room):
                continue
            i = table.request[t]
            after = state[depth] - table.power[i]
            gap = table.gap_s[here, t]
            spent = table.spent_s[here, t]
            handling = record.task_handling_s[kind, task]
            begin, low, high = _begin(record, task, spent, handling, clock[depth] + gap)
            if begin == NEVER or begin + spent > ahead.latest[after, t]:
                continue
            seconds = busy_s[depth] + gap + spent
            if not _stays_fresh(record, table, state[depth], t, seconds, handling, picked):
                continue
            further = depth + 1
            r = record.task_request[task]
            load[further] = load[depth]
            if table.pickup[t]:
                picked[i] = seconds
                load[further] += record.load[r]
            else:
                load[further] += record.take[r] - record.load[r]
            wh[further] = wh[depth] + _used_wh(record, vehicle, load[depth], table.metres[here, t])
            home_wh = 0.0
            if after == 0:
                home_wh = _used_wh(record, vehicle, load[further], table.metres[t, size])
            charging_s = _charging_s(wh[further] + home_wh, power)
            if charging_s < 0:
                continue
            # A segment's shortest duration and latest departure, as of Vidal et al.; windows as their hull.
            arrives = lasts[depth] + gap
            waits = max(low - arrives - leaves_by[depth], 0)
            lasts[further] = arrives + waits + spent
            leaves_by[further] = min(leaves_by[depth], high - arrives)
            # Waiting may be what rests and recharges take, so the longer of both is certain.
            rests = _rest_s(record, vehicle, begin + spent + ahead.quickest[after, t])
            certain_s = max(lasts[further], seconds + rests + charging_s)
            money[further] = money[depth] + table.money[here, t]
            at_least = money[further] + per_s * certain_s + ahead.least[after, t]
            if at_least >= cutoff:
                continue
            sequence[depth] = task
            state[further] = after
            last[further] = t
            clock[further] = begin + spent
            busy_s[further] = seconds
            rank[further] = max(rank[depth], record.task_rank[task])
            if after > 0:
                depth = further
                is_new = True
                continue
            most[1] -= 1
            if most[1] < 0:
                return False
            rule = evaluate(record, vehicle, sequence, further, record.cap_left, busy, cutoff, nodes, out)
            if rule == c.OK:
                cutoff = max(out[c.COST], at_least)
                costs[k] = cutoff
                orders[k, :further] = sequence[:further]
    return True

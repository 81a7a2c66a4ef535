"""A route's recharges placed where they cost least, one or two of them."""

import numpy as np
from numba import njit

from fleet.solver.instance import NEVER
from fleet.solver.kernels import codes as c
from fleet.solver.kernels.breaks import with_breaks
from fleet.solver.kernels.chain import earliest, latest, spent
from fleet.solver.kernels.energy import fill_used, missing_wh, missing_wh_by_sums, no_charging
from fleet.solver.kernels.legs import leg, place_after, place_before
from fleet.solver.kernels.prompt import UNKNOWN, bare_cost
from fleet.solver.kernels.timing import fill_spare, room_of, time_at, times


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
def _detours(inst, vehicle, tasks, count, charging):  # type: ignore[no-untyped-def]
    """Return the metres, seconds and extra cost that driving to the recharges adds."""
    metres = 0
    seconds = 0
    extra = 0
    for q in range(charging.number[0]):
        gap = charging.gap[q]
        here = place_before(inst, vehicle, tasks, gap)
        if q > 0 and charging.gap[q - 1] == gap:
            here = charging.at[q - 1]
        there = place_after(inst, vehicle, tasks, count, gap)
        into = leg(inst, vehicle, here, charging.at[q])
        out_of = leg(inst, vehicle, charging.at[q], there)
        straight = leg(inst, vehicle, here, there)
        metres += into[0] + out_of[0] - straight[0]
        seconds += into[1] + out_of[1] - straight[1]
        extra += into[2] + out_of[2] - straight[2]
    return metres, seconds, extra


@njit(cache=True, nogil=True)
def _drives_s(inst, vehicle, tasks, count, gap, charger):  # type: ignore[no-untyped-def]
    """Return the seconds of the drive into stop ``gap`` by way of a charger, and straight."""
    before = place_before(inst, vehicle, tasks, gap)
    after = place_after(inst, vehicle, tasks, count, gap)
    by_way = leg(inst, vehicle, before, charger)[1] + leg(inst, vehicle, charger, after)[1]
    return by_way, leg(inst, vehicle, before, after)[1]


@njit(cache=True, nogil=True)
def _in_time(inst, vehicle, tasks, count, chargers, ready, due, fits):  # type: ignore[no-untyped-def]
    """Mark the options whose detour alone leaves every stop and the end in time.

    ``ready`` is when a stop before a drive may be over, ``due`` when the one after it has to be reached.
    """
    charging = no_charging(inst)
    charging.number[0] = 1
    for option in range(fits.shape[0]):
        _set(charging, 0, option, chargers)
        if not _stands(inst, vehicle, tasks, count, charging):
            continue
        gap = charging.gap[0]
        by_way_s, _straight_s = _drives_s(inst, vehicle, tasks, count, gap, charging.at[0])
        fits[option] = ready[gap] + 60 + by_way_s <= due[gap]


@njit(cache=True, nogil=True)
def _broken_alone(inst, vehicle, tasks, count, charging, ready, due, spare):  # type: ignore[no-untyped-def]
    """Return ``codes.OK``, or a rule that one of the recharges breaks whatever else the route does."""
    charges = charging.number[0]
    if charges == 2 and charging.gap[0] == charging.gap[1]:
        return c.OK
    for q in range(charges):
        gap = charging.gap[q]
        by_way_s, straight_s = _drives_s(inst, vehicle, tasks, count, gap, charging.at[q])
        seconds = by_way_s + 60 * charging.minutes[q]
        if ready[gap] + seconds > due[gap]:
            return c.WINDOW
        if seconds - straight_s > spare[gap + 1]:
            return c.ON_BOARD
    return c.OK


@njit(cache=True, nogil=True)
def _bare(inst, vehicle, tasks, count, busy, ready, due, spare, rows, out):  # type: ignore[no-untyped-def]
    """Time a route without breaks and recharges: a rule code, its cost and how long it waits.

    Fills in when the stop before each drive may be over, when the one after it has to be reached, and how
    much longer the drive into each node may take for what is on board.
    """
    leaves_from = times(inst, count + 2, 0)
    leaves_by = times(inst, count + 2, 0)
    cost = bare_cost(
        inst, vehicle, tasks, count, no_charging(inst), busy, rows, leaves_from, leaves_by, spare, out
    )
    if cost != UNKNOWN:
        _fill_times(inst, vehicle, count, rows, leaves_from, ready, due)
        return c.OK, cost, 0
    nothing = np.int64(0)
    chain = room_of(inst, vehicle, tasks, count, nothing, nothing)
    x = times(inst, count + 2, 0)
    arrive = times(inst, count + 2, 0)
    rule, m, cost = time_at(
        inst, vehicle, tasks, count, no_charging(inst), times(inst, 1, 0), nothing, np.int64(NEVER), chain,
        x, arrive, busy, out,
    )  # fmt: skip
    if rule != c.OK:
        return rule, 0, 0
    waiting_s = x[m - 1] - x[0]
    for k in range(m):
        waiting_s -= chain.node[k, c.TRAVEL_S] + spent(chain, k)
    x[:] = -NEVER
    arrive[:] = -NEVER
    earliest(m, x, arrive, chain, busy, True, False)
    late = times(inst, m, NEVER)
    late[m - 1] = inst.latest_s[vehicle]
    latest(m, late, times(inst, m, NEVER), chain, busy)
    fill_spare(inst, chain, m, spare)
    for gap in range(count + 1):
        ready[gap] = x[gap] + spent(chain, gap)
        due[gap] = late[gap + 1]
    return c.OK, cost, waiting_s


@njit(cache=True, nogil=True)
def _fill_times(inst, vehicle, count, rows, leaves_from, ready, due):  # type: ignore[no-untyped-def]
    """Fill in the times of a route that need not wait: stops may begin late in their last windows."""
    leaves = leaves_from[0]
    for gap in range(count + 1):
        leaves = max(leaves, leaves_from[gap])
        row = rows[gap]
        ready[gap] = leaves + row[c.BEGIN] + row[c.SETUP] + row[c.WORK] + row[c.STAY]
    by = inst.latest_s[vehicle] - rows[count + 1, c.BEGIN]
    for gap in range(count, -1, -1):
        row = rows[gap + 1]
        if gap < count:
            last = inst.window_ptr[row[c.REF] + 1] - 1
            length = row[c.SETUP] + row[c.WORK] + row[c.STAY]
            closes = min(inst.window_close[last], inst.window_finish[last] - length)
            by = min(by, closes - row[c.BEGIN])
        due[gap] = by + row[c.BEGIN]


@njit(cache=True, nogil=True)
def with_recharges(inst, vehicle, tasks, count, charging, loads, busy, cutoff, node_out, out):  # type: ignore[no-untyped-def]
    """Place one recharge or two, whichever costs less; what may be cheapest is timed first.

    A recharge only takes time and way, of which the route's own waiting may hide some: that bounds its cost.
    A place for one that makes the route late by its detour alone is none for two either.
    """
    ready = times(inst, count + 1, 0)
    due = times(inst, count + 1, 0)
    spare = times(inst, count + 2, 0)
    nodes = np.empty_like(node_out)
    rule, cost, waiting_s = _bare(inst, vehicle, tasks, count, busy, ready, due, spare, nodes, out)
    if rule == c.BAY:
        return rule
    if rule != c.OK:
        out[c.DETAIL] = -1
        return c.ENERGY
    chargers = np.flatnonzero(inst.charger_w)
    options = (count + 1) * chargers.shape[0] if inst.recharges_left[vehicle] > 0 else 0
    in_time = np.zeros(options, np.bool_)
    _in_time(inst, vehicle, tasks, count, chargers, ready, due, in_time)
    sites = np.flatnonzero(in_time)
    upto = np.empty(count + 2)
    fill_used(inst, vehicle, tasks, count, loads, upto)
    used = np.empty(3)
    size = sites.shape[0] * (sites.shape[0] + 1) // 2
    choice = np.empty((size, 2), np.int64)
    least = np.empty(size, np.int64)
    trial = np.zeros_like(out)
    worst = c.ENERGY
    best_cost = cutoff
    found = False
    for charges in range(1, min(2, inst.recharges_left[vehicle]) + 1):
        charging.number[0] = charges
        number = 0
        for a in range(sites.shape[0]):
            for b in range(a, sites.shape[0] if charges == 2 else a + 1):
                _set(charging, 0, sites[a], chargers)
                _set(charging, 1, sites[b], chargers)
                metres, seconds, extra = _detours(inst, vehicle, tasks, count, charging)
                driven = (
                    cost
                    + inst.cost_per_m[vehicle] * metres
                    + inst.cost_per_travel_s[vehicle] * seconds
                    + extra
                )
                if driven + inst.cost_per_s[vehicle] * max(0, seconds - waiting_s) >= best_cost:
                    worst = max(worst, c.TOO_DEAR)
                    continue
                if missing_wh_by_sums(inst, vehicle, tasks, count, loads, charging, upto, used) > 0.0:
                    continue
                if charging.minutes[0] == 0 or (charges == 2 and charging.minutes[1] == 0):
                    continue
                rule = _broken_alone(inst, vehicle, tasks, count, charging, ready, due, spare)
                if rule != c.OK:
                    worst = max(worst, rule)
                    continue
                standing_s = 60 * (charging.minutes[0] + (charging.minutes[1] if charges == 2 else 0))
                choice[number, 0] = sites[a]
                choice[number, 1] = sites[b]
                least[number] = driven + inst.cost_per_s[vehicle] * max(0, seconds + standing_s - waiting_s)
                number += 1
        for q in np.argsort(least[:number], kind="mergesort"):
            if least[q] >= best_cost:
                worst = max(worst, c.TOO_DEAR)
                break
            _set(charging, 0, choice[q, 0], chargers)
            _set(charging, 1, choice[q, 1], chargers)
            if missing_wh(inst, vehicle, tasks, count, loads, charging) > 0.0:
                continue
            rule = with_breaks(inst, vehicle, tasks, count, charging, loads, busy, best_cost, nodes, trial)
            if rule == c.OK:
                found = True
                best_cost = trial[c.COST]
                node_out[:] = nodes
                out[:] = trial
            else:
                worst = max(worst, rule)
    return c.OK if found else worst

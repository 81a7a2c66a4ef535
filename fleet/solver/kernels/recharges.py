"""A route's recharges placed where they cost least: one, or two where one does not do."""

import numpy as np
from numba import njit

from fleet.solver.instance import NEVER
from fleet.solver.kernels import codes as c
from fleet.solver.kernels.breaks import blame, cost_of, room_of, times, with_breaks
from fleet.solver.kernels.chain import earliest, latest, shortest, spent
from fleet.solver.kernels.energy import fill_used, missing_wh, missing_wh_by_sums, no_charging
from fleet.solver.kernels.layout import lay_out
from fleet.solver.kernels.legs import leg, place_after, place_before


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
def _in_time(inst, vehicle, tasks, count, chargers, loads, busy, fits):  # type: ignore[no-untyped-def]
    """Mark the options whose detour alone leaves every stop and the end in time."""
    charging = no_charging(inst)
    chain = room_of(inst, vehicle, tasks, count, 0, 0)
    slots = times(inst, 1, 0)
    m = lay_out(inst, vehicle, tasks, count, charging, slots, np.int64(0), loads, chain, np.int64(NEVER))
    soon = times(inst, m, -NEVER)
    late = times(inst, m, NEVER)
    if earliest(m, soon, times(inst, m, -NEVER), chain, busy, True, False) >= 0:
        return
    late[m - 1] = inst.latest_s[vehicle]
    latest(m, late, times(inst, m, NEVER), chain, busy)
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
        fits[option] = soon[gap] + spent(chain, gap) + there + 60 + on <= late[gap + 1]


@njit(cache=True, nogil=True)
def _bare(inst, vehicle, tasks, count, loads, busy, out):  # type: ignore[no-untyped-def]
    """Time a route without breaks and recharges: a rule code, its cost and how long it waits."""
    chain = room_of(inst, vehicle, tasks, count, 0, 0)
    slots = times(inst, 1, 0)
    m = lay_out(
        inst, vehicle, tasks, count, no_charging(inst), slots, np.int64(0), loads, chain, np.int64(NEVER)
    )
    x = times(inst, m, -NEVER)
    arrive = times(inst, m, -NEVER)
    if shortest(inst, m, x, arrive, chain, busy, True) >= 0:
        return blame(inst, m, chain, busy, out), 0, 0
    waiting_s = x[m - 1] - x[0]
    for k in range(m):
        waiting_s -= chain.node[k, c.TRAVEL_S] + spent(chain, k)
    return c.OK, cost_of(inst, vehicle, chain, m, x, out), waiting_s


@njit(cache=True, nogil=True)
def with_recharges(inst, vehicle, tasks, count, charging, loads, busy, cutoff, node_out, out):  # type: ignore[no-untyped-def]
    """Place one recharge or, where that does not do, two; what may be cheapest is timed first.

    A recharge only takes time and way, of which the route's own waiting may hide some: that bounds its cost.
    A place for one that makes the route late by its detour alone is none for two either.
    """
    rule, bare_cost, waiting_s = _bare(inst, vehicle, tasks, count, loads, busy, out)
    if rule == c.BAY:
        return rule
    if rule != c.OK:
        out[c.DETAIL] = -1
        return c.ENERGY
    chargers = np.flatnonzero(inst.charger_w)
    options = (count + 1) * chargers.shape[0] if inst.recharges_left[vehicle] > 0 else 0
    in_time = np.zeros(options, np.bool_)
    _in_time(inst, vehicle, tasks, count, chargers, loads, busy, in_time)
    sites = np.flatnonzero(in_time)
    upto = np.empty(count + 2)
    fill_used(inst, vehicle, tasks, count, loads, upto)
    used = np.empty(3)
    size = sites.shape[0] * (sites.shape[0] + 1) // 2
    choice = np.empty((size, 2), np.int64)
    least = np.empty(size, np.int64)
    nodes = np.empty_like(node_out)
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
                    bare_cost
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
        if found:
            return c.OK
    return worst

"""The two halves of a route beside an insertion: what has been done, what follows, and a bound for both.

Windows are propagated along the route in both directions, so that an insertion is joined from known parts.
The duration is bounded from below by segments of (duration, earliest start, latest start) after Vidal,
Crainic, Gendreau and Prins, "A unifying view on timing problems" (EJOR, 2015). Breaks, recharges, bays and
the time on board of others are left to the exact evaluation.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from fleet.solver.instance import NEVER
from fleet.solver.kernels import codes as c
from fleet.solver.kernels.legs import leg, place_after

MOVED = 0
SAME_PLACE = 1
SAME_PLACE_OWING = 2
"""How a stop is reached: after a drive, or in a visit that owes no stay, or one that does."""


class Head(NamedTuple):
    """A route up to some stop. ``opens`` and ``closes`` bound its departure, ``duration`` is the shortest."""

    here: int
    clock: int
    """Earliest end of what has been done."""
    duration: int
    opens: int
    closes: int
    standing: int
    metres: int
    under_way: int
    extra: int
    wh: float
    owes: bool


@njit(cache=True, nogil=True)
def wh_of(inst, vehicle, metres, grams):  # type: ignore[no-untyped-def]
    """Return what a leg with so much on board takes."""
    return metres * (inst.wh_per_m[vehicle] + inst.wh_per_m_per_g[vehicle] * grams)


@njit(cache=True, nogil=True)
def fill_tails(inst, vehicle, tasks, count, loads, found):  # type: ignore[no-untyped-def]
    """Propagate a route backwards into ``found``."""
    found.duration[count, :] = 0
    found.standing[count, :] = 0
    found.metres[count] = 0
    found.under_way[count] = 0
    found.extra[count] = 0
    found.wh[count] = 0.0
    found.latest[count, :] = inst.latest_s[vehicle]
    found.closes[count, :] = inst.latest_s[vehicle]
    found.opens[count, :] = -NEVER
    for k in range(count - 1, -1, -1):
        t = tasks[k]
        here = inst.task_location[t]
        there = place_after(inst, vehicle, tasks, count, k + 1)
        metres, seconds, extra = leg(inst, vehicle, here, there)
        found.metres[k] = metres + found.metres[k + 1]
        found.under_way[k] = seconds + found.under_way[k + 1]
        found.extra[k] = extra + found.extra[k + 1]
        found.wh[k] = wh_of(inst, vehicle, metres, loads[k + 1, inst.energy_load]) + found.wh[k + 1]
        first = inst.window_ptr[t]
        last = inst.window_ptr[t + 1]
        for state in range(3):
            work = inst.task_handling_s[inst.vehicle_type[vehicle], t]
            if state == MOVED:
                work += inst.task_setup_s[inst.vehicle_type[vehicle], t]
            owes = state == SAME_PLACE_OWING or inst.task_delivers[t]
            owes = owes and here != inst.visit_location[vehicle]
            lag = work + seconds
            following = MOVED
            if there != here or k + 1 == count:
                if owes:
                    lag += inst.stay_s[here]
            else:
                following = SAME_PLACE_OWING if owes else SAME_PLACE
            found.standing[k, state] = lag - seconds + found.standing[k + 1, following]
            due = found.latest[k + 1, following] - lag
            begin = -NEVER
            for w in range(last - 1, first - 1, -1):
                if inst.window_open[w] <= due:
                    begin = min(due, inst.window_close[w])
                    break
            found.latest[k, state] = begin
            if first == last:
                continue
            opens = inst.window_open[first]
            closes = inst.window_close[last - 1]
            wait = max(found.opens[k + 1, following] - lag - closes, 0)
            found.duration[k, state] = lag + found.duration[k + 1, following] + wait
            found.opens[k, state] = max(found.opens[k + 1, following] - lag, opens) - wait
            found.closes[k, state] = min(found.closes[k + 1, following] - lag, closes)
    return found


@njit(cache=True, nogil=True)
def beginning(inst, vehicle):  # type: ignore[no-untyped-def]
    """Return the head of a route that has done nothing yet."""
    begins = inst.earliest_s[vehicle]
    leaves_by = begins if inst.departs_at_once[vehicle] else inst.latest_s[vehicle]
    return Head(inst.start[vehicle], begins, 0, begins, leaves_by, 0, 0, 0, 0, 0.0, False)


@njit(cache=True, nogil=True)
def step(inst, vehicle, head, t, is_first, grams):  # type: ignore[no-untyped-def]
    """Return the head after one more stop, driven to with ``grams``, and whether its windows can hold."""
    there = inst.task_location[t]
    visit = inst.visit_location[vehicle]
    metres, seconds, extra = leg(inst, vehicle, head.here, there)
    moves = there != head.here
    stay = inst.stay_s[head.here] if moves and head.owes else 0
    clock = head.clock + stay + seconds
    fits = False
    for w in range(inst.window_ptr[t], inst.window_ptr[t + 1]):
        if clock <= inst.window_close[w]:
            clock = max(clock, inst.window_open[w])
            fits = True
            break
    if not fits:
        return head, False
    work = inst.task_handling_s[inst.vehicle_type[vehicle], t]
    if (moves or (is_first and inst.setup_at_start)) and not (is_first and there == visit):
        work += inst.task_setup_s[inst.vehicle_type[vehicle], t]
    lag = head.duration + stay + seconds
    opens = inst.window_open[inst.window_ptr[t]]
    closes = inst.window_close[inst.window_ptr[t + 1] - 1]
    wait = max(opens - lag - head.closes, 0)
    return Head(
        there,
        clock + work,
        lag + wait + work,
        max(opens - lag, head.opens) - wait,
        min(closes - lag, head.closes),
        head.standing + stay + work,
        head.metres + metres,
        head.under_way + seconds,
        head.extra + extra,
        head.wh + wh_of(inst, vehicle, metres, grams),
        ((head.owes and not moves) or inst.task_delivers[t]) and there != visit,
    ), True


@njit(cache=True, nogil=True)
def joined_cost(inst, vehicle, tasks, count, head, k, rest, grams, relief_g):  # type: ignore[no-untyped-def]
    """Return a lower bound of the cost of ``head`` followed by stop k and the rest, or ``codes.DEAREST``.

    ``grams`` is what the rest of the route was laid out with after k stops, ``relief_g`` what is lighter now.
    """
    there = place_after(inst, vehicle, tasks, count, k)
    metres, seconds, extra = leg(inst, vehicle, head.here, there)
    stay = 0
    state = MOVED
    if there != head.here or k == count:
        if head.owes:
            stay = inst.stay_s[head.here]
    else:
        state = SAME_PLACE_OWING if head.owes else SAME_PLACE
    if head.clock + stay + seconds > rest.latest[k, state]:
        return c.DEAREST
    lag = head.duration + stay + seconds
    wait = max(rest.opens[k, state] - lag - head.closes, 0)
    duration = lag + rest.duration[k, state] + wait
    returns = max(rest.opens[k, state] - lag, head.opens) - wait + duration
    under_way = head.under_way + seconds + rest.under_way[k]
    working = under_way + head.standing + stay + rest.standing[k, state]
    for b in range(inst.break_ptr[vehicle], inst.break_ptr[vehicle + 1]):
        if returns > inst.break_close[inst.break_window_ptr[b + 1] - 1]:
            working += inst.break_duration_s[b]
    missing = head.wh + wh_of(inst, vehicle, metres, grams) + rest.wh[k]
    missing -= inst.wh_per_m_per_g[vehicle] * relief_g * (metres + rest.metres[k])
    missing -= inst.start_charge_wh[vehicle] - inst.reserve_wh[vehicle]
    if missing > 0.0:
        per_s = inst.most_charging_w[vehicle] / 3_600.0
        if inst.recharges_left[vehicle] == 0 or per_s <= 0.0:
            return c.DEAREST
        working += np.int64(missing / per_s)
    metres += head.metres + rest.metres[k]
    if metres > inst.max_distance_m[vehicle] or under_way > inst.max_travel_s[vehicle]:
        return c.DEAREST
    return (
        inst.fixed_cost[vehicle]
        + inst.cost_per_m[vehicle] * metres
        + inst.cost_per_s[vehicle] * max(duration, working)
        + inst.cost_per_travel_s[vehicle] * under_way
        + inst.cost_per_task_s[vehicle] * (head.standing + stay + rest.standing[k, state])
        + head.extra + extra + rest.extra[k]
    )

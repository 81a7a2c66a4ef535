"""The two halves of a route beside an insertion: what has been done, what follows, and a bound for both.

Windows are propagated along the route in both directions, so that an insertion is joined from known parts.
The duration is bounded from below by segments of (duration, earliest start, latest start) after Vidal,
Crainic, Gendreau and Prins, "A unifying view on timing problems" (EJOR, 2015). A single break is propagated
beside the windows: taken by then, or still to be taken. More breaks, recharges, bays and waiting with others
on board are left to the exact evaluation.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from fleet.solver.instance import NEVER
from fleet.solver.kernels import codes as c
from fleet.solver.kernels.legs import setup_s, window_after

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
    due: int
    """When a stay at its last stop has to be over at the latest."""
    rested: int
    """Earliest end with the break taken, ``NEVER`` where that is not possible or there is not just one."""


class Tail(NamedTuple):
    """A route from the arrival at some stop on, or from the end of its last visit on."""

    there: int
    is_end: bool
    latest: int
    """Latest arrival from which all windows hold."""
    resting: int
    """The same with the break still to be taken, or not due any more."""
    duration: int
    opens: int
    closes: int
    """Shortest duration from the arrival on, and the arrivals between which it is reached."""
    standing: int
    metres: int
    under_way: int
    extra: int
    wh: float


@njit(cache=True, nogil=True)
def wh_of(inst, vehicle, metres, grams):  # type: ignore[no-untyped-def]
    """Return what a leg with so much on board takes."""
    return metres * (inst.wh_per_m[vehicle] + inst.wh_per_m_per_g[vehicle] * grams)


@njit(cache=True, nogil=True)
def handling_s(inst, vehicle, t):  # type: ignore[no-untyped-def]
    """Return how long a vehicle works at a stop, but for set-up and stay."""
    return inst.task_handling_s[inst.vehicle_type[vehicle], t]


@njit(cache=True, nogil=True)
def drive_rates(inst, vehicle):  # type: ignore[no-untyped-def]
    """Return what a metre and a second of a drive cost at least."""
    return inst.cost_per_m[vehicle], inst.cost_per_s[vehicle] + inst.cost_per_travel_s[vehicle]


@njit(cache=True, nogil=True)
def priced(rates, drive):  # type: ignore[no-untyped-def]
    """Return what a drive costs at these rates of a metre and a second."""
    metres, seconds, extra = drive
    return rates[0] * metres + rates[1] * seconds + extra


@njit(cache=True, nogil=True)
def drive_cost(inst, vehicle, drive):  # type: ignore[no-untyped-def]
    """Return what a drive costs at least: its metres, its time and what the leg costs on top."""
    return priced(drive_rates(inst, vehicle), drive)


@njit(cache=True, nogil=True)
def beginning(inst, vehicle):  # type: ignore[no-untyped-def]
    """Return the head of a route that has done nothing yet."""
    begins = inst.earliest_s[vehicle]
    leaves_by = begins if inst.departs_at_once[vehicle] else inst.latest_s[vehicle]
    return Head(inst.start[vehicle], begins, 0, begins, leaves_by, 0, 0, 0, 0, 0.0, False, NEVER, NEVER)


@njit(cache=True, nogil=True)
def ending(inst, vehicle):  # type: ignore[no-untyped-def]
    """Return the tail of a route that has nothing left to do but to return."""
    latest = inst.latest_s[vehicle]
    resting = latest
    if rests_once(inst, vehicle):
        resting = min(latest, inst.break_close[inst.break_window_ptr[inst.break_ptr[vehicle] + 1] - 1])
    return Tail(inst.end[vehicle], True, latest, resting, 0, -NEVER, latest, 0, 0, 0, 0, 0.0)


@njit(cache=True, nogil=True)
def rests_once(inst, vehicle):  # type: ignore[no-untyped-def]
    """Whether a vehicle has just one break, which stands at a place."""
    return inst.break_ptr[vehicle] + 1 == inst.break_ptr[vehicle + 1] and not inst.breaks_on_legs


@njit(cache=True, nogil=True)
def rest_ends_at(inst, vehicle, ready):  # type: ignore[no-untyped-def]
    """Return when the break is over that may begin at ``ready``."""
    b = inst.break_ptr[vehicle]
    for w in range(inst.break_window_ptr[b], inst.break_window_ptr[b + 1]):
        if ready <= inst.break_close[w]:
            return max(ready, inst.break_open[w]) + inst.break_duration_s[b]
    return np.int64(NEVER)


@njit(cache=True, nogil=True)
def rests_from(inst, vehicle, due):  # type: ignore[no-untyped-def]
    """Return from when on at the latest the break has to be, if it has to be over by ``due``."""
    b = inst.break_ptr[vehicle]
    begin = due - inst.break_duration_s[b]
    for w in range(inst.break_window_ptr[b + 1] - 1, inst.break_window_ptr[b] - 1, -1):
        if inst.break_open[w] <= begin:
            return min(begin, inst.break_close[w])
    return np.int64(-NEVER)


@njit(cache=True, nogil=True)
def _rested_after(inst, vehicle, head, stay, seconds):  # type: ignore[no-untyped-def]
    """Return the earliest arrival after a drive with the break taken by then."""
    ready = head.clock + stay
    before = rest_ends_at(inst, vehicle, ready) + seconds
    return min(head.rested + stay + seconds, min(before, rest_ends_at(inst, vehicle, ready + seconds)))


@njit(cache=True, nogil=True)
def begins_by(inst, t, due, work):  # type: ignore[no-untyped-def]
    """Return the latest begin of a task's work in a window, no later than ``due``, or ``-NEVER``."""
    for w in range(inst.window_ptr[t + 1] - 1, inst.window_ptr[t] - 1, -1):
        high = min(due, min(inst.window_close[w], inst.window_finish[w] - work))
        if inst.window_open[w] <= high:
            return high
    return np.int64(-NEVER)


@njit(cache=True, nogil=True)
def step(inst, vehicle, head, drive, t, is_first, grams):  # type: ignore[no-untyped-def]
    """Return the head after a drive with ``grams`` and one more stop, and whether its windows can hold."""
    there = inst.task_location[t]
    visit = inst.visit_location[vehicle]
    metres, seconds, extra = drive
    moves = there != head.here
    stay = inst.stay_s[head.here] if moves and head.owes else 0
    if head.clock + stay > head.due:
        return head, False
    work = handling_s(inst, vehicle, t) + setup_s(inst, vehicle, head.here, t, is_first)
    clock = head.clock + stay + seconds
    w = window_after(inst, t, clock, work)
    if w < 0:
        return head, False
    clock = max(clock, inst.window_open[w])
    last = inst.window_ptr[t + 1] - 1
    # With a stay on top a later window may be the one that holds.
    due = inst.window_finish[w] if w == last else NEVER
    rested = NEVER
    if rests_once(inst, vehicle):
        came = _rested_after(inst, vehicle, head, stay, seconds)
        w = window_after(inst, t, came, work)
        if w >= 0:
            rested = max(came, inst.window_open[w]) + work
    lag = head.duration + stay + seconds
    opens = inst.window_open[inst.window_ptr[t]]
    closes = min(inst.window_close[last], inst.window_finish[last] - work)
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
        due,
        rested,
    ), True


@njit(cache=True, nogil=True)
def joined_cost(inst, vehicle, head, drive, tail, grams, relief_g):  # type: ignore[no-untyped-def]
    """Return a lower bound of the cost of ``head``, a drive and ``tail``, or ``codes.DEAREST``.

    ``grams`` is on board on the drive between them; ``relief_g`` is lighter now from there on.
    """
    metres, seconds, extra = drive
    stay = 0
    if head.owes and (tail.there != head.here or tail.is_end):
        stay = inst.stay_s[head.here]
    if head.clock + stay > head.due:
        return np.int64(c.DEAREST)
    if head.clock + stay + seconds > tail.resting and (
        not rests_once(inst, vehicle) or _rested_after(inst, vehicle, head, stay, seconds) > tail.latest
    ):
        return np.int64(c.DEAREST)
    lag = head.duration + stay + seconds
    wait = max(tail.opens - lag - head.closes, 0)
    duration = lag + tail.duration + wait
    returns = max(tail.opens - lag, head.opens) - wait + duration
    under_way = head.under_way + seconds + tail.under_way
    standing = head.standing + stay + tail.standing
    working = under_way + standing
    for b in range(inst.break_ptr[vehicle], inst.break_ptr[vehicle + 1]):
        if returns > inst.break_close[inst.break_window_ptr[b + 1] - 1]:
            working += inst.break_duration_s[b]
    missing = head.wh + wh_of(inst, vehicle, metres, grams) + tail.wh
    missing -= inst.wh_per_m_per_g[vehicle] * relief_g * (metres + tail.metres)
    missing -= inst.start_charge_wh[vehicle] - inst.reserve_wh[vehicle]
    if missing > 0.0:
        per_s = inst.most_charging_w[vehicle] / 3_600.0
        if inst.recharges_left[vehicle] == 0 or per_s <= 0.0:
            return np.int64(c.DEAREST)
        working += np.int64(missing / per_s)
    metres += head.metres + tail.metres
    if metres > inst.max_distance_m[vehicle] or under_way > inst.max_travel_s[vehicle]:
        return np.int64(c.DEAREST)
    return (
        inst.fixed_cost[vehicle]
        + inst.cost_per_m[vehicle] * metres
        + inst.cost_per_s[vehicle] * max(duration, working)
        + inst.cost_per_travel_s[vehicle] * under_way
        + inst.cost_per_task_s[vehicle] * standing
        + head.extra + extra + tail.extra
    )

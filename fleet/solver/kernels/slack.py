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
from fleet.solver.kernels import halves as h
from fleet.solver.kernels.legs import leg, place_after, setup_s, window_after

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
def _rested(inst, vehicle, ready):  # type: ignore[no-untyped-def]
    """Return when the break is over that may begin at ``ready``."""
    b = inst.break_ptr[vehicle]
    for w in range(inst.break_window_ptr[b], inst.break_window_ptr[b + 1]):
        if ready <= inst.break_close[w]:
            return max(ready, inst.break_open[w]) + inst.break_duration_s[b]
    return np.int64(NEVER)


@njit(cache=True, nogil=True)
def _rests_from(inst, vehicle, due):  # type: ignore[no-untyped-def]
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
    before = _rested(inst, vehicle, ready) + seconds
    return min(head.rested + stay + seconds, min(before, _rested(inst, vehicle, ready + seconds)))


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


@njit(cache=True, nogil=True)
def head_at(halves, vehicle, k):  # type: ignore[no-untyped-def]
    """Return a known route up to its first k stops."""
    of = halves.heads[vehicle, k]
    return Head(
        of[h.HERE], of[h.CLOCK], of[h.DURATION], of[h.OPENS], of[h.CLOSES], of[h.STANDING], of[h.METRES],
        of[h.UNDER_WAY], of[h.EXTRA], halves.head_wh[vehicle, k], of[h.OWES] != 0,
        of[h.DUE], of[h.RESTED],
    )  # fmt: skip


@njit(cache=True, nogil=True)
def tail_after(inst, state, halves, vehicle, k, head):  # type: ignore[no-untyped-def]
    """Return a known route from stop k on, reached from ``head``."""
    if k == state.stops[vehicle]:
        return ending(inst, vehicle)
    there = inst.task_location[state.tasks[vehicle, k]]
    how = MOVED
    if there == head.here:
        how = SAME_PLACE_OWING if head.owes else SAME_PLACE
    of = halves.tails[vehicle, k, how]
    rest = halves.rest[vehicle, k]
    return Tail(
        there, False, of[h.TAIL_LATEST], of[h.TAIL_RESTING], of[h.TAIL_DURATION], of[h.TAIL_OPENS],
        of[h.TAIL_CLOSES], of[h.TAIL_STANDING], rest[h.REST_METRES], rest[h.REST_UNDER_WAY],
        rest[h.REST_EXTRA], halves.rest_wh[vehicle, k],
    )  # fmt: skip


@njit(cache=True, nogil=True)
def is_news(state, halves, vehicle):  # type: ignore[no-untyped-def]
    """Whether a route is not known as it stands; from then on it counts as known."""
    if halves.version[vehicle] == state.version[vehicle]:
        return False
    halves.version[vehicle] = state.version[vehicle]
    return True


@njit(cache=True, nogil=True)
def know(inst, state, halves, vehicle):  # type: ignore[no-untyped-def]
    """Find out about a route unless it is known as it stands."""
    if not is_news(state, halves, vehicle):
        return
    tasks = state.tasks[vehicle]
    count = state.stops[vehicle]
    loads = state.loads[vehicle]
    _fill_tails(inst, halves, vehicle, tasks, count, loads)
    _fill_heads(inst, halves, vehicle, tasks, count, loads)
    _fill_spares(inst, halves, vehicle, tasks, count)


@njit(cache=True, nogil=True)
def _fill_spares(inst, halves, vehicle, tasks, count):  # type: ignore[no-untyped-def]
    """Fill in how much longer drives and work may take before each stop for what is on board there."""
    spare = halves.spare[vehicle]
    spare[: count + 1] = NEVER
    for d in range(min(count, halves.reached[vehicle] - 1)):
        request = inst.task_request[tasks[d]]
        pickup = inst.request_pickup[request]
        if pickup < 0 or pickup == tasks[d] or inst.on_board_limit_s[request] >= NEVER:
            continue
        p = d - 1
        while tasks[p] != pickup:
            p -= 1
        ride = busy_s(halves, vehicle, d + 1) - busy_s(halves, vehicle, p + 1)
        left = inst.on_board_limit_s[request] - ride + handling_s(inst, vehicle, tasks[d])
        for k in range(p + 1, d + 1):
            spare[k] = min(spare[k], left)


@njit(cache=True, nogil=True)
def busy_s(halves, vehicle, k):  # type: ignore[no-untyped-def]
    """Return the seconds that a known route drives and works up to its first k stops."""
    return halves.heads[vehicle, k, h.STANDING] + halves.heads[vehicle, k, h.UNDER_WAY]


@njit(cache=True, nogil=True)
def drive_into(inst, halves, vehicle, tasks, k):  # type: ignore[no-untyped-def]
    """Return the drive into stop k of a known route."""
    if k == 0:
        return leg(inst, vehicle, inst.start[vehicle], inst.task_location[tasks[0]])
    before = halves.rest[vehicle, k - 1]
    after = halves.rest[vehicle, k]
    return (
        before[h.REST_METRES] - after[h.REST_METRES],
        before[h.REST_UNDER_WAY] - after[h.REST_UNDER_WAY],
        before[h.REST_EXTRA] - after[h.REST_EXTRA],
    )


@njit(cache=True, nogil=True)
def _fill_heads(inst, halves, vehicle, tasks, count, loads):  # type: ignore[no-untyped-def]
    head = beginning(inst, vehicle)
    reached = count + 1
    for k in range(count + 1):
        if k > 0:
            drive = drive_into(inst, halves, vehicle, tasks, k - 1)
            grams = loads[k - 1, inst.energy_load]
            head, fits = step(inst, vehicle, head, drive, tasks[k - 1], k == 1, grams)
            if not fits:
                reached = k
                break
        of = halves.heads[vehicle, k]
        of[h.HERE] = head.here
        of[h.CLOCK] = head.clock
        of[h.DURATION] = head.duration
        of[h.OPENS] = head.opens
        of[h.CLOSES] = head.closes
        of[h.STANDING] = head.standing
        of[h.METRES] = head.metres
        of[h.UNDER_WAY] = head.under_way
        of[h.EXTRA] = head.extra
        of[h.OWES] = 1 if head.owes else 0
        of[h.DUE] = head.due
        of[h.RESTED] = head.rested
        halves.head_wh[vehicle, k] = head.wh
    halves.reached[vehicle] = reached


@njit(cache=True, nogil=True)
def _fill_tails(inst, halves, vehicle, tasks, count, loads):  # type: ignore[no-untyped-def]
    last = ending(inst, vehicle)
    rest = halves.rest[vehicle]
    rest_wh = halves.rest_wh[vehicle]
    tails = halves.tails[vehicle]
    once = rests_once(inst, vehicle)
    rest[count] = 0
    rest_wh[count] = 0.0
    for how in range(3):
        tails[count, how, h.TAIL_LATEST] = last.latest
        tails[count, how, h.TAIL_RESTING] = last.resting
        tails[count, how, h.TAIL_DURATION] = last.duration
        tails[count, how, h.TAIL_OPENS] = last.opens
        tails[count, how, h.TAIL_CLOSES] = last.closes
        tails[count, how, h.TAIL_STANDING] = 0
    for k in range(count - 1, -1, -1):
        t = tasks[k]
        here = inst.task_location[t]
        there = place_after(inst, vehicle, tasks, count, k + 1)
        drive = leg(inst, vehicle, here, there)
        metres, seconds, extra = drive
        halves.straight[vehicle, k + 1] = drive_cost(inst, vehicle, drive)
        rest[k, h.REST_METRES] = metres + rest[k + 1, h.REST_METRES]
        rest[k, h.REST_UNDER_WAY] = seconds + rest[k + 1, h.REST_UNDER_WAY]
        rest[k, h.REST_EXTRA] = extra + rest[k + 1, h.REST_EXTRA]
        rest_wh[k] = wh_of(inst, vehicle, metres, loads[k + 1, inst.energy_load]) + rest_wh[k + 1]
        first = inst.window_ptr[t]
        beyond = inst.window_ptr[t + 1]
        for how in range(3):
            work = handling_s(inst, vehicle, t)
            if how == MOVED:
                work += inst.task_setup_s[inst.vehicle_type[vehicle], t]
            owes = how == SAME_PLACE_OWING or inst.task_delivers[t]
            owes = owes and here != inst.visit_location[vehicle]
            lag = work + seconds
            following = MOVED
            if there != here or k + 1 == count:
                if owes:
                    lag += inst.stay_s[here]
            else:
                following = SAME_PLACE_OWING if owes else SAME_PLACE
            after = tails[k + 1, following]
            now = tails[k, how]
            now[h.TAIL_STANDING] = lag - seconds + after[h.TAIL_STANDING]
            due = after[h.TAIL_LATEST] - lag
            spent = lag - seconds
            begin = begins_by(inst, t, due, spent)
            now[h.TAIL_LATEST] = begin
            now[h.TAIL_RESTING] = begin
            if once:
                # Before this stop, after it, or later.
                later = max(_rests_from(inst, vehicle, due + spent) - spent, after[h.TAIL_RESTING] - lag)
                later = begins_by(inst, t, later, spent)
                now[h.TAIL_RESTING] = max(_rests_from(inst, vehicle, begin), later)
            if first == beyond:
                continue
            opens = inst.window_open[first]
            closes = min(inst.window_close[beyond - 1], inst.window_finish[beyond - 1] - spent)
            wait = max(after[h.TAIL_OPENS] - lag - closes, 0)
            now[h.TAIL_DURATION] = lag + after[h.TAIL_DURATION] + wait
            now[h.TAIL_OPENS] = max(after[h.TAIL_OPENS] - lag, opens) - wait
            now[h.TAIL_CLOSES] = min(after[h.TAIL_CLOSES] - lag, closes)
    sets_out = leg(inst, vehicle, inst.start[vehicle], place_after(inst, vehicle, tasks, count, 0))
    halves.straight[vehicle, 0] = drive_cost(inst, vehicle, sets_out)

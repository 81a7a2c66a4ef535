"""What is known of a route for insertions into it: both halves at each stop, found out once."""

import numpy as np
from numba import njit

from fleet.solver.instance import NEVER
from fleet.solver.kernels import codes as c
from fleet.solver.kernels import halves as h
from fleet.solver.kernels.legs import leg, place_after
from fleet.solver.kernels.slack import (
    MOVED,
    SAME_PLACE,
    SAME_PLACE_OWING,
    Head,
    Tail,
    beginning,
    begins_by,
    drive_cost,
    ending,
    handling_s,
    rests_from,
    rests_once,
    step,
    wh_of,
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
    for k in range(count):
        halves.stops_at[vehicle, inst.task_location[tasks[k]]] = state.version[vehicle]
    halves.idle_cost[vehicle] = _idle_cost(inst, state, halves, vehicle)


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
                later = max(rests_from(inst, vehicle, due + spent) - spent, after[h.TAIL_RESTING] - lag)
                later = begins_by(inst, t, later, spent)
                now[h.TAIL_RESTING] = max(rests_from(inst, vehicle, begin), later)
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


@njit(cache=True, nogil=True)
def _idle_cost(inst, state, halves, vehicle):  # type: ignore[no-untyped-def]
    """Return how much of a route's cost its drives and handlings do not explain: more stops may use it up.

    And what two set-ups save in place of longer ones. An empty route has nothing to compare with: it may be
    anything there.
    """
    if state.stops[vehicle] == 0:
        return np.int64(c.DEAREST)
    cost = state.result[vehicle, c.COST]
    rest = halves.rest[vehicle, 0]
    standing = halves.tails[vehicle, 0, SAME_PLACE, h.TAIL_STANDING]
    return (
        cost
        - inst.fixed_cost[vehicle]
        - halves.straight[vehicle, 0]
        - inst.cost_per_m[vehicle] * rest[h.REST_METRES]
        - (inst.cost_per_s[vehicle] + inst.cost_per_travel_s[vehicle]) * rest[h.REST_UNDER_WAY]
        - (inst.cost_per_s[vehicle] + inst.cost_per_task_s[vehicle]) * standing
        - rest[h.REST_EXTRA]
        - inst.cost_per_s[vehicle] * _rest_s(inst, state, halves, vehicle)
        + 2 * halves.longer_cost[vehicle]
    )


@njit(cache=True, nogil=True)
def _rest_s(inst, state, halves, vehicle):  # type: ignore[no-untyped-def]
    """Return the seconds of the breaks that a route owes with more stops, too."""
    count = state.stops[vehicle]
    if halves.reached[vehicle] <= count:
        return np.int64(0)
    last = head_at(halves, vehicle, count)
    # Each of two stops may let what follows come sooner.
    ends = last.clock + halves.rest[vehicle, count - 1, h.REST_UNDER_WAY] - 2 * halves.ahead_s[vehicle]
    if last.owes:
        ends += inst.stay_s[last.here]
    rest = np.int64(0)
    for b in range(inst.break_ptr[vehicle], inst.break_ptr[vehicle + 1]):
        if ends > inst.break_close[inst.break_window_ptr[b + 1] - 1]:
            rest += inst.break_duration_s[b]
    return rest

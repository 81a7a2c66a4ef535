"""Times of a fixed chain of stops, breaks and recharges, exactly.

Every rule of time is either a lag between two nodes, a union of intervals for one node, or a union of
free gaps of a place's bays. All of them are monotone, so the earliest times are the least fixpoint of
rounding up and the latest times the greatest fixpoint of rounding down (Bellman's argument on difference
constraints, here with unions of intervals). The shortest duration follows from pairs of the two.
"""

from typing import NamedTuple

from numba import njit

from fleet.solver.instance import NEVER, Ints
from fleet.solver.kernels.arena import take
from fleet.solver.kernels.codes import SETUP, STAY, TRAVEL_S, WORK


class Chain(NamedTuple):
    """A fixed chain of nodes: what happens in which order, and when each node may begin."""

    node: Ints
    """(m, NODE_COLUMNS)"""
    ptr: Ints
    low: Ints
    high: Ints
    """Intervals ``low[w]..high[w]`` of node k for ptr[k] <= w < ptr[k + 1]."""
    mate: Ints
    """(m,) node of the pickup whose time on board ends here, or -1."""
    limit: Ints
    """(m,) limit of that time on board."""
    lead: Ints
    """(m,) first node of a stay at one place: 1 after a drive, 2 where the route begins there, else 0."""
    place: Ints
    """(m,) location, -1 where no bay is taken; of the start where the vehicle has stood there since."""
    drive: Ints
    """(m,) node from which the drive into this one sets out when breaks interrupt it, else -1."""


class Busy(NamedTuple):
    """When a location's bays are all taken by other routes: half-open, sorted, disjoint intervals."""

    ptr: Ints
    since: Ints
    until: Ints


@njit(cache=True, nogil=True)
def spent(chain, k):  # type: ignore[no-untyped-def]
    """Return the seconds from the begin of node k to its end."""
    return chain.node[k, SETUP] + chain.node[k, WORK] + chain.node[k, STAY]


@njit(cache=True, nogil=True)
def _through(chain, k):  # type: ignore[no-untyped-def]
    """Return the seconds from the begin of the node where an interrupted drive sets out to its end at k."""
    seconds = chain.node[k, TRAVEL_S]
    for j in range(chain.drive[k], k):
        seconds += spent(chain, j)
    return seconds


@njit(cache=True, nogil=True)
def _last_at_start(m, chain):  # type: ignore[no-untyped-def]
    """Return the last node before the first drive."""
    last = 0
    while last + 1 < m and chain.lead[last + 1] != 1:
        last += 1
    return last


@njit(cache=True, nogil=True)
def _stands_in_the_way(m, x, arrive, chain, busy):  # type: ignore[no-untyped-def]
    """Whether a bay that the vehicle has held since its start is needed by others before it leaves."""
    loc = chain.place[0]
    if loc < 0 or busy.ptr[loc] == busy.ptr[loc + 1]:
        return False
    last = _last_at_start(m, chain)
    left = x[last] + spent(chain, last)
    if last + 1 < m:
        left = max(left, arrive[last + 1] - chain.node[last + 1, TRAVEL_S])
    taken = False
    for b in range(busy.ptr[loc], busy.ptr[loc + 1]):
        taken = taken or (x[0] < busy.until[b] and left > busy.since[b])
    return taken


@njit(cache=True, nogil=True)
def _leave_in_time(m, y, arrive, chain, busy):  # type: ignore[no-untyped-def]
    """Lower the times before the first drive to when others need the bay of the start; say if they fell."""
    loc = chain.place[0]
    if loc < 0:
        return False
    last = _last_at_start(m, chain)
    for b in range(busy.ptr[loc], busy.ptr[loc + 1]):
        if busy.until[b] > y[0]:
            if last + 1 < m:
                late = arrive[last + 1] - chain.node[last + 1, TRAVEL_S] - busy.since[b]
                if late > 0:
                    arrive[last + 1] -= late
                return late > 0
            late = y[last] + spent(chain, last) - busy.since[b]
            if late > 0:
                y[last] -= late
            return late > 0
    return False


@njit(cache=True, nogil=True)
def earliest(m, x, arrive, chain, busy, limits_on, bays_on):  # type: ignore[no-untyped-def]
    """Raise ``x`` (start times of m nodes, first guess given) to the least feasible times.

    ``lead`` marks first nodes of a stay at one place: 1 after a drive, 2 where the route begins there.
    Returns -1, or the node that fits no interval any more.
    """
    for _ in range(50 * (m + 2)):
        changed = False
        for k in range(m):
            t = x[k]
            if k > 0:
                if chain.drive[k] >= 0:
                    ready = max(x[k - 1] + spent(chain, k - 1), x[chain.drive[k]] + _through(chain, k))
                else:
                    ready = x[k - 1] + spent(chain, k - 1) + chain.node[k, TRAVEL_S]
                if chain.lead[k] == 1:
                    if arrive[k] < ready:
                        arrive[k] = ready
                    ready = arrive[k]
                if t < ready:
                    t = ready
            fits = False
            for w in range(chain.ptr[k], chain.ptr[k + 1]):
                if t <= chain.high[w]:
                    if t < chain.low[w]:
                        t = chain.low[w]
                    fits = True
                    break
            if not fits:
                return k
            if t != x[k]:
                x[k] = t
                changed = True
            if limits_on and chain.mate[k] >= 0:
                p = chain.mate[k]
                need = t + chain.node[k, SETUP] - chain.limit[k] - chain.node[p, SETUP] - chain.node[p, WORK]
                if x[p] < need:
                    x[p] = need
                    changed = True
        if bays_on:
            if _stands_in_the_way(m, x, arrive, chain, busy):
                return 0
            k = 1
            while k < m:
                if chain.lead[k] == 0:
                    k += 1
                    continue
                last = k
                while last + 1 < m and chain.lead[last + 1] == 0:
                    last += 1
                loc = chain.place[k]
                if loc >= 0 and busy.ptr[loc] < busy.ptr[loc + 1]:
                    came = x[k] if chain.lead[k] == 2 else arrive[k]
                    left = x[last] + spent(chain, last)
                    if last + 1 < m and arrive[last + 1] - chain.node[last + 1, TRAVEL_S] > left:
                        left = arrive[last + 1] - chain.node[last + 1, TRAVEL_S]
                    moved = came
                    for b in range(busy.ptr[loc], busy.ptr[loc + 1]):
                        if moved < busy.until[b] and left > busy.since[b]:
                            moved = busy.until[b]
                            left = max(left, moved)
                    if moved > came:
                        changed = True
                        if chain.lead[k] == 2:
                            x[k] = moved
                        else:
                            arrive[k] = moved
                            # Leaving later is waiting at the place before: its bay stays taken.
                            x[k] = max(x[k], moved)
                k = last + 1
        if not changed:
            return -1
    return m - 1


@njit(cache=True, nogil=True)
def latest(m, y, arrive, chain, busy):  # type: ignore[no-untyped-def]
    """Lower ``y`` to the greatest feasible times; the caller knows that a solution below ``y`` exists."""
    for _ in range(50 * (m + 2)):
        changed = False
        for k in range(m - 1, -1, -1):
            t = y[k]
            if k + 1 < m:
                due = y[k + 1]
                if chain.lead[k + 1] == 1:
                    if arrive[k + 1] > due:
                        arrive[k + 1] = due
                    due = arrive[k + 1]
                due -= spent(chain, k)
                if chain.drive[k + 1] < 0:
                    due -= chain.node[k + 1, TRAVEL_S]
                if t > due:
                    t = due
            for w in range(chain.ptr[k + 1] - 1, chain.ptr[k] - 1, -1):
                if t >= chain.low[w]:
                    if t > chain.high[w]:
                        t = chain.high[w]
                    break
            if t != y[k]:
                y[k] = t
                changed = True
        for k in range(m):
            if chain.drive[k] >= 0 and y[chain.drive[k]] > y[k] - _through(chain, k):
                y[chain.drive[k]] = y[k] - _through(chain, k)
                changed = True
            if chain.mate[k] >= 0:
                p = chain.mate[k]
                picked = y[p] + chain.node[p, SETUP] + chain.node[p, WORK]
                due = picked + chain.limit[k] - chain.node[k, SETUP]
                if y[k] > due:
                    y[k] = due
                    changed = True
        changed = _leave_in_time(m, y, arrive, chain, busy) or changed
        k = 1
        while k < m:
            if chain.lead[k] == 0:
                k += 1
                continue
            last = k
            while last + 1 < m and chain.lead[last + 1] == 0:
                last += 1
            loc = chain.place[k]
            if loc >= 0 and busy.ptr[loc] < busy.ptr[loc + 1]:
                came = y[k] if chain.lead[k] == 2 else arrive[k]
                drives_on = last + 1 < m
                done = y[last] + spent(chain, last)
                left = arrive[last + 1] - chain.node[last + 1, TRAVEL_S] if drives_on else done
                moved = left
                for b in range(busy.ptr[loc + 1] - 1, busy.ptr[loc] - 1, -1):
                    if moved > busy.since[b] and came < busy.until[b]:
                        moved = busy.since[b]
                        came = min(came, moved)
                if moved < left:
                    changed = True
                    if drives_on:
                        arrive[last + 1] -= left - moved
                    else:
                        y[last] -= left - moved
                    if chain.lead[k] == 2:
                        y[k] = min(y[k], came)
                    else:
                        arrive[k] = min(arrive[k], came)
            k = last + 1
        if not changed:
            break


@njit(cache=True, nogil=True)
def shortest(inst, m, x, arrive, chain, busy, unions):  # type: ignore[no-untyped-def]
    """Find start times of the shortest duration, early rather than late.

    With one interval a node the earliest return and the latest departure for it are already the shortest
    (the return is a convex function of the departure). With unions the departure is pushed past the slack
    of the present intervals and the pair computed again; every step uses up an interval's end.

    Returns -1 and leaves the times in ``x`` and ``arrive``, or the node that fits no interval.
    """
    failed = earliest(m, x, arrive, chain, busy, True, True)
    if failed >= 0:
        return failed
    best_start = x[0]
    best_duration = NEVER
    y = take(inst, m)
    late = take(inst, m)
    trial = take(inst, m)
    came = take(inst, m)
    for k in range(m):
        trial[k] = x[k]
        came[k] = arrive[k]
    for _ in range(64):
        end = trial[m - 1]
        for k in range(m):
            y[k] = NEVER
            late[k] = NEVER
        y[m - 1] = end
        latest(m, y, late, chain, busy)
        if end - y[0] < best_duration:
            best_duration = end - y[0]
            best_start = y[0]
        if not unions:
            break
        slack = NEVER
        for k in range(m):
            for w in range(chain.ptr[k], chain.ptr[k + 1]):
                if chain.low[w] <= y[k] <= chain.high[w]:
                    slack = min(slack, chain.high[w] - y[k])
                    break
            loc = chain.place[k]
            if loc >= 0 and chain.lead[k] > 0:
                came_k = y[k] if chain.lead[k] == 2 else late[k]
                for b in range(busy.ptr[loc], busy.ptr[loc + 1]):
                    if busy.since[b] >= came_k:
                        slack = min(slack, max(busy.since[b] - came_k, 0))
                        break
        if slack >= NEVER // 2:
            break
        for k in range(m):
            trial[k] = -NEVER
            came[k] = -NEVER
        trial[0] = y[0] + slack + 1
        if earliest(m, trial, came, chain, busy, True, True) >= 0:
            break
    for k in range(m):
        x[k] = -NEVER
        arrive[k] = -NEVER
    x[0] = best_start
    return earliest(m, x, arrive, chain, busy, True, True)

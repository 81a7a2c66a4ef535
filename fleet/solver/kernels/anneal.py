"""Slack induction by string removals: routes near a request lose a string of stops each and are refilled.

After Christiaens and Vanden Berghe, "Slack Induction by String Removals" (Transportation Science, 2020),
with requests (pickup and delivery together) as the units that are removed and inserted.
"""

import numpy as np
from numba import njit

from fleet.solver.kernels import codes as c
from fleet.solver.kernels.eject import eject
from fleet.solver.kernels.moves import displace, drop_unworthy, hand_over
from fleet.solver.kernels.nearness import neighbours
from fleet.solver.kernels.recreate import BRIEF, PATIENT, place, without
from fleet.solver.kernels.state import (
    COSTS,
    LOST,
    LOST_SOFTLY,
    assign,
    copy_route,
    fill_members,
    put_route,
    restore_route,
)

MOST_RETRIED = 10
"""Requests left out by earlier iterations that are tried again in each one, those nearest to the ruin."""
UNLIKELY = 0.1
"""Share of the iterations that try what fits into no empty route: a visit's set-up may be paid already."""
RUINED_TOO = 0.5
"""Share of the displacements that a ruin follows: two requests that pay only together move at once."""
ENDLESS = (np.int64(c.DEAREST), np.int64(c.DEAREST))
"""Limits that no solution reaches."""


@njit(cache=True, nogil=True)
def exactly(search):  # type: ignore[no-untyped-def]
    """Return costs and what the requests that are not served are worth."""
    return search.state.sums[COSTS] + search.state.sums[LOST]


@njit(cache=True, nogil=True)
def softly(search):  # type: ignore[no-untyped-def]
    """Return the same with what they count while solutions are accepted."""
    return search.state.sums[COSTS] + search.state.sums[LOST_SOFTLY]


@njit(cache=True, nogil=True)
def _left_out(search, rng):  # type: ignore[no-untyped-def]
    """Return a random request that is left out, or the first of all where none is."""
    number = 0
    chosen = search.requests[0]
    for request in search.requests:
        if search.state.vehicle_of[request] < 0:
            number += 1
            if rng.integers(0, number) == 0:
                chosen = request
    return chosen


@njit(cache=True, nogil=True)
def _draw_middle(search, rng):  # type: ignore[no-untyped-def]
    """Return the request around which an iteration works."""
    if search.tuning[c.GROWTH] > 0.0 and rng.random() < search.tuning[c.AROUND]:
        return _left_out(search, rng)
    return search.requests[rng.integers(0, search.requests.shape[0])]


@njit(cache=True, nogil=True)
def _ruin(inst, search, middle, removed, rng):  # type: ignore[no-untyped-def]
    """Take strings of requests out of routes around a request; note which; return how many went."""
    state = search.state
    target = 1 + rng.poisson(search.tuning[c.REMOVED] - 1.0)
    ruined = np.zeros(state.stops.shape[0], np.bool_)
    gone = np.zeros(state.vehicle_of.shape[0], np.bool_)
    taken = 0
    for request in neighbours(inst, search, middle, rng):
        if taken >= target:
            break
        vehicle = state.vehicle_of[request]
        if vehicle < 0 or ruined[vehicle]:
            continue
        members = np.empty(state.stops[vehicle], np.int64)
        n = fill_members(inst, state, vehicle, members)
        at = 0
        while at < n - 1 and members[at] != request:
            at += 1
        longest = min(int(search.tuning[c.LONGEST]), n)
        length = min(int(rng.integers(1, longest + 1)), max(1, target - taken))
        kept = 1 if 1 < length < n and rng.random() < search.tuning[c.SPLIT] else 0
        span = length + kept
        first = int(rng.integers(max(0, at - span + 1), min(at, n - span) + 1))
        stays = first + int(rng.integers(1, span - 1)) if kept else -1
        for k in range(first, first + span):
            gone[members[k]] = k != stays
        ruined[vehicle] = True
        count, holds = without(inst, search, vehicle, gone)
        if holds:
            put_route(inst, state, vehicle, search.trial, count, search.nodes, search.result)
            taken += length
        for k in range(first, first + span):
            removed[members[k]] = holds and k != stays
            gone[members[k]] = False
    return taken


@njit(cache=True, nogil=True)
def _make_room(inst, search, removed, rng):  # type: ignore[no-untyped-def]
    """At times put a request that is left out in the place of others; say whether it was."""
    if search.tuning[c.GROWTH] == 0.0 or rng.random() >= search.tuning[c.EJECTED]:
        return False
    request = _left_out(search, rng)
    if search.state.vehicle_of[request] >= 0:
        return False
    return eject(inst, search, request, removed, rng.random() < search.tuning[c.PAIRED], rng)


@njit(cache=True, nogil=True)
def _in_some_order(inst, search, removed, missing, rng):  # type: ignore[no-untyped-def]
    """Return requests in one of several orders, musts first."""
    key = np.empty(missing.shape[0])
    how = rng.integers(0, 6)
    worth_first = rng.random() < search.tuning[c.WORTH_FIRST]
    if worth_first and (search.tuning[c.GROWTH] > 0.0 or not removed[missing].all()):
        how = 3
    for k in range(missing.shape[0]):
        r = missing[k]
        key[k] = rng.random()
        if how == 1:
            key[k] -= inst.load[r, 0]
        elif how == 2:
            key[k] += search.slack[r]
        elif how == 3:
            key[k] -= search.state.worth[r, 1]
        elif how == 4:
            key[k] += search.reach[r]
        elif how == 5:
            key[k] -= search.reach[r]
    order = missing[np.argsort(key)]
    # Not by a key: beside one that is large enough all others would round to the same.
    n = 0
    for must in (True, False):
        for r in order:
            if inst.must[r] == must:
                missing[n] = r
                n += 1
    return missing


@njit(cache=True, nogil=True)
def to_place(inst, search, middle, removed, rng):  # type: ignore[no-untyped-def]
    """Return what an iteration tries to place: what it took out, and what was out before, near its middle."""
    out = np.empty(search.requests.shape[0], np.int64)
    n = 0
    earlier = 0
    for request in search.requests:
        if search.state.vehicle_of[request] < 0 and not search.unlikely[request]:
            if removed[request]:
                out[n] = request
                n += 1
            else:
                earlier += 1
    tried = search.requests if earlier <= MOST_RETRIED else neighbours(inst, search, middle, rng)
    most = n + MOST_RETRIED
    for request in tried:
        if n == most:
            break
        if search.state.vehicle_of[request] < 0 and not removed[request] and not search.unlikely[request]:
            out[n] = request
            n += 1
    return out[:n]


@njit(cache=True, nogil=True)
def _unlikely_out(search):  # type: ignore[no-untyped-def]
    """Return the requests that are out and fit into no empty route."""
    out = np.empty(search.requests.shape[0], np.int64)
    n = 0
    for request in search.requests:
        if search.unlikely[request] and search.state.vehicle_of[request] < 0:
            out[n] = request
            n += 1
    return out[:n]


@njit(cache=True, nogil=True)
def _close(search, rng):  # type: ignore[no-untyped-def]
    """Keep half of the unused vehicles out, or those of half of the kinds: another fleet may do for less.

    Says whether there are any.
    """
    by_kind = rng.random() < 0.5
    vehicles = search.shut.shape[0]
    kinds = search.memory.shape[1] - vehicles
    kind_out = np.empty(kinds, np.bool_)
    for kind in range(kinds):
        kind_out[kind] = rng.random() < 0.5
    for vehicle in range(vehicles):
        out = kind_out[search.when_unused[vehicle] - vehicles] if by_kind else rng.random() < 0.5
        search.closed[vehicle] = out and search.state.stops[vehicle] == 0
    return search.closed.any()


@njit(cache=True, nogil=True)
def _may_add(search, limits, untried):  # type: ignore[no-untyped-def]
    """Return by how much costs may rise, exactly and softly, if all untried requests came in for nothing.

    That an insertion adds less than nothing, as it may where drives are crooked, is not counted on.
    """
    return (
        limits[0] - (exactly(search) - untried[0]),
        limits[1] - (softly(search) - untried[1]),
    )


@njit(cache=True, nogil=True)
def _is_hopeless(search, limits, untried):  # type: ignore[no-untyped-def]
    """Whether the solution can neither become the best nor be accepted any more."""
    exact, soft = _may_add(search, limits, untried)
    return exact <= 0 and soft <= 0


@njit(cache=True, nogil=True)
def _cutoff(search, request, limits, untried):  # type: ignore[no-untyped-def]
    """Return what the insertion of an untried request has to stay below, to be worth it and not hopeless."""
    worth = search.state.worth[request]
    exact, soft = _may_add(search, limits, untried)
    # Left out it may be hopeless, too: then it is not looked at for more than what is left.
    if worth[0] >= exact and worth[1] >= soft:
        return min(worth[0], max(exact, soft))
    return worth[0]


@njit(cache=True, nogil=True)
def _recreate(inst, search, middle, removed, limits, rng):  # type: ignore[no-untyped-def]
    """Bring the missing requests back in one of several orders; at times some at any cost.

    As soon as the solution can stay below neither of the ``limits``, for its exact and its soft sum, nothing
    more is tried; returns whether it can.
    """
    state = search.state
    push = rng.random() < search.tuning[c.PUSHED]
    closing = rng.random() < search.tuning[c.CLOSED] and _close(search, rng)
    unlikely = search.requests[:0]
    if rng.random() < UNLIKELY:
        unlikely = _unlikely_out(search)
    if push:
        limits = ENDLESS
    missing = to_place(inst, search, middle, removed, rng)
    missing = _in_some_order(inst, search, removed, missing, rng)
    pushed = np.zeros(missing.shape[0], np.bool_)
    untried = np.zeros(2, np.int64)
    for request in missing:
        untried += state.worth[request]
    for request in unlikely:
        untried += state.worth[request]
    blink = search.tuning[c.BLINK]
    for k in range(missing.shape[0]):
        request = missing[k]
        pushed[k] = push and rng.random() < 0.5
        cutoff = search.any_cost[0] if pushed[k] else _cutoff(search, request, limits, untried)
        patient = rng.random() < search.tuning[c.PATIENT]
        if place(inst, search, request, cutoff, blink, patient, rng) or not closing:
            untried -= state.worth[request]
        if _is_hopeless(search, limits, untried):
            search.closed[:] = False
            return False
    if closing:
        search.closed[:] = False
        for request in missing:
            if state.vehicle_of[request] < 0:
                cutoff = _cutoff(search, request, limits, untried)
                place(inst, search, request, cutoff, blink, BRIEF, rng)
                untried -= state.worth[request]
                if _is_hopeless(search, limits, untried):
                    return False
    chance = MOST_RETRIED / max(1, unlikely.shape[0])
    for request in unlikely:
        if rng.random() < chance:
            place(inst, search, request, state.worth[request, 0], 0.0, PATIENT, rng)
    if push:
        drop_unworthy(inst, search, missing[pushed])
    return True


@njit(cache=True, nogil=True)
def settle(search):  # type: ignore[no-untyped-def]
    """Accept the routes as they stand; keep them as the best if they are. Say whether they are."""
    for vehicle in range(search.differs.shape[0]):
        if search.state.changed[vehicle]:
            search.state.changed[vehicle] = 0
            copy_route(search.state, search.before, vehicle)
            search.differs[vehicle] = True
    search.scores[0] = softly(search)
    if search.tuning[c.GROWTH] > 0.0:
        for request in search.requests:
            search.was_out[request] = search.state.vehicle_of[request] < 0
    reached = exactly(search)
    if reached >= search.scores[1]:
        return False
    search.scores[1] = reached
    for vehicle in range(search.differs.shape[0]):
        if search.differs[vehicle]:
            search.differs[vehicle] = False
            copy_route(search.state, search.best, vehicle)
    return True


@njit(cache=True, nogil=True)
def _reject(inst, search):  # type: ignore[no-untyped-def]
    """Put the accepted routes back."""
    state = search.state
    for vehicle in range(search.differs.shape[0]):
        if state.changed[vehicle]:
            assign(inst, state, vehicle, False)
    for vehicle in range(search.differs.shape[0]):
        if state.changed[vehicle]:
            restore_route(inst, search.before, state, vehicle)


@njit(cache=True, nogil=True)
def _grow_dearer(search):  # type: ignore[no-untyped-def]
    """Let every request that is left out now count more from now on."""
    state = search.state
    more = np.int64(search.tuning[c.GROWTH])
    for request in search.requests:
        if state.vehicle_of[request] < 0:
            state.worth[request, 1] += more
            state.sums[LOST_SOFTLY] += more
            if search.was_out[request]:
                search.scores[0] += more


@njit(cache=True, nogil=True)
def anneal(inst, search, iterations, temperature, rng):  # type: ignore[no-untyped-def]
    """Ruin and recreate some times at one temperature; return how often the best became better."""
    better = 0
    removed = np.zeros(search.state.vehicle_of.shape[0], np.bool_)
    for _ in range(iterations):
        removed[:] = False
        middle = _draw_middle(search, rng)
        if not _make_room(inst, search, removed, rng):
            moved = rng.random() < search.tuning[c.DISPLACED] and displace(inst, search, rng)
            if not moved or rng.random() < RUINED_TOO:
                _ruin(inst, search, middle, removed, rng)
        # Drawn beforehand: an iteration ends when it is clear that its outcome will be rejected.
        rise = np.int64(np.ceil(-temperature * np.log(1.0 - rng.random())))
        grows = search.tuning[c.GROWTH] > 0.0
        limits = ENDLESS if grows else (search.scores[1], search.scores[0] + rise)
        if not _recreate(inst, search, middle, removed, limits, rng):
            _reject(inst, search)
            continue
        is_best = exactly(search) < search.scores[1]
        if is_best:
            for vehicle in range(search.shut.shape[0]):
                hand_over(inst, search, vehicle)
        if grows:
            _grow_dearer(search)
        if is_best or softly(search) - search.scores[0] < rise:
            better += settle(search)
        else:
            _reject(inst, search)
    return better

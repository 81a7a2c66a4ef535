"""A first plan: always the request next that adds least for what it is worth; then what found no place."""

import numpy as np
from numba import njit

from fleet.solver.kernels.eject import eject
from fleet.solver.kernels.nearness import neighbours, vehicles_near
from fleet.solver.kernels.recreate import BRIEF, PATIENT, PLACE_MASK, commit, look, place, rule_out
from fleet.solver.kernels.shortlist import takes
from fleet.solver.kernels.state import fill_members

SINGLE_EJECTIONS, MOST_EJECTIONS = 2, 8
"""Tries to put a must in the place of one other, and all tries, those in the place of two included."""


@njit(cache=True, nogil=True)
def insert_best_first(inst, search, requests, waiting, most, dearest, rng):  # type: ignore[no-untyped-def]
    """Insert requests, ``most`` at most, always the one that adds least for its worth; return how many.

    Nothing counts as worth more than ``dearest``. ``waiting`` says which are still to be tried. What fits
    nowhere now is looked at again: it may fit later, beside a visit that another one brings. A route where
    bays that others take spoil an insertion is left alone until it changes.
    """
    state = search.state
    n = requests.shape[0]
    share = np.full(n, np.inf)
    into = np.full((n, 3), -1, np.int64)
    is_stale = np.ones(n, np.bool_)
    row_of = np.full(state.vehicle_of.shape[0], -1, np.int64)
    row_of[requests] = np.arange(n)
    members = np.empty(state.tasks.shape[1], np.int64)
    inserted = 0
    while inserted < most:
        chosen = np.int64(-1)
        least = np.inf
        for k in range(n):
            if not waiting[k]:
                continue
            if is_stale[k]:
                is_stale[k] = False
                worth = state.worth[requests[k], 0]
                near = vehicles_near(inst, search, requests[k], rng)
                value, vehicle, where, _ = look(inst, search, requests[k], near, worth, 0.0, BRIEF, rng)
                share[k] = value / max(1, min(worth, dearest)) if vehicle >= 0 else np.inf
                into[k, 0] = vehicle
                into[k, 1] = where
                into[k, 2] = value
            if share[k] < least:
                least = share[k]
                chosen = np.int64(k)
        if chosen < 0:
            break
        vehicle, where, value = into[chosen]
        # Others may have used up what its delivery is capped at.
        is_taken = takes(inst, where & PLACE_MASK, requests[chosen], state.cap_free)
        if not is_taken or not commit(inst, search, requests[chosen], vehicle, where, value, False):
            rule_out(search, requests[chosen], vehicle)
            is_stale[chosen] = True
            continue
        inserted += 1
        waiting[chosen] = False
        is_stale |= into[:, 0] == vehicle
        for m in range(fill_members(inst, state, vehicle, members)):
            for near_by in neighbours(inst, search, members[m], rng):
                if row_of[near_by] >= 0:
                    is_stale[row_of[near_by]] = True
    return inserted


@njit(cache=True, nogil=True)
def squeeze_in(inst, search, requests, rng):  # type: ignore[no-untyped-def]
    """Insert one after the other, with far more insertions evaluated; a must in the place of one or two."""
    removed = np.zeros(search.state.vehicle_of.shape[0], np.bool_)
    for request in requests:
        if place(inst, search, request, search.state.worth[request, 0], 0.0, PATIENT, rng):
            continue
        for k in range(MOST_EJECTIONS if inst.must[request] else 0):
            if eject(inst, search, request, removed, k >= SINGLE_EJECTIONS, rng):
                break

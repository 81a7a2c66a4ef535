"""Best insertion of a request into a route: every pair of positions, every alternative, exactly."""

import numpy as np
from numba import njit

from fleet.solver.instance import NEVER
from fleet.solver.kernels import codes as c
from fleet.solver.kernels.route import evaluate
from fleet.solver.kernels.screen import PASSED, overloaded, screen

MOST_EXPLAINED = 40
"""How many of the cheapest insertions that look possible are evaluated to say why none of them is."""


@njit(cache=True, nogil=True)
def fill(tasks, count, pickup, i, delivery, j, trial):  # type: ignore[no-untyped-def]
    """Write ``tasks`` with the pickup before position i and the delivery before j; return the length."""
    k = 0
    for position in range(count + 1):
        if pickup >= 0 and position == i:
            trial[k] = pickup
            k += 1
        if position == j:
            trial[k] = delivery
            k += 1
        if position < count:
            trial[k] = tasks[position]
            k += 1
    return k


@njit(cache=True, nogil=True)
def _all(inst, tasks, request, choice, least):  # type: ignore[no-untyped-def]
    """Fill ``choice`` (option, i, j) with every insertion, at no least cost; return their number."""
    count = tasks.shape[0]
    pickup = inst.request_pickup[request]
    found = 0
    for option in range(inst.delivery_ptr[request], inst.delivery_ptr[request + 1]):
        for i in range(count + 1 if pickup >= 0 else 1):
            for j in range(i, count + 1):
                choice[found, 0] = option
                choice[found, 1] = i
                choice[found, 2] = j
                least[found] = -NEVER
                found += 1
    return found


@njit(cache=True, nogil=True)
def _candidates(inst, vehicle, tasks, request, cutoff, choice, least):  # type: ignore[no-untyped-def]
    """Fill ``choice`` (option, i, j) and ``least`` with what passes the quick look; return its number."""
    count = tasks.shape[0]
    pickup = inst.request_pickup[request]
    trial = np.empty(count + 2, np.int64)
    found = 0
    for option in range(inst.delivery_ptr[request], inst.delivery_ptr[request + 1]):
        delivery = inst.delivery_task[option]
        for i in range(count + 1 if pickup >= 0 else 1):
            for j in range(i, count + 1):
                k = fill(tasks, count, pickup, i, delivery, j, trial)
                verdict, cost = screen(inst, vehicle, trial, k)
                if verdict != PASSED:
                    if verdict < (j + 1 if pickup >= 0 else j):
                        # What comes before the delivery is late already: later positions share it.
                        break
                    continue
                if cost < cutoff and not overloaded(inst, vehicle, trial, k):
                    choice[found, 0] = option
                    choice[found, 1] = i
                    choice[found, 2] = j
                    least[found] = cost
                    found += 1
    return found


@njit(cache=True, nogil=True)
def best_insertion(inst, vehicle, tasks, request, cap_left, busy, cutoff, why, tasks_out, node_out, out):  # type: ignore[no-untyped-def]
    """Insert ``request`` where the whole route becomes cheapest.

    Returns ``codes.OK`` with the sequence in ``tasks_out`` (count + 2), or a broken rule: with ``why`` that
    of the insertion which got furthest among the cheapest (``out`` and ``tasks_out`` describe it, least
    violation first), without it some rule, found as quickly as possible.
    ``cutoff`` is a cost to beat.
    """
    if not why and not inst.allowed[request, vehicle]:
        return c.NOT_ALLOWED
    count = tasks.shape[0]
    pickup = inst.request_pickup[request]
    options = inst.delivery_ptr[request + 1] - inst.delivery_ptr[request]
    most = options * (count + 1) * (count + 2 if pickup >= 0 else 1)
    choice = np.empty((most, 3), np.int64)
    least = np.empty(most, np.int64)
    number = _candidates(inst, vehicle, tasks, request, cutoff, choice, least)
    some = why and number > MOST_EXPLAINED
    if why and number == 0:
        # Late or overloaded everywhere, which is found quickly: which of the two, and by how little.
        number = _all(inst, tasks, request, choice, least)
    trial = np.empty(count + 2, np.int64)
    nodes = np.empty_like(node_out)
    result = np.zeros_like(out)
    best_cost = cutoff
    found = False
    furthest = c.NOT_ALLOWED if why or number > 0 else c.TOO_DEAR
    smallest = np.int64(c.DEAREST)
    # Cheapest first: the first that holds leaves few others to look at.
    order = np.argsort(least[:number], kind="mergesort")
    for q in order[:MOST_EXPLAINED] if some else order:
        if least[q] >= best_cost:
            furthest = max(furthest, c.TOO_DEAR)
            break
        k = fill(tasks, count, pickup, choice[q, 1], inst.delivery_task[choice[q, 0]], choice[q, 2], trial)
        rule = evaluate(inst, vehicle, trial, k, cap_left, busy, best_cost, nodes, result)
        if rule == c.OK:
            found = True
            best_cost = result[c.COST]
        elif found or rule < furthest or (rule == furthest and result[c.AMOUNT] >= smallest):
            continue
        furthest = rule
        smallest = result[c.AMOUNT]
        tasks_out[:k] = trial[:k]
        node_out[:] = nodes
        out[:] = result
    return c.OK if found else furthest

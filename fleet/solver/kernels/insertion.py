"""Best insertion of a request into a route: every pair of positions, every alternative, exactly."""

import numpy as np
from numba import njit

from fleet.solver.kernels import codes as c
from fleet.solver.kernels.route import evaluate
from fleet.solver.kernels.screen import PASSED, TOO_DEAR, overloaded, screen


@njit(cache=True, nogil=True)
def _fill(tasks, pickup, i, delivery, j, trial):  # type: ignore[no-untyped-def]
    """Write ``tasks`` with the pickup before position i and the delivery before j; return the length."""
    k = 0
    for position in range(tasks.shape[0] + 1):
        if pickup >= 0 and position == i:
            trial[k] = pickup
            k += 1
        if position == j:
            trial[k] = delivery
            k += 1
        if position < tasks.shape[0]:
            trial[k] = tasks[position]
            k += 1
    return k


@njit(cache=True, nogil=True)
def best_insertion(inst, vehicle, tasks, request, cap_left, busy, cutoff, why, tasks_out, node_out, out):  # type: ignore[no-untyped-def]
    """Insert ``request`` where the whole route becomes cheapest.

    Returns ``codes.OK`` with the sequence in ``tasks_out`` (count + 2), or a broken rule: with ``why`` that
    of the insertion which got furthest (``out`` and ``tasks_out`` describe it, least violation first),
    without it some rule, found as quickly as possible.
    ``cutoff`` is a cost to beat.
    """
    count = tasks.shape[0]
    pickup = inst.request_pickup[request]
    trial = np.empty(count + 2, np.int64)
    nodes = np.empty_like(node_out)
    result = np.zeros_like(out)
    best_cost = cutoff
    found = False
    furthest = c.NOT_ALLOWED
    least = np.int64(c.DEAREST)
    if not why and not inst.allowed[request, vehicle]:
        return c.NOT_ALLOWED
    for option in range(inst.delivery_ptr[request], inst.delivery_ptr[request + 1]):
        delivery = inst.delivery_task[option]
        for i in range(count + 1 if pickup >= 0 else 1):
            for j in range(i, count + 1):
                k = _fill(tasks, pickup, i, delivery, j, trial)
                if not why:
                    verdict = screen(inst, vehicle, trial, k, best_cost)
                    if verdict == TOO_DEAR:
                        furthest = c.TOO_DEAR
                        continue
                    if verdict != PASSED:
                        if verdict < (j + 1 if pickup >= 0 else j):
                            # What comes before the delivery is late already: later positions share it.
                            break
                        continue
                    if overloaded(inst, vehicle, trial, k):
                        continue
                rule = evaluate(inst, vehicle, trial, k, cap_left, busy, best_cost, nodes, result)
                if rule == c.OK:
                    found = True
                    best_cost = result[c.COST]
                elif found or rule < furthest or (rule == furthest and result[c.AMOUNT] >= least):
                    continue
                furthest = rule
                least = result[c.AMOUNT]
                tasks_out[:k] = trial[:k]
                node_out[:] = nodes
                out[:] = result
    return c.OK if found else furthest

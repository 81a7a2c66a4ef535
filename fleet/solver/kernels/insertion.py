"""Best insertion of a request into a route: every pair of positions, every alternative, exactly."""

import numpy as np
from numba import njit

from fleet.solver.kernels import codes as c
from fleet.solver.kernels.route import Freed, evaluate


@njit(cache=True, nogil=True)
def best_insertion(inst, vehicle, tasks, request, cap_left, busy, rules, cutoff, tasks_out, node_out, out):  # type: ignore[no-untyped-def]
    """Insert ``request`` where the whole route becomes cheapest.

    Returns ``codes.OK`` with the sequence in ``tasks_out`` (count + 2), or the rule that the insertion
    which got furthest breaks (``out`` and ``tasks_out`` describe that one, least violation first).
    ``rules`` (``codes.FREE_*``) are not asked of this request; ``cutoff`` is a cost to beat.
    """
    count = tasks.shape[0]
    pickup = inst.request_pickup[request]
    trial = np.empty(count + 2, np.int64)
    nodes = np.empty_like(node_out)
    result = np.zeros_like(out)
    best_cost = cutoff
    freed = Freed(request, rules)
    found = False
    furthest = -1
    least = np.int64(0)
    for option in range(inst.delivery_ptr[request], inst.delivery_ptr[request + 1]):
        delivery = inst.delivery_task[option]
        for i in range(count + 1 if pickup >= 0 else 1):
            for j in range(i, count + 1):
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
                rule = evaluate(inst, vehicle, trial, k, cap_left, busy, freed, best_cost, nodes, result)
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

"""Evaluation of one route: all rules of one vehicle, its breaks and recharges placed, its times exact."""

import numpy as np
from numba import njit

from fleet.solver.kernels import codes as c
from fleet.solver.kernels.arena import give_back, take, taken
from fleet.solver.kernels.breaks import with_breaks
from fleet.solver.kernels.energy import missing_wh, no_charging
from fleet.solver.kernels.legs import clockless
from fleet.solver.kernels.recharges import with_recharges


@njit(cache=True, nogil=True)
def evaluate(inst, vehicle, tasks, count, cap_left, busy, cutoff, node_out, out):  # type: ignore[no-untyped-def]
    """Evaluate a vehicle's sequence of tasks; return ``codes.OK`` or the first rule it breaks.

    ``codes.TOO_DEAR`` says that no placing of breaks and recharges costs less than ``cutoff``.
    ``node_out`` needs count + breaks + 4 rows; ``out`` gets cost, times and the amount of a violation.
    """
    mark = taken(inst)
    rule = _evaluated(inst, vehicle, tasks, count, cap_left, busy, cutoff, node_out, out)
    give_back(inst, mark)
    return rule


@njit(cache=True, nogil=True)
def _evaluated(inst, vehicle, tasks, count, cap_left, busy, cutoff, node_out, out):  # type: ignore[no-untyped-def]
    out[:] = 0
    out[c.DETAIL] = -1
    dimensions = inst.capacity.shape[1]
    loads = take(inst, (count + 1) * dimensions).reshape(count + 1, dimensions)
    rule = clockless(inst, vehicle, tasks, count, cap_left, loads, out)
    if rule != c.OK:
        return rule
    charging = no_charging(inst)
    missing = missing_wh(inst, vehicle, tasks, count, loads, charging)
    if missing <= 0.0:
        rule = with_breaks(inst, vehicle, tasks, count, charging, loads, busy, cutoff, node_out, out)
    else:
        rule = with_recharges(
            inst, vehicle, tasks, count, charging, loads, busy, cutoff, node_out, out
        )
        if rule == c.ENERGY:
            out[c.AMOUNT] = np.int64(np.ceil(missing))
    if rule == c.OK:
        out[c.ROUTE_M] = out[c.BEST_M]
        out[c.ROUTE_TRAVEL_S] = out[c.BEST_TRAVEL_S]
        if out[c.ROUTE_M] > inst.max_distance_m[vehicle]:
            return c.MAX_DISTANCE
        if out[c.ROUTE_TRAVEL_S] > inst.max_travel_s[vehicle]:
            return c.MAX_TRAVEL
    return rule

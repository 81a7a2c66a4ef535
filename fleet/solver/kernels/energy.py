"""Charge along a route, and the minutes that its recharges need."""

from typing import NamedTuple

import numpy as np
from numba import njit

from fleet.solver.instance import Ints
from fleet.solver.kernels.arena import take
from fleet.solver.kernels.legs import leg, place_after, place_before

WH_TOLERANCE = 1e-6
"""Kept above the reserve, so that another program's rounding does not find a route below it."""


class Charging(NamedTuple):
    """At most two recharges: ``at`` a location, on the drive into stop ``gap``, for ``minutes``."""

    number: Ints
    """(1,)"""
    gap: Ints
    at: Ints
    minutes: Ints


@njit(cache=True, nogil=True)
def no_charging(inst):  # type: ignore[no-untyped-def]
    """Return room for two recharges, with none in it."""
    room = take(inst, 7)
    room[:] = 0
    return Charging(room[:1], room[1:3], room[3:5], room[5:])


@njit(cache=True, nogil=True)
def _wh_per_m(inst, vehicle, loads, gap):  # type: ignore[no-untyped-def]
    """Return what a metre of the drive into stop ``gap`` takes with what is on board then."""
    return inst.wh_per_m[vehicle] + inst.wh_per_m_per_g[vehicle] * loads[gap, inst.energy_load]


@njit(cache=True, nogil=True)
def missing_wh(inst, vehicle, tasks, count, loads, charging):  # type: ignore[no-untyped-def]
    """Walk the legs, set the least whole minutes of each recharge, return the Wh that are missing."""
    if inst.usable_wh[vehicle] == np.inf:
        return 0.0
    charges = charging.number[0]
    used = np.zeros(charges + 1)
    segment = 0
    for gap in range(count + 1):
        here = place_before(inst, vehicle, tasks, gap)
        there = place_after(inst, vehicle, tasks, count, gap)
        per_m = _wh_per_m(inst, vehicle, loads, gap)
        while segment < charges and charging.gap[segment] == gap:
            used[segment] += per_m * leg(inst, vehicle, here, charging.at[segment])[0]
            here = charging.at[segment]
            segment += 1
        used[segment] += per_m * leg(inst, vehicle, here, there)[0]
    return _charged(inst, vehicle, used, charging)


@njit(cache=True, nogil=True)
def fill_used(inst, vehicle, tasks, count, loads, upto):  # type: ignore[no-untyped-def]
    """Fill ``upto`` (count + 2): the Wh that a route without recharges has taken before each drive."""
    upto[0] = 0.0
    for gap in range(count + 1):
        here = place_before(inst, vehicle, tasks, gap)
        there = place_after(inst, vehicle, tasks, count, gap)
        metres = leg(inst, vehicle, here, there)[0]
        upto[gap + 1] = upto[gap] + _wh_per_m(inst, vehicle, loads, gap) * metres


@njit(cache=True, nogil=True)
def missing_wh_by_sums(inst, vehicle, tasks, count, loads, charging, upto, used):  # type: ignore[no-untyped-def]
    """Do what :func:`missing_wh` does without a walk, but for rounding; ``used`` is room for three."""
    charges = charging.number[0]
    used[0] = 0.0
    since = 0.0
    for s in range(charges):
        gap = charging.gap[s]
        per_m = _wh_per_m(inst, vehicle, loads, gap)
        if s > 0 and charging.gap[s - 1] == gap:
            used[s] = per_m * leg(inst, vehicle, charging.at[s - 1], charging.at[s])[0]
        else:
            here = place_before(inst, vehicle, tasks, gap)
            used[s] += upto[gap] - since + per_m * leg(inst, vehicle, here, charging.at[s])[0]
        there = place_after(inst, vehicle, tasks, count, gap)
        used[s + 1] = per_m * leg(inst, vehicle, charging.at[s], there)[0]
        since = upto[gap + 1]
    used[charges] += upto[count + 1] - since
    return _charged(inst, vehicle, used[: charges + 1], charging)


@njit(cache=True, nogil=True)
def _charged(inst, vehicle, used, charging):  # type: ignore[no-untyped-def]
    """Set the minutes between stretches that take ``used``; return the Wh that are missing all the same."""
    reserve = inst.reserve_wh[vehicle] + WH_TOLERANCE
    charge = inst.start_charge_wh[vehicle]
    missing = 0.0
    for s in range(used.shape[0]):
        if s > 0:
            watts = min(inst.charger_w[charging.at[s - 1]], inst.charging_w[vehicle])
            per_minute = watts * inst.charging_efficiency[vehicle] / 60.0
            needed = min(reserve + used[s], inst.usable_wh[vehicle])
            charging.minutes[s - 1] = 0
            if per_minute > 0 and needed > charge:
                charging.minutes[s - 1] = np.int64(np.ceil((needed - charge) / per_minute))
                charge = min(charge + charging.minutes[s - 1] * per_minute, inst.usable_wh[vehicle])
        charge -= used[s]
        if charge < reserve - WH_TOLERANCE / 2:
            missing = max(missing, reserve - charge)
    return missing

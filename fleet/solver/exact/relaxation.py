"""The same problem without what one route cannot know by itself: no plan of it is judged harder."""

import math

import numpy as np

from fleet.solver.instance import NEVER, Floats, Instance, Ints
from fleet.solver.kernels.breaks import MOST_BREAK_PLACINGS

MOST_WINDOW_STEPS = 60
"""Ends of windows that a shortest duration may have to step over; the kernel makes 64 steps."""
RESERVE_TOLERANCE = 2e-6
"""Share of the battery by which a charge may fall below the reserve: the checker's tolerance and rounding."""


def is_exact(instance: Instance, requests: Ints) -> bool:
    """Whether the kernels find the cheapest schedule of every sequence that serves some of these requests.

    They do while the placings of breaks and the ends of windows are few. Breaks that interrupt legs, or bound
    the load, are left to problems for which nobody asks for a bound.
    """
    if instance.breaks_on_legs or (instance.break_max_load < NEVER).any():
        return False
    slots = 2 * (2 * len(requests)) + 2
    breaks = int(np.diff(instance.break_ptr).max(initial=0))
    # Without any break, then with the first 0, 1, 2 ... of them.
    placings = 1 + sum(math.comb(slots + b - 1, b) for b in range(breaks + 1))
    of_task = np.maximum(np.diff(instance.window_ptr) - 1, 0)
    of_break = np.maximum(np.diff(instance.break_window_ptr) - 1, 0)
    steps = int(of_task[np.isin(instance.task_request, requests)].sum() + of_break.sum())
    return placings < MOST_BREAK_PLACINGS and steps < MOST_WINDOW_STEPS


def relaxed(instance: Instance) -> Instance:
    """Return the problem in which any route is judged by itself, and none is judged too hard.

    Bays and caps are for those who see all routes. Load binds on legs, and the kernels ask for room between
    two stops at one place as well, so whoever builds sequences looks at their legs, and at the energy of
    these. Where a battery can be charged, every leg may lead past chargers for nothing.
    """
    easier = instance._replace(
        bays=np.full_like(instance.bays, -1),
        held_bays=np.zeros((0, 4), np.int64),
        cap_left=np.full_like(instance.cap_left, NEVER),
        capacity=np.full_like(instance.capacity, NEVER),
        usable_wh=np.full_like(instance.usable_wh, np.inf),
    )
    charged = (instance.recharges_left > 0) & (instance.most_charging_w > 0)
    if not charged.any():
        return easier
    chargers = np.flatnonzero(instance.charger_w)
    return easier._replace(
        duration_s=_past(instance.duration_s, chargers),
        distance_m=_past(instance.distance_m, chargers),
        travel_cost=_past(instance.travel_cost, chargers if len(instance.travel_cost) else chargers[:0]),
    )


def _past(matrices: Ints, chargers: Ints) -> Ints:
    """Return (C, n, n) of what a leg takes at least if chargers may lie on its way."""
    least = matrices
    for _recharge in range(2):
        for charger in chargers:
            least = np.minimum(least, matrices[:, :, charger, None] + least[:, None, charger, :])
    return np.ascontiguousarray(least)


def power_of(instance: Instance, vehicle: int) -> Floats:
    """Return the Wh that a vehicle has before it must recharge, and the most that a minute of that brings."""
    usable = instance.usable_wh[vehicle]
    if not np.isfinite(usable):
        return np.array([np.inf, 0.0])
    spare = instance.start_charge_wh[vehicle] - instance.reserve_wh[vehicle] + RESERVE_TOLERANCE * usable
    watts = instance.most_charging_w[vehicle] if instance.recharges_left[vehicle] > 0 else 0.0
    return np.array([spare, watts / 60.0])

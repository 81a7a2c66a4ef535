"""What is known of each route for insertions into it, kept until the route changes."""

from typing import NamedTuple

import numpy as np

from fleet.solver.instance import NEVER, Bools, Floats, Instance, Ints
from fleet.solver.kernels import codes as c
from fleet.solver.kernels.drives import Legs, drives_of

# Columns of a head, but for its Wh.
HERE = 0
CLOCK = 1
DURATION = 2
OPENS = 3
CLOSES = 4
STANDING = 5
METRES = 6
UNDER_WAY = 7
EXTRA = 8
OWES = 9
DUE = 10
RESTED = 11
HEAD_COLUMNS = 12

# Columns of a tail, which depend on how its first stop is reached.
TAIL_LATEST = 0
TAIL_DURATION = 1
TAIL_OPENS = 2
TAIL_CLOSES = 3
TAIL_STANDING = 4
TAIL_RESTING = 5
TAIL_COLUMNS = 6

# Columns of a tail that do not.
REST_METRES = 0
REST_UNDER_WAY = 1
REST_EXTRA = 2
REST_COLUMNS = 3

# What is known of a drive that an insertion would add.
DRIVE_METRES = 0
DRIVE_SECONDS = 1
DRIVE_TOLL = 2
"""What the leg costs on top"""
DRIVE_PRICE = 3
"""What it costs in all, with the work where it leads, and with a visit where that is one of its own"""
DRIVE_COLUMNS = 4

# Columns of a stop of a simple vehicle's route; the last is its end.
STOP_PLACE = 0
STOP_READY = 1
"""Earliest end of the work before it"""
STOP_DRIVE_S = 2
STOP_PRICE = 3
"""What the drive into it costs"""
STOP_OPENS = 4
STOP_CLOSES = 5
STOP_HANDLING = 6
STOP_SETUP = 7
STOP_PAID = 8
"""Its set-up, or 0 where it goes on with a visit"""
STOP_LATEST = 9
STOP_LATEST_HERE = 10
"""Latest arrival from which all windows hold, from another place and from its own"""
STOP_COLUMNS = 11

# Columns of one more stop at a position of such a route.
WAY_COME_S = 0
WAY_GO_S = 1
WAY_OWN_S = 2
"""Its set-up and handling"""
WAY_COME_PRICE = 3
"""The drive there, and its work"""
WAY_GO_PRICE = 4
"""The drive away and what that changes of the next stop's set-up, less the drive that it saves"""
WAY_ADDED = 5
"""Both, or ``codes.DEAREST`` where windows forbid it"""
WAY_COLUMNS = 6


class HalvesArrays(NamedTuple):
    """Both halves of V routes of up to W stops at each of their stops, and room for one insertion."""

    version: Ints
    """(V,) of the route that this is known of; -1 for none"""
    heads: Ints
    """(V, W + 1, HEAD_COLUMNS) after k stops"""
    reached: Ints
    """(V,) how many heads there are: one more than stops, unless a window cannot hold"""
    head_wh: Floats
    """(V, W + 1)"""
    tails: Ints
    """(V, W + 1, 3, TAIL_COLUMNS) from the arrival at stop k on, by how it is reached"""
    rest: Ints
    """(V, W + 1, REST_COLUMNS) sums of the drives from stop k on"""
    rest_wh: Floats
    """(V, W + 1)"""
    spare: Ints
    """(V, W + 1) seconds that may come before stop k for the requests on board there"""
    straight: Ints
    """(V, W + 1) what the drive into stop k costs"""
    legs: Legs
    """As in :class:`Drives`"""
    into: Ints
    """(1 + alternatives, W + 1, DRIVE_COLUMNS) the drive to the pickup, or a delivery, instead of stop k"""
    out_of: Ints
    """(1 + alternatives, W + 1, DRIVE_COLUMNS) the drive from there to stop k"""
    across: Ints
    """(1 + alternatives, DRIVE_COLUMNS) the drive from the pickup to each delivery"""
    at_once: Ints
    """(1 + alternatives,) what pickup and delivery add at one position"""
    visit: Ints
    """(1 + alternatives,) what a visit for the pickup, or for a delivery, costs beside drive and work"""
    skipped: Bools
    """(1 + alternatives,) whether a delivery is too dear before every stop"""
    has_room: Bools
    """(W + 1,) whether the request may be beside what is on board after k stops"""
    excluded: Bools
    """(1 + alternatives, W + 1) where the pickup, or a delivery, is too dear, late or heavy"""
    stops: Ints
    """(V, W + 1, STOP_COLUMNS) of simple vehicles"""
    metres: Ints
    seconds: Ints
    """(V,) of their routes"""
    spare_s: Ints
    spare_cost: Ints
    """(V,) by how much less than alone a stop may delay or cost a route beside another"""
    ahead_s: Ints
    """(V,) by how much sooner than alone a stop may be reached where another comes before it"""
    crooked_cost: Ints
    """(V,) by how much less than nothing the drives of one more stop may cost: straight ones may be longer"""
    longer_cost: Ints
    """(V,) how much dearer one set-up at a place is at most than another, whose place it may take"""
    idle_cost: Ints
    """(V,) what more stops may save of a route's cost: waiting, above all; for an empty one anything"""
    stops_at: Ints
    """(V, places) the last known version of a route that stops there"""
    ways: Ints
    """(2, W + 1, WAY_COLUMNS) one more stop, the pickup or a delivery, instead of stop k"""
    least: Ints
    """(W + 2,) the least that a delivery adds before stop j or later, as long as there is room up to it"""


def room_for_halves(instance: Instance, *, stops: int) -> HalvesArrays:
    """Return the arrays for routes of so many stops, of which nothing is known."""
    vehicles = instance.n_vehicles
    alternatives = int(np.diff(instance.delivery_ptr).max(initial=1))
    positions = stops + 1
    spare_s, crooked_cost, longer_cost, setup_cost = _spare(instance)
    return HalvesArrays(
        version=np.full(vehicles, -1, np.int64),
        heads=np.zeros((vehicles, positions, HEAD_COLUMNS), np.int64),
        reached=np.zeros(vehicles, np.int64),
        head_wh=np.zeros((vehicles, positions)),
        tails=np.zeros((vehicles, positions, 3, TAIL_COLUMNS), np.int64),
        rest=np.zeros((vehicles, positions, REST_COLUMNS), np.int64),
        rest_wh=np.zeros((vehicles, positions)),
        spare=np.zeros((vehicles, positions), np.int64),
        straight=np.zeros((vehicles, positions), np.int64),
        legs=drives_of(instance).legs,
        into=np.zeros((1 + alternatives, positions, DRIVE_COLUMNS), np.int64),
        out_of=np.zeros((1 + alternatives, positions, DRIVE_COLUMNS), np.int64),
        across=np.zeros((1 + alternatives, DRIVE_COLUMNS), np.int64),
        at_once=np.zeros(1 + alternatives, np.int64),
        visit=np.zeros(1 + alternatives, np.int64),
        skipped=np.zeros(1 + alternatives, bool),
        has_room=np.zeros(positions, bool),
        excluded=np.zeros((1 + alternatives, positions), bool),
        stops=np.zeros((vehicles, positions, STOP_COLUMNS), np.int64),
        metres=np.zeros(vehicles, np.int64),
        seconds=np.zeros(vehicles, np.int64),
        spare_s=spare_s,
        spare_cost=np.minimum(crooked_cost + setup_cost, c.DEAREST),
        ahead_s=_ahead(instance, spare_s),
        crooked_cost=crooked_cost,
        longer_cost=longer_cost,
        idle_cost=np.zeros(vehicles, np.int64),
        stops_at=np.full((vehicles, len(instance.stay_s)), -1, np.int64),
        ways=np.zeros((2, positions, WAY_COLUMNS), np.int64),
        least=np.zeros(positions + 1, np.int64),
    )


def _ahead(instance: Instance, spare_s: Ints) -> Ints:
    """Return by how much sooner a stop may be reached where another comes before it.

    A stay can be over while the vehicle waits, if it leaves where it would have gone on with a visit. Of
    several windows a shared set-up may reach an earlier one.
    """
    if (np.diff(instance.window_ptr) > 1).any():
        return np.full(len(spare_s), NEVER)
    pickups = instance.request_pickup[instance.request_pickup >= 0]
    return spare_s + int(instance.stay_s[instance.task_location[pickups]].max(initial=0))


def _spare(instance: Instance) -> Ints:
    """Return (4, V) by how much two stops may delay less than one, and what more stops may save.

    That is the cost of crooked drives, of a set-up in place of a longer one, and of a set-up that is shared.
    """
    spare = np.zeros((4, instance.n_vehicles), np.int64)
    setups_s = instance.task_setup_s.max(axis=1, initial=0).tolist()
    longer_s = longer_setups(instance).tolist()
    for vehicle in range(instance.n_vehicles):
        metres, seconds, extra = drives_of(instance).detours[instance.speed_class[vehicle]].tolist()
        kind = instance.vehicle_type[vehicle]
        at_any_time = int(instance.cost_per_s[vehicle])
        at_work = at_any_time + int(instance.cost_per_task_s[vehicle])
        crooked = int(instance.cost_per_m[vehicle]) * metres + extra
        crooked += (at_any_time + int(instance.cost_per_travel_s[vehicle])) * seconds
        saved = crooked, at_work * longer_s[kind], at_work * setups_s[kind]
        spare[:, vehicle] = seconds + setups_s[kind], *(min(cost, c.DEAREST) for cost in saved)
    return spare


def longer_setups(instance: Instance) -> Ints:
    """Return (types,) how much longer one set-up at a place takes at most than another."""
    order = np.argsort(instance.task_location, kind="stable")
    setups = instance.task_setup_s[:, order]
    begins = np.flatnonzero(np.diff(instance.task_location[order], prepend=-1))
    gaps = np.maximum.reduceat(setups, begins, axis=1) - np.minimum.reduceat(setups, begins, axis=1)
    longer: Ints = gaps.max(axis=1, initial=0)
    return longer

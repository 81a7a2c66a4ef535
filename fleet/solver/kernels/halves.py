"""What is known of each route for insertions into it, kept until the route changes."""

from typing import NamedTuple

import numpy as np

from fleet.solver.instance import Floats, Instance, Ints

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

MOST_DRIVES = 20_000_000
"""Costs of drives that are kept at most: 320 MB with their transpose."""


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
    drive: Ints
    """(kinds, n, n) what drives cost at least, for each kind of vehicles; (0, 0, 0) where that is too much"""
    drive_back: Ints
    """The same with origin and destination exchanged: what is looked up together lies together."""
    drive_kind: Ints
    """(V,)"""
    into: Ints
    """(W + 1, 1 + alternatives) what a drive to the pickup, or to a delivery, instead of stop k costs"""
    out_of: Ints
    """(W + 1, 1 + alternatives) what the drive from there to stop k costs"""
    least: Ints
    """(W + 2,) the least that a delivery adds before stop j or later"""


def room_for_halves(instance: Instance, *, stops: int) -> HalvesArrays:
    """Return the arrays for routes of so many stops, of which nothing is known."""
    vehicles = instance.n_vehicles
    alternatives = int(np.diff(instance.delivery_ptr).max(initial=1))
    drive, drive_back, drive_kind = _drives(instance)
    positions = stops + 1
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
        drive=drive,
        drive_back=drive_back,
        drive_kind=drive_kind,
        into=np.zeros((positions, 1 + alternatives), np.int64),
        out_of=np.zeros((positions, 1 + alternatives), np.int64),
        least=np.zeros(positions + 1, np.int64),
    )


def _drives(instance: Instance) -> tuple[Ints, Ints, Ints]:
    """Return what drives cost for each kind of vehicles, the same transposed, and the vehicles' kinds."""
    per_s = instance.cost_per_s + instance.cost_per_travel_s
    rates = np.stack([instance.speed_class, instance.cost_per_m, per_s], axis=1)
    kinds, kind = np.unique(rates, axis=0, return_inverse=True)
    n = instance.duration_s.shape[1]
    if len(kinds) * n * n > MOST_DRIVES:
        return np.zeros((0, 0, 0), np.int64), np.zeros((0, 0, 0), np.int64), kind.reshape(-1)
    drive = np.empty((len(kinds), n, n), np.int64)
    for k, (speed, per_m, seconds) in enumerate(kinds.tolist()):
        drive[k] = per_m * instance.distance_m[speed] + seconds * instance.duration_s[speed]
        if instance.travel_cost.shape[0]:
            drive[k] += instance.travel_cost[speed]
    return drive, np.ascontiguousarray(drive.transpose(0, 2, 1)), kind.reshape(-1)

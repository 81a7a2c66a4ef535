"""The instance as the kernels read it, with room for the arrays of one evaluation at a time."""

import numpy as np

from fleet.solver.instance import Instance
from fleet.solver.kernels.codes import MOST_STOPS
from fleet.solver.kernels.handle import Handle

ARENA_COLUMNS = 200
"""Numbers of the arena for each stop: four chains, their times, and half as much again."""


class Record(Handle):
    """An instance inside the kernels' memory."""

    __slots__ = ()


def record_of(instance: Instance) -> Record:
    """Return the handle of an instance; two threads need one each."""
    stops = min(MOST_STOPS, 2 * instance.n_requests) + 16
    locations = len(instance.stay_s)
    arena = np.empty(ARENA_COLUMNS * stops + 8 * len(instance.window_open) + 8 * locations, np.int64)
    return Record(
        "Instance",
        instance._asdict()
        | {"arena": arena, "arena_top": np.zeros(1, np.int64), "nobody": np.zeros(locations + 1, np.int64)},
    )

"""What a benchmark text says, and the solver's ``Instance`` of it."""

from dataclasses import dataclass

import numpy as np

from fleet.solver.instance import Floats, Instance, Ints, new_instance

EUCLIDEAN_SCALE = 10_000
"""Ticks of a unit of Li & Lim's Euclidean travel, which is defined in double precision.

Durations are rounded up, so that a route of ours keeps its windows in double precision too; a ten-thousandth
a leg adds up to far less than the windows' whole numbers can notice.
"""


@dataclass(frozen=True)
class Benchmark:
    """A benchmark: node 0 is the depot, every other node a pickup or a delivery."""

    name: str
    vehicles: int
    """How many there are at most."""
    capacity: int
    demand: Ints
    """(n,) positive at a pickup, its negative at the delivery."""
    ready: Ints
    due: Ints
    service: Ints
    """(n,) in the text's units of time."""
    partner: Ints
    """(n,) the other node of the request, 0 for the depot."""
    travel: Floats
    """(n, n) distance, which is the duration as well."""
    scale: int
    """Ticks of a unit of time: ``EUCLIDEAN_SCALE``, or 1 where all travel is in whole numbers."""
    decimals: int
    """With which distances are written."""

    @property
    def pickups(self) -> Ints:
        """The pickup nodes: one a request."""
        return np.flatnonzero(self.demand > 0)


def instance_of(benchmark: Benchmark, *, vehicles: int, vehicle_cost: int) -> Instance:
    """Return the arrays of a benchmark; task t is node t + 1, request r the r-th pickup.

    Parameters
    ----------
    benchmark : Benchmark
        The benchmark.
    vehicles : int
        How many vehicles may be used.
    vehicle_cost : int
        What each costs, in ticks of distance.
    """
    pickups = benchmark.pickups
    deliveries = benchmark.partner[pickups]
    request = np.zeros(len(benchmark.demand), np.int64)
    request[pickups] = request[deliveries] = np.arange(len(pickups))
    ticks = benchmark.travel * benchmark.scale
    # Sums of floats that miss a whole number by less than this are that number.
    duration = np.ceil(ticks - 1e-6)
    scale = benchmark.scale
    return new_instance(
        duration_s=duration[None],
        distance_m=np.rint(ticks)[None],
        task_request=request[1:],
        task_location=np.arange(1, len(request)),
        task_handling_s=scale * benchmark.service[None, 1:],
        window_open=scale * benchmark.ready[1:],
        window_close=scale * benchmark.due[1:],
        request_pickup=pickups - 1,
        delivery_ptr=np.arange(len(pickups) + 1),
        delivery_task=deliveries - 1,
        load=benchmark.demand[pickups][:, None],
        start=np.zeros(vehicles),
        end=np.zeros(vehicles),
        earliest_s=np.full(vehicles, scale * benchmark.ready[0]),
        latest_s=np.full(vehicles, scale * benchmark.due[0]),
        capacity=np.full((vehicles, 1), benchmark.capacity),
        fixed_cost=np.full(vehicles, vehicle_cost),
        cost_per_m=np.ones(vehicles),
    )

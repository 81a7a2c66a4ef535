"""Benchmarks in whole numbers, as peers want them."""

import numpy as np

from fleet.formats.pdptw import Benchmark
from fleet.solver.instance import Ints

EUCLIDEAN_SCALE = 1_000
"""Units of a peer in one of Li & Lim's: thousandths, as in PyVRP's own benchmarks.

Legs are rounded up, so that a route that keeps its windows in these numbers keeps them in double precision.
"""
VEHICLE_IN_LEGS = 10
"""What a vehicle costs a peer, in longest legs: more than the distance that another vehicle ever saves."""


def scale_of(benchmark: Benchmark) -> int:
    """Return the factor of all times and distances."""
    return EUCLIDEAN_SCALE if benchmark.scale > 1 else 1


def matrix_of(benchmark: Benchmark) -> Ints:
    """Return the legs, (n, n), rounded up."""
    rounded: Ints = np.ceil(benchmark.travel * scale_of(benchmark) - 1e-6).astype(np.int64)
    return rounded


def vehicle_cost(benchmark: Benchmark) -> int:
    """Return a cost of a vehicle that lets fewer vehicles count more than less distance."""
    return VEHICLE_IN_LEGS * int(matrix_of(benchmark).max())

"""Distances on the sphere and ragged polylines. Degrees in (WGS 84), metres out."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of the WGS 84 ellipsoid."""

DEGREE_M = EARTH_RADIUS_M * np.pi / 180.0
"""Length of one degree of latitude."""

COORDINATE_SCALE = 10_000_000
"""Coordinates are held to 1e-7 degrees, as OpenStreetMap does: they survive a file exactly."""

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def great_circle_m(
    latitudes_a: ArrayLike, longitudes_a: ArrayLike, latitudes_b: ArrayLike, longitudes_b: ArrayLike
) -> FloatArray:
    """Great-circle distance in metres by the haversine formula; the arrays broadcast."""
    lat_a, lon_a, lat_b, lon_b = (
        np.radians(np.asarray(values, dtype=np.float64))
        for values in (latitudes_a, longitudes_a, latitudes_b, longitudes_b)
    )
    half = np.sin((lat_b - lat_a) / 2) ** 2 + np.cos(lat_a) * np.cos(lat_b) * np.sin((lon_b - lon_a) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0))), dtype=np.float64)


def quantise(degrees: ArrayLike) -> FloatArray:
    """Degrees rounded to what a road file can hold."""
    scaled = np.rint(np.asarray(degrees, dtype=np.float64) * COORDINATE_SCALE)
    return np.asarray(scaled / COORDINATE_SCALE, dtype=np.float64)


def polyline_lengths_m(*, offsets: IntArray, latitudes: FloatArray, longitudes: FloatArray) -> FloatArray:
    """Lengths (m,) in metres of ragged polylines.

    Parameters
    ----------
    offsets
        Shape (m + 1,): polyline i has the points ``offsets[i]:offsets[i + 1]``, at least one.
    latitudes, longitudes
        Shape (points,), degrees.
    """
    if len(offsets) < 2:
        return np.zeros(0)
    steps = np.zeros(len(latitudes))
    steps[1:] = great_circle_m(latitudes[:-1], longitudes[:-1], latitudes[1:], longitudes[1:])
    steps[offsets[:-1]] = 0.0
    return np.asarray(np.add.reduceat(steps, offsets[:-1]), dtype=np.float64)


def ragged_indices(*, offsets: IntArray, rows: IntArray) -> tuple[IntArray, IntArray]:
    """Point indices of some rows of a ragged array, one after the other.

    Returns
    -------
    tuple
        ``indices`` (points of the rows,) and ``new_offsets`` (rows + 1,).
    """
    starts = offsets[rows]
    counts = offsets[rows + 1] - starts
    new_offsets = np.zeros(len(rows) + 1, dtype=np.int64)
    np.cumsum(counts, out=new_offsets[1:])
    indices = np.arange(new_offsets[-1], dtype=np.int64) + np.repeat(starts - new_offsets[:-1], counts)
    return indices, new_offsets

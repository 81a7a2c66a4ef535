"""Closed roads: by the ids of ways, and by polygons."""

from collections.abc import Iterable, Sequence

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from maps.roads.errors import MapsError
from maps.roads.geometry import FloatArray
from maps.roads.graph import RoadGraph
from maps.roads.layers import segment_lines


def checked_rings(closed_polygons: Sequence[ArrayLike]) -> list[FloatArray]:
    """Rings (k, 2) of latitude and longitude, k at least 3.

    Raises
    ------
    MapsError
        CLOSURE_INVALID with the index of the polygon.
    """
    rings = []
    for index, polygon in enumerate(closed_polygons):
        ring = np.asarray(polygon, dtype=np.float64)
        if ring.ndim != 2 or ring.shape[1] != 2 or len(ring) < 3 or not np.isfinite(ring).all():
            raise MapsError("CLOSURE_INVALID", index=index)
        rings.append(ring)
    return rings


def usable_segments(
    graph: RoadGraph, *, closed_way_ids: Iterable[int], rings: Sequence[FloatArray]
) -> NDArray[np.bool_]:
    """Which segments (m,) are left: none of a closed way, none that touches a closed polygon."""
    usable = (graph.speeds_kmh > 0).any(axis=1)
    usable &= ~np.isin(graph.way_ids, np.fromiter(closed_way_ids, dtype=np.int64))
    if rings:
        lines = segment_lines(graph)
        for ring in rings:
            area = shapely.make_valid(shapely.Polygon(ring[:, ::-1]))
            usable &= ~shapely.intersects(lines, area)
    return usable

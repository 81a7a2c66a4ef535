"""Places onto roads: the nearest usable segment, and where along it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from maps.roads.errors import MapsError
from maps.roads.geometry import DEGREE_M, FloatArray, IntArray, great_circle_m, ragged_indices
from maps.roads.graph import RoadGraph
from maps.roads.layers import segment_lines

_END_M = 0.01
"""A place this near to a segment's end is at the junction."""

_SHORT_REACH_M = 60.0


@dataclass(frozen=True, kw_only=True, eq=False)
class SnappedPlaces:
    """Where n places meet the roads.

    Parameters
    ----------
    segments
        Shape (n,), the segment.
    positions_m
        Shape (n,), metres along it from its tail.
    nodes
        Shape (n,), the node when the place is at an end of the segment, else -1.
    gaps_m
        Shape (n,), metres from the place to the road.
    """

    segments: IntArray
    positions_m: FloatArray
    nodes: IntArray
    gaps_m: FloatArray


def snap_places(
    graph: RoadGraph,
    *,
    latitudes: FloatArray,
    longitudes: FloatArray,
    names: Sequence[str],
    usable: NDArray[np.bool_],
    snap_limit_m: float,
) -> SnappedPlaces:
    """The nearest usable segment of each place.

    Parameters
    ----------
    graph
        Roads.
    latitudes, longitudes
        Shape (n,), degrees.
    names
        n names for errors.
    usable
        Shape (m,), segments that may be used.
    snap_limit_m
        How far a place may be from its road.

    Raises
    ------
    MapsError
        PLACE_OFF_ROADS for the place farthest beyond the limit.
    """
    rows = np.flatnonzero(usable)
    if len(rows) == 0:
        raise MapsError("ROADS_EMPTY", file=graph.source)
    tree = shapely.STRtree(segment_lines(graph)[rows])
    count = len(latitudes)
    segments = np.zeros(count, dtype=np.int64)
    positions_m, gaps_m = np.zeros(count), np.full(count, np.inf)
    open_places = np.arange(count)
    # Few segments lie within a short reach of most places; only the rest needs the whole one.
    for reach_m in (min(_SHORT_REACH_M, snap_limit_m), snap_limit_m, np.inf):
        place_of, found = _candidates(tree, latitudes[open_places], longitudes[open_places], reach_m)
        place_of, segment_of = open_places[place_of], rows[found]
        gap_m, along_m = _nearest_points(graph, segment_of, latitudes[place_of], longitudes[place_of])
        order = np.lexsort((segment_of, np.round(gap_m, 6), place_of))
        seen, first = np.unique(place_of[order], return_index=True)
        best = order[first]
        segments[seen], positions_m[seen], gaps_m[seen] = segment_of[best], along_m[best], gap_m[best]
        open_places = open_places[gaps_m[open_places] > reach_m]
        if len(open_places) == 0:
            break
    beyond = gaps_m - snap_limit_m
    if len(beyond) and beyond.max() > 0:
        worst = int(beyond.argmax())
        raise MapsError(
            "PLACE_OFF_ROADS",
            name=names[worst],
            distance_m=round(float(gaps_m[worst])),
            limit_m=snap_limit_m,
        )
    lengths_m = graph.lengths_m[segments]
    nodes = np.where(positions_m <= _END_M, graph.tails[segments], -1)
    nodes = np.where(lengths_m - positions_m <= _END_M, graph.heads[segments], nodes)
    return SnappedPlaces(
        segments=segments,
        positions_m=np.clip(positions_m, 0.0, lengths_m),
        nodes=nodes.astype(np.int64),
        gaps_m=gaps_m,
    )


def _candidates(
    tree: shapely.STRtree, latitudes: FloatArray, longitudes: FloatArray, reach_m: float
) -> tuple[IntArray, IntArray]:
    """Pairs of places and lines whose boxes come within reach; one nearest line each when it is infinite."""
    if not np.isfinite(reach_m):
        nearest = tree.nearest(shapely.points(longitudes, latitudes))
        return np.arange(len(latitudes)), np.asarray(nearest, dtype=np.int64)
    lat = reach_m / DEGREE_M * 1.001
    lon = lat / np.maximum(np.cos(np.radians(latitudes)), 1e-6)
    boxes = shapely.box(longitudes - lon, latitudes - lat, longitudes + lon, latitudes + lat)
    place_of, found = tree.query(boxes)
    return place_of.astype(np.int64), found.astype(np.int64)


def _nearest_points(
    graph: RoadGraph, segments: IntArray, latitudes: FloatArray, longitudes: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Gap and position in metres of the nearest point of each segment to the place paired with it.

    The plane is that of the place (equirectangular), so that distances near it are true.
    """
    points, offsets = ragged_indices(offsets=graph.shape_offsets, rows=segments)
    pair = np.repeat(np.arange(len(segments)), np.diff(offsets))
    shape_lat, shape_lon = graph.shape_latitudes[points], graph.shape_longitudes[points]
    x = (shape_lon - longitudes[pair]) * DEGREE_M * np.cos(np.radians(latitudes[pair]))
    y = (shape_lat - latitudes[pair]) * DEGREE_M
    steps = np.flatnonzero(pair[1:] == pair[:-1])
    dx, dy = x[steps + 1] - x[steps], y[steps + 1] - y[steps]
    square = dx * dx + dy * dy
    share = -(x[steps] * dx + y[steps] * dy) / np.where(square > 0, square, 1.0)
    share = np.clip(share, 0.0, 1.0)
    gaps_m = np.hypot(x[steps] + share * dx, y[steps] + share * dy)
    step_m = great_circle_m(shape_lat[steps], shape_lon[steps], shape_lat[steps + 1], shape_lon[steps + 1])
    before_m = np.cumsum(step_m) - step_m
    first = np.searchsorted(pair[steps], np.arange(len(segments)))
    along_m = before_m - before_m[first][pair[steps]] + share * step_m
    order = np.lexsort((along_m, np.round(gaps_m, 6), pair[steps]))
    best = order[first]
    return gaps_m[best], along_m[best]

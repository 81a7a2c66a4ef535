"""Travel on roads: the fastest path between all pairs of places, for each speed cap."""

import hashlib
import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from maps.roads.errors import MapsError
from maps.roads.geometry import FloatArray, IntArray
from maps.roads.graph import Progress, RoadGraph
from maps.travel.cache import read_cached, write_cached
from maps.travel.closures import checked_rings, usable_segments
from maps.travel.matrices import (
    TravelMatrices,
    checked_coordinates,
    speed_classes,
    whole_metres,
    whole_seconds,
)
from maps.travel.network import Network, build_network
from maps.travel.paths import RoadPaths
from maps.travel.prune import without_dead_ends
from maps.travel.shortest import many_to_many
from maps.travel.snap import snap_places

ROAD_PROFILE = "slow-electric-vehicle/1"
"""The rules of access, speed and turning; a new number makes every cached matrix a stranger."""


def road_travel(
    graph: RoadGraph,
    *,
    latitudes: ArrayLike,
    longitudes: ArrayLike,
    names: Sequence[str] | None = None,
    speed_caps_kmh: ArrayLike,
    closed_way_ids: Sequence[int] = (),
    closed_polygons: Sequence[ArrayLike] = (),
    snap_limit_m: float = 500.0,
    cache_dir: str | Path | None = None,
    progress: Progress | None = None,
) -> TravelMatrices:
    """Durations and distances of the fastest paths between n places.

    A place is taken to the nearest point of the usable roads, which may lie between two junctions; the gap
    between place and road is not travelled. Turns round are possible at junctions and at the place itself.

    Parameters
    ----------
    graph
        The roads.
    latitudes, longitudes
        Shape (n,), degrees.
    names
        n names for errors.
    speed_caps_kmh
        Caps of the vehicles; at most five distinct ones. A road is ridden at the lesser of its own speed
        and the cap.
    closed_way_ids
        Ways that are closed today.
    closed_polygons
        Rings (k, 2) of latitude and longitude; every segment that touches one is closed.
    snap_limit_m
        How far a place may be from its road.
    cache_dir
        Folder for matrices already computed; none by default. Damaged files in it are replaced.
    progress
        Told the stage and the fraction done.

    Raises
    ------
    MapsError
        PLACE_OFF_ROADS, PLACE_UNREACHABLE, TOO_MANY_SPEED_CLASSES, SPEED_CAP_INVALID,
        COORDINATES_INVALID, CLOSURE_INVALID.
    """
    lat, lon, labels = checked_coordinates(latitudes=latitudes, longitudes=longitudes, names=names)
    caps = speed_classes(speed_caps_kmh)
    rings = checked_rings(closed_polygons)
    closed = tuple(sorted({int(way_id) for way_id in closed_way_ids}))
    build = partial(
        _network,
        graph,
        latitudes=lat,
        longitudes=lon,
        names=labels,
        closed_way_ids=closed,
        rings=rings,
        snap_limit_m=snap_limit_m,
    )
    folder = None if cache_dir is None else Path(cache_dir)
    key = _key(
        graph, latitudes=lat, longitudes=lon, caps=caps, closed=closed, rings=rings, snap_limit_m=snap_limit_m
    )
    paths = RoadPaths(build, speed_caps_kmh=caps)
    found = None if folder is None else read_cached(folder, key, shape=(len(caps), len(lat), len(lat)))
    if found is None:
        found = _matrices(paths, names=labels, classes=len(caps), progress=progress)
        if folder is not None:
            write_cached(folder, key, durations_s=found[0], distances_m=found[1])
    if progress is not None:
        progress("done", 1.0)
    return TravelMatrices(
        speed_caps_kmh=caps,
        durations_s=found[0],
        distances_m=found[1],
        source="roads",
        roads_sha256=graph.sha256,
        profile=ROAD_PROFILE,
        detour_factor=None,
        attribution=graph.attribution,
        invented=graph.invented,
        path_finder=paths,
    )


def _network(
    graph: RoadGraph,
    *,
    latitudes: FloatArray,
    longitudes: FloatArray,
    names: Sequence[str],
    closed_way_ids: Sequence[int],
    rings: Sequence[FloatArray],
    snap_limit_m: float,
) -> Network:
    usable = usable_segments(graph, closed_way_ids=closed_way_ids, rings=rings)
    snapped = snap_places(
        graph,
        latitudes=latitudes,
        longitudes=longitudes,
        names=names,
        usable=usable,
        snap_limit_m=snap_limit_m,
    )
    useful = without_dead_ends(
        graph,
        usable=usable,
        stop_segments=snapped.segments,
        stop_nodes=snapped.nodes[snapped.nodes >= 0],
    )
    return build_network(graph, snapped=snapped, usable=useful)


def _matrices(
    paths: RoadPaths, *, names: Sequence[str], classes: int, progress: Progress | None
) -> tuple[IntArray, IntArray]:
    count = len(names)
    durations_s = np.empty((classes, count, count), dtype=np.int64)
    distances_m = np.empty_like(durations_s)
    for index in range(classes):
        seconds, metres = many_to_many(
            paths.searched(index),
            departures=paths.network.departures,
            arrivals=paths.network.arrivals,
            progress=None if progress is None else partial(_tell, progress, index, classes),
        )
        _check_reachable(seconds, names)
        durations_s[index], distances_m[index] = whole_seconds(seconds), whole_metres(metres)
    return durations_s, distances_m


def _tell(progress: Progress, index: int, count: int, fraction: float) -> None:
    progress("travel", (index + fraction) / count)


def _check_reachable(seconds: FloatArray, names: Sequence[str]) -> None:
    """Name the place that most others can't be reached from, or can't reach."""
    missing = ~np.isfinite(seconds)
    if not missing.any():
        return
    to_counts, from_counts = missing.sum(axis=0), missing.sum(axis=1)
    if to_counts.max() >= from_counts.max():
        place = int(to_counts.argmax())
        direction, other = "to", int(missing[:, place].argmax())
    else:
        place = int(from_counts.argmax())
        direction, other = "from", int(missing[place].argmax())
    raise MapsError("PLACE_UNREACHABLE", name=names[place], direction=direction, other=names[other])


def _key(
    graph: RoadGraph,
    *,
    latitudes: FloatArray,
    longitudes: FloatArray,
    caps: tuple[float, ...],
    closed: tuple[int, ...],
    rings: Sequence[FloatArray],
    snap_limit_m: float,
) -> str:
    parts = {
        "profile": ROAD_PROFILE,
        "roads": graph.sha256,
        "caps": caps,
        "closed": closed,
        "rings": [ring.tolist() for ring in rings],
        "snap_limit_m": float(snap_limit_m),
    }
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True).encode())
    digest.update(latitudes.tobytes())
    digest.update(longitudes.tobytes())
    return digest.hexdigest()

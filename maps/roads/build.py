"""Road graphs from OpenStreetMap files."""

import math
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from maps.roads.errors import MapsError
from maps.roads.geometry import polyline_lengths_m, quantise
from maps.roads.graph import OSM_ATTRIBUTION, ROAD_CLASSES, Progress, RoadGraph
from maps.roads.islands import keep_largest_component
from maps.roads.reader import Bbox, OsmContent, WayRecord, read_osm
from maps.roads.restrictions import resolve_restrictions


def build_roads(
    path: str | os.PathLike[str],
    *,
    bbox: Sequence[float] | None = None,
    progress: Progress | None = None,
) -> RoadGraph:
    """Read the roads a slow electric vehicle may use from an OpenStreetMap file.

    Parameters
    ----------
    path
        A ``.osm.pbf``, ``.osm`` or ``.osm.gz`` file, nodes before ways before relations.
    bbox
        South, west, north, east in degrees: only what lies inside is read. Roads are cut at their last
        node inside.
    progress
        Told the stage and the fraction done.

    Returns
    -------
    RoadGraph
        The largest strongly connected part; its ``counts`` say what was dropped and applied.

    Raises
    ------
    MapsError
        ROADS_UNREADABLE, ROADS_TRUNCATED, ROADS_EMPTY, BBOX_INVALID.
    """
    box = _checked_bbox(bbox)
    source = Path(path)
    content = read_osm(source, bbox=box, progress=progress)
    if progress is not None:
        progress("graph", 0.8)
    graph = keep_largest_component(_assemble(content, name=source.name))
    if progress is not None:
        progress("done", 1.0)
    return graph


def _checked_bbox(bbox: Sequence[float] | None) -> Bbox | None:
    if bbox is None:
        return None
    values = tuple(float(value) for value in bbox)
    if len(values) != 4 or not all(math.isfinite(value) for value in values):
        raise MapsError("BBOX_INVALID", bbox=values)
    south, west, north, east = values
    if not (-90 <= south < north <= 90 and -180 <= west < east <= 180):
        raise MapsError("BBOX_INVALID", bbox=values)
    return south, west, north, east


def _assemble(content: OsmContent, *, name: str) -> RoadGraph:
    """Cut the ways into segments at junctions, ends, barriers and the nodes of restrictions."""
    cuts = _cut_nodes(content)
    node_of_ref: dict[int, int] = {}
    node_points: list[tuple[float, float]] = []
    names = {"": 0}
    tails, heads, rows, offsets = [], [], [], [0]
    points: list[tuple[float, float]] = []

    def node_at(ref: int, point: tuple[float, float]) -> int:
        if ref in content.blocking_nodes:
            node_points.append(point)
            return len(node_points) - 1
        if ref not in node_of_ref:
            node_of_ref[ref] = len(node_points)
            node_points.append(point)
        return node_of_ref[ref]

    for way in content.ways:
        for refs, line in _pieces(way, cuts):
            tails.append(node_at(refs[0], line[0]))
            heads.append(node_at(refs[-1], line[-1]))
            points.extend(line)
            offsets.append(len(points))
            rows.append((way, names.setdefault(way.name, len(names))))
    if not rows:
        raise MapsError("ROADS_EMPTY", file=name)

    tail_array, head_array = np.array(tails, dtype=np.int64), np.array(heads, dtype=np.int64)
    speeds_kmh = np.array([(way.forward_kmh, way.backward_kmh) for way, _ in rows])
    way_ids = np.array([way.way_id for way, _ in rows], dtype=np.int64)
    turns, counts = resolve_restrictions(
        content.restrictions,
        tails=tail_array,
        heads=head_array,
        speeds_kmh=speeds_kmh,
        way_ids=way_ids,
        node_of_ref=node_of_ref,
    )
    shape_offsets = np.array(offsets, dtype=np.int64)
    shape, nodes = quantise(points), quantise(node_points)
    lengths_m = polyline_lengths_m(offsets=shape_offsets, latitudes=shape[:, 0], longitudes=shape[:, 1])
    return RoadGraph(
        node_latitudes=nodes[:, 0].copy(),
        node_longitudes=nodes[:, 1].copy(),
        tails=tail_array,
        heads=head_array,
        speeds_kmh=speeds_kmh,
        lengths_m=lengths_m,
        way_ids=way_ids,
        road_classes=np.array([ROAD_CLASSES.index(way.road_class) for way, _ in rows], dtype=np.uint8),
        name_indices=np.array([index for _, index in rows], dtype=np.int64),
        bridges=np.array([way.bridge for way, _ in rows], dtype=bool),
        shape_offsets=shape_offsets,
        shape_latitudes=shape[:, 0].copy(),
        shape_longitudes=shape[:, 1].copy(),
        banned_turns=turns,
        water_offsets=np.zeros(1, dtype=np.int64),
        water_latitudes=np.zeros(0),
        water_longitudes=np.zeros(0),
        names=tuple(names),
        places=tuple(content.places),
        source=name,
        attribution=OSM_ATTRIBUTION,
        invented=False,
        data_date=content.data_date,
        counts={**content.counts, **counts},
    )


def _cut_nodes(content: OsmContent) -> set[int]:
    """Nodes that two ways share or one passes twice, barriers, and the nodes of restrictions."""
    uses = Counter(ref for way in content.ways for ref in way.refs)
    cuts = {ref for ref, times in uses.items() if times > 1}
    cuts |= content.blocking_nodes
    cuts.update(ref for record in content.restrictions for ref in record.via_nodes)
    return cuts


def _pieces(way: WayRecord, cuts: set[int]) -> list[tuple[list[int], list[tuple[float, float]]]]:
    """Cut a way at junctions and wherever a node has no known coordinates."""
    pieces = []
    refs: list[int] = []
    line: list[tuple[float, float]] = []
    for ref, point in zip(way.refs, way.points, strict=True):
        if point is not None:
            refs.append(ref)
            line.append(point)
        if (point is None or ref in cuts) and len(refs) > 1:
            pieces.append((refs, line))
        if point is None:
            refs, line = [], []
        elif ref in cuts:
            refs, line = [ref], [point]
    if len(refs) > 1:
        pieces.append((refs, line))
    return pieces

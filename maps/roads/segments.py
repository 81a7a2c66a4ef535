"""Road graphs from plain arrays: what generators and tests use."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from maps.roads.errors import MapsError
from maps.roads.geometry import FloatArray, IntArray, polyline_lengths_m, quantise
from maps.roads.graph import INVENTED_ATTRIBUTION, ROAD_CLASSES, RoadGraph, RoadPlace
from maps.roads.islands import keep_largest_component


def graph_from_segments(
    *,
    node_latitudes: ArrayLike,
    node_longitudes: ArrayLike,
    tails: ArrayLike,
    heads: ArrayLike,
    speeds_kmh: ArrayLike,
    road_classes: Sequence[str] | None = None,
    oneways: ArrayLike | None = None,
    way_ids: ArrayLike | None = None,
    names: Sequence[str] | None = None,
    bridges: ArrayLike | None = None,
    shapes: Sequence[ArrayLike] | None = None,
    banned_turns: ArrayLike = (),
    places: Sequence[RoadPlace] = (),
    water: Sequence[ArrayLike] = (),
    source: str = "invented",
    attribution: str = INVENTED_ATTRIBUTION,
    invented: bool = True,
    drop_islands: bool = True,
) -> RoadGraph:
    """Build a road graph of m segments between n nodes.

    Parameters
    ----------
    node_latitudes, node_longitudes
        Shape (n,), degrees; rounded to 1e-7.
    tails, heads
        Shape (m,), node indices.
    speeds_kmh
        Shape (m,) or, for a speed a direction, (m, 2); 0 bars a direction.
    road_classes
        m names from `ROAD_CLASSES`; all "unclassified" by default.
    oneways
        Shape (m,), true where only tail to head may be used; none by default.
    way_ids
        Shape (m,), ids that closures refer to; 1 to m by default.
    names
        m names of roads, empty for none.
    bridges
        Shape (m,), true for bridges; none by default.
    shapes
        For each segment its bends between tail and head, (k, 2) latitudes and longitudes, k may be 0.
    banned_turns
        Shape (t, 2), pairs of arcs (see `RoadGraph`).
    places
        Named places, kept as they are.
    water
        Canals for background maps, each (k, 2) latitudes and longitudes, k at least 2.
    drop_islands
        Keep only the largest strongly connected part.

    Returns
    -------
    RoadGraph
        Lengths are great-circle lengths along the shapes.

    Raises
    ------
    MapsError
        SEGMENTS_INVALID when the arrays don't fit together, ROADS_EMPTY when m is 0.
    """
    latitudes, longitudes = quantise(node_latitudes), quantise(node_longitudes)
    tail_array, head_array = np.asarray(tails, dtype=np.int64), np.asarray(heads, dtype=np.int64)
    count = len(tail_array)
    if count == 0:
        raise MapsError("ROADS_EMPTY", file=source)
    speeds = np.asarray(speeds_kmh, dtype=np.float64)
    if speeds.ndim == 1:
        speeds = np.column_stack([speeds, speeds])
    speeds = speeds.copy()
    ways = np.arange(1, count + 1) if way_ids is None else np.asarray(way_ids, dtype=np.int64)
    is_bridge = np.zeros(count, dtype=bool) if bridges is None else np.asarray(bridges, dtype=bool)
    is_oneway = np.zeros(count, dtype=bool) if oneways is None else np.asarray(oneways, dtype=bool)
    class_names = ["unclassified"] * count if road_classes is None else list(road_classes)
    road_names = [""] * count if names is None else list(names)
    bends = [np.zeros((0, 2))] * count if shapes is None else [np.asarray(shape, float) for shape in shapes]
    turns = np.asarray(banned_turns, dtype=np.int64).reshape(-1, 2)
    _check(
        latitudes=latitudes,
        longitudes=longitudes,
        ends=np.concatenate([tail_array, head_array]),
        speeds=speeds,
        turns=turns,
        class_names=class_names,
        lengths={
            "heads": len(head_array),
            "speeds_kmh": len(speeds),
            "way_ids": len(ways),
            "bridges": len(is_bridge),
            "oneways": len(is_oneway),
            "road_classes": len(class_names),
            "names": len(road_names),
            "shapes": len(bends),
        },
        count=count,
    )
    speeds[is_oneway, 1] = 0.0
    lines = []
    for tail, head, bend in zip(tail_array, head_array, bends, strict=True):
        ends = [[[latitudes[node], longitudes[node]]] for node in (tail, head)]
        lines.append(np.concatenate([ends[0], bend.reshape(-1, 2), ends[1]]))
    offsets, shape_latitudes, shape_longitudes = _ragged(lines)
    water_offsets, water_latitudes, water_longitudes = _ragged([np.asarray(line, float) for line in water])
    table = ("", *sorted({name for name in road_names if name}))
    index_of = {name: index for index, name in enumerate(table)}
    graph = RoadGraph(
        node_latitudes=latitudes,
        node_longitudes=longitudes,
        tails=tail_array,
        heads=head_array,
        speeds_kmh=speeds,
        lengths_m=polyline_lengths_m(offsets=offsets, latitudes=shape_latitudes, longitudes=shape_longitudes),
        way_ids=ways.astype(np.int64),
        road_classes=np.array([ROAD_CLASSES.index(name) for name in class_names], dtype=np.uint8),
        name_indices=np.array([index_of[name] for name in road_names], dtype=np.int64),
        bridges=is_bridge,
        shape_offsets=offsets,
        shape_latitudes=shape_latitudes,
        shape_longitudes=shape_longitudes,
        banned_turns=turns,
        water_offsets=water_offsets,
        water_latitudes=water_latitudes,
        water_longitudes=water_longitudes,
        names=table,
        places=tuple(places),
        source=source,
        attribution=attribution,
        invented=invented,
        data_date=None,
        counts={"restrictions_applied": len(turns)},
    )
    return keep_largest_component(graph) if drop_islands else graph


def _ragged(lines: Sequence[FloatArray]) -> tuple[IntArray, FloatArray, FloatArray]:
    offsets = np.zeros(len(lines) + 1, dtype=np.int64)
    np.cumsum([len(line) for line in lines], out=offsets[1:])
    points = np.concatenate(lines) if lines else np.zeros((0, 2))
    return offsets, quantise(points[:, 0]), quantise(points[:, 1])


def _check(
    *,
    latitudes: FloatArray,
    longitudes: FloatArray,
    ends: IntArray,
    speeds: FloatArray,
    turns: IntArray,
    class_names: Sequence[str],
    lengths: dict[str, int],
    count: int,
) -> None:
    for name, length in lengths.items():
        if length != count:
            raise MapsError("SEGMENTS_INVALID", detail=f"{name} has {length} entries, tails has {count}")
    if len(latitudes) != len(longitudes) or not _in_range(latitudes, 90) or not _in_range(longitudes, 180):
        raise MapsError("SEGMENTS_INVALID", detail="node coordinates are not latitudes and longitudes")
    if ends.min() < 0 or ends.max() >= len(latitudes):
        raise MapsError("SEGMENTS_INVALID", detail=f"an end is not one of the {len(latitudes)} nodes")
    if speeds.shape != (count, 2) or not np.isfinite(speeds).all() or (speeds < 0).any():
        raise MapsError("SEGMENTS_INVALID", detail="speeds_kmh must be finite and >= 0")
    unknown = sorted(set(class_names) - set(ROAD_CLASSES))
    if unknown:
        raise MapsError("SEGMENTS_INVALID", detail=f"unknown road class {unknown[0]}")
    if len(turns) and (turns.min() < 0 or turns.max() >= 2 * count):
        raise MapsError("SEGMENTS_INVALID", detail="a banned turn names an arc that does not exist")


def _in_range(values: NDArray[np.float64], limit: float) -> bool:
    return bool(np.isfinite(values).all() and (np.abs(values) <= limit).all())

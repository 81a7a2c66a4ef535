"""Islands: roads one can't both reach and leave are dropped, and counted."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from maps.roads.errors import MapsError
from maps.roads.expand import ExpandedArcs, expand_turns
from maps.roads.geometry import IntArray, ragged_indices
from maps.roads.graph import RoadGraph


def graph_arcs(graph: RoadGraph) -> ExpandedArcs:
    """States and arcs of a graph, none of its roads closed."""
    return expand_turns(
        node_count=graph.node_count,
        tails=graph.tails,
        heads=graph.heads,
        is_open=graph.speeds_kmh > 0,
        banned_turns=graph.banned_turns,
    )


def strong_components(arcs: ExpandedArcs) -> tuple[int, IntArray]:
    """Number of strongly connected components, and the component (states,) of each state."""
    count = len(arcs.state_nodes)
    ones = np.ones(len(arcs.sources))
    matrix = coo_array((ones, (arcs.sources, arcs.targets)), shape=(count, count))
    found, labels = connected_components(matrix, directed=True, connection="strong")
    return int(found), np.asarray(labels, dtype=np.int64)


def keep_largest_component(graph: RoadGraph) -> RoadGraph:
    """The strongly connected part of a graph with the longest roads; turn restrictions count.

    The counts of the result say what was dropped: ``dropped_islands`` (parts that held a road),
    ``dropped_segments``, ``dropped_km``, ``closed_directions`` (one direction of a kept road led nowhere).

    Raises
    ------
    MapsError
        ROADS_EMPTY when no two-way journey is possible at all.
    """
    arcs = graph_arcs(graph)
    _, labels = strong_components(arcs)
    inside = labels[arcs.sources] == labels[arcs.targets]
    lengths_m = graph.lengths_m[arcs.arcs // 2]
    per_label = np.bincount(
        labels[arcs.sources[inside]], weights=lengths_m[inside], minlength=labels.max() + 1
    )
    kept_label = int(per_label.argmax())
    kept_copies = inside & (labels[arcs.sources] == kept_label)

    kept_arcs = np.zeros(2 * graph.segment_count, dtype=bool)
    kept_arcs[arcs.arcs[kept_copies]] = True
    kept_directions = kept_arcs.reshape(-1, 2)
    was_open = graph.speeds_kmh > 0
    kept = kept_directions.any(axis=1)
    if not kept.any():
        raise MapsError("ROADS_EMPTY", file=graph.source)
    dropped_m = graph.lengths_m[~kept & was_open.any(axis=1)]
    counts = {
        "dropped_islands": int((per_label > 0).sum()) - int(per_label[kept_label] > 0),
        "dropped_segments": len(dropped_m),
        "dropped_km": round(float(dropped_m.sum()) / 1000, 3),
        "closed_directions": int((was_open & ~kept_directions)[kept].sum()),
    }
    speeds_kmh = np.where(kept_directions, graph.speeds_kmh, 0.0)
    return _take_segments(replace(graph, speeds_kmh=speeds_kmh), np.flatnonzero(kept), counts)


def _take_segments(graph: RoadGraph, rows: IntArray, counts: Mapping[str, float]) -> RoadGraph:
    used = np.unique(np.concatenate([graph.tails[rows], graph.heads[rows]]))
    new_nodes = np.full(graph.node_count, -1, dtype=np.int64)
    new_nodes[used] = np.arange(len(used))
    new_rows = np.full(graph.segment_count, -1, dtype=np.int64)
    new_rows[rows] = np.arange(len(rows))
    points, shape_offsets = ragged_indices(offsets=graph.shape_offsets, rows=rows)

    turns = graph.banned_turns
    if len(turns):
        is_open = graph.speeds_kmh.ravel() > 0
        turns = turns[is_open[turns].all(axis=1)]
        turns = 2 * new_rows[turns // 2] + turns % 2
    name_indices = graph.name_indices[rows]
    kept_names, renamed = np.unique(np.append(name_indices, 0), return_inverse=True)
    return replace(
        graph,
        node_latitudes=graph.node_latitudes[used],
        node_longitudes=graph.node_longitudes[used],
        tails=new_nodes[graph.tails[rows]],
        heads=new_nodes[graph.heads[rows]],
        speeds_kmh=graph.speeds_kmh[rows],
        lengths_m=graph.lengths_m[rows],
        way_ids=graph.way_ids[rows],
        road_classes=graph.road_classes[rows],
        name_indices=renamed[:-1].astype(np.int64),
        names=tuple(graph.names[index] for index in kept_names),
        bridges=graph.bridges[rows],
        shape_offsets=shape_offsets,
        shape_latitudes=graph.shape_latitudes[points],
        shape_longitudes=graph.shape_longitudes[points],
        banned_turns=turns,
        counts={**graph.counts, **counts},
    )

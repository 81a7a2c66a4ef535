"""Looking at road graphs: what is in them, their islands and their weak spots."""

from typing import Any

import networkx
import numpy as np

from maps.roads.geometry import IntArray
from maps.roads.graph import ROAD_CLASSES, RoadGraph
from maps.roads.islands import graph_arcs, strong_components


def roads_info(graph: RoadGraph) -> dict[str, Any]:
    """What is in a graph, ready for JSON.

    Returns
    -------
    dict
        ``nodes``, ``segments``, ``arcs`` (open directions), ``km``, ``km_by_class``, ``bridges``,
        ``bridges_without_detour`` (closing one cuts the roads in two), ``banned_turns``, ``bbox`` (south,
        west, north, east), ``places`` and ``places_by_kind``, ``source``, ``attribution``, ``invented``,
        ``data_date`` (RFC 3339 or None), ``sha256`` and ``counts`` (what was dropped and applied while
        reading).
    """
    kinds: dict[str, int] = {}
    for place in graph.places:
        kinds[place.kind] = kinds.get(place.kind, 0) + 1
    km = np.bincount(graph.road_classes, weights=graph.lengths_m, minlength=len(ROAD_CLASSES)) / 1000
    return {
        "nodes": graph.node_count,
        "segments": graph.segment_count,
        "arcs": int((graph.speeds_kmh > 0).sum()),
        "km": round(float(km.sum()), 3),
        "km_by_class": {
            name: round(float(value), 3) for name, value in zip(ROAD_CLASSES, km, strict=True) if value > 0
        },
        "bridges": int(graph.bridges.sum()),
        "bridges_without_detour": int(graph.bridges[cut_segments(graph)].sum()),
        "banned_turns": len(graph.banned_turns),
        "bbox": list(graph.bbox),
        "places": len(graph.places),
        "places_by_kind": dict(sorted(kinds.items())),
        "source": graph.source,
        "attribution": graph.attribution,
        "invented": graph.invented,
        "data_date": graph.data_date,
        "sha256": graph.sha256,
        "counts": dict(graph.counts),
    }


def to_networkx(graph: RoadGraph) -> "networkx.MultiDiGraph[int]":
    """The graph for networkx: states as nodes, one edge an arc.

    Nodes below ``graph.node_count`` are junctions; higher ones are the states behind restricted arcs, with
    the junction in ``node``. All have ``latitude`` and ``longitude``. Edges have ``arc``, ``segment``,
    ``way_id``, ``length_m``, ``speed_kmh``.
    """
    arcs = graph_arcs(graph)
    result: networkx.MultiDiGraph[int] = networkx.MultiDiGraph()
    for state, node in enumerate(arcs.state_nodes.tolist()):
        result.add_node(
            state,
            node=node,
            latitude=float(graph.node_latitudes[node]),
            longitude=float(graph.node_longitudes[node]),
        )
    speeds_kmh = graph.speeds_kmh.ravel()
    for source, target, arc in zip(
        arcs.sources.tolist(), arcs.targets.tolist(), arcs.arcs.tolist(), strict=True
    ):
        result.add_edge(
            source,
            target,
            arc=arc,
            segment=arc // 2,
            way_id=int(graph.way_ids[arc // 2]),
            length_m=float(graph.lengths_m[arc // 2]),
            speed_kmh=float(speeds_kmh[arc]),
        )
    return result


def island_labels(graph: RoadGraph) -> IntArray:
    """The strongly connected component of each node, shape (n,): 0 for the largest, then 1 ...

    A node with several states (turn restrictions) counts to the largest component of them.
    """
    arcs = graph_arcs(graph)
    _, labels = strong_components(arcs)
    order = np.argsort(-np.bincount(labels), kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    result = np.full(graph.node_count, len(order), dtype=np.int64)
    np.minimum.at(result, arcs.state_nodes, rank[labels])
    return result


def cut_segments(graph: RoadGraph) -> IntArray:
    """Segments without a detour: closing any of them cuts the roads in two (directions left aside).

    Dead ends are among them; bridges over canals that stand alone are what one looks for. Sorted indices.
    """
    simple: networkx.Graph[int] = networkx.Graph()
    parallel = set()
    for segment, (tail, head) in enumerate(zip(graph.tails.tolist(), graph.heads.tolist(), strict=True)):
        if simple.has_edge(tail, head):
            parallel.add((min(tail, head), max(tail, head)))
        elif tail != head:
            simple.add_edge(tail, head, segment=segment)
    cuts: Any = networkx.bridges(simple)
    found = [
        simple.edges[tail, head]["segment"]
        for tail, head in cuts
        if (min(tail, head), max(tail, head)) not in parallel
    ]
    return np.array(sorted(found), dtype=np.int64)

"""Dead ends nobody lives in: no fastest path enters them, so the search needn't either."""

import numpy as np
from numpy.typing import NDArray

from maps.roads.geometry import IntArray
from maps.roads.graph import RoadGraph


def without_dead_ends(
    graph: RoadGraph, *, usable: NDArray[np.bool_], stop_segments: IntArray, stop_nodes: IntArray
) -> NDArray[np.bool_]:
    """The usable segments (m,) that can be part of a fastest path between stops.

    Branches that end blindly are cut back to the last junction that is a stop or leads on. A branch at a
    junction with a turn restriction stays: turning round in it is a legal way past the restriction.

    Parameters
    ----------
    graph
        Roads.
    usable
        Shape (m,), false for closed segments.
    stop_segments, stop_nodes
        Segments and nodes at which places are; they stay.
    """
    kept = usable.copy()
    held_segments = np.zeros(graph.segment_count, dtype=bool)
    held_segments[stop_segments] = True
    held_nodes = np.zeros(graph.node_count, dtype=bool)
    held_nodes[stop_nodes] = True
    restricted_nodes = np.zeros(graph.node_count, dtype=bool)
    if len(graph.banned_turns):
        arcs = graph.banned_turns[:, 0]
        restricted_nodes[np.where(arcs % 2, graph.tails[arcs // 2], graph.heads[arcs // 2])] = True

    tails, heads = graph.tails, graph.heads
    rows = np.flatnonzero(kept)
    while len(rows):
        degrees = np.bincount(tails[rows], minlength=graph.node_count)
        degrees += np.bincount(heads[rows], minlength=graph.node_count)
        blind = (degrees == 1) & ~held_nodes & ~restricted_nodes
        tail_blind, head_blind = blind[tails[rows]], blind[heads[rows]]
        joint = np.where(tail_blind, heads[rows], tails[rows])
        drop = (tail_blind | head_blind) & ~held_segments[rows] & ~restricted_nodes[joint]
        if not drop.any():
            break
        kept[rows[drop]] = False
        rows = rows[~drop]
    return kept

"""Turn restrictions by expanding only the junctions that carry one.

An arc with barred turns at its end leads to a state of its own, a copy of the junction from which only
the permitted arcs leave. All other arcs lead to the junction itself. So k restricted arcs cost k more
states, and an unrestricted graph stays as it is.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maps.roads.geometry import IntArray


@dataclass(frozen=True, kw_only=True, eq=False)
class ExpandedArcs:
    """Directed arcs between states: what a shortest-path search runs on.

    Parameters
    ----------
    state_nodes
        Shape (states,), the node each state stands at; the first ``node_count`` states are the nodes.
    sources, targets
        Shape (a,), states.
    arcs
        Shape (a,), the arc of the road graph each of them is a copy of.
    arc_targets
        Shape (2 m,), the state in which one arrives along each arc.
    """

    state_nodes: IntArray
    sources: IntArray
    targets: IntArray
    arcs: IntArray
    arc_targets: IntArray


def expand_turns(
    *, node_count: int, tails: IntArray, heads: IntArray, is_open: NDArray[np.bool_], banned_turns: IntArray
) -> ExpandedArcs:
    """States and arcs of a road graph.

    Parameters
    ----------
    node_count
        Number of nodes, n.
    tails, heads
        Shape (m,), ends of the segments.
    is_open
        Shape (m, 2), whether the arcs tail to head and head to tail may be used.
    banned_turns
        Shape (k, 2), pairs of arcs; turns from or onto a closed arc have no effect.
    """
    arc_tails = np.column_stack([tails, heads]).ravel().astype(np.int64)
    arc_heads = np.column_stack([heads, tails]).ravel().astype(np.int64)
    arc_open = is_open.ravel()
    bans = banned_turns[arc_open[banned_turns].all(axis=1)] if len(banned_turns) else banned_turns
    restricted = np.unique(bans[:, 0]) if len(bans) else np.zeros(0, dtype=np.int64)

    arc_targets = arc_heads.copy()
    arc_targets[restricted] = node_count + np.arange(len(restricted))
    open_arcs = np.flatnonzero(arc_open)
    by_tail = open_arcs[np.argsort(arc_tails[open_arcs], kind="stable")]
    tails_sorted = arc_tails[by_tail]

    sources, arcs = [arc_tails[open_arcs]], [open_arcs]
    for state, arc in enumerate(restricted, start=node_count):
        first, last = np.searchsorted(tails_sorted, [arc_heads[arc], arc_heads[arc] + 1])
        allowed = np.setdiff1d(by_tail[first:last], bans[bans[:, 0] == arc, 1])
        sources.append(np.full(len(allowed), state, dtype=np.int64))
        arcs.append(allowed)
    all_arcs = np.concatenate(arcs)
    return ExpandedArcs(
        state_nodes=np.concatenate([np.arange(node_count), arc_heads[restricted]]),
        sources=np.concatenate(sources),
        targets=arc_targets[all_arcs],
        arcs=all_arcs,
        arc_targets=arc_targets,
    )

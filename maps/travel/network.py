"""What the search runs on: the road graph's states plus, for each stop, where one joins and leaves the roads.

A stop is a point where places meet the roads. It has two states of its own: one with only departures and
one with only arrivals. So nobody can turn round at somebody else's place, and what lies between two places
doesn't depend on which other places there are.
"""

from collections import defaultdict
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from maps.roads.expand import expand_turns
from maps.roads.geometry import FloatArray, IntArray
from maps.roads.graph import RoadGraph
from maps.travel.snap import SnappedPlaces

NO_ARC = -1
_KMH_TO_MPS = 1 / 3.6


@dataclass(frozen=True, kw_only=True, eq=False)
class Network:
    """Arcs between states, the same for all speed classes.

    Parameters
    ----------
    graph
        The roads.
    state_count
        Number of states.
    sources, targets
        Shape (a,), states.
    arcs
        Shape (a,), arcs of the road graph, `NO_ARC` where one only steps onto or off a junction.
    from_m, to_m
        Shape (a,), positions along the segment, in metres from its tail, where the piece starts and ends.
    departures, arrivals
        Shape (n,), the states in which each place is left and reached.
    snapped
        Where the places meet the roads.
    """

    graph: RoadGraph
    state_count: int
    sources: IntArray
    targets: IntArray
    arcs: IntArray
    from_m: FloatArray
    to_m: FloatArray
    departures: IntArray
    arrivals: IntArray
    snapped: SnappedPlaces


@dataclass(frozen=True, kw_only=True, eq=False)
class TimedNetwork:
    """The network of one speed class in compressed rows, at most one entry from state to state.

    Parameters
    ----------
    row_starts, columns
        Shapes (states + 1,) and (e,).
    seconds, metres
        Shape (e,).
    piece_offsets, pieces
        Ragged, (e + 1,) and (p,): the arcs of `Network` behind each entry, in the order of travel.
    """

    row_starts: NDArray[np.int32]
    columns: NDArray[np.int32]
    seconds: FloatArray
    metres: FloatArray
    piece_offsets: IntArray
    pieces: IntArray


class _Pieces:
    """Arcs under construction."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, int, int, float, float]] = []

    def add(self, source: int, target: int, arc: int, from_m: float, to_m: float) -> None:
        self.rows.append((source, target, arc, from_m, to_m))


def build_network(graph: RoadGraph, *, snapped: SnappedPlaces, usable: NDArray[np.bool_]) -> Network:
    """Put the snapped places into the states and arcs of the usable roads.

    Parameters
    ----------
    graph
        Roads.
    snapped
        Where n places meet usable segments.
    usable
        Shape (m,), false for closed segments.
    """
    is_open = (graph.speeds_kmh > 0) & usable[:, None]
    expanded = expand_turns(
        node_count=graph.node_count,
        tails=graph.tails,
        heads=graph.heads,
        is_open=is_open,
        banned_turns=graph.banned_turns,
    )
    stop_of_place, stops = _stops(snapped)
    base = len(expanded.state_nodes)
    count = len(stops)
    pieces = _Pieces()
    order = np.argsort(expanded.arcs, kind="stable")
    arcs_sorted = expanded.arcs[order]
    state_order = np.argsort(expanded.state_nodes, kind="stable")
    nodes_sorted = expanded.state_nodes[state_order]
    on_segment: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)
    for stop, place in enumerate(stops):
        leave, reach = base + stop, base + count + stop
        pieces.add(leave, reach, NO_ARC, 0.0, 0.0)
        node, segment = int(snapped.nodes[place]), int(snapped.segments[place])
        if node >= 0:
            pieces.add(leave, node, NO_ARC, 0.0, 0.0)
            first, last = np.searchsorted(nodes_sorted, [node, node + 1])
            for state in state_order[first:last].tolist():
                pieces.add(state, reach, NO_ARC, 0.0, 0.0)
            continue
        position_m, length_m = float(snapped.positions_m[place]), float(graph.lengths_m[segment])
        on_segment[segment].append((stop, position_m))
        for arc, start_m, end_m in ((2 * segment, 0.0, length_m), (2 * segment + 1, length_m, 0.0)):
            if not is_open[segment, arc % 2]:
                continue
            pieces.add(leave, int(expanded.arc_targets[arc]), arc, position_m, end_m)
            first, last = np.searchsorted(arcs_sorted, [arc, arc + 1])
            for copy in order[first:last]:
                pieces.add(int(expanded.sources[copy]), reach, arc, start_m, position_m)
    for segment, found in on_segment.items():
        for (stop, position_m), (other, other_m) in permutations(found, 2):
            arc = 2 * segment + int(other_m < position_m)
            if is_open[segment, arc % 2]:
                pieces.add(base + stop, base + count + other, arc, position_m, other_m)

    lengths_m = graph.lengths_m[expanded.arcs // 2]
    backward = expanded.arcs % 2 == 1
    rows = np.array(pieces.rows, dtype=np.float64).reshape(-1, 5)
    return Network(
        graph=graph,
        state_count=base + 2 * count,
        sources=np.concatenate([expanded.sources, rows[:, 0].astype(np.int64)]),
        targets=np.concatenate([expanded.targets, rows[:, 1].astype(np.int64)]),
        arcs=np.concatenate([expanded.arcs, rows[:, 2].astype(np.int64)]),
        from_m=np.concatenate([np.where(backward, lengths_m, 0.0), rows[:, 3]]),
        to_m=np.concatenate([np.where(backward, 0.0, lengths_m), rows[:, 4]]),
        departures=base + stop_of_place,
        arrivals=base + count + stop_of_place,
        snapped=snapped,
    )


def timed_network(network: Network, *, speed_cap_kmh: float) -> TimedNetwork:
    """Seconds and metres of the arcs for one speed cap; of parallel arcs the fastest, then the shortest."""
    metres = np.abs(network.to_m - network.from_m)
    speeds_kmh = np.where(network.arcs >= 0, network.graph.speeds_kmh.ravel()[network.arcs], speed_cap_kmh)
    seconds = metres / (np.minimum(speeds_kmh, speed_cap_kmh) * _KMH_TO_MPS)
    entries, row_starts = fastest_first(
        sources=network.sources,
        targets=network.targets,
        seconds=seconds,
        metres=metres,
        state_count=network.state_count,
    )
    return TimedNetwork(
        row_starts=row_starts,
        columns=network.targets[entries].astype(np.int32),
        seconds=seconds[entries],
        metres=metres[entries],
        piece_offsets=np.arange(len(entries) + 1),
        pieces=entries,
    )


def fastest_first(
    *, sources: IntArray, targets: IntArray, seconds: FloatArray, metres: FloatArray, state_count: int
) -> tuple[IntArray, NDArray[np.int32]]:
    """Of arcs with the same ends the fastest, then the shortest, ordered by source and target.

    Returns
    -------
    tuple
        Indices of the arcs that stay, and where the row of each state starts among them (states + 1,).
    """
    order = np.lexsort((metres, seconds, targets, sources))
    first = np.ones(len(order), dtype=bool)
    first[1:] = (np.diff(sources[order]) != 0) | (np.diff(targets[order]) != 0)
    kept = order[first]
    row_starts = np.searchsorted(sources[kept], np.arange(state_count + 1))
    return kept, row_starts.astype(np.int32)


def _stops(snapped: SnappedPlaces) -> tuple[IntArray, list[int]]:
    """The stop of each place (n,), and a place of each stop: places at one point share a stop."""
    known: dict[tuple[int, float], int] = {}
    stops: list[int] = []
    stop_of_place = np.empty(len(snapped.segments), dtype=np.int64)
    for place, (segment, position_m, node) in enumerate(
        zip(snapped.segments.tolist(), snapped.positions_m.tolist(), snapped.nodes.tolist(), strict=True)
    ):
        key = (-1 - node, 0.0) if node >= 0 else (segment, position_m)
        if key not in known:
            known[key] = len(stops)
            stops.append(place)
        stop_of_place[place] = known[key]
    return stop_of_place, stops

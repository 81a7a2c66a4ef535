"""The lines of paths on the map."""

from collections.abc import Callable

import numpy as np

from maps.roads.geometry import FloatArray, IntArray, great_circle_m, ragged_indices
from maps.roads.graph import RoadGraph
from maps.travel.contract import contract_chains
from maps.travel.network import NO_ARC, Network, TimedNetwork, timed_network
from maps.travel.shortest import search, trace


class RoadPaths:
    """Finds paths on demand: one search an origin, networks built when they are first asked for.

    Parameters
    ----------
    build
        Makes the network; called once.
    speed_caps_kmh
        One a class.
    """

    def __init__(self, build: Callable[[], Network], *, speed_caps_kmh: tuple[float, ...]) -> None:
        self._build = build
        self._speed_caps_kmh = speed_caps_kmh
        self._network: Network | None = None
        self._timed: dict[int, TimedNetwork] = {}

    @property
    def network(self) -> Network:
        """The network, built when it is first asked for."""
        if self._network is None:
            self._network = self._build()
        return self._network

    def searched(self, speed_class: int) -> TimedNetwork:
        """The network of one speed class as it is searched: timed, its chains contracted."""
        if speed_class not in self._timed:
            network = self.network
            timed = timed_network(network, speed_cap_kmh=self._speed_caps_kmh[speed_class])
            stops = np.concatenate([network.departures, network.arrivals])
            self._timed[speed_class] = contract_chains(timed, stops=stops)
        return self._timed[speed_class]

    def find(self, *, speed_class: int, origins: IntArray, destinations: IntArray) -> list[FloatArray]:
        """Paths (k, 2) of latitude and longitude for pairs of places."""
        network, timed = self.network, self.searched(speed_class)
        starts, goals = network.departures[origins], network.arrivals[destinations]
        result: list[FloatArray] = [np.empty((0, 2))] * len(starts)
        distinct, which = np.unique(starts, return_inverse=True)
        by_start = np.argsort(which, kind="stable")
        first_pair = np.searchsorted(which[by_start], np.arange(len(distinct) + 1))
        for first, _, predecessors in search(timed, origins=distinct):
            for row, tree in enumerate(predecessors, start=first):
                for pair in by_start[first_pair[row] : first_pair[row + 1]].tolist():
                    entries = trace(
                        timed, predecessors=tree, departure=int(distinct[row]), arrival=int(goals[pair])
                    )
                    pieces, _ = ragged_indices(offsets=timed.piece_offsets, rows=entries)
                    line = _line(network, timed.pieces[pieces])
                    result[pair] = line if len(line) else _standing(network, int(origins[pair]))
        return result


def _line(network: Network, entries: IntArray) -> FloatArray:
    """Points of a path; only its first and last piece can be parts of segments."""
    entries = entries[network.arcs[entries] != NO_ARC]
    if len(entries) == 0:
        return np.empty((0, 2))
    parts = [_piece(network, int(entries[0]))]
    if len(entries) > 1:
        parts += [
            _whole_segments(network.graph, network.arcs[entries[1:-1]]),
            _piece(network, int(entries[-1])),
        ]
    points = np.concatenate(parts)
    moved = np.ones(len(points), dtype=bool)
    moved[1:] = (points[1:] != points[:-1]).any(axis=1)
    return points[moved] if moved.sum() > 1 else points[[0, -1]]


def _whole_segments(graph: RoadGraph, arcs: IntArray) -> FloatArray:
    starts, stops = graph.shape_offsets[arcs // 2], graph.shape_offsets[arcs // 2 + 1]
    counts = stops - starts
    along = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    backward = np.repeat(arcs % 2 == 1, counts)
    points = np.where(backward, np.repeat(stops - 1, counts) - along, np.repeat(starts, counts) + along)
    return np.column_stack([graph.shape_latitudes[points], graph.shape_longitudes[points]])


def _piece(network: Network, entry: int) -> FloatArray:
    arc = int(network.arcs[entry])
    ends = sorted((float(network.from_m[entry]), float(network.to_m[entry])))
    line = _between(network.graph, arc // 2, ends[0], ends[1])
    return line[::-1] if arc % 2 else line


def _between(graph: RoadGraph, segment: int, start_m: float, end_m: float) -> FloatArray:
    """The part of a segment between two positions along it, tail to head."""
    points = slice(graph.shape_offsets[segment], graph.shape_offsets[segment + 1])
    latitudes, longitudes = graph.shape_latitudes[points], graph.shape_longitudes[points]
    steps_m = great_circle_m(latitudes[:-1], longitudes[:-1], latitudes[1:], longitudes[1:])
    along_m = np.concatenate([[0.0], np.cumsum(steps_m)])
    inner = along_m[(along_m > start_m) & (along_m < end_m)]
    wanted_m = np.concatenate([[start_m], inner, [end_m]])
    return np.column_stack(
        [np.interp(wanted_m, along_m, latitudes), np.interp(wanted_m, along_m, longitudes)]
    )


def _standing(network: Network, place: int) -> FloatArray:
    """A path of no length: the place's point of the roads, twice."""
    segment = int(network.snapped.segments[place])
    position_m = float(network.snapped.positions_m[place])
    return _between(network.graph, segment, position_m, position_m)

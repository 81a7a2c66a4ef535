"""The lines that drives take on the map, of all routes at once: one search an origin and speed class."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np

from fleet.model.travel import Travel
from fleet.planning.beginning import Beginning
from fleet.planning.nodes import Node, is_drive

DIGITS = 6
"""Of degrees: a tenth of a metre."""

Line = tuple[tuple[float, float], ...]
"""Latitudes and longitudes."""
Lines = Mapping[tuple[int, int, int], Line]
"""By speed class, and the locations between which the drive is."""


def lines_of(travel: Travel, timelines: Iterable[tuple[Beginning, Sequence[Node]]]) -> Lines:
    """Return the line of every drive.

    Parameters
    ----------
    travel : Travel
        Of the day.
    timelines : iterable of (Beginning, sequence of Node)
        What tricycles do, and who they are.
    """
    drives: dict[int, set[tuple[int, int]]] = defaultdict(set)
    for beginning, nodes in timelines:
        speed_class = travel.speed_class(beginning.tricycle.speed_kmh)
        for before, node in pairwise(nodes):
            if is_drive(before, node):
                drives[speed_class].add((before.location, node.location))
    lines = {}
    for speed_class, pairs in drives.items():
        ordered = sorted(pairs)
        paths = travel.paths(
            speed_class=speed_class,
            origins=[origin for origin, _ in ordered],
            destinations=[destination for _, destination in ordered],
        )
        for (origin, destination), path in zip(ordered, paths, strict=True):
            lines[speed_class, origin, destination] = tuple(map(tuple, np.round(path, DIGITS).tolist()))
    return lines

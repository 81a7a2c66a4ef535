"""Fastest paths over a timed network: many to many, and traced one by one."""

from collections.abc import Callable, Iterator
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from maps.roads.geometry import FloatArray, IntArray
from maps.travel.network import TimedNetwork

_CHUNK_CELLS = 2_000_000
"""States times origins of one search: bounds the memory to some 24 MB."""


def search(timed: TimedNetwork, *, origins: IntArray) -> Iterator[tuple[int, FloatArray, NDArray[np.int32]]]:
    """Dijkstra's algorithm from each origin, some at a time.

    Yields
    ------
    tuple
        The index of the chunk's first origin, seconds (chunk, states) and predecessors (chunk, states).
    """
    states = len(timed.row_starts) - 1
    matrix = csr_array((timed.seconds, timed.columns, timed.row_starts), shape=(states, states))
    step = max(1, _CHUNK_CELLS // states)
    for first in range(0, len(origins), step):
        chunk = origins[first : first + step]
        seconds, predecessors = dijkstra(matrix, indices=chunk, return_predecessors=True)
        yield first, seconds, predecessors


def many_to_many(
    timed: TimedNetwork,
    *,
    departures: IntArray,
    arrivals: IntArray,
    progress: Callable[[float], None] | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Seconds and metres (n, n) of the fastest paths; infinite seconds where there is none.

    Parameters
    ----------
    timed
        One speed class.
    departures, arrivals
        Shape (n,), states in which places are left and reached.
    progress
        Told the fraction done.
    """
    unique_departures, row_of = np.unique(departures, return_inverse=True)
    seconds = np.empty((len(unique_departures), len(arrivals)))
    metres = np.empty_like(seconds)
    for first, chunk_seconds, predecessors in search(timed, origins=unique_departures):
        last = first + len(chunk_seconds)
        seconds[first:last] = chunk_seconds[:, arrivals]
        _lengths(
            timed.row_starts,
            timed.columns,
            timed.metres,
            predecessors,
            unique_departures[first:last],
            arrivals,
            metres[first:last],
        )
        if progress is not None:
            progress(last / len(unique_departures))
    return seconds[row_of], metres[row_of]


def trace(timed: TimedNetwork, *, predecessors: NDArray[np.int32], departure: int, arrival: int) -> IntArray:
    """Entries of the timed network along the fastest path, in the order of travel.

    Parameters
    ----------
    timed
        One speed class.
    predecessors
        Shape (states,), of the search from ``departure``.
    departure, arrival
        States; the arrival has to be reachable.
    """
    entries = _trace(timed.row_starts, timed.columns, predecessors, departure, arrival)
    return np.asarray(entries, dtype=np.int64)[::-1]


def _entry_python(row_starts: Any, columns: Any, source: int, target: int) -> int:
    for entry in range(row_starts[source], row_starts[source + 1]):
        if columns[entry] == target:
            return entry
    return -1


def _lengths_python(
    row_starts: Any, columns: Any, metres: Any, predecessors: Any, departures: Any, arrivals: Any, out: Any
) -> None:
    # Walk back from each arrival to what is known already, then add up on the way forth: every state of a
    # search tree is visited once, and the metres belong to exactly the path whose seconds were found.
    states = predecessors.shape[1]
    known = np.empty(states)
    stack = np.empty(states, dtype=np.int64)
    for row in range(len(departures)):
        known[:] = -1.0
        known[departures[row]] = 0.0
        for column in range(len(arrivals)):
            state = arrivals[column]
            depth = 0
            while state >= 0 and known[state] < 0:
                stack[depth] = state
                depth += 1
                state = predecessors[row, state]
            if state < 0:
                out[row, column] = np.inf
                continue
            length = known[state]
            for index in range(depth - 1, -1, -1):
                length += metres[_entry(row_starts, columns, state, stack[index])]
                state = stack[index]
                known[state] = length
            out[row, column] = length


def _trace_python(row_starts: Any, columns: Any, predecessors: Any, departure: int, arrival: int) -> Any:
    entries = np.empty(len(predecessors), dtype=np.int64)
    count = 0
    state = arrival
    while state != departure:
        previous = predecessors[state]
        entries[count] = _entry(row_starts, columns, previous, state)
        count += 1
        state = previous
    return entries[:count]


_compiled: Callable[[Callable[..., Any]], Callable[..., Any]] = numba.njit(cache=True, nogil=True)
_entry = _compiled(_entry_python)
_lengths = _compiled(_lengths_python)
_trace = _compiled(_trace_python)

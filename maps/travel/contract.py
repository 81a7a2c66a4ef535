"""Chains of states with no choice on the way become one entry each, so the search has fewer to settle."""

import numpy as np
from numpy.typing import NDArray

from maps.roads.geometry import FloatArray, IntArray, ragged_indices
from maps.travel.network import TimedNetwork, fastest_first


def contract_chains(timed: TimedNetwork, *, stops: IntArray) -> TimedNetwork:
    """The same travel over fewer states.

    A state between exactly two others, that is no stop, is passed or left alone: coming back from it to
    where one came from gains nothing. State numbers stay; passed-over states have no entries any more.

    Parameters
    ----------
    timed
        One speed class.
    stops
        States that have to stay: departures and arrivals.
    """
    states = len(timed.row_starts) - 1
    passable = _between_two(timed, states)
    passable[stops] = False
    starts, columns, is_passable = timed.row_starts.tolist(), timed.columns.tolist(), passable.tolist()
    sources: list[int] = []
    targets: list[int] = []
    entries: list[int] = []
    offsets = [0]
    for source in np.flatnonzero(~passable).tolist():
        for first in range(starts[source], starts[source + 1]):
            chain, previous, state = [first], source, columns[first]
            while is_passable[state]:
                onward = [
                    entry for entry in range(starts[state], starts[state + 1]) if columns[entry] != previous
                ]
                if not onward:
                    break
                chain.append(onward[0])
                previous, state = state, columns[onward[0]]
            if is_passable[state] or (state == source and len(chain) > 1):
                continue
            sources.append(source)
            targets.append(state)
            entries.extend(chain)
            offsets.append(len(entries))

    chained, chain_offsets = np.array(entries, dtype=np.int64), np.array(offsets, dtype=np.int64)
    tails, heads = np.array(sources, dtype=np.int64), np.array(targets, dtype=np.int64)
    seconds, metres = (
        _sums(timed.seconds[chained], chain_offsets),
        _sums(timed.metres[chained], chain_offsets),
    )
    order, row_starts = fastest_first(
        sources=tails, targets=heads, seconds=seconds, metres=metres, state_count=states
    )
    links, link_offsets = ragged_indices(offsets=chain_offsets, rows=order)
    pieces, piece_offsets = ragged_indices(offsets=timed.piece_offsets, rows=chained[links])
    return TimedNetwork(
        row_starts=row_starts,
        columns=heads[order].astype(np.int32),
        seconds=seconds[order],
        metres=metres[order],
        piece_offsets=piece_offsets[link_offsets],
        pieces=timed.pieces[pieces],
    )


def _between_two(timed: TimedNetwork, states: int) -> NDArray[np.bool_]:
    """States (states,) that exactly two others lead to or come from."""
    sources = np.repeat(np.arange(states), np.diff(timed.row_starts))
    ends = np.concatenate([sources, timed.columns])
    others = np.concatenate([timed.columns, sources])
    pairs = np.unique(ends.astype(np.int64) * states + others)
    between: NDArray[np.bool_] = np.equal(np.bincount(pairs // states, minlength=states), 2)
    between[sources[sources == timed.columns]] = False
    return between


def _sums(values: FloatArray, offsets: IntArray) -> FloatArray:
    return np.add.reduceat(values, offsets[:-1]) if len(offsets) > 1 else np.zeros(0)

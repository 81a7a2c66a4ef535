"""What a search holds: its requests, the routes as they stand, as they were accepted, and the best."""

from typing import NamedTuple

import numpy as np
from numba import njit, typeof, types
from numba.experimental import structref

from fleet.solver.instance import Bools, Instance, Ints
from fleet.solver.kernels import codes as c
from fleet.solver.kernels.borrowed import borrowed
from fleet.solver.kernels.scratch import SCRATCH, ScratchArrays, room_for_scratch, scratch_of
from fleet.solver.kernels.shortlist import SHORTLIST, ShortlistArrays, room_for_shortlist, shortlist_of
from fleet.solver.kernels.state import STATE, StateArrays, room_for_state, state_of

NARROW = 40
"""Insertions of a request whose exact cost is asked for at most, as a rule."""
WIDE = 1_000
NEIGHBOURS = 120
WORST = np.iinfo(np.int64).max


class SearchArrays(NamedTuple):
    """One search."""

    requests: Ints
    """The requests that may be served"""
    unlikely: Bools
    """(R,) whether a request fits into no empty route, and so rarely into any"""
    twins: Ints
    """(V,) the first vehicle that is this one's equal"""
    closed: Bools
    """(V,) whether an unused vehicle is left alone for the moment"""
    slack: Ints
    """(R,) how free a request is in time"""
    worth: Ints
    """(R,) what may be paid for serving a request, and counts where it is not: penalty or ``any_cost``"""
    any_cost: Ints
    """(1,) more than all costs and penalties together: what a must is worth"""
    nearest: Ints
    """(R, K) other requests, nearest first; a row that begins with -1 is not known yet"""
    differs: Bools
    """(V,) whether an accepted route differs from that of the best solution"""
    scores: Ints
    """(2,) of the accepted solution and of the best"""
    tried: Bools
    """(V,) room for insertions, as are the following"""
    trial: Ints
    nodes: Ints
    result: Ints
    best_tasks: Ints
    best_nodes: Ints
    best_result: Ints


class Room(NamedTuple):
    """All arrays of a search; they have to be kept as long as it."""

    own: SearchArrays
    state: StateArrays
    before: StateArrays
    """The routes of the last solution that was accepted"""
    best: StateArrays
    scratch: ScratchArrays
    narrow: ShortlistArrays
    wide: ShortlistArrays


def room_for_search(instance: Instance, *, requests: Ints, unlikely: Bools, twins: Ints, slack: Ints) -> Room:
    """Return the arrays of a search with no vehicle used."""
    state, before, best = (_state(instance) for _ in range(3))
    stops = state.tasks.shape[1] + 2
    nodes = (state.nodes.shape[1] + 2, c.NODE_COLUMNS)
    any_cost = _any_cost(instance)
    own = SearchArrays(
        requests=requests,
        unlikely=unlikely,
        twins=twins,
        closed=np.zeros(instance.n_vehicles, bool),
        slack=slack,
        worth=np.where(instance.must, any_cost, instance.penalty),
        any_cost=np.array([any_cost]),
        nearest=np.full((instance.n_requests, min(NEIGHBOURS, max(1, len(requests)))), -1, np.int64),
        differs=np.zeros(instance.n_vehicles, bool),
        scores=np.full(2, WORST, np.int64),
        tried=np.zeros(instance.n_vehicles, bool),
        trial=np.zeros(stops, np.int64),
        nodes=np.zeros(nodes, np.int64),
        result=np.zeros(c.RESULT_SLOTS, np.int64),
        best_tasks=np.zeros(stops, np.int64),
        best_nodes=np.zeros(nodes, np.int64),
        best_result=np.zeros(c.RESULT_SLOTS, np.int64),
    )
    alternatives = int(np.diff(instance.delivery_ptr).max(initial=1))
    return Room(
        own,
        state,
        before,
        best,
        room_for_scratch(stops=stops, alternatives=alternatives),
        room_for_shortlist(NARROW),
        room_for_shortlist(WIDE),
    )


def _any_cost(instance: Instance) -> int:
    """Return more than a plan may cost and lose, and no more than all musts together may count in 64 bits."""
    enough = max(1 << 50, 2 * int(instance.penalty[~instance.must].sum()))
    return min(enough, 1 << 60, (1 << 62) // (int(instance.must.sum()) + 1))


def _state(instance: Instance) -> StateArrays:
    return room_for_state(
        vehicles=instance.n_vehicles,
        requests=instance.n_requests,
        cap_left=instance.cap_left,
        dimensions=instance.capacity.shape[1],
        most_breaks=int(np.diff(instance.break_ptr).max(initial=0)),
    )


@structref.register
class SearchType(types.StructRef):  # type: ignore[misc]
    """The compiler's type of a search."""


class Search(structref.StructRefProxy):  # type: ignore[misc]
    """A handle on a search inside the kernels' memory: the fields of its arrays, and of :class:`Room`."""


structref.define_boxing(SearchType, Search)

_INTS = np.zeros(1, np.int64)
_BOOLS = np.zeros(1, bool)
_TABLE = np.zeros((1, 1), np.int64)
_EXAMPLE = SearchArrays(
    requests=_INTS,
    unlikely=_BOOLS,
    twins=_INTS,
    closed=_BOOLS,
    slack=_INTS,
    worth=_INTS,
    any_cost=_INTS,
    nearest=_TABLE,
    differs=_BOOLS,
    scores=_INTS,
    tried=_BOOLS,
    trial=_INTS,
    nodes=_TABLE,
    result=_INTS,
    best_tasks=_INTS,
    best_nodes=_TABLE,
    best_result=_INTS,
)
_SEARCH = SearchType(
    [
        *((name, typeof(array)) for name, array in _EXAMPLE._asdict().items()),
        *((name, STATE) for name in ("state", "before", "best")),
        ("scratch", SCRATCH),
        *((name, SHORTLIST) for name in ("narrow", "wide")),
    ]
)


@njit(cache=True, nogil=True)
def _search_of(own, state, before, best, scratch, narrow, wide):  # type: ignore[no-untyped-def]
    search = structref.new(_SEARCH)
    search.requests = borrowed(own.requests)
    search.unlikely = borrowed(own.unlikely)
    search.twins = borrowed(own.twins)
    search.closed = borrowed(own.closed)
    search.slack = borrowed(own.slack)
    search.worth = borrowed(own.worth)
    search.any_cost = borrowed(own.any_cost)
    search.nearest = borrowed(own.nearest)
    search.differs = borrowed(own.differs)
    search.scores = borrowed(own.scores)
    search.tried = borrowed(own.tried)
    search.trial = borrowed(own.trial)
    search.nodes = borrowed(own.nodes)
    search.result = borrowed(own.result)
    search.best_tasks = borrowed(own.best_tasks)
    search.best_nodes = borrowed(own.best_nodes)
    search.best_result = borrowed(own.best_result)
    search.state = state
    search.before = before
    search.best = best
    search.scratch = scratch
    search.narrow = narrow
    search.wide = wide
    return search


def search_of(room: Room) -> Search:
    """Return the search that works on these arrays."""
    search: Search = _search_of(
        room.own,
        state_of(room.state),
        state_of(room.before),
        state_of(room.best),
        scratch_of(room.scratch),
        shortlist_of(room.narrow),
        shortlist_of(room.wide),
    )
    return search

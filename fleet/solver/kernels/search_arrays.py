"""What a search holds: its requests, the routes as they stand, as they were accepted, and the best."""

from typing import Any, NamedTuple

import numpy as np

from fleet.solver.instance import NEVER, Bools, Floats, Instance, Ints
from fleet.solver.kernels import codes as c
from fleet.solver.kernels.chain import Busy
from fleet.solver.kernels.entry import Entry
from fleet.solver.kernels.halves import HalvesArrays, longer_setups, room_for_halves
from fleet.solver.kernels.handle import Handle
from fleet.solver.kernels.record import Record
from fleet.solver.kernels.recreate import MEMORY_COLUMNS
from fleet.solver.kernels.route import evaluate
from fleet.solver.kernels.shortlist import (
    ShortlistArrays,
    least_added,
    room_for_shortlist,
    shortlist_insertions,
)
from fleet.solver.kernels.simple import cheapest_insertion
from fleet.solver.kernels.state import StateArrays, room_for_state
from fleet.solver.tuning import Tuning

FEWEST_LISTED, MOST_LISTED = 3, 12
"""Insertions of a request into a route whose exact cost is asked for at most, as a rule."""
LISTED_IN_ALL = 360
"""They are as many as this holds requests: the fewer there are, the more time there is for each."""
WIDE = 200
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
    when_unused: Ints
    """(V,) column of ``memory`` for this vehicle and its equals while they are not used"""
    simple: Bools
    """(V,) whether :mod:`simple` knows all rules of this vehicle"""
    memory: Ints
    """(R, V + kinds, MEMORY_COLUMNS) the best insertion of a request into a route, with its version"""
    closed: Bools
    """(V,) whether an unused vehicle is left alone for the moment"""
    slack: Ints
    """(R,) how free a request is in time"""
    reach: Ints
    """(R,) how far a request is from where vehicles start"""
    shut: Bools
    """(V,) whether a vehicle is not to be used"""
    was_out: Bools
    """(R,) whether the accepted solution leaves a request out"""
    tuning: Floats
    """A :class:`fleet.solver.tuning.Tuning`"""
    any_cost: Ints
    """(1,) more than all costs and penalties together: what a must is worth"""
    nearest: Ints
    """(R, K) other requests, nearest first; a row that begins with -1 is not known yet"""
    differs: Bools
    """(V,) whether an accepted route differs from that of the best solution"""
    scores: Ints
    """(2,) of the accepted solution, softly, and of the best, exactly"""
    tried: Bools
    """(V,) room for insertions, as are the following"""
    unknown: Ints
    promise: Ints
    trial: Ints
    nodes: Ints
    result: Ints
    found_nodes: Ints
    """The outcome of the last evaluation that was worth to be kept"""
    found_result: Ints


class Room(NamedTuple):
    """All arrays of a search; they have to be kept as long as it."""

    own: SearchArrays
    state: StateArrays
    before: StateArrays
    """The routes of the last solution that was accepted"""
    best: StateArrays
    halves: HalvesArrays
    narrow: ShortlistArrays
    wide: ShortlistArrays


def room_for_search(
    instance: Instance,
    *,
    requests: Ints,
    unlikely: Bools,
    twins: Ints,
    slack: Ints,
    reach: Ints,
    tuning: Tuning,
) -> Room:
    """Return the arrays of a search with no vehicle used."""
    any_cost = _any_cost(instance)
    worth = np.where(instance.must, any_cost, instance.penalty)
    worths = np.stack([worth, worth], axis=1)
    state, before, best = (_state(instance, worths) for _ in range(3))
    stops = state.tasks.shape[1] + 2
    nodes = (state.nodes.shape[1] + 2, c.NODE_COLUMNS)
    _, kind = np.unique(twins, return_inverse=True)
    simple = simple_vehicles(instance)
    own = SearchArrays(
        requests=requests,
        unlikely=unlikely,
        twins=twins,
        when_unused=instance.n_vehicles + kind,
        simple=simple,
        memory=np.zeros(
            (instance.n_requests, instance.n_vehicles + int(kind.max()) + 1, MEMORY_COLUMNS), np.int64
        ),
        closed=np.zeros(instance.n_vehicles, bool),
        slack=slack,
        reach=reach,
        shut=np.zeros(instance.n_vehicles, bool),
        was_out=np.zeros(instance.n_requests, bool),
        tuning=np.array(tuning),
        any_cost=np.array([any_cost]),
        nearest=np.full((instance.n_requests, min(NEIGHBOURS, max(1, len(requests)))), -1, np.int64),
        differs=np.zeros(instance.n_vehicles, bool),
        scores=np.full(2, WORST, np.int64),
        tried=np.zeros(instance.n_vehicles, bool),
        unknown=np.zeros(instance.n_vehicles, np.int64),
        promise=np.zeros(instance.n_vehicles, np.int64),
        trial=np.zeros(stops, np.int64),
        nodes=np.zeros(nodes, np.int64),
        result=np.zeros(c.RESULT_SLOTS, np.int64),
        found_nodes=np.zeros(nodes, np.int64),
        found_result=np.zeros(c.RESULT_SLOTS, np.int64),
    )
    return Room(
        own,
        state,
        before,
        best,
        room_for_halves(instance, stops=stops),
        room_for_shortlist(min(max(LISTED_IN_ALL // max(1, len(requests)), FEWEST_LISTED), MOST_LISTED)),
        room_for_shortlist(WIDE),
    )


def _any_cost(instance: Instance) -> int:
    """Return more than a plan may cost and lose, and no more than all musts together may count in 64 bits."""
    enough = max(1 << 50, 2 * int(instance.penalty[~instance.must].sum()))
    return min(enough, 1 << 60, (1 << 62) // (int(instance.must.sum()) + 1))


def simple_vehicles(instance: Instance) -> Bools:
    """Return which vehicles know no rule, and no rate, but those of :mod:`simple`."""
    none = np.zeros(instance.n_vehicles, bool)
    windows = np.diff(instance.window_ptr)
    if (
        (windows != 1).any()
        or (instance.window_finish < NEVER).any()
        or (instance.task_rank >= 0).any()
        or (instance.on_board_limit_s < NEVER).any()
        or (instance.bays[instance.task_location] >= 0).any()
        or instance.label.any()
        or instance.stay_s[instance.task_location].any()
        or (instance.window_open > instance.window_close).any()
        or longer_setups(instance).any()
    ):
        return none
    simple: Bools = (
        (np.diff(instance.break_ptr) == 0)
        & (instance.cost_per_s == 0)
        & np.isinf(instance.start_charge_wh)
        & (instance.visit_location < 0)
        & ~(instance.departs_at_once & (instance.start >= 0) & (instance.bays[instance.start] >= 0))
        & ~instance.carried_load.any(axis=1)
    )
    return simple


def _state(instance: Instance, worth: Ints) -> StateArrays:
    return room_for_state(
        vehicles=instance.n_vehicles,
        cap_left=instance.cap_left,
        dimensions=instance.capacity.shape[1],
        most_breaks=int(np.diff(instance.break_ptr).max(initial=0)),
        worth=worth,
    )


def search_of(room: Room, record: Record) -> Handle:
    """Return the handle of a search of an instance that works on these arrays."""
    parts: dict[str, Any] = {
        "state": room.state, "before": room.before, "best": room.best, "halves": room.halves,
        "narrow": room.narrow, "wide": room.wide,
    }  # fmt: skip
    kinds = {"before": "state", "best": "state"} | dict.fromkeys(("narrow", "wide"), "shortlist")
    handles = {name: Handle(kinds.get(name, name), arrays._asdict()) for name, arrays in parts.items()}
    own, state, halves = room.own, handles["state"], handles["halves"]
    busy = Busy(own.unknown, own.unknown, own.unknown)
    entries = {
        "evaluate": Entry(
            evaluate, record, 0, own.trial, 0, room.state.cap_free, busy, 0, own.nodes, own.result
        ),
        "shortlist": Entry(shortlist_insertions, record, state, halves, 0, 0, 0, handles["narrow"]),
        "least_added": Entry(least_added, record, state, halves, 0, 0),
        "scan_simply": Entry(cheapest_insertion, record, state, halves, 0, 0, 0),
    }
    return Handle("search", own._asdict() | handles | entries)

"""Exact times of skeletons: difference constraints, shortest by all-pairs paths, two routes by a program.

All that is left of the rules of time, once orders, windows and the order in a bay are chosen, is
``later - earlier >= seconds`` between two instants. The shortest duration of one route is then the longest
path from its departure to its return; the cheapest times of two routes that share a bay are a linear
program whose matrix is totally unimodular, so its best corner has whole seconds.
"""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

from tests.property.brute_entries import Skeleton
from tests.property.brute_orders import limit_of

Point = tuple[int, int]
"""An instant: a variable and seconds after it."""


@dataclass(frozen=True)
class Stand:
    """Being at a place without leaving it, from arrival to departure."""

    location: int
    arrives: Point
    leaves: Point


@dataclass(frozen=True)
class System:
    """``x[later] - x[earlier] >= seconds``; variable 0 is the origin, 1 the departure, 2 the return."""

    size: int
    base_s: int
    constraints: list[tuple[int, int, int]]
    stands: list[Stand]
    starts: list[int]
    departures: list[int | None]
    """Variable of the departure of the drive into each entry and into the end."""


def system_of(skeleton: Skeleton) -> System:
    """Write down the rules of time of one route, in seconds after its shift begins."""
    machine = skeleton.machine
    base = machine.free_s
    rows: list[tuple[int, int, int]] = []
    count = 3
    starts: list[int] = []
    departures: list[int | None] = []
    stands: list[Stand] = []

    def at_least(later: int, earlier: int, seconds: float) -> None:
        if seconds > -math.inf:
            rows.append((later, earlier, round(seconds)))

    def at_most(variable: int, bound: float) -> None:
        if bound < math.inf:
            at_least(0, variable, base - bound)

    ready: Point = (1, 0)
    here = machine.start
    arrived: Point | None = None
    at_least(1, 0, skeleton.free_s - base)
    for index, entry in enumerate(skeleton.entries):
        start = count
        starts.append(start)
        count += 1
        if entry.location != here:
            leaves = count
            count += 1
            at_least(leaves, ready[0], ready[1])
            if index == 0:
                # The route departs when its first drive does.
                at_least(1, leaves, 0)
            if arrived is not None:
                stands.append(Stand(here, arrived, (leaves, 0)))
            seconds = machine.drive_s(here, entry.location)
            arrived = (leaves, seconds)
            at_least(start, leaves, seconds)
            departures.append(leaves)
        else:
            departures.append(None)
            at_least(start, ready[0], ready[1])
            if index == 0:
                at_least(1, start, 0)
                arrived = (start, 0)
        at_least(start, 0, entry.low - base)
        at_most(start, entry.high)
        ready = (start, entry.takes_s)
        here = entry.location
    if machine.end is not None and machine.end != here:
        leaves = count
        count += 1
        departures.append(leaves)
        at_least(leaves, ready[0], ready[1])
        at_least(2, leaves, machine.drive_s(here, machine.end))
        if arrived is not None:
            stands.append(Stand(here, arrived, (leaves, 0)))
    else:
        departures.append(None)
        at_least(2, ready[0], ready[1])
        if arrived is not None:
            stands.append(Stand(here, arrived, ready))
    at_most(2, min(machine.shift_end_s, skeleton.return_by_s))
    _limits(skeleton, starts, at_least)
    return System(count, base, rows, stands, starts, departures)


def _limits(skeleton: Skeleton, starts: list[int], at_least: Callable[[int, int, float], None]) -> None:
    """Bound the time on board of what is picked up and dropped off on this route."""
    picked: dict[int, int] = {}
    for index, entry in enumerate(skeleton.entries):
        if entry.kind != "stop":
            continue
        if entry.alternative < 0:
            picked[entry.request] = index
        elif entry.request in picked:
            limit_s = limit_of(skeleton.machine.day, skeleton.machine.day.requests[entry.request])
            if limit_s is not None:
                pickup = skeleton.entries[picked[entry.request]]
                loaded_s = pickup.setup_s + pickup.work_s
                at_least(starts[picked[entry.request]], starts[index], entry.setup_s - loaded_s - limit_s)


def _closure(system: System, further: list[tuple[int, int, int]] | None = None) -> np.ndarray | None:
    """Return the longest paths between all variables, None where they contradict each other."""
    longest = np.full((system.size, system.size), -np.inf)
    np.fill_diagonal(longest, 0.0)
    for later, earlier, seconds in [*system.constraints, *(further or [])]:
        longest[earlier, later] = max(longest[earlier, later], seconds)
    for k in range(system.size):
        np.maximum(longest, longest[:, k, None] + longest[None, k, :], out=longest)
        if longest[k, k] > 0:
            return None
    return None if np.any(np.diag(longest) > 0) else longest


def duration_s(skeleton: Skeleton) -> int | None:
    """Return the least seconds from departure to return, None where no times hold."""
    longest = _closure(system_of(skeleton))
    return None if longest is None else int(longest[1, 2])


def times_of(skeletons: tuple[Skeleton, ...]) -> list[tuple[System, np.ndarray]]:
    """Return instants that reach the least cost, for each route, in seconds of the epoch."""
    if len(skeletons) == 2:
        pair = _cheapest_pair(skeletons, math.inf)
        if pair is not None:
            systems = [system_of(skeleton) for skeleton in skeletons]
            values = pair[1]
            cut = systems[0].size
            parts = [values[:cut], np.concatenate(([0.0], values[cut:]))]
            # Variables of the second route count from the first one's base.
            return [
                (system, np.round(part).astype(np.int64) + systems[0].base_s)
                for system, part in zip(systems, parts, strict=True)
            ]
    found = []
    for skeleton in skeletons:
        system = system_of(skeleton)
        longest = _closure(system)
        assert longest is not None
        longest = _closure(system, [(1, 2, -int(longest[1, 2]))])
        assert longest is not None
        found.append((system, longest[0].astype(np.int64) + system.base_s))
    return found


def joint_cost_yuan(skeletons: tuple[Skeleton, ...], limit: float) -> float:
    """Return the least cost of routes that share the places' bays, infinite where none is below limit."""
    alone = 0.0
    for skeleton in skeletons:
        seconds = duration_s(skeleton)
        assert seconds is not None
        alone += skeleton.fixed_yuan + skeleton.yuan_per_s * seconds
    if len(skeletons) < 2 or not _shared(skeletons):
        return alone
    pair = _cheapest_pair(skeletons, limit)
    return math.inf if pair is None else pair[0]


def _shared(skeletons: tuple[Skeleton, ...]) -> list[tuple[Stand, Stand]]:
    """Return the stands of two routes that cannot overlap."""
    places = skeletons[0].machine.day.places
    first, second = (system_of(skeleton).stands for skeleton in skeletons)
    return [
        (one, other)
        for one in first
        for other in second
        if one.location == other.location and one.location < len(places) and places[one.location].bays == 1
    ]


def _cheapest_pair(skeletons: tuple[Skeleton, ...], limit: float) -> tuple[float, np.ndarray] | None:
    """Try every order in every shared bay; return the least cost and its times."""
    shared = _shared(skeletons)
    if not shared:
        return None
    systems = [system_of(skeleton) for skeleton in skeletons]
    # One variable for each, the second route's after the first's; both count from the first's origin.
    moved = systems[0].size - 1
    gap = systems[1].base_s - systems[0].base_s
    rows = list(systems[0].constraints)
    for later, earlier, seconds in systems[1].constraints:
        shift = gap if earlier == 0 else -gap if later == 0 else 0
        rows.append((later + moved if later else 0, earlier + moved if earlier else 0, seconds + shift))
    size = systems[0].size + systems[1].size - 1
    rate = np.zeros(size)
    rate[[1, 2]] = -skeletons[0].yuan_per_s, skeletons[0].yuan_per_s
    rate[[1 + moved, 2 + moved]] = -skeletons[1].yuan_per_s, skeletons[1].yuan_per_s
    fixed = sum(skeleton.fixed_yuan for skeleton in skeletons)
    best: tuple[float, np.ndarray] | None = None
    for order in itertools.product((True, False), repeat=len(shared)):
        chosen = list(rows)
        for (one, other), one_first in zip(shared, order, strict=True):
            before, after = (one, other) if one_first else (other, one)
            leaves = before.leaves if one_first else (before.leaves[0] + moved, before.leaves[1])
            arrives = (after.arrives[0] + moved, after.arrives[1]) if one_first else after.arrives
            chosen.append((arrives[0], leaves[0], leaves[1] - arrives[1]))
        matrix = np.zeros((len(chosen), size))
        bound = np.zeros(len(chosen))
        for row, (later, earlier, seconds) in enumerate(chosen):
            matrix[row, later] -= 1
            matrix[row, earlier] += 1
            bound[row] = -seconds
        answer = linprog(
            rate, A_ub=matrix, b_ub=bound, bounds=[(0, 0)] + [(None, None)] * (size - 1), method="highs"
        )
        if answer.status != 0 or answer.fun is None or answer.x is None:
            continue
        cost = float(answer.fun) + fixed
        if cost < min(limit, best[0] if best else math.inf):
            best = (cost, answer.x)
    return best

"""Proves how good a plan of a small problem can be, and finds the routes of one that is.

Every set of requests that a route of a better plan can serve is looked at, in every order that a better plan
can have; then every partition into such sets. Both are exact but for what ``relaxation`` leaves out.
"""

from dataclasses import dataclass

import numpy as np

from fleet.solver.exact.completions import completions
from fleet.solver.exact.orders import Ahead, cheapest_orders
from fleet.solver.exact.partition import cheapest_rest, partitions
from fleet.solver.exact.relaxation import is_exact, power_of, relaxed
from fleet.solver.exact.sets import MUST, NONE, groups_of, items_of, losses, steps_of
from fleet.solver.exact.table import Table, table_of
from fleet.solver.instance import Floats, Instance, Ints
from fleet.solver.kernels.chain import Busy
from fleet.solver.kernels.record import Record, record_of

MOST_ITEMS = 11
"""Requests, or their alternatives where a cap may bind."""
MOST_STEPS = 12_000_000
"""Steps of the dynamic programmes: an eighth of a second."""
MOST_PREFIXES = 600_000
MOST_EVALUATIONS = 10_000
"""The same for the branch and bound over orders."""
SHARES = (0.125, 0.25, 0.5, 1.0)
"""Plans are ruled out by their cost, step by step from what none undercuts to what is known already."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A pair that no plan undercuts, and the routes of one that may reach it, where they were found."""

    unserved_musts: int
    cost: int
    tasks: list[list[int]] | None
    """Tasks of each vehicle; the relaxation may have overlooked what they break."""


@dataclass(slots=True)
class _Kind:
    """Vehicles that are each other's equals."""

    vehicles: list[int]
    table: Table
    ahead: Ahead
    room: Ints
    power: Floats
    states: Ints
    """(sets,) where a route for a set begins in ``ahead``"""
    floors: Ints
    """(sets,) what a route for a set costs at least, ``NONE`` where there is none"""
    costs: Ints
    """(sets,) what the cheapest one costs, ``NONE`` where no better plan can have it"""
    orders: dict[int, list[int]]
    """Its tasks."""


def prove(instance: Instance, *, musts: int, cost: int) -> Proof | None:
    """Return a pair that no plan undercuts, None where the problem is too large.

    How much is looked at is bounded by counts, so the answer is the same on every machine.

    Parameters
    ----------
    instance : Instance
        The problem.
    musts, cost : int
        The pair of a plan, musts left out and micro-yuan.

    Returns
    -------
    Proof or None
        A pair not above the given one, nor above that of any other plan.
    """
    requests = np.flatnonzero(instance.allowed.any(axis=1))
    items = items_of(instance, requests)
    groups = groups_of(instance)
    if not groups or int(items.max()).bit_length() > MOST_ITEMS or not is_exact(instance, requests):
        return None
    if steps_of(instance, groups, items) > MOST_STEPS:
        return None
    easier = relaxed(instance)
    record = record_of(easier)
    loss = losses(instance, requests, items)
    kinds = [_kind(instance, easier, record, group, items, loss) for group in groups]
    members = np.array([len(kind.vehicles) for kind in kinds], np.int64)
    chosen = np.zeros((members.sum(), len(loss)), np.int64)
    floors = np.array([kind.floors for kind in kinds])
    if not _is_moderate(members, floors, instance.penalty, np.array([cost])):
        return None
    given = musts * MUST + cost
    totals = partitions(floors, members, loss, chosen)
    floor, _served = _best(totals, loss)
    rest = cheapest_rest(totals, loss)
    proved = min(floor, given)
    most = np.array([MOST_PREFIXES, MOST_EVALUATIONS], np.int64)
    # Between two numbers of musts no cost says how far it is.
    for share in SHARES if given - floor < MUST // 2 else SHARES[-1:]:
        target = given - int((given - floor) * (1.0 - share))
        if proved >= given or not _enumerate(easier, record, kinds, rest, target, most):
            break
        costs = np.array([kind.costs for kind in kinds])
        if not _is_moderate(members, costs):
            break
        best, served = _best(partitions(costs, members, loss, chosen), loss)
        if best < target:
            return Proof(*_pair(best), _tasks(instance, kinds, chosen, served))
        proved = target
    return Proof(*_pair(proved), None)


def _kind(
    instance: Instance, easier: Instance, record: Record, vehicles: list[int], items: Ints, loss: Ints
) -> _Kind:
    """Return what is known of equal vehicles before any order is looked at."""
    vehicle = vehicles[0]
    requests = np.flatnonzero(instance.allowed[:, vehicle])
    table = table_of(easier, vehicle, requests, items)
    room = instance.capacity[vehicle]
    ahead = Ahead(*completions(record, vehicle, room, table))
    sets = np.arange(len(loss))
    states = np.zeros(len(loss), np.int64)
    mine = 0
    for number, request in enumerate(requests.tolist()):
        waits = 2 if instance.request_pickup[request] >= 0 else 1
        for bit in np.unique(items[instance.deliveries(request)]).tolist():
            states += np.where(sets & bit, waits * table.power[number], 0)
            mine |= bit
    possible = (sets > 0) & ((sets & ~mine) == 0) & (loss < NONE)
    states[~possible] = 0
    possible &= (ahead.latest[states, -1] >= instance.earliest_s[vehicle]) & (ahead.least[states, -1] < NONE)
    floors = np.where(possible, instance.fixed_cost[vehicle] + ahead.least[states, -1], NONE)
    power = power_of(instance, vehicle)
    return _Kind(vehicles, table, ahead, room, power, states, floors, np.full_like(floors, NONE), {})


def _enumerate(
    easier: Instance, record: Record, kinds: list[_Kind], rest: Ints, target: int, most: Ints
) -> bool:
    """Find the cheapest route of all sets that a plan below ``target`` can have; say if ``most`` sufficed."""
    places = easier.duration_s.shape[1]
    nobody = Busy(np.zeros(places + 1, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64))
    for kind in kinds:
        sets = np.flatnonzero((kind.floors < NONE) & (rest < NONE))
        sets = sets[kind.floors[sets] + rest[sets] < target]
        costs = np.empty(len(sets), np.int64)
        orders = np.empty((len(sets), len(kind.table.task)), np.int64)
        complete = cheapest_orders(
            record,
            kind.vehicles[0],
            kind.room,
            kind.power,
            kind.table,
            kind.ahead,
            sets,
            kind.states[sets],
            target - rest[sets],
            nobody,
            most,
            costs,
            orders,
        )
        if not complete:
            return False
        kind.costs[:] = NONE
        kind.costs[sets] = costs
        rows = [[task for task in row if task >= 0] for row in orders.tolist()]
        kind.orders = dict(zip(sets.tolist(), rows, strict=True))
    return True


def _is_moderate(members: Ints, *amounts: Ints) -> bool:
    """Whether no sum of these amounts comes near the weight of a must."""
    largest = max(int(np.abs(np.where(a < NONE, a, 0)).max(initial=0)) for a in amounts)
    return largest * (int(members.sum()) + 1) < MUST // 64


def _best(totals: Ints, loss: Ints) -> tuple[int, int]:
    """Return the least of what routes and what they leave out cost, and what they serve then."""
    whole = np.where((totals < NONE) & (loss < NONE), totals + loss, NONE)
    served = int(whole.argmin())
    return int(whole[served]), served


def _pair(total: int) -> tuple[int, int]:
    """Return the musts left out and the micro-yuan of a sum of both."""
    musts = (total + MUST // 2) // MUST
    return musts, total - musts * MUST


def _tasks(instance: Instance, kinds: list[_Kind], chosen: Ints, served: int) -> list[list[int]]:
    """Return each vehicle's tasks in the cheapest partition that serves just this."""
    tasks: list[list[int]] = [[] for _ in range(instance.n_vehicles)]
    steps = [(kind, vehicle) for kind in kinds for vehicle in kind.vehicles]
    for (kind, vehicle), row in zip(reversed(steps), chosen[::-1].tolist(), strict=True):
        part = row[served]
        tasks[vehicle] = kind.orders.get(part, [])
        served ^= part
    return tasks

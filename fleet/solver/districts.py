"""Districts of a large day: neighbouring routes and their share of what is left out, drawn anew each time."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fleet.solver.instance import Floats, Instance, Ints
from fleet.solver.parts import rows_of
from fleet.solver.routes import Route

ASKED = 10
"""Served requests for each district, drawn at random: what is left out goes where the nearest of these is. So
it goes where its neighbours are, to one of their districts now and to another the next time."""


@dataclass(frozen=True, slots=True)
class District:
    """Vehicles and requests that are searched by themselves for a while, both rising."""

    vehicles: Ints
    requests: Ints


def draw_districts(
    instance: Instance,
    routes: Sequence[Route | None],
    *,
    requests: Ints,
    number: int,
    rng: np.random.Generator,
) -> list[District]:
    """Divide routes, unused vehicles and requests among districts.

    Routes (requests, where there are none) are halved again and again, by which of two of them, drawn at
    random, is nearer: the borders run elsewhere every time. Unused vehicles go where they start, as many to
    each district. A request that is left out goes to a district that has a vehicle for it, where one of its
    neighbours is served, or else to the nearest.

    Parameters
    ----------
    instance : Instance
        The problem.
    routes : sequence of Route or None
        Of all vehicles, as they stand.
    requests : numpy.ndarray
        Those that may be served.
    number : int
        How many districts there shall be, no more than there are routes.
    rng : numpy.random.Generator
        The only source of chance.
    """
    if number == 1:
        return [District(np.arange(instance.n_vehicles), requests)]
    used = np.array([vehicle for vehicle, route in enumerate(routes) if route is not None], np.int64)
    row_of = np.full(instance.n_requests, -1, np.int64)
    for row, vehicle in enumerate(used.tolist()):
        route = routes[vehicle]
        if route is not None:
            row_of[instance.task_request[route.tasks]] = row
    out = requests[row_of[requests] < 0]
    own_row = np.full(instance.n_requests, -1, np.int64)
    own_row[out] = np.arange(len(out))
    at = _where(instance, own_row, len(out))
    where = _where(instance, row_of, len(used)) if len(used) else at
    groups = _halve(instance, where, np.arange(where.shape[1]), number, rng)
    middles = np.stack([where[:, group].mean(axis=1) for group in groups], axis=1)
    far = _between(instance, at, middles)
    district_of = np.full(instance.n_vehicles, -1, np.int64)
    for district, group in enumerate(groups):
        if len(used):
            district_of[used[group]] = district
        else:
            far[group, district] = 0.0
    _deal(instance, district_of, middles.sum(axis=0), rng)
    taken = np.stack(
        [instance.allowed[np.ix_(out, district_of == district)].any(axis=1) for district in range(number)],
        axis=1,
    )
    district_in = np.full(instance.n_requests, -1, np.int64)
    served = requests[row_of[requests] >= 0]
    district_in[served] = district_of[used[row_of[served]]]
    asked = rng.permutation(served)[: ASKED * number]
    near = np.full(far.shape, np.inf)
    # Neighbours are often at the same two places: chance decides between them.
    apart = _apart(instance, routes, out, asked) + rng.random((len(out), len(asked)))
    for district in np.unique(district_in[asked]).tolist():
        near[:, district] = apart[:, district_in[asked] == district].min(axis=1)
    near[~taken] = np.inf
    far[~taken] = np.inf
    has_neighbour = np.isfinite(near).any(axis=1, keepdims=True)
    district_in[out] = np.where(has_neighbour, near, far).argmin(axis=1)
    return [
        District(np.flatnonzero(district_of == district), requests[district_in[requests] == district])
        for district in range(number)
    ]


def _halve(
    instance: Instance, where: Floats, rows: Ints, number: int, rng: np.random.Generator
) -> list[Ints]:
    """Divide rows into so many groups of neighbours, as equal as they can be."""
    if number == 1:
        return [rows]
    one = int(rng.integers(len(rows)))
    from_one = _between(instance, where[:, rows[[one]]], where[:, rows])[0]
    # Not simply the farthest: that would be the same few for all.
    other = int(rng.choice(np.argsort(from_one, kind="stable")[len(rows) // 2 :]))
    from_other = _between(instance, where[:, rows[[other]]], where[:, rows])[0]
    order = rows[np.argsort(from_one - from_other, kind="stable")]
    here = number // 2
    cut = len(rows) * here // number
    return [
        *_halve(instance, where, order[:cut], here, rng),
        *_halve(instance, where, order[cut:], number - here, rng),
    ]


def _deal(instance: Instance, district_of: Ints, middles: Floats, rng: np.random.Generator) -> None:
    """Enter the districts of vehicles that have none yet, as many in each, near where they start."""
    dealt = rng.permutation(np.flatnonzero(district_of < 0))
    room = np.full(len(middles), -(-len(dealt) // len(middles)))
    far = instance.duration_s[0] @ middles.T
    for vehicle in dealt.tolist():
        there = far[instance.start[vehicle]] if instance.start[vehicle] >= 0 else rng.random(len(middles))
        district = int(np.where(room > 0, there, np.inf).argmin())
        room[district] -= 1
        district_of[vehicle] = district


def _apart(instance: Instance, routes: Sequence[Route | None], out: Ints, served: Ints) -> Floats:
    """Return how far requests that are left out are from served ones: from where those are delivered now."""
    delivered_at = np.zeros(instance.n_requests, np.int64)
    for route in routes:
        if route is not None:
            # Of pickup and delivery the latter comes last.
            delivered_at[instance.task_request[route.tasks]] = instance.task_location[route.tasks]
    seconds = instance.duration_s[0]
    begins_at = instance.begins_at
    # The rows of what is left out alone: of all requests and places there may be millions.
    ptr, alternatives = rows_of(instance.delivery_ptr, out)
    locations = instance.task_location[instance.delivery_task[alternatives]]
    to_served = seconds[np.ix_(locations, delivered_at[served])]
    to_nearest = np.minimum.reduceat(to_served, ptr[:-1], axis=0) if len(out) else to_served
    apart: Floats = (seconds[np.ix_(begins_at[out], begins_at[served])] + to_nearest).astype(np.float64)
    return apart


def _where(instance: Instance, row_of: Ints, rows: int) -> Floats:
    """Return (2, rows, n) which share of the pickups and of the deliveries of a row's requests is where."""
    delivers = instance.request_pickup[instance.task_request] != np.arange(instance.n_tasks)
    row = row_of[instance.task_request]
    some = row >= 0
    share = np.zeros((2, rows, instance.duration_s.shape[1]))
    np.add.at(share, (delivers[some].astype(np.int64), row[some], instance.task_location[some]), 1.0)
    share /= np.maximum(share.sum(axis=2, keepdims=True), 1.0)
    return share


def _between(instance: Instance, these: Floats, those: Floats) -> Floats:
    """Return how long it takes on average between the pickups, and between the deliveries, of each two."""
    few, many = (these, those) if these.shape[1] < those.shape[1] else (those, these)
    there = few @ instance.duration_s[0]
    seconds: Floats = (there @ many.transpose(0, 2, 1)).sum(axis=0)
    return seconds if few is these else seconds.T

"""Districts of a large day: neighbouring routes and their share of what is left out, drawn anew each time."""

from dataclasses import dataclass

import numpy as np

from fleet.solver.instance import Floats, Instance, Ints
from fleet.solver.routes import Route

BLUR = 0.2
"""By which share a district may seem nearer or farther: what lies between two belongs to either in turn."""


@dataclass(frozen=True, slots=True)
class District:
    """Vehicles and requests that are searched by themselves for a while, both rising."""

    vehicles: Ints
    requests: Ints


def draw_districts(
    instance: Instance,
    routes: list[Route | None],
    *,
    requests: Ints,
    twins: Ints,
    number: int,
    rng: np.random.Generator,
) -> list[District]:
    """Divide routes, unused vehicles and requests among districts.

    Routes are halved again and again, by which of two of them, drawn at random, is nearer: the borders run
    elsewhere every time. Unused vehicles are dealt kind by kind. A request that is left out goes to the
    nearest district that has a vehicle for it.

    Parameters
    ----------
    instance : Instance
        The problem.
    routes : list of Route or None
        Of all vehicles, as they stand.
    requests : numpy.ndarray
        Those that may be served.
    twins : numpy.ndarray
        (V,) the first vehicle that is this one's equal.
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
    where = _where(instance, row_of, len(used))
    groups = _halve(_between(instance, where, where), np.arange(len(used)), number, rng)
    district_of = np.empty(instance.n_vehicles, np.int64)
    for district, group in enumerate(groups):
        district_of[used[group]] = district
    unused = np.setdiff1d(np.arange(instance.n_vehicles), used)
    unused = unused[np.lexsort((rng.random(len(unused)), twins[unused]))]
    district_of[unused] = (np.arange(len(unused)) + rng.integers(number)) % number
    district_in = np.where(row_of >= 0, district_of[used[row_of]], -1)
    out = requests[row_of[requests] < 0]
    own_row = np.full(instance.n_requests, -1, np.int64)
    own_row[out] = np.arange(len(out))
    far = _between(instance, _where(instance, own_row, len(out)), where)
    mean = np.stack([far[:, group].mean(axis=1) for group in groups], axis=1)
    mean *= rng.uniform(1 - BLUR, 1 + BLUR, mean.shape)
    for district in range(number):
        none = ~instance.allowed[np.ix_(out, district_of == district)].any(axis=1)
        mean[none, district] = np.inf
    district_in[out] = mean.argmin(axis=1)
    return [
        District(np.flatnonzero(district_of == district), requests[district_in[requests] == district])
        for district in range(number)
    ]


def _halve(between: Floats, routes: Ints, number: int, rng: np.random.Generator) -> list[Ints]:
    """Divide routes into so many groups of neighbours, as equal as they can be."""
    if number == 1:
        return [routes]
    one = rng.choice(routes)
    # Not simply the farthest: that would be the same few for all.
    farther = routes[np.argsort(between[one, routes], kind="stable")][len(routes) // 2 :]
    other = rng.choice(farther)
    order = routes[np.argsort(between[one, routes] - between[other, routes], kind="stable")]
    here = number // 2
    cut = len(routes) * here // number
    return _halve(between, order[:cut], here, rng) + _halve(between, order[cut:], number - here, rng)


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
    duration_s = instance.duration_s[0].astype(np.float64)
    seconds: Floats = (these @ duration_s @ those.transpose(0, 2, 1)).sum(axis=0)
    return seconds

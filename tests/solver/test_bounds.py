"""Insertions by bounds find what an exhaustive look finds, and no bound lies above an exact cost."""

from collections.abc import Callable, Iterator, Set

import numpy as np
import pytest

from fleet.planning import travel_for
from fleet.planning.instance import build_problem
from fleet.solver.improve import Improver
from fleet.solver.instance import Instance
from fleet.solver.kernels import codes as c
from fleet.solver.kernels import search_arrays
from fleet.solver.kernels.record import record_of
from fleet.solver.kernels.recreate import look
from fleet.solver.kernels.shortlist import least_added
from fleet.solver.routes import Routes
from tests.depth import count
from tests.property.tiny_days import tiny_day
from tests.random_days import FEATURES, random_day

SEEDS = range(1, 1 + count(short=12, long=120))


def random_instance(seed: int, features: Set[str] = FEATURES) -> Instance:
    """The numbers of a day with some of all rules."""
    day = random_day(seed, requests=10, tricycles=4, features=features)
    return build_problem(day, travel_for(day)).instance


def as_it_is(instance: Instance, _rng: np.random.Generator) -> Instance:
    return instance


def with_any_setups(instance: Instance, rng: np.random.Generator) -> Instance:
    """So that the set-up of a visit may take the place of a longer one."""
    return instance._replace(task_setup_s=rng.integers(0, 600, instance.task_setup_s.shape))


def with_crooked_drives(instance: Instance, rng: np.random.Generator) -> Instance:
    """So that the way by another place may be shorter."""
    bend = rng.uniform(0.5, 1.5, instance.duration_s.shape)
    return instance._replace(
        duration_s=(instance.duration_s * bend).astype(np.int64),
        distance_m=(instance.distance_m * bend).astype(np.int64),
    )


def with_goods_that_stay(instance: Instance, rng: np.random.Generator) -> Instance:
    """Some deliveries are where the pickup is: one visit for both."""
    at = instance.task_location.copy()
    pickup = instance.request_pickup[instance.task_request]
    stays = (pickup >= 0) & (rng.random(len(at)) < 0.3)
    at[stays] = at[pickup[stays]]
    return instance._replace(task_location=at)


Change = Callable[[Instance, np.random.Generator], Instance]
CHANGES: list[Change] = [as_it_is, with_any_setups, with_crooked_drives, with_goods_that_stay]


def begun(seed: int, features: Set[str] = FEATURES) -> tuple[Instance, Improver, Routes]:
    """A search that has gone on for a moment, and its best routes beside each other."""
    return begun_with(random_instance(seed, features), seed)


def begun_with(instance: Instance, seed: int) -> tuple[Instance, Improver, Routes]:
    """The same of an instance."""
    requests = np.flatnonzero(instance.allowed.any(axis=1)).tolist()
    improver = Improver(instance, requests=requests, unlikely=[], rng=np.random.default_rng(seed))
    improver.construct(stopped=lambda: False)
    improver.run(iterations=3, fraction=lambda: 0.0, improved=lambda: None)
    routes = Routes(instance)
    for vehicle, route in enumerate(improver.best()):
        routes.put(vehicle, route)
    return instance, improver, routes


def taken_out(routes: Routes) -> Iterator[tuple[int, Routes, dict[int, int]]]:
    """Each request that is served, the same routes without it, and what it adds at least to each vehicle's.

    Without those whose route breaks a rule when they leave it.
    """
    vehicles = range(routes.instance.n_vehicles)
    for request in np.flatnonzero(routes.vehicle_of >= 0).tolist():
        vehicle = int(routes.vehicle_of[request])
        rest = routes.without(vehicle, [request])
        if rest.rule != c.OK:
            continue
        standing = Routes(routes.instance)
        for other, route in enumerate(routes.routes):
            standing.put(other, rest.route if other == vehicle else route)
        trials = [standing.insertion(request, v) for v in vehicles]
        yield (
            request,
            standing,
            {v: t.route.cost - standing.cost(v) for v, t in enumerate(trials) if t.route is not None},
        )


def without_bays(standing: Routes, request: int) -> int:
    """What a request adds at least to any of these routes if every place has room for all."""
    instance = standing.instance
    roomy = Routes(instance._replace(bays=np.full_like(instance.bays, -1)))
    roomy.restore(standing.snapshot())
    trials = enumerate(roomy.insertion(request, v) for v in range(instance.n_vehicles))
    return min(t.route.cost - standing.cost(v) for v, t in trials if t.route is not None)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_search_and_its_parts_agree_on_the_score(seed: int) -> None:
    _instance, improver, routes = begun(seed)
    assert improver.score() == routes.score()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_request_goes_where_an_exhaustive_look_puts_it(seed: int) -> None:
    instance, _improver, routes = begun(seed)
    of_task = instance.task_request
    for request, standing, added in taken_out(routes):
        cheapest = min(added.values())
        # A route where bays that others take spoil an insertion is left alone until it changes.
        is_spoilt = without_bays(standing, request) < cheapest
        served = np.flatnonzero(routes.vehicle_of >= 0).tolist()
        alone = Improver(instance, requests=served, unlikely=[], rng=np.random.default_rng(0))
        alone.take_over(standing.snapshot())
        before = sum(standing.cost(v) for v in range(instance.n_vehicles))
        alone.construct(stopped=lambda: False)
        after = [route for route in alone.best() if route is not None]
        placed = any(request in of_task[route.tasks] for route in after)
        assert placed == bool(instance.must[request] or cheapest < instance.penalty[request])
        if placed:
            extra = sum(route.cost for route in after) - before
            assert extra >= cheapest if is_spoilt else extra == cheapest


@pytest.mark.parametrize("changed", [as_it_is, with_any_setups, with_goods_that_stay])
@pytest.mark.parametrize("seed", SEEDS)
def test_with_few_insertions_evaluated_nothing_is_found_that_is_not_there(
    seed: int, changed: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A brief look may miss the cheapest insertion, but not undercut it; a patient one finds it."""
    monkeypatch.setattr(search_arrays, "LISTED_IN_ALL", 0)
    instance = changed(random_instance(seed, FEATURES - {"bays"}), np.random.default_rng(seed))
    _instance, improver, routes = begun_with(instance, seed)
    record, rng = record_of(instance), np.random.default_rng(seed)
    vehicles = np.arange(instance.n_vehicles)
    for request, standing, exactly in taken_out(routes):
        cheapest = min(exactly.values())
        improver.take_over(standing.snapshot())
        added = []
        for is_patient in (False, True):
            improver.search["memory"][:] = 0
            found = look(
                record, improver.search, request, vehicles, c.DEAREST, 0.0, np.bool_(is_patient), rng
            )
            added.append(found[0])
        assert added[0] >= cheapest
        assert added[1] == cheapest


@pytest.mark.parametrize("changed", CHANGES)
@pytest.mark.parametrize("seed", SEEDS)
def test_no_insertion_adds_less_than_its_route_promises(seed: int, changed: Change) -> None:
    instance = changed(random_instance(seed), np.random.default_rng(seed))
    assert all(promise <= cost for promise, cost in promised(instance, seed))


def test_some_routes_promise_that_an_insertion_costs_something() -> None:
    assert max(promise for promise, _cost in promised(random_instance(1), 1)) > 0


def promised(instance: Instance, seed: int) -> Iterator[tuple[int, int]]:
    """What each insertion of a request that was taken out adds at least, as its route says, and exactly.

    Without unused vehicles.
    """
    _instance, improver, routes = begun_with(instance, seed)
    record, search = record_of(instance), improver.search
    for request, standing, added in taken_out(routes):
        improver.take_over(standing.snapshot())
        for vehicle, cost in added.items():
            if standing.routes[vehicle] is not None:
                yield least_added(record, search["state"], search["halves"], vehicle, request), cost


def test_of_insertions_that_add_the_same_each_is_chosen_at_times() -> None:
    """On this day the first of two in the list leaves no room for a third request, the other does."""
    day, travel = tiny_day(568)
    instance = build_problem(day, travel).instance
    pickup, delivery = int(instance.request_pickup[0]), instance.deliveries(0)[0]
    other_pickup, other_delivery = int(instance.request_pickup[1]), instance.deliveries(1)[1]
    routes = Routes(instance)
    routes.put(0, routes.evaluate(0, [other_pickup, other_delivery]).route)
    chosen = set()
    costs = set()
    for seed in range(20):
        improver = Improver(instance, requests=[0, 1], unlikely=[], rng=np.random.default_rng(seed))
        improver.take_over(routes.snapshot())
        improver.construct(stopped=lambda: False)
        route = improver.best()[0]
        assert route is not None
        chosen.add(tuple(route.tasks.tolist()))
        costs.add(route.cost)
    assert len(costs) == 1
    assert len(chosen) == 2
    assert (pickup, other_pickup, delivery, other_delivery) in chosen

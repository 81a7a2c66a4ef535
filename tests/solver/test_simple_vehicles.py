"""Where nothing is evaluated during a search: costs are exact, what is remembered is true, fleets shrink."""

import numpy as np
import pytest

from fleet.solver.improve import Improver
from fleet.solver.instance import NEVER, Instance, new_instance
from fleet.solver.kernels import drives
from fleet.solver.kernels.handle import Handle
from fleet.solver.kernels.search_arrays import simple_vehicles
from fleet.solver.routes import Routes
from tests.depth import count

SEEDS = range(1, 1 + count(short=6, long=60))


def scattered(
    seed: int, *, vehicles: int = 8, requests: int = 16, narrow: bool = False, crooked: bool = False
) -> Instance:
    """Requests with windows between random places, several at each; waiting, handling and set-ups take time.

    Of four one may be delivered at two places, and one has no pickup. Crooked drives may be shorter by way of
    another place.
    """
    rng = np.random.default_rng(seed)
    places = requests
    points = rng.integers(0, 3_000, (places, 2))
    gaps = np.ceil(np.hypot(*(points[:, None] - points[None, :]).transpose(2, 0, 1))).astype(np.int64)
    if crooked:
        gaps = np.where(np.eye(places) > 0, 0, rng.integers(100, 3_000, (places, places)))
    task_request: list[int] = []
    pickup: list[int] = []
    delivery: list[int] = []
    ptr = [0]
    for request in range(requests):
        single = request % 4 == 3
        pickup.append(-1 if single else len(task_request))
        task_request += [request] * (0 if single else 1)
        for _ in range(2 if request % 4 == 2 else 1):
            delivery.append(len(task_request))
            task_request.append(request)
        ptr.append(len(delivery))
    tasks = len(task_request)
    place = rng.integers(0, places, tasks)
    opens = rng.integers(0, 6_000, tasks)
    return new_instance(
        duration_s=gaps[None],
        distance_m=gaps[None],
        setup_at_start=bool(seed % 2),
        task_request=task_request,
        task_location=place,
        task_delivers=np.isin(np.arange(tasks), delivery),
        task_setup_s=rng.integers(0, 60, (1, places))[:, place],
        task_handling_s=rng.integers(0, 300, (1, tasks)),
        window_open=opens,
        window_close=opens
        + (rng.integers(200, 4_000, tasks) if narrow else rng.integers(3_000, 12_000, tasks)),
        request_pickup=pickup,
        delivery_ptr=ptr,
        delivery_task=delivery,
        load=rng.integers(1, 5, (requests, 1)),
        take=np.where(np.array(pickup)[:, None] < 0, rng.integers(0, 3, (requests, 1)), 0),
        must=np.zeros(requests, bool),
        penalty=np.full(requests, 10**9),
        start=np.where(np.arange(vehicles) % 3 == 0, -1, 0),
        end=np.where(np.arange(vehicles) % 3 == 1, -1, 1),
        capacity=np.full((vehicles, 1), 10),
        latest_s=np.full(vehicles, 12_000 if narrow else 30_000),
        max_tasks=np.where(np.arange(vehicles) % 2, 12, 20),
        max_distance_m=np.where(np.arange(vehicles) % 4, NEVER, 14_000),
        max_travel_s=np.where((np.arange(vehicles) + 2) % 4, NEVER, 12_000),
        fixed_cost=np.where(np.arange(vehicles) % 2, 100_000, 140_000),
        cost_per_m=np.full(vehicles, 7),
        cost_per_travel_s=np.full(vehicles, 3),
        cost_per_task_s=np.full(vehicles, 2),
    )


def searched(instance: Instance, *, seed: int, iterations: int, forgetful: bool = False) -> Improver:
    improver = Improver(
        instance, requests=range(instance.n_requests), unlikely=[], rng=np.random.default_rng(seed)
    )
    improver.construct(stopped=lambda: False)

    def forget() -> float:
        if forgetful:
            improver.known()[0][:] = 0
        return 0.0

    improver.run(iterations=iterations, fraction=forget, improved=lambda: None)
    return improver


def tasks_of(improver: Improver) -> list[list[int]]:
    return [[] if route is None else route.tasks.tolist() for route in improver.best()]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_cost_without_an_evaluation_is_that_of_the_evaluation(seed: int) -> None:
    instance = scattered(seed)
    assert simple_vehicles(instance).all()
    improver = searched(instance, seed=seed, iterations=200)
    _musts, before = improver.score()
    routes = [route for route in improver.best() if route is not None]
    assert len(routes) > 1
    out = instance.n_requests - len({int(instance.task_request[t]) for route in routes for t in route.tasks})
    assert before == sum(route.cost for route in routes) + out * 10**9


@pytest.mark.parametrize("crooked", [False, True], ids=["straight", "crooked"])
@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
@pytest.mark.parametrize("seed", SEEDS)
def test_an_insertion_is_the_one_that_an_exhaustive_look_finds(
    seed: int, narrow: bool, crooked: bool
) -> None:
    instance = scattered(seed, narrow=narrow, crooked=crooked)
    routes = Routes(instance)
    for vehicle, route in enumerate(searched(instance, seed=seed, iterations=20).best()):
        routes.put(vehicle, route)
    for request in np.flatnonzero(routes.vehicle_of >= 0).tolist():
        standing = Routes(instance)
        for vehicle, route in enumerate(routes.routes):
            with_it = vehicle == routes.vehicle_of[request]
            standing.put(vehicle, routes.without(vehicle, [request]).route if with_it else route)
        for vehicle in range(instance.n_vehicles):
            trial = standing.insertion(request, vehicle).route
            only_one = instance._replace(allowed=instance.allowed.copy(), penalty=instance.penalty * 1000)
            only_one.allowed[request] = np.arange(instance.n_vehicles) == vehicle
            improver = Improver(only_one, requests=[request], unlikely=[], rng=np.random.default_rng(0))
            improver.take_over(standing.snapshot())
            improver.construct(stopped=lambda: False)
            found = improver.best()[vehicle]
            if trial is None:
                assert found is None or request not in instance.task_request[found.tasks]
            else:
                assert found is not None
                assert request in instance.task_request[found.tasks]
                assert found.cost == trial.cost


@pytest.mark.parametrize("seed", SEEDS)
def test_who_remembers_finds_what_who_forgets_finds(seed: int) -> None:
    instance = scattered(seed)
    remembers = searched(instance, seed=seed, iterations=120)
    forgets = searched(instance, seed=seed, iterations=120, forgetful=True)
    assert tasks_of(remembers) == tasks_of(forgets)


@pytest.mark.parametrize("cost_per_s", [0, 1])
@pytest.mark.parametrize("seed", SEEDS)
def test_legs_that_do_not_fit_side_by_side_are_the_same_legs(
    seed: int, cost_per_s: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance = scattered(seed)._replace(cost_per_s=np.full(8, cost_per_s))
    assert simple_vehicles(instance).any() == (cost_per_s == 0)
    expected = tasks_of(searched(instance, seed=seed, iterations=120))
    # Drives to one more place, where nobody goes, take longer than 32 bits can say.
    one_more = [(0, 0), (0, 1), (0, 1)]
    too_long = instance._replace(
        duration_s=np.pad(instance.duration_s, one_more, constant_values=NEVER),
        distance_m=np.pad(instance.distance_m, one_more, constant_values=NEVER),
        bays=np.pad(instance.bays, (0, 1), constant_values=-1),
        charger_w=np.pad(instance.charger_w, (0, 1)),
    )
    assert tasks_of(searched(too_long, seed=seed, iterations=120)) == expected
    monkeypatch.setattr(drives, "MOST_LEGS", 1)
    monkeypatch.setattr(drives, "_kept", [])
    assert tasks_of(searched(instance, seed=seed, iterations=120)) == expected


def placed(durations: list[list[int]], **fields: list[int] | list[list[int]]) -> list[int]:
    """The tasks of the route that the only vehicle gets, which has to be back at place 0 at 1060 s."""
    requests = len(fields["request_pickup"])
    instance = new_instance(
        duration_s=[durations],
        distance_m=[durations],
        setup_at_start=False,
        delivery_ptr=range(requests + 1),
        load=[[1]] * requests,
        must=[False] * requests,
        penalty=[10**9] * requests,
        start=[0],
        end=[0],
        capacity=[[9]],
        latest_s=[1_060],
        cost_per_travel_s=[1],
        cost_per_task_s=[1],
        **fields,
    )
    assert simple_vehicles(instance).all()
    improver = Improver(instance, requests=range(requests), unlikely=[], rng=np.random.default_rng(0))
    improver.construct(stopped=lambda: False)
    return tasks_of(improver)[0]


def test_a_stop_that_pays_off_only_beside_another_is_found() -> None:
    far = 100_000
    one_way = [[0, 10, far], [far, 0, 10], [10, far, 0]]
    shipment = {"task_request": [0, 0], "request_pickup": [0], "delivery_task": [1]}
    assert placed(one_way, task_location=[1, 2], **shipment) == [0, 1]


def test_a_set_up_is_paid_once_where_pickup_and_delivery_share_it() -> None:
    near = [[0, 10], [10, 0]]
    shipment = {"task_request": [0, 0], "request_pickup": [0], "delivery_task": [1]}
    windows = {"window_open": [0, 1_000], "window_close": [2_000, 2_000]}
    setups = {"task_setup_s": [[100, 100]]}
    assert placed(near, task_location=[1, 1], **shipment, **windows, **setups) == [0, 1]


def test_a_delivery_opens_the_visit_of_the_stop_after_it() -> None:
    near = [[0, 10, 10], [10, 0, 10], [10, 10, 0]]
    tasks = {"task_request": [0, 1, 2, 2], "task_location": [1, 1, 2, 1]}
    requests = {"request_pickup": [-1, -1, 2], "delivery_task": [0, 1, 3]}
    windows = {"window_open": [0, 1_000, 0, 0], "window_close": [12, 2_000, 2_000, 2_000]}
    route = placed(near, **tasks, **requests, **windows, task_setup_s=[[100, 100, 0, 100]])
    assert route == [0, 2, 3, 1]


def test_a_search_for_fewest_vehicles_uses_fewer_and_serves_as_much() -> None:
    used = {True: 0, False: 0}
    for seed in SEEDS:
        instance = scattered(seed)._replace(fixed_cost=np.full(8, 10**8), must=np.ones(16, bool))
        begun = searched(instance, seed=seed, iterations=0)
        for fewest in (True, False):
            improver = Improver(
                instance,
                requests=range(16),
                unlikely=[],
                rng=np.random.default_rng(seed),
                fewest_vehicles=fewest,
            )
            improver.construct(stopped=lambda: False)
            improver.run(iterations=300, fraction=lambda: 0.0, improved=lambda: None)
            assert improver.score() <= begun.score()
            used[fewest] += sum(map(bool, tasks_of(improver)))
    assert used[True] <= used[False]


def test_who_knows_another_rule_is_not_simple() -> None:
    instance = scattered(1)
    one_after_another = np.arange(instance.n_tasks)[None]
    visits = np.where(np.arange(8) == 3, 5, -1)
    assert np.flatnonzero(~simple_vehicles(instance._replace(visit_location=visits))).tolist() == [3]
    assert not simple_vehicles(instance._replace(bays=np.ones(16, np.int64))).any()
    assert not simple_vehicles(instance._replace(cost_per_s=np.ones(8, np.int64))).any()
    assert not simple_vehicles(instance._replace(window_close=instance.window_open - 1)).any()
    assert not simple_vehicles(instance._replace(task_setup_s=one_after_another)).any()
    assert not simple_vehicles(instance._replace(stay_s=np.ones(16, np.int64))).any()
    assert not simple_vehicles(instance._replace(on_board_limit_s=np.full(16, 3_600))).any()


def test_a_handle_wants_arrays_that_lie_in_one_piece() -> None:
    with pytest.raises(ValueError, match=r"part\.rows is not contiguous"):
        Handle("part", {"rows": np.zeros((4, 4), np.int64)[:, 1:]})

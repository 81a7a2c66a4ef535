"""Where nothing is evaluated during a search: costs are exact, what is remembered is true, fleets shrink."""

import numpy as np
import pytest

from fleet.solver.improve import Improver
from fleet.solver.instance import NEVER, Instance, new_instance
from fleet.solver.kernels import halves
from fleet.solver.kernels.handle import Handle
from fleet.solver.kernels.search_arrays import simple_vehicles
from tests.depth import count

SEEDS = range(1, 1 + count(short=6, long=60))


def scattered(seed: int, *, vehicles: int = 8, requests: int = 14) -> Instance:
    """Shipments with windows between random points of a square; waiting, handling and set-ups cost time."""
    rng = np.random.default_rng(seed)
    n = 2 * requests + 1
    points = rng.integers(0, 3_000, (n, 2))
    gaps = np.hypot(*(points[:, None] - points[None, :]).transpose(2, 0, 1)).round().astype(np.int64)
    opens = rng.integers(0, 6_000, 2 * requests)
    return new_instance(
        duration_s=gaps[None],
        distance_m=gaps[None],
        task_request=np.arange(2 * requests) // 2,
        task_location=np.arange(1, n),
        task_delivers=np.arange(2 * requests) % 2 == 1,
        task_setup_s=rng.integers(0, 60, (1, 2 * requests)),
        task_handling_s=rng.integers(0, 300, (1, 2 * requests)),
        window_open=opens,
        window_close=opens + rng.integers(3_000, 12_000, 2 * requests),
        stay_s=rng.integers(0, 120, n),
        request_pickup=np.arange(0, 2 * requests, 2),
        delivery_ptr=np.arange(requests + 1),
        delivery_task=np.arange(1, 2 * requests, 2),
        load=rng.integers(1, 5, (requests, 1)),
        must=np.zeros(requests, bool),
        penalty=np.full(requests, 10**9),
        start=np.zeros(vehicles),
        end=np.zeros(vehicles),
        capacity=np.full((vehicles, 1), 10),
        latest_s=np.full(vehicles, 30_000),
        fixed_cost=np.where(np.arange(vehicles) % 2, 100_000, 140_000),
        cost_per_m=np.full(vehicles, 7),
        cost_per_s=np.full(vehicles, 3),
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
    out = instance.n_requests - sum(len(route.tasks) for route in routes) // 2
    assert before == sum(route.cost for route in routes) + out * 10**9


@pytest.mark.parametrize("seed", SEEDS)
def test_who_remembers_finds_what_who_forgets_finds(seed: int) -> None:
    instance = scattered(seed)
    remembers = searched(instance, seed=seed, iterations=120)
    forgets = searched(instance, seed=seed, iterations=120, forgetful=True)
    assert tasks_of(remembers) == tasks_of(forgets)


@pytest.mark.parametrize("seed", SEEDS)
def test_legs_that_do_not_fit_side_by_side_are_the_same_legs(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance = scattered(seed)
    expected = tasks_of(searched(instance, seed=seed, iterations=120))
    # Drives to one more place, where nobody goes, take longer than 32 bits can say.
    one_more = [(0, 0), (0, 1), (0, 1)]
    too_long = instance._replace(
        duration_s=np.pad(instance.duration_s, one_more, constant_values=NEVER),
        distance_m=np.pad(instance.distance_m, one_more, constant_values=NEVER),
        stay_s=np.pad(instance.stay_s, (0, 1)),
        bays=np.pad(instance.bays, (0, 1), constant_values=-1),
        charger_w=np.pad(instance.charger_w, (0, 1)),
    )
    assert tasks_of(searched(too_long, seed=seed, iterations=120)) == expected
    monkeypatch.setattr(halves, "MOST_LEGS", 1)
    assert tasks_of(searched(instance, seed=seed, iterations=120)) == expected


def test_a_search_for_fewest_vehicles_uses_fewer_and_serves_as_much() -> None:
    used = {True: 0, False: 0}
    for seed in SEEDS:
        instance = scattered(seed)._replace(fixed_cost=np.full(8, 10**8), must=np.ones(14, bool))
        begun = searched(instance, seed=seed, iterations=0)
        for fewest in (True, False):
            improver = Improver(
                instance,
                requests=range(14),
                unlikely=[],
                rng=np.random.default_rng(seed),
                fewest_vehicles=fewest,
            )
            improver.construct(stopped=lambda: False)
            improver.run(iterations=300, fraction=lambda: 0.0, improved=lambda: None)
            assert improver.score() <= begun.score()
            used[fewest] += sum(map(bool, tasks_of(improver)))
    assert used[True] <= used[False]


def test_who_knows_a_rule_that_bounds_leave_out_is_not_simple() -> None:
    instance = scattered(1)
    visits = np.where(np.arange(8) == 3, 5, -1)
    assert np.flatnonzero(~simple_vehicles(instance._replace(visit_location=visits))).tolist() == [3]
    assert not simple_vehicles(instance._replace(bays=np.ones(29, np.int64))).any()
    assert not simple_vehicles(instance._replace(cost_per_task_s=np.ones(8, np.int64))).any()
    assert not simple_vehicles(instance._replace(on_board_limit_s=np.full(14, 3_600))).any()


def test_a_handle_wants_arrays_that_lie_in_one_piece() -> None:
    with pytest.raises(ValueError, match=r"part\.rows is not contiguous"):
        Handle("part", {"rows": np.zeros((4, 4), np.int64)[:, 1:]})

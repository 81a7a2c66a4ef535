"""A first plan: always the request next that adds least for its worth, and musts in the place of others."""

import numpy as np
import pytest

from fleet.solver.improve import Improver
from fleet.solver.instance import Instance
from fleet.solver.kernels import search_arrays
from fleet.solver.routes import Routes
from tests.small_instances import busy_morning, line


def search_of(instance: Instance) -> Improver:
    return Improver(instance, requests=range(instance.n_requests), unlikely=[], rng=np.random.default_rng(1))


def served(instance: Instance, *, stopped: bool = False, again: bool = False) -> list[int]:
    improver = search_of(instance)
    improver.construct(stopped=lambda: stopped)
    if again:
        improver.construct_again([None] * instance.n_vehicles, stopped=lambda: False)
    tasks = [route.tasks for route in improver.best() if route is not None]
    return np.unique(instance.task_request[np.concatenate(tasks)]).tolist()


def test_what_adds_little_for_its_worth_comes_first() -> None:
    """There is room for two: those near by, or one of them and what is far away."""
    for far, expected in ((12 * 10**7, [0, 2]), (12 * 10**8, [1])):
        near_and_far = line(
            (1, 2), (5, 6), (1, 2), fixed_cost=[0], max_tasks=[4], capacity=[[1, 1]],
            penalty=[10**8, far, 10**8], latest_s=[900],
        )  # fmt: skip
        assert set(expected) <= set(served(near_and_far))


def test_a_must_takes_the_place_of_another() -> None:
    day = line((1, 2), (6, 7), (1, 2), fixed_cost=[0], max_tasks=[4], must=[False, True, False])
    found = served(day)
    assert 1 in found
    assert len(found) == 2


def test_what_found_no_place_comes_first_the_next_time() -> None:
    """The first vehicle is cheaper for both, and the only one for the second, which is farther away."""
    day = line((1, 2), (5, 6), vehicles=2, max_tasks=[2, 2], allowed=np.array([[True, True], [True, False]]))
    assert served(day) == [0]
    assert served(day, again=True) == [0, 1]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_plan_made_anew_is_no_worse(seed: int) -> None:
    day = busy_morning(requests=40, vehicles=4, seed=seed)
    improver = search_of(day)
    improver.construct(stopped=lambda: False)
    before = improver.score()
    assert not improver.serves_all()
    improver.construct_again([None] * day.n_vehicles, stopped=lambda: False)
    routes = Routes(day)
    routes.restore(improver.accepted())
    assert routes.score() == improver.score() <= before


def test_a_cap_that_another_has_used_up_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither is near the other, nor may it go with its vehicle: nothing else says that things changed."""
    monkeypatch.setattr(search_arrays, "NEIGHBOURS", 1)
    day = line(
        (1, 2), (1, 2), vehicles=2, cost_per_s=[0, 0], allowed=np.eye(2, dtype=bool),
        task_cap=[[-1, -1], [0, -1], [-1, -1], [0, -1]], cap_left=[1], cap_use=[1, 1],
    )  # fmt: skip
    assert len(served(day)) == 1


def test_where_the_time_is_over_musts_come_in() -> None:
    assert served(line((1, 2), (6, 7), must=[False, True]), stopped=True) == [1]


def test_a_stop_leaves_the_routes_there_are() -> None:
    day = busy_morning()
    day = day._replace(must=np.zeros(day.n_requests, bool))
    improver = search_of(day)
    improver.construct(stopped=lambda: False)
    some = [route if vehicle % 2 else None for vehicle, route in enumerate(improver.best())]
    assert any(route is not None for route in some)
    other = search_of(day)
    other.take_over(some)
    other.construct(stopped=lambda: True)
    assert [None if route is None else route.cost for route in other.best()] == [
        None if route is None else route.cost for route in some
    ]

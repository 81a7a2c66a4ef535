"""A first plan: always the request next that adds least for its worth, and musts in the place of others."""

import numpy as np
import pytest

from fleet.solver.improve import Improver
from fleet.solver.instance import Instance
from fleet.solver.kernels import search_arrays
from tests.small_instances import busy_morning, line


def served(instance: Instance) -> list[int]:
    improver = Improver(
        instance, requests=range(instance.n_requests), unlikely=[], rng=np.random.default_rng(1)
    )
    improver.construct(stopped=lambda: False)
    tasks = [route.tasks for route in improver.best() if route is not None]
    return np.unique(instance.task_request[np.concatenate(tasks)]).tolist()


def test_what_adds_little_for_its_worth_comes_first() -> None:
    """Two near by in the place of one that is worth more than either, and far away."""
    near_and_far = line(
        (1, 2), (5, 6), (1, 2), fixed_cost=[0], max_tasks=[4], penalty=[10**8, 12 * 10**7, 10**8]
    )
    assert served(near_and_far) == [0, 2]


def test_a_must_takes_the_place_of_another() -> None:
    day = line((1, 2), (6, 7), (1, 2), fixed_cost=[0], max_tasks=[4], must=[False, True, False])
    found = served(day)
    assert 1 in found
    assert len(found) == 2


def test_a_cap_that_another_has_used_up_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither is near the other, nor may it go with its vehicle: nothing else says that things changed."""
    monkeypatch.setattr(search_arrays, "NEIGHBOURS", 1)
    day = line(
        (1, 2), (1, 2), vehicles=2, cost_per_s=[0, 0], allowed=np.eye(2, dtype=bool),
        task_cap=[[-1, -1], [0, -1], [-1, -1], [0, -1]], cap_left=[1], cap_use=[1, 1],
    )  # fmt: skip
    assert len(served(day)) == 1


def test_a_stop_keeps_what_is_there() -> None:
    day = busy_morning()
    improver = Improver(day, requests=range(day.n_requests), unlikely=[], rng=np.random.default_rng(1))
    improver.construct(stopped=lambda: True)
    assert all(route is None for route in improver.best())

"""An iteration of the search: what it tries to place."""

import numpy as np
import pytest

from fleet.solver.improve import Improver
from fleet.solver.kernels.anneal import MOST_RETRIED, to_place
from fleet.solver.kernels.record import record_of
from tests.small_instances import line


def placed(*, requests: int, removed: list[int], middle: int) -> list[int]:
    """Return what is tried where nothing is served, of requests that lie side by side."""
    day = line(*((k, k + 1) for k in range(1, requests + 1)), places=requests + 2)
    search = Improver(day, requests=range(requests), unlikely=[], rng=np.random.default_rng(1)).search
    taken_out = np.zeros(requests, bool)
    taken_out[removed] = True
    found = to_place(record_of(day), search, middle, taken_out, np.random.default_rng(1))
    return sorted(found.tolist())


@pytest.mark.parametrize("requests", [1, 2, MOST_RETRIED, MOST_RETRIED + 2])
def test_few_are_all_tried(requests: int) -> None:
    removed = [0, requests - 1] if requests > MOST_RETRIED else [0]
    assert placed(requests=requests, removed=removed, middle=0) == list(range(requests))


def test_of_many_those_near_the_middle_are_tried_and_what_was_taken_out() -> None:
    middle, around = 20, (MOST_RETRIED - 1) // 2
    found = placed(requests=40, removed=[0, middle + 1], middle=middle)
    assert {0, *range(middle - around, middle + around + 1)} <= set(found)
    assert len(found) == MOST_RETRIED + 2
    assert min(found[1:]) >= middle - around - 1
    assert max(found) <= middle + around + 2

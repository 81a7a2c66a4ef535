"""Benchmark texts small enough to solve in a moment, and the kernels to solve them."""

import pytest

from fleet.solver.warm import warm


@pytest.fixture(scope="session", autouse=True)
def kernels() -> None:
    warm()

"""The kernels are compiled before the first plan: no budget is spent on the compiler."""

import pytest

from fleet.solver.warm import warm


@pytest.fixture(scope="session", autouse=True)
def compiled_kernels() -> None:
    warm()

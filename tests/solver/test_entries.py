"""A kernel called by its address does what it does when called by name, and is called with nothing else."""

import numpy as np
import pytest
from numba import njit
from numba.core.errors import TypingError

from fleet.solver.kernels.entry import Entry, call
from fleet.solver.kernels.handle import Handle


@njit
def _share(values, of):  # type: ignore[no-untyped-def]
    """Return a sum in whole parts, and what is left of it."""
    total = values.sum()
    return total // of, total % of


@njit
def _by_address(handle, values, of):  # type: ignore[no-untyped-def]
    return call(handle.share, values, of)


@njit
def _with_a_float(handle, values):  # type: ignore[no-untyped-def]
    return call(handle.share, values, 2.0)


@njit
def _with_a_plain_number(handle, values):  # type: ignore[no-untyped-def]
    return call(handle.share, values, 7)


VALUES = np.arange(10)


@pytest.fixture
def handle() -> Handle:
    return Handle("numbers", {"share": Entry(_share, VALUES, 1)})


def test_a_kernel_by_its_address_returns_what_it_returns_by_name(handle: Handle) -> None:
    assert _by_address(handle, VALUES, 7) == _share(VALUES, 7) == (6, 3)
    assert _with_a_plain_number(handle, VALUES) == (6, 3)


def test_an_error_comes_through(handle: Handle) -> None:
    with pytest.raises(ZeroDivisionError):
        _by_address(handle, VALUES, 0)


def test_arguments_of_other_types_are_not_taken(handle: Handle) -> None:
    with pytest.raises(TypingError, match="cannot be called with"):
        _with_a_float(handle, VALUES)
    with pytest.raises(TypingError, match="cannot be called with"):
        _by_address(handle, VALUES.astype(np.int32), 7)

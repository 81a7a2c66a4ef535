"""Solvers side by side: ours and those that one can install, each told the same problems in its own words.

A module here has ``version()`` and one or both of ``prepare_pdptw`` and ``prepare_day``. What these return is
called once, and only that call is timed: telling a peer its problem costs it nothing.
"""

import importlib
from collections.abc import Callable
from types import ModuleType
from typing import Any

OURS = "ours"
SOLVERS = {
    OURS: "ours",
    "vroom": "vroom",
    "pyvrp": "pyvrp",
    "commiv": "commiv",
    "ortools": "ortools_routing",
}
"""The module of each solver, in the order of the tables."""

VehicleSteps = dict[int, list[tuple[str, int]]]
"""Of a day: (kind, id) of each vehicle's tasks in order, by the vehicle's id."""
Report = Callable[[Any], None]
"""Told of every better solution, in the form in which routes are returned."""


class CannotExpressError(Exception):
    """The problem has a rule that the solver does not know."""


class NotInstalledError(Exception):
    """The solver is not installed."""


def module_of(solver: str) -> ModuleType:
    """Return the module of a solver.

    Raises
    ------
    NotInstalledError
        The program behind it is not installed.
    """
    try:
        return importlib.import_module(f"benchmarks.peers.{SOLVERS[solver]}")
    except ImportError as error:
        raise NotInstalledError(f"{solver} is not installed: {error}") from error


def installed(solver: str) -> bool:
    """Whether a solver can be run here."""
    try:
        module_of(solver)
    except NotInstalledError:
        return False
    return True

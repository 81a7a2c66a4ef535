"""VROOM's JSON: its problems are solved, its given routes checked, its answers written.

The reference is the API description of VROOM 1.15; docs/vroom.md says what differs.
"""

from typing import TYPE_CHECKING, Any

from fleet.formats.vroom.answer import Answer, Failure, dump_answer
from fleet.formats.vroom.reading import read_document

if TYPE_CHECKING:
    from fleet.formats.vroom.problem import VroomProblem, new_problem
    from fleet.formats.vroom.solve import check_problem, solve_problem

__all__ = [
    "Answer",
    "Failure",
    "VroomProblem",
    "check_problem",
    "dump_answer",
    "new_problem",
    "read_document",
    "solve_problem",
]


def __getattr__(name: str) -> Any:
    """Load the solver when it is first asked for: a service that only reads problems does without."""
    if name in ("VroomProblem", "new_problem"):
        from fleet.formats.vroom import problem

        return getattr(problem, name)
    if name in ("check_problem", "solve_problem"):
        from fleet.formats.vroom import solve

        return getattr(solve, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

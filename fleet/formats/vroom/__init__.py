"""VROOM's JSON: its problems are solved, its given routes checked, its answers written.

The reference is the API description of VROOM 1.15; docs/vroom.md says what differs.
"""

from fleet.formats.vroom.answer import Answer, Failure, dump_answer
from fleet.formats.vroom.problem import VroomProblem, new_problem
from fleet.formats.vroom.reading import read_document
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

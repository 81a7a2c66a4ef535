"""Solving in this process: a child for each of hundreds of small problems would be most of the time."""

import json
from typing import Any

import pytest

from fleet.formats.vroom import Answer, check_problem, dump_answer, new_problem, read_document
from fleet.formats.vroom.instance import instance_of
from fleet.formats.vroom.solve import answer_of, given_routes
from fleet.solver import search
from fleet.solver.warm import warm
from tests.formats_vroom.problems import Json, Solve


def as_json(answer: Answer) -> Json:
    """Return an answer as a program would read it."""
    found: Json = json.loads(dump_answer(answer))
    return found


@pytest.fixture(scope="session", autouse=True)
def kernels() -> None:
    warm()


@pytest.fixture
def solve(monkeypatch: pytest.MonkeyPatch) -> Solve:
    """``solve(document, iterations=...)``: the answer of the solving mode."""
    # One OR-Tools routing solve is what a process may do; the child processes of other tests do theirs.
    monkeypatch.setattr(search, "LARGEST_ROUTING_MODEL", 0)

    def run(document: Json, *, iterations: int = 60, seed: int = 1, **options: Any) -> Json:
        problem = new_problem(read_document(json.dumps(document).encode()), **options)
        instance = instance_of(problem)
        first = given_routes(problem, instance)
        solution = search.solve(instance, budget_s=60, iterations=iterations, seed=seed, first=first)
        return as_json(answer_of(problem, solution.routes))

    return run


@pytest.fixture
def check() -> Solve:
    """``check(document)``: the answer of plan mode."""

    def run(document: Json, **options: Any) -> Json:
        return as_json(check_problem(new_problem(read_document(json.dumps(document).encode()), **options)))

    return run

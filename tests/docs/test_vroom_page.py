"""The examples of the page on VROOM's JSON are what the program answers."""

import json
import re
from pathlib import Path
from typing import Any

from fleet.formats.vroom import check_problem, dump_answer, new_problem, read_document, solve_problem
from fleet.formats.vroom.travel import DETOUR_FACTOR, PROFILE_SPEEDS_KMH

PAGE = (Path(__file__).parents[2] / "docs" / "vroom.md").read_text(encoding="utf-8")
PROBLEM, SUMMARY, VIOLATIONS = map(json.loads, re.findall(r"```json\n(.+?)```", PAGE, re.DOTALL))


def summary_of(answer: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(dump_answer(answer))["summary"]
    return found


def test_the_example_is_answered_as_the_page_says() -> None:
    problem = new_problem(read_document(json.dumps(PROBLEM).encode()))
    found = summary_of(solve_problem(problem, budget_s=60, iterations=50))
    del found["computing_times"]
    assert found == SUMMARY


def test_the_example_of_plan_mode_names_what_the_page_names() -> None:
    (steps,) = re.findall(r'`"steps": (\[.+?\])`', PAGE)
    document = PROBLEM | {"vehicles": [PROBLEM["vehicles"][0] | {"steps": json.loads(steps)}]}
    problem = new_problem(read_document(json.dumps(document).encode()))
    assert summary_of(check_problem(problem))["violations"] == VIOLATIONS


def test_the_speeds_of_profiles_are_those_of_the_program() -> None:
    rows = re.findall(r"^\| `(\w+)`[^|]*\| (\d+) km/h \|$", PAGE, re.MULTILINE)
    assert {name: float(speed) for name, speed in rows} == PROFILE_SPEEDS_KMH
    assert f"great circle times {DETOUR_FACTOR}" in PAGE

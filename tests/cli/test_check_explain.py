"""``fleet check`` and ``fleet explain``."""

import json
from pathlib import Path

import pytest

from tests.cli.small import Json, run, write_json


@pytest.fixture
def plan(shelf: Path) -> Json:
    document: Json = json.loads((shelf / "plan.json").read_text(encoding="utf-8"))
    return document


def test_a_plan_of_great_circles_is_computed_again(shelf: Path, capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "check", shelf / "day.json", shelf / "plan.json")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out == "travel computed again (great-circle)\nchecked: no rule is broken\n"


def test_without_the_road_file_legs_are_believed_and_it_is_said(
    few: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    ran = run(capfd, "check", few / "few.json", few / "few-plan.json")
    assert ran.status == 0
    assert ran.out.splitlines()[0] == "legs taken from the plan, not verified"


def test_with_the_road_file_travel_is_computed_again(few: Path, capfd: pytest.CaptureFixture[str]) -> None:
    roads = few / "kuqa" / "oasis.roads"
    ran = run(capfd, "check", few / "few.json", few / "few-plan.json", "--roads", roads)
    assert ran.status == 0
    assert ran.out.startswith("travel computed again (")


def test_a_leg_made_shorter_is_found_with_the_roads_only(
    few: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    document = json.loads((few / "few-plan.json").read_text(encoding="utf-8"))
    leg = document["routes"][0]["last_leg"]
    leg["distance_m"] -= 1
    write_json(tmp_path / "plan.json", document)
    roads = few / "kuqa" / "oasis.roads"
    ran = run(capfd, "check", few / "few.json", "plan.json", "--roads", roads)
    assert ran.status == 1
    assert "TRAVEL: a leg differs from the roads (tricycle" in ran.out
    assert not any(
        line.startswith("TRAVEL") for line in run(capfd, "check", few / "few.json", "plan.json").out
    )


def test_every_violation_is_one_line_with_its_code_and_place(
    shelf: Path, tmp_path: Path, plan: Json, capfd: pytest.CaptureFixture[str]
) -> None:
    plan["routes"][0]["entries"][0]["kg"] += 5
    plan["figures"]["cost_yuan"] += 1
    write_json(tmp_path / "plan.json", plan)
    ran = run(capfd, "check", shelf / "day.json", "plan.json")
    assert (ran.status, ran.err) == (1, "")
    _, *violations, last = ran.out.splitlines()
    assert last == f"{len(violations)} violations"
    assert any("tricycle 1, entry 1, request" in line for line in violations)
    assert any(line.startswith("FIGURES: a figure does not add up (figure cost_yuan") for line in violations)


def test_violations_as_json(
    shelf: Path, tmp_path: Path, plan: Json, capfd: pytest.CaptureFixture[str]
) -> None:
    good = json.loads(run(capfd, "check", shelf / "day.json", shelf / "plan.json", "--json").out)
    assert good == {"valid": True, "legs_verified": True, "violations": []}
    plan["figures"]["distance_m"] += 1
    write_json(tmp_path / "plan.json", plan)
    ran = run(capfd, "check", shelf / "day.json", "plan.json", "--json")
    answer = json.loads(ran.out)
    assert (ran.status, answer["valid"]) == (1, False)
    assert [v["rule"] for v in answer["violations"]] == ["FIGURES"]
    assert answer["violations"][0]["params"]["figure"] == "distance_m"


def test_a_request_left_out_is_explained(shelf: Path, capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "explain", shelf / "day.json", shelf / "plan.json", "r3")
    assert (ran.status, ran.err) == (0, "")
    first, penalty, reasons, change = ran.out.splitlines()
    assert first.startswith("r3 (lower 01, tomato, 520 kg from lower): no tricycle may or can carry it")
    assert penalty == "leaving it out costs 700.00 yuan"
    assert reasons == "  tricycles 1-2: too heavy for the tricycle (220 kg too much) [CAPACITY_KG]"
    assert change.startswith("would be admitted by: 300 kg instead of 520 kg (tricycle ")


def test_an_explanation_in_chinese(shelf: Path, capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "explain", shelf / "day.json", shelf / "plan.json", "r3", "--lang", "zh-Hans")
    assert "三轮车 1-2: " in ran.out
    assert "超过三轮车载重" in ran.out


def test_a_request_that_is_served_is_said_to_be(shelf: Path, capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "explain", shelf / "day.json", shelf / "plan.json", "r1")
    assert ran.status == 0
    assert ran.out.startswith("r1 is served by tricycle ")
    answer = json.loads(run(capfd, "explain", shelf / "day.json", shelf / "plan.json", "r1", "--json").out)
    assert answer == {"request": "r1", "served": True}


def test_an_explanation_as_json(shelf: Path, capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "explain", shelf / "day.json", shelf / "plan.json", "r3", "--json")
    answer = json.loads(ran.out)
    assert answer["served"] is False
    assert {reason["rule"] for reason in answer["tricycles"]} == {"CAPACITY_KG"}
    assert answer["change"]["kind"] == "KG"

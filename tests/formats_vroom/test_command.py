"""``fleet solve``: files and standard streams, statuses, errors as VROOM writes them, roads."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from fleet.cli import main
from tests.formats_vroom.line import at, problem
from tests.formats_vroom.problems import Json

QUICK = ("--iterations", "10")


def written(folder: Path, document: Any) -> str:
    file = folder / "problem.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    return str(file)


def test_a_problem_from_a_file_is_answered_in_a_file(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "answer.json"
    assert main(["solve", written(tmp_path, problem(at(2))), "-o", str(out), *QUICK]) == 0
    answer = json.loads(out.read_bytes())
    assert (answer["code"], answer["summary"]["cost"]) == (0, 400)
    captured = capfd.readouterr()
    assert captured.out == ""
    assert "improving: 1 routes, served 1, iterations 0" in captured.err


def test_two_workers_give_the_same_answer_in_every_run(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    document = problem(*(at(1 + n % 4, priority=n) for n in range(12)), max_tasks=7)
    answers = []
    for _ in range(2):
        main(["solve", written(tmp_path, document), "--workers", "2", "--iterations", "40", "--seed", "3"])
        answer = json.loads(capfd.readouterr().out)
        del answer["summary"]["computing_times"]
        answers.append(answer)
    assert answers[0] == answers[1]
    assert answers[0]["summary"]["unassigned"] == 5


def test_standard_input_is_answered_on_standard_output(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    document = problem(at(2, time_windows=[[0, 10]]))
    document["vehicles"][0]["steps"] = [{"type": "job", "id": 1}]
    data = json.dumps(document).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
    assert main(["solve", "-", "--check"]) == 1
    answer = json.loads(capfd.readouterr().out)
    assert answer["summary"]["violations"] == [{"duration": 190, "cause": "delay"}]


def test_the_keys_of_an_answer_are_those_of_vroom(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    document = problem(at(2, delivery=[1], description="a"), capacity=[1], description="v")
    assert main(["solve", written(tmp_path, document), *QUICK]) == 0
    answer = json.loads(capfd.readouterr().out)
    assert list(answer) == ["code", "summary", "unassigned", "routes"]
    sums = [
        "cost",
        "delivery",
        "amount",
        "pickup",
        "setup",
        "service",
        "duration",
        "waiting_time",
        "priority",
    ]
    assert set(answer["summary"]) == {*sums, "routes", "unassigned", "violations", "computing_times"}
    assert set(answer["summary"]["computing_times"]) == {"loading", "solving", "routing"}
    assert set(answer["routes"][0]) == {*sums, "vehicle", "description", "steps", "violations"}
    step = {"type", "arrival", "duration", "setup", "service", "waiting_time", "load", "violations"}
    start, job, end = answer["routes"][0]["steps"]
    assert set(start) == set(end) == step | {"location_index"}
    assert set(job) == step | {"location_index", "id", "job", "description"}


def test_nothing_served_at_all_is_status_1(tmp_path: Path) -> None:
    document = problem(at(2, skills=[9]))
    assert main(["solve", written(tmp_path, document), "-o", str(tmp_path / "a.json"), *QUICK]) == 1


@pytest.mark.parametrize(
    ("document", "code", "words"),
    [
        ({"vehicles": []}, 2, "error[LIST_EMPTY]"),
        ([1, 2], 2, "error[WRONG_TYPE]"),
        (problem(at(9)), 2, "error[INDEX_OUT_OF_RANGE]"),
        (
            {"vehicles": [{"id": 1, "start": [1.0, 99.0]}], "jobs": [{"id": 1, "location": [1.0, 2.0]}]},
            2,
            "error[COORDINATES_INVALID]",
        ),
    ],
)
def test_an_error_is_vrooms_json_and_our_line_and_writes_nothing(
    document: Any, code: int, words: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "answer.json"
    file = written(tmp_path, document)
    assert main(["solve", file, "-o", str(out)]) == 2
    captured = capfd.readouterr()
    failure = json.loads(captured.out)
    assert list(failure) == ["code", "error"]
    assert failure["code"] == code
    assert failure["error"].startswith(words)
    line = captured.err.strip().splitlines()[-1]
    assert line.startswith(words)
    assert "problem.json" in line
    assert not out.exists()


@pytest.fixture(scope="module")
def oasis(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[list[float]]]:
    """A road file with invented roads, and some places on it as VROOM writes them."""
    folder = tmp_path_factory.mktemp("oasis")
    assert main(["sample", "kuqa", "-o", str(folder)]) == 0
    day = json.loads((folder / "day.json").read_text(encoding="utf-8"))
    places = [[place["longitude"], place["latitude"]] for place in day["places"][:6]]
    return str(folder / "oasis.roads"), places


def test_coordinates_travel_on_the_roads_of_a_file(
    oasis: tuple[str, list[list[float]]], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    roads, (start, *others) = oasis
    document: Json = {
        "vehicles": [{"id": 1, "profile": "tricycle", "start": start, "end": start}],
        "jobs": [{"id": number, "location": place} for number, place in enumerate(others)],
    }
    file = written(tmp_path, document)
    capfd.readouterr()
    assert main(["solve", file, "--roads", roads, "--geometry", *QUICK]) == 0
    on_roads = json.loads(capfd.readouterr().out)
    assert main(["solve", file, "--geometry", *QUICK]) == 0
    straight = json.loads(capfd.readouterr().out)
    assert on_roads["summary"]["distance"] != straight["summary"]["distance"]
    assert len(on_roads["routes"][0]["geometry"]) > 3 * len(straight["routes"][0]["geometry"])
    assert on_roads["summary"]["unassigned"] == straight["summary"]["unassigned"] == 0


@pytest.mark.parametrize("field", ["vehicles[0].end", "jobs[1].location", "shipments[0].delivery.location"])
def test_a_place_off_the_roads_is_a_routing_error_that_names_the_field(
    oasis: tuple[str, list[list[float]]], tmp_path: Path, capfd: pytest.CaptureFixture[str], field: str
) -> None:
    roads, (start, village, *_) = oasis
    jobs = [{"id": number, "location": village} for number in (7, 8)]
    vehicle = {"id": 1, "start": start, "end": start}
    shipment = {step: {"id": 1, "location": village} for step in ("pickup", "delivery")}
    document: Json = {"vehicles": [vehicle], "jobs": jobs, "shipments": [shipment]}
    changed = {"vehicles": vehicle, "jobs": jobs[1], "shipments": shipment["delivery"]}[field.split("[")[0]]
    changed[field.rsplit(".", 1)[1]] = [0.0, 0.0]
    capfd.readouterr()
    assert main(["solve", written(tmp_path, document), "--roads", roads]) == 2
    failure = json.loads(capfd.readouterr().out)
    assert failure["code"] == 3
    assert "PLACE_OFF_ROADS" in failure["error"]
    assert f"{field} = [0.0, 0.0])" in failure["error"]


def test_a_file_that_is_no_road_file_is_a_routing_error(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "no.roads").write_bytes(b"nothing")
    file = written(tmp_path, problem(at(1)))
    assert main(["solve", file, "--roads", str(tmp_path / "no.roads")]) == 2
    assert json.loads(capfd.readouterr().out)["code"] == 3

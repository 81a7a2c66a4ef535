"""``fleet plan``: files, streams, statuses."""

import io
import json
import re
import sys
from pathlib import Path

import pytest

from fleet.cli.report import print_plan
from fleet.model import ReasonCode, read_plan
from tests.cli.small import day, run, write_json


def test_a_plan_is_printed_and_written(
    shelf: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    ran = run(capfd, "plan", shelf / "day.json", "--iterations", 50, "-o", "plan.json")
    assert ran.status == 0
    plan = read_plan((tmp_path / "plan.json").read_bytes())
    assert plan.figures.served_requests == 2
    head, *rows = ran.out.splitlines()[1:3]
    assert head.endswith("requests   kg    km  lowest charge   yuan  recharges")
    assert len(rows[0].split()) == 10
    for line in (
        "served 2 of 3 requests, 125 kg",
        "musts not served: 0",
        f"total {plan.figures.total_yuan:.2f} yuan",
        "no tricycle may or can carry it (mostly: too heavy for the tricycle)",
        "would be admitted by: 300 kg instead of 520 kg",
        "no road file: distances are great circles x 1.4",
        "wrote plan.json",
    ):
        assert line in ran.out
    assert "–" not in ran.out


def test_progress_is_plain_lines_on_standard_error(shelf: Path, capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "plan", shelf / "day.json", "--iterations", 50)
    lines = ran.err.splitlines()
    assert all(re.fullmatch(r" *\d+% .+", line) for line in lines)
    best = r"explaining what is left out: musts not served 0, total \d+\.\d\d yuan, served 2, iterations \d+"
    assert re.search(best, ran.err)
    assert lines[-1].startswith("100% done")


@pytest.mark.parametrize("workers", [1, 2])
def test_progress_speaks_the_language_asked_for(
    workers: int, shelf: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    ran = run(
        capfd, "plan", shelf / "day.json", "--iterations", 50, "--workers", workers, "--lang", "zh-Hans"
    )
    assert not re.search(r"[a-z]", ran.err)
    assert not re.search("routing model", ran.out)


def test_json_goes_to_standard_output_alone(
    shelf: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    ran = run(capfd, "plan", shelf / "day.json", "--iterations", 50, "-o", "p.json", "--map", "out", "--json")
    answer = json.loads(ran.out)
    plan = json.loads((tmp_path / "p.json").read_text(encoding="utf-8"))
    assert answer["figures"] == plan["figures"]
    assert answer["unserved"] == plan["unserved"]
    assert [route["number"] for route in answer["routes"]] == [route["number"] for route in plan["routes"]]
    assert answer["files"] == ["p.json", "out/map.geojson", "out/map.gpx", "out/map.html"]
    assert all((tmp_path / name).stat().st_size > 0 for name in answer["files"])


def test_a_plan_on_standard_output_leaves_words_to_standard_error(
    shelf: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    ran = run(capfd, "plan", shelf / "day.json", "--iterations", 50, "-o", "-")
    assert read_plan(ran.out.encode()).figures.served_requests == 2
    assert "served 2 of 3 requests" in ran.err


def test_a_day_comes_from_standard_input(
    shelf: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = io.BytesIO(b"\xef\xbb\xbf" + (shelf / "day.json").read_bytes())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(data))
    ran = run(capfd, "plan", "-", "--iterations", 50, "-o", "-")
    assert ran.status == 0
    assert read_plan(ran.out.encode()).day_sha256 == read_plan((shelf / "plan.json").read_bytes()).day_sha256


def test_iterations_and_seed_decide_the_plan(
    shelf: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    plans = []
    for name in ("first", "second"):
        run(capfd, "plan", shelf / "day.json", "--iterations", 50, "--seed", 3, "-o", name)
        document = json.loads((tmp_path / name).read_text(encoding="utf-8"))
        assert document.pop("solver")["seed"] == 3
        plans.append(document)
    assert plans[0] == plans[1]


def test_workers_are_written_into_the_plan(
    shelf: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    ran = run(
        capfd, "plan", shelf / "day.json", "--iterations", 50, "--workers", 2, "--seed", 5, "-o", "p.json"
    )
    assert ran.status == 0
    solver = read_plan((tmp_path / "p.json").read_bytes()).solver
    assert (solver.workers, solver.seed, solver.iterations) == (2, 5, 50)


def test_a_must_that_is_left_is_status_1(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    document = day()
    document["requests"][2]["must"] = True
    write_json(tmp_path / "day.json", document)
    ran = run(capfd, "plan", "day.json", "--iterations", 50, "-o", "plan.json")
    assert ran.status == 1
    assert "musts not served: 1" in ran.out
    assert (tmp_path / "plan.json").exists()


def test_a_day_of_which_nothing_is_served_is_status_1(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    write_json(tmp_path / "day.json", day(requests=day()["requests"][2:]))
    assert run(capfd, "plan", "day.json", "--iterations", 5).status == 1


def test_invented_roads_are_named_and_their_matrices_kept(
    few: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLEET_CACHE_DIR", str(tmp_path / "cache"))
    arguments = ["plan", few / "few.json", "--roads", few / "kuqa" / "oasis.roads", "--iterations", 10]
    ran = run(capfd, *arguments, "--no-cache")
    assert "the roads are invented" in ran.out
    assert "Invented roads: no map of a real place" in ran.out
    assert not (tmp_path / "cache").exists()
    run(capfd, *arguments)
    assert len(list((tmp_path / "cache").iterdir())) == 1


def test_a_plan_that_stands_there_stays_when_the_next_fails(
    shelf: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "plan.json").write_text("yesterday's", encoding="utf-8")
    assert run(capfd, "plan", "missing.json", "-o", "plan.json").status == 2
    assert (tmp_path / "plan.json").read_text(encoding="utf-8") == "yesterday's"
    assert run(capfd, "plan", shelf / "day.json", "--iterations", 5, "-o", "plan.json").status == 0
    assert read_plan((tmp_path / "plan.json").read_bytes()).routes


def test_folders_of_the_output_are_made(
    shelf: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(capfd, "plan", shelf / "day.json", "--iterations", 5, "-o", "new/er/plan.json").status == 0
    assert [path.name for path in (tmp_path / "new" / "er").iterdir()] == ["plan.json"]


def test_what_was_not_tried_is_told_to_plan_longer_and_nothing_else(shelf: Path) -> None:
    plan = read_plan((shelf / "plan.json").read_bytes())
    untried = {"change": None, "reason": ReasonCode.SEARCH_ENDED}
    unserved = tuple(item.model_copy(update=untried) for item in plan.unserved)
    stream = io.StringIO()
    print_plan(plan.model_copy(update={"unserved": unserved}), stream=stream)
    told = stream.getvalue()
    assert told.count("plan longer") == len(unserved) > 0
    assert "no single change" not in told

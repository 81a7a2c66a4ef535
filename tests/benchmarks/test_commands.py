"""The benchmarks in their smallest form, and runs that go wrong."""

import csv
import sys
from pathlib import Path

import pytest

from benchmarks import ablation, cores, curves, days, instances, pdptw
from benchmarks._run import Job, execute
from tests.benchmarks.tiny import NAME, tiny_data


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def run_pdptw(data: Path, *more: str) -> None:
    pdptw.main(["--data", str(data), "--seconds", "3", "--seeds", "1", *more])


def test_published_instances_ours_and_a_peer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, table = tiny_data(tmp_path), tmp_path / "runs.csv"
    run_pdptw(data, "--solvers", "ours,vroom", "--csv", str(table))
    rows = rows_of(table)
    assert [(row["solver"], row["status"], row["vehicles"], row["distance"]) for row in rows] == [
        ("ours", "done", "1", "80.0"),
        ("vroom", "done", "1", "80.0"),
    ]
    assert "| tiny" in capsys.readouterr().out


def test_fresh_instances_are_the_same_every_time_and_have_a_solution(tmp_path: Path) -> None:
    table = tmp_path / "runs.csv"
    instances.main([str(tmp_path), "--sizes", "100", "--seeds", "1"])
    for kind in instances.SERIES:
        text = (tmp_path / "pdptw" / f"{kind}_100_1.txt").read_text(encoding="ascii")
        assert text == instances.generated_text(kind=kind, tasks=100, seed=1)
    run_pdptw(tmp_path, "--solvers", "vroom", "--instances", "lr1_100_1", "lc2_100_1", "--csv", str(table))
    assert [row["status"] for row in rows_of(table)] == ["done", "done"]


def test_rows_of_an_earlier_run_are_not_run_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, table = tiny_data(tmp_path), tmp_path / "runs.csv"
    run_pdptw(data, "--solvers", "vroom", "--csv", str(table))
    capsys.readouterr()
    run_pdptw(data, "--solvers", "vroom", "--reuse", str(table))
    said = capsys.readouterr()
    assert said.err == ""
    assert "0.0 / 0.0" in said.out


def test_generated_days_ours_and_a_peer(tmp_path: Path) -> None:
    table = tmp_path / "days.csv"
    days.main(
        ["--requests", "60", "--fleets", "slack", "--days", "1", "--seconds", "3",
         "--solvers", "ours,vroom", "--csv", str(table)]
    )  # fmt: skip
    assert [(row["solver"], row["status"], row["served"]) for row in rows_of(table)] == [
        ("ours", "done", "60"),
        ("vroom", "done", "60"),
    ]


def test_quality_over_time_and_cores(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    curves.main(["--quick", "--solvers", "ours,vroom", "--csv", str(tmp_path / "curves.csv")])
    at_s = [float(row["at s"]) for row in rows_of(tmp_path / "curves.csv") if row["solver"] == "ours"]
    assert len(at_s) > 1
    assert at_s == sorted(at_s)
    cores.main(["--quick", "--csv", str(tmp_path / "cores.csv")])
    assert [row["without"] for row in rows_of(tmp_path / "cores.csv")] == ["0", "0"]
    assert all(float(row["PSS MB"]) > 0 for row in rows_of(tmp_path / "cores.csv"))
    assert "60 requests, slack, day 1" in capsys.readouterr().out


def library(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Let every run find a library of a peer that has this text, before the one that may be installed."""
    place = folder / "libraries"
    place.mkdir()
    (place / "commiv.py").write_text(text, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(place))


BEGIN = "class CommivError(Exception): pass\ndef version(): return 'of a test'\n"


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("raise ImportError('not here')", "missing"),
        (BEGIN + "def solve_pdptw(**told): raise ValueError('cannot')", "failed"),
        (
            BEGIN + "def solve_pdptw(**told):\n    if 'wall_ms' in told: import time; time.sleep(60)",
            "overrun",
        ),
        (BEGIN + "def solve_pdptw(**told):\n    if 'wall_ms' in told: import os; os.abort()", "failed"),
    ],
)
def test_a_peer_that_goes_wrong_is_a_row_and_no_crash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, status: str
) -> None:
    library(tmp_path, monkeypatch, text)
    job = Job(solver="commiv", seconds=0.2, seed=1, instance=(tiny_data(tmp_path) / "pdptw", NAME))
    assert execute(job).status == status


def test_a_peers_solution_that_breaks_a_rule_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = BEGIN + "class Found: routes = [[2, 1, 3, 4]]\ndef solve_pdptw(**told): return Found\n"
    library(tmp_path, monkeypatch, text)
    job = Job(solver="commiv", seconds=0.2, seed=1, instance=(tiny_data(tmp_path) / "pdptw", NAME))
    row = pdptw.measure(tmp_path / "pdptw", job)
    assert (row.status, row.vehicles, row.distance) == ("invalid", 0, 0.0)


def test_a_peer_that_is_not_installed_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "commiv", None)
    monkeypatch.delitem(sys.modules, "benchmarks.peers.commiv", raising=False)
    run_pdptw(tiny_data(tmp_path), "--solvers", "commiv")
    assert "commiv is not installed" in capsys.readouterr().err


def test_without_instances_the_command_says_where_it_looked(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no instances in"):
        run_pdptw(tmp_path)


def test_parts_of_the_search_one_left_out(tmp_path: Path) -> None:
    table = tmp_path / "ablation.csv"
    ablation.main(["--quick", "--csv", str(table)])
    rows = rows_of(table)
    assert [row["change"] for row in rows] == list(ablation.CHANGES)[:2]
    assert rows[0]["qiaerbag"] == "+0.0 %"

"""The benchmark of latency in its smallest form."""

import csv
from pathlib import Path

import pytest

from benchmarks import latency


def test_a_first_plan_and_a_budget_are_measured_with_both_kinds_of_child(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    latency.main(["--quick", "--csv", str(tmp_path / "budgets.csv")])
    with (tmp_path / "budgets.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["day"], row["child"]) for row in rows] == [("qiaerbag", "waiting"), ("qiaerbag", "started")]
    assert all(float(row["first s"]) > 0 for row in rows)
    assert "| checked plan s |" in capsys.readouterr().out

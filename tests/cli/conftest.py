"""A small day planned once, on great circles and on invented roads."""

import json
from pathlib import Path

import pytest

from fleet.cli import main
from tests.cli.small import DAY, write_json


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Matrices go to a folder of the test."""
    monkeypatch.setenv("FLEET_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "travel"))


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small day and its plan; the Kuqa sample with its roads. To be read, not written."""
    folder = tmp_path_factory.mktemp("shelf")
    write_json(folder / "day.json", DAY)
    planned = ["plan", str(folder / "day.json"), "-o", str(folder / "plan.json")]
    assert main([*planned, "--iterations", "50"]) == 0
    assert main(["sample", "kuqa", "-o", str(folder / "kuqa")]) == 0
    return folder


@pytest.fixture(scope="session")
def few(shelf: Path) -> Path:
    """Six requests of Kuqa's day, planned on its invented roads: ``few.json`` and ``few-plan.json``."""
    day = json.loads((shelf / "kuqa" / "day.json").read_text(encoding="utf-8"))
    day["requests"] = day["requests"][5:11]
    write_json(shelf / "few.json", day)
    arguments = ["--roads", str(shelf / "kuqa" / "oasis.roads"), "--iterations", "50", "--no-cache"]
    assert main(["plan", str(shelf / "few.json"), "-o", str(shelf / "few-plan.json"), *arguments]) == 0
    return shelf

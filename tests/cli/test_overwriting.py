"""What a command reads is never what it writes, by whatever name the file is given."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.small import DAY, run, write_json

SHEET = "sheet.csv --places day.json --tricycles day.json"
CALLS = [
    ("plan day.json -o day.json", "DAY"),
    ("plan day.json -o ./day.json", "DAY"),
    ("plan day.json -o link", "DAY"),
    ("plan day.json -o twin", "DAY"),
    ("plan day.json --roads some.roads -o some.roads", "--roads"),
    (f"plan {SHEET} --save-day sheet.csv", "DAY"),
    (f"plan {SHEET} --save-day day.json", "--places"),
    (f"plan {SHEET} --save-day new.json -o new.json", "--output"),
    ("import sheet.csv --day day.json -o sheet.csv", "FILE"),
    ("import sheet.csv --day day.json -o day.json", "--day"),
    ("import book.xlsx --day day.json -o new.json --report book.xlsx", "FILE"),
    ("import book.xlsx --day day.json -o new.xlsx --report new.xlsx", "--output"),
    ("solve problem.json -o problem.json", "PROBLEM"),
    ("solve problem.json --roads some.roads -o some.roads", "--roads"),
    ("roads build some.osm -o some.osm", "EXTRACT"),
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    day = write_json(tmp_path / "day.json", DAY)
    (tmp_path / "link").symlink_to(day)
    (tmp_path / "twin").hardlink_to(day)
    for name in ("sheet.csv", "book.xlsx", "problem.json", "some.roads", "some.osm"):
        (tmp_path / name).write_bytes(b"to be kept")
    return tmp_path


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize(("call", "other"), CALLS, ids=[call for call, _ in CALLS])
def test_an_output_that_is_an_input_is_refused(
    call: str, other: str, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    before = _contents(folder)
    ran = run(capfd, *call.split())
    assert (ran.status, ran.out, ran.err) == (2, "", ran.error + "\n")
    assert ran.error.startswith("error[OUTPUT_IS_INPUT]: ")
    assert f"the same file as {other} (" in ran.error
    assert _contents(folder) == before


def _standard(_folder: Path) -> str:
    return "-"


def _null(_folder: Path) -> str:
    return "/dev/null"


def _copy(folder: Path) -> str:
    copy = folder / "copy.json"
    copy.write_bytes((folder / "day.json").read_bytes())
    return str(copy)


@pytest.mark.parametrize("target", [_standard, _null, _copy])
def test_devices_and_files_that_are_alike_are_written(
    target: Callable[[Path], str], folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    day = (folder / "day.json").read_bytes()
    assert run(capfd, "plan", "day.json", "-o", target(folder), "--iterations", "20").status == 0
    assert (folder / "day.json").read_bytes() == day

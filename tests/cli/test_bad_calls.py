"""Every wrong call ends with status 2 and one line that names what is wrong; nothing is written."""

import gzip
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.bad_calls import BAD_CALLS, Call
from tests.cli.bad_days import BAD_DAYS
from tests.cli.small import day, run, write_json

HEIDELBERG = Path("osm", "heidelberg.osm.pbf")
PROGRESS = re.compile(r" *\d+% .+")


def contents(*folders: Path) -> dict[Path, bytes]:
    """Every file beneath some folders."""
    return {p: p.read_bytes() for folder in folders for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("call", BAD_CALLS, ids=lambda call: call.reason)
def test_a_bad_call_is_refused(
    call: Call, shelf: Path, few: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    arguments = call.argv(shelf, tmp_path)
    before = contents(shelf, tmp_path)
    ran = run(capfd, *arguments)
    assert (ran.status, ran.out) == (2, "")
    assert ran.error.startswith(f"error[{call.code}]: ")
    *progress, last = ran.err.splitlines()
    assert last == ran.error
    assert all(PROGRESS.fullmatch(line) for line in progress)
    for name in call.names:
        assert name.format(shelf=shelf) in ran.error
    assert contents(shelf, tmp_path) == before
    assert [path.name for path in tmp_path.iterdir()] in ([], ["bad"])


def test_the_table_is_long_enough() -> None:
    assert len(BAD_DAYS) + len(BAD_CALLS) >= 140
    assert len({call.reason for call in BAD_CALLS}) == len(BAD_CALLS)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("cut.osm.pbf", lambda data: (data / HEIDELBERG).read_bytes()[:100_000], "ROADS_TRUNCATED"),
        ("no.osm.gz", lambda data: bytes(range(256)) * 40, "ROADS_UNREADABLE"),
        ("empty.osm", lambda data: b"", "ROADS_TRUNCATED"),
        ("no.osm", lambda data: b"<osm version='0.6'><node", "ROADS_TRUNCATED"),
        ("cut.osm.gz", lambda data: gzip.compress(b"<osm version='0.6'></osm>")[:-9], "ROADS_TRUNCATED"),
        ("empty.osm.gz", lambda data: gzip.compress(b"<osm version='0.6'></osm>"), "ROADS_EMPTY"),
        ("random.osm.pbf", lambda data: bytes(range(256)) * 40, "ROADS_UNREADABLE"),
    ],
)  # fmt: skip
def test_a_damaged_extract_is_refused(
    name: str,
    content: object,
    code: str,
    shared_data: Path,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert callable(content)
    (tmp_path / name).write_bytes(content(shared_data))
    ran = run(capfd, "roads", "build", name, "-o", "new.roads")
    assert (ran.status, ran.out) == (2, "")
    assert ran.error.startswith(f"error[{code}]: ")
    assert name in ran.error
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_box_elsewhere_holds_no_roads(
    shared_data: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    extract = shared_data / HEIDELBERG
    ran = run(capfd, "roads", "build", extract, "--bbox", "0,0,1,1", "-o", "new.roads")
    assert ran.status == 2
    assert ran.error.startswith("error[ROADS_EMPTY]")
    assert "heidelberg.osm.pbf" in ran.error
    assert list(tmp_path.iterdir()) == []


def test_a_line_stays_one_line_whatever_a_file_is_called(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    ran = run(capfd, "plan", "no\nsuch\x1b[31mfile")
    assert ran.err.count("\n") == 1
    assert "no\\nsuch\\x1b[31mfile" in ran.error


def test_further_problems_are_counted_and_named(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    document = day()
    for request in document["requests"]:
        request["kg"] = -1
    document["requests"][0]["crates"] = -1
    write_json(tmp_path / "day.json", document)
    ran = run(capfd, "plan", "day.json")
    assert ran.err.count("\n") == 1
    assert "requests[0].kg = -1" in ran.error
    assert ran.error.endswith("[and 3 more: requests[0].crates, requests[1].kg, requests[2].kg]")


@pytest.mark.parametrize("call", BAD_CALLS[::20], ids=lambda call: call.reason)
def test_the_installed_command_answers_alike(call: Call, shelf: Path, few: Path, tmp_path: Path) -> None:
    command = Path(sys.executable).with_name("fleet")
    done = subprocess.run(
        [command, *call.argv(shelf, tmp_path)], capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1].startswith(f"error[{call.code}]: ")


@pytest.mark.parametrize("option", ["plan {shelf}/day.json --map bad", "map {shelf}/plan.json --out bad"])
def test_a_folder_that_cannot_be_written_is_not_said_to_be_another_options(
    option: str, shelf: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad").write_bytes(b"x")
    ran = run(capfd, *option.format(shelf=shelf).split())
    assert ran.error.startswith("error[FILE_UNWRITABLE]: ")
    assert "-o" not in ran.error

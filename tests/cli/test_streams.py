"""Devices, pipes and links are written into, never replaced by a file; a reader may go when it likes."""

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.cli.small import run


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


def test_a_pipe_takes_what_is_written_and_stays_a_pipe(
    pipe: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    found: list[str] = []
    reader = threading.Thread(target=lambda: found.append(pipe.read_text(encoding="utf-8")))
    reader.start()
    problem = tmp_path / "problem.json"
    problem.write_text(
        '{"vehicles": [{"id": 1, "start_index": 0}], "jobs": [{"id": 1, "location_index": 1}],'
        ' "matrices": {"car": {"durations": [[0, 9], [9, 0]]}}}',
        encoding="utf-8",
    )
    assert run(capfd, "solve", problem, "-o", pipe, "--iterations", "1").status == 0
    reader.join(timeout=30)
    assert found
    assert found[0].startswith("{")
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_link_stays_and_what_it_leads_to_is_written(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "kept" / "sheet.csv"
    target.parent.mkdir()
    target.write_text("old", encoding="utf-8")
    link = tmp_path / "sheet.csv"
    link.symlink_to(target)
    assert run(capfd, "sample", "sheet", "-o", link).status == 0
    assert link.is_symlink()
    assert target.read_bytes() != b"old"


@pytest.mark.parametrize(
    "call",
    [
        "--help",
        "plan --help",
        "schema day",
        "roads info kuqa/oasis.roads",
        "check day.json plan.json",
        "plan day.json --iterations 5",
        "plan day.json --iterations 5 --json",
        "plan day.json --iterations 5 -o -",
    ],
)
def test_a_reader_that_has_seen_enough_is_no_answer_of_no(call: str, shelf: Path, tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [Path(sys.executable).with_name("fleet"), *call.split()],
            cwd=shelf,
            env=os.environ | {"FLEET_CACHE_DIR": str(tmp_path)},
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    finally:
        os.close(writing)
    assert done.returncode == 0
    assert "Error" not in done.stderr
    assert "Exception" not in done.stderr

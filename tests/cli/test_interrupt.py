"""Ctrl-C on a real process: the best plan so far is written, and it holds."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fleet.model import read_plan
from tests.cli.small import run

FLEET = str(Path(sys.executable).with_name("fleet"))


def started(*arguments: object) -> subprocess.Popen[str]:
    """The command in a process group of its own, as a terminal would start it."""
    return subprocess.Popen(
        [FLEET, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )


def until(process: subprocess.Popen[str], words: str) -> str:
    """Read its standard error until it says something."""
    assert process.stderr is not None
    for line in process.stderr:
        if words in line:
            return line
    raise AssertionError(f"it ended without saying {words!r}")


def test_an_interrupt_ends_the_search_and_keeps_the_best_plan(
    shelf: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    # A whole day: of a few requests the best plan is proved before anybody can interrupt.
    day, roads = shelf / "kuqa" / "day.json", shelf / "kuqa" / "oasis.roads"
    process = started("plan", day, "--roads", roads, "--budget", "60s", "-o", "plan.json")
    until(process, "improving: musts not served 0")
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted" in err
    assert "Traceback" not in err
    assert "wrote plan.json" in out
    ran = run(capfd, "check", day, "plan.json", "--roads", roads)
    assert (ran.status, ran.out.splitlines()[-1]) == (0, "checked: no rule is broken")


def test_an_interrupt_before_the_search_leaves_no_half_of_anything(shelf: Path, tmp_path: Path) -> None:
    process = started("plan", shelf / "day.json", "--budget", "30s", "-o", "plan.json")
    until(process, "loading the solver")
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err
    # The search may have begun in the meantime: then it is the best plan so far, and a whole one.
    for path in tmp_path.iterdir():
        assert path.name == "plan.json"
        assert read_plan(path.read_bytes())

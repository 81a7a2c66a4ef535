"""The README: its commands run as they are written, and what it points to is there."""

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import require_all
from tests.database import free_port
from tests.fleet_command import run_fleet
from tests.serving import serving

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXTRACT, KORLA = "liechtenstein-2021-05.osm.pbf", "korla.osm.pbf"
SHORT_SEARCH = "--iterations 5"
"""In place of the README's budgets: the same plan on a slow machine."""


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def commands(text: str) -> list[str]:
    return [line.removeprefix("$ ") for line in text.splitlines() if line.startswith("$ ")]


COMMANDS = [command for block in blocks("console") for command in commands(block)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that the README shows."""
    folder = tmp_path_factory.mktemp("readme")
    for name, content in re.findall(r"`([\w.]+)`:\n\n```csv\n(.*?)^```$", README, re.MULTILINE | re.DOTALL):
        (folder / name).write_text(content, encoding="utf-8")
    return folder


def run(command: str, folder: Path) -> str:
    fleet, *arguments = shlex.split(re.sub(r"--budget \S+", SHORT_SEARCH, command))
    assert fleet == "fleet"
    return run_fleet(arguments, folder=folder).stdout


def test_every_command_runs_as_it_is_written(folder: Path) -> None:
    told = [command for command in COMMANDS if KORLA.removesuffix(".osm.pbf") not in command]
    assert len(told) >= 9
    said = {command: run(command, folder) for command in told}
    # What does not depend on the search is said word for word.
    for block in blocks("console"):
        parts = re.split(r"^\$ (.+)\n", block, flags=re.MULTILINE)[1:]
        for command, shown in zip(parts[::2], parts[1::2], strict=True):
            if command.startswith(("fleet import", "fleet check")):
                assert said[command].startswith(shown.rstrip("\n"))
    assert "too heavy for the tricycle (20 kg too much) [CAPACITY_KG]" in said[COMMANDS[2]]
    assert (folder / "maps" / "map.html").is_file()


def test_the_commands_on_roads_of_ones_own_run_too(folder: Path, shared_data: Path) -> None:
    shutil.copy(shared_data / "osm" / EXTRACT, folder / KORLA)
    told = [command for command in COMMANDS if "korla" in command]
    assert len(told) == 4
    said = [run(command, folder) for command in told]
    assert all("OpenStreetMap contributors" in said[index] for index in (0, 1, 3))


def curl_is_missing() -> str:
    """Why the calls of the service cannot run here."""
    if shutil.which("curl") is None:
        return "no curl here"
    said = subprocess.run(["curl", "--help", "all"], capture_output=True, text=True, check=True).stdout
    return "" if "--json" in said else "curl here is older than 7.82"


def test_the_service_plans_a_day_in_five_calls(folder: Path) -> None:
    if reason := curl_is_missing():
        if require_all():
            pytest.fail(reason)
        pytest.skip(reason)
    five, more = blocks("sh")
    assert five.count("curl ") == 5
    [started] = re.findall(r"^\$ fleet serve (.*)$", "".join(blocks("text")), re.MULTILINE)
    # curl then fails where it is answered with an error.
    (folder / ".curlrc").write_text("fail-with-body\nshow-error\n", encoding="utf-8")
    run_fleet(["sample", "qiaerbag", "-o", "day"], folder=folder)
    with serving(folder, *shlex.split(started)) as service:
        link = service.line("/setup#")
        script = re.sub(r"http://127\.0\.0\.1:8080/setup#[\w-]+", link, five + more)
        script = script.replace("http://127.0.0.1:8080", service.address)
        done = subprocess.run(
            [
                "bash",
                "-euo",
                "pipefail",
                "-c",
                re.sub(r'"budget_s": \d+', '"budget_s": 60, "iterations": 5', script),
            ],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "CURL_HOME": str(folder)},
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"requests":120' in done.stdout
    assert '"state":"succeeded"' in (folder / "job.json").read_text(encoding="utf-8")
    assert '"published_by":' in done.stdout
    assert "2026-06-15" in (folder / "map.html").read_text(encoding="utf-8")


def test_who_waits_for_a_plan_does_not_wait_for_a_service_that_is_gone(tmp_path: Path) -> None:
    [loop] = re.findall(r"^while .*done$", blocks("sh")[0], re.MULTILINE)
    script = f"api=http://127.0.0.1:{free_port()}/api/v1 token=t job=j; {loop}"
    subprocess.run(["bash", "-c", script], cwd=tmp_path, timeout=60, check=True)


def test_every_path_it_points_to_is_there() -> None:
    targets = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", README)
    local = [target for target in targets if not target.startswith("https://")]
    assert len(local) >= 10
    assert [target for target in local if not (ROOT / target).exists()] == []


def test_every_heading_it_points_to_is_there() -> None:
    for target, anchor in re.findall(r"\]\(([^)#]+)#([^)]+)\)", README):
        headings = re.findall(r"^#+ (.+)$", (ROOT / target).read_text(encoding="utf-8"), re.MULTILINE)
        assert anchor in {re.sub(r"[^\w-]", "", heading.lower().replace(" ", "-")) for heading in headings}


def test_every_make_target_it_names_is_one() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert phony is not None
    assert set(re.findall(r"\bmake ([a-z-]+)", README.split("## Two commands")[1])) <= set(phony[1].split())


def test_every_room_is_named() -> None:
    for package in ("fleet", "maps"):
        rooms = {path.parent.name for path in (ROOT / package).glob("*/__init__.py")}
        line = re.search(rf"^{package}/ +(.+)$", README, re.MULTILINE)
        assert line is not None
        assert set(line[1].split()) == rooms

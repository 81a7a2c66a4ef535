"""The entry point: help, version, languages, statuses, and what must not be loaded."""

import importlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import click
import pytest

from fleet.cli.app import ROOT
from fleet.cli.base import LazyGroup
from fleet.texts import LANGUAGES, has_text
from tests.cli.small import run

FLEET = str(Path(sys.executable).with_name("fleet"))


def commands(group: LazyGroup = ROOT, path: str = "") -> dict[str, click.Command]:
    """Every command by what one types."""
    found: dict[str, click.Command] = {}
    for name, target in group.modules.items():
        module, attribute = target.split(":")
        command = getattr(importlib.import_module(module), attribute)
        found[f"{path}{name}"] = command
        if isinstance(command, LazyGroup):
            found |= commands(command, f"{path}{name} ")
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["", *commands()])
def test_every_command_helps_in_every_language(
    name: str, language: str, capfd: pytest.CaptureFixture[str]
) -> None:
    ran = run(capfd, *name.split(), "--lang", language, "--help")
    assert (ran.status, ran.err) == (0, "")
    assert f"fleet {name}".strip() in ran.out
    assert "--lang" in ran.out
    assert "\n      fleet " in ran.out or "\n    fleet " in ran.out


@pytest.mark.parametrize("name", commands())
def test_every_option_has_words(name: str) -> None:
    for param in commands()[name].params:
        if isinstance(param, click.Option):
            option = max(param.opts, key=len)
            assert any(has_text(key, domain="help") for key in (option, f"{name} {option}")), option


def test_help_lists_the_commands(capfd: pytest.CaptureFixture[str]) -> None:
    for arguments in ((), ("--help",)):
        ran = run(capfd, *arguments)
        assert ran.status == 0
        for name in ROOT.modules:
            assert f"\n  {name} " in ran.out


def test_the_version_is_that_of_the_project(capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "--version")
    assert (ran.status, ran.out.split()[0]) == (0, "fleet")


@pytest.mark.parametrize("arguments", ["--help", "--version", "plan --help", "solve --help"])
def test_asking_for_help_loads_nothing_heavy(arguments: str) -> None:
    code = (
        "import sys; from fleet.cli import main; status = main(sys.argv[1:]);"
        "print(*sys.modules, file=sys.stderr); sys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments.split()], capture_output=True, text=True, check=True
    )
    heavy = {
        "geopandas",
        "networkx",
        "numba",
        "numpy",
        "openpyxl",
        "ortools",
        "osmium",
        "pandas",
        "rich",
        "scipy",
    }
    assert heavy & set(done.stderr.split()) == set()


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("FLEET_LANG", "zh-Hans", "没有这个文件"),
        ("LANG", "zh_CN.UTF-8", "没有这个文件"),
        ("LC_ALL", "ug_CN", "؛"),
        ("LANG", "de_DE.UTF-8", "there is no such file"),
    ],
)
def test_the_environment_chooses_the_language(
    variable: str, value: str, words: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    ran = run(capfd, "plan", "missing.json")
    assert ran.error.startswith("error[FILE_NOT_FOUND]: ")
    assert words in ran.error
    assert "there is no such file" in run(capfd, "plan", "missing.json", "--lang", "en").error


def test_samples_are_listed_and_written(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    listed = run(capfd, "sample", "--list").out
    assert [line.split()[0] for line in listed.splitlines()] == ["qiaerbag", "kuqa", "winter", "january"]
    ran = run(capfd, "sample", "-o", "new", "kuqa")
    assert ran.status == 0
    assert ran.out.splitlines()[0] == "wrote new/day.json"
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == [
        "README.txt",
        "day.json",
        "oasis.roads",
    ]


def test_a_day_on_roads_is_drawn(shelf: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    roads = shelf / "kuqa" / "oasis.roads"
    ran = run(capfd, "sample", "from-roads", roads, "--requests", 9, "--tricycles", 2, "--seed", 7, "-o", "d")
    assert ran.status == 0
    document = json.loads((tmp_path / "d" / "day.json").read_text(encoding="utf-8"))
    assert (len(document["requests"]), len(document["tricycles"])) == (9, 2)


def test_roads_are_built_and_looked_into(
    shared_data: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    extract = shared_data / "osm" / "liechtenstein-2021-05.osm.pbf"
    ran = run(capfd, "roads", "build", extract, "--bbox", "9.50,47.12,9.53,47.15", "-o", "vaduz.roads")
    assert ran.status == 0
    assert "© OpenStreetMap contributors, ODbL" in ran.out
    assert ran.out.splitlines()[-1] == "wrote vaduz.roads"
    answer = json.loads(run(capfd, "roads", "info", "vaduz.roads", "--json").out)
    south, west, north, east = answer["bbox"]
    assert 47.12 <= south < north <= 47.15
    assert 9.50 <= west < east <= 9.53
    assert f"{answer['km']:.1f} km of roads" in run(capfd, "roads", "info", "vaduz.roads").out


def test_schemas_are_json(capfd: pytest.CaptureFixture[str]) -> None:
    for name in ("day", "plan", "events"):
        assert json.loads(run(capfd, "schema", name).out)["title"] == name.title()


def test_a_fault_of_ours_is_status_3_and_a_report(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_name: str) -> None:
        raise ZeroDivisionError("on purpose")

    monkeypatch.setattr("fleet.cli.schema.schema", broken)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ran = run(capfd, "schema", "day")
    (report,) = tmp_path.iterdir()
    assert (ran.status, ran.out) == (3, "")
    assert ran.err == ran.error + "\n"
    assert str(report) in ran.error
    text = report.read_text(encoding="utf-8")
    assert "fleet schema day" in text
    assert "ZeroDivisionError: on purpose" in text


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    command = f"{FLEET} schema day | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "{\n", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_disk_is_status_2() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [FLEET, "schema", "day"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 2
    assert done.stderr.startswith("error[FILE_UNWRITABLE]: cannot be written (No space left on device)")

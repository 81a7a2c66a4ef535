"""``fleet map``."""

import json
from pathlib import Path

import pytest

from fleet.cli import main
from fleet.model import Plan, dump
from maps.roads import RoadGraph, save_roads


@pytest.fixture
def plan_file(plan: Plan, tmp_path: Path) -> Path:
    path = tmp_path / "plan.json"
    path.write_bytes(dump(plan))
    return path


def test_all_formats_are_written_over_the_plans_roads(
    plan_file: Path, roads: RoadGraph, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_roads(roads, tmp_path / "oasis.roads")
    out = tmp_path / "maps"
    assert main(["map", str(plan_file), "--out", str(out), "--roads", str(tmp_path / "oasis.roads")]) == 0
    names = ["map.geojson", "map.gpx", "map.kml", "map.gpkg", "map.html", "map.pdf"]
    assert [line.split("/")[-1] for line in capsys.readouterr().out.splitlines()] == names
    assert sorted(path.name for path in out.iterdir()) == sorted(names)


def test_the_formats_asked_for_are_told_to_programs(
    plan_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "maps"
    arguments = ["--out", str(out), "--format", "kml, geojson", "--json", "--lang", "zh-Hans"]
    assert main(["map", str(plan_file), *arguments]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"files": [str(out / "map.kml"), str(out / "map.geojson")]}
    assert "道路为虚构" in (out / "map.kml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--format", "shp"], "FORMAT_UNSUPPORTED"),
        (["--format", "html,"], "FORMAT_UNSUPPORTED"),
        (["--roads", "nowhere.roads"], "FILE_NOT_FOUND"),
    ],
)
def test_a_mistake_is_one_line_and_writes_nothing(
    arguments: list[str], code: str, plan_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "maps"
    assert main(["map", str(plan_file), "--out", str(out), *arguments]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"error[{code}]")
    assert not out.exists()


def test_a_folder_that_is_a_file_is_refused(plan_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["map", str(plan_file), "--out", str(plan_file)]) == 2
    assert capsys.readouterr().err.startswith("error[FILE_UNWRITABLE]")


def test_help_names_no_format_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["map", "--help"]) == 0
    told = capsys.readouterr().out
    assert "geojson, gpx, kml, gpkg, html, pdf" in " ".join(told.split())
    assert "shp" not in told

"""What is written where, by which names, and what is refused; nothing is left half-written."""

import os
from pathlib import Path

import pytest

from fleet.model import InputError, Plan
from maps.export import FORMATS, write_maps
from maps.roads import RoadGraph


def test_every_format_is_written_and_nothing_beside(plan: Plan, roads: RoadGraph, tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "out"
    paths = write_maps(plan, folder, roads=roads)
    assert [path.name for path in paths] == [f"map.{name}" for name in FORMATS]
    assert sorted(path.name for path in folder.iterdir()) == sorted(path.name for path in paths)
    assert all(path.stat().st_size > 1_000 for path in paths)


def test_only_what_is_asked_for_is_written_in_that_order(plan: Plan, tmp_path: Path) -> None:
    paths = write_maps(plan, tmp_path / "out", formats=("gpx", "geojson", "gpx"))
    assert [path.name for path in paths] == ["map.gpx", "map.geojson"]


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "gpkg"])
def test_the_same_plan_gives_the_same_bytes(name: str, plan: Plan, roads: RoadGraph, tmp_path: Path) -> None:
    first, second = (
        write_maps(plan, tmp_path / folder, formats=(name,), roads=roads)[0].read_bytes() for folder in "ab"
    )
    assert first == second


def test_an_error_in_the_middle_leaves_the_old_files(plan: Plan, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    old = folder / "map.geojson"
    old.write_text("old", encoding="utf-8")
    # A folder stands where the second file is to go.
    (folder / "map.gpx").mkdir()
    (folder / "map.gpx" / "full").touch()
    with pytest.raises(OSError, match=r"map\.gpx"):
        write_maps(plan, folder, formats=("geojson", "gpx"))
    assert old.read_text(encoding="utf-8") == "old"
    assert sorted(os.listdir(folder)) == ["map.geojson", "map.gpx"]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"formats": ("geojson", "shp")}, "FORMAT_UNSUPPORTED"),
        ({"formats": ("GPX",)}, "FORMAT_UNSUPPORTED"),
        ({"language": "de"}, "VALUE_NOT_ALLOWED"),
    ],
)
def test_what_there_is_not_is_refused(
    options: dict[str, object], code: str, plan: Plan, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as refused:
        write_maps(plan, tmp_path / "out", **options)
    assert refused.value.problems[0].code == code
    assert not (tmp_path / "out").exists()


def test_roads_other_than_the_plans_own_are_refused(plan: Plan, roads: RoadGraph, tmp_path: Path) -> None:
    travel = plan.travel.model_copy(update={"roads_sha256": "0" * 64})
    with pytest.raises(InputError) as refused:
        write_maps(plan.model_copy(update={"travel": travel}), tmp_path, roads=roads)
    assert refused.value.problems[0].code == "PLAN_OF_OTHER_ROADS"


def test_a_plan_that_names_a_place_it_has_not_is_refused(plan: Plan, tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        write_maps(plan.model_copy(update={"places": plan.places[1:]}), tmp_path, formats=("geojson",))
    assert refused.value.problems[0].code == "UNKNOWN_ID"
    assert refused.value.problems[0].value == plan.places[0].key


def test_a_plan_of_a_zone_there_is_not_is_refused(plan: Plan, tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        write_maps(plan.model_copy(update={"zone": "Mars/Olympus"}), tmp_path, formats=("geojson",))
    assert refused.value.problems[0].code == "ZONE_UNKNOWN"

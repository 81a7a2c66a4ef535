"""Maps of a kept plan: every format by its own reader, one route alone, and nobody's name on any."""

import io
import json
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path

import pyogrio
import pytest
from pypdf import PdfReader

from fleet.model import InputError
from fleet.service.maps import MapFile, MapFormat, plan_map
from fleet.service.moves import PlanChange, change_plan
from fleet.store import Store
from maps.export import FORMATS
from tests.days import context
from tests.kept_plans import DISPATCHER, NAME, PHONE, Kept, kept


@pytest.fixture
def here(sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kept:
    aside = tmp_path / "aside"
    aside.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(aside))
    return kept(context(sqlite_store))


def drawn(here: Kept, format: MapFormat, **options: str) -> MapFile:
    return plan_map(here.ctx, DISPATCHER, plan_id=here.id, format=format, **options)


def test_there_is_a_map_in_every_format_that_can_be_drawn() -> None:
    assert tuple(MapFormat) == FORMATS


@pytest.mark.parametrize("format", list(MapFormat))
def test_a_map_is_whole_names_nobody_and_leaves_no_file_behind(here: Kept, format: MapFormat, tmp_path: Path):
    found = drawn(here, format)
    assert found.name == f"2026-06-12-1.{format}"
    if format is MapFormat.GEOJSON:
        assert json.loads(found.content)["type"] == "FeatureCollection"
    elif format in (MapFormat.GPX, MapFormat.KML):
        assert ET.fromstring(found.content).tag.endswith(format)
    elif format is MapFormat.GPKG:
        (tmp_path / "map.gpkg").write_bytes(found.content)
        assert len(pyogrio.list_layers(tmp_path / "map.gpkg")) > 1
    elif format is MapFormat.PDF:
        told = "".join(page.extract_text() for page in PdfReader(io.BytesIO(found.content)).pages)
        assert "Arzu" not in told
        assert not any(word in told for word in (NAME, PHONE))
    else:
        assert found.content.lstrip().lower().startswith(b"<!doctype html>")
    assert not any(word.encode() in found.content for word in (NAME, PHONE))
    assert list((tmp_path / "aside").iterdir()) == []


def test_the_map_of_one_tricycle_shows_its_route_alone(here: Kept):
    change = PlanChange.model_validate({"moves": ({"kind": "assign", "request": "b", "tricycle": "t2"},)})
    made = change_plan(here.ctx, DISPATCHER, plan_id=here.id, change=change)
    found = plan_map(here.ctx, DISPATCHER, plan_id=made.summary.id, format=MapFormat.GEOJSON, tricycle="t2")
    document = json.loads(found.content)
    assert {feature["properties"]["tricycle"] for feature in document["features"]} == {"t2"}
    assert document["figures"]["served_requests"] == 1
    assert found.name == "2026-06-12-2-2.geojson"


def test_a_tricycle_without_a_route_has_no_map(here: Kept):
    with pytest.raises(InputError) as error:
        drawn(here, MapFormat.GPX, tricycle="t2")
    assert [problem.code for problem in error.value.problems] == ["NOT_FOUND"]


def test_words_are_in_the_language_that_is_asked_for(here: Kept):
    chinese, english = (drawn(here, MapFormat.KML, language=tongue).content for tongue in ("zh-Hans", "en"))
    assert chinese != english

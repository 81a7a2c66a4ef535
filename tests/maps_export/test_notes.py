"""What every file has to say, and what none may: attribution, "invented", "straight lines"; no person."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pypdf import PdfReader

from fleet.model import Plan
from fleet.texts import LANGUAGES
from maps.export import FORMATS
from maps.roads import RoadGraph
from tests.pdfs import words

Write = Callable[..., Path]
pytestmark = pytest.mark.parametrize("name", FORMATS)


def content_of(path: Path) -> str:
    if path.suffix == ".pdf":
        return " ".join(words(page) for page in PdfReader(path).pages)
    return path.read_bytes().decode("utf-8", errors="replace")


def test_roads_of_openstreetmap_are_attributed(name: str, osm_plan: Plan, written: Write) -> None:
    for language in LANGUAGES:
        content = content_of(written(osm_plan, name, language=language))
        # Apart: on a page that reads from the right the sign comes at the other end of the line.
        assert "©" in content
        assert "OpenStreetMap contributors, ODbL" in content


def test_invented_roads_are_called_invented(name: str, plan: Plan, written: Write) -> None:
    content = content_of(written(plan, name))
    assert "Invented roads: no map of a real place" in content
    assert "OpenStreetMap contributors" not in content


def test_great_circles_are_called_straight_lines(name: str, circle_plan: Plan, written: Write) -> None:
    assert "Straight lines, not roads" in content_of(written(circle_plan, name))


def test_a_plan_without_paths_has_straight_lines_too(name: str, plan: Plan, written: Write) -> None:
    def bare(entry):
        return entry.model_copy(update={"leg": entry.leg and entry.leg.model_copy(update={"path": ()})})

    routes = tuple(r.model_copy(update={"entries": tuple(map(bare, r.entries))}) for r in plan.routes)
    content = content_of(written(plan.model_copy(update={"routes": routes}), name))
    assert "Straight lines, not roads" in content
    assert "Invented roads: no map of a real place" in content


def test_nobodys_name_is_in_a_map(name: str, plan: Plan, roads: RoadGraph, written: Write) -> None:
    content = content_of(written(plan, name, roads=roads))
    entries = [entry for route in plan.routes for entry in route.entries]
    persons = {entry.household_name for entry in entries} | {entry.household for entry in entries}
    persons |= {item.household_name for item in plan.unserved} | {route.driver for route in plan.routes}
    persons -= {"", None}
    assert len(persons) > 20
    assert [person for person in persons if person in content] == []

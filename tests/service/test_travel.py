"""Travel of the service: on its roads where it has any, and of a plan only by what the plan was made from."""

import dataclasses
import json
from pathlib import Path

import pytest

from fleet.model import Day, InputError, Plan
from fleet.samples import make_day, sample_roads
from fleet.service import moves, plan_checks
from fleet.service.context import Context
from fleet.service.kept_plans import keep_plan
from fleet.service.maps import MapFormat, plan_map
from fleet.service.travel import cache_folder, travel_of, travel_of_plan, travel_on
from fleet.store import Store
from maps.roads import RoadGraph
from tests.days import context
from tests.kept_plans import DISPATCHER, write_day
from tests.planned import planned
from tests.planning.small import served_by

FEW = 12
"""Requests of the sample day that are enough here."""


@pytest.fixture(scope="module")
def roads() -> RoadGraph:
    return sample_roads("qiaerbag")


@pytest.fixture(scope="module")
def day() -> Day:
    whole = make_day("qiaerbag")
    return Day.model_validate_json(
        whole.model_copy(update={"requests": whole.requests[:FEW]}).model_dump_json(by_alias=True)
    )


@pytest.fixture
def ctx(sqlite_store: Store, roads: RoadGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Context:
    monkeypatch.setenv("FLEET_CACHE_DIR", str(tmp_path / "cache"))
    return dataclasses.replace(context(sqlite_store), roads=roads)


@pytest.fixture(scope="module")
def plan(day: Day, roads: RoadGraph, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """A plan on the sample's roads."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLEET_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        return planned(day, travel=travel_on(roads, day))


def test_travel_is_on_the_roads_there_are_and_kept_for_the_next_time(ctx: Context, day: Day):
    travel = travel_of(ctx, day)
    assert (travel.source, travel.roads_sha256) == ("roads", ctx.roads.sha256 if ctx.roads else None)
    kept = set(cache_folder().iterdir())
    assert kept
    again = travel_of(ctx, day)
    assert (again.durations_s == travel.durations_s).all()
    assert set(cache_folder().iterdir()) == kept


def test_without_roads_travel_is_by_great_circles(ctx: Context, day: Day):
    assert travel_of(dataclasses.replace(ctx, roads=None), day).source == "great-circle"


def test_a_place_off_the_roads_is_named(ctx: Context, day: Day):
    document = json.loads(day.model_dump_json(by_alias=True))
    document["places"][3] |= {"latitude": document["places"][3]["latitude"] + 1.0}
    with pytest.raises(InputError) as error:
        travel_of(ctx, Day.model_validate_json(json.dumps(document)))
    [problem] = error.value.problems
    assert (problem.where, problem.value) == ("places[3]", day.places[3].name)


def test_a_plan_is_travelled_by_what_it_was_made_from(ctx: Context, day: Day, plan: Plan):
    by_roads = travel_of_plan(ctx, day, plan)
    assert by_roads is not None
    assert by_roads.source == "roads"
    assert travel_of_plan(dataclasses.replace(ctx, roads=None), day, plan) is None
    by_circles = travel_of_plan(ctx, day, planned(day))
    assert by_circles is not None
    assert by_circles.source == "great-circle"


def test_a_plan_on_roads_is_verified_changed_and_drawn_on_them(ctx: Context, day: Day, plan: Plan):
    write_day(ctx, day)
    kept = keep_plan(ctx, DISPATCHER, day=day, plan=plan, origin="upload")
    found = plan_checks.check_stored_plan(ctx, DISPATCHER, plan_id=kept.id)
    assert (found.valid, found.legs_verified) == (True, True)
    request = next(iter(served_by(plan)))
    change = moves.PlanChange.model_validate({"moves": ({"kind": "take_out", "request": request},)})
    made = moves.change_plan(ctx, DISPATCHER, plan_id=kept.id, change=change)
    again = plan_checks.check_stored_plan(ctx, DISPATCHER, plan_id=made.summary.id)
    assert (again.valid, again.legs_verified) == (True, True)
    with_roads = plan_map(ctx, DISPATCHER, plan_id=kept.id, format=MapFormat.HTML).content
    elsewhere = dataclasses.replace(ctx, roads=None)
    without = plan_map(elsewhere, DISPATCHER, plan_id=kept.id, format=MapFormat.HTML).content
    assert len(with_roads) > len(without)

"""From an OpenStreetMap extract to a checked plan and its map, by the commands of the README."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from fleet.model import Day, Plan, read_day, read_plan
from maps.roads import RoadGraph, load_roads
from maps.roads.geometry import great_circle_m
from tests.depth import count
from tests.fleet_command import run_fleet

OSM = "© OpenStreetMap contributors, ODbL"


@dataclass(frozen=True, kw_only=True)
class Region:
    """A real extract and how large a day is planned on it."""

    extract: str
    requests: int
    tricycles: int
    iterations: int
    least_served: int


REGIONS = {
    "liechtenstein": Region(
        extract="liechtenstein-2021-05.osm.pbf",
        requests=120,
        tricycles=20,
        iterations=count(short=20, long=1000),
        least_served=115,
    ),
    "heidelberg": Region(
        extract="heidelberg.osm.pbf",
        requests=400,
        tricycles=60,
        iterations=count(short=10, long=1000),
        least_served=380,
    ),
}


@dataclass(frozen=True, kw_only=True)
class Planned:
    """What the commands wrote."""

    region: Region
    folder: Path
    day: Day
    plan: Plan
    roads: RoadGraph
    said: str


@pytest.fixture(scope="module", params=list(REGIONS))
def planned(
    request: pytest.FixtureRequest,
    shared_data: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Planned:
    """Roads are built, a day is made on them and planned, by iterations, so that the clock has no say."""
    region = REGIONS[request.param]
    folder = tmp_path_factory.mktemp(request.param)
    run_fleet(["roads", "build", str(shared_data / "osm" / region.extract), "-o", "a.roads"], folder=folder)
    numbers = ("--requests", str(region.requests), "--tricycles", str(region.tricycles), "--seed", "7")
    run_fleet(["sample", "from-roads", "a.roads", *numbers, "-o", "day"], folder=folder)
    search = ("--iterations", str(region.iterations), "--seed", "7")
    files = ("-o", "plan.json", "--map", "map")
    said = run_fleet(["plan", "day/day.json", "--roads", "a.roads", *search, *files], folder=folder).stdout
    return Planned(
        region=region,
        folder=folder,
        day=read_day((folder / "day" / "day.json").read_bytes()),
        plan=read_plan((folder / "plan.json").read_bytes()),
        roads=load_roads(folder / "a.roads"),
        said=said,
    )


def test_the_day_is_of_the_size_asked_for(planned: Planned) -> None:
    assert len(planned.day.requests) == planned.region.requests
    assert len(planned.day.tricycles) == planned.region.tricycles


def test_every_must_is_served_and_almost_everything_else(planned: Planned) -> None:
    figures = planned.plan.figures
    assert figures.unserved_musts == 0
    assert figures.served_requests >= planned.region.least_served
    assert figures.served_requests + figures.unserved_requests == planned.region.requests


def test_the_plan_holds_on_the_roads_computed_again(planned: Planned) -> None:
    said = run_fleet(["check", "day/day.json", "plan.json", "--roads", "a.roads"], folder=planned.folder)
    assert planned.roads.sha256 in said.stdout
    assert "not verified" not in said.stdout + said.stderr


def test_without_the_roads_the_legs_are_believed_and_it_is_said(planned: Planned) -> None:
    said = run_fleet(["check", "day/day.json", "plan.json"], folder=planned.folder)
    assert "legs taken from the plan, not verified" in said.stdout + said.stderr


def test_a_leg_that_is_shorter_than_its_road_is_found(planned: Planned) -> None:
    plan = json.loads((planned.folder / "plan.json").read_bytes())
    leg = next(entry["leg"] for route in plan["routes"] for entry in route["entries"] if entry["leg"])
    leg["distance_m"] -= 1
    (planned.folder / "false.json").write_text(json.dumps(plan), encoding="utf-8")
    said = run_fleet(
        ["check", "day/day.json", "false.json", "--roads", "a.roads"], folder=planned.folder, status=1
    )
    assert "TRAVEL" in said.stdout


def test_the_plan_says_where_its_roads_come_from(planned: Planned) -> None:
    travel = planned.plan.travel
    assert (travel.source, travel.roads_sha256) == ("roads", planned.roads.sha256)
    assert (travel.attribution, travel.invented) == (OSM, False)
    assert OSM in planned.said
    assert OSM in planned.plan.about.real[0]
    assert OSM in (planned.folder / "day" / "README.txt").read_text(encoding="utf-8")


def test_legs_follow_the_road_from_place_to_place(planned: Planned) -> None:
    points = {place.key: (place.latitude, place.longitude) for place in planned.plan.places}
    for route in planned.plan.routes:
        here = route.start
        legs = [entry.leg for entry in route.entries] + [route.last_leg]
        for leg in legs:
            if leg is None:
                continue
            for key, (latitude, longitude) in ((here, leg.path[0]), (leg.to, leg.path[-1])):
                gap_m = great_circle_m(latitude, longitude, *points[key])
                assert gap_m <= planned.day.rules.snap_limit_m
            pairs = zip(leg.path, leg.path[1:], strict=False)
            walked_m = sum(float(great_circle_m(*one, *other)) for one, other in pairs)
            assert walked_m == pytest.approx(leg.distance_m, abs=max(2.0, 0.002 * leg.distance_m))
            here = leg.to


def test_the_maps_carry_the_routes_and_the_attribution(planned: Planned) -> None:
    folder = planned.folder / "map"
    assert sorted(path.name for path in folder.iterdir()) == ["map.geojson", "map.gpx", "map.html"]
    for path in folder.iterdir():
        assert "OpenStreetMap contributors" in path.read_text(encoding="utf-8")
    collection = json.loads((folder / "map.geojson").read_bytes())
    lines = [item for item in collection["features"] if item["geometry"]["type"].endswith("LineString")]
    assert len(lines) >= planned.plan.figures.tricycles_used

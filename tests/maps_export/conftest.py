"""Plans to draw: a third of the winter morning on invented roads, a few on great circles, odd names."""

from collections.abc import Callable
from pathlib import Path

import pytest

from fleet.model import Plan
from fleet.planning import travel_for
from fleet.samples import make_day, sample_roads
from maps.export import write_maps
from maps.roads import RoadGraph
from tests.planned import planned

HOSTILE = "</script><img src=x onerror=\"document.title='owned'\">'&quot;<b>{place}${title}"
"""A name that would be markup, an attribute, a placeholder of words and one of the page's frame."""


@pytest.fixture(scope="session")
def hostile() -> str:
    """A name that would like to be markup."""
    return HOSTILE


@pytest.fixture(scope="session")
def roads() -> RoadGraph:
    """The invented oasis of the samples."""
    return sample_roads("winter")


@pytest.fixture(scope="session")
def plan(roads: RoadGraph) -> Plan:
    """Breaks, recharges, lots both ways, and three requests left out for three reasons."""
    day = make_day("winter")
    teaching = ("r029", "r065", "r092")
    kept = tuple(r for i, r in enumerate(day.requests) if i % 3 == 0 or r.id in teaching)
    day = day.model_copy(update={"requests": kept})
    found = planned(day, travel=travel_for(day, roads=roads), iterations=2)
    assert len(found.unserved) >= 3
    assert {entry.kind for route in found.routes for entry in route.entries} == {
        "pickup",
        "dropoff",
        "break",
        "recharge",
    }
    return found


@pytest.fixture(scope="session")
def circle_plan() -> Plan:
    """Twelve requests without a road file."""
    day = make_day("qiaerbag")
    return planned(day.model_copy(update={"requests": day.requests[:12]}), iterations=1)


@pytest.fixture(scope="session")
def osm_plan(plan: Plan) -> Plan:
    """The plan as if its roads were OpenStreetMap's."""
    attribution = "© OpenStreetMap contributors, ODbL"
    travel = plan.travel.model_copy(update={"invented": False, "attribution": attribution})
    return plan.model_copy(update={"travel": travel, "warnings": ()})


@pytest.fixture(scope="session")
def hostile_plan(plan: Plan) -> Plan:
    """The plan with a name that would like to be markup, wherever a plan holds free words."""
    places = tuple(place.model_copy(update={"name": HOSTILE, "names": {}}) for place in plan.places)
    routes = tuple(
        route.model_copy(
            update={
                "name": HOSTILE,
                "entries": tuple(
                    entry.model_copy(update={"product_name": HOSTILE, "household_name": HOSTILE})
                    for entry in route.entries
                ),
            }
        )
        for route in plan.routes
    )
    unserved = tuple(item.model_copy(update={"product_name": HOSTILE}) for item in plan.unserved)
    about = plan.about.model_copy(update={"real": (HOSTILE,), "invented": (HOSTILE,)})
    travel = plan.travel.model_copy(update={"invented": False, "attribution": HOSTILE})
    return plan.model_copy(
        update={
            "title": HOSTILE,
            "places": places,
            "routes": routes,
            "unserved": unserved,
            "about": about,
            "travel": travel,
        }
    )


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Write one format of a plan and return the file."""

    def write(plan: Plan, name: str, *, roads: RoadGraph | None = None, language: str = "en") -> Path:
        (path,) = write_maps(plan, tmp_path, formats=(name,), roads=roads, language=language)
        return path

    return write

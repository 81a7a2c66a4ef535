"""What every file made from a plan has to say of its lines: whose roads, or that they are none."""

from fleet.model import Plan
from fleet.texts import text
from maps.export.content import MapContent, legs_of
from maps.roads import RoadGraph

OSM_AUTHOR = "OpenStreetMap contributors"
ODBL_URL = "https://opendatacommons.org/licenses/odbl/1-0/"


def notes(
    content: MapContent, *, language: str | None = None, roads: RoadGraph | None = None
) -> tuple[str, ...]:
    """Return attribution, "invented" and "straight lines" as they apply, most binding first.

    Parameters
    ----------
    content
        The travel of its plan says what the legs were computed on.
    language
        The content's own by default; attribution that a licence asks for stays as it is.
    roads
        Roads drawn beneath, which need their own attribution where the plan wasn't made from them.
    """
    language = language or content.language
    travel = content.plan.travel
    sources = [(travel.attribution, travel.invented)]
    if roads is not None:
        sources.append((roads.attribution, roads.invented))
    found = [
        text("roads_invented", domain="map", language=language) if invented else attribution
        for attribution, invented in sources
        if invented or attribution
    ]
    if travel.source == "great-circle" or _has_lines_without_road(content.plan):
        found.append(text("straight_lines", domain="map", language=language))
    return tuple(dict.fromkeys(found))


def is_openstreetmap(plan: Plan) -> bool:
    """Whether the routes follow roads of OpenStreetMap."""
    return OSM_AUTHOR in plan.travel.attribution


def _has_lines_without_road(plan: Plan) -> bool:
    return any(not leg.path and leg.distance_m for route in plan.routes for leg in legs_of(route))

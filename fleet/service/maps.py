"""A plan as a map, for one tricycle or all; no household's name or phone leaves through a map."""

import tempfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from fleet.model import ErrorCode, Plan, bad_input
from fleet.service.context import Context
from fleet.service.kept_plans import existing_plan
from fleet.service.roles import Caller, Permission
from fleet.store.plans import plan_of


class MapFormat(StrEnum):
    """What a map can be written as; each is the file's ending, too."""

    GEOJSON = "geojson"
    GPX = "gpx"
    KML = "kml"
    GPKG = "gpkg"
    HTML = "html"
    PDF = "pdf"


MEDIA_TYPES: dict[MapFormat, str] = {
    MapFormat.GEOJSON: "application/geo+json",
    MapFormat.GPX: "application/gpx+xml",
    MapFormat.KML: "application/vnd.google-earth.kml+xml",
    MapFormat.GPKG: "application/geopackage+sqlite3",
    MapFormat.HTML: "text/html",
    MapFormat.PDF: "application/pdf",
}


@dataclass(frozen=True, kw_only=True)
class MapFile:
    """A map and what to call it."""

    name: str
    media_type: str
    content: bytes


def plan_map(
    ctx: Context,
    caller: Caller,
    *,
    plan_id: str,
    format: MapFormat,
    tricycle: str | None = None,
    language: str = "en",
) -> MapFile:
    """Write a plan as a map.

    Parameters
    ----------
    ctx, caller, plan_id
        Who wants which plan.
    format : MapFormat
        What to write.
    tricycle : str, optional
        Of this tricycle's route alone.
    language : str
        Of the words on it, one of ``fleet.texts.LANGUAGES``.

    Raises
    ------
    InputError
        NOT_FOUND for the plan or the tricycle's route.
    """
    from maps.export import write_maps

    caller.has_to(Permission.PLAN)
    with ctx.store.read() as session:
        stored = existing_plan(session, plan_id)
    plan = plan_of(stored)
    if tricycle is not None:
        plan = _of_one(plan, tricycle)
    is_its_own = ctx.roads is not None and ctx.roads.sha256 == plan.travel.roads_sha256
    with tempfile.TemporaryDirectory(prefix="fleet-map-") as folder:
        [path] = write_maps(
            plan, folder, formats=[format], roads=ctx.roads if is_its_own else None, language=language
        )
        content = Path(path).read_bytes()
    part = "" if tricycle is None else f"-{plan.routes[0].number}"
    return MapFile(
        name=f"{stored.date.isoformat()}-{stored.number}{part}.{format}",
        media_type=MEDIA_TYPES[format],
        content=content,
    )


def _of_one(plan: Plan, tricycle: str) -> Plan:
    """Return a plan of one route; what others do and what nobody serves is no part of it."""
    from fleet.planning.plan import figures

    routes = tuple(route for route in plan.routes if route.tricycle == tricycle)
    if not routes:
        raise bad_input(ErrorCode.NOT_FOUND, where="tricycle", value=tricycle, kind="tricycle")
    return plan.model_copy(update={"routes": routes, "unserved": (), "figures": figures(routes, ())})

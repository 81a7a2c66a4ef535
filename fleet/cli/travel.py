"""Travel for a day as a command is asked for it, and errors that name the place in the day's file."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from fleet.cli.failures import as_input_error
from fleet.cli.files import load_road_file
from fleet.cli.progress import Report
from fleet.model import Day, ErrorCode, Plan, Travel, bad_input
from maps.roads.errors import MapsError

if TYPE_CHECKING:
    from maps.roads import RoadGraph


def cache_folder() -> Path:
    """Return where matrices are kept from one run to the next, by the habits of the platform."""
    if chosen := os.environ.get("FLEET_CACHE_DIR"):
        return Path(chosen)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or "~/AppData/Local"
    elif sys.platform == "darwin":
        base = "~/Library/Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "fleet" / "travel"


def travel_of(
    day: Day,
    *,
    day_file: str,
    roads: "RoadGraph | None",
    cached: bool = True,
    report: Report | None = None,
) -> Travel:
    """Compute travel on roads, or on great circles without.

    Raises
    ------
    InputError
        A place off the roads or out of reach, named by its place in the day's file.
    """
    from fleet.planning import travel_for

    def computing(_stage: str, fraction: float) -> None:
        if report is not None:
            report("travel", fraction)

    try:
        return travel_for(day, roads=roads, cache_dir=cache_folder() if cached else None, progress=computing)
    except MapsError as error:
        name = error.params.get("name")
        named = (i for i, place in enumerate(day.places) if place.name == name)
        index = next(named, None)
        where = "closed_roads" if error.code == "CLOSURE_INVALID" else "start_state"
        where = f"places[{index}]" if index is not None else where
        raise as_input_error(error, file=day_file, where=where) from error


def travel_of_plan(
    day: Day, plan: Plan, *, day_file: str, plan_file: str, roads_file: str | None
) -> Travel | None:
    """Compute the travel that a plan was made from; None where that takes a road file and none is given.

    Raises
    ------
    InputError
        PLAN_OF_OTHER_ROADS when the road file is not the plan's.
    """
    if roads_file is None:
        if plan.travel.source == "roads":
            return None
        return travel_of(day, day_file=day_file, roads=None)
    roads = load_road_file(roads_file)
    if plan.travel.roads_sha256 != roads.sha256:
        raise bad_input(
            ErrorCode.PLAN_OF_OTHER_ROADS,
            file=plan_file,
            where="travel.roads_sha256",
            value=plan.travel.roads_sha256 or plan.travel.source,
        )
    return travel_of(day, day_file=day_file, roads=roads)

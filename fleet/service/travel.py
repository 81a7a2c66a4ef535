"""Travel for a day as commands and the service ask for it, and errors that name the place."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from fleet.model import Day, InputError, Plan, Problem, Travel
from maps.roads.errors import MapsError

if TYPE_CHECKING:
    from fleet.service.context import Context
    from maps.roads import RoadGraph
    from maps.roads.graph import Progress


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


def travel_on(
    roads: "RoadGraph | None",
    day: Day,
    *,
    file: str = "",
    cached: bool = True,
    progress: "Progress | None" = None,
) -> Travel:
    """Compute a day's travel on roads, or on great circles without.

    Parameters
    ----------
    roads, day
        The roads, and the day with its places and closures.
    file : str, optional
        The day's file, for errors to name.
    cached : bool
        Whether matrices on roads are kept from one run to the next.
    progress : callable, optional
        Told the stage and the fraction done.

    Raises
    ------
    InputError
        A place off the roads or out of reach, named by its place in the day.
    """
    from fleet.planning import travel_for

    try:
        return travel_for(day, roads=roads, cache_dir=cache_folder() if cached else None, progress=progress)
    except MapsError as error:
        name = error.params.get("name")
        named = (i for i, place in enumerate(day.places) if place.name == name)
        index = next(named, None)
        where = "closed_roads" if error.code == "CLOSURE_INVALID" else "start_state"
        where = f"places[{index}]" if index is not None else where
        raise as_input_error(error, file=file, where=where) from error


def travel_of(ctx: "Context", day: Day) -> Travel:
    """Compute a day's travel on the roads of the service, or on great circles where it has none.

    Raises
    ------
    InputError
        As of ``travel_on``.
    """
    return travel_on(ctx.roads, day)


def travel_of_plan(ctx: "Context", day: Day, plan: Plan) -> Travel | None:
    """Compute the travel that a plan was made from; None where the service has other roads, or none.

    Raises
    ------
    InputError
        As of ``travel_on``.
    """
    if plan.travel.source != "roads":
        return travel_on(None, day)
    if ctx.roads is None or ctx.roads.sha256 != plan.travel.roads_sha256:
        return None
    return travel_of(ctx, day)


def as_input_error(error: MapsError, *, file: str = "", where: str = "") -> InputError:
    """Return an error of the maps rooms as bad input, in the file and at the field as the user gave it."""
    problem = Problem(
        code=error.code,
        where=where or str(error.params.get("where", "")),
        value=str(error.params.get("name", "")),
        params=error.params,
    )
    return InputError([problem], file=file or str(error.params.get("file", "")))

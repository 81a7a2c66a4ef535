"""Travel for a day: on roads where there is a road file, by great circle where there is none."""

from pathlib import Path

from fleet.model import Day
from maps.roads.graph import Progress, RoadGraph
from maps.travel import TravelMatrices, great_circle_travel, road_travel


def travel_for(
    day: Day,
    *,
    roads: RoadGraph | None = None,
    cache_dir: str | Path | None = None,
    progress: Progress | None = None,
) -> TravelMatrices:
    """Compute durations and distances between all locations of a day.

    Parameters
    ----------
    day : Day
        Its places, start positions, speed caps, closed roads, snapping limit and detour factor are used.
    roads : RoadGraph, optional
        The roads; without them great-circle distance x the day's detour factor, where closed roads have
        no effect (the plan then says so).
    cache_dir : path, optional
        Where matrices on roads are kept from one run to the next.
    progress : callable, optional
        Told the stage and the fraction done.

    Raises
    ------
    MapsError
        A place is off the roads or cannot be reached, or a closure cannot be read.
    """
    latitudes = [location.latitude for location in day.locations]
    longitudes = [location.longitude for location in day.locations]
    names = [location.name for location in day.locations]
    caps = day.speed_caps_kmh()
    if roads is None:
        return great_circle_travel(
            latitudes=latitudes,
            longitudes=longitudes,
            names=names,
            speed_caps_kmh=caps,
            detour_factor=day.rules.detour_factor,
        )
    return road_travel(
        roads,
        latitudes=latitudes,
        longitudes=longitudes,
        names=names,
        speed_caps_kmh=caps,
        closed_way_ids=[way_id for closure in day.closed_roads for way_id in closure.way_ids],
        closed_polygons=[
            [(corner.latitude, corner.longitude) for corner in closure.polygon]
            for closure in day.closed_roads
            if closure.polygon
        ],
        snap_limit_m=day.rules.snap_limit_m,
        cache_dir=cache_dir,
        progress=progress,
    )

"""Travel of each profile: the given matrices, or coordinates over a road file or by great circle."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from fleet.formats.vroom.model import Document, Matrices, Matrix
from fleet.formats.vroom.places import Places
from fleet.model import ErrorCode, bad_input
from fleet.solver.instance import Ints
from maps.roads import RoadGraph
from maps.roads.errors import MapsError
from maps.travel import TravelMatrices, great_circle_travel, road_travel

PROFILE_SPEEDS_KMH = {"car": 40.0, "tricycle": 25.0, "bike": 15.0, "foot": 5.0}
"""Speed caps of the profiles that need no matrix; a vehicle's ``speed_factor`` scales them."""
DETOUR_FACTOR = 1.4
"""By how much roads are longer than the great circle, without a road file: an assumption."""


@dataclass(frozen=True)
class ProfileTravel:
    """Travel between all n places by one profile."""

    duration_s: Ints
    """(n, n)"""
    distance_m: Ints
    """(n, n), zeros where nobody asked for distances."""
    cost: Ints | None
    """(n, n) of a costs matrix, else None."""
    ways: "Ways | None"
    """Finds the lines to draw, where travel was computed from coordinates."""


@dataclass(frozen=True)
class Ways:
    """The paths behind computed travel."""

    travel: TravelMatrices
    speed_class: int

    def line(self, stops: Sequence[int]) -> list[tuple[float, float]]:
        """Return latitude and longitude along the way from place to place."""
        legs = [(a, b) for a, b in pairwise(stops) if a != b]
        if not legs:
            return []
        paths = self.travel.paths(
            speed_class=self.speed_class, origins=[a for a, _ in legs], destinations=[b for _, b in legs]
        )
        points = [(float(lat), float(lon)) for path in paths for lat, lon in path]
        return [point for n, point in enumerate(points) if n == 0 or point != points[n - 1]]


def travel_of(
    document: Document, places: Places, *, roads: RoadGraph | None, geometry: bool
) -> Mapping[str, ProfileTravel]:
    """Return the travel of every profile that a vehicle has.

    Parameters
    ----------
    document : Document
        Its matrices are used where they are given.
    places : Places
        What the rows and columns are.
    roads : RoadGraph, optional
        For profiles without matrices; without roads, great-circle distance x ``DETOUR_FACTOR``.
    geometry : bool
        Whether routes are to be drawn: then every place needs coordinates.

    Raises
    ------
    InputError
        PROFILE_UNKNOWN, MISSING_KEY (a place without coordinates).
    MapsError
        A place is off the roads, or cannot be reached.
    """
    given = document.profiles
    used = sorted({vehicle.profile_name for vehicle in document.vehicles})
    by_km = {v.profile_name for v in document.vehicles if v.costs.per_km}
    computed = [
        profile
        for profile in used
        if geometry
        or profile not in given
        or given[profile].durations is None
        or (profile in by_km and given[profile].distances is None)
    ]
    table = _computed(places, computed, roads) if computed else None
    return {
        profile: _profile_travel(
            given.get(profile, Matrices()),
            places,
            ways=None if table is None or profile not in computed else _ways(table, profile),
        )
        for profile in used
    }


def _profile_travel(matrices: Matrices, places: Places, *, ways: Ways | None) -> ProfileTravel:
    n = len(places.points)
    durations = _chosen(matrices.durations, places)
    distances = _chosen(matrices.distances, places)
    if ways is not None:
        durations = ways.travel.durations_s[ways.speed_class] if durations is None else durations
        distances = ways.travel.distances_m[ways.speed_class] if distances is None else distances
    if durations is None:
        raise ValueError("no durations")
    return ProfileTravel(
        durations,
        np.zeros((n, n), np.int64) if distances is None else distances,
        _chosen(matrices.costs, places),
        ways,
    )


def _chosen(matrix: Matrix | None, places: Places) -> Ints | None:
    """Return the rows and columns of the places that are used."""
    if matrix is None or places.indices is None:
        return None
    rows = np.array(places.indices)
    chosen: Ints = np.array(matrix, np.int64)[np.ix_(rows, rows)]
    return chosen


def _computed(places: Places, profiles: Sequence[str], roads: RoadGraph | None) -> TravelMatrices:
    for profile in profiles:
        if profile not in PROFILE_SPEEDS_KMH:
            expected = ", ".join(PROFILE_SPEEDS_KMH)
            raise bad_input(
                ErrorCode.PROFILE_UNKNOWN, where="vehicles.profile", value=profile, expected=expected
            )
    keys = list(places.rank)
    for key, point in zip(keys, places.points, strict=True):
        if point is None:
            raise bad_input(ErrorCode.MISSING_KEY, where=f"location of location_index {key}")
    points = [point for point in places.points if point is not None]
    longitudes = [longitude for longitude, _ in points]
    latitudes = [latitude for _, latitude in points]
    names = [f"[{longitude}, {latitude}]" for longitude, latitude in points]
    caps = [PROFILE_SPEEDS_KMH[profile] for profile in profiles]
    if roads is None:
        return great_circle_travel(
            latitudes=latitudes,
            longitudes=longitudes,
            names=names,
            speed_caps_kmh=caps,
            detour_factor=DETOUR_FACTOR,
        )
    try:
        return road_travel(
            roads, latitudes=latitudes, longitudes=longitudes, names=names, speed_caps_kmh=caps
        )
    except MapsError as error:
        if error.params.get("name") in names:
            error.params["where"] = places.fields[names.index(str(error.params["name"]))]
        raise


def _ways(table: TravelMatrices, profile: str) -> Ways:
    return Ways(table, table.speed_class(PROFILE_SPEEDS_KMH[profile]))

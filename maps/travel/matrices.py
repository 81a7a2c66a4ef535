"""Durations and distances between places, and the paths behind them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
from numpy.typing import ArrayLike

from maps.roads.errors import MapsError
from maps.roads.geometry import FloatArray, IntArray

MAX_SPEED_CLASSES = 5

_FUZZ_S = 1e-6
"""Durations this little above a whole second are that second: sums of floats, not travel."""


class PathFinder(Protocol):
    """Finds the paths a pair of matrices was made of."""

    def find(self, *, speed_class: int, origins: IntArray, destinations: IntArray) -> list[FloatArray]:
        """Paths (k, 2) of latitude and longitude for pairs of places."""
        ...


@dataclass(frozen=True, kw_only=True, eq=False)
class TravelMatrices:
    """Travel between n places for each class of speed caps.

    Parameters
    ----------
    speed_caps_kmh
        The distinct speed caps in ascending order, one a class.
    durations_s
        Shape (classes, n, n), seconds of the fastest path from row to column, rounded up once.
    distances_m
        Shape (classes, n, n), metres along that path, rounded.
    source
        "roads" or "great-circle".
    roads_sha256
        `RoadGraph.sha256` of the roads, None for great circles.
    profile
        The rules by which the roads were read and timed.
    detour_factor
        By how much great circles are stretched, None for roads.
    attribution
        To stand on everything made from these figures.
    invented
        True when the roads are invented.
    """

    speed_caps_kmh: tuple[float, ...]
    durations_s: IntArray
    distances_m: IntArray
    source: Literal["roads", "great-circle"]
    roads_sha256: str | None
    profile: str
    detour_factor: float | None
    attribution: str
    invented: bool
    path_finder: PathFinder = field(repr=False)

    @property
    def place_count(self) -> int:
        """Number of places, n."""
        return int(self.durations_s.shape[1])

    def speed_class(self, speed_cap_kmh: float) -> int:
        """Index of the class of a speed cap, one of those the matrices were made for.

        Raises
        ------
        KeyError
            When they were not made for this cap.
        """
        if speed_cap_kmh not in self.speed_caps_kmh:
            raise KeyError(speed_cap_kmh)
        return self.speed_caps_kmh.index(speed_cap_kmh)

    def path(self, *, speed_class: int, origin: int, destination: int) -> FloatArray:
        """The fastest path between two places: (k, 2) of latitude and longitude, k at least 2.

        On roads it starts and ends at the points of the roads nearest to the places.
        """
        return self.paths(speed_class=speed_class, origins=[origin], destinations=[destination])[0]

    def paths(
        self, *, speed_class: int, origins: Sequence[int], destinations: Sequence[int]
    ) -> list[FloatArray]:
        """The fastest paths between pairs of places; one search for each distinct origin.

        Parameters
        ----------
        speed_class
            Index into ``speed_caps_kmh``.
        origins, destinations
            Indices of places, pair by pair.
        """
        starts, ends = np.asarray(origins, dtype=np.int64), np.asarray(destinations, dtype=np.int64)
        if len(starts) != len(ends):
            raise ValueError(f"{len(starts)} origins for {len(ends)} destinations")
        if not 0 <= speed_class < len(self.speed_caps_kmh):
            raise IndexError(f"speed class {speed_class} of {len(self.speed_caps_kmh)}")
        everyone = np.concatenate([starts, ends])
        if len(everyone) and (everyone.min() < 0 or everyone.max() >= self.place_count):
            raise IndexError(f"a place is not one of the {self.place_count}")
        return self.path_finder.find(speed_class=speed_class, origins=starts, destinations=ends)


def whole_seconds(seconds: FloatArray) -> IntArray:
    """Seconds rounded up to whole ones."""
    return np.asarray(np.ceil(seconds - _FUZZ_S), dtype=np.int64)


def whole_metres(metres: FloatArray) -> IntArray:
    """Metres rounded to whole ones."""
    return np.asarray(np.rint(metres), dtype=np.int64)


def speed_classes(speed_caps_kmh: ArrayLike) -> tuple[float, ...]:
    """The distinct caps in ascending order.

    Raises
    ------
    MapsError
        SPEED_CAP_INVALID, TOO_MANY_SPEED_CLASSES.
    """
    caps = np.atleast_1d(np.asarray(speed_caps_kmh, dtype=np.float64))
    for cap in caps.tolist():
        if not (np.isfinite(cap) and cap > 0):
            raise MapsError("SPEED_CAP_INVALID", speed_cap_kmh=cap)
    if len(caps) == 0:
        raise MapsError("SPEED_CAP_INVALID", speed_cap_kmh=None)
    classes = tuple(sorted(set(caps.tolist())))
    if len(classes) > MAX_SPEED_CLASSES:
        raise MapsError("TOO_MANY_SPEED_CLASSES", count=len(classes), limit=MAX_SPEED_CLASSES)
    return classes


def checked_coordinates(
    *, latitudes: ArrayLike, longitudes: ArrayLike, names: Sequence[str] | None
) -> tuple[FloatArray, FloatArray, tuple[str, ...]]:
    """Coordinates as arrays (n,) and a name for each place.

    Raises
    ------
    MapsError
        COORDINATES_INVALID names the first place that is not on the earth.
    """
    lat, lon = np.asarray(latitudes, dtype=np.float64), np.asarray(longitudes, dtype=np.float64)
    labels = tuple(f"place {index}" for index in range(len(lat))) if names is None else tuple(names)
    if not len(lat) == len(lon) == len(labels):
        raise ValueError(f"{len(lat)} latitudes, {len(lon)} longitudes and {len(labels)} names")
    with np.errstate(invalid="ignore"):
        wrong = ~((np.abs(lat) <= 90) & (np.abs(lon) <= 180))
    if wrong.any():
        raise MapsError("COORDINATES_INVALID", name=labels[int(wrong.argmax())])
    return lat, lon, labels

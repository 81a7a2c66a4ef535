"""Travel as the crow flies, stretched: for places without a road file."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from maps.roads.geometry import FloatArray, IntArray, great_circle_m
from maps.travel.matrices import (
    TravelMatrices,
    checked_coordinates,
    speed_classes,
    whole_metres,
    whole_seconds,
)

GREAT_CIRCLE_PROFILE = "great-circle/1"


class _StraightLines:
    def __init__(self, latitudes: FloatArray, longitudes: FloatArray) -> None:
        self._points = np.column_stack([latitudes, longitudes])

    def find(self, *, speed_class: int, origins: IntArray, destinations: IntArray) -> list[FloatArray]:
        del speed_class
        pairs = np.stack([self._points[origins], self._points[destinations]], axis=1)
        return list(pairs)


def great_circle_travel(
    *,
    latitudes: ArrayLike,
    longitudes: ArrayLike,
    speed_caps_kmh: ArrayLike,
    detour_factor: float = 1.4,
    names: Sequence[str] | None = None,
) -> TravelMatrices:
    """Great-circle distances times a detour factor, ridden at the cap of each class.

    Parameters
    ----------
    latitudes, longitudes
        Shape (n,), degrees.
    speed_caps_kmh
        Caps of the vehicles; at most five distinct ones.
    detour_factor
        Roads are that much longer than the straight line, at least 1; an assumption.
    names
        For error messages.

    Raises
    ------
    MapsError
        COORDINATES_INVALID, SPEED_CAP_INVALID, TOO_MANY_SPEED_CLASSES.
    ValueError
        When the detour factor is below 1 or not finite.
    """
    if not (np.isfinite(detour_factor) and detour_factor >= 1):
        raise ValueError(f"detour_factor must be >= 1, got {detour_factor}")
    lat, lon, _ = checked_coordinates(latitudes=latitudes, longitudes=longitudes, names=names)
    caps = speed_classes(speed_caps_kmh)
    metres = detour_factor * great_circle_m(lat[:, None], lon[:, None], lat, lon)
    durations_s = np.stack([whole_seconds(metres / (cap / 3.6)) for cap in caps])
    return TravelMatrices(
        speed_caps_kmh=caps,
        durations_s=durations_s,
        distances_m=np.repeat(whole_metres(metres)[None], len(caps), axis=0),
        source="great-circle",
        roads_sha256=None,
        profile=GREAT_CIRCLE_PROFILE,
        detour_factor=float(detour_factor),
        attribution="",
        invented=False,
        path_finder=_StraightLines(lat, lon),
    )

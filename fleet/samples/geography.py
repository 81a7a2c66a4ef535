"""Where the samples' places lie: on the roads of an invented oasis, near the real town's coordinates."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from fleet.samples.places import (
    KORLA_COMMUNITIES,
    KUQA_CENTRE,
    KUQA_ENTERPRISES,
    KUQA_SITES,
    OUTLYING_PLOTS,
    QIAERBAG_CENTRE,
    QIAERBAG_VILLAGES,
)
from maps.roads import OasisAnchor, RoadGraph, synthetic_oasis
from maps.travel import road_travel

# GeoNames has Korla at 41.76055 N 86.15231 E; the township's centre is put 5.2 km south-west of it, so that
# the invented town lies about where Korla is.
QIAERBAG_LATITUDE, QIAERBAG_LONGITUDE = 41.7275, 86.1080
KUQA_LATITUDE, KUQA_LONGITUDE = 41.717, 82.962

QIAERBAG_SEED = 1695
KUQA_SEED = 62

QIAERBAG_TOWN_KM = 5.2
VILLAGE_KM = ((2.2, 4.0), (3.0, 4.5), (3.5, 5.0), (4.0, 6.0), (5.0, 7.0), (6.0, 7.5), (6.5, 8.0))
"""As the crow flies; roads are a third to a half longer, which makes 2 to 11 km of them."""

PROBE_SPEED_KMH = 20.0
"""Distances and durations between places are those of a tricycle of this speed, the slowest."""


@dataclass(frozen=True, kw_only=True)
class Geography:
    """Invented roads and where the places lie on them.

    Parameters
    ----------
    graph
        The invented roads.
    positions
        Latitude and longitude in degrees by place id.
    distances_m
        Metres along the roads by a pair of place ids, from the first to the second.
    durations_s
        Seconds of the slowest tricycle, likewise.
    """

    graph: RoadGraph
    positions: dict[str, tuple[float, float]]
    distances_m: dict[tuple[str, str], int]
    durations_s: dict[tuple[str, str], int]


@lru_cache(maxsize=1)
def qiaerbag_geography() -> Geography:
    """Return the oasis of Qiaerbag: centre, seven villages, two outlying plots, twelve communities."""
    return qiaerbag_geography_of(seed=QIAERBAG_SEED)


def qiaerbag_geography_of(*, seed: int) -> Geography:
    """Return the oasis that another seed would give."""
    anchors = [
        (QIAERBAG_CENTRE.id, OasisAnchor(name=QIAERBAG_CENTRE.name, kind="centre", distance_km=(0, 0)))
    ]
    anchors += [
        (village.id, OasisAnchor(name=village.name, kind="village", distance_km=distance_km))
        for village, distance_km in zip(QIAERBAG_VILLAGES, VILLAGE_KM, strict=True)
    ]
    anchors += [
        (place.id, OasisAnchor(name=place.name, kind="community", distance_km=(2.7, 7.2)))
        for place in KORLA_COMMUNITIES
    ]
    anchors += [
        (plot.id, OasisAnchor(name=plot.name, kind="site", distance_km=(9.5, 11.8)))
        for plot in OUTLYING_PLOTS
    ]
    graph = synthetic_oasis(
        seed=seed,
        center_latitude=QIAERBAG_LATITUDE,
        center_longitude=QIAERBAG_LONGITUDE,
        anchors=[anchor for _, anchor in anchors],
        town_distance_km=QIAERBAG_TOWN_KM,
    )
    return _geography(graph, [place_id for place_id, _ in anchors])


@lru_cache(maxsize=1)
def kuqa_geography() -> Geography:
    """Return the oasis of Kuqa: centre, eight enterprises, nineteen sales sites."""
    return kuqa_geography_of(seed=KUQA_SEED)


def kuqa_geography_of(*, seed: int) -> Geography:
    """Return the oasis that another seed would give."""
    anchors = [(KUQA_CENTRE.id, OasisAnchor(name=KUQA_CENTRE.name, kind="centre", distance_km=(0, 0)))]
    anchors += [
        (place.id, OasisAnchor(name=place.name, kind="village", distance_km=(1.5, 7.5)))
        for place in KUQA_ENTERPRISES
    ]
    town_sites = 13
    anchors += [
        (
            place.id,
            OasisAnchor(name=place.name, kind="community", distance_km=(0.8, 6.5))
            if index < town_sites
            else OasisAnchor(name=place.name, kind="village", distance_km=(3.0, 8.0)),
        )
        for index, place in enumerate(KUQA_SITES)
    ]
    graph = synthetic_oasis(
        seed=seed,
        center_latitude=KUQA_LATITUDE,
        center_longitude=KUQA_LONGITUDE,
        anchors=[anchor for _, anchor in anchors],
        radius_km=9.0,
        town_distance_km=3.2,
    )
    return _geography(graph, [place_id for place_id, _ in anchors])


def _geography(graph: RoadGraph, place_ids: list[str]) -> Geography:
    latitudes = np.array([place.latitude for place in graph.places])
    longitudes = np.array([place.longitude for place in graph.places])
    travel = road_travel(
        graph, latitudes=latitudes, longitudes=longitudes, names=place_ids, speed_caps_kmh=[PROBE_SPEED_KMH]
    )
    pairs = [
        (i, j, (origin, destination))
        for i, origin in enumerate(place_ids)
        for j, destination in enumerate(place_ids)
    ]
    return Geography(
        graph=graph,
        positions={
            place_id: (place.latitude, place.longitude)
            for place_id, place in zip(place_ids, graph.places, strict=True)
        },
        distances_m={pair: int(travel.distances_m[0, i, j]) for i, j, pair in pairs},
        durations_s={pair: int(travel.durations_s[0, i, j]) for i, j, pair in pairs},
    )

"""The road graph: segments between junctions, the turns barred there, and the places along them."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from maps.roads.geometry import COORDINATE_SCALE, FloatArray, IntArray

OSM_ATTRIBUTION = "© OpenStreetMap contributors, ODbL"
INVENTED_ATTRIBUTION = "Invented roads: no map of a real place"

ROAD_CLASSES = (
    "trunk",
    "primary",
    "secondary",
    "tertiary",
    "unclassified",
    "residential",
    "living_street",
    "service",
    "track",
    "road",
    "path",
)
"""Names of the classes; a segment holds the index. Links count as the class they belong to."""

Progress = Callable[[str, float], None]
"""Called with a word for the stage and the fraction of the whole that is done, 0 to 1."""


@dataclass(frozen=True, kw_only=True)
class RoadPlace:
    """A named place: ``kind`` is village, hamlet, town, suburb, community, centre ..."""

    name: str
    kind: str
    latitude: float
    longitude: float


@dataclass(frozen=True, kw_only=True, eq=False)
class RoadGraph:
    """Roads a slow electric vehicle may use, m segments between n nodes.

    A segment is a piece of one way between two junctions, with its bends. It has two arcs, one a
    direction: arc ``2 * segment`` runs from tail to head, arc ``2 * segment + 1`` from head to tail.

    Parameters
    ----------
    node_latitudes, node_longitudes
        Shape (n,), degrees.
    tails, heads
        Shape (m,), nodes at the ends of each segment.
    speeds_kmh
        Shape (m, 2), free speed along both arcs; 0 where the direction is barred.
    lengths_m
        Shape (m,).
    way_ids
        Shape (m,), OpenStreetMap's (or the generator's) id of the way a segment is part of.
    road_classes
        Shape (m,), indices into `ROAD_CLASSES`.
    name_indices
        Shape (m,), indices into ``names``; ``names[0]`` is empty.
    bridges
        Shape (m,), whether the segment is a bridge.
    shape_offsets, shape_latitudes, shape_longitudes
        Ragged polylines of the segments, tail to head, both ends included: (m + 1,), (points,).
    banned_turns
        Shape (k, 2): after arriving along the first arc the second must not be taken.
    water_offsets, water_latitudes, water_longitudes
        Ragged polylines of canals, for background maps only.
    counts
        What was read, applied and dropped on the way here; keys are stable names.
    """

    node_latitudes: FloatArray
    node_longitudes: FloatArray
    tails: IntArray
    heads: IntArray
    speeds_kmh: FloatArray
    lengths_m: FloatArray
    way_ids: IntArray
    road_classes: NDArray[np.uint8]
    name_indices: IntArray
    bridges: NDArray[np.bool_]
    shape_offsets: IntArray
    shape_latitudes: FloatArray
    shape_longitudes: FloatArray
    banned_turns: IntArray
    water_offsets: IntArray
    water_latitudes: FloatArray
    water_longitudes: FloatArray
    names: tuple[str, ...]
    places: tuple[RoadPlace, ...]
    source: str
    attribution: str
    invented: bool
    data_date: str | None
    counts: Mapping[str, float] = field(default_factory=dict)

    @property
    def node_count(self) -> int:
        """Number of junctions and road ends, n."""
        return len(self.node_latitudes)

    @property
    def segment_count(self) -> int:
        """Number of segments, m."""
        return len(self.tails)

    @property
    def bbox(self) -> tuple[float, float, float, float]:
        """South, west, north, east of all roads, degrees."""
        return (
            float(self.shape_latitudes.min()),
            float(self.shape_longitudes.min()),
            float(self.shape_latitudes.max()),
            float(self.shape_longitudes.max()),
        )

    @cached_property
    def sha256(self) -> str:
        """Hash of the content: arrays, names, places and where they come from."""
        digest = hashlib.sha256()
        for name, values in stored_arrays(self).items():
            digest.update(f"{name} {values.dtype.str} {values.shape}\n".encode())
            digest.update(np.ascontiguousarray(values).tobytes())
        digest.update(stored_texts(self))
        return digest.hexdigest()


def stored_arrays(graph: RoadGraph) -> dict[str, NDArray[np.generic]]:
    """Arrays of a graph as a road file holds them, by name: little-endian, coordinates in 1e-7 degrees."""
    return {
        "node_latitudes": _fixed(graph.node_latitudes),
        "node_longitudes": _fixed(graph.node_longitudes),
        "tails": graph.tails.astype("<i4"),
        "heads": graph.heads.astype("<i4"),
        "speeds_kmh": graph.speeds_kmh.astype("<f8"),
        "lengths_m": graph.lengths_m.astype("<f8"),
        "way_ids": graph.way_ids.astype("<i8"),
        "road_classes": graph.road_classes.astype("u1"),
        "name_indices": graph.name_indices.astype("<i4"),
        "bridges": graph.bridges.astype("?"),
        "shape_offsets": graph.shape_offsets.astype("<i8"),
        "shape_latitudes": _fixed(graph.shape_latitudes),
        "shape_longitudes": _fixed(graph.shape_longitudes),
        "banned_turns": graph.banned_turns.astype("<i4"),
        "water_offsets": graph.water_offsets.astype("<i8"),
        "water_latitudes": _fixed(graph.water_latitudes),
        "water_longitudes": _fixed(graph.water_longitudes),
    }


def stored_texts(graph: RoadGraph) -> bytes:
    """All of a graph that is no array, as canonical JSON."""
    places = [
        {
            "name": place.name,
            "kind": place.kind,
            "latitude": place.latitude,
            "longitude": place.longitude,
        }
        for place in graph.places
    ]
    texts = {
        "names": list(graph.names),
        "places": places,
        "source": graph.source,
        "attribution": graph.attribution,
        "invented": graph.invented,
        "data_date": graph.data_date,
        "counts": dict(graph.counts),
    }
    return json.dumps(texts, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _fixed(degrees: FloatArray) -> NDArray[np.generic]:
    return np.rint(degrees * COORDINATE_SCALE).astype("<i4")

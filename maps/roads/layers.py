"""Road graphs as map layers: geopandas frames and small GeoJSON for the background of maps."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

from maps.roads.geometry import DEGREE_M, FloatArray, IntArray
from maps.roads.graph import ROAD_CLASSES, RoadGraph

# geopandas brings pandas, most of a second: travel only needs the lines, so the frames load it themselves.
if TYPE_CHECKING:
    import geopandas

MAX_GEOJSON_BYTES = 3_000_000
_COARSENINGS = 8


def roads_layer(graph: RoadGraph, *, segments: IntArray | None = None) -> "geopandas.GeoDataFrame":
    """Segments as a layer in WGS 84, geometry in longitude, latitude.

    Parameters
    ----------
    graph
        Any road graph.
    segments
        Indices of the segments wanted; all by default.

    Returns
    -------
    geopandas.GeoDataFrame
        Columns ``segment``, ``way_id``, ``name``, ``road_class``, ``bridge``, ``length_m``,
        ``forward_kmh``, ``backward_kmh`` (0 where barred) and ``geometry``; ``attrs["attribution"]``.
    """
    import geopandas

    rows = np.arange(graph.segment_count) if segments is None else np.asarray(segments, dtype=np.int64)
    names = np.array(graph.names, dtype=object)
    layer = geopandas.GeoDataFrame(
        {
            "segment": rows,
            "way_id": graph.way_ids[rows],
            "name": names[graph.name_indices[rows]],
            "road_class": np.array(ROAD_CLASSES, dtype=object)[graph.road_classes[rows]],
            "bridge": graph.bridges[rows],
            "length_m": graph.lengths_m[rows],
            "forward_kmh": graph.speeds_kmh[rows, 0],
            "backward_kmh": graph.speeds_kmh[rows, 1],
        },
        geometry=segment_lines(graph)[rows],
        crs="EPSG:4326",
    )
    layer.attrs["attribution"] = graph.attribution
    return layer


def water_layer(graph: RoadGraph) -> "geopandas.GeoDataFrame":
    """Canals of a graph as a layer in WGS 84; empty where it has none."""
    import geopandas

    lines = _lines(graph.water_offsets, graph.water_latitudes, graph.water_longitudes)
    return geopandas.GeoDataFrame(geometry=lines, crs="EPSG:4326")


def segment_lines(graph: RoadGraph) -> NDArray[np.object_]:
    """Shapely lines (m,) of all segments, longitude and latitude in degrees, tail to head."""
    return _lines(graph.shape_offsets, graph.shape_latitudes, graph.shape_longitudes)


def roads_geojson(
    graph: RoadGraph,
    *,
    bbox: Sequence[float] | None = None,
    tolerance_m: float = 5.0,
    max_bytes: int = MAX_GEOJSON_BYTES,
) -> bytes:
    """Simplified roads as a GeoJSON FeatureCollection for the background of a map.

    One MultiLineString a class (``road_class``, with ``kind`` "road") and one for canals (``kind``
    "water"); coordinates to 1e-5 degrees. The members ``attribution``, ``invented`` and ``tolerance_m``
    stand beside ``features``.

    Parameters
    ----------
    graph
        Any road graph.
    bbox
        South, west, north, east in degrees: only roads that touch it.
    tolerance_m
        How far a simplified line may leave the road; doubled until the result fits.
    max_bytes
        Upper limit of the result: when coarser lines don't suffice, the least classes are left out.
    """
    lines = segment_lines(graph)
    classes = graph.road_classes
    water = _lines(graph.water_offsets, graph.water_latitudes, graph.water_longitudes)
    if bbox is not None:
        south, west, north, east = bbox
        box = shapely.box(west, south, east, north)
        touching = shapely.intersects(lines, box)
        lines, classes, water = lines[touching], classes[touching], water[shapely.intersects(water, box)]
    for _ in range(_COARSENINGS):
        content = _collection(graph, lines, classes, water, tolerance_m)
        if len(content) <= max_bytes:
            return content
        tolerance_m *= 2
    for least in range(len(ROAD_CLASSES) - 1, -1, -1):
        kept = classes < least
        content = _collection(graph, lines[kept], classes[kept], water, tolerance_m)
        if len(content) <= max_bytes:
            break
    return content


def _collection(
    graph: RoadGraph,
    lines: NDArray[np.object_],
    classes: NDArray[np.uint8],
    water: NDArray[np.object_],
    tolerance_m: float,
) -> bytes:
    features = [
        _feature(lines[classes == index], tolerance_m, {"kind": "road", "road_class": name})
        for index, name in enumerate(ROAD_CLASSES)
        if (classes == index).any()
    ]
    if len(water):
        features.append(_feature(water, tolerance_m, {"kind": "water"}))
    collection = {
        "type": "FeatureCollection",
        "attribution": graph.attribution,
        "invented": graph.invented,
        "tolerance_m": tolerance_m,
        "features": features,
    }
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode()


def _feature(lines: NDArray[np.object_], tolerance_m: float, properties: dict[str, str]) -> dict[str, object]:
    merged = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(lines)))
    simple = shapely.simplify(merged, tolerance_m / DEGREE_M)
    coordinates = [np.round(shapely.get_coordinates(line), 5).tolist() for line in simple]
    geometry = {"type": "MultiLineString", "coordinates": coordinates}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _lines(offsets: IntArray, latitudes: FloatArray, longitudes: FloatArray) -> NDArray[np.object_]:
    count = len(offsets) - 1
    if count == 0:
        return np.empty(0, dtype=object)
    rows = np.repeat(np.arange(count), np.diff(offsets))
    lines = shapely.linestrings(np.column_stack([longitudes, latitudes]), indices=rows)
    return np.asarray(lines, dtype=object)

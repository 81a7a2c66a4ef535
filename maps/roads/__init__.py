"""Roads for slow electric vehicles: reading, keeping and looking at them. Imports nothing of fleet."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from maps.roads.analysis import cut_segments, island_labels, roads_info, to_networkx
    from maps.roads.build import build_roads
    from maps.roads.errors import MapsError
    from maps.roads.graph import RoadGraph, RoadPlace
    from maps.roads.layers import roads_geojson, roads_layer, water_layer
    from maps.roads.oasis import OasisAnchor, synthetic_oasis
    from maps.roads.segments import graph_from_segments
    from maps.roads.store import load_roads, save_roads

__all__ = [
    "MapsError",
    "OasisAnchor",
    "RoadGraph",
    "RoadPlace",
    "build_roads",
    "cut_segments",
    "graph_from_segments",
    "island_labels",
    "load_roads",
    "roads_geojson",
    "roads_info",
    "roads_layer",
    "save_roads",
    "synthetic_oasis",
    "to_networkx",
    "water_layer",
]

_MODULES = {
    "analysis": ("cut_segments", "island_labels", "roads_info", "to_networkx"),
    "build": ("build_roads",),
    "errors": ("MapsError",),
    "graph": ("RoadGraph", "RoadPlace"),
    "layers": ("roads_geojson", "roads_layer", "water_layer"),
    "oasis": ("OasisAnchor", "synthetic_oasis"),
    "segments": ("graph_from_segments",),
    "store": ("load_roads", "save_roads"),
}
_HOME = {name: f"maps.roads.{module}" for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for: an error code or a graph needs no geopandas."""
    if name not in _HOME:
        raise AttributeError(f"module 'maps.roads' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)

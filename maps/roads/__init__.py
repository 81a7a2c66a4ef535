"""Roads for slow electric vehicles: reading, keeping and looking at them. Imports nothing of fleet."""

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

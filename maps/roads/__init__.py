"""Roads for slow electric vehicles: reading, keeping and looking at them. Imports nothing of fleet."""

from maps.roads.errors import MapsError
from maps.roads.graph import RoadGraph, RoadPlace
from maps.roads.oasis import OasisAnchor, synthetic_oasis
from maps.roads.segments import graph_from_segments
from maps.roads.store import load_roads, save_roads

__all__ = [
    "MapsError",
    "OasisAnchor",
    "RoadGraph",
    "RoadPlace",
    "graph_from_segments",
    "load_roads",
    "save_roads",
    "synthetic_oasis",
]

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from maps.roads import RoadGraph, build_roads, graph_from_segments


@pytest.fixture(scope="session")
def real_roads(shared_data: Path) -> Callable[[str], RoadGraph]:
    """A graph of a real extract; the test is skipped where the shared data is not at hand."""
    known: dict[str, RoadGraph] = {}

    def find(name: str) -> RoadGraph:
        path = shared_data / "osm" / name
        if not path.exists():
            pytest.skip(f"shared data without {name}")
        if name not in known:
            known[name] = build_roads(path)
        return known[name]

    return find


@pytest.fixture
def ladder() -> Callable[..., RoadGraph]:
    """Two streets west to east with three rungs, some 830 m by 1112 m a field, all at 36 km/h.

    Nodes 0, 1, 2 are the southern street, 3, 4, 5 the northern. Ways: 1, 2 south; 3, 4 north; 5, 6, 7 rungs.
    """

    def build(**options: object) -> RoadGraph:
        fields = {
            "node_latitudes": [41.70, 41.70, 41.70, 41.71, 41.71, 41.71],
            "node_longitudes": [86.10, 86.11, 86.12, 86.10, 86.11, 86.12],
            "tails": [0, 1, 3, 4, 0, 1, 2],
            "heads": [1, 2, 4, 5, 3, 4, 5],
            "speeds_kmh": np.full(7, 36.0),
        }
        return graph_from_segments(**{**fields, **options})

    return build

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest

from maps.roads import RoadGraph, build_roads

Tags = Mapping[str, str]


@pytest.fixture(scope="session")
def extract(shared_data: Path) -> Callable[[str], Path]:
    """The path of a real extract; the test is skipped where the shared data is not at hand."""

    def find(name: str) -> Path:
        path = shared_data / "osm" / name
        if not path.exists():
            pytest.skip(f"shared data without {name}")
        return path

    return find


@pytest.fixture
def write_osm(tmp_path: Path) -> Callable[..., Path]:
    """Write a small .osm file. Nodes are (x, y) in steps of 0.001 degrees east and north of 41.7 N 86.1 E."""

    def write(
        *,
        nodes: Mapping[int, tuple[float, float]],
        ways: Mapping[int, tuple[list[int], Tags]],
        node_tags: Mapping[int, Tags] | None = None,
        restrictions: Iterable[tuple[Tags, list[tuple[str, str, int]]]] = (),
    ) -> Path:
        lines = ['<?xml version="1.0"?>', '<osm version="0.6">']
        for node, (x, y) in nodes.items():
            tags = _tags((node_tags or {}).get(node, {}))
            lines.append(
                f'<node id="{node}" lat="{41.7 + y / 1000:.7f}" lon="{86.1 + x / 1000:.7f}">{tags}</node>'
            )
        for way, (refs, tags_of_way) in ways.items():
            members = "".join(f'<nd ref="{ref}"/>' for ref in refs)
            lines.append(f'<way id="{way}">{members}{_tags(tags_of_way)}</way>')
        for number, (tags_of_relation, parts) in enumerate(restrictions, start=1):
            members = "".join(
                f'<member type="{kind}" ref="{ref}" role="{role}"/>' for role, kind, ref in parts
            )
            tags = _tags({"type": "restriction", **tags_of_relation})
            lines.append(f'<relation id="{number}">{members}{tags}</relation>')
        path = tmp_path / "small.osm"
        path.write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
        return path

    return write


@pytest.fixture
def cross(write_osm: Callable[..., Path]) -> Callable[..., RoadGraph]:
    """A crossing (node 5) of four two-way streets, each its own way, and a ring road.

    West 1, south 2, east 3, north 4; way 10 * node leads from that node to the crossing.
    """

    def build(*restrictions: tuple[Tags, list[tuple[str, str, int]]], **changes: Tags) -> RoadGraph:
        road = {"highway": "residential"}
        ways = {
            10: ([1, 5], road),
            20: ([2, 5], road),
            30: ([3, 5], road),
            40: ([4, 5], road),
            50: ([1, 2, 3, 4, 1], road),
        }
        for name, tags in changes.items():
            number = int(name.removeprefix("way"))
            ways[number] = (ways[number][0], {**road, **tags})
        nodes = {1: (-2, 0), 2: (0, -2), 3: (2, 0), 4: (0, 2), 5: (0, 0)}
        return build_roads(write_osm(nodes=nodes, ways=ways, restrictions=restrictions))

    return build


def _tags(tags: Tags) -> str:
    return "".join(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items())

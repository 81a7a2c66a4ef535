"""Reading OpenStreetMap files: the ways, restrictions, barriers and places that matter, as plain records."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import osmium

from maps.roads.errors import MapsError
from maps.roads.graph import Progress, RoadPlace
from maps.roads.tags import node_blocks, way_speeds_kmh

PLACE_KINDS = frozenset(
    {
        "city",
        "town",
        "suburb",
        "quarter",
        "neighbourhood",
        "village",
        "hamlet",
        "isolated_dwelling",
        "farm",
    }
)

# osmium has a class of its own for coordinates, and plain ones for ids, versions and timestamps.
_UNREADABLE = (RuntimeError, OSError, ValueError, osmium.InvalidLocationError)
_TRUNCATED_SIGNS = ("unexpected EOF", "read close failed", "unclosed token", "no element found")

_COUNTERS = (
    "ways_used",
    "ways_barred",
    "restrictions_conditional",
    "restrictions_exempt",
    "restrictions_other_vehicles",
)

Bbox = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class WayRecord:
    """A usable way: nodes with their coordinates (None where the file or the box doesn't hold them)."""

    way_id: int
    road_class: str
    forward_kmh: float
    backward_kmh: float
    name: str
    bridge: bool
    refs: list[int]
    points: list[tuple[float, float] | None]


@dataclass(frozen=True, slots=True)
class RestrictionRecord:
    """A turn restriction as tagged: ``kind`` is "no_left_turn", "only_straight_on" ..."""

    kind: str
    from_ways: list[int]
    via_nodes: list[int]
    via_ways: list[int]
    to_ways: list[int]


@dataclass
class OsmContent:
    """What a file holds for us."""

    ways: list[WayRecord] = field(default_factory=list)
    restrictions: list[RestrictionRecord] = field(default_factory=list)
    blocking_nodes: set[int] = field(default_factory=set)
    places: list[RoadPlace] = field(default_factory=list)
    counts: dict[str, float] = field(default_factory=dict)
    data_date: str | None = None

    def count(self, key: str) -> None:
        """Add one to a counter."""
        self.counts[key] += 1


def read_osm(path: Path, *, bbox: Bbox | None, progress: Progress | None) -> OsmContent:
    """Read a ``.osm.pbf``, ``.osm`` or ``.osm.gz`` file; its content, not its name, tells the format.

    Raises
    ------
    MapsError
        ROADS_UNREADABLE or ROADS_TRUNCATED.
    """
    content = OsmContent(counts=dict.fromkeys(_COUNTERS, 0))
    try:
        for item in _items(path, content, progress):
            if item.is_node():
                _take_node(item, content, bbox)
            elif item.is_way():
                _take_way(item, content, bbox)
            elif item.is_relation():
                _take_relation(item, content)
    except _UNREADABLE as error:
        detail = str(error).replace(str(path), path.name)
        truncated = any(sign in detail for sign in _TRUNCATED_SIGNS)
        code = "ROADS_TRUNCATED" if truncated else "ROADS_UNREADABLE"
        raise MapsError(code, file=path.name, detail=detail) from error
    return content


def _items(path: Path, content: OsmContent, progress: Progress | None) -> Iterator[Any]:
    with path.open("rb") as file:
        head = file.read(16)
    if not head:
        raise MapsError("ROADS_TRUNCATED", file=path.name, detail="the file is empty")
    gzipped, xml = head.startswith(b"\x1f\x8b"), head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    source = osmium.io.File(str(path), "osm.gz" if gzipped else "osm" if xml else "pbf")
    reader = osmium.FileProcessor(source).with_locations().with_filter(osmium.filter.EmptyTagFilter())
    content.data_date = reader.header.get("osmosis_replication_timestamp") or None
    stages = {"n": ("nodes", 0.1), "w": ("ways", 0.4), "r": ("relations", 0.7)}
    stage = ""
    for item in reader:
        if progress is not None and item.type_str() != stage:
            stage = item.type_str()
            progress(*stages[stage])
        yield item


def _inside(latitude: float, longitude: float, bbox: Bbox | None) -> bool:
    return bbox is None or (bbox[0] <= latitude <= bbox[2] and bbox[1] <= longitude <= bbox[3])


def _take_node(node: Any, content: OsmContent, bbox: Bbox | None) -> None:
    tags = node.tags
    if "barrier" in tags and node_blocks(dict(tags)):
        content.blocking_nodes.add(node.id)
    if tags.get("place") in PLACE_KINDS and "name" in tags and node.location.valid():
        latitude, longitude = node.location.lat, node.location.lon
        if _inside(latitude, longitude, bbox):
            place = RoadPlace(name=tags["name"], kind=tags["place"], latitude=latitude, longitude=longitude)
            content.places.append(place)


def _take_way(way: Any, content: OsmContent, bbox: Bbox | None) -> None:
    if "highway" not in way.tags:
        return
    tags = dict(way.tags)
    speeds = way_speeds_kmh(tags)
    if speeds is None:
        content.count("ways_barred")
        return
    refs: list[int] = []
    points: list[tuple[float, float] | None] = []
    for node in way.nodes:
        if refs and node.ref == refs[-1]:
            continue
        refs.append(node.ref)
        location = node.location
        known = location.valid() and _inside(location.lat, location.lon, bbox)
        points.append((location.lat, location.lon) if known else None)
    if all(point is None for point in points):
        return
    content.count("ways_used")
    content.ways.append(
        WayRecord(
            way_id=way.id,
            road_class=speeds[0],
            forward_kmh=speeds[1],
            backward_kmh=speeds[2],
            name=tags.get("name") or tags.get("ref", ""),
            bridge=tags.get("bridge", "no") != "no",
            refs=refs,
            points=points,
        )
    )


def _take_relation(relation: Any, content: OsmContent) -> None:
    tags = dict(relation.tags)
    if tags.get("type") != "restriction":
        return
    exempt = {name.strip() for name in tags.get("except", "").split(";")}
    kind = tags.get("restriction:motorcar") or tags.get("restriction")
    if kind is None:
        conditional = any(key.startswith("restriction") and key.endswith(":conditional") for key in tags)
        content.count("restrictions_conditional" if conditional else "restrictions_other_vehicles")
        return
    if exempt & {"motorcar", "motor_vehicle", "vehicle"}:
        content.count("restrictions_exempt")
        return
    members: dict[tuple[str, str], list[int]] = {}
    for member in relation.members:
        members.setdefault((member.role, member.type), []).append(member.ref)
    content.restrictions.append(
        RestrictionRecord(
            kind=kind,
            from_ways=members.get(("from", "w"), []),
            via_nodes=members.get(("via", "n"), []),
            via_ways=members.get(("via", "w"), []),
            to_ways=members.get(("to", "w"), []),
        )
    )

"""The places of a VROOM problem: one an index where matrices are given, else one a pair of coordinates."""

from collections.abc import Iterator
from dataclasses import dataclass

from fleet.formats.vroom.model import Document

Point = tuple[float, float]
"""Longitude and latitude, VROOM's order."""
Key = int | Point


@dataclass(frozen=True)
class Places:
    """The n distinct places in the order in which vehicles, jobs and shipments name them."""

    rank: dict[Key, int]
    """Row of each place in our matrices."""
    indices: tuple[int, ...] | None
    """Their rows in the given matrices, None where places are known by coordinates."""
    points: tuple[Point | None, ...]
    """Their coordinates: the first that were given."""
    fields: tuple[str, ...]
    """Where in the document each is named first."""

    def of(self, coordinates: Point | None, index: int | None) -> int:
        """Return a place's rank, -1 where neither coordinates nor an index are given."""
        if coordinates is None and index is None:
            return -1
        return self.rank[_key(coordinates, index)]


def places_of(document: Document) -> Places:
    """Collect the places of a document."""
    rank: dict[Key, int] = {}
    points: list[Point | None] = []
    fields: list[str] = []
    for field, coordinates, index in _named(document):
        if coordinates is None and index is None:
            continue
        place = rank.setdefault(_key(coordinates, index), len(rank))
        if place == len(points):
            points.append(None)
            fields.append(field)
        if points[place] is None:
            points[place] = coordinates
    by_index = [key for key in rank if isinstance(key, int)]
    return Places(rank, tuple(by_index) if by_index else None, tuple(points), tuple(fields))


def _key(coordinates: Point | None, index: int | None) -> Key:
    if index is not None:
        return index
    if coordinates is None:
        raise ValueError("a place needs coordinates or an index")
    return coordinates


def _named(document: Document) -> Iterator[tuple[str, Point | None, int | None]]:
    for number, vehicle in enumerate(document.vehicles):
        yield f"vehicles[{number}].start", vehicle.start, vehicle.start_index
        yield f"vehicles[{number}].end", vehicle.end, vehicle.end_index
    for number, job in enumerate(document.jobs):
        yield f"jobs[{number}].location", job.location, job.location_index
    for number, shipment in enumerate(document.shipments):
        for field, step in (("pickup", shipment.pickup), ("delivery", shipment.delivery)):
            yield f"shipments[{number}].{field}.location", step.location, step.location_index

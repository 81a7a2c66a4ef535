"""An invented oasis: a township of villages, a town grid beside it, canals with a few bridges.

The same arguments give the same graph. Nothing of it is a map of a real place, and its attribution says so.
Inside this module points are kilometres east and north of the centre.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from maps.roads.errors import MapsError
from maps.roads.geometry import DEGREE_M
from maps.roads.graph import RoadGraph, RoadPlace
from maps.roads.segments import graph_from_segments

FIELD_STEP_KM = 1.1
TOWN_STEP_KM = 0.4
TOWN_HALF_WIDTH_KM = 2.6
BRIDGE_HALF_LENGTH_KM = 0.015
CANAL_MARGIN_KM = 0.35

_SPEED_KMH = {"secondary": 45.0, "tertiary": 40.0, "unclassified": 35.0, "residential": 25.0, "track": 15.0}

Points = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class OasisAnchor:
    """A named place to put on the roads of an invented oasis.

    Parameters
    ----------
    name
        What the place is called.
    kind
        "village" (in the fields), "community" (in the town grid) or "centre" (at the centre).
    distance_km
        Least and greatest distance from the centre as the crow flies.
    """

    name: str
    kind: str
    distance_km: tuple[float, float]


@dataclass
class _Roads:
    """Roads under construction: points, pairs of points with a class, and bridges among them."""

    points: list[tuple[float, float]] = field(default_factory=list)
    edges: list[tuple[int, int, str]] = field(default_factory=list)
    bridges: list[bool] = field(default_factory=list)

    def add_point(self, x_km: float, y_km: float) -> int:
        self.points.append((float(x_km), float(y_km)))
        return len(self.points) - 1

    def add_edge(self, tail: int, head: int, road_class: str, *, bridge: bool = False) -> None:
        self.edges.append((tail, head, road_class))
        self.bridges.append(bridge)


def synthetic_oasis(
    *,
    seed: int,
    center_latitude: float,
    center_longitude: float,
    anchors: Sequence[OasisAnchor],
    radius_km: float = 12.0,
    town_distance_km: float = 6.5,
    canals: int = 2,
    bridges_per_canal: int = 4,
) -> RoadGraph:
    """Invent the roads of a township and put named places on them.

    Parameters
    ----------
    seed
        Equal arguments give equal graphs.
    center_latitude, center_longitude
        Degrees; the township's centre, where the fields' roads meet.
    anchors
        Places to put; with the town at its default distance communities fit into 3 to 10 km,
        villages into 2 to 11 km.
    radius_km
        How far the roads between the fields reach.
    town_distance_km
        From the centre to the middle of the town grid.
    canals, bridges_per_canal
        Canals cut all roads but those with a bridge; the bridge is a segment of its own, so that it
        can be closed.

    Returns
    -------
    RoadGraph
        ``invented`` is true; ``places`` are the anchors in their order, each within 1 m of a road;
        the canals are the graph's water.

    Raises
    ------
    MapsError
        OASIS_FULL when an anchor has no free spot left in its range.
    """
    random = np.random.default_rng(seed)
    town_angle = random.uniform(0, 2 * np.pi)
    town = town_distance_km * np.array([np.cos(town_angle), np.sin(town_angle)])
    roads = _Roads()
    town_nodes = _lay_town(roads, town=town, angle=town_angle)
    field_nodes = _lay_fields(roads, random=random, town_nodes=town_nodes, radius_km=radius_km)
    lines = [
        _canal(index, town_angle=town_angle, radius_km=radius_km, random=random) for index in range(canals)
    ]
    for line in lines:
        _cut_by_canal(roads, line=line, bridges=bridges_per_canal)
    spots = _place_anchors(
        roads, anchors, random=random, town_nodes=town_nodes, field_nodes=field_nodes, lines=lines
    )

    points = np.array(roads.points)
    latitudes, longitudes = _degrees(points, center_latitude, center_longitude)
    places = tuple(
        RoadPlace(
            name=anchor.name,
            kind=anchor.kind,
            latitude=float(latitudes[spot]),
            longitude=float(longitudes[spot]),
        )
        for anchor, spot in zip(anchors, spots, strict=True)
    )
    classes = [road_class for _, _, road_class in roads.edges]
    bridge_numbers = np.cumsum(roads.bridges)
    return graph_from_segments(
        node_latitudes=latitudes,
        node_longitudes=longitudes,
        tails=[tail for tail, _, _ in roads.edges],
        heads=[head for _, head, _ in roads.edges],
        speeds_kmh=[_SPEED_KMH[name] for name in classes],
        road_classes=classes,
        names=[
            f"Bridge {number}" if bridge else ""
            for bridge, number in zip(roads.bridges, bridge_numbers, strict=True)
        ],
        bridges=roads.bridges,
        places=places,
        water=[np.column_stack(_degrees(line, center_latitude, center_longitude)) for line in lines],
        source=f"synthetic oasis, seed {seed}",
    )


def _degrees(points: Points, center_latitude: float, center_longitude: float) -> tuple[Points, Points]:
    east_m = DEGREE_M * np.cos(np.radians(center_latitude))
    return (
        np.round(center_latitude + points[:, 1] * 1000 / DEGREE_M, 7),
        np.round(center_longitude + points[:, 0] * 1000 / east_m, 7),
    )


def _lay_town(roads: _Roads, *, town: Points, angle: float) -> list[int]:
    """A square grid turned towards the centre; every third street is a main one."""
    east, north = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    half = round(TOWN_HALF_WIDTH_KM / TOWN_STEP_KM)
    steps = range(-half, half + 1)
    grid = {
        (i, j): roads.add_point(*(town + TOWN_STEP_KM * (i * east + j * north))) for i in steps for j in steps
    }
    for (i, j), node in grid.items():
        for neighbour, line in (((i + 1, j), j), ((i, j + 1), i)):
            if neighbour in grid:
                roads.add_edge(node, grid[neighbour], "secondary" if line % 3 == 0 else "residential")
    return list(grid.values())


def _lay_fields(
    roads: _Roads, *, random: np.random.Generator, town_nodes: list[int], radius_km: float
) -> list[int]:
    """An uneven lattice round the centre with gaps, joined to the edge of the town."""
    half = int(radius_km / FIELD_STEP_KM)
    town_points = np.array([roads.points[node] for node in town_nodes])
    grid: dict[tuple[int, int], int] = {}
    for i in range(-half, half + 1):
        for j in range(-half, half + 1):
            jitter = random.uniform(-0.3, 0.3, size=2) if (i, j) != (0, 0) else np.zeros(2)
            point = FIELD_STEP_KM * (np.array([i, j]) + jitter)
            if np.hypot(*point) > radius_km:
                continue
            if np.hypot(*(town_points - point).T).min() > 0.75 * TOWN_STEP_KM:
                grid[i, j] = roads.add_point(*point)
    for (i, j), node in grid.items():
        for neighbour in ((i + 1, j), (i, j + 1)):
            main = (i == neighbour[0] == 0) or (j == neighbour[1] == 0)
            keep = main or random.random() < 0.78
            rural = "unclassified" if random.random() < 0.7 else "track"
            if neighbour in grid and keep:
                roads.add_edge(node, grid[neighbour], "tertiary" if main else rural)
        distances = np.hypot(*(town_points - roads.points[node]).T)
        if distances.min() < FIELD_STEP_KM:
            roads.add_edge(node, town_nodes[int(distances.argmin())], "tertiary")
    return list(grid.values())


def _canal(index: int, *, town_angle: float, radius_km: float, random: np.random.Generator) -> Points:
    """A winding line right through the oasis, across the way from the centre to the town."""
    along = np.linspace(-1.15 * radius_km, 1.15 * radius_km, 60)
    offset = (1.9, -4.3, 9.7, -8.1)[index % 4] + random.uniform(-0.3, 0.3)
    across = offset + 0.5 * np.sin(along / random.uniform(2.0, 3.0) + random.uniform(0, np.pi))
    axis, side = np.array([np.cos(town_angle), np.sin(town_angle)]), town_angle + np.pi / 2
    return np.outer(across, axis) + np.outer(along, np.array([np.cos(side), np.sin(side)]))


def _cut_by_canal(roads: _Roads, *, line: Points, bridges: int) -> None:
    """Drop the roads a canal crosses but for some, spread along it, which get a bridge."""
    points = np.array(roads.points)
    crossings = []
    for edge, (tail, head, _) in enumerate(roads.edges):
        hits = _crossings(points[tail], points[head], line)
        if hits:
            crossings.append((hits[0][1], edge, [share for share, _ in hits]))
    crossings.sort()
    single = [
        (edge, shares[0])
        for _, edge, shares in crossings
        if len(shares) == 1 and _has_room(points, roads.edges[edge], shares[0])
    ]
    wanted = np.unique(np.linspace(0, len(single) - 1, bridges + 2).round().astype(int)[1:-1])
    bridged = dict(single[index] for index in wanted) if single else {}
    cut = {edge for _, edge, _ in crossings}
    old_edges, old_bridges = roads.edges, roads.bridges
    roads.edges, roads.bridges = [], []
    for edge, ((tail, head, road_class), bridge) in enumerate(zip(old_edges, old_bridges, strict=True)):
        if edge not in cut:
            roads.add_edge(tail, head, road_class, bridge=bridge)
        elif edge in bridged:
            vector = points[head] - points[tail]
            half = BRIDGE_HALF_LENGTH_KM / float(np.hypot(*vector))
            share = bridged[edge]
            near = roads.add_point(*(points[tail] + (share - half) * vector))
            far = roads.add_point(*(points[tail] + (share + half) * vector))
            roads.add_edge(tail, near, road_class)
            roads.add_edge(near, far, road_class, bridge=True)
            roads.add_edge(far, head, road_class)


def _has_room(points: Points, edge: tuple[int, int, str], share: float) -> bool:
    """Whether a bridge at this share of a road leaves some road at both sides."""
    length_km = float(np.hypot(*(points[edge[1]] - points[edge[0]])))
    return min(share, 1 - share) * length_km > 2 * BRIDGE_HALF_LENGTH_KM


def _crossings(start: Points, end: Points, line: Points) -> list[tuple[float, float]]:
    """Where a road from start to end meets a line: its share along the road and along the line."""
    road, steps = end - start, np.diff(line, axis=0)
    offset = line[:-1] - start
    determinant = road[0] * steps[:, 1] - road[1] * steps[:, 0]
    determinant = np.where(determinant == 0, np.nan, determinant)
    share = (offset[:, 0] * steps[:, 1] - offset[:, 1] * steps[:, 0]) / determinant
    place = (offset[:, 0] * road[1] - offset[:, 1] * road[0]) / determinant
    hits = np.flatnonzero((share >= 0) & (share <= 1) & (place >= 0) & (place < 1))
    return [(float(share[hit]), float(hit + place[hit])) for hit in hits]


def _place_anchors(
    roads: _Roads,
    anchors: Sequence[OasisAnchor],
    *,
    random: np.random.Generator,
    town_nodes: list[int],
    field_nodes: list[int],
    lines: Sequence[Points],
) -> list[int]:
    """A point of the roads for each anchor; villages get a short road of their own."""
    points = np.array(roads.points)
    ends = np.array([(tail, head) for tail, head, _ in roads.edges]).T
    matrix = coo_array((np.ones(ends.shape[1]), (ends[0], ends[1])), shape=(len(points), len(points)))
    labels = connected_components(matrix, directed=False)[1]
    joined = labels == np.bincount(labels).argmax()
    water = np.concatenate(lines) if lines else np.full((1, 2), np.inf)
    dry = np.array([np.hypot(*(water - point).T).min() > CANAL_MARGIN_KM for point in points])
    taken: list[Points] = []
    spots = []
    for anchor in anchors:
        if anchor.kind == "centre":
            pool = np.flatnonzero(joined)
            spot = int(pool[np.hypot(*points[pool].T).argmin()])
        else:
            pool = np.array(town_nodes if anchor.kind == "community" else field_nodes)
            pool = pool[joined[pool] & dry[pool]]
            spot = _free_spot(anchor, points=points, pool=pool, taken=taken, random=random)
        taken.append(points[spot])
        if anchor.kind == "village":
            angle = random.uniform(0, 2 * np.pi)
            shift = random.uniform(0.1, 0.25) * np.array([np.cos(angle), np.sin(angle)])
            least, greatest = anchor.distance_km
            if not least <= np.hypot(*(points[spot] + shift)) <= greatest:
                shift = -shift
            village = roads.add_point(*(points[spot] + shift))
            roads.add_edge(spot, village, "residential")
            spot = village
        spots.append(spot)
    return spots


def _free_spot(
    anchor: OasisAnchor,
    *,
    points: Points,
    pool: NDArray[np.int64],
    taken: list[Points],
    random: np.random.Generator,
) -> int:
    """A point of the pool in the anchor's range, as far from the taken ones as is easily had."""
    least, greatest = anchor.distance_km
    margin = 0.0 if anchor.kind != "village" else min(0.25, (greatest - least) / 2)
    distances = np.hypot(*points[pool].T)
    pool = random.permutation(pool[(distances >= least + margin) & (distances <= greatest - margin)])
    others = np.array(taken) if taken else np.full((1, 2), np.inf)
    gaps = np.array([np.hypot(*(others - points[node]).T).min() for node in pool])
    for wanted_km in (1.0, 0.7, 0.3):
        free = np.flatnonzero(gaps >= wanted_km)
        if len(free):
            return int(pool[free[0]])
    raise MapsError("OASIS_FULL", name=anchor.name, least_km=least, greatest_km=greatest)

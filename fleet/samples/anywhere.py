"""A day on any road file: from its villages, hamlets, towns and suburbs, or from road nodes."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fleet.model.base import MAX_REQUESTS, MAX_TRICYCLES
from fleet.model.codes import ErrorCode
from fleet.model.day import Day, Provenance
from fleet.model.documents import bad_input
from fleet.samples.lots import LotVillage, draw_lots, draw_parcels
from fleet.samples.places import PlaceName
from fleet.samples.products import FERTILISER, PARCEL, june_lines
from fleet.samples.seasons import JUNE
from fleet.samples.township import (
    CENTRE_STALLS,
    COMMUNITY_BAYS,
    centre_place,
    community_places,
    start_drawing,
    township_day,
    village_place,
)
from fleet.samples.tricycles import ANY_FLEET_PATTERN
from maps.roads import RoadGraph
from maps.roads.geometry import great_circle_m
from maps.travel import road_travel

VILLAGE_KINDS = frozenset({"village", "hamlet"})
MARKET_KINDS = frozenset({"town", "suburb", "city", "community"})
NEAR_ROAD_M = 400.0
"""A place node farther than this from a junction is not used: snapping would fail or mislead."""
REACH_M = 11_000
"""Places within this distance of the centre by road are used, the least needed number in any case."""
FEWEST_VILLAGES, MOST_VILLAGES = 5, 60
FEWEST_COMMUNITIES, MOST_COMMUNITIES = 4, 40
REQUESTS_PER_VILLAGE, TRICYCLES_PER_COMMUNITY = 12, 1.6
NODE_GAP_M = 600.0
LONGEST_NAME = 150
NODE_CANDIDATES = 600
PARCEL_SHARE, SACK_SHARE, CENTRE_SHARE, MUST_SHARE = 0.10, 0.03, 0.17, 0.07

Indices = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class _Spot:
    name: str
    market: bool
    latitude: float
    longitude: float


@dataclass(frozen=True, kw_only=True)
class _Roles:
    centre: PlaceName
    villages: list[PlaceName]
    communities: list[PlaceName]
    positions: dict[str, tuple[float, float]]
    durations_s: dict[tuple[str, str], int]


def from_roads(graph: RoadGraph, *, requests: int, tricycles: int, seed: int) -> Day:
    """Return a June day on the roads of a graph.

    Villages and hamlets send, towns and suburbs buy; where there are too few of either, the villages next
    to the centre buy. Without such place nodes all places are junctions, drawn with the seed. The centre is
    the market place, or else the place, in the middle. The same arguments give the same day.

    Parameters
    ----------
    graph
        Roads of any origin.
    requests, tricycles
        How many.
    seed
        Of everything that is drawn.

    Raises
    ------
    InputError
        VALUE_TOO_SMALL or VALUE_TOO_LARGE for the numbers; INVALID_VALUE when the roads have too few
        junctions for places.
    """
    _check_numbers(requests=requests, tricycles=tricycles, seed=seed)
    random = np.random.default_rng(seed)
    spots = _named_spots(graph)
    village_wish = int(np.clip(requests // REQUESTS_PER_VILLAGE, FEWEST_VILLAGES, MOST_VILLAGES))
    community_wish = int(
        np.clip(np.ceil(tricycles / TRICYCLES_PER_COMMUNITY), FEWEST_COMMUNITIES, MOST_COMMUNITIES)
    )
    named = len(spots) >= 1 + FEWEST_VILLAGES + FEWEST_COMMUNITIES
    if not named:
        spots = _node_spots(graph, random=random, wish=1 + village_wish + community_wish)
    return _day(
        graph,
        roles=_roles(graph, spots, villages=village_wish, communities=community_wish),
        requests=requests,
        tricycles=tricycles,
        seed=seed,
        named=named,
    )


def _check_numbers(*, requests: int, tricycles: int, seed: int) -> None:
    for where, value, least, most in (
        ("requests", requests, 1, MAX_REQUESTS),
        ("tricycles", tricycles, 1, MAX_TRICYCLES),
        ("seed", seed, 0, 2**63 - 1),
    ):
        if value < least:
            raise bad_input(ErrorCode.VALUE_TOO_SMALL, where=where, value=value, limit=least)
        if value > most:
            raise bad_input(ErrorCode.VALUE_TOO_LARGE, where=where, value=value, limit=most)


def _named_spots(graph: RoadGraph) -> list[_Spot]:
    """Place nodes near a junction, one a name."""
    spots: dict[str, _Spot] = {}
    for place in graph.places:
        if place.kind not in VILLAGE_KINDS | MARKET_KINDS or place.name in spots:
            continue
        gaps_m = great_circle_m(graph.node_latitudes, graph.node_longitudes, place.latitude, place.longitude)
        if place.name and gaps_m.min() <= NEAR_ROAD_M:
            spots[place.name] = _Spot(
                name=place.name[:LONGEST_NAME],
                market=place.kind in MARKET_KINDS,
                latitude=place.latitude,
                longitude=place.longitude,
            )
    return list(spots.values())


def _node_spots(graph: RoadGraph, *, random: np.random.Generator, wish: int) -> list[_Spot]:
    """Junctions within reach of the middle junction, apart from one another where there is room."""
    latitudes, longitudes = graph.node_latitudes, graph.node_longitudes
    from_middle = great_circle_m(latitudes, longitudes, np.median(latitudes), np.median(longitudes))
    middle = int(from_middle.argmin())
    near = np.flatnonzero(from_middle <= REACH_M / 1.4)
    drawn = random.permutation(near[near != middle])[:NODE_CANDIDATES]
    chosen = [middle]
    for gap_m in (NODE_GAP_M, NODE_GAP_M / 3, 0.0):
        for node in drawn.tolist():
            if len(chosen) == wish:
                break
            gaps = great_circle_m(latitudes[chosen], longitudes[chosen], latitudes[node], longitudes[node])
            if node not in chosen and gaps.min() >= gap_m:
                chosen.append(node)
    if len(chosen) < 3:
        raise bad_input(ErrorCode.INVALID_VALUE, where="roads", value=f"{len(chosen)} junctions")
    return [
        _Spot(
            name=f"Junction {node}",
            market=False,
            latitude=float(latitudes[node]),
            longitude=float(longitudes[node]),
        )
        for node in chosen
    ]


def _roles(graph: RoadGraph, spots: list[_Spot], *, villages: int, communities: int) -> _Roles:
    """Centre, villages and communities; both nearest to the centre first."""
    latitudes = np.array([spot.latitude for spot in spots])
    longitudes = np.array([spot.longitude for spot in spots])
    markets = np.array([spot.market for spot in spots])
    from_middle = great_circle_m(latitudes, longitudes, np.median(latitudes), np.median(longitudes))
    centre = int(np.where(markets | ~markets.any(), from_middle, np.inf).argmin())
    travel = road_travel(
        graph,
        latitudes=latitudes,
        longitudes=longitudes,
        names=[spot.name for spot in spots],
        speed_caps_kmh=[kind.speed_kmh for kind in ANY_FLEET_PATTERN[:1]],
        snap_limit_m=NEAR_ROAD_M * 1.01,
    )
    distances_m = travel.distances_m[0][centre]
    order = np.argsort(distances_m, kind="stable")
    order = order[order != centre]
    within = int((distances_m[order] <= REACH_M).sum())
    order = order[: max(within, min(len(order), FEWEST_VILLAGES + FEWEST_COMMUNITIES))]
    buying = order[markets[order]][:communities]
    fewest = min(FEWEST_COMMUNITIES, len(order) // 2) or 1
    wanted = max(fewest, min(communities, len(order) // 3))
    if len(buying) < wanted:
        others = order[~np.isin(order, buying)]
        buying = np.concatenate([buying, others[: wanted - len(buying)]])
    sending = order[~np.isin(order, buying)]
    if len(sending) > villages:
        # Spread over near and far.
        sending = sending[np.linspace(0, len(sending) - 1, villages).round().astype(int)]
    ids = {centre: "centre"}
    ids |= {int(i): f"village-{number:02d}" for number, i in enumerate(sending, start=1)}
    ids |= {int(i): f"community-{number:02d}" for number, i in enumerate(buying, start=1)}
    seconds = travel.durations_s[0]
    return _Roles(
        centre=PlaceName("centre", f"Centre of {spots[centre].name}", ""),
        villages=[PlaceName(ids[int(i)], spots[i].name, "") for i in sending],
        communities=[PlaceName(ids[int(i)], spots[i].name, "") for i in buying],
        positions={place_id: (spots[i].latitude, spots[i].longitude) for i, place_id in ids.items()},
        durations_s={(a, b): int(seconds[i, j]) for i, a in ids.items() for j, b in ids.items()},
    )


def _day(
    graph: RoadGraph,
    *,
    roles: _Roles,
    requests: int,
    tricycles: int,
    seed: int,
    named: bool,
) -> Day:
    parcels, sacks = int(PARCEL_SHARE * requests), int(SACK_SHARE * requests)
    lots = requests - parcels - sacks
    lines = june_lines()
    shares = np.array([line.requests for line in lines], dtype=float)
    counts = _apportion(lots, shares)
    drawn_lines = [replace(line, requests=count) for line, count in zip(lines, counts, strict=True)]
    lot_villages = [
        LotVillage(
            id=name.id,
            household_name=name.name.replace("{", "{{").replace("}", "}}") + " household {:02d}",
            lots=count,
        )
        for name, count in zip(roles.villages, _apportion(lots, np.ones(len(roles.villages))), strict=True)
    ]
    centre_lots = int(CENTRE_SHARE * lots)
    # Two visits a bay and tricycle have to find room in a morning.
    bays = max(COMMUNITY_BAYS, int(np.ceil(tricycles / len(roles.communities))))
    season = replace(JUNE, early_shift_numbers=frozenset(range(1, tricycles + 1, 5)))
    hub = centre_place(roles.centre, positions=roles.positions, stalls=max(CENTRE_STALLS, centre_lots))
    markets = community_places(roles.communities, positions=roles.positions, season=season, bays=bays)
    drawing = start_drawing(
        seed=seed, season=season, centre=hub, communities=markets, durations_s=roles.durations_s
    )
    draw_lots(
        drawing,
        villages=lot_villages,
        lines=drawn_lines,
        centre_lots=centre_lots,
        musts=int(MUST_SHARE * lots),
    )
    draw_parcels(drawing, villages=lot_villages, parcels=parcels, sacks=sacks, musts=0)
    return township_day(
        title=f"{requests} requests on {graph.source}",
        about=_about(graph, named=named),
        season=season,
        fleet="tricycles",
        classes=[ANY_FLEET_PATTERN[index % len(ANY_FLEET_PATTERN)] for index in range(tricycles)],
        start_charges={},
        places=[hub, *(village_place(name, positions=roles.positions) for name in roles.villages), *markets],
        products=[*(line.product for line in lines), PARCEL, FERTILISER],
        drawing=drawing,
    )


def _apportion(total: int, shares: NDArray[np.float64]) -> list[int]:
    """Whole numbers that add up to the total, as near to the shares as they can be."""
    exact = total * shares / shares.sum()
    whole = np.floor(exact).astype(int)
    for index in np.argsort(whole - exact, kind="stable")[: total - int(whole.sum())]:
        whole[index] += 1
    return [int(count) for count in whole]


def _about(graph: RoadGraph, *, named: bool) -> Provenance:
    what = "roads" if not named else "roads and the names and positions of the places"
    real = () if graph.invented else (f"The {what}: {graph.attribution} ({graph.source}).",)
    invented = ["What the places are here: which is the centre, which villages send, which communities buy."]
    if not named:
        invented.append("The places: junctions of the roads, drawn with a seed.")
    if graph.invented:
        invented.append(f"All roads and places ({graph.source}).")
    invented += [
        "Every household and driver (they are numbers), request, weight, price, window, opening and stay.",
        "The tricycles: their batteries, loads, speeds and costs; what cold does.",
    ]
    return Provenance(real=real, invented=tuple(invented))

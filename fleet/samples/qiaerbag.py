"""Days of Qiaerbag Township: a June morning, the same in the cold, and a January day."""

from dataclasses import replace

from fleet.model.day import Day, Provenance
from fleet.model.places import Place
from fleet.samples.climate import COLD_C
from fleet.samples.geography import Geography, qiaerbag_geography
from fleet.samples.lots import LotVillage, TeachingLot, draw_lots, draw_parcels
from fleet.samples.places import (
    KORLA_COMMUNITIES,
    OUTLYING_PLOTS,
    QIAERBAG_CENTRE,
    QIAERBAG_VILLAGES,
    TOWNSHIP,
    PlaceName,
)
from fleet.samples.products import FERTILISER, PARCEL, ProductLine, january_lines, june_lines
from fleet.samples.seasons import JANUARY, JUNE, Season
from fleet.samples.township import (
    centre_place,
    community_places,
    start_drawing,
    township_day,
    village_place,
)
from fleet.samples.tricycles import QIAERBAG_CLASSES

FLEET = "qiaerbag"
START_CHARGES = {5: 0.8, 12: 0.8}
JUNE_SEED, JANUARY_SEED = 615, 115
HEAVY_KG = 520
STRAWBERRY_LIMIT_S = 20 * 60
REMOTE_PENALTY_YUAN = 5.0
REMOTE_WINDOW = "11:00-11:40"

_REAL = (
    "The names of Qiaerbag Township (恰尔巴格乡), of its seven villages (statistics codes 652801201200 to "
    "652801201206) and of the twelve communities of Korla.",
    "The township's 20 electric tricycles, its centre with 38 stalls and its rhythm (goods are collected "
    "in the morning, then sold in communities), as a news report of April 2020 tells of them.",
    "The position of the town of Korla (41.76 N 86.15 E): the invented town lies there, to some kilometres.",
)
_INVENTED = (
    "All roads, canals and bridges, and with them every distance and duration.",
    "The coordinates of the centre, the villages, the communities and the outlying plots.",
    "Every household and driver (they are numbers), request, weight, price, window, opening and stay.",
    "The tricycles' batteries, loads, speeds and costs: plausible figures, measured on no tricycle.",
    "What cold does: capacity x 0.55 (lead-acid) and x 0.70 (lithium), consumption x 1.10 at -15 C.",
)


def june_day() -> Day:
    """Return the June morning: 104 lots of produce, 16 parcels, 20 tricycles."""
    return _june(JUNE)


def winter_day() -> Day:
    """Return the June morning with nothing but the temperature changed."""
    return _june(replace(JUNE, temperature_c=COLD_C))


def _june(season: Season) -> Day:
    lines = {line.product.id: line for line in june_lines()}
    return _day(
        title=f"{TOWNSHIP}, a June morning",
        season=season,
        seed=JUNE_SEED,
        lines=tuple(lines.values()),
        lots=[village.june_lots for village in QIAERBAG_VILLAGES],
        teaching=_teaching_lots(qiaerbag_geography(), lines),
        plots=OUTLYING_PLOTS,
        centre_lots=20,
        parcels=12,
        sacks=4,
        musts=(6, 2),
    )


def january_day() -> Day:
    """Return the January day: 60 lots of stored and greenhouse produce, 10 parcels, 20 tricycles."""
    return _day(
        title=f"{TOWNSHIP}, a January day",
        season=JANUARY,
        seed=JANUARY_SEED,
        lines=january_lines(),
        lots=[village.january_lots for village in QIAERBAG_VILLAGES],
        teaching=(),
        plots=(),
        centre_lots=16,
        parcels=8,
        sacks=2,
        musts=(4, 2),
    )


def _day(
    *,
    title: str,
    season: Season,
    seed: int,
    lines: tuple[ProductLine, ...],
    lots: list[int],
    teaching: tuple[TeachingLot, ...],
    plots: tuple[PlaceName, ...],
    centre_lots: int,
    parcels: int,
    sacks: int,
    musts: tuple[int, int],
) -> Day:
    geography = qiaerbag_geography()
    positions = geography.positions
    centre = centre_place(QIAERBAG_CENTRE, positions=positions)
    communities = community_places(KORLA_COMMUNITIES, positions=positions, season=season)
    places: list[Place] = [centre]
    places += [
        village_place(PlaceName(village.id, village.name, village.chinese), positions=positions)
        for village in QIAERBAG_VILLAGES
    ]
    places += [village_place(plot, positions=positions, kind="site") for plot in plots]
    places += communities
    villages = [
        LotVillage(id=village.id, household_name=village.chinese + " {:02d}号户", lots=count)
        for village, count in zip(QIAERBAG_VILLAGES, lots, strict=True)
    ]
    drawing = start_drawing(
        seed=seed,
        season=season,
        centre=centre,
        communities=communities,
        durations_s=geography.durations_s,
    )
    draw_lots(
        drawing, villages=villages, lines=lines, teaching=teaching, centre_lots=centre_lots, musts=musts[0]
    )
    draw_parcels(drawing, villages=villages, parcels=parcels, sacks=sacks, musts=musts[1])
    return township_day(
        title=title,
        about=Provenance(real=_REAL, invented=_INVENTED),
        season=season,
        fleet=FLEET,
        classes=QIAERBAG_CLASSES,
        start_charges=START_CHARGES,
        places=places,
        products=[*(line.product for line in lines), PARCEL, FERTILISER],
        drawing=drawing,
    )


def _teaching_lots(geography: Geography, lines: dict[str, ProductLine]) -> tuple[TeachingLot, ...]:
    def nearest_community_m(village: str) -> int:
        return min(geography.distances_m[village, community.id] for community in KORLA_COMMUNITIES)

    far = max((village.id for village in QIAERBAG_VILLAGES), key=nearest_community_m)
    return (
        TeachingLot(
            village="village-sayibag",
            line=lines["tomato"],
            kg=HEAVY_KG,
            note="To teach with: heavier than any tricycle's payload.",
        ),
        TeachingLot(
            village=far,
            line=lines["strawberry"],
            kg=20,
            on_board_limit_s=STRAWBERRY_LIMIT_S,
            note="To teach with: 20 minutes on board reach none of its communities.",
        ),
        TeachingLot(
            village="village-bositan",
            line=lines["naan"],
            kg=12,
            place=OUTLYING_PLOTS[0].id,
            window=REMOTE_WINDOW,
            penalty_yuan=REMOTE_PENALTY_YUAN,
            note="To teach with: so far out that fetching it costs more than leaving it.",
        ),
        TeachingLot(
            village="village-upper-kuoshibag",
            line=lines["eggs"],
            kg=20,
            place=OUTLYING_PLOTS[1].id,
            window=REMOTE_WINDOW,
            penalty_yuan=REMOTE_PENALTY_YUAN,
            note="To teach with: so far out that fetching it costs more than leaving it.",
        ),
    )

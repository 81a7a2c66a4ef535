"""A day of Kuqa's e-commerce centre: enterprises deliver to sales sites that households run."""

import datetime

import numpy as np

from fleet.model.base import Window
from fleet.model.day import Day, Provenance
from fleet.model.places import Household, Place
from fleet.model.requests import Request, Task
from fleet.model.rules import Rules
from fleet.samples.climate import LEAD_ACID, LITHIUM, climate_at
from fleet.samples.clock import BEIJING, Clock, minute_of, window_of
from fleet.samples.geography import kuqa_geography
from fleet.samples.lots import QUARTER_MIN, draw_kg, handling_s
from fleet.samples.places import KUQA_CENTRE, KUQA_ENTERPRISES, KUQA_SITES
from fleet.samples.products import PARCEL, PARCEL_KG, PARCEL_VALUE_YUAN, ProductLine, kuqa_lines
from fleet.samples.township import CHARGER, VILLAGE_SETUP_S, plain_place
from fleet.samples.tricycles import (
    INSULATED_BOX,
    LEAD_ACID_CHARGING_KW,
    LITHIUM_CHARGING_KW,
    TricycleClass,
    fleet_of,
    numbered_drivers,
)

FLEET = "kuqa"
SEED = 922
CLOCK = Clock(datetime.date(2026, 9, 22))
TEMPERATURE_C = 18.0
SHIFT, BREAK_START = "08:30-16:30", "12:30-14:00"
ORDERED, OFFERED, PARCELS, MUSTS = 56, 24, 6, 5
READY, PATIENCE_MIN = "08:30-11:30", 150
SITE_OPENINGS = ("09:30-15:30", "10:00-16:00", "09:30-13:30")
SITE_MAX_KG = 500
SITE_SETUP_S, CENTRE_SETUP_S, CENTRE_STALLS = 180, 180, 12
ENTERPRISE_PRODUCTS = 4

CARGO = TricycleClass(
    name="cargo tricycle, lead-acid 60 V 80 Ah",
    chemistry=LEAD_ACID,
    capacity_kwh=4.8,
    health=0.9,
    payload_kg=300,
    crates=20,
    speed_kmh=24,
    empty_kwh_per_km=0.050,
    kwh_per_km_per_100_kg=0.010,
    charging_kw=LEAD_ACID_CHARGING_KW,
)
BOX = TricycleClass(
    name="box tricycle, lithium 60 V 90 Ah",
    chemistry=LITHIUM,
    capacity_kwh=5.4,
    health=0.95,
    payload_kg=350,
    crates=22,
    speed_kmh=30,
    empty_kwh_per_km=0.055,
    kwh_per_km_per_100_kg=0.010,
    charging_kw=LITHIUM_CHARGING_KW,
    equipment=(INSULATED_BOX,),
)
CLASSES = (CARGO,) * 8 + (BOX,) * 4

ABOUT = Provenance(
    real=(
        "The numbers of a news report of April 2020: the e-commerce centre of Kuqa City (库车市), 8 "
        "cooperating enterprises, 25 types of product (red dates, walnuts, fragrant pears, naan, mulberry, "
        "honey and others), 19 sales sites run by poor households.",
        "The position of the town of Kuqa, to some kilometres: about 41.717 N 82.962 E.",
    ),
    invented=(
        "All roads, canals and bridges, and with them every distance and duration.",
        "The coordinates of the centre, the enterprises and the sales sites; they are numbers, not names.",
        "The catalogue beyond the six products of the report, all weights and prices, who sells what.",
        "Every household and driver (they are numbers), request, window and opening.",
        "The tricycles: how many there are, their batteries, loads, speeds and costs; what cold does.",
    ),
)


def kuqa_day() -> Day:
    """Return a September day: 56 orders of single sites, 24 offers to several, 6 parcels, 12 tricycles."""
    random = np.random.default_rng(SEED)
    lines = kuqa_lines()
    households = [
        Household(id=f"household-{number:02d}", name=f"销售点 {number:02d}号户", place=site.id)
        for number, site in enumerate(KUQA_SITES, start=1)
    ]
    makers = _makers(len(lines))
    requests: list[Request] = []
    # Every product is ordered at least once, every site gets at least two orders.
    shares = np.array([line.requests for line in lines], dtype=float)
    more = random.choice(len(lines), size=ORDERED + OFFERED - len(lines), p=shares / shares.sum())
    chosen = random.permutation(np.concatenate([np.arange(len(lines)), more]))
    for index, product in enumerate(chosen.tolist()):
        if index < ORDERED:
            sites = [index % len(KUQA_SITES)]
        else:
            sites = sorted(random.permutation(len(KUQA_SITES))[: int(random.integers(3, 6))].tolist())
        requests.append(
            _request(
                random,
                number=len(requests) + 1,
                line=lines[product],
                maker=makers[product][int(random.integers(len(makers[product])))],
                sites=sites,
                household=households[sites[0]].id if index < ORDERED else None,
                must=index < MUSTS,
            )
        )
    for index in range(PARCELS):
        site = (7 * index) % len(KUQA_SITES)
        requests.append(_parcel(random, number=len(requests) + 1, site=site, household=households[site].id))
    tricycles = fleet_of(
        CLASSES,
        fleet=FLEET,
        start_place=KUQA_CENTRE.id,
        shift_of=_shift,
        break_window=window_of(CLOCK, BREAK_START),
        start_charges={},
    )
    return Day(
        title="Kuqa City, a September day",
        about=ABOUT,
        date=CLOCK.date,
        zone=BEIJING,
        rules=Rules(climate=climate_at(TEMPERATURE_C)),
        places=_places(),
        households=tuple(households),
        products=(*(line.product for line in lines), PARCEL),
        tricycles=tricycles,
        requests=tuple(requests),
        assignments=numbered_drivers(tricycles),
    )


def _shift(number: int) -> Window:
    del number
    return window_of(CLOCK, SHIFT)


def _places() -> tuple[Place, ...]:
    positions = kuqa_geography().positions
    centre = plain_place(
        KUQA_CENTRE,
        kind="centre",
        positions=positions,
        setup_s=CENTRE_SETUP_S,
        stalls=CENTRE_STALLS,
        charger=CHARGER,
    )
    enterprises = [
        plain_place(name, kind="station", positions=positions, setup_s=VILLAGE_SETUP_S, bays=3)
        for name in KUQA_ENTERPRISES
    ]
    sites = [
        plain_place(
            name,
            kind="site",
            positions=positions,
            setup_s=SITE_SETUP_S,
            opening=(window_of(CLOCK, SITE_OPENINGS[index % len(SITE_OPENINGS)]),),
            bays=1,
            max_kg=float(SITE_MAX_KG),
        )
        for index, name in enumerate(KUQA_SITES)
    ]
    return (centre, *enterprises, *sites)


def _makers(products: int) -> list[list[str]]:
    """Enterprises that make each product: three or four products each, some made by two."""
    count = len(KUQA_ENTERPRISES)
    makers = [[KUQA_ENTERPRISES[product % count].id] for product in range(products)]
    for product in range(0, products, ENTERPRISE_PRODUCTS):
        makers[product].append(KUQA_ENTERPRISES[(product + count // 2) % count].id)
    return [sorted(set(ids)) for ids in makers]


def _request(
    random: np.random.Generator,
    *,
    number: int,
    line: ProductLine,
    maker: str,
    sites: list[int],
    household: str | None,
    must: bool,
) -> Request:
    first, last = (minute_of(text) for text in READY.split("-"))
    ready = first + QUARTER_MIN * int(random.integers((last - first) // QUARTER_MIN + 1))
    kg = draw_kg(random, line.kg)
    crates = line.product.crates_for(kg)
    return Request(
        id=f"r{number:03d}",
        household=household,
        product=line.product.id,
        kg=kg,
        crates=crates,
        pickup=Task(
            place=maker,
            windows=(CLOCK.window(ready, ready + PATIENCE_MIN),),
            handling_s=handling_s(crates),
        ),
        dropoffs=tuple(Task(place=KUQA_SITES[site].id, handling_s=handling_s(crates)) for site in sites),
        value_yuan=round(kg * line.product.price_yuan_per_kg, 2),
        must=must,
    )


def _parcel(random: np.random.Generator, *, number: int, site: int, household: str) -> Request:
    kg = int(random.integers(PARCEL_KG[0], PARCEL_KG[1] + 1))
    crates = PARCEL.crates_for(kg)
    return Request(
        id=f"r{number:03d}",
        household=household,
        product=PARCEL.id,
        kg=kg,
        crates=crates,
        pickup=Task(place=KUQA_CENTRE.id, handling_s=handling_s(crates)),
        dropoffs=(Task(place=KUQA_SITES[site].id, handling_s=handling_s(crates)),),
        value_yuan=PARCEL_VALUE_YUAN,
    )

"""What the days of a township have in common: its places and fleet in a season."""

from collections.abc import Mapping, Sequence

import numpy as np

from fleet.model.base import Window
from fleet.model.day import Day, Provenance
from fleet.model.places import Charger, Place, Product
from fleet.model.rules import Rules
from fleet.samples.climate import climate_at
from fleet.samples.clock import BEIJING, window_of
from fleet.samples.lots import Drawing
from fleet.samples.places import PlaceName
from fleet.samples.seasons import Season
from fleet.samples.tricycles import TricycleClass, fleet_of, numbered_drivers

VILLAGE_SETUP_S, COMMUNITY_SETUP_S, CENTRE_SETUP_S = 150, 240, 180
COMMUNITY_BAYS = 2
CENTRE_STALLS = 38
CHARGER = Charger(power_kw=1.5, plugs=4)

Positions = Mapping[str, tuple[float, float]]


def centre_place(name: PlaceName, *, positions: Positions, stalls: int = CENTRE_STALLS) -> Place:
    """Return the operation centre with its stalls and its charger."""
    return plain_place(
        name, kind="centre", positions=positions, setup_s=CENTRE_SETUP_S, stalls=stalls, charger=CHARGER
    )


def village_place(name: PlaceName, *, positions: Positions, kind: str = "village") -> Place:
    """Return a village, or another place where goods are loaded."""
    return plain_place(name, kind=kind, positions=positions, setup_s=VILLAGE_SETUP_S)


def community_places(
    names: Sequence[PlaceName], *, positions: Positions, season: Season, bays: int = COMMUNITY_BAYS
) -> tuple[Place, ...]:
    """Return the communities with the season's openings and stays, in their order."""
    return tuple(
        plain_place(
            name,
            kind="community",
            positions=positions,
            setup_s=COMMUNITY_SETUP_S,
            opening=opening_of(season, index),
            stay_s=60 * season.stays_min[index % len(season.stays_min)],
            bays=bays,
        )
        for index, name in enumerate(names)
    )


def opening_of(season: Season, index: int) -> tuple[Window, ...]:
    """Return the opening of the community of an index."""
    texts = season.openings[index % len(season.openings)].split(" ")
    return tuple(window_of(season.clock, text) for text in texts)


def start_drawing(
    *,
    seed: int,
    season: Season,
    centre: Place,
    communities: Sequence[Place],
    durations_s: Mapping[tuple[str, str], int],
) -> Drawing:
    """Return an empty drawing for the communities of a day."""
    return Drawing(
        random=np.random.default_rng(seed),
        season=season,
        centre=centre.id,
        stalls=centre.stalls,
        communities={place.id: place for place in communities},
        durations_s=durations_s,
    )


def township_day(
    *,
    title: str,
    about: Provenance,
    season: Season,
    fleet: str,
    classes: Sequence[TricycleClass],
    start_charges: dict[int, float],
    places: Sequence[Place],
    products: Sequence[Product],
    drawing: Drawing,
) -> Day:
    """Return the day of a drawing: its places, fleet, requests and rules.

    Parameters
    ----------
    title, about
        What the day is, and what of it is real.
    season
        Its clock and cold.
    fleet, classes, start_charges
        Label, class by number, and charge by number where it is not 1.
    places
        The centre first: tricycles start and end there.
    products
        All that requests name.
    drawing
        Requests and households.
    """
    clock = season.clock

    def shift_of(number: int) -> Window:
        return window_of(clock, season.early_shift if number in season.early_shift_numbers else season.shift)

    tricycles = fleet_of(
        classes,
        fleet=fleet,
        start_place=places[0].id,
        shift_of=shift_of,
        break_window=window_of(clock, season.break_start),
        start_charges=start_charges,
    )
    return Day(
        title=title,
        about=about,
        date=clock.date,
        zone=BEIJING,
        rules=Rules(climate=climate_at(season.temperature_c)),
        places=tuple(places),
        households=tuple(drawing.households.values()),
        products=tuple(products),
        tricycles=tricycles,
        requests=tuple(drawing.requests),
        assignments=numbered_drivers(tricycles),
    )


def plain_place(name: PlaceName, *, kind: str, positions: Positions, **others: object) -> Place:
    """Return a place with its names in English and Chinese and any other field of its own."""
    latitude, longitude = positions[name.id]
    names = {"en": name.name, "zh-Hans": name.chinese} if name.chinese else {"en": name.name}
    return Place.model_validate(
        {
            "id": name.id,
            "name": name.name,
            "names": names,
            "kind": kind,
            "latitude": latitude,
            "longitude": longitude,
            **others,
        }
    )

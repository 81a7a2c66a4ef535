"""Drawing the requests of a township's day: who sends what, from where, when, to which communities."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from fleet.model.base import Window
from fleet.model.places import Household, Place, Product
from fleet.model.requests import Request, Task
from fleet.samples.clock import minute_of
from fleet.samples.products import (
    FERTILISER,
    FERTILISER_KG,
    PARCEL,
    PARCEL_KG,
    PARCEL_VALUE_YUAN,
    ProductLine,
)
from fleet.samples.seasons import Season

HANDLING_S, HANDLING_S_PER_CRATE = 60, 20
QUARTER_MIN = 15
DESIGNATED = 6
"""Communities that a village may sell in; each lot may go to three to five of them."""
SAME_HOUSEHOLD_EVERY = 7
SPARE_MIN = 15
"""For the set-up at the pickup and for other lots on the way."""


@dataclass(frozen=True, kw_only=True)
class LotVillage:
    """A village as the sender of lots; ``household_name`` has a place for the number."""

    id: str
    household_name: str
    lots: int


@dataclass(frozen=True, kw_only=True)
class TeachingLot:
    """A lot that is there to show something: its village and whatever differs from an ordinary one."""

    village: str
    line: ProductLine
    kg: float
    note: str
    place: str | None = None
    window: str | None = None
    penalty_yuan: float | None = None
    on_board_limit_s: int | None = None


@dataclass(kw_only=True)
class Drawing:
    """Requests and households so far, and the generator they are drawn with.

    ``communities`` are where produce may go, by id; ``durations_s`` is what the slowest tricycle takes
    from a sender's place to each of them.
    """

    random: np.random.Generator
    season: Season
    centre: str
    stalls: int
    communities: Mapping[str, Place]
    durations_s: Mapping[tuple[str, str], int]
    households: dict[str, Household] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    designated: dict[str, list[str]] = field(default_factory=dict)

    def next_id(self) -> str:
        """Return the id of the next request."""
        return f"r{len(self.requests) + 1:03d}"

    def household(self, village: LotVillage, number: int) -> str:
        """Return the id of a village's household of a number; households have no other name."""
        household_id = f"{village.id.removeprefix('village-')}-{number:02d}"
        self.households.setdefault(
            household_id,
            Household(id=household_id, name=village.household_name.format(number), place=village.id),
        )
        return household_id


def handling_s(crates: int) -> int:
    """Return the seconds that loading or unloading takes."""
    return HANDLING_S + HANDLING_S_PER_CRATE * crates


def draw_lots(
    drawing: Drawing,
    *,
    villages: Sequence[LotVillage],
    lines: Sequence[ProductLine],
    teaching: Sequence[TeachingLot] = (),
    centre_lots: int,
    musts: int,
) -> None:
    """Draw the produce requests, village after village.

    Parameters
    ----------
    drawing
        Receives requests and households.
    villages
        With as many lots in all as ``lines`` have requests.
    lines
        Products with their numbers of requests, the teaching lots included.
    teaching
        Lots that stand as they are; the first of their village.
    centre_lots
        How many of the ordinary lots wait at stalls of the centre.
    musts
        How many of the ordinary lots must be served.
    """
    random = drawing.random
    taught = [lot.line.product.id for lot in teaching]
    deal = [line for line in lines for _ in range(line.requests - taught.count(line.product.id))]
    deal = [deal[index] for index in random.permutation(len(deal))]
    at_centre = set(random.permutation(len(deal))[:centre_lots].tolist())
    must = set(random.permutation(len(deal))[:musts].tolist())
    village_lots = np.setdiff1d(np.arange(len(deal)), list(at_centre))
    late_count = round(drawing.season.late_share * (len(deal) + len(taught)))
    late_count = max(0, late_count - sum(lot.window is not None for lot in teaching))
    late = set(random.permutation(village_lots)[:late_count].tolist())
    stalls = random.permutation(drawing.stalls) + 1
    stall_of: dict[str, int] = {}
    dealt = 0
    for village in villages:
        drawing.designated[village.id] = _designate(drawing)
        own = [lot for lot in teaching if lot.village == village.id]
        for number, lot in enumerate(own, start=1):
            _add_teaching(drawing, lot, household=drawing.household(village, number), village=village)
        number, before = len(own), None
        for count in range(village.lots - len(own)):
            line = deal[dealt]
            if before is line or count % SAME_HOUSEHOLD_EVERY != SAME_HOUSEHOLD_EVERY - 1:
                number += 1
            before = line
            household = drawing.household(village, number)
            stall = None
            if dealt in at_centre:
                stall = stall_of.setdefault(household, int(stalls[len(stall_of)]))
            _add_lot(
                drawing, line, village=village, household=household, stall=stall, late=dealt in late,
                must=dealt in must,
            )  # fmt: skip
            dealt += 1


def draw_parcels(
    drawing: Drawing, *, villages: Sequence[LotVillage], parcels: int, sacks: int, musts: int
) -> None:
    """Draw what goes out from the centre: parcels and sacks of fertiliser, to known households."""
    random, season = drawing.random, drawing.season
    start, end = (minute_of(text) for text in season.parcels_out.split("-"))
    for index in range(parcels + sacks):
        village = villages[(index + index // len(villages)) % len(villages)]
        known = [item.id for item in drawing.households.values() if item.place == village.id]
        household = known[int(random.integers(len(known)))] if known else drawing.household(village, 1)
        product = PARCEL if index < parcels else FERTILISER
        least, greatest = PARCEL_KG if index < parcels else FERTILISER_KG
        kg = int(random.integers(least, greatest + 1))
        crates = product.crates_for(kg)
        drawing.requests.append(
            Request(
                id=drawing.next_id(),
                household=household,
                product=product.id,
                kg=kg,
                crates=crates,
                pickup=Task(
                    place=drawing.centre,
                    windows=(season.clock.window(start, end),),
                    handling_s=handling_s(crates),
                ),
                dropoffs=(
                    Task(
                        place=village.id,
                        windows=(season.clock.window(start, end),),
                        handling_s=handling_s(crates),
                    ),
                ),
                value_yuan=PARCEL_VALUE_YUAN if index < parcels else _value_yuan(product, kg),
                must=index < musts,
            )
        )


def draw_kg(random: np.random.Generator, kg: tuple[int, int, int]) -> int:
    """Return whole kg between the least and the greatest, most often near the middle."""
    least, middle, greatest = kg
    return round(float(random.triangular(least, middle, greatest)))


def _designate(drawing: Drawing) -> list[str]:
    """Communities of a village, a share of every kind of opening, those that close last first."""
    groups: dict[tuple[Window, ...], list[str]] = {}
    for place in drawing.communities.values():
        groups.setdefault(place.opening, []).append(place.id)
    total = len(drawing.communities)
    chosen: list[str] = []
    for windows in sorted(groups, key=lambda group: group[-1].end, reverse=True):
        members = groups[windows]
        share = max(1, round(DESIGNATED * len(members) / total))
        chosen += [members[index] for index in drawing.random.permutation(len(members))[:share]]
    return chosen


def _alternatives(drawing: Drawing, village: LotVillage, *, late: bool, crates: int) -> tuple[Task, ...]:
    """Three to five of the village's communities; late goods go to those that close last."""
    communities = drawing.designated[village.id]
    count = min(int(drawing.random.integers(3, 6)), len(communities))
    kept = communities[: min(3, count)] if late else []
    rest = [place for place in communities if place not in kept]
    more = drawing.random.permutation(len(rest))[: count - len(kept)]
    wanted = {*kept, *(rest[index] for index in more)}
    return tuple(
        Task(place=place, handling_s=handling_s(crates)) for place in drawing.communities if place in wanted
    )


def _latest_ready(drawing: Drawing, origin: str, dropoffs: Sequence[Task]) -> int:
    """Return the last quarter of an hour from which a slow tricycle still sells in one of the communities."""
    midnight = drawing.season.clock.at(0)
    latest = 0.0
    for task in dropoffs:
        place = drawing.communities[task.place]
        closing_s = (place.opening[-1].end - midnight).total_seconds()
        needed_s = 2 * task.handling_s + drawing.durations_s[origin, place.id] + place.setup_s + place.stay_s
        latest = max(latest, (closing_s - needed_s) / 60 - SPARE_MIN)
    return QUARTER_MIN * int(latest // QUARTER_MIN)


def _add_lot(
    drawing: Drawing,
    line: ProductLine,
    *,
    village: LotVillage,
    household: str,
    stall: int | None,
    late: bool,
    must: bool,
) -> None:
    season, product = drawing.season, line.product
    if stall is not None:
        span, patience_min = season.centre_ready, season.centre_patience_min
    elif late:
        span, patience_min = season.late_ready, season.late_patience_min
    else:
        span, patience_min = season.ready, season.patience_min
    first, last = (minute_of(text) for text in span.split("-"))
    ready = first + QUARTER_MIN * int(drawing.random.integers((last - first) // QUARTER_MIN + 1))
    kg = draw_kg(drawing.random, line.kg)
    crates = product.crates_for(kg)
    place = village.id if stall is None else drawing.centre
    dropoffs = _alternatives(drawing, village, late=late, crates=crates)
    ready = min(ready, _latest_ready(drawing, place, dropoffs))
    drawing.requests.append(
        Request(
            id=drawing.next_id(),
            household=household,
            product=product.id,
            kg=kg,
            crates=crates,
            pickup=Task(
                place=place,
                windows=(season.clock.window(ready, ready + patience_min),),
                handling_s=handling_s(crates),
                stall=stall,
            ),
            dropoffs=dropoffs,
            value_yuan=_value_yuan(product, kg),
            must=must,
        )
    )


def _add_teaching(drawing: Drawing, lot: TeachingLot, *, household: str, village: LotVillage) -> None:
    product, season = lot.line.product, drawing.season
    crates = product.crates_for(lot.kg)
    first, last = (minute_of(text) for text in (lot.window or season.ready).split("-"))
    drawing.requests.append(
        Request(
            id=drawing.next_id(),
            household=household,
            product=product.id,
            kg=lot.kg,
            crates=crates,
            pickup=Task(
                place=lot.place or village.id,
                windows=(season.clock.window(first, last),),
                handling_s=handling_s(crates),
            ),
            dropoffs=_alternatives(drawing, village, late=True, crates=crates),
            value_yuan=_value_yuan(product, lot.kg),
            penalty_yuan=lot.penalty_yuan,
            on_board_limit_s=lot.on_board_limit_s,
            note=lot.note,
        )
    )


def _value_yuan(product: Product, kg: float) -> float:
    return round(kg * product.price_yuan_per_kg, 2)

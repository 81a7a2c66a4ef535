"""What a day knows before its requests: places, products, households, tricycles, clock."""

import datetime
from dataclasses import dataclass
from typing import Self
from zoneinfo import ZoneInfo

from fleet.model import Day
from fleet.model.base import Window
from fleet.model.places import Household, Place, Product
from fleet.model.requests import Request
from fleet.model.tricycles import Tricycle


@dataclass(frozen=True, kw_only=True)
class Master:
    """Places and all else that the rows of a sheet refer to.

    Parameters
    ----------
    date, zone
        Of the day that is filled.
    places, products, households, tricycles
        As in a day. Without products, those of the sheet are taken by their names.
    requests
        That the day has already.
    """

    date: datetime.date
    zone: str
    places: tuple[Place, ...]
    products: tuple[Product, ...] = ()
    households: tuple[Household, ...] = ()
    tricycles: tuple[Tricycle, ...] = ()
    requests: tuple[Request, ...] = ()

    @classmethod
    def of(cls, day: Day) -> Self:
        """Return what a day knows."""
        return cls(
            date=day.date,
            zone=day.zone,
            places=day.places,
            products=day.products,
            households=day.households,
            tricycles=day.tricycles,
            requests=day.requests,
        )


def moved_to(day: Day, date: datetime.date) -> tuple[tuple[Place, ...], tuple[Tricycle, ...]]:
    """Return places and tricycles of a day as of another date, at the same times of the clock."""
    zone, days = ZoneInfo(day.zone), date - day.date

    def moved(window: Window) -> Window:
        start, end = (
            datetime.datetime.combine(local.date() + days, local.time(), tzinfo=zone)
            for local in (window.start.astimezone(zone), window.end.astimezone(zone))
        )
        return Window(start=start, end=end)

    places = tuple(
        place.model_copy(update={"opening": tuple(map(moved, place.opening))}) for place in day.places
    )
    tricycles = tuple(
        tricycle.model_copy(
            update={
                "shift": moved(tricycle.shift),
                "breaks": tuple(
                    pause.model_copy(update={"window": moved(pause.window)}) for pause in tricycle.breaks
                ),
            }
        )
        for tricycle in day.tricycles
    )
    return places, tricycles

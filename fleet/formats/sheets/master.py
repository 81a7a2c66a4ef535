"""What a day knows before its requests: places, products, households, tricycles, clock."""

import datetime
from dataclasses import dataclass
from typing import Self

from fleet.model import Day
from fleet.model.moving import moved_place, moved_tricycle
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
    zone, days = day.clock, (date - day.date).days
    return (
        tuple(moved_place(place, days=days, zone=zone) for place in day.places),
        tuple(moved_tricycle(tricycle, days=days, zone=zone) for tricycle in day.tricycles),
    )

"""Places, households and products: the township's master data."""

from typing import Annotated, Literal

from pydantic import Field

from fleet.model.base import (
    AS_WHOLE,
    NO_NUL,
    WITHOUT_NUL,
    Crates,
    Document,
    Id,
    Kg,
    Label,
    Latitude,
    Longitude,
    PositiveKg,
    PositiveSeconds,
    Seconds,
    Windows,
    Yuan,
)

PlaceKind = Literal["village", "community", "centre", "site", "station", "charger"]


class Charger(Document):
    """Plugs at a place. Queues at plugs are not planned; too many at once give a warning."""

    power_kw: Annotated[float, Field(ge=0.01, le=1_000)]
    plugs: Annotated[int, Field(ge=1, le=1_000), AS_WHOLE] = 1


class Place(Document):
    """Where tricycles load, unload, sell, start, end or charge.

    ``setup_s`` is paid once a visit, ``stay_s`` once a visit that drops something off. ``bays`` bounds
    the tricycles there at once, ``max_kg`` and ``max_kg_of_product`` what is dropped off in a day.
    """

    id: Id
    name: Label
    kind: PlaceKind
    latitude: Latitude
    longitude: Longitude
    names: dict[Literal["en", "zh-Hans", "ug"], Label] = {}
    opening: Windows = ()
    setup_s: Seconds = 0
    stay_s: Seconds = 0
    bays: Annotated[int, Field(ge=1, le=1_000), AS_WHOLE] | None = None
    max_kg: Kg | None = None
    max_kg_of_product: dict[Id, Kg] = {}
    stalls: Annotated[int, Field(ge=0, le=10_000), AS_WHOLE] = 0
    charger: Charger | None = None


class Household(Document):
    """A farming household. Name and phone never reach logs."""

    id: Id
    name: Label
    phone: Annotated[str, Field(max_length=40, json_schema_extra=WITHOUT_NUL), NO_NUL] | None = None
    place: Id | None = None


class Product(Document):
    """What is carried; ``keep_apart`` labels that differ never share a box."""

    id: Id
    name: Label
    names: dict[Literal["en", "zh-Hans", "ug"], Label] = {}
    kg_per_crate: PositiveKg | None = None
    price_yuan_per_kg: Yuan = 0.0
    shelf_life_s: PositiveSeconds | None = None
    on_board_limit_s: Seconds | None = None
    keep_apart: Annotated[str, Field(min_length=1, max_length=40)] | None = None
    equipment: tuple[Id, ...] = ()

    def crates_for(self, kg: float) -> Crates:
        """Return the crates that ``kg`` needs, 0 when the product names no crate."""
        if self.kg_per_crate is None:
            return 0
        return -(-round(kg * 1_000) // round(self.kg_per_crate * 1_000))

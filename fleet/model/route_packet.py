"""The route packet: one driver's route, complete for a phone that has no network until the evening.

Times come as instants and as both clocks show them, names in three languages, points with links for
navigation: a phone computes nothing.
"""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from fleet.model.base import (
    Count,
    Crates,
    Date,
    Document,
    Fraction,
    Id,
    Instant,
    Kg,
    Label,
    Latitude,
    Longitude,
    Metres,
    Note,
    Seconds,
    Whole,
    Zone,
)
from fleet.model.locks import StopRef

PACKET_FORMAT: Literal["fleet-route/1"] = "fleet-route/1"
Language = Literal["en", "zh-Hans", "ug"]
Names = dict[Language, str]
"""In every language; where a name is not translated it is the place's or product's own."""


class ClockTime(Document):
    """An instant, and the hours and minutes that the two clocks of Xinjiang show."""

    at: Instant
    shanghai: str
    urumqi: str


class Period(Document):
    """From the first to the last instant."""

    start: ClockTime
    end: ClockTime


class Links(Document):
    """What opens a point in a map program, each in its own datum; ``geo:`` is that of the phone."""

    amap: str
    baidu: str
    tencent: str
    geo: str


class PacketPlace(Document):
    """Where to go; coordinates are WGS 84."""

    key: str
    kind: str
    names: Names
    latitude: Latitude
    longitude: Longitude
    links: Links


class PacketLeg(Document):
    """A drive; ``path`` is an encoded polyline of five decimals, empty where the way is not known."""

    departure: ClockTime
    arrival: ClockTime
    distance_m: Metres
    duration_s: Seconds
    path: str = ""


class PacketHousehold(Document):
    """Whose goods they are; the phone is there only where they are fetched."""

    name: Label
    phone: str | None = None


class PacketStop(StopRef):
    """What is loaded or unloaded; load and charge are those expected afterwards."""

    household: PacketHousehold | None
    product: Names | None
    kg: Kg
    crates: Crates
    stall: Whole | None
    must: bool
    note: Note
    windows: tuple[Period, ...]
    start: ClockTime
    end: ClockTime
    load_kg: Kg
    load_crates: Crates
    charge: Fraction | None


class PacketPause(Document):
    """A break, or charging."""

    kind: Literal["break", "recharge"]
    start: ClockTime
    end: ClockTime
    charge: Fraction | None


class Amount(Document):
    """What is loaded or unloaded in a visit, added up."""

    stops: Count
    kg: Kg
    crates: Crates


class PacketVisit(Document):
    """Everything at one place from coming to leaving. ``stay_until`` ends the time for selling."""

    leg: PacketLeg | None
    place: PacketPlace
    opening: tuple[Period, ...]
    arrival: ClockTime
    entries: Annotated[tuple[PacketStop | PacketPause, ...], Field(min_length=1)]
    loads: Amount
    unloads: Amount
    stay_until: ClockTime | None


class ChangedStop(StopRef):
    """A stop that came or went."""

    place: Names
    product: Names | None
    kg: Kg
    crates: Crates


class PacketChanges(Document):
    """How this route differs from the version published before."""

    since: Count
    added: tuple[ChangedStop, ...]
    removed: tuple[ChangedStop, ...]


class RoutePacket(Document):
    """A driver's route of a day. ``plan`` is what events name; ``number`` is what people call the version.

    Where the plan was withdrawn, ``withdrawn_at`` says since when, and there is nothing to drive: no visits.
    """

    format: Literal["fleet-route/1"] = PACKET_FORMAT
    version: str
    date: Date
    zone: Zone
    plan: Id
    number: Count
    published_at: Instant
    withdrawn_at: Instant | None = None
    driver: Id
    driver_name: str
    dispatcher_phone: str | None
    tricycle: Id
    tricycle_number: Whole
    tricycle_name: str
    attribution: str
    invented: bool
    start: PacketPlace
    end: PacketPlace | None
    departure: ClockTime
    return_: Annotated[ClockTime, Field(alias="return")]
    start_load_kg: Kg
    start_charge: Fraction | None
    end_charge: Fraction | None
    distance_m: Metres
    visits: tuple[PacketVisit, ...]
    last_leg: PacketLeg | None
    changes: PacketChanges | None

    model_config = ConfigDict(populate_by_name=True)

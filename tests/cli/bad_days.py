"""Days with one thing wrong each: what to spoil, which code is expected, what its line has to name."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.cli.small import Json, at, day, window


@dataclass(frozen=True)
class Row:
    """One row: a reason, how to spoil the small day, the code, and what the line names."""

    reason: str
    spoil: Callable[[Json], Any]
    code: str
    names: tuple[str, ...]

    def document(self) -> Json:
        """The spoilt day."""
        document = day()
        self.spoil(document)
        return document


def put(path: str, value: Any) -> Callable[[Json], None]:
    """Put a value at ``requests.0.kg``."""

    def spoil(document: Json) -> None:
        *way, last = path.split(".")
        target: Any = document
        for part in way:
            target = target[int(part) if part.isdigit() else part]
        target[int(last) if last.isdigit() else last] = value

    return spoil


def drop(path: str) -> Callable[[Json], None]:
    """Take a key away."""

    def spoil(document: Json) -> None:
        *way, last = path.split(".")
        target: Any = document
        for part in way:
            target = target[int(part) if part.isdigit() else part]
        del target[last]

    return spoil


def many(name: str, number: int) -> Callable[[Json], None]:
    """Repeat the first item of a list under ever new ids."""

    def spoil(document: Json) -> None:
        first = document[name][0]
        document[name] += [
            first | {"id": f"x{i}"} | ({"number": 100 + i} if name == "tricycles" else {})
            for i in range(number - len(document[name]))
        ]

    return spoil


def both(*spoils: Callable[[Json], None]) -> Callable[[Json], None]:
    """Spoil twice."""

    def spoil(document: Json) -> None:
        for one in spoils:
            one(document)

    return spoil


def curve(*temperatures: float) -> Json:
    """A curve over temperatures."""
    return {"points": [{"temperature_c": t, "factor": 1.0} for t in temperatures]}


PICKUP = "requests.0.pickup"
WINDOWS = f"{PICKUP}.windows"
HOLE = [{"latitude": 41.7, "longitude": 86.1}, {"latitude": 41.71, "longitude": 86.1}]

BAD_DAYS = [
    # kinds of values and units
    Row("a number as text", put("requests.0.kg", "70"), "WRONG_TYPE", ("requests[0].kg", "70")),
    Row("a number with its unit", put("requests.0.kg", "70kg"), "WRONG_TYPE", ("requests[0].kg", "70kg")),
    Row("true for a number", put("requests.0.crates", True), "WRONG_TYPE", ("requests[0].crates",)),
    Row("half a crate", put("requests.0.crates", 1.5), "WRONG_TYPE", ("requests[0].crates", "1.5")),
    Row("nothing for a number", put("requests.0.kg", None), "WRONG_TYPE", ("requests[0].kg",)),
    Row("a list for a text", put("title", ["a"]), "WRONG_TYPE", ("title",)),
    Row("an object for a list", put("places", {"a": 1}), "WRONG_TYPE", ("places",)),
    Row("a text for an object", put("rules", "none"), "WRONG_TYPE", ("rules", "none")),
    Row("yes for true", put("requests.0.must", "yes"), "WRONG_TYPE", ("requests[0].must", "yes")),
    Row("grams for kilograms", put("requests.0.kg", 7e7), "VALUE_TOO_LARGE", ("requests[0].kg", "100000")),
    Row("negative kilograms", put("requests.0.kg", -5), "VALUE_TOO_SMALL", ("requests[0].kg", "-5")),
    Row("no kilograms at all", put("requests.0.kg", 0), "VALUE_TOO_SMALL", ("requests[0].kg", "0.001")),
    Row("a number of thirty digits", put("requests.0.crates", 10**30), "VALUE_TOO_LARGE", ("crates",)),
    Row("negative set-up", put("places.3.setup_s", -1), "VALUE_TOO_SMALL", ("places[3].setup_s", "-1")),
    Row("milliseconds", put("places.3.stay_s", 1_800_000), "VALUE_TOO_LARGE", ("places[3].stay_s",)),
    Row("priority 11", put("requests.0.priority", 11), "VALUE_TOO_LARGE", ("priority", "11", "10")),
    Row("speed 0", put("tricycles.0.speed_kmh", 0), "VALUE_TOO_SMALL", ("tricycles[0].speed_kmh",)),
    Row("payload below 0", put("tricycles.1.payload_kg", -1),
        "VALUE_TOO_SMALL", ("tricycles[1].payload_kg",)),
    Row("a reserve in per cent", put("tricycles.0.battery.reserve", 20),
        "VALUE_TOO_LARGE", ("reserve", "20")),
    Row("a detour below 1", put("rules.detour_factor", 0.5),
        "VALUE_TOO_SMALL", ("rules.detour_factor", "0.5")),
    Row("Kelvin", put("rules.climate.temperature_c", 295), "VALUE_TOO_LARGE", ("temperature_c", "295")),
    Row("a kind that is none", put("places.1.kind", "hamlet"),
        "VALUE_NOT_ALLOWED", ("places[1].kind", "hamlet")),
    # keys, ids, lists
    Row("an unknown key", put("requests.0.weight", 70), "UNKNOWN_KEY", ("requests[0].weight", "70")),
    Row("an unknown key at the top", put("vehicles", []), "UNKNOWN_KEY", ("vehicles",)),
    Row("a missing key", drop("requests.0.kg"), "MISSING_KEY", ("requests[0].kg",)),
    Row("no date", drop("date"), "MISSING_KEY", ("date",)),
    Row("an empty id", put("requests.0.id", ""), "TEXT_EMPTY", ("requests[0].id",)),
    Row("an id with a slash", put("requests.0.id", "a/b"), "ID_MALFORMED", ("requests[0].id", "a/b")),
    Row("an id that ends in a blank", put("requests.0.id", "a "), "ID_MALFORMED", ("requests[0].id",)),
    Row("a title without end", put("title", "x" * 500), "TEXT_TOO_LONG", ("title", "200")),
    Row("an id twice", put("requests.1.id", "r1"),
        "DUPLICATE_ID", ("requests[1].id", "r1", "requests[0].id")),
    Row("a place twice", put("places.2.id", "upper"), "DUPLICATE_ID", ("places[2].id", "upper")),
    Row("a number twice", put("tricycles.1.number", 1), "DUPLICATE_ID", ("tricycles[1].number", "1")),
    Row("an unknown place", put(f"{PICKUP}.place", "moon"),
        "UNKNOWN_ID", ("requests[0].pickup.place", "moon")),
    Row("an unknown product", put("requests.0.product", "gold"), "UNKNOWN_ID", ("product", "gold")),
    Row("an unknown household", put("requests.0.household", "h"), "UNKNOWN_ID", ("requests[0].household",)),
    Row("an unknown start", put("tricycles.0.start_place", "x"), "UNKNOWN_ID", ("tricycles[0].start_place",)),
    Row("an unknown driver's tricycle", put("assignments", [{"driver": "d", "tricycle": "t9"}]), "UNKNOWN_ID",
           ("assignments[0].tricycle", "t9")),
    Row("an empty day", put("requests", []), "LIST_EMPTY", ("requests",)),
    Row("no tricycles", put("tricycles", []), "LIST_EMPTY", ("tricycles",)),
    Row("no places", put("places", []), "LIST_EMPTY", ("places",)),
    Row("nowhere to go", put("requests.0.dropoffs", []), "LIST_EMPTY", ("requests[0].dropoffs",)),
    # clocks
    Row("a window that ends before it starts", put(WINDOWS, [window("09:00", "08:00")]), "WINDOW_REVERSED",
           ("requests[0].pickup.windows[0]", "09:00")),
    Row("windows that overlap", put(WINDOWS, [window("08:00", "10:00"), window("09:00", "11:00")]),
           "WINDOWS_OVERLAP", ("requests[0].pickup.windows",)),
    Row("windows out of order", put(WINDOWS, [window("10:00", "11:00"), window("08:00", "09:00")]),
           "WINDOWS_OVERLAP", ("requests[0].pickup.windows",)),
    Row("a time without an offset", put(f"{WINDOWS}.0.start", "2026-06-15T07:30:00"), "TIME_WITHOUT_OFFSET",
           ("requests[0].pickup.windows[0].start",)),
    Row("half a second", put(f"{WINDOWS}.0.start", "2026-06-15T07:30:00.5+08:00"), "TIME_NOT_WHOLE_SECONDS",
           ("requests[0].pickup.windows[0].start",)),
    Row("a clock without a date", put(f"{WINDOWS}.0.start", "07:30"), "TIME_UNREADABLE", ("start", "07:30")),
    Row("the thirteenth month", put("date", "2026-13-01"), "DATE_UNREADABLE", ("date", "2026-13-01")),
    Row("the thirtieth of February", put("date", "2026-02-30"), "DATE_UNREADABLE",
        ("date = 2026-02-30", "write one like 2026-06-15")),
    Row("another year", put(f"{WINDOWS}.0", {"start": "2025-06-15T07:30:00+08:00", "end": at("09:30")}),
           "TIME_FAR_FROM_DATE", ("requests[0].windows", "2025-06-15")),
    Row("a shift of last week", put("tricycles.0.shift.start", "2026-06-08T07:00:00+08:00"),
           "TIME_FAR_FROM_DATE", ("tricycles[0].shift.start", "2026-06-08")),
    Row("a zone that is none", put("zone", "Asia/Korla"), "ZONE_UNKNOWN", ("zone", "Asia/Korla")),
    Row("a zone that is a path", put("zone", "../../etc/passwd"), "ZONE_UNKNOWN", ("zone",)),
    Row("a break that lasts no time",
        put("tricycles.0.breaks", [{"duration_s": 0, "window": window("11:00", "12:00")}]),
           "VALUE_TOO_SMALL", ("tricycles[0].breaks[0].duration_s",)),
    # where things are
    Row("coordinates swapped", both(put("places.1.latitude", 86.13), put("places.1.longitude", 41.745)),
           "COORDINATES_SWAPPED", ("places[1].latitude", "86.13, 41.745")),
    Row("a latitude beyond the pole", put("places.1.latitude", 91),
        "VALUE_TOO_LARGE", ("places[1].latitude", "91")),
    Row("microdegrees", put("places.1.longitude", 86_130_000), "VALUE_TOO_LARGE", ("places[1].longitude",)),
    Row("a stall that is not there", put(f"{PICKUP}.stall", 3),
        "STALL_UNKNOWN", ("requests[0].pickup.stall", "3")),
    Row("two households on one stall", both(
        put("requests.0.dropoffs", [{"place": "centre", "stall": 7}]),
        put("requests.1.dropoffs", [{"place": "centre", "stall": 7}])),
        "STALL_TAKEN", ("requests[1].dropoffs[0].stall", "requests[0].dropoffs[0].stall")),
    # what contradicts itself
    Row("a reserve above the charge", put("tricycles.0.battery.charge", 0.1), "RESERVE_ABOVE_CHARGE",
           ("tricycles[0].battery", "0.1", "0.2")),
    Row("a curve that falls back", put("rules.climate.consumption", curve(20, -10)), "CURVE_NOT_RISING",
           ("rules.climate.consumption",)),
    Row("only and never the same tricycle", put("locks", {"requests": [
        {"request": "r1", "only_tricycle": "t1", "not_tricycles": ["t1"]}]}),
        "LOCKS_CONTRADICT", ("locks.requests[0]", "t1")),
    Row("a road closed nowhere", put("closed_roads", [{"name": "bridge"}]),
        "CLOSED_ROAD_EMPTY", ("closed_roads[0]",)),
    Row("a closure of two corners", put("closed_roads", [{"polygon": HOLE}]), "CLOSED_ROAD_EMPTY",
           ("closed_roads[0]",)),
    Row("six speeds",
        both(many("tricycles", 6), *(put(f"tricycles.{i}.speed_kmh", 20 + i) for i in range(6))),
           "TOO_MANY_SPEED_CLASSES", ("tricycles", "6", "5")),
    # beyond the limits
    Row("5,001 requests", many("requests", 5_001), "LIMIT_EXCEEDED", ("requests", "5000")),
    Row("501 tricycles", many("tricycles", 501), "LIMIT_EXCEEDED", ("tricycles", "500")),
    Row("2,001 places", many("places", 2_001), "LIMIT_EXCEEDED", ("places", "2000")),
    Row("51 drop-offs", put("requests.0.dropoffs", [{"place": "pear"}] * 51), "LIMIT_EXCEEDED",
           ("requests[0].dropoffs", "50")),
    Row("another format", put("format", "fleet-day/9"),
        "FORMAT_UNKNOWN", ("format", "fleet-day/9", "fleet-day/1")),
    Row("no format", drop("format"), "FORMAT_UNKNOWN", ("format",)),
    Row("a date as a number", put("date", datetime.date(2026, 6, 15).toordinal()),
        "DATE_UNREADABLE", ("date",)),
]  # fmt: skip

"""Calls with one thing wrong each: files that are none, options that say nothing, plans of another day."""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cli.bad_days import put
from tests.cli.small import DAY, Json, day, write_json


@dataclass(frozen=True)
class Call:
    """One row: a reason, the call, the code, what the line names, and the file that makes it wrong.

    ``{shelf}`` in the call is the folder of good files; ``{bad}`` is the file that ``make`` fills.
    """

    reason: str
    arguments: str
    code: str
    names: tuple[str, ...] = ()
    make: Callable[[Path], bytes | Json] | bytes | None = None

    def argv(self, shelf: Path, folder: Path) -> list[str]:
        """Make the bad file and return what is called."""
        content = self.make(shelf) if callable(self.make) else self.make
        if isinstance(content, bytes):
            (folder / "bad").write_bytes(content)
        elif content is not None:
            write_json(folder / "bad", content)
        return [word.format(shelf=shelf, bad="bad") for word in self.arguments.split(" ")]


def bytes_of(name: str, *, upto: int | None = None) -> Callable[[Path], bytes]:
    """The beginning of a good file."""
    return lambda shelf: (shelf / name).read_bytes()[:upto]


def spoilt(name: str, *spoils: Callable[[Json], Any]) -> Callable[[Path], Json]:
    """A good document with something put into it."""

    def make(shelf: Path) -> Json:
        document: Json = json.loads((shelf / name).read_text(encoding="utf-8"))
        for spoil in spoils:
            spoil(document)
        return document

    return make


def old_roads(shelf: Path) -> bytes:
    """A road file of a format before the first."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("header.json", json.dumps({"format": "fleet-roads/0", "sha256": ""}))
    return buffer.getvalue()


def turned_bit(shelf: Path) -> bytes:
    """A road file with one byte changed in the middle."""
    content = bytearray((shelf / "kuqa" / "oasis.roads").read_bytes())
    content[len(content) // 2] ^= 0xFF
    return bytes(content)


def cut_off(shelf: Path) -> Json:
    """Six requests of Kuqa with a wall round one of their villages."""
    document: Json = json.loads((shelf / "few.json").read_text(encoding="utf-8"))
    place = document["places"][3]
    latitude, longitude, gap = place["latitude"], place["longitude"], 0.004
    ring = [(-gap, -gap), (-gap, gap), (gap, gap), (gap, -gap)]
    inner = [(y / 2, x / 2) for y, x in ring]
    # A ring of four thin walls: the place keeps its own road and loses every way out.
    document["closed_roads"] = [
        {
            "polygon": [
                {"latitude": latitude + y, "longitude": longitude + x}
                for y, x in (ring[k], ring[(k + 1) % 4], inner[(k + 1) % 4], inner[k])
            ]
        }
        for k in range(4)
    ]
    return document


def ole(name: str) -> bytes:
    """The container of old and of encrypted workbooks."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + name.encode("utf-16-le")


SHEET = b"village,household,product,weight\nNowhere,Household 1,tomato,50\n"
IMPORT = "import {bad} --day {shelf}/day.json -o n.json"
PLAN_SHEET = "plan {bad} --places {shelf}/day.json --tricycles {shelf}/day.json"
MAPLESS = "plan {bad} -o plan.json"
ON_ROADS = "plan {shelf}/day.json --roads {bad} -o plan.json"
BUILD = "roads build {bad} -o new.roads"
TEXT = json.dumps(DAY, ensure_ascii=False)

BAD_CALLS = [
    # JSON that is none
    Call("not JSON", MAPLESS, "JSON_MALFORMED", ("bad", "line 1, column 1"), b"hello"),
    Call("an empty file", MAPLESS, "JSON_MALFORMED", ("bad",), b""),
    Call("JSON cut off", MAPLESS, "JSON_MALFORMED", ("bad", "line"), TEXT[:900].encode()),
    Call("a comma too many", MAPLESS, "JSON_MALFORMED", ("bad",), TEXT.replace("]", ",]", 1).encode()),
    Call("UTF-16", MAPLESS, "JSON_MALFORMED", ("bad",), TEXT.encode("utf-16")),
    Call("GB18030", MAPLESS, "JSON_MALFORMED", ("bad",), TEXT.encode("gb18030")),
    Call("nothing but zeros", MAPLESS, "JSON_MALFORMED", ("bad",), bytes(100)),
    Call("a list", MAPLESS, "WRONG_TYPE", ("bad", "list"), b"[]"),
    Call("a text that holds JSON", MAPLESS, "WRONG_TYPE", ("bad", "str"), json.dumps(TEXT).encode()),
    Call("brackets without end", MAPLESS, "JSON_MALFORMED", ("bad",), b"[" * 200_000),
    Call("objects without end", MAPLESS, "JSON_MALFORMED", ("bad",), b'{"a":' * 200_000),
    Call("a key twice", MAPLESS, "DUPLICATE_KEY", ("bad", "zone"),
         TEXT.replace('"zone"', '"zone": "Asia/Urumqi", "zone"', 1).encode()),
    Call("NaN", MAPLESS,
         "NOT_A_NUMBER", ("bad", "requests[0].kg"), TEXT.replace('"kg": 70', '"kg": NaN').encode()),
    Call("Infinity", MAPLESS, "NOT_A_NUMBER", ("bad", "requests[0].kg"),
         TEXT.replace('"kg": 70', '"kg": Infinity').encode()),
    Call("minus infinity", MAPLESS, "NOT_A_NUMBER", ("bad", "requests[0].kg"),
         TEXT.replace('"kg": 70', '"kg": -Infinity').encode()),
    Call("a number beyond all numbers", MAPLESS, "NOT_A_NUMBER", ("bad", "requests[0].kg"),
         TEXT.replace('"kg": 70', '"kg": 1e400').encode()),
    Call("21 MB", MAPLESS, "LIMIT_EXCEEDED", ("bad", "20000000"), b" " * 21_000_000),
    Call("a plan for a day", "plan {shelf}/plan.json", "FORMAT_UNKNOWN", ("plan.json", "fleet-plan/1")),
    # files that are none
    Call("no such day", "plan missing.json -o plan.json", "FILE_NOT_FOUND", ("missing.json",)),
    Call("a folder for a day", "plan {shelf} -o plan.json", "FILE_UNREADABLE", ("{shelf}", "name a file")),
    Call("a file for a folder", "plan {shelf}/day.json/day.json", "FILE_UNREADABLE", ("day.json/day.json",)),
    Call("no such roads", "plan {shelf}/day.json --roads no.roads -o p", "FILE_NOT_FOUND", ("no.roads",)),
    Call("a day for roads", ON_ROADS, "ROADS_FORMAT", ("bad", "fleet roads build"), bytes_of("day.json")),
    Call("roads cut off", ON_ROADS, "ROADS_FORMAT", ("bad",), bytes_of("kuqa/oasis.roads", upto=9_000)),
    Call("roads with a turned bit", ON_ROADS, "ROADS_FORMAT", ("bad",), turned_bit),
    Call("roads of an old format", ON_ROADS, "ROADS_FORMAT", ("bad", "fleet-roads/0"), old_roads),
    Call("a folder for roads", "roads info {shelf}", "FILE_UNREADABLE", ("{shelf}",)),
    # output that cannot be
    Call("a folder to write", "plan {shelf}/day.json -o {shelf}", "FILE_UNWRITABLE", ("choose another",)),
    Call("a file as a folder", "plan {shelf}/day.json -o bad/plan.json", "FILE_UNWRITABLE", ("bad",), b"x"),
    Call("a device's folder", "plan {shelf}/day.json -o /proc/plan.json", "FILE_UNWRITABLE", ("/proc/plan",)),
    Call("maps into a file", "plan {shelf}/day.json -o p --map bad", "FILE_UNWRITABLE", ("bad",), b"x"),
    Call("maps below a file", "plan {shelf}/day.json -o p --map bad/out", "FILE_UNWRITABLE", ("bad",), b"x"),
    Call("roads into a folder", "roads build {shelf}/day.json -o {shelf}", "FILE_UNWRITABLE", ("{shelf}",)),
    Call("a sample into a file", "sample kuqa -o bad", "FILE_UNWRITABLE", ("bad",), b"x"),
    Call("two answers on one output", "plan {shelf}/day.json -o - --json", "OPTIONS_CONTRADICT", ("--json",)),
    # options
    Call("a budget without a unit we know", "plan {shelf}/day.json --budget 10x", "BUDGET_INVALID", ("10x",)),
    Call("a budget of nothing", "plan {shelf}/day.json --budget 0s", "VALUE_TOO_SMALL", ("--budget", "0s")),
    Call("a negative budget", "plan {shelf}/day.json --budget -5s", "BUDGET_INVALID", ("--budget", "-5s")),
    Call("a budget that is no number", "plan {shelf}/day.json --budget nan", "BUDGET_INVALID", ("nan",)),
    Call("a budget of an hour", "plan {shelf}/day.json --budget 60m", "VALUE_TOO_LARGE", ("60m", "lower it")),
    Call("no steps", "plan {shelf}/day.json --iterations 0", "VALUE_TOO_SMALL", ("--iterations", "1")),
    Call("half a step", "plan {shelf}/day.json --iterations 1.5", "NUMBER_INVALID", ("--iterations", "1.5")),
    Call("no workers", "plan {shelf}/day.json --workers 0", "VALUE_TOO_SMALL", ("--workers",)),
    Call("an army of workers", "plan {shelf}/day.json --workers 65", "VALUE_TOO_LARGE", ("--workers", "64")),
    Call("a seed below 0", "plan {shelf}/day.json --seed -1", "VALUE_TOO_SMALL", ("--seed", "-1")),
    Call("a seed of forty digits", f"plan {{shelf}}/day.json --seed {'9' * 40}",
         "NUMBER_INVALID", ("--seed",)),
    Call("a seed of ten digits", f"plan {{shelf}}/day.json --seed {'9' * 10}",
         "VALUE_TOO_LARGE", ("--seed", "lower it")),
    Call("a language nobody speaks", "plan {shelf}/day.json --lang tlh", "VALUE_NOT_ALLOWED", ("tlh", "ug")),
    Call("an unknown option", "plan {shelf}/day.json --fast",
         "OPTION_UNKNOWN", ("--fast", "fleet plan --help")),
    Call("an option without its value", "plan {shelf}/day.json --roads",
         "OPTION_INVALID", ("--roads", "fleet plan")),
    Call("no day", "plan -o plan.json", "OPTION_MISSING", ("DAY",)),
    Call("a day too many", "plan {shelf}/day.json {shelf}/day.json", "USAGE", ("fleet plan",)),
    Call("an unknown command", "route day.json", "COMMAND_UNKNOWN", ("route", "plan")),
    Call("an unknown command of roads", "roads make x", "COMMAND_UNKNOWN", ("make", "build")),
    Call("an unknown schema", "schema fleet", "VALUE_NOT_ALLOWED", ("fleet", "day, plan")),
    # travel
    Call("a day off the roads",
         "plan {shelf}/day.json --roads {shelf}/kuqa/oasis.roads -o p", "PLACE_OFF_ROADS",
         ("day.json", "places[", "500")),
    Call("a village behind walls", "plan {bad} --roads {shelf}/kuqa/oasis.roads -o p", "PLACE_UNREACHABLE",
         ("bad", "places[3]"), cut_off),
    # roads from extracts
    Call("no such extract", "roads build no.osm.pbf -o new.roads", "FILE_NOT_FOUND", ("no.osm.pbf",)),
    Call("a folder for an extract", "roads build {shelf} -o new.roads", "FILE_UNREADABLE", ("{shelf}",)),
    Call("an extract of no known kind", BUILD, "ROADS_UNREADABLE", ("bad",), b"hello"),
    Call("no output", "roads build {bad}", "OPTION_MISSING", ("--output",), b"x"),
    Call("a box of three", f"{BUILD} --bbox 1,2,3", "BBOX_INVALID", ("--bbox", "1,2,3"), b"x"),
    Call("a box of words", f"{BUILD} --bbox w,s,e,n", "BBOX_INVALID", ("w,s,e,n",), b"x"),
    Call("a box from north to south", f"{BUILD} --bbox 86.0,41.9,86.3,41.6", "BBOX_INVALID", ("41.9",), b"x"),
    Call("a box with latitude first", f"{BUILD} --bbox 41,86.0,41.9,96.3", "BBOX_INVALID", ("96.3",), b"x"),
    Call("a box without end", f"{BUILD} --bbox nan,1,2,3", "BBOX_INVALID", ("nan",), b"x"),
    # plans
    Call("a plan of another day", "check {bad} {shelf}/plan.json",
         "PLAN_OF_ANOTHER_DAY", ("plan.json", "day_sha256"),
         lambda shelf: day(title="another day")),
    Call("a day for a plan", "check {shelf}/day.json {shelf}/day.json", "FORMAT_UNKNOWN", ("day.json",)),
    Call("a plan with a strange key", "check {shelf}/day.json {bad}", "UNKNOWN_KEY", ("bad", "colour"),
         spoilt("plan.json", put("colour", "red"))),
    Call("a plan with a negative distance", "check {shelf}/day.json {bad}", "VALUE_TOO_SMALL",
         ("bad", "figures.distance_m", "-1"), spoilt("plan.json", put("figures.distance_m", -1))),
    Call("a plan of great circles held against roads",
         "check {shelf}/day.json {shelf}/plan.json --roads {shelf}/kuqa/oasis.roads", "PLAN_OF_OTHER_ROADS",
         ("plan.json", "travel.roads_sha256")),
    Call("a plan of other roads", "check {shelf}/few.json {bad} --roads {shelf}/kuqa/oasis.roads",
         "PLAN_OF_OTHER_ROADS", ("bad", "abc"), spoilt("few-plan.json", put("travel.roads_sha256", "abc"))),
    Call("a request that is none", "explain {shelf}/day.json {shelf}/plan.json r9", "UNKNOWN_ID", ("r9",)),
    Call("an explanation by a broken plan", "explain {shelf}/day.json {bad} r3",
         "PLAN_BREAKS_RULES", ("bad",),
         spoilt("plan.json", put("figures.cost_yuan", 1))),
    Call("an explanation by another day's plan", "explain {bad} {shelf}/plan.json r3", "PLAN_OF_ANOTHER_DAY",
         ("plan.json",), lambda shelf: day(title="another day")),
    Call("an explanation without the roads",
         "explain {shelf}/few.json {shelf}/few-plan.json r006", "ROADS_MISSING",
         ("--roads",)),
    # samples
    Call("a sample that is none", "sample july -o new", "SAMPLE_UNKNOWN", ("july", "qiaerbag")),
    Call("a sample without a name", "sample -o new", "OPTION_MISSING", ("NAME",)),
    Call("a sample without a folder", "sample kuqa", "OPTION_MISSING", ("--output",)),
    Call("a day of no requests", "sample from-roads {shelf}/kuqa/oasis.roads --requests 0 -o new",
         "VALUE_TOO_SMALL", ("--requests", "0")),
    Call("a day of 5,001 requests", "sample from-roads {shelf}/kuqa/oasis.roads --requests 5001 -o new",
         "VALUE_TOO_LARGE", ("--requests", "5000")),
    Call("501 tricycles", "sample from-roads {shelf}/kuqa/oasis.roads --tricycles 501 -o new",
         "VALUE_TOO_LARGE", ("--tricycles", "500")),
    Call("a day on no roads", "sample from-roads {bad} -o new", "ROADS_FORMAT", ("bad",), b"x"),
    Call("a template of an old kind", "sample sheet -o t.xls", "VALUE_NOT_ALLOWED",
         ("--output", "t.xls", ".xlsx")),
    # request sheets
    Call("a sheet without a place to go", "import {bad} --day {shelf}/day.json", "OPTION_MISSING",
         ("--in-place",), SHEET),
    Call("a sheet without a day", "import {bad} -o n.json", "OPTION_MISSING", ("--day",), SHEET),
    Call("no such sheet", "import no.xlsx --day {shelf}/day.json -o n.json", "FILE_NOT_FOUND", ("no.xlsx",)),
    Call("an old workbook", IMPORT, "SHEET_FORMAT", ("bad", ".xlsx"), ole("Workbook")),
    Call("a workbook with a password", IMPORT, "SHEET_LOCKED", ("bad",), ole("EncryptedPackage")),
    Call("half a workbook", IMPORT, "SHEET_DAMAGED", ("bad",), b"PK\x03\x04 and then nothing"),
    Call("a sheet in an unknown encoding", IMPORT, "SHEET_ENCODING", ("bad",), b"\xff\xfd\xff"),
    Call("a sheet with other titles", IMPORT, "SHEET_HEADER_MISSING", ("bad", "A1"), b"a,b,c\n1,2,3\n"),
    Call("a sheet of a million columns", IMPORT, "LIMIT_EXCEEDED",
         ("bad", "columns", "100"), b"a," * 1_000_000),
    Call("a sheet on no clock of this world", f"{IMPORT} --zone Mars/Korla", "ZONE_UNKNOWN",
         ("Mars/Korla",), SHEET),
    Call("weights in stones", f"{IMPORT} --unit stone", "VALUE_NOT_ALLOWED", ("stone", "jin"), SHEET),
    Call("a report that is no workbook", f"{IMPORT} --report r.csv", "VALUE_NOT_ALLOWED",
         ("r.csv", ".xlsx"), SHEET),
    Call("a sheet without places", "plan {bad} --tricycles {shelf}/day.json", "OPTION_MISSING",
         ("--places",), SHEET),
    Call("a day with places of its own", "plan {shelf}/day.json --places {shelf}/day.json",
         "OPTIONS_CONTRADICT", ("--places",)),
    Call("a sheet that does not say its unit", f"{PLAN_SHEET}", "SHEET_UNIT_UNSAID",
         ("bad", "D2", "--unit"), SHEET),
    Call("a sheet with an unknown village", f"{PLAN_SHEET} --unit kg", "SHEET_PLACE_UNKNOWN",
         ("bad", "A2", "Nowhere"), SHEET),
    Call("places that are none", "plan {bad} --places {bad} --tricycles {shelf}/day.json",
         "SHEET_TABLE_MISSING", ("bad", "latitude"), SHEET),
    Call("a sheet for no date", f"{PLAN_SHEET} --date tomorrow", "DATE_UNREADABLE",
         ("tomorrow",), SHEET),
]  # fmt: skip

"""Places, products and tricycles as sheets, for planning a request sheet without a day."""

import datetime
import re
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from fleet.formats.sheets.findings import CellError, Findings, Mark
from fleet.formats.sheets.grid import Grid, Spot
from fleet.formats.sheets.names import Places
from fleet.formats.sheets.tables import Field, Record, Table, build, missing_table, read_table
from fleet.formats.sheets.values import Clock, read_number, read_time
from fleet.formats.sheets.words import plain
from fleet.model import ErrorCode, bad_input
from fleet.model.base import Window
from fleet.model.places import Charger, Place, Product
from fleet.model.tricycles import Battery, Break, Tricycle
from fleet.texts import LANGUAGES, text

_KINDS = ("village", "community", "centre", "site", "station", "charger")
_COSTS = ("fixed_yuan", "yuan_per_km", "yuan_per_hour")
_ANY_DATE = datetime.date.min


def _text(value: object) -> str:
    number = isinstance(value, float) and value.is_integer()
    return " ".join(str(int(value) if number else value).split())  # type: ignore[call-overload]


def _number(value: object) -> float:
    return read_number(value, least=-1e9, most=1e9)


def _signed(value: object) -> float:
    if isinstance(value, str) and value.strip().startswith("-"):
        return -read_number(value.strip()[1:], most=180)
    return read_number(value, least=-180, most=180)


def _count(value: object) -> int:
    number = read_number(value, most=1e6)
    if not number.is_integer():
        raise CellError(ErrorCode.SHEET_NUMBER_UNREADABLE)
    return int(number)


def _kind(value: object) -> str:
    for kind in _KINDS:
        words = {kind, *(text(f"kind_{kind}", domain="sheets", language=language) for language in LANGUAGES)}
        if plain(value) in map(plain, words):
            return kind
    raise CellError(ErrorCode.VALUE_NOT_ALLOWED, expected=", ".join(_KINDS))


def _clock(value: object) -> Clock:
    clock = read_time(value, date=_ANY_DATE)
    if clock is None:
        raise CellError(ErrorCode.SHEET_TIME_UNREADABLE)
    return clock


def _span(value: object) -> tuple[Clock, Clock]:
    ends = re.split(r"\s*[-–—~～至到]\s*", str(value).strip())
    if len(ends) != 2:
        raise CellError(ErrorCode.SHEET_TIME_UNREADABLE)
    return _clock(ends[0]), _clock(ends[1])


def _spans(value: object) -> list[tuple[Clock, Clock]]:
    return [_span(part) for part in re.split(r"[、,;，；]", str(value)) if part.strip()]


def _words(value: object) -> tuple[str, ...]:
    return tuple(part.strip() for part in re.split(r"[、,;，；]", str(value)) if part.strip())


PLACES = Table(
    name="places",
    fields=(
        Field(name="id", titles="id|编号|代码", read=_text),
        Field(name="name", titles="name|名称|地点|地名|نامى", read=_text, required=True),
        Field(name="name_zh", titles="name zh|中文名|中文名称", read=_text),
        Field(name="name_ug", titles="name ug|维文名|维吾尔文名|ئۇيغۇرچە نامى", read=_text),
        Field(name="kind", titles="kind|类别|类型|تۈرى", read=_kind, required=True),
        Field(name="latitude", titles="latitude|纬度|كەڭلىك", read=_signed, required=True),
        Field(name="longitude", titles="longitude|经度|ئۇزۇنلۇق", read=_signed, required=True),
        Field(name="opening", titles="opening|开放时间|营业时间|ئېچىلىش ۋاقتى", read=_spans),
        Field(name="setup_min", titles="setup min|准备分钟|تەييارلىق مىنۇت", read=_number),
        Field(name="stay_min", titles="stay min|停留分钟|تۇرۇش مىنۇت", read=_number),
        Field(name="bays", titles="bays|车位|ماشىنا ئورنى", read=_count),
        Field(name="stalls", titles="stalls|摊位数|بوتكا سانى", read=_count),
        Field(name="charger_kw", titles="charger kw|充电功率|توكلاش قۇۋۋىتى", read=_number),
        Field(name="plugs", titles="plugs|充电插头|插头数|چاتقۇچ", read=_count),
    ),
)
PRODUCTS = Table(
    name="products",
    fields=(
        Field(name="id", titles="id|编号|代码", read=_text),
        Field(name="name", titles="product|品名|产品|name|名称|مەھسۇلات", read=_text, required=True),
        Field(
            name="kg_per_crate",
            titles="kg per crate|每筐公斤|每筐重量|ساندۇق كىلوسى",
            read=_number,
            required=True,
        ),
        Field(name="price", titles="yuan per kg|单价|每公斤价格|باھاسى", read=_number, required=True),
        Field(name="on_board_min", titles="on board min|最长在车分钟|ماشىنىدا مىنۇت", read=_count),
        Field(name="keep_apart", titles="keep apart|隔离类别|ئايرىم", read=_text),
        Field(name="equipment", titles="equipment|所需设备|ئۈسكۈنە", read=_words),
    ),
)
TRICYCLES = Table(
    name="tricycles",
    fields=(
        Field(name="number", titles="number|编号|车号|نومۇرى", read=_count),
        Field(name="name", titles="name|名称|车型|نامى", read=_text),
        Field(name="fleet", titles="fleet|车队|ئەترەت", read=_text),
        Field(name="start_place", titles="start place|出发地|出发地点|چىقىش ئورنى", read=_text),
        Field(name="end_place", titles="end place|返回地|返回地点|قايتىش ئورنى", read=_text),
        Field(name="shift_start", titles="shift start|上班|上班时间|باشلاش", read=_clock, required=True),
        Field(name="shift_end", titles="shift end|下班|下班时间|ئاخىرلىشىش", read=_clock, required=True),
        Field(name="payload_kg", titles="payload kg|载重公斤|载重|يۈك كىلو", read=_number, required=True),
        Field(name="crates", titles="crates|可装筐数|筐数|ساندۇق سانى", read=_count, required=True),
        Field(name="speed_kmh", titles="speed kmh|时速|速度|سۈرئىتى", read=_number, required=True),
        Field(name="chemistry", titles="battery|电池类型|باتارىيە", read=_text),
        Field(name="capacity_kwh", titles="battery kwh|电池容量|باتارىيە سىغىمى", read=_number),
        Field(name="health", titles="health|电池健康度|باتارىيە ھالىتى", read=_number),
        Field(name="charge", titles="charge|出发电量|توك", read=_number),
        Field(name="reserve", titles="reserve|保留电量|زاپاس توك", read=_number),
        Field(name="empty_kwh_per_km", titles="kwh per km|每公里耗电|كىلومېتىر توك", read=_number),
        Field(
            name="kwh_per_km_per_100_kg",
            titles="kwh per km per 100 kg|每百公斤加耗|100 كىلو توك",
            read=_number,
        ),
        Field(name="break_min", titles="break min|休息分钟|ئارام مىنۇت", read=_count),
        Field(name="break_start", titles="break start|休息开始|休息时段|ئارام ۋاقتى", read=_span),
        Field(name="equipment", titles="equipment|设备|ئۈسكۈنە", read=_words),
        Field(name="fixed_yuan", titles="fixed yuan|每天费用|كۈنلۈك يۈەن", read=_number),
        Field(name="yuan_per_km", titles="yuan per km|每公里费用|كىلومېتىر يۈەن", read=_number),
        Field(name="yuan_per_hour", titles="yuan per hour|每小时费用|سائەت يۈەن", read=_number),
    ),
)


class MasterReader:
    """Reads master tables into places, products and tricycles of a date.

    Parameters
    ----------
    findings
        Receives problems and marks.
    date, zone
        Of the day; ``clock`` is the one of times whose titles name none, None while nobody said.
    """

    def __init__(self, findings: Findings, *, date: datetime.date, zone: str, clock: str | None) -> None:
        self.findings, self.date, self.zone, self.clock = findings, date, zone, clock
        self._unsaid = 0

    def places(self, grids: Sequence[Grid], *, file: str = "") -> list[Place]:
        """Return places.

        Raises
        ------
        InputError
            SHEET_TABLE_MISSING.
        """
        records = read_table(grids, PLACES, self.findings)
        if records is None:
            raise bad_input(ErrorCode.SHEET_TABLE_MISSING, **missing_table(PLACES, file=file))
        made = [self._place(record, number) for number, record in enumerate(records, start=1)]
        return [place for place in made if place is not None]

    def products(self, grids: Sequence[Grid]) -> list[Product]:
        """Return products, none where no sheet has them."""
        records = read_table(grids, PRODUCTS, self.findings) or []
        made = [self._product(record, number) for number, record in enumerate(records, start=1)]
        return [product for product in made if product is not None]

    def tricycles(self, grids: Sequence[Grid], places: Places, *, file: str = "") -> list[Tricycle]:
        """Return tricycles.

        Raises
        ------
        InputError
            SHEET_TABLE_MISSING.
        """
        records = read_table(grids, TRICYCLES, self.findings)
        if records is None:
            raise bad_input(ErrorCode.SHEET_TABLE_MISSING, **missing_table(TRICYCLES, file=file))
        if any("number" not in record.values for record in records):
            self.findings.mark(Mark.TRICYCLE_NUMBERED, records[0].spot())
        made = [self._tricycle(record, number, places) for number, record in enumerate(records, start=1)]
        return [tricycle for tricycle in made if tricycle is not None]

    def ask(self) -> None:
        """Ask for the clock that no title names."""
        if self._unsaid:
            self.findings.stop(ErrorCode.SHEET_CLOCK_UNSAID, Spot(), number=self._unsaid)

    def _place(self, record: Record, number: int) -> Place | None:
        values = record.values
        names = {
            language: values[key]
            for key, language in (("name_zh", "zh-Hans"), ("name_ug", "ug"))
            if key in values
        }
        charger = None
        if "charger_kw" in values:
            charger = build(
                Charger,
                record,
                {"power_kw": values["charger_kw"], "plugs": values.get("plugs", 1)},
                self.findings,
                at="charger_kw",
            )
        parts = {
            "id": values.get("id", f"{values['kind']}-{number:03d}"),
            "name": values["name"], "names": names, "kind": values["kind"],
            "latitude": values["latitude"], "longitude": values["longitude"],
            "opening": tuple(self._windows(record, "opening", values.get("opening", ()))),
            "setup_s": round(60 * values.get("setup_min", 0)),
            "stay_s": round(60 * values.get("stay_min", 0)),
            "bays": values.get("bays"), "stalls": values.get("stalls", 0), "charger": charger,
        }  # fmt: skip
        place: Place | None = build(Place, record, parts, self.findings)
        return place

    def _product(self, record: Record, number: int) -> Product | None:
        values = record.values
        parts = {
            "id": values.get("id", f"product-{number:03d}"),
            "name": values["name"],
            "kg_per_crate": values["kg_per_crate"] or None,
            "price_yuan_per_kg": values["price"],
            "on_board_limit_s": 60 * values["on_board_min"] if values.get("on_board_min") else None,
            "keep_apart": values.get("keep_apart"),
            "equipment": values.get("equipment", ()),
        }
        product: Product | None = build(Product, record, parts, self.findings)
        return product

    def _tricycle(self, record: Record, number: int, places: Places) -> Tricycle | None:
        values = record.values
        start = self._where(record, "start_place", places)
        end = self._where(record, "end_place", places) if "end_place" in values else start
        shift = self._windows(record, "shift_start", [(values["shift_start"], values["shift_end"])])
        if start is None or end is None or not shift:
            return None
        own = int(values.get("number", number))
        parts = {
            "id": f"tricycle-{own:02d}", "number": own, "name": values.get("name", ""),
            "fleet": values.get("fleet", ""), "start_place": start.id, "end_place": end.id, "shift": shift[0],
            "payload_kg": values["payload_kg"], "crates": values["crates"], "speed_kmh": values["speed_kmh"],
            "battery": self._battery(record), "equipment": values.get("equipment", ()),
            "breaks": self._breaks(record),
            **{name: values[name] for name in _COSTS if name in values},
        }  # fmt: skip
        tricycle: Tricycle | None = build(Tricycle, record, parts, self.findings)
        return tricycle

    def _where(self, record: Record, name: str, places: Places) -> Place | None:
        centres = [place for place in places.places if place.kind == "centre"]
        if name not in record.values and len(centres) == 1:
            return centres[0]
        try:
            return places.anywhere(record.values.get(name, ""))
        except CellError as error:
            self.findings.problem(error.code, record.spot(name), record.values.get(name, ""), **error.params)
            return None

    def _battery(self, record: Record) -> Battery | None:
        values = record.values
        if "capacity_kwh" not in values:
            return None
        names = ("capacity_kwh", "health", "charge", "reserve", "empty_kwh_per_km", "kwh_per_km_per_100_kg")
        parts = {name: values[name] for name in names if name in values}
        parts |= {"chemistry": values.get("chemistry", "lead-acid")}
        battery: Battery | None = build(Battery, record, parts, self.findings, at="capacity_kwh")
        return battery

    def _breaks(self, record: Record) -> tuple[Break, ...]:
        values = record.values
        if not values.get("break_min") or "break_start" not in values:
            return ()
        windows = self._windows(record, "break_start", [values["break_start"]])
        parts = {"duration_s": 60 * values["break_min"], "window": windows[0]} if windows else None
        pause = build(Break, record, parts, self.findings, at="break_min") if parts else None
        return () if pause is None else (pause,)

    def _windows(self, record: Record, name: str, spans: Sequence[tuple[Clock, Clock]]) -> list[Window]:
        windows = []
        for span in spans:
            named = record.zones.get(name) or self.clock
            if span[0].zone is None and named is None:
                self._unsaid += 1
            start, end = (
                datetime.datetime.combine(
                    self.date, clock.time, tzinfo=ZoneInfo(clock.zone or named or self.zone)
                ).astimezone(ZoneInfo(self.zone))
                for clock in span
            )
            window = build(Window, record, {"start": start, "end": end}, self.findings, at=name)
            windows += [] if window is None else [window]
        return windows

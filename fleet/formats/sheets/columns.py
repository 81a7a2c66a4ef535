"""Titles of columns, in Chinese, Uyghur or English, with what a title says about unit and clock."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Literal

from fleet.formats.sheets.words import ZONE_OF_WORD, plain
from fleet.texts import LANGUAGES, text

Unit = Literal["kg", "jin", "t"]
KG_OF: dict[Unit, float] = {"kg": 1.0, "jin": 0.5, "t": 1000.0}
UNIT_OF_WORD: dict[str, Unit] = {
    **dict.fromkeys(("公斤", "千克", "kg", "kgs", "kilo", "kilos", "كىلو", "كىلوگرام", "كگ"), "kg"),
    **dict.fromkeys(("斤", "市斤", "jin", "جىڭ"), "jin"),
    **dict.fromkeys(("吨", "t", "ton", "tons", "توننا"), "t"),
}


class Column(StrEnum):
    """What a column of a request sheet holds; ``column_<name>`` is its title in ``sheets.po``."""

    NUMBER = "number"
    DATE = "date"
    VILLAGE = "village"
    HOUSEHOLD = "household"
    PHONE = "phone"
    PRODUCT = "product"
    WEIGHT = "weight"
    CRATES = "crates"
    PICKUP_PLACE = "pickup_place"
    EARLIEST_PICKUP = "earliest_pickup"
    LATEST_PICKUP = "latest_pickup"
    TARGETS = "targets"
    LATEST_DELIVERY = "latest_delivery"
    STALL = "stall"
    VALUE = "value"
    MUST = "must"
    NOTE = "note"
    IDENTITY = "identity"
    REASON = "reason"


TEMPLATE_COLUMNS = tuple(column for column in Column if column not in (Column.IDENTITY, Column.REASON))
TIMES = (Column.EARLIEST_PICKUP, Column.LATEST_PICKUP, Column.LATEST_DELIVERY)
MERGEABLE = frozenset(set(Column) - {Column.WEIGHT, Column.CRATES, Column.VALUE, Column.NUMBER})
"""A merged name holds for each of its rows; a merged weight may be the sum of them."""

_SYNONYMS = {
    Column.NUMBER: "序号|编号|号|no|no.|nr|number|#|تەرتىپ|تەرتىپنومۇرى|نومۇر",
    Column.DATE: "日期|date|day|چېسلا|كۈن",
    Column.VILLAGE: "村|村组|所在村|村名|村庄|行政村|village|كەنت|كەنتى|كەنتنامى",
    Column.HOUSEHOLD: "农户姓名|农户|姓名|户主|户主姓名|户名|household|householdname|farmer|name"
    "|ئائىلە|ئائىلەباشلىقى|ئىسمى|ئىسىمفامىلىسى|دېھقان",
    Column.PHONE: "电话|手机|手机号|手机号码|电话号码|联系方式|联系电话|phone|phonenumber"
    "|telephone|mobile|tel|تېلېفون|تېلېفوننومۇرى",
    Column.PRODUCT: "品名|产品|货物|品种|农产品|产品名称|货品|product|goods|item|مەھسۇلات|مەھسۇلاتنامى|مال",
    Column.WEIGHT: "重量|数量|斤数|公斤数|重|净重|毛重|weight|kg|公斤|斤|quantity|ئېغىرلىقى|ئېغىرلىق|مىقدارى",
    Column.CRATES: "筐数|件数|箱数|筐|箱|crates|boxes|ساندۇقسانى|ساندۇق|سېۋەتسانى",
    Column.PICKUP_PLACE: "取货地点|取货点|装货地点|pickupplace|pickup|pick-upplace|ئېلىشئورنى|يۈكئېلىشئورنى",
    Column.EARLIEST_PICKUP: "最早取货|最早取货时间|最早装货|earliestpickup|readyat|ready|ئەڭبۇرۇنئېلىش",
    Column.LATEST_PICKUP: "最晚取货|最晚取货时间|最迟取货|最迟取货时间|latestpickup|ئەڭكېچىكىپئېلىش",
    Column.TARGETS: "送往社区|社区|送往|送达社区|目的社区|送货社区|communities|community|deliverto|to"
    "|بارىدىغانمەھەللە|مەھەللە",
    Column.LATEST_DELIVERY: "最迟送达|最迟送达时间|最晚送达|最晚送达时间|latestdelivery|deliverby"
    "|ئەڭكېچىكىپيەتكۈزۈش",
    Column.STALL: "摊位号|摊位|摊号|stall|stallnumber|stallno|بوتكانومۇرى|بوتكا",
    Column.VALUE: "估价|估值|货值|金额|value|estimatedvalue|باھاسى|مۆلچەرباھا",
    Column.MUST: "必须送|必送|是否必须|是否必送|must|mustgo|چوقۇم|چوقۇمئاپىرىش",
    Column.NOTE: "备注|说明|note|notes|remark|remarks|ئىزاھات|ئەسكەرتىش",
    Column.IDENTITY: "身份证|身份证号|身份证号码|公民身份号码|证件号码|证件号|idcard|identitycard"
    "|idnumber|idcardnumber|كىملىك|كىملىكنومۇرى|سالاھىيەتگۇۋاھنامىسى",
    Column.REASON: "原因|错误原因|reason|سەۋەب|سەۋەبى",
}
_BRACKETS = re.compile(r"[(\[{<【「]([^)\]}>】」]*)[)\]}>】」]?")


@dataclass(frozen=True, kw_only=True)
class Title:
    """A column's title: where it stands, what it names, and the unit and the clock in it, if any."""

    column: Column
    index: int
    written: str
    unit: Unit | None = None
    zone: str | None = None


def read_title(written: object, *, index: int) -> Title | None:
    """Return what a title names, None when it is none of ours."""
    if not isinstance(written, str) or not written.strip():
        return None
    shown = " ".join(written.split())[:60]
    folded = unicodedata.normalize("NFKC", written[:100])
    hints = [plain(hint) for hint in _BRACKETS.findall(folded)]
    base = plain(_BRACKETS.sub("", folded)).strip("*:")
    hints += [part for part in re.split(r"[/,:]", base)[1:] if part]
    base = re.split(r"[/,:]", base)[0]
    column = _column_of_name().get(base)
    if column is None:
        for ending in (*UNIT_OF_WORD, *ZONE_OF_WORD):
            if base.endswith(ending) and base != ending and base[: -len(ending)] in _column_of_name():
                column = _column_of_name()[base[: -len(ending)]]
                hints.append(ending)
                break
    if column is None:
        return None
    unit = next((_unit(hint) for hint in hints if _unit(hint)), None)
    if column is Column.WEIGHT and unit is None:
        unit = {"斤数": "jin", "公斤数": "kg"}.get(base, UNIT_OF_WORD.get(base))  # type: ignore[assignment]
    zone = next((ZONE_OF_WORD[hint] for hint in hints if hint in ZONE_OF_WORD), None)
    return Title(column=column, index=index, written=shown, unit=unit, zone=zone)


def title_in_all_languages(column: Column) -> str:
    """Return how a column may be called, for saying that it is missing."""
    return in_all_languages(f"column_{column}")


def in_all_languages(key: str) -> str:
    """Return words of the catalogue in every language: an error does not know its reader."""
    return " / ".join(text(key, domain="sheets", language=language) for language in LANGUAGES)


def _unit(hint: str) -> Unit | None:
    return UNIT_OF_WORD.get(hint.removeprefix("单位").removeprefix("unit").strip(":"))


@cache
def _column_of_name() -> dict[str, Column]:
    names = {plain(name): column for column, line in _SYNONYMS.items() for name in line.split("|")}
    # The template's own titles are always read, whatever a catalogue's translator made of them.
    for column in Column:
        for language in LANGUAGES:
            title = unicodedata.normalize(
                "NFKC", text(f"column_{column}", domain="sheets", language=language)
            )
            names.setdefault(plain(_BRACKETS.sub("", title)).strip("*:"), column)
    return names

"""Reading single cells: weights, crates, times, dates, phones, numbers, yes and no.

Each function takes what the file holds (text, number, date, time), and returns the reading or raises
``CellError``.
"""

import datetime
import math
import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from openpyxl.utils.datetime import from_excel

from fleet.formats.sheets.columns import KG_OF, UNIT_OF_WORD, Unit
from fleet.formats.sheets.findings import CellError
from fleet.formats.sheets.words import ANY_TIME, NO, YES, ZONE_OF_WORD, digits_as_ascii, plain
from fleet.model import ErrorCode

MAX_KG_A_REQUEST = 1_000.0
MAX_CRATES_A_REQUEST = 1_000
_LONGEST = 60
_NUMBER = r"\d{1,9}(?:,\d{3})*(?:\.\d{1,9})?"
_CRATE_WORDS = ("筐", "箱", "件", "crates", "crate", "boxes", "box", "ساندۇق", "سېۋەت")
_UNITS = "|".join(sorted((*UNIT_OF_WORD, *_CRATE_WORDS), key=len, reverse=True))
_ABOUT = r"大约|约|大概|差不多|左右|上下|about|approx\.?|ca\.?|around|تەخمىنەن|~"
_AMOUNT = re.compile(
    rf"(?P<before>{_ABOUT})?(?P<low>{_NUMBER})(?P<low_unit>{_UNITS})?"
    rf"(?:(?:-|~|至|到|to|دىن)(?P<high>{_NUMBER}))?(?P<unit>{_UNITS})?(?P<after>{_ABOUT})?"
)
_TIME = re.compile(
    r"(?P<part>凌晨|清晨|早上|早晨|早|上午|中午|下午|傍晚|晚上|am|pm|سائەت)?"
    r"(?P<hour>\d{1,2})(?::(?P<minute>\d{2})(?::(?P<second>\d{2}))?|(?:点|时|h)(?P<rest>半|一刻|三刻|\d{1,2})?分?|(?P<half>يېرىم))"
    r"(?:钟|整)?(?P<after>am|pm)?"
)
_PARTS_OF_HOUR = {"半": "30", "一刻": "15", "三刻": "45"}
_AFTERNOON = frozenset(("下午", "傍晚", "晚上", "pm"))
_DATE = re.compile(
    r"(?:(?P<year>\d{4})(?:年|[./-]))?(?P<month>\d{1,2})(?:月|[./-])(?P<day>\d{1,2})[日号]?(?:0:00|00:00)?(?::00)?"
)


@dataclass(frozen=True, kw_only=True)
class Amount:
    """A weight as read: kilograms, or crates where the cell counts those.

    Parameters
    ----------
    kg, crates
        One of them.
    rounded_up
        Whether the cell gave a range or "about".
    unit_unsaid
        Whether neither cell nor title named the unit; ``kg`` is then the bare number.
    """

    kg: float | None = None
    crates: int | None = None
    rounded_up: bool = False
    unit_unsaid: bool = False


@dataclass(frozen=True, kw_only=True)
class Clock:
    """A time of day; ``zone`` where the cell itself names its clock."""

    time: datetime.time
    zone: str | None = None


def read_weight(value: object, *, unit: Unit | None) -> Amount:
    """Return what stands under weight; the unit in the cell wins over the title's."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise CellError(ErrorCode.SHEET_WEIGHT_UNREADABLE)
    if not isinstance(value, str):
        return _weight(float(value), unit=unit)
    written = _squeezed(value)
    found = _AMOUNT.fullmatch(written)
    if found is None:
        negative = re.fullmatch(rf"-{_NUMBER}(?:{_UNITS})?", written)
        raise CellError(
            ErrorCode.SHEET_WEIGHT_RANGE if negative else ErrorCode.SHEET_WEIGHT_UNREADABLE,
            limit=f"{MAX_KG_A_REQUEST:g}",
        )
    words = {word for word in (found["low_unit"], found["unit"]) if word}
    if len({UNIT_OF_WORD.get(word, "crates") for word in words}) > 1:
        raise CellError(ErrorCode.SHEET_WEIGHT_UNREADABLE)
    amounts = [_float(found[part]) for part in ("low", "high") if found[part]]
    rounded_up = len(amounts) > 1 or bool(found["before"] or found["after"])
    word = next(iter(words), None)
    if word in _CRATE_WORDS:
        return Amount(crates=_whole_crates(max(amounts)), rounded_up=rounded_up)
    return _weight(max(amounts), unit=UNIT_OF_WORD[word] if word else unit, rounded_up=rounded_up)


def _weight(number: float, *, unit: Unit | None, rounded_up: bool = False) -> Amount:
    kg = number * KG_OF[unit or "kg"]
    if not math.isfinite(kg) or not 0.001 <= kg <= MAX_KG_A_REQUEST:
        raise CellError(ErrorCode.SHEET_WEIGHT_RANGE, limit=f"{MAX_KG_A_REQUEST:g}")
    return Amount(kg=round(kg, 3), rounded_up=rounded_up, unit_unsaid=unit is None)


def read_crates(value: object) -> int:
    """Return a whole number of crates, 0 or more."""
    if isinstance(value, str):
        found = re.fullmatch(rf"(?:{_ABOUT})?({_NUMBER})(?:{'|'.join(_CRATE_WORDS)}|个)?", _squeezed(value))
        if found is None:
            raise CellError(ErrorCode.SHEET_CRATES_UNREADABLE, limit=MAX_CRATES_A_REQUEST)
        return _whole_crates(_float(found[1]), least=0)
    return _whole_crates(_plain_number(value, ErrorCode.SHEET_CRATES_UNREADABLE), least=0)


def _whole_crates(number: float, *, least: int = 1) -> int:
    if not least <= number <= MAX_CRATES_A_REQUEST or not number.is_integer():
        raise CellError(ErrorCode.SHEET_CRATES_UNREADABLE, limit=MAX_CRATES_A_REQUEST)
    return int(number)


def read_number(value: object, *, least: float = 0.0, most: float) -> float:
    """Return a plain number, a unit word like 元, 号 or % after it allowed (a percentage as a fraction)."""
    if isinstance(value, str):
        found = re.fullmatch(
            rf"(?:第|no\.?|{_ABOUT})?({_NUMBER})(元|块|块钱|yuan|¥|号|号摊|号摊位|分钟|min|%|度|kwh|kw|公里|km)?",
            _squeezed(value).removeprefix("¥"),
        )
        if found is None:
            raise CellError(ErrorCode.SHEET_NUMBER_UNREADABLE)
        number = _float(found[1]) / (100 if found[2] == "%" else 1)
    else:
        number = _plain_number(value, ErrorCode.SHEET_NUMBER_UNREADABLE)
    if number < least:
        raise CellError(ErrorCode.VALUE_TOO_SMALL, limit=f"{least:g}")
    if number > most:
        raise CellError(ErrorCode.VALUE_TOO_LARGE, limit=f"{most:g}")
    return number


def read_whole(value: object, *, least: int, most: int) -> int:
    """Return a whole number."""
    number = read_number(value, least=least, most=most)
    if not number.is_integer():
        raise CellError(ErrorCode.SHEET_NUMBER_UNREADABLE)
    return int(number)


def read_yes(value: object) -> bool:
    """Return yes or no."""
    word = plain(int(value) if isinstance(value, float) and value.is_integer() else value)
    if word in YES or word in NO:
        return word in YES
    raise CellError(ErrorCode.SHEET_YES_OR_NO)


def read_time(value: object, *, date: datetime.date) -> Clock | None:
    """Return a time of the day, None where it is left to the place's opening (早上)."""
    if isinstance(value, datetime.datetime):
        # A spreadsheet's own day nought means that only a time was typed.
        if value.year > 1904 and value.date() != date:
            raise CellError(ErrorCode.SHEET_DATE_OTHER, date=date.isoformat())
        return Clock(time=_whole_seconds(value).time())
    if isinstance(value, datetime.timedelta):
        if not datetime.timedelta(0) <= value < datetime.timedelta(days=1):
            raise CellError(ErrorCode.SHEET_TIME_UNREADABLE)
        return Clock(time=_whole_seconds(datetime.datetime.min + value).time())
    if isinstance(value, datetime.time):
        return Clock(time=_whole_seconds(datetime.datetime.combine(date, value)).time())
    if not isinstance(value, str):
        raise CellError(ErrorCode.SHEET_TIME_UNREADABLE)
    if plain(value) in ANY_TIME:
        return None
    written, zone = _without_clock(_squeezed(value))
    found = _TIME.fullmatch(written)
    if found is None:
        raise CellError(ErrorCode.SHEET_TIME_UNREADABLE)
    rest = found["minute"] or found["rest"] or ("半" if found["half"] else "0")
    hour, minute = int(found["hour"]), int(_PARTS_OF_HOUR.get(rest, rest))
    if _AFTERNOON & {found["part"], found["after"]} and hour < 12:
        hour += 12
    if "am" in (found["part"], found["after"]) and hour == 12:
        hour = 0
    second = int(found["second"] or 0)
    if hour > 23 or minute > 59 or second > 59:
        raise CellError(ErrorCode.SHEET_TIME_UNREADABLE)
    return Clock(time=datetime.time(hour, minute, second), zone=zone)


def _without_clock(written: str) -> tuple[str, str | None]:
    for word in sorted(ZONE_OF_WORD, key=len, reverse=True):
        if word in written:
            return re.sub(rf"\(?{re.escape(word)}\)?", "", written, count=1), ZONE_OF_WORD[word]
    return written, None


def _whole_seconds(value: datetime.datetime) -> datetime.datetime:
    """Binary fractions of a day miss the whole second by microseconds."""
    return (value.replace(tzinfo=None) + datetime.timedelta(microseconds=500_000)).replace(microsecond=0)


def dates_meant(value: object, *, year: int) -> set[datetime.date]:
    """Return the dates that a cell may mean; a number 6.1 is what is left of 6.10 as well as of 6.1."""
    if isinstance(value, datetime.datetime):
        return {value.date()}
    if isinstance(value, datetime.date):
        return {value}
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if math.isfinite(value) and 20_000 < value < 80_000:
            serial = from_excel(int(value))
            return {serial.date()} if isinstance(serial, datetime.datetime) else set()
        texts = {f"{value:g}", f"{value:.2f}"} if math.isfinite(value) else set()
    elif isinstance(value, str):
        texts = {_squeezed(value)}
        if re.fullmatch(r"\d{5}", _squeezed(value)):
            return dates_meant(int(_squeezed(value)), year=year)
    else:
        texts = set()
    found = {date for written in texts for date in _date_of(written, year=year)}
    if not found:
        raise CellError(ErrorCode.SHEET_DATE_UNREADABLE)
    return found


def _date_of(written: str, *, year: int) -> list[datetime.date]:
    match = _DATE.fullmatch(written)
    if match is None:
        return []
    try:
        return [datetime.date(int(match["year"] or year), int(match["month"]), int(match["day"]))]
    except ValueError:
        return []


def read_phone(value: object) -> tuple[str | None, Literal["kept", "lost"]]:
    """Return a phone number as digits; ``lost`` where a spreadsheet kept only its first digits."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if not math.isfinite(value) or value != int(value) or not 0 < value < 1e15:
            return None, "lost"
        digits = str(int(value))
    else:
        first = re.split(r"[、,;/]", unicodedata.normalize("NFKC", str(value)[:_LONGEST]))[0]
        written = digits_as_ascii(first)
        found = re.fullmatch(r"\s*(\d)\.?(\d*)[eE]\+?(\d{1,2})\s*", written)
        if found is not None:
            digits = found[1] + found[2]
            if len(digits) != int(found[3]) + 1:
                return None, "lost"
        else:
            digits = re.sub(r"[^\d]", "", written.removeprefix("+86"))
    digits = digits.removeprefix("86") if len(digits) == 13 else digits
    # 13800000000 is what 1.38E+10 leaves of a number; nobody has that one.
    if not 7 <= len(digits) <= 12 or re.fullmatch(r"1\d{2,4}0{6,}", digits):
        return None, "lost"
    return digits, "kept"


def _squeezed(value: str) -> str:
    if len(value) > _LONGEST:
        return ""
    return digits_as_ascii(plain(value))


def _float(written: str) -> float:
    return float(written.replace(",", ""))


def _plain_number(value: object, code: ErrorCode) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise CellError(code, limit=MAX_CRATES_A_REQUEST)
    return float(value)

"""Field types that every document shares: ids, instants, windows, quantities.

Units are part of the names: ``_kg``, ``_m``, ``_s``, ``_kwh``, ``_yuan``. Masses are kept to the gram.
"""

import datetime
import re
from itertools import pairwise
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    TypeAdapter,
    model_validator,
)
from pydantic_core import PydanticCustomError

from fleet.model.codes import ErrorCode

MAX_REQUESTS = 5_000
MAX_TRICYCLES = 500
MAX_PLACES = 2_000
MAX_BYTES = 20_000_000
MAX_SPEED_CLASSES = 5
MAX_RECHARGES = 2
MAX_SECONDS = 7 * 86_400
MAX_KG = 100_000
MAX_YUAN = 1_000_000
MAX_METRES = 100_000_000
MAX_SUM = 1_000_000_000_000
"""No sum over a plan comes near this; what is larger would only overflow somewhere."""
FIRST_DATE = datetime.date(1970, 1, 1)
LAST_DATE = datetime.date(2999, 12, 31)
GRAMS_PER_KG = 1_000
DATE = re.compile(r"\d{4}-\d\d-\d\d")
INSTANTS = TypeAdapter(datetime.datetime)


class Document(BaseModel):
    """Immutable record that refuses unknown keys, wrong types, NaN and infinity."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, allow_inf_nan=False, ser_json_inf_nan="strings"
    )


def refusal(code: str, **params: object) -> PydanticCustomError:
    """Return the error that a validator raises; ``code`` and ``params`` become words in ``fleet.texts``."""
    return PydanticCustomError(code, "{code}", {"code": str(code), **params})


def _whole(value: Any) -> Any:
    """JSON Schema calls 421.0 an integer, so do we."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _as_date(value: Any) -> Any:
    """Read a date as it is written; pydantic alone would take a text of digits for seconds since 1970."""
    if not isinstance(value, str):
        return value
    if not DATE.fullmatch(value):
        raise refusal(ErrorCode.DATE_UNREADABLE)
    try:
        return datetime.date.fromisoformat(value)
    except ValueError as error:
        raise refusal(ErrorCode.DATE_UNREADABLE) from error


def _as_instant(value: Any) -> Any:
    """Read an instant as it is written, by the same reason."""
    if not isinstance(value, str):
        return value
    if not DATE.match(value):
        raise refusal(ErrorCode.TIME_UNREADABLE)
    try:
        return INSTANTS.validate_python(value)
    except ValueError as error:
        raise refusal(ErrorCode.TIME_UNREADABLE) from error


def _usual(value: datetime.date) -> datetime.date:
    """Refuse dates so far away that the arithmetic of instants ends."""
    day = value.date() if isinstance(value, datetime.datetime) else value
    if day < FIRST_DATE:
        raise refusal(ErrorCode.VALUE_TOO_SMALL, limit=FIRST_DATE.isoformat())
    if day > LAST_DATE:
        raise refusal(ErrorCode.VALUE_TOO_LARGE, limit=LAST_DATE.isoformat())
    return value


def _whole_seconds(value: datetime.datetime) -> datetime.datetime:
    _usual(value)
    if value.tzinfo is None or value.utcoffset() is None:
        raise refusal(ErrorCode.TIME_WITHOUT_OFFSET)
    if value.microsecond:
        raise refusal(ErrorCode.TIME_NOT_WHOLE_SECONDS)
    return value


def _known_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise refusal(ErrorCode.ZONE_UNKNOWN) from error
    return value


def _without_nul(value: str) -> str:
    """No database of ours can search a text with it."""
    if "\x00" in value:
        raise refusal(ErrorCode.TEXT_WITH_NUL)
    return value


def _to_the_gram(value: float) -> float:
    return round(value * GRAMS_PER_KG) / GRAMS_PER_KG


AS_WHOLE = BeforeValidator(_whole)
"""Comes after the limits of a whole number, so that they stand in the JSON Schema, too."""
NO_NUL = AfterValidator(_without_nul)
"""Comes after the limits of a text; ``WITHOUT_NUL`` says the same in the JSON Schema."""
WITHOUT_NUL: dict[str, JsonValue] = {"pattern": r"^[^\u0000]*$"}
Whole = Annotated[int, AS_WHOLE]
Id = Annotated[
    str,
    Field(
        min_length=1,
        max_length=80,
        pattern=r"^[^\s/\\\x00-\x1f\x7f](?:[^\x00-\x1f\x7f/\\]*[^\s/\\\x00-\x1f\x7f])?$",
    ),
]
Label = Annotated[str, Field(max_length=200, json_schema_extra=WITHOUT_NUL), NO_NUL]
Note = Annotated[str, Field(max_length=2_000, json_schema_extra=WITHOUT_NUL), NO_NUL]
Date = Annotated[datetime.date, BeforeValidator(_as_date), AfterValidator(_usual)]
Zone = Annotated[str, AfterValidator(_known_zone), Field(examples=["Asia/Shanghai"])]
Instant = Annotated[datetime.datetime, BeforeValidator(_as_instant), AfterValidator(_whole_seconds)]
Seconds = Annotated[int, Field(ge=0, le=MAX_SECONDS), AS_WHOLE]
PositiveSeconds = Annotated[int, Field(gt=0, le=MAX_SECONDS), AS_WHOLE]
Metres = Annotated[int, Field(ge=0, le=MAX_METRES), AS_WHOLE]
Count = Annotated[int, Field(ge=0, le=MAX_SUM), AS_WHOLE]
Kg = Annotated[float, Field(ge=0, le=MAX_KG), AfterValidator(_to_the_gram)]
PositiveKg = Annotated[float, Field(ge=0.001, le=MAX_KG), AfterValidator(_to_the_gram)]
Crates = Annotated[int, Field(ge=0, le=100_000), AS_WHOLE]
Yuan = Annotated[float, Field(ge=0, le=MAX_YUAN)]
Fraction = Annotated[float, Field(ge=0, le=1)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]


class Window(Document):
    """Closed interval of instants, ``start <= end``."""

    start: Instant
    end: Instant

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.end < self.start:
            raise refusal(ErrorCode.WINDOW_REVERSED, start=self.start.isoformat(), end=self.end.isoformat())
        return self


def _in_order(windows: tuple[Window, ...]) -> tuple[Window, ...]:
    for earlier, later in pairwise(windows):
        if later.start <= earlier.end:
            raise refusal(
                ErrorCode.WINDOWS_OVERLAP, end=earlier.end.isoformat(), start=later.start.isoformat()
            )
    return windows


Windows = Annotated[tuple[Window, ...], Field(max_length=20), AfterValidator(_in_order)]

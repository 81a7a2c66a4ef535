"""Reading and writing documents: one way in, one way out, every problem named."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import ValidationError

from fleet.model.base import MAX_BYTES, Document
from fleet.model.codes import ErrorCode
from fleet.model.contacts import without_contacts
from fleet.model.day import DAY_FORMAT, Day
from fleet.model.events import EVENTS_FORMAT, Events
from fleet.model.plan import PLAN_FORMAT, Plan

D = TypeVar("D", bound=Document)
LONGEST_SHOWN_VALUE = 80

_BUILTIN: dict[str, ErrorCode] = {
    "extra_forbidden": ErrorCode.UNKNOWN_KEY,
    "missing": ErrorCode.MISSING_KEY,
    "union_tag_not_found": ErrorCode.MISSING_KEY,
    "union_tag_invalid": ErrorCode.VALUE_NOT_ALLOWED,
    "finite_number": ErrorCode.NOT_A_NUMBER,
    "greater_than": ErrorCode.VALUE_TOO_SMALL,
    "greater_than_equal": ErrorCode.VALUE_TOO_SMALL,
    "less_than": ErrorCode.VALUE_TOO_LARGE,
    "less_than_equal": ErrorCode.VALUE_TOO_LARGE,
    "int_parsing_size": ErrorCode.VALUE_TOO_LARGE,
    "literal_error": ErrorCode.VALUE_NOT_ALLOWED,
    "enum": ErrorCode.VALUE_NOT_ALLOWED,
    "string_too_long": ErrorCode.TEXT_TOO_LONG,
    "string_too_short": ErrorCode.TEXT_EMPTY,
    "string_pattern_mismatch": ErrorCode.ID_MALFORMED,
    "too_short": ErrorCode.LIST_EMPTY,
    "too_long": ErrorCode.LIMIT_EXCEEDED,
    "datetime_parsing": ErrorCode.TIME_UNREADABLE,
    "datetime_from_date_parsing": ErrorCode.TIME_UNREADABLE,
    "datetime_type": ErrorCode.TIME_UNREADABLE,
    "date_parsing": ErrorCode.DATE_UNREADABLE,
    "date_from_datetime_parsing": ErrorCode.DATE_UNREADABLE,
    "date_type": ErrorCode.DATE_UNREADABLE,
    "timezone_aware": ErrorCode.TIME_WITHOUT_OFFSET,
    "json_invalid": ErrorCode.JSON_MALFORMED,
}


@dataclass(frozen=True)
class Problem:
    """One thing wrong with an input: a code, where it stands, the value, and parameters of its words."""

    code: str
    where: str = ""
    value: str = ""
    params: dict[str, object] = field(default_factory=dict)


class InputError(Exception):
    """Bad input: every problem found, the file they stand in.

    Parameters
    ----------
    problems
        At least one, in the document's order.
    file
        Name of the file as the user gave it, or empty.
    """

    def __init__(self, problems: list[Problem], *, file: str = "") -> None:
        super().__init__("; ".join(f"{p.code} {p.where} {p.value}".strip() for p in problems[:3]))
        self.problems = problems
        self.file = file


def bad_input(
    code: str, *, where: str = "", value: object = "", file: str = "", **params: object
) -> InputError:
    """Return an ``InputError`` of a single problem."""
    return InputError([Problem(code=str(code), where=where, value=_shown(value), params=params)], file=file)


def read_day(data: bytes, *, file: str = "") -> Day:
    """Read and validate a day.

    Raises
    ------
    InputError
        With every problem that validation found.
    """
    return read_document(Day, data, file=file, known=DAY_FORMAT)


def read_plan(data: bytes, *, file: str = "") -> Plan:
    """Read and validate a plan.

    Raises
    ------
    InputError
        With every problem that validation found.
    """
    return read_document(Plan, data, file=file, known=PLAN_FORMAT)


def read_events(data: bytes, *, file: str = "") -> Events:
    """Read and validate the events of a day.

    Raises
    ------
    InputError
        With every problem that validation found.
    """
    return read_document(Events, data, file=file, known=EVENTS_FORMAT)


def read_document(model: type[D], data: bytes, *, file: str = "", known: str | None = None) -> D:
    """Read and validate a document of any model.

    Parameters
    ----------
    model, data
        What it should be, and its JSON in UTF-8.
    file : str
        Where it came from, for the words of an error.
    known : str, optional
        What its key ``format`` has to say, checked before anything else.

    Raises
    ------
    InputError
        With every problem that validation found.
    """
    if len(data) > MAX_BYTES:
        raise bad_input(ErrorCode.LIMIT_EXCEEDED, where="file", value=len(data), file=file, limit=MAX_BYTES)
    try:
        head = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_no_duplicate_keys)
    except _DuplicateKeyError as error:
        raise bad_input(ErrorCode.DUPLICATE_KEY, where=str(error), file=file) from error
    except (ValueError, RecursionError) as error:
        where = (
            f"line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        )
        raise bad_input(ErrorCode.JSON_MALFORMED, where=where, file=file) from error
    if not isinstance(head, dict):
        raise bad_input(ErrorCode.WRONG_TYPE, value=type(head).__name__, file=file, expected="object")
    if known is not None and head.get("format") != known:
        raise bad_input(
            ErrorCode.FORMAT_UNKNOWN, where="format", value=head.get("format", ""), file=file, expected=known
        )
    try:
        return model.model_validate_json(data.removeprefix(b"\xef\xbb\xbf"))
    except ValidationError as error:
        raise InputError(problems_of(error, document=head), file=file) from error


def dump(document: Document) -> bytes:
    """Return a document as UTF-8 JSON, keys in the model's order, one trailing newline."""
    return document.model_dump_json(indent=1, by_alias=True, exclude_defaults=False).encode() + b"\n"


def day_sha256(day: Day) -> str:
    """Return the hash of a day but for its contacts: the same for every spelling of the same document."""
    # Keys of names and of limits by product come in any order.
    content = json.dumps(without_contacts(day), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


def schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema of ``day``, ``plan`` or ``events``."""
    models: dict[str, type[Document]] = {"day": Day, "plan": Plan, "events": Events}
    return models[name].model_json_schema(by_alias=True)


def problems_of(error: ValidationError, *, document: object = None) -> list[Problem]:
    """Translate pydantic's errors into problems with our codes.

    Parameters
    ----------
    error
        What pydantic says.
    document
        What was read, where it has records of several kinds: pydantic's paths name their kinds.
    """
    found = []
    for item in error.errors(include_url=False):
        context = dict(item.get("ctx", {}))
        item["loc"] = _without_kinds(item["loc"], document)
        if "discriminator" in context:
            # Records of several kinds: what is wrong is the key that says which kind.
            context["field"] = f"{_path(item['loc'])}.{context.pop('discriminator').strip(chr(39))}"
            context["value"] = context.pop("tag", "")
            context["expected"] = context.pop("expected_tags", "")
        code = context.pop("code", None) or _BUILTIN.get(item["type"], ErrorCode.WRONG_TYPE)
        where = str(context.pop("field", "")) or _path(item["loc"])
        value = context.pop(
            "value", item["input"] if not isinstance(item["input"], (dict, list, bytes)) else ""
        )
        if "gt" in context:
            context["above"] = True
        for name in ("gt", "ge", "lt", "le", "max_length", "min_length"):
            if name in context:
                limit = context.pop(name)
                context["limit"] = int(limit) if isinstance(limit, float) and limit.is_integer() else limit
        if code in (ErrorCode.WRONG_TYPE, ErrorCode.VALUE_NOT_ALLOWED):
            context.setdefault("expected", item["type"].removesuffix("_type").removesuffix("_parsing"))
        if code == ErrorCode.JSON_MALFORMED:
            value = ""
        context = {key: part for key, part in context.items() if isinstance(part, (str, int, float))}
        if isinstance(item["input"], Document):
            value = "" if isinstance(value, Document) else value
        found.append(Problem(code=str(code), where=where, value=_shown(value), params=context))
    # A list whose items were refused is not empty: the items' own problems are named already.
    return [
        problem
        for problem in found
        if problem.code != ErrorCode.LIST_EMPTY
        or not any(other.where.startswith(f"{problem.where}[") for other in found)
    ]


class _DuplicateKeyError(Exception):
    pass


def _no_duplicate_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        names = [name for name, _ in pairs]
        raise _DuplicateKeyError(next(name for name in names if names.count(name) > 1))
    return result


def _without_kinds(location: tuple[int | str, ...], document: Any) -> tuple[int | str, ...]:
    kept = []
    for part in location:
        if isinstance(document, dict) and document.get("kind") == part and part not in document:
            continue
        kept.append(part)
        if isinstance(document, dict):
            document = document.get(part)
        else:
            # An item that is missing has a place, too.
            is_item = isinstance(document, list) and isinstance(part, int) and part < len(document)
            document = document[part] if is_item else None
    return tuple(kept)


def _path(location: tuple[int | str, ...]) -> str:
    text = ""
    for part in location:
        if isinstance(part, str) and part.startswith("<"):
            continue  # Which model of a union was taken: no key of the document.
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def _shown(value: object) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= LONGEST_SHOWN_VALUE else text[: LONGEST_SHOWN_VALUE - 1] + "…"

"""A day put together: its header, what takes part in it, and its requests, as one document."""

import datetime
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from sqlalchemy.orm import Session

from fleet.model import Day, DayDraft, ErrorCode, InputError, bad_input
from fleet.model.base import Document
from fleet.model.documents import problems_of
from fleet.model.moving import first_date, moved_place, moved_tricycle
from fleet.model.places import Household, Place, Product
from fleet.model.tricycles import Tricycle
from fleet.store import days, master, requests
from fleet.store.master import KINDS, Key, Kind
from fleet.store.tables import Json, StoredDay

D = TypeVar("D", bound=Document)
Named = tuple[Kind, str | None]
"""What one record says of another one: its kind, and its id where the field is filled."""

MODELS: dict[Kind, type[Document]] = {
    "place": Place,
    "household": Household,
    "product": Product,
    "tricycle": Tricycle,
}
LISTS: dict[Kind, str] = {
    "place": "places",
    "household": "households",
    "product": "products",
    "tricycle": "tricycles",
}
HEADER = frozenset(DayDraft.model_fields) - {"date", "requests", *LISTS.values()}
"""What a day's row holds; the lists have tables of their own."""


def assembled_day(session: Session, *, date: datetime.date) -> Day:
    """Return a day as it is now, ready to be planned.

    Raises
    ------
    InputError
        NOT_FOUND, NO_REQUESTS, NO_TRICYCLES.
    """
    document = document_of(session, existing(session, date=date))
    where = f"days/{date}"
    if not document["requests"]:
        raise bad_input(ErrorCode.NO_REQUESTS, where=where)
    if not document["tricycles"]:
        raise bad_input(ErrorCode.NO_TRICYCLES, where=where)
    return validated(Day, document)


def draft_of(session: Session, stored: StoredDay) -> DayDraft:
    """Return a day as it is now, whatever it still lacks.

    Raises
    ------
    InputError
        With what does not fit together, where something has just been changed.
    """
    return validated(DayDraft, document_of(session, stored))


def existing(
    session: Session,
    *,
    date: datetime.date,
    version: int | None = None,
    lock: bool = False,
    where: str = "date",
) -> StoredDay:
    """Return a day's header, as the caller has seen it; ``where`` is the caller's word for its date.

    Raises
    ------
    InputError
        NOT_FOUND; CHANGED_MEANWHILE when it has another version.
    """
    stored = days.get(session, date=date, lock=lock)
    if stored is None:
        raise bad_input(ErrorCode.NOT_FOUND, where=where, value=date, kind="day")
    unchanged(stored.version, version, where=f"days/{date}")
    return stored


def unchanged(present: int, expected: int | None, *, where: str) -> None:
    """Refuse to change what is not any more what the caller has read.

    Raises
    ------
    InputError
        CHANGED_MEANWHILE.
    """
    if expected is not None and present != expected:
        raise bad_input(ErrorCode.CHANGED_MEANWHILE, where=where, value=present)


@contextmanager
def told_without(prefix: str, *, by: str = "") -> Iterator[None]:
    """Name the fields of problems as the caller wrote them, not as they stand in the whole.

    Parameters
    ----------
    prefix, by
        Where the caller's part stands in what was checked, and in what the caller wrote.
    """
    try:
        yield
    except InputError as error:
        raise InputError(
            [
                replace(problem, where=by + problem.where.removeprefix(prefix))
                if problem.where.startswith(prefix)
                else problem
                for problem in error.problems
            ]
        ) from error


def document_of(
    session: Session,
    stored: StoredDay,
    *,
    rows: Sequence[requests.Row] | None = None,
    households: Collection[str] | None = None,
) -> dict[str, Any]:
    """Return a day as a JSON document, or a part of it; nothing is checked.

    Parameters
    ----------
    session, stored
        The day.
    rows : sequence, optional
        The requests of the part.
    households : collection, optional
        The ids of the households of the part.
    """
    zone = ZoneInfo(stored.body["zone"])
    lists: dict[str, list[Json]] = {name: [] for name in LISTS.values()}
    for item in days.items(session, date=stored.date, households=households):
        body = item.own
        if body is None and item.known is not None:
            body = on_date(item.kind, item.known, date=stored.date, zone=zone)
        if body is not None:
            lists[LISTS[item.kind]].append(body)
    if rows is None:
        rows = requests.of_day(session, date=stored.date)
    return {
        **stored.body,
        "date": stored.date.isoformat(),
        **lists,
        "requests": [row.body for row in rows],
    }


def validated(model: type[D], document: Mapping[str, Any]) -> D:
    """Return a document of JSON's types as a record.

    Raises
    ------
    InputError
        With every problem.
    """
    with named_problems():
        return model.model_validate_json(json.dumps(document))


@contextmanager
def named_problems() -> Iterator[None]:
    """Turn what a model refuses into problems with our codes."""
    try:
        yield
    except ValidationError as error:
        raise InputError(problems_of(error)) from error


def on_date(kind: Kind, body: Json, *, date: datetime.date, zone: ZoneInfo) -> Json:
    """Return a record of the master data as of a date: its windows, whatever their date, are moved there."""
    if not (body.get("opening") if kind == "place" else kind == "tricycle"):
        return body
    record = validated(MODELS[kind], body)
    assert isinstance(record, Place | Tricycle)
    first = first_date(record, zone=zone)
    if first is None or first == date:
        return body
    days_later = (date - first).days
    moved: Document
    with named_problems():
        if isinstance(record, Place):
            moved = moved_place(record, days=days_later, zone=zone)
        else:
            moved = moved_tricycle(record, days=days_later, zone=zone)
    return moved.model_dump(mode="json")


def bring_in(session: Session, wanted: Iterable[Named], *, date: datetime.date) -> bool:
    """Let the master data that is named take part in a day, with all that it names itself.

    What is not known stays away: the day's own check then says so, with the field.

    Returns
    -------
    bool
        Whether anything of it was not there before.
    """
    present = days.keys(session, date=date)
    brought = with_all_named(session, wanted, without=present)
    days.add_items(session, date=date, own=dict.fromkeys(brought))
    return bool(brought)


def with_all_named(
    session: Session, wanted: Iterable[Named], *, without: AbstractSet[Key] = frozenset()
) -> dict[Key, Json]:
    """Return the records of the master data that are named, those that they name, and so on."""
    found: dict[Key, Json] = {}
    missing = {(kind, record_id) for kind, record_id in wanted if record_id is not None} - without
    while missing:
        of_kind: dict[Kind, list[str]] = {kind: [] for kind in KINDS}
        for kind, record_id in sorted(missing):
            of_kind[kind].append(record_id)
        known = master.find(session, of_kind)
        more = {key: body for key, (body, is_deleted) in sorted(known.items()) if not is_deleted}
        found |= more
        missing = {key for (kind, _), body in more.items() for key in references(kind, body)}
        missing -= found.keys() | without
    return found


def add_records(
    session: Session,
    wanted: Mapping[Key, Json],
    *,
    date: datetime.date,
    zone: ZoneInfo,
    at: datetime.datetime,
    by: str | None,
) -> tuple[dict[Key, Json | None], int]:
    """Add to the master data what it does not know yet.

    Returns
    -------
    dict and int
        The day's own version of each record, None where it is the township's; how many were new.
    """
    ids: dict[Kind, list[str]] = {kind: [] for kind in KINDS}
    for kind, record_id in wanted:
        ids[kind].append(record_id)
    known = master.find(session, ids)
    new = {key: body for key, body in wanted.items() if key not in known}
    master.add(session, new, at=at, by=by)
    own: dict[Key, Json | None] = dict.fromkeys(wanted)
    for key, (body, is_deleted) in known.items():
        # A record that the township deleted is not brought back by a document that still has it.
        if is_deleted or on_date(key[0], body, date=date, zone=zone) != wanted[key]:
            own[key] = wanted[key]
    return own, len(new)


def references(kind: Kind, body: Json) -> set[Key]:
    """Return what a record of the master data names."""
    named: set[Named] = set()
    if kind == "place":
        named |= {("product", product) for product in body["max_kg_of_product"]}
    elif kind == "household":
        named.add(("place", body["place"]))
    elif kind == "tricycle":
        named |= {("place", body["start_place"]), ("place", body["end_place"])}
    return {(of_kind, record_id) for of_kind, record_id in named if record_id is not None}


def asked_for(body: Json) -> set[Named]:
    """Return what a request names."""
    tasks = (body["pickup"], *body["dropoffs"])
    return {
        ("household", body["household"]),
        ("product", body["product"]),
        *(("place", task["place"]) for task in tasks),
    }

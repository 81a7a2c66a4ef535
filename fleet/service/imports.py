"""Request sheets into a day: all rows or none, and the clerk's own workbook back with what is wrong."""

import datetime
from typing import Literal, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from fleet.formats.sheets import Answers, Finding, Imported, import_sheet, reason, report_workbook
from fleet.formats.sheets import Master as Known
from fleet.model import ErrorCode, bad_input
from fleet.model.base import Count, Document, Label, Zone
from fleet.model.places import Household, Place, Product
from fleet.service.context import Context
from fleet.service.day_parts import (
    add_records,
    asked_for,
    bring_in,
    draft_of,
    on_date,
    unchanged,
    validated,
)
from fleet.service.days import begun, draft_to_begin, take_requests
from fleet.service.roles import Caller, Permission
from fleet.store import audit, days, master, requests
from fleet.store.master import Key, Kind
from fleet.store.tables import Json, StoredDay

TRIES = 3
"""A sheet is read outside of the transaction; who changes the day in between makes it be read again."""

T = TypeVar("T", bound=Place | Household | Product)


class SheetAnswers(Document):
    """What a clerk decides for a file as a whole, as the options of ``fleet import``."""

    zone: Zone | None = None
    unit: Literal["kg", "jin"] | None = None
    fill_down: bool = False
    hidden: Literal["refuse", "read", "skip"] = "refuse"
    on_existing: Literal["refuse", "keep", "update", "replace"] = "refuse"
    skip_bad: bool = False


class SheetFinding(Document):
    """What was read otherwise than it stands, or is wrong with a row that was left out."""

    code: str
    sheet: str
    row: Count
    column: Count
    title: str
    value: Label
    words: str


class SheetImported(Document):
    """What a sheet brought."""

    version: Count
    rows: Count
    left_out: Count
    new: Count
    changed: Count
    same: Count
    missing: Count
    removed: Count
    bad_rows: tuple[SheetFinding, ...]
    marks: tuple[SheetFinding, ...]


def import_requests(
    ctx: Context,
    caller: Caller,
    *,
    date: datetime.date,
    data: bytes,
    file: str,
    answers: SheetAnswers,
    language: str,
    version: int | None = None,
) -> SheetImported:
    """Take a request sheet into a day, which begins with it where there was none yet.

    Parameters
    ----------
    ctx, caller, date
        Into which day.
    data, file
        An XLSX workbook or a CSV file, and its name for errors.
    answers
        What was decided for the file.
    language
        Of the words in the answer.
    version
        That the day has to have.

    Raises
    ------
    InputError
        With every problem of the sheet; CHANGED_MEANWHILE.
    """
    caller.has_to(Permission.EDIT_DAYS)
    at, by = ctx.store.clock(), caller.account_id
    for _ in range(TRIES):
        with ctx.store.read() as session:
            known, seen = _known(session, date=date, ctx=ctx)
        unchanged(seen, version, where=f"days/{date}")
        imported = import_sheet(data, master=known, answers=_answers(answers), file=file)
        imported.checked(file=file)
        with ctx.store.write() as session:
            stored = begun(session, date=date, zone=ctx.config.zone, at=at, by=by)
            if stored.version == seen:
                now = _take(session, stored, imported, known=known, at=at, by=by)
                return _told(imported, version=now, language=language)
    raise bad_input(ErrorCode.CHANGED_MEANWHILE, where=f"days/{date}")


def report_sheet(
    ctx: Context,
    caller: Caller,
    *,
    date: datetime.date,
    data: bytes,
    file: str,
    answers: SheetAnswers,
    language: str,
) -> bytes:
    """Return the clerk's own workbook with red cells and reasons; nothing is imported.

    Raises
    ------
    InputError
        When the file itself can't be read.
    """
    caller.has_to(Permission.EDIT_DAYS)
    with ctx.store.read() as session:
        known, _ = _known(session, date=date, ctx=ctx)
    imported = import_sheet(data, master=known, answers=_answers(answers), file=file)
    return report_workbook(
        data,
        problems=(*imported.problems, *imported.bad_rows),
        marks=imported.marks,
        language=language,
        file=file,
    )


def _known(session: Session, *, date: datetime.date, ctx: Context) -> tuple[Known, int]:
    """Return what rows may refer to: the day's own, then the other master data; and the day's version."""
    stored = days.get(session, date=date)
    day = (
        draft_to_begin(session, date=date, zone=ctx.config.zone)
        if stored is None
        else draft_of(session, stored)
    )

    def and_the_rest(kind: Kind, model: type[T], of_day: tuple[T, ...]) -> tuple[T, ...]:
        taken = {item.id for item in of_day}
        rest = (body for key, body in master.present(session, kind).items() if key not in taken)
        moved = (on_date(kind, body, date=date, zone=ZoneInfo(day.zone)) for body in rest)
        return (*of_day, *(validated(model, body) for body in moved))

    known = Known(
        date=date,
        zone=day.zone,
        places=and_the_rest("place", Place, day.places),
        products=and_the_rest("product", Product, day.products),
        households=and_the_rest("household", Household, day.households),
        tricycles=day.tricycles,
        requests=day.requests,
    )
    return known, 0 if stored is None else stored.version


def _take(
    session: Session,
    stored: StoredDay,
    imported: Imported,
    *,
    known: Known,
    at: datetime.datetime,
    by: str | None,
) -> int:
    """Write what a sheet brought; return the day's version."""
    date = stored.date
    wanted = [request.model_dump(mode="json") for request in imported.merged.requests]
    before = [row.body for row in requests.of_day(session, date=date)]
    if wanted == before:
        return stored.version
    brought: dict[Key, Json] = {
        **_new("household", imported.households, known.households),
        **_new("product", imported.products, known.products),
    }
    zone = ZoneInfo(known.zone)
    own, _ = add_records(session, brought, date=date, zone=zone, at=at, by=by)
    days.add_items(session, date=date, own=own)
    take_requests(session, wanted, before, date=date, source="sheet", at=at, by=by)
    bring_in(session, (key for body in wanted for key in asked_for(body)), date=date)
    draft_of(session, stored)
    merged = imported.merged
    audit.note(
        session,
        at=at,
        account_id=by,
        action="imported",
        kind="day",
        subject=date.isoformat(),
        rows=imported.rows,
        left_out=imported.left_out,
        new=merged.new,
        changed=merged.changed,
        removed=merged.removed,
    )
    return days.bump(session, date=date, at=at, account_id=by)


def _new(kind: Kind, records: tuple[T, ...], known: tuple[T, ...]) -> dict[Key, Json]:
    ids = {record.id for record in known}
    return {(kind, record.id): record.model_dump(mode="json") for record in records if record.id not in ids}


def _answers(answers: SheetAnswers) -> Answers:
    return Answers(**answers.model_dump())


def _told(imported: Imported, *, version: int, language: str) -> SheetImported:
    merged = imported.merged
    return SheetImported(
        version=version,
        rows=imported.rows,
        left_out=imported.left_out,
        new=merged.new,
        changed=merged.changed,
        same=merged.same,
        missing=merged.missing,
        removed=merged.removed,
        bad_rows=tuple(_finding(finding, language) for finding in imported.bad_rows),
        marks=tuple(_finding(finding, language) for finding in imported.marks),
    )


def _finding(finding: Finding, language: str) -> SheetFinding:
    spot = finding.spot
    return SheetFinding(
        code=finding.code,
        sheet=spot.sheet,
        row=spot.row,
        column=spot.column,
        title=spot.title,
        value=finding.value,
        words=reason(finding, language=language),
    )

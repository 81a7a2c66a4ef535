"""Days: written and read whole, begun, listed, and who drives what on them."""

from typing import Annotated

from flask import Response
from pydantic import Field

from fleet.api.answers import answer, known_or
from fleet.api.blueprint import Api
from fleet.api.etags import expected_version
from fleet.api.paging import PageQuery
from fleet.api.paths import DayPath
from fleet.model import DayDraft
from fleet.model.base import Date, Document, Label
from fleet.service import assignments, day_lists, days
from fleet.service.addresses import API_PATH
from fleet.service.assignments import Assignments
from fleet.service.context import Context
from fleet.service.day_lists import DayChange, DayEntry
from fleet.service.days import DayWritten
from fleet.service.paging import Page
from fleet.service.roles import Caller, Permission

MOST_VERSIONS = 2**31 - 1
MAY = Permission.EDIT_DAYS

api = Api("days", tag="Days")


class KeptPath(DayPath):
    """Which version of which day."""

    version: Annotated[int, Field(ge=1, le=MOST_VERSIONS)]


class DaysQuery(PageQuery):
    """Which days."""

    first: Date | None = Field(default=None, description="from this date on")
    last: Date | None = Field(default=None, description="up to this date")


class NewDay(Document):
    """A day to begin."""

    date: Date
    title: Label = ""


@api.on("GET", "/days", may=MAY, answers=Page[DayEntry])
def list_days(ctx: Context, caller: Caller, query: DaysQuery) -> Page[DayEntry]:
    """List days, the latest first, with their plans."""
    return day_lists.list_days(
        ctx, caller, limit=query.limit, cursor=query.cursor, first=query.first, last=query.last
    )


@api.on("POST", "/days", may=MAY, answers={201: DayWritten}, sends=("Location", "ETag"))
def create_day(ctx: Context, caller: Caller, body: NewDay) -> Response:
    """Begin a day with all tricycles, what comes by standing order, and the rules of the day before."""
    written = days.create_day(ctx, caller, date=body.date, title=body.title)
    where = f"{API_PATH}/days/{written.date}"
    return answer(written, status=201, version=written.version, headers={"Location": where})


@api.on("GET", "/days/<date>", may=MAY, answers=DayDraft)
def read_day(ctx: Context, caller: Caller, path: DayPath) -> Response:
    """Return a day as a document, which may still lack requests or tricycles."""
    version = days.day_version(ctx, caller, date=path.date)
    return known_or(str(version), lambda: days.read_day(ctx, caller, date=path.date).day)


@api.on("PUT", "/days/<date>", may=MAY, answers={200: DayWritten, 201: DayWritten}, guarded=True)
def put_day(ctx: Context, caller: Caller, path: DayPath, body: DayDraft) -> Response:
    """Write a whole day; what the master data does not know yet is added there."""
    written = days.put_day(ctx, caller, date=path.date, day=body, version=expected_version())
    return answer(written, status=201 if written.created else 200, version=written.version)


@api.on("DELETE", "/days/<date>", may=MAY, answers={204: None}, guarded=True)
def delete_day(ctx: Context, caller: Caller, path: DayPath) -> None:
    """Delete a day of which no plan is published; what it was stays in its history."""
    days.delete_day(ctx, caller, date=path.date, version=expected_version())


@api.on("GET", "/days/<date>/history", may=MAY, answers=Page[DayChange])
def list_day_changes(ctx: Context, caller: Caller, path: DayPath, query: PageQuery) -> Page[DayChange]:
    """List who changed what of a day when, the latest first; of the whole day the version before is kept."""
    return day_lists.list_day_changes(ctx, caller, date=path.date, limit=query.limit, cursor=query.cursor)


@api.on("GET", "/days/<date>/history/<version>", may=MAY, answers=DayDraft)
def read_day_version(ctx: Context, caller: Caller, path: KeptPath) -> DayDraft:
    """Return a day as it was; to PUT it again undoes what replaced it."""
    return day_lists.kept_day(ctx, caller, date=path.date, version=path.version)


@api.on("GET", "/days/<date>/assignments", may=MAY, answers=Assignments)
def read_assignments(ctx: Context, caller: Caller, path: DayPath) -> Response:
    """Return who drives what."""
    found = assignments.read_assignments(ctx, caller, date=path.date)
    return answer(Assignments(assignments=found.assignments), version=found.version)


@api.on("PUT", "/days/<date>/assignments", may=MAY, answers=Assignments, guarded=True)
def put_assignments(ctx: Context, caller: Caller, path: DayPath, body: Assignments) -> Response:
    """Say who drives what, instead of whoever did."""
    written = assignments.put_assignments(
        ctx, caller, date=path.date, assignments=body, version=expected_version()
    )
    return answer(Assignments(assignments=written.assignments), version=written.version)

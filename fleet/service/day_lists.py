"""The list of days, and what days were before."""

import datetime
from typing import Any

from fleet.model import DayDraft, ErrorCode, bad_input
from fleet.model.base import Count, Date, Document, Label
from fleet.service.context import Context
from fleet.service.paging import DEFAULT_LIMIT, Page, after_of, page_of
from fleet.service.roles import Caller, Permission
from fleet.store import days
from fleet.store.days import Listed
from fleet.store.tables import StoredPlan


class PlanEntry(Document):
    """A plan in the list of days."""

    id: str
    number: Count
    figures: dict[str, Any]


class DayEntry(Document):
    """A day in the list of days."""

    date: Date
    title: Label
    version: Count
    requests: Count
    changed_at: datetime.datetime
    latest_plan: PlanEntry | None = None
    published_plan: PlanEntry | None = None


class KeptDay(Document):
    """A day as it was until somebody replaced or deleted it."""

    version: Count
    changed_at: datetime.datetime
    changed_by: str | None


def list_days(
    ctx: Context,
    caller: Caller,
    *,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
    first: datetime.date | None = None,
    last: datetime.date | None = None,
) -> Page[DayEntry]:
    """Return the days, the latest first, with their latest and their published plans."""
    caller.has_to(Permission.EDIT_DAYS)
    after = after_of(cursor, str)
    try:
        before = None if after is None else datetime.date.fromisoformat(after)
    except ValueError as error:
        raise bad_input(ErrorCode.CURSOR_UNKNOWN, where="cursor", value=cursor) from error
    with ctx.store.read() as session:
        found = days.page(session, limit=limit + 1, before=before, first=first, last=last)
    return page_of(found, limit=limit, key=lambda entry: (entry.day.date.isoformat(),), item=_entry)


def list_kept_days(
    ctx: Context,
    caller: Caller,
    *,
    date: datetime.date,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page[KeptDay]:
    """Return the versions of a day that were replaced or deleted, the latest first."""
    caller.has_to(Permission.EDIT_DAYS)
    before = after_of(cursor, int)
    with ctx.store.read() as session:
        found = days.history(session, date=date, limit=limit + 1, before=before)
    return page_of(
        found,
        limit=limit,
        key=lambda kept: (kept.version,),
        item=lambda kept: KeptDay(
            version=kept.version, changed_at=kept.changed_at, changed_by=kept.changed_by
        ),
    )


def kept_day(ctx: Context, caller: Caller, *, date: datetime.date, version: int) -> DayDraft:
    """Return a day as it was at a version; to write it again is to undo what replaced it.

    Raises
    ------
    InputError
        NOT_FOUND.
    """
    caller.has_to(Permission.EDIT_DAYS)
    with ctx.store.read() as session:
        kept = days.kept(session, date=date, version=version)
        if kept is None:
            raise bad_input(ErrorCode.NOT_FOUND, where="version", value=version, kind="day")
        return DayDraft.model_validate_json(kept.document)


def _entry(listed: Listed) -> DayEntry:
    return DayEntry(
        date=listed.day.date,
        title=listed.day.body["title"],
        version=listed.day.version,
        requests=listed.requests,
        changed_at=listed.day.changed_at,
        latest_plan=_plan_entry(listed.plan),
        published_plan=_plan_entry(listed.published),
    )


def _plan_entry(plan: StoredPlan | None) -> PlanEntry | None:
    return None if plan is None else PlanEntry(id=plan.id, number=plan.number, figures=plan.figures)

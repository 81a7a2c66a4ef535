"""The list of days, what was changed of them, and what they were before."""

import datetime
from typing import Any

from pydantic import Field

from fleet.model import DayDraft, ErrorCode, bad_input
from fleet.model.base import Count, Date, Document, Label
from fleet.service.context import Context
from fleet.service.paging import DEFAULT_LIMIT, Page, after_of, key_of, page_of
from fleet.service.roles import Caller, Permission
from fleet.store import changes, days
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


class DayChange(Document):
    """What somebody changed of a day at one moment, by the ids of its requests."""

    changed_at: datetime.datetime
    changed_by: str | None
    version: Count | None = Field(
        description="of the day before, kept where it was replaced, assigned otherwise or deleted as a whole"
    )
    added: tuple[str, ...]
    changed: tuple[str, ...]
    deleted: tuple[str, ...]


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


def list_day_changes(
    ctx: Context,
    caller: Caller,
    *,
    date: datetime.date,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page[DayChange]:
    """Return who changed what of a day when, the latest first, also of one that was deleted.

    Requests are named by their ids, so that nobody's name or phone is in it.
    """
    caller.has_to(Permission.EDIT_DAYS)
    key = key_of(cursor, str, str)
    before = None if key is None else (_instant(str(key[0]), cursor=cursor), str(key[1]))
    with ctx.store.read() as session:
        found = changes.page(session, date=date, limit=limit + 1, before=before)
    return page_of(
        found,
        limit=limit,
        key=lambda made: (made.moment[0].isoformat(), made.moment[1]),
        item=lambda made: DayChange(
            changed_at=made.moment[0],
            changed_by=made.moment[1] or None,
            version=made.version,
            added=tuple(made.added),
            changed=tuple(made.changed),
            deleted=tuple(made.deleted),
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


def _instant(text: str, *, cursor: str | None) -> datetime.datetime:
    try:
        found = datetime.datetime.fromisoformat(text)
    except ValueError as error:
        raise bad_input(ErrorCode.CURSOR_UNKNOWN, where="cursor", value=cursor) from error
    if found.utcoffset() != datetime.timedelta():
        raise bad_input(ErrorCode.CURSOR_UNKNOWN, where="cursor", value=cursor)
    return found


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

"""Who drives what on a day."""

import datetime

from fleet.model.base import Count, Document
from fleet.model.locks import Assignment
from fleet.service.context import Context
from fleet.service.day_parts import draft_of, existing, validated
from fleet.service.days import keep_document
from fleet.service.roles import Caller, Permission
from fleet.store import audit, days


class Assignments(Document):
    """Drivers and their tricycles."""

    assignments: tuple[Assignment, ...]


class VersionedAssignments(Assignments):
    """Drivers and their tricycles, and the day's version."""

    version: Count


def read_assignments(ctx: Context, caller: Caller, *, date: datetime.date) -> VersionedAssignments:
    """Return who drives what.

    Raises
    ------
    InputError
        NOT_FOUND.
    """
    caller.has_to(Permission.EDIT_DAYS)
    with ctx.store.read() as session:
        stored = existing(session, date=date)
        return validated(
            VersionedAssignments, {"assignments": stored.body["assignments"], "version": stored.version}
        )


def put_assignments(
    ctx: Context,
    caller: Caller,
    *,
    date: datetime.date,
    assignments: Assignments,
    version: int | None = None,
) -> VersionedAssignments:
    """Say who drives what, instead of whoever did.

    Raises
    ------
    InputError
        NOT_FOUND, CHANGED_MEANWHILE, UNKNOWN_ID, DUPLICATE_ID.
    """
    caller.has_to(Permission.EDIT_DAYS)
    wanted = assignments.model_dump(mode="json")["assignments"]
    at, by = ctx.store.clock(), caller.account_id
    with ctx.store.write() as session:
        stored = existing(session, date=date, version=version, lock=True)
        present = stored.version
        if stored.body["assignments"] != wanted:
            keep_document(session, stored, at=at, by=by)
            body = {**stored.body, "assignments": wanted}
            present = days.bump(session, date=date, at=at, account_id=by, body=body)
            draft_of(session, existing(session, date=date))
            audit.note(
                session,
                at=at,
                account_id=by,
                action="assigned",
                kind="day",
                subject=date.isoformat(),
                drivers=len(wanted),
            )
        return VersionedAssignments(assignments=assignments.assignments, version=present)

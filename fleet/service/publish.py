"""Publishing: which plan drivers see, whose routes it changes, and what they saw before."""

import datetime
from typing import Self

from pydantic import Field
from sqlalchemy.orm import Session

from fleet.model import ErrorCode, Plan, bad_input, day_sha256
from fleet.model.base import Count, Document
from fleet.service.context import Context
from fleet.service.day_parts import existing, unchanged
from fleet.service.days import assembled_day
from fleet.service.differences import RouteDifference, route_differences
from fleet.service.kept_plans import existing_plan
from fleet.service.paging import DEFAULT_LIMIT, Page, after_of, page_of
from fleet.service.roles import Caller, Permission
from fleet.service.shown_plans import shown_plan
from fleet.store import plans as rows
from fleet.store.audit import note
from fleet.store.tables import Publication, StoredPlan


class PublicationView(Document):
    """That a plan was published: drivers see it from then until the next one of the date.

    Where it was withdrawn, drivers see none from then on.
    """

    plan_id: str
    date: datetime.date
    number: Count
    version: Count = Field(description="what If-Match has to name")
    withdrawn: bool
    published_at: datetime.datetime
    published_by: str | None

    @classmethod
    def of(cls, publication: Publication, stored: StoredPlan) -> Self:
        """Return what the rows say."""
        return cls(
            plan_id=stored.id,
            date=stored.date,
            number=stored.number,
            version=publication.id,
            withdrawn=publication.withdrawn,
            published_at=publication.published_at,
            published_by=publication.published_by,
        )


class Published(Document):
    """A publication, and whose route is another than drivers were shown before."""

    publication: PublicationView
    before: str | None = Field(description="the plan that drivers were shown before")
    routes: tuple[RouteDifference, ...]


class PublishedPlan(Document):
    """What drivers of a date see."""

    publication: PublicationView
    plan: Plan


def published_plan(session: Session, *, date: datetime.date) -> StoredPlan | None:
    """Return the plan that drivers of a date see, with its document; None where none is published."""
    publication = rows.shown_publication(session, date=date)
    return None if publication is None else rows.get_plan(session, publication.plan_id)


def publish_plan(ctx: Context, caller: Caller, *, plan_id: str) -> Published:
    """Let drivers see a plan from now on. What they see already is published once.

    Raises
    ------
    InputError
        NOT_FOUND; DAY_CHANGED when what planning reads of the day is not what was planned.
    """
    caller.has_to(Permission.PLAN)
    # SQLite's one writer does not wait while a large day is assembled.
    with ctx.store.read() as session:
        version = _checked_version(session, existing_plan(session, plan_id))
    at = ctx.store.clock()
    with ctx.store.write() as session:
        stored = existing_plan(session, plan_id)
        if existing(session, date=stored.date, lock=True).version != version:
            _checked_version(session, stored)
        latest = rows.shown_publication(session, date=stored.date)
        before = None if latest is None else existing_plan(session, latest.plan_id)
        if latest is None or latest.plan_id != stored.id:
            latest = rows.add_publication(session, stored=stored, published_by=caller.account_id, at=at)
            note(
                session,
                at=at,
                account_id=caller.account_id,
                action="published",
                kind="plan",
                subject=stored.id,
                date=stored.date.isoformat(),
                number=stored.number,
            )
        view = PublicationView.of(latest, stored)
    with ctx.store.read() as session:
        # Kept parsed from now on: all phones are about to ask for it.
        now_shown = shown_plan(session, stored.id).plan
        shown_before = None if before is None else shown_plan(session, before.id).plan
    return Published(
        publication=view,
        before=None if before is None else before.id,
        routes=route_differences(shown_before, now_shown),
    )


def withdraw_plan(ctx: Context, caller: Caller, *, date: datetime.date, version: int | None = None) -> None:
    """Take back what drivers of a date see: they are told so, and what they have reported stays.

    Raises
    ------
    InputError
        NOT_FOUND when there is no such day; NOT_PUBLISHED; CHANGED_MEANWHILE.
    """
    caller.has_to(Permission.PLAN)
    at, by = ctx.store.clock(), caller.account_id
    with ctx.store.write() as session:
        existing(session, date=date, lock=True)
        shown = _shown(session, date=date)
        unchanged(shown.id, version, where=f"days/{date}/published")
        stored = existing_plan(session, shown.plan_id)
        rows.add_publication(session, stored=stored, published_by=by, at=at, withdrawn=True)
        note(
            session,
            at=at,
            account_id=by,
            action="withdrawn",
            kind="plan",
            subject=stored.id,
            date=date.isoformat(),
            number=stored.number,
        )


def _shown(session: Session, *, date: datetime.date) -> Publication:
    publication = rows.shown_publication(session, date=date)
    if publication is None:
        raise bad_input(ErrorCode.NOT_PUBLISHED, where=f"days/{date}")
    return publication


def _checked_version(session: Session, stored: StoredPlan) -> int:
    """Return the version of a plan's day, which has to be the one that was planned."""
    version = existing(session, date=stored.date).version
    now = day_sha256(assembled_day(session, date=stored.date))
    if now != stored.day_sha256:
        raise bad_input(ErrorCode.DAY_CHANGED, where="day_sha256", value=stored.day_sha256, expected=now)
    return version


def preview_publication(ctx: Context, caller: Caller, *, plan_id: str) -> tuple[RouteDifference, ...]:
    """Return whose route would be another than drivers are shown now.

    Raises
    ------
    InputError
        NOT_FOUND.
    """
    caller.has_to(Permission.PLAN)
    with ctx.store.read() as session:
        stored = existing_plan(session, plan_id)
        shown = published_plan(session, date=stored.date)
    before = None if shown is None else rows.plan_of(shown)
    return route_differences(before, rows.plan_of(stored))


def read_published(ctx: Context, caller: Caller, *, date: datetime.date) -> PublishedPlan:
    """Return what drivers of a date see.

    Raises
    ------
    InputError
        NOT_PUBLISHED.
    """
    caller.has_to(Permission.PLAN)
    with ctx.store.read() as session:
        publication = _shown(session, date=date)
        stored = existing_plan(session, publication.plan_id)
    return PublishedPlan(publication=PublicationView.of(publication, stored), plan=rows.plan_of(stored))


def list_publications(
    ctx: Context,
    caller: Caller,
    *,
    date: datetime.date,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page[PublicationView]:
    """Return what drivers of a date have been shown and what was taken back, the latest first.

    Raises
    ------
    InputError
        CURSOR_UNKNOWN.
    """
    caller.has_to(Permission.PLAN)
    before = after_of(cursor, int)
    with ctx.store.read() as session:
        found = rows.publications_of(session, date=date, limit=limit + 1, before=before)
    return page_of(
        found, limit=limit, key=lambda pair: (pair[0].id,), item=lambda pair: PublicationView.of(*pair)
    )

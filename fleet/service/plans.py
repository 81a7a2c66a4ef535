"""Plans of a day: asked for, handed in, listed, read."""

import datetime
from typing import Self

from pydantic import Field
from sqlalchemy.orm import Session

from fleet.model import InputError, Plan, day_sha256
from fleet.model.base import Document
from fleet.service.context import Context
from fleet.service.days import assembled_day
from fleet.service.job_inputs import PlanInput, SearchSettings
from fleet.service.jobs import JobKind, JobView, submit
from fleet.service.kept_plans import PlanSummary, existing_plan, fields_of, keep_plan
from fleet.service.paging import DEFAULT_LIMIT, Page, after_of, page_of
from fleet.service.plan_checks import as_problem, checked
from fleet.service.roles import Caller, Permission
from fleet.store.plans import plans_of, shown_publication
from fleet.store.tables import StoredPlan


class ListedPlan(PlanSummary):
    """A plan as things stand now."""

    published: bool = Field(description="whether drivers see it")
    day_changed: bool = Field(description="whether the day is another by now, so that it cannot be published")

    @classmethod
    def now(cls, stored: StoredPlan, *, published: bool, sha256: str | None) -> Self:
        """Return what a row says, beside what drivers see and the day as it is."""
        changed = stored.day_sha256 != sha256
        return cls.model_validate(fields_of(stored) | {"published": published, "day_changed": changed})


class PlanText(Document):
    """A plan's document as it is kept."""

    id: str
    text: str


def request_plan(
    ctx: Context, caller: Caller, *, date: datetime.date, settings: SearchSettings | None = None
) -> JobView:
    """Start planning a day as it is now.

    Raises
    ------
    InputError
        NOT_FOUND, NO_REQUESTS, NO_TRICYCLES; JOBS_TOO_MANY.
    """
    caller.has_to(Permission.PLAN)
    with ctx.store.read() as session:
        day = assembled_day(session, date=date)
    asked = PlanInput(day=day, settings=settings or SearchSettings())
    return submit(ctx, caller, kind=JobKind.PLAN, input=asked.model_dump_json(by_alias=True), date=date)


def hand_in_plan(ctx: Context, caller: Caller, *, date: datetime.date, plan: Plan) -> PlanSummary:
    """Keep a plan that was made elsewhere of the day as it is now.

    Raises
    ------
    InputError
        NOT_FOUND, NO_REQUESTS, NO_TRICYCLES; PLAN_OF_ANOTHER_DAY; PLAN_BREAKS_RULES with every violation.
    """
    caller.has_to(Permission.PLAN)
    with ctx.store.read() as session:
        day = assembled_day(session, date=date)
    found = checked(ctx, day, plan)
    if not found.valid:
        raise InputError([as_problem(violation) for violation in found.violations])
    return keep_plan(ctx, caller, day=day, plan=plan, origin="upload")


def list_plans(
    ctx: Context,
    caller: Caller,
    *,
    date: datetime.date,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page[ListedPlan]:
    """Return the plans of a date, the latest first.

    Raises
    ------
    InputError
        CURSOR_UNKNOWN.
    """
    caller.has_to(Permission.PLAN)
    before = after_of(cursor, int)
    with ctx.store.read() as session:
        found = plans_of(session, date=date, limit=limit + 1, before=before)
        shown = shown_publication(session, date=date)
        sha256 = _sha256_now(session, date) if found else None
    return page_of(
        found,
        limit=limit,
        key=lambda stored: (stored.number,),
        item=lambda stored: ListedPlan.now(
            stored, published=shown is not None and stored.id == shown.plan_id, sha256=sha256
        ),
    )


def read_summary(ctx: Context, caller: Caller, *, plan_id: str) -> PlanSummary:
    """Return what there is to say of a plan without its routes.

    Raises
    ------
    InputError
        NOT_FOUND.
    """
    caller.has_to(Permission.PLAN)
    with ctx.store.read() as session:
        return PlanSummary.of(existing_plan(session, plan_id))


def read_plan_text(ctx: Context, caller: Caller, *, plan_id: str) -> PlanText:
    """Return a plan's document.

    Raises
    ------
    InputError
        NOT_FOUND.
    """
    caller.has_to(Permission.PLAN)
    with ctx.store.read() as session:
        stored = existing_plan(session, plan_id)
        return PlanText(id=stored.id, text=stored.plan)


def _sha256_now(session: Session, date: datetime.date) -> str | None:
    """Return the hash of the day as it is now; None where it can no longer be planned."""
    try:
        return day_sha256(assembled_day(session, date=date))
    except InputError:
        return None

"""Plans as they are kept, with the day that each was made of and the travel it was made from."""

import datetime
from typing import Self

from pydantic import Field
from sqlalchemy.orm import Session

from fleet.model import Day, ErrorCode, Plan, Travel, bad_input
from fleet.model.base import Count, Document
from fleet.model.plan import Figures
from fleet.service.context import Context
from fleet.service.roles import Caller
from fleet.service.travel import travel_of_plan
from fleet.store.audit import note
from fleet.store.plans import Origin, add_plan, day_of, get_plan, plan_of
from fleet.store.tables import StoredPlan


class PlanSummary(Document):
    """What there is to say of a plan without its routes. None of it ever changes."""

    id: str
    date: datetime.date
    number: Count = Field(description="counts the plans of the date from 1")
    origin: Origin
    parent_id: str | None = Field(description="the plan that was changed by hand")
    job_id: str | None
    day_sha256: str
    figures: Figures
    created_at: datetime.datetime
    created_by: str | None

    @classmethod
    def of(cls, stored: StoredPlan) -> Self:
        """Return what a row says."""
        return cls.model_validate(fields_of(stored))


def keep_plan(
    ctx: Context, caller: Caller, *, day: Day, plan: Plan, origin: Origin, parent_id: str | None = None
) -> PlanSummary:
    """Keep a plan that the checker has found without fault."""
    at = ctx.store.clock()
    with ctx.store.write() as session:
        stored = add_plan(
            session,
            day=day,
            plan=plan,
            origin=origin,
            created_by=caller.account_id,
            at=at,
            parent_id=parent_id,
        )
        note(
            session,
            at=at,
            account_id=caller.account_id,
            action="created",
            kind="plan",
            subject=stored.id,
            date=day.date.isoformat(),
            number=stored.number,
            origin=origin,
        )
    return PlanSummary.of(stored)


def documents(ctx: Context, *, plan_id: str) -> tuple[Day, Plan]:
    """Return a plan with the day that it was made of.

    Raises
    ------
    InputError
        NOT_FOUND.
    """
    with ctx.store.read() as session:
        stored = existing_plan(session, plan_id, with_day=True)
    return day_of(stored), plan_of(stored)


def travel_needed(ctx: Context, day: Day, plan: Plan) -> Travel:
    """Return the travel that a plan was made from.

    Raises
    ------
    InputError
        ROADS_MISSING where the service has other roads, or none.
    """
    travel = travel_of_plan(ctx, day, plan)
    if travel is None:
        raise bad_input(
            ErrorCode.ROADS_MISSING, where="travel.roads_sha256", value=plan.travel.roads_sha256 or ""
        )
    return travel


def existing_plan(session: Session, plan_id: str, *, with_day: bool = False) -> StoredPlan:
    """Return a plan that there is.

    Raises
    ------
    InputError
        NOT_FOUND.
    """
    stored = get_plan(session, plan_id, with_day=with_day)
    if stored is None:
        raise bad_input(ErrorCode.NOT_FOUND, where="plan", value=plan_id, kind="plan")
    return stored


def fields_of(stored: StoredPlan) -> dict[str, object]:
    """Return what a summary says of a row."""
    return {name: getattr(stored, name) for name in PlanSummary.model_fields}

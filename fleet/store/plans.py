"""Plans as they were made, and which of them drivers were shown."""

import datetime
from collections.abc import Sequence
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from fleet.model import Day, Plan
from fleet.store.ids import new_id
from fleet.store.tables import Publication, StoredDay, StoredPlan

Origin = Literal["job", "moves", "upload"]
"""Where a plan comes from: a search, changes by hand, or a document that somebody handed in."""


def add_plan(
    session: Session,
    *,
    day: Day,
    plan: Plan,
    origin: Origin,
    created_by: str | None,
    at: datetime.datetime,
    parent_id: str | None = None,
    job_id: str | None = None,
) -> StoredPlan:
    """Keep a plan with the day it was made of; its number counts the plans of the date from 1."""
    # Whoever adds a plan of the same date waits here, so that no number is given twice.
    session.execute(select(StoredDay.date).where(StoredDay.date == day.date).with_for_update())
    last = session.scalar(select(func.max(StoredPlan.number)).where(StoredPlan.date == day.date))
    stored = StoredPlan(
        id=new_id(),
        date=day.date,
        number=(last or 0) + 1,
        origin=origin,
        parent_id=parent_id,
        job_id=job_id,
        day_sha256=plan.day_sha256,
        figures=plan.figures.model_dump(mode="json"),
        day=day.model_dump_json(by_alias=True),
        plan=plan.model_dump_json(by_alias=True),
        created_at=at,
        created_by=created_by,
    )
    session.add(stored)
    session.flush()
    return stored


def get_plan(session: Session, plan_id: str, *, with_day: bool = False) -> StoredPlan | None:
    """Return a plan with its document, and with its day where it is asked for."""
    wanted = [undefer(StoredPlan.plan)] + ([undefer(StoredPlan.day)] if with_day else [])
    return session.get(StoredPlan, plan_id, options=wanted, populate_existing=True)


def plans_of(
    session: Session, *, date: datetime.date, limit: int, before: int | None = None
) -> Sequence[StoredPlan]:
    """Return the plans of a date without their documents, the latest first; ``before`` is a number."""
    query = select(StoredPlan).where(StoredPlan.date == date)
    if before is not None:
        query = query.where(StoredPlan.number < before)
    return session.scalars(query.order_by(StoredPlan.number.desc()).limit(limit)).all()


def add_publication(
    session: Session,
    *,
    stored: StoredPlan,
    published_by: str | None,
    at: datetime.datetime,
    withdrawn: bool = False,
) -> Publication:
    """Let drivers see a plan from now on, or no longer."""
    publication = Publication(
        date=stored.date,
        plan_id=stored.id,
        withdrawn=withdrawn,
        published_at=at,
        published_by=published_by,
    )
    session.add(publication)
    session.flush()
    return publication


def publications_of(
    session: Session, *, date: datetime.date, limit: int, before: int | None = None
) -> Sequence[tuple[Publication, StoredPlan]]:
    """Return the publications of a date with their plans, the latest first; ``before`` is an id."""
    query = select(Publication, StoredPlan).join(StoredPlan).where(Publication.date == date)
    if before is not None:
        query = query.where(Publication.id < before)
    found = session.execute(query.order_by(Publication.id.desc()).limit(limit))
    return [(publication, stored) for publication, stored in found]


def latest_publication(session: Session, *, date: datetime.date) -> Publication | None:
    """Return what was published or withdrawn last, None where nothing ever was."""
    query = select(Publication).where(Publication.date == date)
    return session.scalars(query.order_by(Publication.id.desc()).limit(1)).first()


def shown_publication(session: Session, *, date: datetime.date) -> Publication | None:
    """Return what drivers of a date are shown, None where nothing is published."""
    latest = latest_publication(session, date=date)
    return None if latest is None or latest.withdrawn else latest


def day_of(stored: StoredPlan) -> Day:
    """Return the day that a plan was made of; it has to be loaded with the plan."""
    return Day.model_validate_json(stored.day)


def plan_of(stored: StoredPlan) -> Plan:
    """Return a plan's document; it has to be loaded with the plan."""
    return Plan.model_validate_json(stored.plan)

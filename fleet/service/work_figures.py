"""How the work goes, for metrics: jobs by state, how long searches took, what share was served."""

import datetime

from sqlalchemy import select

from fleet.model.base import Count, Document, Fraction
from fleet.service.context import Context
from fleet.service.jobs import JobCounts, JobKind, job_counts
from fleet.store.jobs import JobState
from fleet.store.tables import Job, StoredPlan

SPAN = datetime.timedelta(hours=24)
MOST = 1_000
"""Rows that are looked at: a scrape every few seconds costs no more on a busy day."""


class Durations(Document):
    """How many jobs of a kind ended within the span, and how long they ran."""

    number: Count
    seconds: float


class WorkFigures(Document):
    """The figures of the last 24 hours, and how many jobs there are now."""

    jobs: JobCounts
    durations: dict[JobKind, Durations]
    served_share: Fraction | None
    """Of all requests in the plans that were made; None without any."""


def work_figures(ctx: Context) -> WorkFigures:
    """Return how the work goes."""
    since = ctx.store.clock() - SPAN
    ended = (
        select(Job.kind, Job.started_at, Job.finished_at)
        .where(Job.state == JobState.SUCCEEDED, Job.finished_at >= since)
        .order_by(Job.finished_at.desc())
        .limit(MOST)
    )
    plans = (
        select(StoredPlan.figures)
        .where(StoredPlan.created_at >= since)
        .order_by(StoredPlan.created_at.desc())
        .limit(MOST)
    )
    with ctx.store.read() as session:
        runs = session.execute(ended).all()
        figures = session.scalars(plans).all()
    took: dict[JobKind, list[float]] = {kind: [] for kind in JobKind}
    for kind, started_at, finished_at in runs:
        if started_at is not None and finished_at is not None:
            took[JobKind(kind)].append((finished_at - started_at).total_seconds())
    served = sum(each.get("served_requests", 0) for each in figures)
    asked = served + sum(each.get("unserved_requests", 0) for each in figures)
    return WorkFigures(
        jobs=job_counts(ctx),
        durations={kind: Durations(number=len(each), seconds=sum(each)) for kind, each in took.items()},
        served_share=served / asked if asked else None,
    )

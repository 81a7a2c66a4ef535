"""Jobs: to start one is to add a row; workers find it there."""

import datetime
from enum import StrEnum
from typing import Self

from pydantic import Field, JsonValue
from sqlalchemy.orm import Session

from fleet.model import ErrorCode, InputError, Plan, bad_input
from fleet.model.base import Count, Document, Fraction
from fleet.service.addresses import API_PATH
from fleet.service.context import Context
from fleet.service.paging import DEFAULT_LIMIT, Page, after_of, page_of
from fleet.service.roles import Caller, Permission, Role
from fleet.store import jobs as rows
from fleet.store.audit import note
from fleet.store.jobs import JobState
from fleet.store.plans import get_plan, plan_of
from fleet.store.tables import Job


class JobKind(StrEnum):
    """What a job does."""

    PLAN = "plan"
    SOLVE = "solve"


RANKS: dict[JobKind, int] = {JobKind.PLAN: 10, JobKind.SOLVE: 20}
"""Who goes first: what a dispatcher waits for goes before the problems of other programs."""
AWAITED = RANKS[JobKind.PLAN]
"""Of a job whose caller holds the line until it is done."""
PERMISSIONS: dict[JobKind, Permission] = {JobKind.PLAN: Permission.PLAN, JobKind.SOLVE: Permission.SOLVE}


class BestSoFar(Document):
    """The figures of the best plan so far; routes of a VROOM problem are not counted in yuan."""

    unserved_musts: Count
    served_requests: Count
    total_yuan: float | None = None
    iterations: Count


class JobProgress(Document):
    """How far a run is."""

    phase: str
    fraction: Fraction
    best: BestSoFar | None = None


class JobError(Document):
    """Why a job failed: a code, where in its input, and what its words are made with."""

    code: str
    where: str = ""
    value: str = ""
    params: dict[str, JsonValue] = Field(default_factory=dict)


class JobLinks(Document):
    """Where to go on from a job."""

    best: str | None = Field(default=None, description="the checked best plan so far")
    result: str | None = Field(default=None, description="the plan, or VROOM's answer")


class JobView(Document):
    """A job. A cancelled one has a result where there was one to keep."""

    id: str
    kind: JobKind
    state: JobState
    date: datetime.date | None = Field(description="the day that is planned")
    progress: Fraction
    phase: str | None = Field(description="what the search is doing")
    best: BestSoFar | None
    position: int | None = Field(description="place in the queue, from 1; absent once it runs")
    cancel_asked: bool
    plan_id: str | None
    error: JobError | None
    created_at: datetime.datetime
    started_at: datetime.datetime | None
    finished_at: datetime.datetime | None
    links: JobLinks

    @classmethod
    def of(cls, job: Job, *, position: int | None = None) -> Self:
        """Return what a row says."""
        progress = JobProgress.model_validate(job.progress) if job.progress else None
        state = JobState(job.state)
        here = f"{API_PATH}/jobs/{job.id}"
        result = f"{API_PATH}/plans/{job.result_id}" if job.result_id else None
        if job.has_result:
            result = f"{here}/result"
        has_best = job.kind == JobKind.PLAN and (job.result_id is not None or not state.is_over)
        return cls(
            id=job.id,
            kind=JobKind(job.kind),
            state=state,
            date=job.date,
            progress=1.0 if state is JobState.SUCCEEDED else progress.fraction if progress else 0.0,
            phase=progress.phase if progress else None,
            best=progress.best if progress else None,
            position=position,
            cancel_asked=job.cancel_asked_at is not None,
            plan_id=job.result_id,
            error=JobError.model_validate(job.error) if job.error else None,
            created_at=job.created_at,
            started_at=job.started_at,
            finished_at=job.finished_at,
            links=JobLinks(best=f"{here}/best" if has_best else None, result=result),
        )


class JobCounts(Document):
    """How many jobs are in each state, and how many runs have lost their lease."""

    states: dict[JobState, Count]
    lost_runs: Count


def submit(
    ctx: Context,
    caller: Caller,
    *,
    kind: JobKind,
    input: str,
    date: datetime.date | None = None,
    is_awaited: bool = False,
) -> JobView:
    """Queue a job and wake the workers.

    Parameters
    ----------
    ctx, caller
        Whose job it is.
    kind : JobKind
        What to do.
    input : str
        JSON, validated by the caller as ``fleet.jobs`` reads it.
    date : date, optional
        The day that it is about.
    is_awaited : bool
        Whether the caller holds the line until it is done.

    Raises
    ------
    InputError
        JOBS_TOO_MANY when the account has as many jobs open as it may.
    """
    caller.has_to(PERMISSIONS[kind])
    at = ctx.store.clock()
    account, limit = caller.account_id, ctx.config.jobs_per_account
    with ctx.store.write() as session:
        if account is not None and rows.open_jobs_of(session, account_id=account) >= limit:
            raise bad_input(ErrorCode.JOBS_TOO_MANY, where="jobs", limit=limit)
        job = rows.add_job(
            session,
            kind=kind,
            rank=AWAITED if is_awaited else RANKS[kind],
            account_id=account,
            input=input,
            date=date,
            at=at,
        )
        note(
            session,
            at=at,
            account_id=account,
            action="submitted",
            kind="job",
            subject=job.id,
            job=kind,
        )
        made = _view(session, job)
    ctx.wake_workers()
    return made


def read_job(ctx: Context, caller: Caller, *, job_id: str) -> JobView:
    """Return a job of the caller's own, or any for an admin.

    Raises
    ------
    InputError
        NOT_FOUND.
    """
    caller.has_to(Permission.SOLVE)
    with ctx.store.read() as session:
        return _view(session, _own(rows.get_job(session, job_id), caller, job_id))


def list_jobs(
    ctx: Context, caller: Caller, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None
) -> Page[JobView]:
    """Return the caller's jobs, or all for an admin, the latest first.

    Raises
    ------
    InputError
        CURSOR_UNKNOWN.
    """
    caller.has_to(Permission.SOLVE)
    after = after_of(cursor, str)
    with ctx.store.read() as session:
        before = None if after is None else rows.get_job(session, after)
        if after is not None and before is None:
            raise bad_input(ErrorCode.CURSOR_UNKNOWN, where="cursor", value=cursor)
        owner = None if _sees_all(caller) else caller.account_id
        found = rows.jobs_of(session, account_id=owner, limit=limit + 1, before=before)
        places = rows.positions(session) if any(job.state == JobState.QUEUED for job in found) else {}
    return page_of(
        found,
        limit=limit,
        key=lambda job: (job.id,),
        item=lambda job: JobView.of(job, position=places.get(job.id)),
    )


def cancel(ctx: Context, caller: Caller, *, job_id: str) -> JobView:
    """End a job: at once while it waits, within a second while it runs, and then its best plan is kept.

    Raises
    ------
    InputError
        NOT_FOUND; JOB_IS_OVER.
    """
    caller.has_to(Permission.SOLVE)
    at = ctx.store.clock()
    with ctx.store.write() as session:
        job = _own(rows.job_for_change(session, job_id), caller, job_id)
        if JobState(job.state).is_over:
            raise bad_input(ErrorCode.JOB_IS_OVER, where="job", value=job_id, state=job.state)
        job.cancel_asked_at = job.cancel_asked_at or at
        if job.state == JobState.QUEUED:
            rows.end(job, state=JobState.CANCELLED, at=at, expires_at=expiry(ctx, at))
        note(session, at=at, account_id=caller.account_id, action="cancelled", kind="job", subject=job.id)
        session.flush()
        return _view(session, job)


def best_plan(ctx: Context, caller: Caller, *, job_id: str) -> Plan:
    """Return the best plan so far with its paths, checked; once the job is over its plan.

    Raises
    ------
    InputError
        NOT_FOUND; NO_PLAN_YET; NO_PLAN_MADE for a job that has ended without one.
    """
    caller.has_to(Permission.SOLVE)
    with ctx.store.read() as session:
        job = _own(rows.get_job(session, job_id, with_documents=True), caller, job_id)
        stored = get_plan(session, job.result_id) if job.result_id else None
    if stored is not None:
        return plan_of(stored)
    if job.best is None:
        raise _without(job)
    return Plan.model_validate_json(job.best)


def read_result(ctx: Context, caller: Caller, *, job_id: str) -> str:
    """Return the answer of a job that makes no plan, as JSON.

    Raises
    ------
    InputError
        NOT_FOUND; NO_PLAN_YET; NO_PLAN_MADE for a job that has ended without one.
    """
    caller.has_to(Permission.SOLVE)
    with ctx.store.read() as session:
        job = _own(rows.get_job(session, job_id, with_documents=True), caller, job_id)
    if job.result is None:
        raise _without(job)
    return job.result


def job_counts(ctx: Context) -> JobCounts:
    """Return how many jobs there are, for metrics."""
    with ctx.store.read() as session:
        return JobCounts(states=rows.counts(session), lost_runs=rows.lost_runs(session))


def expiry(ctx: Context, at: datetime.datetime) -> datetime.datetime:
    """Return until when a job that ends now is kept."""
    return at + datetime.timedelta(days=ctx.config.job_days)


def _view(session: Session, job: Job) -> JobView:
    place = rows.positions(session).get(job.id) if job.state == JobState.QUEUED else None
    return JobView.of(job, position=place)


def _without(job: Job) -> InputError:
    """Say that there is no plan, and whether one may still come."""
    if not JobState(job.state).is_over:
        return bad_input(ErrorCode.NO_PLAN_YET, where="job", value=job.id)
    if job.result_id is None and job.result is None:
        return bad_input(ErrorCode.NO_PLAN_MADE, where="job", value=job.id)
    # It has what the other kind of job makes.
    return bad_input(ErrorCode.NOT_FOUND, where="job", value=job.id, kind="plan")


def _own(job: Job | None, caller: Caller, job_id: str) -> Job:
    if job is None or not (_sees_all(caller) or job.account_id == caller.account_id):
        raise bad_input(ErrorCode.NOT_FOUND, where="job", value=job_id, kind="job")
    return job


def _sees_all(caller: Caller) -> bool:
    return caller.account_id is None or caller.role is Role.ADMIN

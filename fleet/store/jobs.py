"""The table of jobs: who may have which one next, and what becomes of one whose worker is lost.

==========  =============================================================================
queued      claimed -> running; cancelled at once -> cancelled
running     ended by the holder of its lease -> succeeded, failed, cancelled;
            handed back, or lost for the first time -> queued; lost again -> failed
==========  =============================================================================

Every write of a run names its lease: who no longer holds it changes nothing.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    CursorResult,
    Update,
    and_,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased, undefer

from fleet.model import ErrorCode
from fleet.store.ids import new_id
from fleet.store.tables import Account, Job, Json

MAX_RUNS = 2
"""A job whose worker is lost for the second time is not tried again: it may be what kills them."""


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        """Whether nothing changes any more."""
        return self not in (JobState.QUEUED, JobState.RUNNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A job as the one who runs it has it."""

    id: str
    kind: str
    lease: str
    account_id: str | None
    input: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """A sign of life of a run: as long as it changes, somebody works."""

    id: str
    lease: str
    beats: int


_BACK = {"state": JobState.QUEUED, "lease": None, "attempts": Job.attempts - 1, "started_at": None}


def after_loss(*, attempts: int, cancel_asked: bool) -> JobState:
    """Return what becomes of a running job whose worker is lost."""
    if cancel_asked:
        return JobState.CANCELLED
    return JobState.QUEUED if attempts < MAX_RUNS else JobState.FAILED


def add_job(
    session: Session,
    *,
    kind: str,
    rank: int,
    account_id: str | None,
    input: str,
    date: datetime.date | None,
    at: datetime.datetime,
) -> Job:
    """Queue a job."""
    job = Job(
        id=new_id(),
        kind=kind,
        state=JobState.QUEUED,
        rank=rank,
        account_id=account_id,
        date=date,
        input=input,
        created_at=at,
    )
    session.add(job)
    session.flush()
    return job


def open_jobs_of(session: Session, *, account_id: str) -> int:
    """Count the jobs of an account that wait or run; until the transaction ends no other count begins."""
    session.execute(select(Account.id).where(Account.id == account_id).with_for_update())
    query = select(func.count()).where(
        Job.account_id == account_id, Job.state.in_((JobState.QUEUED, JobState.RUNNING))
    )
    return session.scalar(query) or 0


def get_job(session: Session, job_id: str, *, with_documents: bool = False) -> Job | None:
    """Return a job; its best plan so far and its result only where they are asked for."""
    wanted = [undefer(Job.best), undefer(Job.result)] if with_documents else []
    return session.get(Job, job_id, options=wanted, populate_existing=True)


def job_for_change(session: Session, job_id: str) -> Job | None:
    """Return a job that nobody else changes until the transaction ends."""
    return session.scalar(select(Job).where(Job.id == job_id).with_for_update())


def jobs_of(
    session: Session, *, account_id: str | None, limit: int, before: Job | None = None
) -> Sequence[Job]:
    """Return the jobs of an account, or of all with None, the latest first, from below a job on."""
    query = select(Job)
    if account_id is not None:
        query = query.where(Job.account_id == account_id)
    if before is not None:
        as_old = and_(Job.created_at == before.created_at, Job.id < before.id)
        query = query.where(or_(Job.created_at < before.created_at, as_old))
    return session.scalars(query.order_by(Job.created_at.desc(), Job.id.desc()).limit(limit)).all()


def positions(session: Session) -> dict[str, int]:
    """Return the places of the queued jobs in the order in which they would run now, from 1."""
    query = select(Job.id).where(Job.state == JobState.QUEUED).order_by(*_fair_order())
    return {job_id: place for place, job_id in enumerate(session.scalars(query), 1)}


def counts(session: Session) -> dict[JobState, int]:
    """Return how many jobs are in each state."""
    query = select(Job.state, func.count().label("number")).group_by(Job.state)
    found = {row.state: row.number for row in session.execute(query)}
    return {state: found.get(state, 0) for state in JobState}


def lost_runs(session: Session) -> int:
    """Return how many runs were lost, of the jobs that are still kept."""
    retried = select(func.coalesce(func.sum(Job.attempts - 1), 0)).where(Job.attempts > 1)
    # The last run of a job that was given up was lost, too.
    given_up = select(func.count()).where(
        Job.state == JobState.FAILED, Job.error["code"].as_string() == ErrorCode.JOB_LOST
    )
    return (session.scalar(retried) or 0) + (session.scalar(given_up) or 0)


def claim(session: Session, *, at: datetime.datetime) -> Claim | None:
    """Take the job whose turn it is, None where there is none; the lease is known to the caller only."""
    # The rows that others are just taking are passed by: on PostgreSQL without waiting for them, on SQLite
    # there are none, because it has one writer at a time.
    query = (
        select(Job)
        .where(Job.state == JobState.QUEUED)
        .order_by(*_fair_order())
        .limit(1)
        .with_for_update(skip_locked=True, of=Job)
        .options(undefer(Job.input))
    )
    job = session.scalar(query)
    if job is None:
        return None
    lease = new_id()
    job.state = JobState.RUNNING
    job.lease = lease
    job.beats = 0
    job.attempts += 1
    job.progress = {}
    job.started_at = at
    return Claim(id=job.id, kind=job.kind, lease=lease, account_id=job.account_id, input=job.input)


def beat(session: Session, claim: Claim, *, progress: Json) -> bool:
    """Give a sign of life and say how far it is; False where the lease is lost."""
    return _changes(session, _held(claim).values(beats=Job.beats + 1, progress=progress))


def put_best(session: Session, claim: Claim, *, best: str, progress: Json) -> bool:
    """Keep the best plan so far, and say how far it is; False where the lease is lost."""
    return _changes(session, _held(claim).values(best=best, progress=progress))


def hand_back(session: Session, claim: Claim) -> bool:
    """Return a job to the queue as if it had never run; False where the lease is lost."""
    return _changes(session, _held(claim).values(**_BACK))


def hand_all_back(connection: Connection) -> None:
    """Return all jobs that run to the queue: no run that there is holds them any more."""
    connection.execute(update(Job).where(Job.state == JobState.RUNNING).values(**_BACK))


def is_cancelled(session: Session, claim: Claim) -> bool | None:
    """Say whether the end of a run was asked for; None where the lease is lost."""
    query = select(Job.cancel_asked_at).where(Job.id == claim.id, Job.lease == claim.lease)
    row = session.execute(query.where(Job.state == JobState.RUNNING)).one_or_none()
    return None if row is None else row[0] is not None


def held_job(session: Session, claim: Claim) -> Job | None:
    """Return the job of a lease for the writing of its end, None where the lease is lost."""
    query = select(Job).where(Job.id == claim.id, Job.lease == claim.lease, Job.state == JobState.RUNNING)
    return session.scalar(query.with_for_update())


def end(
    job: Job,
    *,
    state: JobState,
    at: datetime.datetime,
    expires_at: datetime.datetime,
    error: Json | None = None,
) -> None:
    """Let a job be over; what it was given is no longer needed."""
    job.state = state
    job.finished_at = at
    job.expires_at = expires_at
    job.error = error
    job.lease = None
    job.input = ""


def pulses(session: Session) -> list[Pulse]:
    """Return the signs of life of all runs."""
    query = select(Job.id, Job.lease, Job.beats).where(Job.state == JobState.RUNNING)
    return [Pulse(id=i, lease=lease or "", beats=beats) for i, lease, beats in session.execute(query)]


def lose(
    session: Session, pulse: Pulse, *, at: datetime.datetime, expires_at: datetime.datetime
) -> JobState | None:
    """Take the lease of a run that gave no sign of life since, and say what becomes of it; None if it did."""
    query = select(Job).where(
        Job.id == pulse.id,
        Job.lease == pulse.lease,
        Job.beats == pulse.beats,
        Job.state == JobState.RUNNING,
    )
    job = session.scalar(query.with_for_update())
    if job is None:
        return None
    state = after_loss(attempts=job.attempts, cancel_asked=job.cancel_asked_at is not None)
    if state is JobState.QUEUED:
        job.state = state
        job.lease = None
        job.started_at = None
    else:
        error = {"code": ErrorCode.JOB_LOST} if state is JobState.FAILED else None
        end(job, state=state, at=at, expires_at=expires_at, error=error)
    return state


def delete_expired(session: Session, *, at: datetime.datetime) -> int:
    """Delete the jobs that have been over for long; return how many."""
    return _rows(session.execute(delete(Job).where(Job.expires_at <= at)))


def _fair_order() -> tuple[ColumnElement[Any], ...]:
    """By rank, then who has fewest jobs running, then age: nobody's many jobs keep the others waiting."""
    other = aliased(Job)
    running = (
        select(func.count())
        .where(other.state == JobState.RUNNING, other.account_id == Job.account_id)
        .scalar_subquery()
    )
    return Job.rank.expression, running, Job.created_at.expression, Job.id.expression


def _held(claim: Claim) -> Update:
    held = (Job.id == claim.id, Job.lease == claim.lease, Job.state == JobState.RUNNING)
    return update(Job).where(*held).execution_options(synchronize_session=False)


def _changes(session: Session, change: Update) -> bool:
    return _rows(session.execute(change)) == 1


def _rows(result: Any) -> int:
    return cast("CursorResult[Any]", result).rowcount

"""Claim a job, do it, write what it came to: all in the transaction that ends the job, or nothing."""

import logging
import secrets
import threading
import time

from fleet.jobs.kinds import KINDS
from fleet.jobs.run import STORE_FAILURES, Ending, Outcome, Run
from fleet.model import ErrorCode, InputError
from fleet.service.context import Context
from fleet.service.faults import told
from fleet.service.jobs import JobKind, expiry
from fleet.solver.process import SolverCrashedError, WarmChild
from fleet.store import jobs as rows
from fleet.store.jobs import Claim, JobState
from fleet.store.plans import add_plan
from fleet.store.tables import Json

WRITING_S = 60.0
"""For how long it is tried to write what a job came to, while the database is away."""
AGAIN_S = 0.5
REPORT_BYTES = 4

log = logging.getLogger(__name__)


def work_once(ctx: Context, *, child: WarmChild | None, stopping: threading.Event) -> bool:
    """Do the job whose turn it is; say whether there was one.

    Parameters
    ----------
    ctx : Context
        Database, settings, roads.
    child : WarmChild or None
        Has the process that searches.
    stopping : Event
        Set when this process is to end: the job is then handed back.
    """
    with ctx.store.write() as session:
        claim = None if stopping.is_set() else rows.claim(session, at=ctx.store.clock())
    if claim is None:
        return False
    run = Run(ctx, claim, child=child, stopping=stopping)
    with run.alive():
        outcome, error = Outcome(), None
        try:
            outcome = KINDS[JobKind(claim.kind)](run)
        except Exception as failure:
            error = _words_of(failure, claim)
        _write(run, outcome, error)
    return True


def _write(run: Run, outcome: Outcome, error: Json | None) -> None:
    give_up_at = time.monotonic() + WRITING_S
    while True:
        try:
            if run.ending is Ending.HANDED_BACK and not _is_whole(outcome):
                with run.ctx.store.write() as session:
                    rows.hand_back(session, run.claim)
            elif run.ending is not Ending.LOST:
                _write_end(run, outcome, error)
            return
        except STORE_FAILURES as failure:
            log.warning("job %s: its end was not written: %s", run.claim.id, told(failure))
            if time.monotonic() > give_up_at:
                # Its lease will be taken, and somebody will try again.
                return
            time.sleep(AGAIN_S)


def _is_whole(outcome: Outcome) -> bool:
    return outcome.plan is not None or outcome.answer is not None


def _write_end(run: Run, outcome: Outcome, error: Json | None) -> None:
    ctx, claim = run.ctx, run.claim
    with ctx.store.write() as session:
        job = rows.held_job(session, claim)
        if job is None:
            return
        at = ctx.store.clock()
        if run.progress is not None:
            job.progress = run.progress.model_dump(mode="json")
        if outcome.plan is not None and outcome.day is not None:
            stored = add_plan(
                session,
                day=outcome.day,
                plan=outcome.plan,
                origin="job",
                created_by=claim.account_id,
                at=at,
                job_id=claim.id,
            )
            job.result_id = stored.id
            job.best = None
        job.result = outcome.answer
        state = JobState.CANCELLED if run.ending is Ending.CANCELLED else JobState.SUCCEEDED
        state = JobState.FAILED if error else state
        rows.end(job, state=state, at=at, expires_at=expiry(ctx, at), error=error)


def _words_of(failure: Exception, claim: Claim) -> Json:
    """Return why a job failed; what is no fault of its input is in the log under the report's id."""
    if isinstance(failure, InputError):
        first = failure.problems[0]
        return {
            "code": first.code,
            "where": first.where,
            "value": first.value,
            "params": {name: _plain(value) for name, value in first.params.items()},
        }
    report = secrets.token_hex(REPORT_BYTES)
    log.error("report %s: job %s (%s) failed: %s", report, claim.id, claim.kind, told(failure))
    if isinstance(failure, SolverCrashedError):
        # The last words of a process that knows numbers only.
        log.error("report %s: %s", report, failure)
        return {"code": ErrorCode.SOLVER_CRASHED, "params": {"report": report}}
    return {"code": ErrorCode.INTERNAL, "params": {"file": report}}


def _plain(value: object) -> str | int | float | None:
    return value if isinstance(value, str | int | float) or value is None else str(value)

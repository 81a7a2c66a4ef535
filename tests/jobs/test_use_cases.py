"""What a caller may ask of jobs: start, look, cancel; each only the own ones."""

import pytest

from fleet.model import InputError
from fleet.service import jobs
from fleet.service.config import Config
from fleet.service.context import Context
from fleet.service.jobs import JobKind, JobView
from fleet.service.roles import Caller, Role
from fleet.store import Store
from fleet.store import jobs as rows
from fleet.store.jobs import JobState
from fleet.store.tables import Account

DISPATCHER = Caller(account_id="d", role=Role.DISPATCHER)
OTHER = Caller(account_id="o", role=Role.DISPATCHER)
PLANNER = Caller(account_id="p", role=Role.PLANNER)
DRIVER = Caller(account_id="r", role=Role.DRIVER, driver="r")
ADMIN = Caller(account_id="a", role=Role.ADMIN)


@pytest.fixture
def ctx(store: Store) -> Context:
    with store.write() as session:
        for caller in (DISPATCHER, OTHER, PLANNER, DRIVER, ADMIN):
            account = Account(
                id=caller.account_id, name=caller.account_id, role=caller.role, created_at=store.clock()
            )
            session.add(account)
    return Context(store=store, config=Config(jobs_per_account=2))


def submitted(ctx: Context, caller: Caller = DISPATCHER, *, kind: JobKind = JobKind.PLAN) -> JobView:
    return jobs.submit(ctx, caller, kind=kind, input="{}")


def code_of(raised: pytest.ExceptionInfo[InputError]) -> str:
    return raised.value.problems[0].code


def test_a_job_waits_with_its_place_and_wakes_the_workers(ctx: Context) -> None:
    woken: list[bool] = []
    listening = Context(store=ctx.store, config=ctx.config, wake_workers=lambda: woken.append(True))
    solve = submitted(listening, PLANNER, kind=JobKind.SOLVE)
    plan = submitted(listening)
    assert (solve.position, plan.position) == (1, 1), "a plan goes before what came earlier"
    assert jobs.read_job(ctx, PLANNER, job_id=solve.id).position == 2
    assert jobs.read_job(ctx, DISPATCHER, job_id=plan.id) == plan
    assert plan.state is JobState.QUEUED
    assert plan.progress == 0.0
    assert woken == [True, True]


def test_an_account_has_only_so_many_jobs_open(ctx: Context) -> None:
    first, _second = submitted(ctx), submitted(ctx)
    with pytest.raises(InputError) as raised:
        submitted(ctx)
    assert code_of(raised) == "JOBS_TOO_MANY"
    assert raised.value.problems[0].params == {"limit": 2}
    submitted(ctx, OTHER)
    jobs.cancel(ctx, DISPATCHER, job_id=first.id)
    submitted(ctx)


def test_a_job_of_others_is_not_there(ctx: Context) -> None:
    job = submitted(ctx)
    for ask in (jobs.read_job, jobs.cancel, jobs.best_plan, jobs.read_result):
        with pytest.raises(InputError) as raised:
            ask(ctx, OTHER, job_id=job.id)
        assert code_of(raised) == "NOT_FOUND"
    assert jobs.list_jobs(ctx, OTHER).items == ()
    assert jobs.read_job(ctx, ADMIN, job_id=job.id).id == job.id
    assert [item.id for item in jobs.list_jobs(ctx, ADMIN).items] == [job.id]


@pytest.mark.parametrize(("caller", "kind"), [(PLANNER, JobKind.PLAN), (DRIVER, JobKind.SOLVE)])
def test_who_may_not_plan_may_not_start_it(ctx: Context, caller: Caller, kind: JobKind) -> None:
    with pytest.raises(InputError) as raised:
        submitted(ctx, caller, kind=kind)
    assert code_of(raised) == "FORBIDDEN"


def test_a_waiting_job_is_cancelled_at_once(ctx: Context) -> None:
    job = submitted(ctx)
    cancelled = jobs.cancel(ctx, DISPATCHER, job_id=job.id)
    assert cancelled.state is JobState.CANCELLED
    assert cancelled.finished_at is not None
    assert cancelled.position is None
    with pytest.raises(InputError) as raised:
        jobs.cancel(ctx, DISPATCHER, job_id=job.id)
    assert code_of(raised) == "JOB_IS_OVER"


def test_a_running_job_is_asked_to_end(ctx: Context) -> None:
    job = submitted(ctx)
    with ctx.store.write() as session:
        claim = rows.claim(session, at=ctx.store.clock())
    assert claim is not None
    asked = jobs.cancel(ctx, DISPATCHER, job_id=job.id)
    assert (asked.state, asked.cancel_asked) == (JobState.RUNNING, True)
    assert jobs.cancel(ctx, DISPATCHER, job_id=job.id).cancel_asked, "asking twice is no error"
    with ctx.store.read() as session:
        assert rows.is_cancelled(session, claim)


def test_a_running_job_tells_its_best_figures(ctx: Context) -> None:
    job = submitted(ctx)
    figures = {"unserved_musts": 1, "served_requests": 40, "total_yuan": 512.5, "iterations": 300}
    with ctx.store.write() as session:
        claim = rows.claim(session, at=ctx.store.clock())
        assert claim is not None
        assert rows.beat(session, claim, progress={"phase": "improve", "fraction": 0.25, "best": figures})
    view = jobs.read_job(ctx, DISPATCHER, job_id=job.id)
    assert (view.state, view.phase, view.progress) == (JobState.RUNNING, "improve", 0.25)
    assert view.best is not None
    assert view.best.model_dump(exclude_none=True) == figures
    with pytest.raises(InputError) as raised:
        jobs.best_plan(ctx, DISPATCHER, job_id=job.id)
    assert code_of(raised) == "NO_PLAN_YET"


def test_who_waits_for_a_job_that_ended_without_a_plan_waits_in_vain(ctx: Context) -> None:
    job = jobs.cancel(ctx, DISPATCHER, job_id=submitted(ctx).id)
    assert job.links.best is None
    for ask in (jobs.best_plan, jobs.read_result):
        with pytest.raises(InputError) as raised:
            ask(ctx, DISPATCHER, job_id=job.id)
        assert code_of(raised) == "NO_PLAN_MADE"


def test_a_list_goes_on_behind_its_cursor(ctx: Context) -> None:
    for _ in range(4):
        jobs.cancel(ctx, DISPATCHER, job_id=submitted(ctx).id)
    everything = [item.id for item in jobs.list_jobs(ctx, DISPATCHER).items]
    seen: list[str] = []
    cursor = None
    while True:
        page = jobs.list_jobs(ctx, DISPATCHER, limit=2, cursor=cursor)
        seen += [item.id for item in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert seen == everything
    assert len(seen) == 4

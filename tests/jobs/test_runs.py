"""What becomes of a run that is cancelled, loses its lease, or fails; and who is taken for lost."""

import os
import signal
import threading
from collections.abc import Callable

import pytest

from fleet.jobs import work
from fleet.jobs.run import Run
from fleet.jobs.tending import Tender
from fleet.jobs.watch import Watch
from fleet.model import Plan, ReasonCode
from fleet.planning.pipeline import EXPLAIN_SHARE, SEARCH_SHARE
from fleet.service import jobs
from fleet.service.config import Config
from fleet.service.context import Context
from fleet.service.job_inputs import PlanInput, SolveInput
from fleet.service.jobs import JobKind, JobProgress
from fleet.store import Store
from fleet.store import jobs as rows
from fleet.store.jobs import Claim, JobState, Pulse
from tests.database import Clock
from tests.jobs import processes as p
from tests.random_days import random_day
from tests.working import worker

PATIENCE_S = 5.0
AFTER_FIRST_ROUTES = ("construct again", "routing model", "improve", "polish")


@pytest.fixture
def ctx(sqlite_store: Store) -> Context:
    return Context(store=sqlite_store, config=Config(lost_after_s=PATIENCE_S))


@pytest.fixture
def either_ctx(store: Store) -> Context:
    return Context(store=store, config=Config(lost_after_s=PATIENCE_S))


def solving(ctx: Context) -> str:
    """A VROOM problem of thirty jobs, asked for."""
    durations = [[60 * abs(a - b) + 7 * (a ^ b) for a in range(31)] for b in range(31)]
    problem = {
        "jobs": [{"id": n, "location_index": n, "delivery": [1]} for n in range(1, 31)],
        "vehicles": [{"id": n, "start_index": 0, "end_index": 0, "capacity": [8]} for n in range(1, 5)],
        "matrices": {"car": {"durations": durations}},
    }
    given = SolveInput(problem=problem, settings=p.ENDLESS)
    return jobs.submit(ctx, p.SYSTEM, kind=JobKind.SOLVE, input=given.model_dump_json()).id


def test_a_cancelled_search_keeps_the_best_plan_so_far(either_ctx: Context) -> None:
    ctx = either_ctx
    job_id = p.submitted(ctx, p.ENDLESS)
    with worker(ctx):
        p.searching(ctx, job_id)
        draft = jobs.best_plan(ctx, p.SYSTEM, job_id=job_id)
        assert draft.routes
        assert all(item.reason == "NOT_EXAMINED" for item in draft.unserved)
        jobs.cancel(ctx, p.SYSTEM, job_id=job_id)
        job = p.ended(ctx, job_id)
    assert job.state is JobState.CANCELLED
    assert job.links.result == f"/api/v1/plans/{job.plan_id}"
    kept = jobs.best_plan(ctx, p.SYSTEM, job_id=job_id)
    assert kept.figures.unserved_musts <= draft.figures.unserved_musts
    assert p.plans_of_jobs(ctx) == [job_id]


def test_reasons_are_looked_for_no_longer_once_a_job_is_cancelled(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[float] = []

    class CancelledWhileExplaining(Run):
        def tell(self, progress: JobProgress, *, draft: Callable[[], Plan] | None = None) -> None:
            super().tell(progress, draft=draft)
            told.append(progress.fraction)
            if progress.phase == "explain" and progress.fraction > SEARCH_SHARE and not self.is_ending():
                jobs.cancel(self.ctx, p.SYSTEM, job_id=self.claim.id)
                p.until(self.is_ending, "it knows")

    monkeypatch.setattr(work, "Run", CancelledWhileExplaining)
    day = random_day(3, requests=45, tricycles=1, features=frozenset({"windows", "penalties"}))
    given = PlanInput(day=day, settings=p.QUICK).model_dump_json(by_alias=True)
    job_id = jobs.submit(ctx, p.SYSTEM, kind=JobKind.PLAN, input=given).id
    assert work.work_once(ctx, child=None, stopping=threading.Event())
    assert p.job_of(ctx, job_id).state is JobState.CANCELLED
    kept = jobs.best_plan(ctx, p.SYSTEM, job_id=job_id)
    assert kept.figures.served_requests > 0
    assert {item.reason for item in kept.unserved} == {ReasonCode.NOT_EXAMINED}
    assert told == sorted(told)
    assert SEARCH_SHARE < told[-1] < SEARCH_SHARE + EXPLAIN_SHARE


def test_a_search_that_says_nothing_still_shows_that_it_goes_on(ctx: Context) -> None:
    job_id = p.submitted(ctx, p.ENDLESS)
    with worker(ctx):
        p.searching(ctx, job_id)
        for pid in p.descendants(os.getpid(), like=p.SEARCHER):
            os.kill(pid, signal.SIGSTOP)
        for _ in range(3):
            before = p.job_of(ctx, job_id).progress
            p.until(lambda before=before: p.job_of(ctx, job_id).progress > before, "it goes on")
        assert p.job_of(ctx, job_id).best is not None
        jobs.cancel(ctx, p.SYSTEM, job_id=job_id)
        assert p.ended(ctx, job_id).plan_id


def test_a_cancelled_search_of_a_problem_keeps_its_answer(ctx: Context) -> None:
    job_id = solving(ctx)
    with worker(ctx):
        p.until(lambda: p.job_of(ctx, job_id).phase in AFTER_FIRST_ROUTES, "it has routes")
        jobs.cancel(ctx, p.SYSTEM, job_id=job_id)
        job = p.ended(ctx, job_id)
    assert job.state is JobState.CANCELLED
    assert '"routes":' in jobs.read_result(ctx, p.SYSTEM, job_id=job_id)


def test_who_has_lost_the_lease_stops_and_writes_nothing(either_ctx: Context) -> None:
    ctx = either_ctx
    job_id = p.submitted(ctx, p.ENDLESS)
    with worker(ctx):
        p.searching(ctx, job_id)
        p.until(lambda: lease_taken(ctx, job_id), "its lease is taken")
        assert p.ended(ctx, job_id).state is JobState.SUCCEEDED
    assert p.attempts(ctx, job_id) == 2, "the first run came to nothing, the second one to a plan"
    assert p.plans_of_jobs(ctx) == [job_id]


def lease_taken(ctx: Context, job_id: str) -> bool:
    """Somebody takes the run for lost; a beat in between has to be seen first."""
    with ctx.store.write() as session:
        at = ctx.store.clock()
        states = [rows.lose(session, pulse, at=at, expires_at=at) for pulse in rows.pulses(session)]
        p.ask_for_less(session, job_id)
    return states == [JobState.QUEUED]


def test_a_search_whose_processes_all_die_says_so_with_a_report(
    ctx: Context, caplog: pytest.LogCaptureFixture
) -> None:
    over = threading.Event()

    def kill_all() -> None:
        while not over.wait(0.01):
            for pid in p.descendants(os.getpid(), like=p.SEARCHER):
                p.kill(pid)

    killer = threading.Thread(target=kill_all)
    killer.start()
    try:
        with worker(ctx):
            job = p.ended(ctx, p.submitted(ctx))
    finally:
        over.set()
        killer.join()
    assert job.state is JobState.FAILED
    assert job.error is not None
    assert job.error.code == "SOLVER_CRASHED"
    assert f"report {job.error.params['report']}" in caplog.text


@pytest.fixture
def running(ctx: Context) -> Claim:
    """A job in the hands of a worker that this test plays."""
    p.submitted(ctx)
    with ctx.store.write() as session:
        claim = rows.claim(session, at=ctx.store.clock())
    assert claim is not None
    return claim


def beat(ctx: Context, claim: Claim) -> bool:
    with ctx.store.write() as session:
        return rows.beat(session, claim, progress={})


def test_a_clock_that_jumps_takes_no_lease(ctx: Context, running: Claim, clock: Clock) -> None:
    seconds = 0.0
    tender = Tender(ctx, monotonic=lambda: seconds)
    for jump_h in (1.0, -48.0, 300.0):
        clock.forward(hours=jump_h)
        seconds += PATIENCE_S - 1
        assert beat(ctx, running)
        assert tender.look() == 0


def test_whoever_is_silent_is_found_out_even_while_the_clock_stands_or_goes_back(
    ctx: Context, running: Claim, clock: Clock
) -> None:
    seconds = 0.0
    tender = Tender(ctx, monotonic=lambda: seconds)
    assert tender.look() == 0
    clock.forward(hours=-5)
    seconds += PATIENCE_S
    assert tender.look() == 1, "it waits again"
    assert not beat(ctx, running)


def test_a_service_that_starts_gives_everybody_time_to_beat(
    ctx: Context, running: Claim, clock: Clock
) -> None:
    clock.forward(days=1)
    assert Tender(ctx).look() == 0
    assert beat(ctx, running)


def test_who_stands_still_is_silent_and_who_moves_is_not() -> None:
    watch = Watch(PATIENCE_S)
    still = Pulse(id="still", lease="a", beats=3)
    moving = [Pulse(id="moving", lease="b", beats=beats) for beats in range(3)]
    assert watch.silent([still, moving[0]], now_s=100.0) == []
    assert watch.silent([still, moving[1]], now_s=104.0) == []
    assert watch.silent([still, moving[2]], now_s=106.0) == [still]
    assert watch.silent([moving[2]], now_s=110.9) == []
    assert watch.silent([still, moving[2]], now_s=111.0) == [moving[2]], "who was gone begins anew"

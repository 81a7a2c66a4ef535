"""Whatever is killed while it works: no job is lost, none comes to two results, no process stays behind."""

import contextlib
import signal
from collections.abc import Iterator

import pytest

from fleet.service import jobs
from fleet.service.config import Config
from fleet.service.context import Context
from fleet.store import Store, open_store
from fleet.store.jobs import JobState
from tests.depth import count
from tests.jobs import processes as p


def opened(store: Store) -> Iterator[Context]:
    """The same database by the clock of this machine, as the processes have it."""
    there = open_store(store.url)
    yield Context(store=there, config=Config(database=store.url))
    there.close()


@pytest.fixture
def sqlite_ctx(sqlite_store: Store) -> Iterator[Context]:
    yield from opened(sqlite_store)


@pytest.fixture
def postgresql_ctx(postgresql_store: Store) -> Iterator[Context]:
    yield from opened(postgresql_store)


def test_whatever_is_killed_or_told_to_end_costs_no_job(sqlite_ctx: Context) -> None:
    """One process through all of it: its start takes longer than the faults."""
    ctx = sqlite_ctx
    with p.worker_process(ctx) as service:
        cancelled = p.submitted(ctx, p.ENDLESS)
        p.searching(ctx, cancelled)
        assert p.job_of(ctx, cancelled).best is not None
        for pid in p.descendants(service.pid, like=p.SEARCHER):
            assert "MALLOC_TRIM_THRESHOLD_" not in p.environment(pid), "searches keep their memory"
        draft = jobs.best_plan(ctx, p.SYSTEM, job_id=cancelled)
        jobs.cancel(ctx, p.SYSTEM, job_id=cancelled)
        job = p.ended(ctx, cancelled)
        assert (job.state, job.error) == (JobState.CANCELLED, None)
        kept = jobs.best_plan(ctx, p.SYSTEM, job_id=cancelled)
        assert kept.figures.total_yuan <= draft.figures.total_yuan

        crashed = p.submitted(ctx, p.ENDLESS)
        p.searching(ctx, crashed)
        for pid in p.descendants(service.pid, like=p.SEARCHER):
            p.kill(pid)
        assert p.ended(ctx, crashed).state is JobState.SUCCEEDED, "the best plan that it had told of"

        lost = p.submitted(ctx, p.ENDLESS)
        p.searching(ctx, lost)
        (worker,) = p.descendants(service.pid, like=p.DASK_WORKER)
        orphans = p.descendants(worker, like=p.SEARCHER)
        assert orphans
        p.kill(worker)
        with ctx.store.write() as session:
            p.ask_for_less(session, lost)
        assert p.ended(ctx, lost).state is JobState.SUCCEEDED
        assert p.attempts(ctx, lost) == 2
        p.until(lambda: not any(map(p.is_alive, orphans)), "children end with their worker")

        handed_back = p.submitted(ctx, p.ENDLESS)
        p.searching(ctx, handed_back)
        family = p.descendants(service.pid)
        service.send_signal(signal.SIGTERM)
        assert service.wait(timeout=p.AT_MOST_S) == 0
        p.until(lambda: not any(map(p.is_alive, family)), "all that it had started ends with it")
    assert p.job_of(ctx, handed_back).state is JobState.QUEUED
    assert p.attempts(ctx, handed_back) == 0
    assert p.plans_of_jobs(ctx) == sorted([cancelled, crashed, lost])


def test_what_a_killed_service_leaves_is_done_by_two_others(postgresql_ctx: Context) -> None:
    ctx = postgresql_ctx
    with p.worker_process(ctx, FLEET_WORKERS="1") as service:
        runs = p.submitted(ctx, p.ENDLESS)
        waiting = [p.submitted(ctx) for _ in range(count(short=3, long=40))]
        p.searching(ctx, runs)
        family = p.descendants(service.pid)
        p.kill(service.pid)
        p.until(lambda: not any(map(p.is_alive, family)), "all that it had started ends with it")
    assert {p.job_of(ctx, job_id).state for job_id in waiting} == {JobState.QUEUED}
    with ctx.store.write() as session:
        p.ask_for_less(session, runs)
    with p.worker_process(ctx, FLEET_WORKERS="1"), p.worker_process(ctx, FLEET_WORKERS="1"):
        assert {p.ended(ctx, job_id).state for job_id in (runs, *waiting)} == {JobState.SUCCEEDED}
    assert p.plans_of_jobs(ctx) == sorted([runs, *waiting])
    assert p.attempts(ctx, runs) == 2
    assert {p.attempts(ctx, job_id) for job_id in waiting} == {1}


@contextlib.contextmanager
def scheduler_with_worker(ctx: Context, port: int) -> Iterator[tuple[int, int]]:
    """A scheduler and a worker of Dask, as an administrator starts them."""
    address = f"tcp://127.0.0.1:{port}"
    scheduler = p.started(
        "distributed.cli.dask_scheduler",
        "--host=127.0.0.1",
        f"--port={port}",
        "--no-dashboard",
        "--dashboard-address=127.0.0.1:0",
    )
    worker = p.started(
        "distributed.cli.dask_worker",
        address,
        "--preload=fleet.jobs.worker",
        "--nthreads=1",
        "--no-dashboard",
        FLEET_DATABASE=ctx.store.url,
    )
    with scheduler as one, worker as other:
        yield one.pid, other.pid


def test_a_scheduler_that_is_killed_takes_no_job_with_it(postgresql_ctx: Context) -> None:
    ctx = postgresql_ctx
    port = p.free_port()
    with p.worker_process(ctx, FLEET_SCHEDULER=f"tcp://127.0.0.1:{port}"):
        with scheduler_with_worker(ctx, port) as (scheduler, _worker):
            runs, waits = p.submitted(ctx, p.ENDLESS), p.submitted(ctx)
            p.searching(ctx, runs)
            p.kill(scheduler)
        with ctx.store.write() as session:
            p.ask_for_less(session, runs)
        with scheduler_with_worker(ctx, port):
            assert p.ended(ctx, runs).state is JobState.SUCCEEDED
            assert p.ended(ctx, waits).state is JobState.SUCCEEDED
    assert p.plans_of_jobs(ctx) == sorted([runs, waits])

"""``python -m fleet.jobs`` is told to end, one job or all of it; what is killed is in end_to_end."""

import signal
from collections.abc import Iterator

import pytest

from fleet.service import jobs
from fleet.service.config import Config
from fleet.service.context import Context
from fleet.store import Store, open_store
from fleet.store.jobs import JobState
from tests.jobs import processes as p


@pytest.fixture
def ctx(sqlite_store: Store) -> Iterator[Context]:
    """The same database by the clock of this machine, as the processes have it."""
    there = open_store(sqlite_store.url)
    yield Context(store=there, config=Config(database=there.url))
    there.close()


def test_a_job_that_is_cancelled_or_whose_process_is_told_to_end(ctx: Context) -> None:
    """One process through all of it: its start takes longer than the faults."""
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

        handed_back = p.submitted(ctx, p.ENDLESS)
        p.searching(ctx, handed_back)
        family = p.descendants(service.pid)
        service.send_signal(signal.SIGTERM)
        assert service.wait(timeout=p.AT_MOST_S) == 0
        p.until(lambda: not any(map(p.is_alive, family)), "all that it had started ends with it")
    assert p.job_of(ctx, handed_back).state is JobState.QUEUED
    assert p.attempts(ctx, handed_back) == 0
    assert p.plans_of_jobs(ctx) == [cancelled]

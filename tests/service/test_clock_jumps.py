"""A clock that jumps by days: what it may not end, and what is right again once the clock is."""

import pytest

from fleet.jobs.tending import PURGE_S, Tender
from fleet.service.context import Context
from fleet.service.sessions import caller_of
from fleet.store import Store
from fleet.store import jobs as rows
from fleet.store.jobs import JobState
from tests.accounts import add_account, context, signed_in
from tests.database import Clock
from tests.jobs import processes as p

DAYS = (1, 3, 29, -29)
EVERY_JUMP = pytest.mark.parametrize("days", DAYS)


@pytest.fixture
def ctx(store: Store) -> Context:
    return context(store)


@EVERY_JUMP
def test_a_session_is_there_again_when_the_clock_is_right_again(ctx: Context, clock: Clock, days: int):
    add_account(ctx, "aygul")
    add_account(ctx, "memet")
    secret = signed_in(ctx, "aygul").secret
    clock.forward(days=days)
    # A session is good for twelve hours; of a clock that is behind it is not over yet.
    assert (caller_of(ctx, secret=secret) is None) == (days > 0)
    # Whoever signs in meanwhile has what ended long ago deleted.
    meanwhile = signed_in(ctx, "memet").secret
    assert caller_of(ctx, secret=meanwhile) is not None
    clock.forward(days=-days)
    assert caller_of(ctx, secret=secret) is not None


@EVERY_JUMP
def test_jobs_that_wait_or_run_are_never_over_by_the_clock(ctx: Context, clock: Clock, days: int):
    p.submitted(ctx)
    p.submitted(ctx)
    with ctx.store.write() as session:
        claim = rows.claim(session, at=ctx.store.clock())
    assert claim is not None
    seconds = 0.0
    tender = Tender(ctx, monotonic=lambda: seconds)
    for jump in (days, -days, 400):
        clock.forward(days=jump)
        seconds += PURGE_S
        with ctx.store.write() as session:
            assert rows.beat(session, claim, progress={})
        # One waits, and nothing was deleted.
        assert tender.look() == 1
    with ctx.store.read() as session:
        counts = rows.counts(session)
    assert (counts[JobState.RUNNING], counts[JobState.QUEUED]) == (1, 1)

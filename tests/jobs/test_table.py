"""The table of jobs on both databases: turns, leases, losses, and many who want the same job."""

import datetime
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from fleet.store import Store, jobs
from fleet.store.jobs import Claim, JobState
from tests.database import Clock
from tests.depth import count

WEEK = datetime.timedelta(days=7)


def added(store: Store, *, account: str = "a", rank: int = 10, clock: Clock | None = None) -> str:
    if clock is not None:
        clock.forward(seconds=1)
    with store.write() as session:
        job = jobs.add_job(
            session,
            kind="plan",
            rank=rank,
            account_id=account,
            input="{}",
            date=None,
            at=store.clock(),
        )
        return job.id


def claimed(store: Store) -> Claim | None:
    with store.write() as session:
        return jobs.claim(session, at=store.clock())


def taken(store: Store) -> Claim:
    claim = claimed(store)
    assert claim is not None
    return claim


def state_of(store: Store, job_id: str) -> str:
    with store.read() as session:
        job = jobs.get_job(session, job_id)
        assert job is not None
        return job.state


def lost(store: Store) -> list[JobState | None]:
    """All runs lose their lease, whatever they do."""
    with store.write() as session:
        at = store.clock()
        return [jobs.lose(session, pulse, at=at, expires_at=at + WEEK) for pulse in jobs.pulses(session)]


def ended(store: Store, claim: Claim) -> bool:
    with store.write() as session:
        job = jobs.held_job(session, claim)
        if job is not None:
            at = store.clock()
            jobs.end(job, state=JobState.SUCCEEDED, at=at, expires_at=at + WEEK)
        return job is not None


@pytest.mark.parametrize(
    ("attempts", "cancel_asked", "becomes"),
    [
        (1, False, JobState.QUEUED),
        (2, False, JobState.FAILED),
        (1, True, JobState.CANCELLED),
        (2, True, JobState.CANCELLED),
    ],
)
def test_a_lost_job_is_tried_once_more(attempts: int, cancel_asked: bool, becomes: JobState) -> None:
    assert jobs.after_loss(attempts=attempts, cancel_asked=cancel_asked) is becomes


def test_the_oldest_goes_first_and_a_smaller_rank_before_it(store: Store, clock: Clock) -> None:
    old, young, urgent = (added(store, rank=rank, clock=clock) for rank in (20, 20, 10))
    with store.read() as session:
        assert jobs.positions(session) == {urgent: 1, old: 2, young: 3}
    assert [taken(store).id for _ in range(3)] == [urgent, old, young]
    assert claimed(store) is None


def test_who_has_a_job_running_lets_the_others_go_first(store: Store, clock: Clock) -> None:
    first, second = (added(store, account="busy", clock=clock) for _ in range(2))
    other = added(store, account="patient", clock=clock)
    assert [taken(store).id for _ in range(3)] == [first, other, second]


def test_no_job_is_claimed_twice(store: Store) -> None:
    total = count(short=200, long=800)
    with store.write() as session:
        for number in range(total):
            jobs.add_job(
                session,
                kind="plan",
                rank=10,
                account_id=f"account-{number % 7}",
                input="{}",
                date=None,
                at=store.clock(),
            )

    def take_all(_: int) -> list[Claim]:
        mine = []
        # Whoever finds nothing may have met somebody who is just taking the last ones it saw.
        while len(mine) < total and jobs_left():
            if (claim := claimed(store)) is not None:
                mine.append(claim)
        return mine

    def jobs_left() -> bool:
        with store.read() as session:
            return jobs.counts(session)[JobState.QUEUED] > 0

    with ThreadPoolExecutor(8) as claimers:
        claims = [claim for mine in claimers.map(take_all, range(8)) for claim in mine]
    assert Counter(claim.id for claim in claims).most_common(1)[0][1] == 1
    assert len(claims) == total
    assert len({claim.lease for claim in claims}) == total


def test_only_who_holds_the_lease_writes(store: Store) -> None:
    job_id = added(store)
    first = taken(store)
    with store.write() as session:
        assert jobs.beat(session, first, progress={"phase": "improve"})
        assert jobs.put_best(session, first, best="a plan", progress={})
    assert lost(store) == [JobState.QUEUED]
    second = taken(store)
    assert second.id == first.id == job_id
    with store.write() as session:
        assert not jobs.beat(session, first, progress={})
        assert not jobs.put_best(session, first, best="another", progress={})
        assert not jobs.hand_back(session, first)
        assert jobs.is_cancelled(session, first) is None
        assert jobs.is_cancelled(session, second) is False
    assert not ended(store, first)
    assert ended(store, second)
    assert not ended(store, second), "an end is written once"


def test_who_beats_keeps_the_lease(store: Store) -> None:
    added(store)
    claim = taken(store)
    with store.write() as session:
        (seen,) = jobs.pulses(session)
        assert jobs.beat(session, claim, progress={})
        assert jobs.lose(session, seen, at=store.clock(), expires_at=store.clock()) is None
    assert ended(store, claim)


def test_a_job_lost_twice_says_so_and_is_not_tried_again(store: Store) -> None:
    job_id = added(store)
    taken(store)
    assert lost(store) == [JobState.QUEUED]
    taken(store)
    assert lost(store) == [JobState.FAILED]
    assert claimed(store) is None
    with store.read() as session:
        job = jobs.get_job(session, job_id)
        assert job is not None
        assert job.error == {"code": "JOB_LOST"}
        assert jobs.lost_runs(session) == 2


def test_a_job_that_was_handed_back_has_not_lost_a_try(store: Store) -> None:
    job_id = added(store)
    for _ in range(4):
        claim = taken(store)
        with store.write() as session:
            assert jobs.hand_back(session, claim)
    taken(store)
    assert lost(store) == [JobState.QUEUED]
    assert state_of(store, job_id) == JobState.QUEUED


def test_jobs_that_were_over_for_long_are_deleted(store: Store, clock: Clock) -> None:
    over, waits = added(store), added(store, rank=20)
    assert ended(store, taken(store))
    clock.forward(days=6)
    with store.write() as session:
        assert jobs.delete_expired(session, at=store.clock()) == 0
    clock.forward(days=2)
    with store.write() as session:
        assert jobs.delete_expired(session, at=store.clock()) == 1
    with store.read() as session:
        assert jobs.get_job(session, over) is None
        assert jobs.get_job(session, waits) is not None


def test_a_page_of_jobs_goes_on_where_the_last_one_ended(store: Store, clock: Clock) -> None:
    mine = [added(store, account="me") for _ in range(3)]
    clock.forward(seconds=5)
    mine += [added(store, account="me") for _ in range(2)]
    added(store, account="other")
    seen: list[str] = []
    with store.read() as session:
        last = None
        while page := jobs.jobs_of(session, account_id="me", limit=2, before=last):
            seen += [job.id for job in page]
            last = page[-1]
        assert len(jobs.jobs_of(session, account_id=None, limit=10)) == 6
    assert sorted(seen) == sorted(mine)
    assert seen[:2] == sorted(mine[3:], reverse=True)

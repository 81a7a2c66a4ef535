"""A restore while others read and write: they see what was until they see what is, and nothing in between."""

import datetime
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, update

from fleet.model import ErrorCode, InputError
from fleet.store import Store, days, shut_out
from fleet.store import jobs as job_rows
from fleet.store.backup import write_backup
from fleet.store.jobs import JobState
from fleet.store.restore import restore_backup
from fleet.store.tables import Account, Audit, Job, SignInFailure, StoredDay
from tests.depth import count

DATE = datetime.date(2026, 6, 15)
PAUSE_S = 0.002
ROWS = 40
"""Of the backup; before the restore there are more, and never as many."""


@pytest.fixture
def file(store: Store, tmp_path: Path) -> Path:
    """A backup of some rows in two tables, to which more have come since."""
    pairs(store, ROWS, "kept")
    with (tmp_path / "fleet.backup").open("wb") as stream:
        write_backup(store, stream)
    pairs(store, 2 * ROWS, "gone")
    return tmp_path / "fleet.backup"


def pairs(store: Store, number: int, subject: str) -> None:
    with store.write() as session:
        for _ in range(number):
            session.add(Audit(at=store.clock(), action="a", kind="k", subject=subject))
            session.add(SignInFailure(subject=subject, at=store.clock()))


@contextmanager
def meanwhile(*tasks: Callable[[], None]) -> Iterator[list[Exception]]:
    """Do tasks again and again, each in a thread of its own, until the block ends; yield what they fail of.

    Between two times each lets the others in: SQLite is not fair to who waits for it.
    """
    ended = threading.Event()
    faults: list[Exception] = []

    def repeat(task: Callable[[], None]) -> None:
        try:
            while not ended.wait(PAUSE_S):
                task()
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=repeat, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    try:
        yield faults
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    assert faults == []


def test_who_reads_sees_what_was_or_what_is(store: Store, file: Path) -> None:
    seen: set[tuple[int, int]] = set()

    def read() -> None:
        with store.read() as session:
            failures = session.scalar(select(func.count()).select_from(SignInFailure)) or 0
            lines = session.scalar(select(func.count()).select_from(Audit)) or 0
        seen.add((failures, lines))

    read()
    with meanwhile(read, read):
        for _ in range(count(short=3, long=20)):
            restore_backup(store, file, replace=True)
            pairs(store, 2 * ROWS, "gone")
    assert seen <= {(ROWS, ROWS), (3 * ROWS, 3 * ROWS)}
    assert len(seen) == 2


def test_what_was_written_before_is_gone_and_what_is_written_after_stays(store: Store, file: Path) -> None:
    written: dict[str, list[str]] = {"audit": [], "failures": []}

    def write(name: str) -> None:
        """In the one order of the tables or in the other: no deadlock with who wants them all."""
        subject = f"{name} {len(written[name])}"
        rows = [
            Audit(at=store.clock(), action="a", kind="k", subject=subject),
            SignInFailure(subject=subject, at=store.clock()),
        ]
        with store.write() as session:
            for row in rows if name == "audit" else reversed(rows):
                session.add(row)
                session.flush()
        written[name].append(subject)

    for _ in range(count(short=3, long=20)):
        with meanwhile(lambda: write("audit"), lambda: write("failures")) as faults:
            restore_backup(store, file, replace=True)
            # One each may have been under way before.
            enough = {name: len(subjects) + 2 for name, subjects in written.items()}
            while not faults and any(len(written[name]) < number for name, number in enough.items()):
                time.sleep(0.01)
        with store.read() as session:
            failures = sorted(session.scalars(select(SignInFailure.subject)))
            lines = sorted(session.scalars(select(Audit.subject)))
        assert failures == lines
        assert failures.count("kept") == ROWS
        assert "gone" not in failures
        for subjects in written.values():
            later = [subject for subject in subjects if subject in set(failures)]
            assert 0 < len(later) <= len(subjects)
            assert later == subjects[-len(later) :]


def test_who_does_not_let_go_of_a_table_is_left_alone(
    postgresql_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = postgresql_store
    monkeypatch.setattr(shut_out, "TRIED_FOR_S", 0.2)
    with (tmp_path / "a").open("wb") as stream:
        write_backup(store, stream)
    with store.write() as session:
        session.add(SignInFailure(subject="s", at=store.clock()))
        session.flush()
        with pytest.raises(InputError) as refused:
            restore_backup(store, tmp_path / "a", replace=True)
    assert [problem.code for problem in refused.value.problems] == [ErrorCode.SERVICE_BUSY]
    with store.read() as session:
        assert session.scalars(select(SignInFailure.subject)).all() == ["s"]


def test_no_version_comes_twice_that_says_something_else(store: Store, tmp_path: Path) -> None:
    def version() -> int:
        with store.read() as session:
            stored = days.get(session, date=DATE)
            assert stored is not None
            return stored.version

    def change(title: str) -> None:
        with store.write() as session:
            days.bump(session, date=DATE, at=store.clock(), account_id=None, body={"title": title})

    with store.write() as session:
        assert days.create(session, date=DATE, body={"title": "a"}, at=store.clock(), account_id=None)
    change("as in the backup")
    with (tmp_path / "a").open("wb") as stream:
        write_backup(store, stream)
    restore_backup(store, tmp_path / "a", replace=True)
    assert version() == 2
    change("another")
    change("and another")
    restore_backup(store, tmp_path / "a", replace=True)
    with store.read() as session:
        assert session.scalars(select(StoredDay.body)).one() == {"title": "as in the backup"}
    assert version() == 5
    with store.write() as session:
        session.execute(delete(StoredDay))
    restore_backup(store, tmp_path / "a", replace=True)
    assert version() == 2


def test_a_run_of_now_holds_no_job_of_then(store: Store, tmp_path: Path) -> None:
    with store.write() as session:
        session.add(Account(id="a", name="a", name_key="a", role="planner", created_at=store.clock()))
        job = job_rows.add_job(
            session, kind="plan", rank=1, account_id="a", input="{}", date=None, at=store.clock()
        )
        claim = job_rows.claim(session, at=store.clock())
    assert claim is not None
    with (tmp_path / "a").open("wb") as stream:
        write_backup(store, stream)
    with store.write() as session:
        session.execute(update(Job).values(input="of now"))
    restore_backup(store, tmp_path / "a", replace=True)
    with store.write() as session:
        assert job_rows.is_cancelled(session, claim) is None
        assert job_rows.held_job(session, claim) is None
        again = job_rows.claim(session, at=store.clock())
        assert again is not None
        assert (again.id, again.input) == (job.id, "{}")
        restored = job_rows.get_job(session, job.id)
        assert restored is not None
        assert (restored.state, restored.attempts) == (JobState.RUNNING, 1)

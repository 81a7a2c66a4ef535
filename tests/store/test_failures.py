"""A database that is full, busy, gone or none: a code of ours, nothing half-written, and then it goes on."""

import datetime
import os
import resource
import secrets
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import ProgrammingError

from fleet.model import ErrorCode, InputError
from fleet.store import Store, migrate, open_store
from fleet.store.tables import Account, Job, Publication, SignInFailure
from tests.database import HOST, Clock, Server, free_port, opened, sqlite_url

MUCH = 2_000_000


def code_of(refused: pytest.ExceptionInfo[InputError]) -> str:
    (problem,) = refused.value.problems
    return problem.code


def add_much(store: Store, name: str) -> None:
    """Write a small row and then one larger than the disk."""
    with store.write() as session:
        session.add(SignInFailure(subject=name, at=store.clock()))
        session.flush()
        noise = secrets.token_hex(MUCH)
        session.add(Job(id=name, kind="plan", state="queued", rank=0, created_at=store.clock(), input=noise))


def subjects(store: Store) -> list[str]:
    with store.read() as session:
        return list(session.scalars(select(SignInFailure.subject)))


def assert_it_works(store: Store) -> None:
    with store.write() as session:
        session.add(SignInFailure(subject="afterwards", at=store.clock()))
    assert subjects(store)[-1] == "afterwards"
    with store.read() as session:
        assert session.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"


def test_a_full_database_file_takes_all_or_nothing(sqlite_store: Store) -> None:
    store = sqlite_store
    with store.write() as session:
        session.add(SignInFailure(subject="before", at=store.clock()))
        pages = session.execute(text("PRAGMA page_count")).scalar_one()
        session.execute(text(f"PRAGMA max_page_count = {pages + 10}"))
    with pytest.raises(InputError) as refused:
        add_much(store, "large")
    assert code_of(refused) == ErrorCode.STORAGE_FULL
    assert subjects(store) == ["before"]
    assert_it_works(store)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes, where a test may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0 or os.system(f"mount -t tmpfs -o size=2m tmpfs {folder} 2>/dev/null") != 0:
        pytest.skip("no disk may be mounted here")
    yield folder
    assert os.system(f"umount {folder}") == 0


def test_a_full_disk_takes_all_or_nothing(small_disk: Path, clock: Clock) -> None:
    with opened(sqlite_url(small_disk / "fleet.db"), clock=clock) as store:
        migrate(store)
        for turn in range(3):
            with pytest.raises(InputError) as refused:
                add_much(store, f"large {turn}")
            assert code_of(refused) == ErrorCode.STORAGE_FULL
            assert store.writable.failure(lambda: None) == ErrorCode.STORAGE_FULL
            assert set(subjects(store)) <= {"afterwards"}
            assert_it_works(store)


def test_a_quota_that_is_used_up_takes_all_or_nothing(sqlite_store: Store) -> None:
    store = sqlite_store
    assert_it_works(store)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        with pytest.raises(InputError) as refused:
            add_much(store, "large")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert code_of(refused) == ErrorCode.STORAGE_FULL
    assert set(subjects(store)) == {"afterwards"}
    assert_it_works(store)


def test_a_server_that_is_not_there_is_named(clock: Clock) -> None:
    url = f"postgresql+psycopg://fleet:secret@{HOST}:{free_port()}/fleet"
    with opened(url, clock=clock) as store:
        for attempt in (lambda: migrate(store), lambda: subjects(store)):
            with pytest.raises(InputError) as refused:
                attempt()
            assert code_of(refused) == ErrorCode.DATABASE_UNREACHABLE
            assert "secret" not in str(refused.value)


def test_a_database_that_the_server_does_not_have_is_named(postgresql: Server, clock: Clock) -> None:
    with opened(postgresql.url("nothing"), clock=clock) as store, pytest.raises(InputError) as refused:
        migrate(store)
    assert code_of(refused) == ErrorCode.DATABASE_UNREACHABLE


@pytest.mark.parametrize("crash", [False, True], ids=["stopped", "crashed"])
def test_a_server_that_goes_and_comes_back(postgresql: Server, postgresql_store: Store, crash: bool) -> None:
    store = postgresql_store

    def write_while_it_goes() -> None:
        with store.write() as session:
            session.add(SignInFailure(subject="lost", at=store.clock()))
            session.flush()
            postgresql.stop(crash=crash)
            session.execute(text("SELECT 1"))

    with pytest.raises(InputError) as refused:
        write_while_it_goes()
    assert code_of(refused) == ErrorCode.DATABASE_UNREACHABLE
    with pytest.raises(InputError) as refused:
        subjects(store)
    assert code_of(refused) == ErrorCode.DATABASE_UNREACHABLE
    postgresql.start()
    assert subjects(store) == []
    with store.write() as session:
        session.add(SignInFailure(subject="kept", at=store.clock()))
    assert subjects(store) == ["kept"]


def test_two_that_wait_for_each_other_are_not_left_waiting(postgresql_store: Store) -> None:
    store = postgresql_store
    with store.write() as session:
        for name in ("a", "b"):
            session.add(Account(id=name, name=name, role="admin", created_at=store.clock()))
    both_hold_one = threading.Barrier(2)
    codes: list[str] = []

    def lock(first: str, second: str) -> None:
        try:
            with store.write() as session:
                session.execute(select(Account).where(Account.id == first).with_for_update())
                both_hold_one.wait()
                session.execute(select(Account).where(Account.id == second).with_for_update())
        except InputError as error:
            codes.append(error.problems[0].code)

    threads = [threading.Thread(target=lock, args=pair) for pair in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [ErrorCode.SERVICE_BUSY]


def test_a_file_in_no_folder_and_a_file_that_is_no_database(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "note.db").write_bytes(b"buy bread\n" * 1_000)
    wanted = {
        tmp_path / "nowhere" / "fleet.db": ErrorCode.DATABASE_UNREACHABLE,
        tmp_path: ErrorCode.DATABASE_UNREACHABLE,
        tmp_path / "note.db": ErrorCode.DATABASE_UNKNOWN,
    }
    for file, code in wanted.items():
        with opened(sqlite_url(file), clock=clock) as store, pytest.raises(InputError) as refused:
            migrate(store)
        assert code_of(refused) == code
    assert (tmp_path / "note.db").read_bytes() == b"buy bread\n" * 1_000


def test_a_row_whose_other_was_removed_in_between_is_told(store: Store) -> None:
    with pytest.raises(InputError) as refused, store.write() as session:
        session.add(Publication(date=datetime.date(2026, 6, 15), plan_id="gone", published_at=store.clock()))
    assert code_of(refused) == ErrorCode.CHANGED_MEANWHILE


def test_a_fault_of_the_program_stays_one(postgresql_store: Store) -> None:
    with pytest.raises(ProgrammingError), postgresql_store.read() as session:
        session.execute(text("SELECT nothing FROM nowhere"))


def test_connections_that_are_all_taken_are_told(
    postgresql_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fleet.store.engine.POOL_SIZE", 1)
    small = open_store(postgresql_store.url, clock=postgresql_store.clock)
    monkeypatch.setattr(small.engine.pool, "_timeout", 0.05)
    with small.read() as one, small.read() as two:
        one.scalar(select(func.now()))
        two.scalar(select(func.now()))
        with pytest.raises(InputError) as refused:
            subjects(small)
    assert code_of(refused) == ErrorCode.SERVICE_BUSY
    small.close()

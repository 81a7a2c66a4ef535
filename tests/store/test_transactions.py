"""Many at once: nothing is lost, nothing fails for being second, and what is read is of one moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import DBAPIError

from fleet.model import ErrorCode, InputError
from fleet.store import Store, open_store
from fleet.store.tables import Master, SignInFailure
from tests.depth import count

THREADS = 8
CHANGES_EACH = count(short=15, long=75)


def add_counter(store: Store) -> None:
    with store.write() as session:
        session.add(Master(kind="place", id="counter", body={"number": 0}, changed_at=store.clock()))


def number(store: Store) -> int:
    with store.read() as session:
        return int(session.get_one(Master, ("place", "counter")).body["number"])


def in_threads(work: Callable[[int], None]) -> None:
    with ThreadPoolExecutor(THREADS) as pool:
        for done in [pool.submit(work, index) for index in range(THREADS)]:
            done.result()


def raise_by_one(store: Store) -> None:
    with store.write() as session:
        row = session.get_one(Master, ("place", "counter"))
        row.body = {"number": row.body["number"] + 1}


def test_what_a_statement_fails_with_is_in_no_error(store: Store) -> None:
    with pytest.raises(DBAPIError) as failed, store.engine.connect() as connection:
        connection.execute(text("SELECT * FROM no_table WHERE name = :name"), {"name": "Patigul"})
    assert "no_table" in str(failed.value)
    assert "Patigul" not in str(failed.value)


def test_no_change_of_many_is_lost(store: Store) -> None:
    """On SQLite each waits for its turn; on PostgreSQL who lost a race is told, and repeats."""
    add_counter(store)
    told: list[str] = []

    def work(_index: int) -> None:
        done = 0
        while done < CHANGES_EACH:
            try:
                raise_by_one(store)
                done += 1
            except InputError as error:
                told.append(error.problems[0].code)

    in_threads(work)
    assert number(store) == THREADS * CHANGES_EACH
    assert set(told) == (set() if store.is_sqlite else {ErrorCode.CHANGED_MEANWHILE})


def test_a_row_that_was_changed_in_between_is_not_overwritten(postgresql_store: Store) -> None:
    store = postgresql_store
    add_counter(store)

    def raise_while_another_does() -> None:
        with store.write() as session:
            row = session.get_one(Master, ("place", "counter"))
            raise_by_one(store)
            row.body = {"number": 100}

    with pytest.raises(InputError) as refused:
        raise_while_another_does()
    assert refused.value.problems[0].code == ErrorCode.CHANGED_MEANWHILE
    assert number(store) == 1


def test_a_row_that_somebody_else_made_first_is_told(postgresql_store: Store) -> None:
    store = postgresql_store

    def add_while_another_does() -> None:
        with store.write() as session:
            assert session.get(Master, ("place", "counter")) is None
            add_counter(store)
            session.add(Master(kind="place", id="counter", body={"number": 7}, changed_at=store.clock()))

    with pytest.raises(InputError) as refused:
        add_while_another_does()
    assert refused.value.problems[0].code == ErrorCode.CHANGED_MEANWHILE
    assert number(store) == 0


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    def write_and_fail() -> None:
        with store.write() as session:
            session.add(SignInFailure(subject="s", at=store.clock()))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(SignInFailure)) == 0


def test_what_is_read_is_of_one_moment(store: Store) -> None:
    add_counter(store)
    with store.read() as session:
        before = session.scalars(select(Master.body)).one()
        writer = threading.Thread(target=raise_by_one, args=[store])
        writer.start()
        writer.join()
        session.expire_all()
        assert session.scalars(select(Master.body)).one() == before
    assert number(store) == 1


def test_reading_waits_for_no_writer(store: Store) -> None:
    add_counter(store)
    with store.write() as session:
        session.get_one(Master, ("place", "counter")).body = {"number": 5}
        session.flush()
        assert number(store) == 0
    assert number(store) == 5


def test_a_second_writer_that_waits_too_long_is_told_that_the_service_is_busy(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fleet.store.engine.BUSY_TIMEOUT_S", 0.05)
    add_counter(sqlite_store)
    impatient = open_store(sqlite_store.url)
    with sqlite_store.write() as session:
        session.add(SignInFailure(subject="s", at=sqlite_store.clock()))
        session.flush()
        with pytest.raises(InputError) as refused:
            raise_by_one(impatient)
    assert refused.value.problems[0].code == ErrorCode.SERVICE_BUSY
    raise_by_one(impatient)
    impatient.close()


def test_a_transaction_that_only_reads_cannot_write_on_postgresql(postgresql_store: Store) -> None:
    with pytest.raises(DBAPIError, match="read-only transaction"), postgresql_store.read() as session:
        session.execute(delete(SignInFailure))

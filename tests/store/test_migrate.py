"""From nothing to the present tables, once, twice, by several at once, on both databases."""

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from fleet.model import ErrorCode, InputError
from fleet.store import Store, migrate, open_store
from fleet.store.accounts import account_by_name, accounts_after
from fleet.store.migrate import current_revision, latest_revision, upgrade
from fleet.store.tables import Base
from tests.database import Clock, Server, opened, sqlite_url
from tests.depth import count

PROCESSES = count(short=2, long=4)
MIGRATES = "import sys; from fleet.store import migrate, open_store; migrate(open_store(sys.argv[1]))"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Store]:
    """A store on a database without any table."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = sqlite_url(tmp_path / "empty.db")
        else:
            server: Server = request.getfixturevalue("postgresql")
            url = stack.enter_context(server.database())
        yield stack.enter_context(opened(url, clock=clock))


def tables(store: Store) -> set[str]:
    return set(inspect(store.engine).get_table_names())


def test_a_database_without_tables_gets_them_all(empty: Store) -> None:
    assert (current_revision(empty), tables(empty)) == (None, set())
    migrate(empty)
    assert current_revision(empty) == latest_revision()
    assert tables(empty) == {*Base.metadata.tables, "alembic_version"}


def test_a_second_migration_changes_nothing(store: Store) -> None:
    with store.write() as session:
        session.execute(text("INSERT INTO sign_in_failures (subject, at) VALUES ('x', '2026-06-15')"))
    migrate(store)
    with store.read() as session:
        assert session.execute(text("SELECT count(*) FROM sign_in_failures")).scalar() == 1


@pytest.mark.parametrize("turn", range(count(short=1, long=10)))
def test_several_processes_migrate_at_once(empty: Store, turn: int) -> None:
    processes = [
        subprocess.Popen([sys.executable, "-c", MIGRATES, empty.url], stderr=subprocess.PIPE, text=True)
        for _ in range(PROCESSES)
    ]
    said = [process.communicate()[1] for process in processes]
    assert [process.returncode for process in processes] == [0] * PROCESSES, said
    assert current_revision(empty) == latest_revision()
    assert tables(empty) == {*Base.metadata.tables, "alembic_version"}


def test_a_new_file_that_another_process_writes_first_is_waited_for(tmp_path: Path, clock: Clock) -> None:
    """SQLite would say at once that the file is locked: a file is not turned over while it is written."""
    file = tmp_path / "new.db"
    with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as first:
        first.execute("BEGIN IMMEDIATE")
        first.execute("CREATE TABLE of_the_first (number INTEGER)")
        with opened(sqlite_url(file), clock=clock) as second, ThreadPoolExecutor(1) as pool:
            migrated = pool.submit(migrate, second)
            with pytest.raises(TimeoutError):
                migrated.result(timeout=0.2)
            first.execute("COMMIT")
            migrated.result()
            assert tables(second) == {*Base.metadata.tables, "alembic_version", "of_the_first"}


def test_the_migrations_make_what_the_tables_say(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_names_that_differ_in_case_only_are_numbered_by_age(empty: Store) -> None:
    with empty.engine.begin() as connection:
        upgrade(connection, revision="0001")
        for number, name in enumerate(("Aygul", "memet", "AYGUL", "aygul 2", "aygul"), start=1):
            connection.execute(
                text(
                    "INSERT INTO accounts (id, name, role, created_at, version)"
                    f" VALUES ('{number}', '{name}', 'admin', '2026-06-0{number} 00:00:00', 1)"
                )
            )
    migrate(empty)
    with empty.read() as session:
        names = {account.id: account.name for account in accounts_after(session)}
        found = account_by_name(session, "AYGUL 2")
    assert names == {"1": "Aygul", "2": "memet", "3": "AYGUL 2", "4": "aygul 2 2", "5": "aygul 3"}
    assert found is not None
    assert found.id == "3"


def test_a_migration_that_fails_leaves_nothing_behind(empty: Store) -> None:
    with empty.engine.begin() as connection:
        connection.execute(text("CREATE TABLE plans (somebody_elses INTEGER)"))
    with pytest.raises(DBAPIError):
        migrate(empty)
    assert tables(empty) - {"alembic_version"} == {"plans"}
    with empty.engine.begin() as connection:
        connection.execute(text("DROP TABLE plans"))
    migrate(empty)
    assert tables(empty) == {*Base.metadata.tables, "alembic_version"}


def test_a_database_of_a_later_program_is_left_alone(store: Store) -> None:
    with store.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(InputError) as refused:
        migrate(store)
    (problem,) = refused.value.problems
    assert (problem.code, problem.value) == (ErrorCode.DATABASE_TOO_NEW, "9999")
    assert current_revision(store) == "9999"


@pytest.mark.parametrize(
    "url", ["", "fleet.db", "mysql://host/name", "postgresql://host/name", "sqlite+pysqlcipher:///x"]
)
def test_another_kind_of_address_is_refused(url: str) -> None:
    with pytest.raises(InputError) as refused:
        open_store(url)
    assert refused.value.problems[0].code == ErrorCode.DATABASE_UNKNOWN


def test_the_address_of_a_refused_database_is_told_without_its_password() -> None:
    with pytest.raises(InputError) as refused:
        open_store("mysql://fleet:secret@host/name")
    assert "secret" not in str(refused.value)


def test_a_new_database_file_is_for_its_owners_eyes(tmp_path: Path, clock: Clock) -> None:
    before = os.umask(0)
    try:
        with opened(sqlite_url(tmp_path / "new.db"), clock=clock) as store:
            migrate(store)
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert modes == dict.fromkeys(("new.db", "new.db-wal", "new.db-shm"), 0o600)

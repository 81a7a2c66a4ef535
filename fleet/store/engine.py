"""A database by its address, and transactions that behave alike on SQLite and PostgreSQL."""

import contextlib
import datetime
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from fleet.model import ErrorCode, bad_input
from fleet.store.failures import failures_named
from fleet.store.writable import Writable

BUSY_TIMEOUT_S = 10.0
WAL_RETRY_S = 0.01
POOL_SIZE = 10
PRIVATE = 0o600
DRIVERS = ("sqlite", "postgresql+psycopg")

Clock = Callable[[], datetime.datetime]


def utc_now() -> datetime.datetime:
    """Return the present instant."""
    return datetime.datetime.now(datetime.UTC)


@dataclass(frozen=True, kw_only=True)
class Store:
    """A database. ``clock`` gives the instants that are written, so that tests can let it jump.

    ``writable`` knows whether this process could write.
    """

    engine: Engine
    clock: Clock = utc_now
    writable: Writable = field(default_factory=Writable, compare=False, repr=False)

    @property
    def url(self) -> str:
        """The address with its password, for other processes; never for logs."""
        return self.engine.url.render_as_string(hide_password=False)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is a file of SQLite, which has one writer at a time."""
        return self.engine.dialect.name == "sqlite"

    @property
    def file(self) -> Path | None:
        """The file of SQLite's, None on PostgreSQL."""
        name = self.engine.url.database
        return Path(os.path.realpath(name)) if self.is_sqlite and name else None

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a transaction that writes: committed at the end, rolled back on an error.

        On SQLite it takes the write lock at once: a transaction that turns from reading to writing would fail
        where another one has written in between.

        Raises
        ------
        InputError
            What the database fails with, see :mod:`fleet.store.failures`.
        """
        with (
            self.writable.watched(),
            failures_named(),
            self._session(writes=True) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a transaction that only reads, with one view of the data from its first query to its end.

        Raises
        ------
        InputError
            What the database fails with, see :mod:`fleet.store.failures`.
        """
        with failures_named(), self._session(writes=False) as session:
            yield session

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    @contextmanager
    def _session(self, *, writes: bool) -> Iterator[Session]:
        engine = self.engine.execution_options(fleet_writes=writes)
        if not writes and not self.is_sqlite:
            engine = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with Session(engine, expire_on_commit=False) as session:
            yield session


def open_store(url: str, *, clock: Clock = utc_now) -> Store:
    """Open a database.

    Parameters
    ----------
    url : str
        ``sqlite:///file.db`` or ``postgresql+psycopg://user:password@host/name``.
    clock : callable, optional
        Gives the present instant.

    Raises
    ------
    InputError
        DATABASE_UNKNOWN for another kind of address.
    """
    try:
        address = make_url(url)
    except (ArgumentError, ValueError) as error:
        # Without the address: what cannot be parsed may hold a password anywhere.
        raise bad_input(ErrorCode.DATABASE_UNKNOWN, where="--database") from error
    if address.drivername not in DRIVERS:
        raise bad_input(ErrorCode.DATABASE_UNKNOWN, where="--database", value=address.drivername)
    return Store(
        engine=_sqlite(address) if address.drivername == "sqlite" else _postgresql(address), clock=clock
    )


# Parameters are hidden: what a statement failed with may be people's names, and errors get into logs.
def _postgresql(address: URL) -> Engine:
    # A connection that died with a restarted server is noticed before it is used.
    return create_engine(
        address, pool_pre_ping=True, pool_size=POOL_SIZE, max_overflow=POOL_SIZE, hide_parameters=True
    )


def _sqlite(address: URL) -> Engine:
    engine = create_engine(
        address,
        connect_args={"timeout": BUSY_TIMEOUT_S, "check_same_thread": False},
        hide_parameters=True,
    )

    @event.listens_for(engine, "do_connect")
    def _make_private(*_: object) -> None:
        # Others on the machine have no business in it; SQLite gives the files beside it the same mode.
        name = address.database or ":memory:"
        if not name.startswith((":", "file:")):
            with contextlib.suppress(OSError):
                os.close(os.open(name, os.O_CREAT | os.O_EXCL | os.O_RDWR, PRIVATE))

    @event.listens_for(engine, "connect")
    def _prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        # The driver's own transactions begin late and would be deferred: ours begin by hand, below.
        connection.isolation_level = None
        cursor = connection.cursor()
        _use_wal(cursor)
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        # What a purge took out is not to be found in the file either.
        cursor.execute("PRAGMA secure_delete=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("fleet_writes", True)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _use_wal(cursor: DBAPICursor) -> None:
    """Let readers go on beside a writer, as the file remembers from then on.

    Where several processes turn a new file over at once, SQLite tells all but one that it is locked, without
    the wait that it has for every other statement: two that wait for each other would not get anywhere.
    """
    until = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= until:
                raise
        time.sleep(WAL_RETRY_S)

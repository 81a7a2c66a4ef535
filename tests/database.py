"""Databases of the tests' own: a PostgreSQL server on loopback, and stores on it or in files."""

import datetime
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from fleet.store import Store, migrate, open_store
from fleet.store.tables import Base

HOST = "127.0.0.1"
USER = "fleet"
SHARED = "shared"
SHAPE = """
    SELECT string_agg(relname || '.' || attname, ' ' ORDER BY relname, attnum),
           (SELECT string_agg(version_num, ' ') FROM alembic_version)
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace
"""
"""Every column of every table and index, and the revision of the migrations."""
EMPTIED = ";".join(
    [
        # A server that crashes in the next test has to find the rows gone when it comes back.
        "SET synchronous_commit = on",
        *(f'DELETE FROM "{table.name}"' for table in reversed(Base.metadata.sorted_tables)),
        "SELECT setval(format('%I', sequencename)::regclass, 1, false) FROM pg_sequences",
    ]
)
SERVERS_OWN_USERS = ("postgres", "nobody")
DEBIAN = Path("/usr/lib/postgresql")
START_S = 30.0

# Durability is not what these tests are about; without it they are several times faster.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "32MB",
    "autovacuum": "off",
}


class Clock:
    """A clock that tests set: the evening before the day of most samples, until it is moved."""

    def __init__(self) -> None:
        self.now = datetime.datetime(2026, 6, 14, 12, tzinfo=datetime.UTC)

    def __call__(self) -> datetime.datetime:
        return self.now

    def forward(self, **amount: float) -> None:
        """Let time pass: ``clock.forward(days=3)``."""
        self.now += datetime.timedelta(**amount)


def find_postgresql() -> Path | None:
    """The folder of a PostgreSQL server's programs: the newest of Debian's, else what the path has."""
    versions = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if versions:
        return versions[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


class Server:
    """A PostgreSQL server with a cluster of its own, started as a child of the tests."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs = programs
        self._data = folder / "data"
        self._log = folder / "log"
        self._numbers = itertools.count(1)
        self._process: subprocess.Popen[bytes] | None = None
        self._shape: str | None = None
        # The server refuses to run as root.
        self._user = next(filter(_is_user, SERVERS_OWN_USERS)) if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(folder, self._user)
        self.port = free_port()
        made = subprocess.run(
            [
                self._programs / "initdb",
                f"--pgdata={self._data}",
                f"--username={USER}",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
            ],
            cwd=folder,
            user=self._user,
            group=_group(self._user),
            extra_groups=[] if self._user else None,
            capture_output=True,
            text=True,
            check=False,
        )
        assert made.returncode == 0, made.stderr

    def url(self, name: str) -> str:
        """The address of one of its databases, as the service takes it."""
        return f"postgresql+psycopg://{USER}@{HOST}:{self.port}/{name}"

    def start(self) -> None:
        """Start, and return once it answers."""
        settings = itertools.chain.from_iterable(
            ("-c", f"{name}={value}") for name, value in SETTINGS.items()
        )
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self._data, "-p", str(self.port), *settings],
                cwd=self._data,
                user=self._user,
                group=_group(self._user),
                extra_groups=[] if self._user else None,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # An interrupted test run ends it in its own time.
                start_new_session=True,
            )
        until = time.monotonic() + START_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"PostgreSQL did not start:\n{self._log.read_text()[-2000:]}")
            time.sleep(0.02)

    def stop(self, *, crash: bool = False) -> None:
        """Stop: connections are cut. With ``crash`` it has no time to write anything more."""
        assert self._process is not None
        self._process.send_signal(signal.SIGQUIT if crash else signal.SIGINT)
        self._process.wait(START_S)
        self._process = None

    @contextmanager
    def database(self) -> Iterator[str]:
        """A database for one test, without any table: its address."""
        name = f"test_{next(self._numbers)}"
        self._create(name)
        try:
            yield self.url(name)
        finally:
            self._drop(name)

    @contextmanager
    def migrated(self) -> Iterator[str]:
        """A database for one test, with our tables and no row in them: its address.

        One test after the other gets the same one, since to make one costs more than most tests do; it is
        made anew after a test that has changed the tables.
        """
        if self._shape is None:
            self._create(SHARED)
            migrated(self.url(SHARED))
            self._shape = self._shape_now()
        try:
            yield self.url(SHARED)
        finally:
            self._run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{SHARED}'")
            if self._shape_now() == self._shape:
                self._run(EMPTIED, database=SHARED)
            else:
                self._drop(SHARED)
                self._shape = None

    def _shape_now(self) -> str:
        return str(self._run(SHAPE, database=SHARED))

    def _create(self, name: str) -> None:
        self._run(f'CREATE DATABASE "{name}" TEMPLATE template0')

    def _drop(self, name: str) -> None:
        # Who is connected to it is thrown out.
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _run(self, words: str, *, database: str = "postgres") -> list[Any]:
        """Run commands of SQL outside of any transaction, and return the rows of the first one."""
        with psycopg.connect(host=HOST, port=self.port, user=USER, dbname=database, autocommit=True) as there:
            done = there.execute(words.encode())
            return done.fetchall() if done.description else []

    def _answers(self) -> bool:
        try:
            self._run("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def running_server(programs: Path) -> Iterator[Server]:
    """A server that runs."""
    with tempfile.TemporaryDirectory(prefix="fleet-postgresql-") as folder:
        server = Server(programs, Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.stop(crash=True)


@contextmanager
def opened(url: str, *, clock: Clock) -> Iterator[Store]:
    """A store, closed afterwards."""
    store = open_store(url, clock=clock)
    try:
        yield store
    finally:
        store.close()


def migrated(url: str) -> None:
    """Give a database our tables."""
    store = open_store(url)
    migrate(store)
    store.close()


def sqlite_url(file: Path) -> str:
    """The address of a file of SQLite."""
    return f"sqlite:///{file}"


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port: int = free.getsockname()[1]
    return port


def _is_user(name: str) -> bool:
    return any(entry.pw_name == name for entry in pwd.getpwall())


def _group(user: str | None) -> int | None:
    return pwd.getpwnam(user).pw_gid if user else None

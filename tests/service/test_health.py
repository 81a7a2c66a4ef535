"""The service says that it cannot do its work while nothing can be written, and asks the database seldom."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Connection, event, func, select

from fleet.model import ErrorCode, InputError, bad_input
from fleet.service.context import Context
from fleet.service.health import Health, health
from fleet.store import Store
from fleet.store.tables import KeptAnswer, SignInFailure
from fleet.store.writable import TRY_EVERY_S, Writable
from tests.accounts import context


class Seconds:
    """A monotonic clock that tests set."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture(params=["sqlite", "postgresql"])
def ctx(request: pytest.FixtureRequest, seconds: Seconds) -> Context:
    store: Store = request.getfixturevalue(f"{request.param}_store")
    return context(replace(store, writable=Writable(monotonic=seconds)))


ON_SQLITE = pytest.mark.parametrize("ctx", ["sqlite"], indirect=True)


@pytest.fixture
def written(ctx: Context) -> Iterator[list[str]]:
    """Every statement that writes."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            found.append(statement)

    event.listen(ctx.store.engine, "before_cursor_execute", note)
    yield found
    event.remove(ctx.store.engine, "before_cursor_execute", note)


class Disk:
    """Lets every transaction only read while it is full."""

    is_full = False

    def __call__(self, connection: Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA query_only = {int(self.is_full)}")


@pytest.fixture
def disk(ctx: Context) -> Iterator[Disk]:
    disk = Disk()
    event.listen(ctx.store.engine, "begin", disk)
    yield disk
    disk.is_full = False
    event.remove(ctx.store.engine, "begin", disk)


def told(found: Health) -> tuple[bool, str, str]:
    return found.ok, found.database.state, found.database.detail


WORKS = (True, "ok", "")
FAILS = (False, "failing", ErrorCode.DATABASE_UNREACHABLE)


def write_something(ctx: Context) -> None:
    with ctx.store.write() as session:
        session.add(SignInFailure(subject="s", at=ctx.store.clock()))


@ON_SQLITE
def test_a_database_that_takes_nothing_is_failing_until_it_does(ctx: Context, disk: Disk, seconds: Seconds):
    assert told(health(ctx)) == WORKS
    disk.is_full = True
    seconds.now += TRY_EVERY_S
    assert told(health(ctx)) == FAILS
    assert health(ctx).queue is not None
    disk.is_full = False
    seconds.now += TRY_EVERY_S
    assert told(health(ctx)) == WORKS
    with ctx.store.read() as session:
        assert session.scalar(select(func.count()).select_from(KeptAnswer)) == 0


@ON_SQLITE
def test_a_write_that_fails_is_known_at_once(ctx: Context, disk: Disk):
    assert told(health(ctx)) == WORKS
    disk.is_full = True
    with pytest.raises(InputError):
        write_something(ctx)
    assert told(health(ctx)) == FAILS


def test_what_a_caller_did_wrong_says_nothing_of_the_database(ctx: Context):
    with pytest.raises(InputError), ctx.store.write():
        raise bad_input(ErrorCode.NOT_FOUND)
    assert told(health(ctx)) == WORKS


def test_whoever_watches_costs_no_write_at_every_call(ctx: Context, written: list[str], seconds: Seconds):
    for _ in range(5):
        health(ctx)
    once = len(written)
    assert once > 0
    seconds.now += TRY_EVERY_S
    health(ctx)
    assert len(written) == 2 * once


def test_nobody_waits_for_one_who_tries(seconds: Seconds):
    writable = Writable(monotonic=seconds)
    inner: list[str | None] = []

    def attempt() -> None:
        assert not inner, "tried by two at once"
        inner.append(writable.failure(attempt))
        raise bad_input(ErrorCode.SERVICE_BUSY)

    assert writable.failure(attempt) == ErrorCode.SERVICE_BUSY
    assert inner == [None]

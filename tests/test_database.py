"""The databases of the tests, so that a green test on PostgreSQL means something."""

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import OperationalError

from fleet.store import Store
from fleet.store.tables import Audit
from tests.database import Clock, Server


def dialect(store: Store) -> str:
    return store.engine.dialect.name


def test_the_same_test_runs_on_both_databases(store: Store, request: pytest.FixtureRequest) -> None:
    assert request.node.callspec.id == dialect(store)
    with store.read() as session:
        assert session.execute(text("SELECT count(*) FROM plans")).scalar() == 0


TURNS = pytest.mark.parametrize("turn", ["first", "second"])


@TURNS
def test_what_a_test_writes_is_gone_in_the_next(store: Store, turn: str) -> None:
    with store.write() as session:
        assert session.query(Audit).count() == 0
        row = Audit(at=store.clock(), action="create", kind="account", subject="somebody")
        session.add(row)
        session.flush()
        assert row.id == 1


@TURNS
def test_tables_that_a_test_changes_are_as_before_in_the_next(store: Store, turn: str) -> None:
    with store.write() as session:
        assert not inspect(session.connection()).has_table("left_over")
        session.execute(text("CREATE TABLE left_over (id INTEGER)"))


def test_who_stays_connected_after_a_test_is_in_nobodys_way(postgresql: Server) -> None:
    with postgresql.migrated() as url:
        engine = create_engine(url)
        left = engine.connect()
        left.execute(text("LOCK TABLE plans"))
    with pytest.raises(OperationalError):
        left.execute(text("SELECT 1"))
    left.close()
    engine.dispose()


def test_a_stores_clock_stands_until_a_test_moves_it(sqlite_store: Store, clock: Clock) -> None:
    before = sqlite_store.clock()
    clock.forward(hours=2)
    assert (sqlite_store.clock() - before).total_seconds() == 7_200


def test_a_server_that_was_stopped_comes_back_with_what_it_had(
    postgresql: Server, postgresql_store: Store
) -> None:
    postgresql.stop()
    with pytest.raises(OperationalError), postgresql_store.engine.connect():
        pass
    postgresql.start()
    assert inspect(postgresql_store.engine).has_table("plans")

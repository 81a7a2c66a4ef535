"""Bring a database to the present tables.

Alembic is loaded where it is used: processes that never migrate do without its 11 MB.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text

from fleet.model import ErrorCode, bad_input
from fleet.store.engine import Store
from fleet.store.failures import failures_named

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

MIGRATIONS = Path(__file__).parent / "migrations"
VERSIONS = "alembic_version"
"""The table in which alembic keeps the revision."""
LOCK = 0x666C656574
"""Any number that other programs on the same PostgreSQL hardly use for a lock of their own."""


def migrate(store: Store) -> None:
    """Run the migrations that the database does not have yet; several processes may do this at once.

    Raises
    ------
    InputError
        DATABASE_TOO_NEW when a later version of the program has written it, DATABASE_UNREACHABLE.
    """
    with failures_named(), store.engine.begin() as connection:
        upgrade(connection)


def upgrade(connection: Connection, *, revision: str = "head") -> None:
    """Run the migrations up to a revision within a transaction, which nobody else does meanwhile.

    Raises
    ------
    InputError
        DATABASE_TOO_NEW.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    present = revision_of(connection)
    if present is not None and present not in known_revisions():
        raise bad_input(ErrorCode.DATABASE_TOO_NEW, where="--database", value=present)
    from alembic import command

    command.upgrade(_config(connection), revision)


def current_revision(store: Store) -> str | None:
    """Return the revision of the tables in the database, None where there are none.

    Raises
    ------
    InputError
        DATABASE_UNREACHABLE.
    """
    with failures_named(), store.engine.connect() as connection:
        return revision_of(connection)


def revision_of(connection: Connection) -> str | None:
    """Return the revision of the tables that a transaction sees, None where there are none."""
    from alembic.runtime.migration import MigrationContext

    return MigrationContext.configure(connection).get_current_revision()


def latest_revision() -> str | None:
    """Return the revision that this program needs."""
    return _scripts().get_current_head()


def known_revisions() -> frozenset[str]:
    """Return every revision that this program can migrate from."""
    return frozenset(script.revision for script in _scripts().walk_revisions())


def _scripts() -> "ScriptDirectory":
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(MIGRATIONS))


def _config(connection: Connection) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config

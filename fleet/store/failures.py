"""What a database fails with, as codes of ours: the one place that knows the drivers' errors.

==================== =====================================================================
STORAGE_FULL         the disk is full, or a quota is; the transaction left nothing behind
SERVICE_BUSY         locked for longer than the timeout, a deadlock, no connection left
CHANGED_MEANWHILE    another transaction changed, made or removed the same row in between
DATABASE_UNREACHABLE no server, none of this name, no file that may be written
DATABASE_UNKNOWN     the file is no database
==================== =====================================================================

Anything else is a fault of the program and passes as it is. The drivers' own words stay in the log: they name
tables, values and hosts.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm.exc import StaleDataError

from fleet.model import ErrorCode, bad_input

PRIMARY_CODE = 0xFF
"""SQLite's codes have the kind in the last byte and its details above."""

OF_SQLITE = {
    sqlite3.SQLITE_FULL: ErrorCode.STORAGE_FULL,
    sqlite3.SQLITE_BUSY: ErrorCode.SERVICE_BUSY,
    sqlite3.SQLITE_LOCKED: ErrorCode.SERVICE_BUSY,
    sqlite3.SQLITE_CANTOPEN: ErrorCode.DATABASE_UNREACHABLE,
    sqlite3.SQLITE_PERM: ErrorCode.DATABASE_UNREACHABLE,
    sqlite3.SQLITE_READONLY: ErrorCode.DATABASE_UNREACHABLE,
    sqlite3.SQLITE_NOTADB: ErrorCode.DATABASE_UNKNOWN,
}
OF_SQLITE_IN_DETAIL = {
    # A quota, or a limit on the size of a file: only "no space left" is FULL to SQLite.
    sqlite3.SQLITE_IOERR_WRITE: ErrorCode.STORAGE_FULL,
    sqlite3.SQLITE_CONSTRAINT_UNIQUE: ErrorCode.CHANGED_MEANWHILE,
    sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY: ErrorCode.CHANGED_MEANWHILE,
    sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY: ErrorCode.CHANGED_MEANWHILE,
}

OF_POSTGRESQL = {
    "23503": ErrorCode.CHANGED_MEANWHILE,  # foreign key
    "23505": ErrorCode.CHANGED_MEANWHILE,  # unique
    "40001": ErrorCode.SERVICE_BUSY,  # serialization
    "40P01": ErrorCode.SERVICE_BUSY,  # deadlock
    "53100": ErrorCode.STORAGE_FULL,
    "55P03": ErrorCode.SERVICE_BUSY,  # lock timeout
    "57014": ErrorCode.SERVICE_BUSY,  # statement timeout
}
OF_POSTGRESQL_CLASS = {
    "08": ErrorCode.DATABASE_UNREACHABLE,  # connection
    "28": ErrorCode.DATABASE_UNREACHABLE,  # password
    "3D": ErrorCode.DATABASE_UNREACHABLE,  # no such database
    "53": ErrorCode.SERVICE_BUSY,  # connections, memory
    "57": ErrorCode.DATABASE_UNREACHABLE,  # the server stops or starts
}


@contextmanager
def failures_named() -> Iterator[None]:
    """Turn errors of the database into ``InputError``.

    Raises
    ------
    InputError
        With a code of the table above.
    """
    try:
        yield
    except (DBAPIError, StaleDataError, PoolTimeoutError) as error:
        code = _code_of(error)
        if code is None:
            raise
        raise bad_input(code, where="database") from error


def _code_of(error: DBAPIError | StaleDataError | PoolTimeoutError) -> ErrorCode | None:
    if isinstance(error, StaleDataError):
        return ErrorCode.CHANGED_MEANWHILE
    if isinstance(error, PoolTimeoutError):
        return ErrorCode.SERVICE_BUSY
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        detailed = getattr(cause, "sqlite_errorcode", 0)
        return OF_SQLITE_IN_DETAIL.get(detailed) or OF_SQLITE.get(detailed & PRIMARY_CODE)
    if isinstance(cause, psycopg.Error):
        state = cause.sqlstate or ""
        if not state and isinstance(error, OperationalError):
            # No connection was made, or it was cut: there is no server to give a state.
            return ErrorCode.DATABASE_UNREACHABLE
        return OF_POSTGRESQL.get(state) or OF_POSTGRESQL_CLASS.get(state[:2])
    return None

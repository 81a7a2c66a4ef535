"""A backup back into a database, everything or nothing."""

import base64
import contextlib
import datetime
import hashlib
import json
import struct
import zipfile
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Date, DateTime, LargeBinary, Table, func, select, text
from sqlalchemy.exc import OperationalError, StatementError

from fleet.model import ErrorCode, bad_input
from fleet.store.backup import MANIFEST, ROWS_AT_ONCE, Manifest, TableInBackup, tables_of
from fleet.store.engine import Store
from fleet.store.failures import failures_named
from fleet.store.migrate import VERSIONS, known_revisions, upgrade
from fleet.store.tables import Base

BLOCK = 1 << 20
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    KeyError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What reading a damaged archive raises: the archive, its compression, JSON, a value that is none."""


def restore_backup(store: Store, file: Path, *, replace: bool = False) -> Manifest:
    """Fill a database from a backup, in one transaction.

    Parameters
    ----------
    store : Store
        A database without rows, with our tables or without.
    file : Path
        The backup.
    replace : bool, optional
        Throw away what the database has.

    Raises
    ------
    InputError
        BACKUP_UNREADABLE, DATABASE_TOO_NEW, DATABASE_NOT_EMPTY, or what the database fails with; nothing was
        changed then.
    OSError
        The file cannot be opened.
    """
    with file.open("rb") as stream:
        with _damage_named(file):
            archive = zipfile.ZipFile(stream)
            manifest = _verified(archive)
        if manifest.revision not in known_revisions():
            raise bad_input(ErrorCode.DATABASE_TOO_NEW, file=str(file), value=manifest.revision)
        with failures_named(), store.engine.begin() as connection:
            upgrade(connection)
            if not replace and _has_rows(connection):
                raise bad_input(ErrorCode.DATABASE_NOT_EMPTY, where="--database")
            Base.metadata.drop_all(connection)
            connection.execute(text(f"DELETE FROM {VERSIONS}"))
            upgrade(connection, revision=manifest.revision)
            tables = tables_of(connection)
            wanted = {table.name: table for table in manifest.tables}
            if set(wanted) != {table.name for table in tables}:
                raise bad_input(ErrorCode.BACKUP_UNREADABLE, file=str(file), where=MANIFEST)
            for table in tables:
                _fill(connection, table, _rows(archive, wanted[table.name], table, file=file), file=file)
            upgrade(connection)
    return manifest


def _verified(archive: zipfile.ZipFile) -> Manifest:
    """Return what the backup has, once every row of it is known to be there."""
    manifest = Manifest.model_validate_json(archive.read(MANIFEST))
    for table in manifest.tables:
        digest = hashlib.sha256()
        with archive.open(table.member) as member:
            while block := member.read(BLOCK):
                digest.update(block)
        if digest.hexdigest() != table.sha256:
            raise ValueError(table.name)
    return manifest


def _rows(
    archive: zipfile.ZipFile, wanted: TableInBackup, table: Table, *, file: Path
) -> Iterator[dict[str, Any]]:
    with _damage_named(file), archive.open(wanted.member) as member:
        for line in member:
            row = json.loads(line)
            if set(row) != set(table.columns.keys()):
                raise ValueError(table.name)
            yield {name: _value(row[name], column) for name, column in table.columns.items()}


def _value(value: Any, column: Column[Any]) -> Any:
    """Return what a column holds, from what JSON has for it."""
    if value is None:
        return None
    if isinstance(column.type, DateTime):
        return datetime.datetime.fromisoformat(value).astimezone(datetime.UTC)
    if isinstance(column.type, Date):
        return datetime.date.fromisoformat(value)
    if isinstance(column.type, LargeBinary):
        return base64.b64decode(value, validate=True)
    return value


def _fill(connection: Connection, table: Table, rows: Iterator[dict[str, Any]], *, file: Path) -> None:
    while some := list(islice(rows, ROWS_AT_ONCE)):
        try:
            connection.execute(table.insert(), some)
        except OperationalError:
            raise
        except StatementError as error:
            raise bad_input(ErrorCode.BACKUP_UNREADABLE, file=str(file), where=table.name) from error
    number = table.autoincrement_column
    if number is not None and connection.dialect.name == "postgresql":
        # Rows that bring their numbers do not move the counter that gives the next one.
        counter = func.pg_get_serial_sequence(table.name, number.name)
        last = select(func.max(number)).scalar_subquery()
        connection.execute(select(func.setval(counter, func.coalesce(last, 1), last.is_not(None))))


def _has_rows(connection: Connection) -> bool:
    return any(
        connection.execute(select(1).select_from(table).limit(1)).first() is not None
        for table in Base.metadata.sorted_tables
    )


@contextlib.contextmanager
def _damage_named(file: Path) -> Iterator[None]:
    try:
        yield
    except DAMAGE as error:
        raise bad_input(ErrorCode.BACKUP_UNREADABLE, file=str(file)) from error

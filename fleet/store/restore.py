"""A backup back into a database, everything or nothing."""

import base64
import contextlib
import datetime
import hashlib
import json
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Date, DateTime, LargeBinary, Table, func, select
from sqlalchemy.exc import OperationalError, StatementError

from fleet.model import ErrorCode, bad_input
from fleet.store.backup import MANIFEST, ROWS_AT_ONCE, Manifest, Row, TableInBackup, plain_rows, tables_of
from fleet.store.engine import Store, open_store
from fleet.store.failures import failures_named
from fleet.store.jobs import hand_all_back
from fleet.store.migrate import known_revisions, upgrade
from fleet.store.shut_out import shut_out_writers
from fleet.store.tables import Base

BLOCK = 1 << 20
Versions = dict[tuple[Any, ...], tuple[int, bytes]]
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
    """Fill a database from a backup, in one transaction, while others read it as it was until then.

    Who writes waits for the end of it. The rows come from a database of SQLite beside, where they are brought
    to the present tables: no table that a running service uses is ever dropped.

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
    with file.open("rb") as stream, tempfile.TemporaryDirectory(prefix="fleet-restore-") as folder:
        with _damage_named(file):
            archive = zipfile.ZipFile(stream)
            manifest = _verified(archive)
        if manifest.revision not in known_revisions():
            raise bad_input(ErrorCode.DATABASE_TOO_NEW, file=str(file), value=manifest.revision)
        beside = open_store(f"sqlite:///{Path(folder, 'beside.db')}", clock=store.clock)
        try:
            _unpack(archive, manifest, beside, file=file)
            with failures_named(), store.engine.begin() as connection, beside.read() as session:
                upgrade(connection)
                shut_out_writers(connection)
                if not replace and _has_rows(connection):
                    raise bad_input(ErrorCode.DATABASE_NOT_EMPTY, where="--database")
                _replace(connection, session.connection(), file=file)
        finally:
            beside.close()
    return manifest


def _unpack(archive: zipfile.ZipFile, manifest: Manifest, beside: Store, *, file: Path) -> None:
    """Fill an empty database with the tables of a backup, and bring them up to date."""
    with failures_named(), beside.engine.begin() as connection:
        upgrade(connection, revision=manifest.revision)
        tables = tables_of(connection)
        wanted = {table.name: table for table in manifest.tables}
        if set(wanted) != {table.name for table in tables}:
            raise bad_input(ErrorCode.BACKUP_UNREADABLE, file=str(file), where=MANIFEST)
        for table in tables:
            _fill(connection, table, _rows(archive, wanted[table.name], table, file=file), file=file)
        upgrade(connection)
        # What ran then does not run now, and a run of now must not take it for its own.
        hand_all_back(connection)


def _replace(connection: Connection, beside: Connection, *, file: Path) -> None:
    """Put the rows of the database beside in place of all there are."""
    tables = tables_of(connection)
    replaced = {table.name: _versions(connection, table) for table in tables}
    for table in reversed(tables):
        connection.execute(table.delete())
    sources = {table.name: table for table in tables_of(beside)}
    for table in tables:
        source = sources[table.name]
        rows = _newer(plain_rows(beside, source), table, replaced[table.name])
        typed = ({name: _value(value, table.columns[name]) for name, value in row.items()} for row in rows)
        _fill(connection, table, typed, file=file)


def _versions(connection: Connection, table: Table) -> Versions:
    """Return of what may be edited, by its key, the version and what it says."""
    if "version" not in table.columns or "version" in table.primary_key.columns:
        return {}
    rows = plain_rows(connection, table)
    return {_key_of(row, table): (row["version"], _digest(row)) for row in rows}


def _newer(rows: Iterable[Row], table: Table, replaced: Versions) -> Iterator[Row]:
    """Give what changes by a restore a version that it never had: ``If-Match`` and phones go by them."""
    for row in rows:
        version, digest = replaced.get(_key_of(row, table), (0, b""))
        if version >= row.get("version", version + 1) and digest != _digest(row):
            row["version"] = version + 1
        yield row


def _key_of(row: Row, table: Table) -> tuple[Any, ...]:
    return tuple(row[column.name] for column in table.primary_key.columns)


def _digest(row: Row) -> bytes:
    return hashlib.sha256(json.dumps(row, sort_keys=True).encode()).digest()


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

"""Everything in one file, the same for SQLite and PostgreSQL: a backup of one goes into the other.

A backup is a zip archive: ``manifest.json``, and ``tables/NAME.jsonl`` with a row a line. Rows are written
as the tables of their revision have them: a later program first makes the tables of that revision, fills
them, and then migrates.
"""

import base64
import datetime
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from typing import IO, Any, Literal

from sqlalchemy import JSON, Connection, MetaData, Table, select

from fleet.model.base import Document
from fleet.store.engine import Store
from fleet.store.migrate import VERSIONS, revision_of

FORMAT: Literal["fleet-backup/1"] = "fleet-backup/1"
MANIFEST = "manifest.json"
ROWS_AT_ONCE = 200
Row = dict[str, Any]


class TableInBackup(Document):
    """What a backup has of one table."""

    name: str
    rows: int
    sha256: str

    @property
    def member(self) -> str:
        """The name of its file in the archive."""
        return f"tables/{self.name}.jsonl"


class Manifest(Document):
    """What a backup has."""

    format: Literal["fleet-backup/1"] = FORMAT
    revision: str
    made_at: datetime.datetime
    tables: tuple[TableInBackup, ...]

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(table.rows for table in self.tables)


def write_backup(store: Store, stream: IO[bytes]) -> Manifest:
    """Write all rows as they are at one moment; others read and write meanwhile.

    Parameters
    ----------
    store : Store
        A database with our tables, of this revision or an earlier one.
    stream : binary file
        Where the archive goes.

    Raises
    ------
    InputError
        What the database fails with, see :mod:`fleet.store.failures`.
    """
    with store.read() as session, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        connection = session.connection()
        manifest = Manifest(
            revision=str(revision_of(connection)),
            made_at=store.clock(),
            tables=tuple(_write_table(archive, connection, table) for table in tables_of(connection)),
        )
        archive.writestr(MANIFEST, manifest.model_dump_json(indent=1))
    return manifest


def tables_of(connection: Connection) -> tuple[Table, ...]:
    """Return our tables as the database has them, each after those that it refers to."""
    found = MetaData()
    found.reflect(connection)
    tables = tuple(table for table in found.sorted_tables if table.name != VERSIONS)
    for table in tables:
        for column in table.columns:
            if isinstance(column.type, JSON):
                column.type.none_as_null = True
    return tables


def plain_rows(connection: Connection, table: Table) -> Iterator[Row]:
    """Give the rows of a table in the order of their keys, as JSON has them."""
    query = select(table).order_by(*table.primary_key.columns)
    result = connection.execute(query, execution_options={"yield_per": ROWS_AT_ONCE})
    for row in result.mappings():
        yield {name: _plain(value) for name, value in row.items()}


def _write_table(archive: zipfile.ZipFile, connection: Connection, table: Table) -> TableInBackup:
    digest, rows = hashlib.sha256(), 0
    name = TableInBackup(name=table.name, rows=0, sha256="").member
    with archive.open(name, "w", force_zip64=True) as member, io.BufferedWriter(member) as buffer:
        for row in plain_rows(connection, table):
            data = f"{json.dumps(row, ensure_ascii=False, allow_nan=False)}\n".encode()
            buffer.write(data)
            digest.update(data)
            rows += 1
    return TableInBackup(name=table.name, rows=rows, sha256=digest.hexdigest())


def _plain(value: Any) -> Any:
    """Return a value as JSON has it; an instant is in UTC on both databases, and SQLite does not say so."""
    if isinstance(value, datetime.datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=datetime.UTC)
        return aware.astimezone(datetime.UTC).isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    return value

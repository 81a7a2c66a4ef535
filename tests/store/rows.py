"""Rows in every table, whatever tables there are, and all rows to compare."""

import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, Integer, String, select

from fleet.store import Store
from fleet.store.columns import Instant, Text
from fleet.store.tables import Base

NUMBER = 3
MONDAY = datetime.date(2026, 6, 15)
Rows = dict[str, list[tuple[Any, ...]]]


def fill(store: Store, *, number: int = NUMBER) -> None:
    """Write rows into every table; each refers to one of the same number, or to one that comes later."""
    with store.write() as session:
        for table in Base.metadata.sorted_tables:
            rows = [
                {column.name: _value(column, index, number) for column in table.columns}
                for index in range(number)
            ]
            session.execute(table.insert(), rows)


def all_rows(store: Store) -> Rows:
    """Every row of every table, in the order of their keys."""
    with store.read() as session:
        return {
            table.name: [
                tuple(row) for row in session.execute(select(table).order_by(*table.primary_key.columns))
            ]
            for table in Base.metadata.sorted_tables
        }


def _value(column: Column[Any], index: int, number: int) -> Any:
    if column.nullable and index == 0:
        return None
    for key in column.foreign_keys:
        is_own = key.column.table is column.table
        return _value(key.column, (index + 1) % number if is_own else index, number)
    if isinstance(column.type, Instant):
        return datetime.datetime(2026, 6, 15, 4, index, 30, 250_000, tzinfo=datetime.UTC)
    if isinstance(column.type, Date):
        return MONDAY + datetime.timedelta(days=index)
    if isinstance(column.type, Boolean):
        return index % 2 == 0
    if isinstance(column.type, Integer):
        return index + 1
    if isinstance(column.type, JSON):
        return {"绿洲": [index, None, 0.1], "nested": {"a": "\u2028\n"}}
    if isinstance(column.type, Text):
        return f"تېكىست {index} " * 1_000
    assert isinstance(column.type, String), column
    return f"{index} {column.name} «ئا»"[: column.type.length]

"""Tables of master data: which sheet is which by its titles, then each row field by field."""

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from fleet.formats.sheets.columns import in_all_languages
from fleet.formats.sheets.findings import CellError, Findings
from fleet.formats.sheets.grid import Cell, Grid, Spot
from fleet.formats.sheets.table import HEADER_WITHIN_ROWS
from fleet.formats.sheets.words import ZONE_OF_WORD, plain
from fleet.model import ErrorCode
from fleet.model.documents import problems_of


@dataclass(frozen=True, kw_only=True)
class Field:
    """A column of a table.

    Parameters
    ----------
    name
        What the row's record calls it.
    titles
        How the column may be called, separated by ``|``; the first is the documented one.
    read
        Reads a cell; raises ``CellError``.
    required
        Whether the table needs the column and each row a value in it.
    """

    name: str
    titles: str
    read: Callable[[object], Any]
    required: bool = False


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table of master data; ``table_<name>`` in ``sheets.po`` is what it is called."""

    name: str
    fields: tuple[Field, ...]

    @cached_property
    def field_by_title(self) -> dict[str, Field]:
        """Return fields by the spellings of their titles."""
        return {plain(title): field for field in self.fields for title in field.titles.split("|")}


@dataclass(frozen=True, kw_only=True)
class Record:
    """A row of a table: its fields, where each stands, and the clock that its titles name."""

    sheet: str
    row: int
    values: Mapping[str, Any]
    columns: Mapping[str, tuple[int, str]]
    zones: Mapping[str, str]

    def spot(self, name: str = "") -> Spot:
        """Return where a field stands, or the row."""
        column, title = self.columns.get(name, (0, ""))
        return Spot(sheet=self.sheet, row=self.row, column=column, title=title)


def read_table(grids: Sequence[Grid], table: Table, findings: Findings) -> list[Record] | None:
    """Return the rows of the first sheet that has all required titles of a table, None without one."""
    for grid in grids:
        for number, cells in grid.filled_rows():
            if number > HEADER_WITHIN_ROWS:
                break
            columns, zones = _header(table, cells)
            if all(field.name in columns for field in table.fields if field.required):
                return list(_records(grid, number, table, columns, zones, findings))
    return None


def missing_table(table: Table, *, file: str = "") -> dict[str, Any]:
    """Return the parameters of SHEET_TABLE_MISSING: what the table is called, and its required titles."""
    return {
        "where": "",
        "file": file,
        "table": in_all_languages(f"table_{table.name}"),
        "columns": ", ".join(field.titles.split("|")[0] for field in table.fields if field.required),
    }


def build(
    model: Callable[..., Any], record: Record, parts: dict[str, Any], findings: Findings, *, at: str = ""
) -> Any | None:
    """Return a record of the model made from a row, or note what the model refuses at its column.

    Parameters
    ----------
    model, parts
        The record's class and its fields.
    record, findings
        The row, and what receives problems.
    at
        The field whose column is named where the model's own field is no column.
    """
    try:
        return model(**parts)
    except ValidationError as error:
        for problem in problems_of(error):
            name = next((part for part in problem.where.split(".") if part in record.columns), at)
            findings.problem(ErrorCode(problem.code), record.spot(name), problem.value, **problem.params)
        return None


def _header(table: Table, cells: Mapping[int, Cell]) -> tuple[dict[str, tuple[int, str]], dict[str, str]]:
    columns: dict[str, tuple[int, str]] = {}
    zones: dict[str, str] = {}
    for index, cell in sorted(cells.items()):
        if not isinstance(cell.value, str):
            continue
        written = unicodedata.normalize("NFKC", cell.value)
        base, _, rest = written.partition("(")
        field = table.field_by_title.get(plain(written)) or table.field_by_title.get(plain(base).strip("*"))
        if field is not None and field.name not in columns:
            columns[field.name] = (index, " ".join(cell.value.split())[:60])
            zone = ZONE_OF_WORD.get(plain(rest.rstrip(") ")))
            if zone is not None:
                zones[field.name] = zone
    return columns, zones


def _records(
    grid: Grid,
    header: int,
    table: Table,
    columns: dict[str, tuple[int, str]],
    zones: dict[str, str],
    findings: Findings,
) -> Iterator[Record]:
    for number, cells in grid.filled_rows():
        if number <= header or not any(index in cells for index, _ in columns.values()):
            continue
        values: dict[str, Any] = {}
        record = Record(sheet=grid.name, row=number, values=values, columns=columns, zones=zones)
        for field in table.fields:
            index, _ = columns.get(field.name, (0, ""))
            cell = cells.get(index)
            if cell is None:
                if field.required:
                    findings.problem(ErrorCode.SHEET_CELL_MISSING, record.spot(field.name))
                continue
            try:
                values[field.name] = field.read(cell.value)
            except CellError as error:
                findings.problem(error.code, record.spot(field.name), cell.value, **error.params)
        if all(field.name in values for field in table.fields if field.required):
            yield record

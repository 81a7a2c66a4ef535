"""CSV: which encoding, which separator, then cells as they are written."""

import codecs
import csv

from fleet.formats.sheets.grid import MAX_COLUMNS, MAX_ROWS, Cell, Grid
from fleet.model import ErrorCode, bad_input

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SEPARATORS = ",;\t"
MAX_LINES = 4 * MAX_ROWS
"""Titles, totals and blank lines come on top of requests."""


def read_csv(data: bytes, *, file: str = "") -> Grid:
    """Read a CSV file: a byte order mark decides, then strict UTF-8, then GB18030 (which GBK is a part of).

    Raises
    ------
    InputError
        SHEET_ENCODING, SHEET_DAMAGED, LIMIT_EXCEEDED.
    """
    written = _decoded(data, file=file)
    if "\0" in written:
        raise bad_input(ErrorCode.SHEET_FORMAT, file=file)
    lines = written.splitlines(keepends=True)
    rows: dict[int, dict[int, Cell]] = {}
    try:
        for number, fields in enumerate(csv.reader(lines, delimiter=_separator(lines)), start=1):
            if any(field.strip() for field in fields[MAX_COLUMNS:]):
                raise bad_input(
                    ErrorCode.LIMIT_EXCEEDED, where="columns", value=len(fields), file=file, limit=MAX_COLUMNS
                )
            cells = {
                column: Cell(field)
                for column, field in enumerate(fields[:MAX_COLUMNS], start=1)
                if field.strip()
            }
            if cells:
                rows[number] = cells
            if len(rows) > MAX_LINES:
                raise bad_input(ErrorCode.LIMIT_EXCEEDED, where="rows", file=file, limit=MAX_LINES)
    except csv.Error as error:
        raise bad_input(ErrorCode.SHEET_DAMAGED, file=file) from error
    return Grid(rows=rows)


def _decoded(data: bytes, *, file: str) -> str:
    marked = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)
    for encoding in (marked,) if marked else ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise bad_input(ErrorCode.SHEET_ENCODING, file=file)


def _separator(lines: list[str]) -> str:
    """Return what the fullest of the first lines is separated by; some spreadsheets write ; or tabs."""
    return max(_SEPARATORS, key=lambda mark: max((line.count(mark) for line in lines[:20]), default=0))

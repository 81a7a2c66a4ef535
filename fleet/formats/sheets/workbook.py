"""XLSX: bounded before it is unpacked, then cells with their last calculated values."""

import io
import re
import warnings
import zipfile
from collections.abc import Callable
from typing import Any, TypeVar
from xml.etree.ElementTree import ParseError, iterparse

from openpyxl import load_workbook
from openpyxl.utils import range_boundaries
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from fleet.formats.sheets.grid import MAX_COLUMNS, Cell, Grid
from fleet.model import ErrorCode, InputError, bad_input

MAX_UNPACKED_BYTES = 100_000_000
MAX_ELEMENTS = 600_000
"""Cells, rows and merged cells of all sheets; 5,000 requests with every column filled are 90,000 cells."""
MAX_PARTS = 2_000
_TEXT_ELEMENTS = frozenset(("si", "t", "r", "v", "is", "f"))
"""What only holds a cell's text; bounded by bytes."""
_CHUNK = 1 << 16
T = TypeVar("T")


def read_workbook(data: bytes, *, file: str = "") -> list[Grid]:
    """Read every sheet of a workbook.

    Raises
    ------
    InputError
        LIMIT_EXCEEDED, SHEET_FORMAT, SHEET_DAMAGED.
    """
    values = open_workbook(data, file=file, values=True)
    formulas = open_workbook(data, file=file, values=False)
    return [
        _grid(values[sheet.title], sheet, file=file)
        for sheet in formulas.worksheets
        if sheet.title in values.sheetnames
    ]


def open_workbook(data: bytes, *, file: str = "", values: bool = False) -> Workbook:
    """Return a workbook, with its formulas or with their last values, after its size was bounded."""
    _guarded(lambda: _check_size(data, file=file), file=file)
    return _guarded(
        lambda: load_workbook(io.BytesIO(data), data_only=values, keep_links=False, rich_text=False),
        file=file,
    )


def _guarded(work: Callable[[], T], *, file: str) -> T:
    """A damaged file makes the reader fail in any of a dozen ways; each of them is the file's fault."""
    try:
        with warnings.catch_warnings():
            # What openpyxl does not support (drop-down extensions, pictures) has no requests in it.
            warnings.simplefilter("ignore")
            return work()
    except (InputError, MemoryError):
        raise
    except Exception as error:
        raise bad_input(ErrorCode.SHEET_DAMAGED, file=file) from error


def _check_size(data: bytes, *, file: str) -> None:
    """Refuse what would unpack to more than memory holds, reading no more than the limit of it."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        names = {part.filename for part in parts}
        if "xl/workbook.xml" not in names:
            raise bad_input(ErrorCode.SHEET_FORMAT, file=file)
        unpacked = sum(part.file_size for part in parts)
        for what, number, limit in (
            ("unpacked bytes", unpacked, MAX_UNPACKED_BYTES),
            ("parts", len(parts), MAX_PARTS),
        ):
            if number > limit:
                raise bad_input(ErrorCode.LIMIT_EXCEEDED, where=what, value=number, file=file, limit=limit)
        elements = 0
        for part in parts:
            if not _is_markup(archive, part, file=file):
                continue
            elements += _elements(archive, part, most=MAX_ELEMENTS - elements)
            if elements > MAX_ELEMENTS:
                raise bad_input(
                    ErrorCode.LIMIT_EXCEEDED, where=f"cells ({part.filename})", file=file, limit=MAX_ELEMENTS
                )


def _is_markup(archive: zipfile.ZipFile, part: zipfile.ZipInfo, *, file: str) -> bool:
    """Whether a part is XML, whatever it is called; one that declares entities is refused.

    No spreadsheet program declares any; they serve to blow a small file up.
    """
    with archive.open(part) as stream:
        head = stream.read(_CHUNK).replace(b"\0", b"")
    if re.search(rb"<!(DOCTYPE|ENTITY)", head, re.IGNORECASE):
        raise bad_input(ErrorCode.SHEET_DAMAGED, file=file)
    return head.lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t")[:1] == b"<"


def _elements(archive: zipfile.ZipFile, part: zipfile.ZipInfo, *, most: int) -> int:
    """Count what the reader will make objects of; a merged range counts with every cell of it."""
    count = 0
    with archive.open(part) as stream:
        try:
            for _, element in iterparse(stream, events=("end",)):
                name = element.tag.rpartition("}")[2]
                count += name not in _TEXT_ELEMENTS
                if name in ("mergeCell", "hyperlink"):
                    count += _area(element.get("ref", ""))
                if name in ("row", "si", "mergeCell", "hyperlink"):
                    element.clear()
                if count > most:
                    return count
        except ParseError as error:
            raise ValueError(part.filename) from error
    return count


def _area(reference: str) -> int:
    if not reference:
        return 0
    bounds: Any = range_boundaries(reference)
    if None in bounds:
        return MAX_ELEMENTS
    left, top, right, bottom = bounds
    return int((right - left + 1) * (bottom - top + 1))


def _grid(values: Worksheet, formulas: Worksheet, *, file: str) -> Grid:
    rows: dict[int, dict[int, Cell]] = {}
    # Only cells that are there: a format on the last row of a sheet would make a million empty ones.
    for (row, column), cell in sorted(formulas._cells.items()):
        if cell.value is None or (isinstance(cell.value, str) and not cell.value.strip()):
            continue
        if column > MAX_COLUMNS:
            raise bad_input(
                ErrorCode.LIMIT_EXCEEDED,
                where=f"{formulas.title}: columns",
                value=column,
                file=file,
                limit=MAX_COLUMNS,
            )
        rows.setdefault(row, {})[column] = _cell(
            values._cells.get((row, column)), formula=cell.data_type == "f"
        )
    return Grid(
        name=formulas.title,
        rows=rows,
        merged={
            (row, column): (merged.min_row, merged.min_col)
            for merged in formulas.merged_cells.ranges
            for row in range(merged.min_row, merged.max_row + 1)
            for column in range(merged.min_col, merged.max_col + 1)
            if (row, column) != (merged.min_row, merged.min_col)
        },
        hidden_rows=frozenset(
            number for number, dimension in formulas.row_dimensions.items() if dimension.hidden
        ),
        hidden=formulas.sheet_state != "visible",
    )


def _cell(cell: Any, *, formula: bool) -> Cell:
    if cell is None or (formula and cell.value is None):
        return Cell(None, "uncalculated")
    if cell.data_type == "e":
        return Cell(cell.value, "error")
    return Cell(cell.value)

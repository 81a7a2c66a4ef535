"""The clerk's own workbook back: bad cells red, doubtful ones yellow, and a column that says why."""

import io
from collections import defaultdict
from collections.abc import Mapping, Sequence

from openpyxl import Workbook
from openpyxl.cell import MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from fleet.formats.sheets.columns import Column
from fleet.formats.sheets.escape import put
from fleet.formats.sheets.files import is_workbook, read_grids
from fleet.formats.sheets.findings import Finding
from fleet.formats.sheets.grid import Grid
from fleet.formats.sheets.table import find_header
from fleet.formats.sheets.workbook import open_workbook
from fleet.texts import problem_words, text

RED, YELLOW = "FFFFC7CE", "FFFFEB9C"
_REASON_WIDTH = 60
_MAX_TITLE = 31


def report_workbook(
    data: bytes, *, problems: Sequence[Finding], marks: Sequence[Finding] = (), language: str, file: str = ""
) -> bytes:
    """Return the file that was imported as a workbook that shows what is wrong where.

    Parameters
    ----------
    data
        An XLSX workbook, whose formats and formulas stay, or a CSV file, which becomes a workbook.
    problems, marks
        Of the import; problems are red, marks yellow.
    language
        Of the reasons.
    file
        The file's name as the user gave it, for errors.

    Raises
    ------
    InputError
        When the file can't be read.
    """
    grids = {grid.name: grid for grid in read_grids(data, file=file)}
    workbook = open_workbook(data, file=file) if is_workbook(data) else _as_workbook(grids[""])
    by_sheet: dict[str, list[tuple[Finding, str]]] = defaultdict(list)
    for findings, colour in ((marks, YELLOW), (problems, RED)):
        for finding in findings:
            by_sheet[finding.spot.sheet].append((finding, colour))
    for name, grid in grids.items():
        sheet = workbook[name] if name else workbook.worksheets[0]
        _mark_sheet(sheet, grid, by_sheet[name], language=language)
    _list_problems(workbook, problems, language=language)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def reason(finding: Finding, *, language: str) -> str:
    """Return the words for a problem or a mark."""
    params: Mapping[str, object] = finding.params
    if finding.code.isupper() and _is_error(finding.code):
        return problem_words(finding.code, params=params, language=language)
    return text(finding.code, domain="sheets", language=language, **params)


def _is_error(code: str) -> bool:
    from fleet.model import ErrorCode

    return code in ErrorCode.__members__


def _as_workbook(grid: Grid) -> Workbook:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    for row, cells in grid.rows.items():
        for column, cell in cells.items():
            target = sheet.cell(row, column)
            if not isinstance(target, MergedCell):
                put(target, str(cell.value))
    return workbook


def _mark_sheet(
    sheet: Worksheet, grid: Grid, findings: Sequence[tuple[Finding, str]], *, language: str
) -> None:
    header = find_header(grid)
    if header is None:
        return
    old = header.titles.get(Column.REASON)
    last = max((max(cells) for cells in grid.rows.values() if cells), default=0)
    column = old.index if old is not None else last + 1
    _forget_last_report(sheet, column=column, below=header.row, clear=old is not None)
    _write(sheet, header.row, column, text("column_reason", domain="sheets", language=language))
    sheet.cell(header.row, column).font = Font(bold=True)
    sheet.column_dimensions[get_column_letter(column)].width = _REASON_WIDTH
    reasons: dict[int, list[str]] = defaultdict(list)
    for finding, _ in sorted(findings, key=lambda item: item[1] == YELLOW):
        spot = finding.spot
        if not spot.row:
            continue
        title = f"{spot.title}: " if spot.title else ""
        reasons[spot.row].append(title + reason(finding, language=language))
    for finding, colour in findings:
        if finding.spot.row and finding.spot.column:
            _paint(sheet, finding.spot.row, finding.spot.column, colour)
    for row, lines in reasons.items():
        if row == header.row:
            # Whoever reads the sheet again must find the title of this column, and nothing else.
            continue
        _write(sheet, row, column, "\n".join(dict.fromkeys(lines)))
        sheet.cell(row, column).alignment = Alignment(wrap_text=True, vertical="top")


def _forget_last_report(sheet: Worksheet, *, column: int, below: int, clear: bool) -> None:
    """A cell that was red in the last report and is right now must not stay red."""
    for (row, index), cell in list(sheet._cells.items()):
        if isinstance(cell, MergedCell) or row <= below:
            continue
        if cell.fill.fill_type == "solid" and cell.fill.fgColor.rgb in (RED, YELLOW):
            cell.fill = PatternFill()
        if clear and index == column:
            cell.value = None


def _list_problems(workbook: Workbook, problems: Sequence[Finding], *, language: str) -> None:
    """A sheet in front lists what stops the file as a whole, which has no row to stand in."""
    title = text("sheet_problems", domain="sheets", language=language)[:_MAX_TITLE]
    if title in workbook.sheetnames:
        workbook.remove(workbook[title])
    whole = [finding for finding in problems if finding.whole_file]
    if not whole:
        return
    sheet = workbook.create_sheet(title)
    rows = [
        (
            text("where", domain="sheets", language=language),
            text("column_reason", domain="sheets", language=language),
        )
    ]
    rows += [(str(finding.spot), reason(finding, language=language)) for finding in whole]
    for number, row in enumerate(rows, start=1):
        for column, written in enumerate(row, start=1):
            _write(sheet, number, column, written)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 100
    workbook.active = sheet
    for other in workbook.worksheets:
        other.sheet_view.tabSelected = other is sheet


def _write(sheet: Worksheet, row: int, column: int, written: str) -> None:
    cell = sheet.cell(row, column)
    if not isinstance(cell, MergedCell):
        put(cell, written)


def _paint(sheet: Worksheet, row: int, column: int, colour: str) -> None:
    cell = sheet.cell(row, column)
    if not isinstance(cell, MergedCell):
        cell.fill = PatternFill("solid", fgColor=colour)

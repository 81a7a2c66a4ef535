"""The empty request sheet: titles, an example that is not imported, drop-downs, and how to fill it in."""

import csv
import io

from openpyxl import Workbook
from openpyxl.cell import MergedCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from fleet.formats.sheets.columns import TEMPLATE_COLUMNS, TIMES, Column
from fleet.formats.sheets.escape import csv_text
from fleet.texts import text

PREPARED_ROWS = 500
_REQUIRED = frozenset((Column.VILLAGE, Column.HOUSEHOLD, Column.PRODUCT))
_AMOUNTS = frozenset((Column.WEIGHT, Column.CRATES))
_WIDTHS = {
    Column.NUMBER: 8, Column.HOUSEHOLD: 16, Column.PHONE: 16, Column.PICKUP_PLACE: 16, Column.TARGETS: 26,
    Column.NOTE: 26, Column.EARLIEST_PICKUP: 20, Column.LATEST_PICKUP: 20, Column.LATEST_DELIVERY: 20,
}  # fmt: skip
_AS_TEXT = frozenset((Column.DATE, Column.PHONE, Column.STALL, *TIMES))
"""Columns whose numbers a spreadsheet would change: 6.10 into 6.1, a phone into 1.38E+10."""
_HEAD, _NEEDED, _EXAMPLE = "FFDDEBF7", "FFFCE4D6", "FFF2F2F2"
_EXAMPLES = {
    Column.DATE: "6.15", Column.PHONE: "13800001234", Column.WEIGHT: "60", Column.CRATES: "4",
    Column.EARLIEST_PICKUP: "8:30", Column.LATEST_PICKUP: "10:00", Column.LATEST_DELIVERY: "12:00",
    Column.VALUE: "180",
}  # fmt: skip


def template_workbook(*, language: str = "zh-Hans") -> bytes:
    """Return the empty request sheet as an XLSX workbook, its titles in a language."""
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = _say("sheet_requests", language)
    sheet.sheet_view.rightToLeft = language == "ug"
    sheet.freeze_panes = "A2"
    thin = Side(style="thin", color="FFBFBFBF")
    for index, column in enumerate(TEMPLATE_COLUMNS, start=1):
        title, example = sheet.cell(1, index), sheet.cell(2, index)
        title.value = _title(column, language)
        needed = column in _REQUIRED | _AMOUNTS
        title.fill = PatternFill("solid", fgColor=_NEEDED if needed else _HEAD)
        title.font = Font(bold=True)
        title.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        title.border = Border(bottom=thin, left=thin, right=thin, top=thin)
        example.value = _example(column, language)
        example.fill = PatternFill("solid", fgColor=_EXAMPLE)
        example.font = Font(italic=True, color="FF7F7F7F")
        sheet.column_dimensions[get_column_letter(index)].width = _WIDTHS.get(column, 13)
        if column in _AS_TEXT:
            for row in range(2, PREPARED_ROWS + 2):
                cell = sheet.cell(row, index)
                if not isinstance(cell, MergedCell):
                    cell.number_format = "@"
    sheet.row_dimensions[1].height = 34
    _yes_or_no(sheet, language)
    _explain(workbook.create_sheet(_say("sheet_help", language)), language)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def template_csv(*, language: str = "zh-Hans") -> bytes:
    """Return the empty request sheet as CSV, with the byte order mark that spreadsheets know UTF-8 by."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow([csv_text(_title(column, language)) for column in TEMPLATE_COLUMNS])
    writer.writerow([csv_text(_example(column, language)) for column in TEMPLATE_COLUMNS])
    return b"\xef\xbb\xbf" + stream.getvalue().encode()


def _title(column: Column, language: str) -> str:
    return _say(f"column_{column}", language) + ("*" if column in _REQUIRED else "")


def _example(column: Column, language: str) -> str:
    if column is Column.NUMBER:
        return _say("example_mark", language)
    if column in (Column.HOUSEHOLD, Column.PRODUCT, Column.NOTE):
        return _say(f"example_{column}", language)
    if column is Column.MUST:
        return _say("no", language)
    if column is Column.VILLAGE:
        return _say("column_village", language)
    return _EXAMPLES.get(column, "")


def _yes_or_no(sheet: Worksheet, language: str) -> None:
    letter = get_column_letter(TEMPLATE_COLUMNS.index(Column.MUST) + 1)
    choice = DataValidation(
        type="list", formula1=f'"{_say("yes", language)},{_say("no", language)}"', allow_blank=True
    )
    choice.error = _say("only_yes_or_no", language)
    choice.showErrorMessage = True
    choice.add(f"{letter}2:{letter}{PREPARED_ROWS + 1}")
    sheet.add_data_validation(choice)


def _explain(sheet: Worksheet, language: str) -> None:
    sheet.sheet_view.rightToLeft = language == "ug"
    for row, column in enumerate(TEMPLATE_COLUMNS, start=1):
        name, words = sheet.cell(row, 1), sheet.cell(row, 2)
        name.value, words.value = _title(column, language), _say(f"help_{column}", language)
        name.font = Font(bold=True)
        words.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 28, 80


def _say(key: str, language: str) -> str:
    return text(key, domain="sheets", language=language)

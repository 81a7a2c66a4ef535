"""Files: encodings, separators, formats that are none, bombs, sizes."""

import io
import zipfile
from collections.abc import Callable

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from fleet.formats.sheets.files import read_grids
from fleet.formats.sheets.workbook import MAX_ELEMENTS, MAX_UNPACKED_BYTES
from fleet.model import InputError
from fleet.model.base import MAX_BYTES
from tests.request_sheets import HEADER, csv_of, imported, repacked, requests_of, row_of, workbook_of

GOOD = csv_of(row_of(备注="小心"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_a_csv_file_in_every_encoding_that_spreadsheets_write(encoding: str) -> None:
    (request,) = requests_of(GOOD.decode().encode(encoding))
    assert request.note == "小心"


def test_gb18030_reads_characters_that_gbk_lacks() -> None:
    uyghur = csv_of(row_of(农户姓名="ئايگۈل", 品名="پەمىدۇر"))
    (request,) = requests_of(uyghur.decode().encode("gb18030"))
    assert request.product == "tomato"


@pytest.mark.parametrize("separator", [";", "\t"])
def test_a_csv_file_with_another_separator(separator: str) -> None:
    assert len(requests_of(GOOD.replace(b",", separator.encode()))) == 1


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_a_csv_file_with_another_line_ending(ending: str) -> None:
    assert len(requests_of(GOOD.replace(b"\n", ending.encode()))) == 1


def test_quoted_cells_may_hold_separators() -> None:
    (request,) = requests_of(GOOD.replace("小心".encode(), '"小心,轻放"'.encode()))
    assert request.note == "小心,轻放"


def ole(name: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + name.encode("utf-16-le") + bytes(600)


def zipped(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def bomb() -> bytes:
    """A few hundred kilobytes that unpack to more than the limit."""
    return repacked(
        workbook_of([HEADER, row_of()]), {"xl/styles.xml": lambda _: b" " * (MAX_UNPACKED_BYTES + 1)}
    )


def million_cells() -> bytes:
    row = b'<row r="2">' + b"<c/>" * (MAX_ELEMENTS + 1) + b"</row>"
    return sheet_with(lambda xml: xml.replace(b"</sheetData>", row + b"</sheetData>"))


def sheet_with(change: Callable[[bytes], bytes]) -> bytes:
    return repacked(workbook_of([HEADER, row_of()]), {"xl/worksheets/sheet1.xml": change})


def merged_without_end() -> bytes:
    merge = b'</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    return sheet_with(lambda xml: xml.replace(b"</sheetData>", merge))


def entities() -> bytes:
    doctype = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    return sheet_with(lambda xml: doctype + xml)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (ole("Workbook"), "SHEET_FORMAT"),
        (ole("EncryptedPackage"), "SHEET_LOCKED"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "SHEET_FORMAT"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><Workbook/>", "SHEET_FORMAT"),
        (b"%PDF-1.7 ...", "SHEET_FORMAT"),
        (zipped({"content.xml": b"<office/>"}), "SHEET_FORMAT"),
        (b"\x00\x01\x02\x03" * 50, "SHEET_FORMAT"),
        (b"\xff" * 50, "SHEET_ENCODING"),
        (workbook_of([HEADER])[:-200], "SHEET_DAMAGED"),
        (sheet_with(lambda xml: xml[:-40]), "SHEET_DAMAGED"),
        (sheet_with(lambda xml: xml.replace(b"<sheetData>", b"<sheetData><row r='x'/>")), "SHEET_DAMAGED"),
        (zipped({"xl/workbook.xml": b"<workbook/>"}), "SHEET_DAMAGED"),
        (entities(), "SHEET_DAMAGED"),
        (bomb(), "LIMIT_EXCEEDED"),
        (million_cells(), "LIMIT_EXCEEDED"),
        (merged_without_end(), "LIMIT_EXCEEDED"),
        (workbook_of([["x"] * 101]), "LIMIT_EXCEEDED"),
        (b"a," * 1_000_000, "LIMIT_EXCEEDED"),
        (b"a\n" * 30_000, "LIMIT_EXCEEDED"),
        (b"a" * (MAX_BYTES + 1), "LIMIT_EXCEEDED"),
        (b'"' + b"a" * 200_000 + b'"', "SHEET_DAMAGED"),
        (b"", "SHEET_HEADER_MISSING"),
        (workbook_of([]), "SHEET_HEADER_MISSING"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_request_sheet_is_refused_with_a_reason(data: bytes, code: str) -> None:
    with pytest.raises(InputError) as refused:
        imported(data)
    assert [problem.code for problem in refused.value.problems] == [code]
    assert refused.value.file == "sheet"


def test_a_format_on_the_last_cell_of_a_sheet_costs_nothing() -> None:
    def far_away(sheet: Worksheet) -> None:
        sheet.cell(1_048_576, 16_384).number_format = "@"

    assert len(requests_of(workbook_of([HEADER, row_of()], fill=far_away))) == 1


def test_rows_and_columns_are_counted_as_the_spreadsheet_counts_them() -> None:
    def gap(sheet: Worksheet) -> None:
        sheet["D7"] = "here"

    (grid,) = read_grids(workbook_of([], fill=gap))
    assert grid.rows[7][4].value == "here"

"""The clerk's own workbook back: red cells, a column of reasons, the clerk's formats untouched."""

import io

import pytest
from openpyxl import load_workbook
from openpyxl.styles import Font
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from fleet.formats.sheets import report_workbook
from fleet.formats.sheets.report import RED, YELLOW
from tests.request_sheets import HEADER, csv_of, imported, row_of, saved, workbook_of


def reported(data: bytes, language: str = "zh-Hans", **answers: object) -> Workbook:
    result = imported(data, **answers)
    problems = (*result.problems, *result.bad_rows)
    return load_workbook(
        io.BytesIO(report_workbook(data, problems=problems, marks=result.marks, language=language))
    )


def colour(sheet: Worksheet, cell: str) -> str | None:
    fill = sheet[cell].fill
    return str(fill.fgColor.rgb) if fill.fill_type else None


def clerks_own(sheet: Worksheet) -> None:
    sheet["A2"].font = Font(bold=True, color="FF0000FF")
    sheet.column_dimensions["B"].width = 33
    sheet["P4"] = "=SUM(G2:G3)"
    sheet.merge_cells("A6:C6")


BAD = [
    list(HEADER),
    row_of(电话="13812345678", 筐数=3),
    row_of(农户姓名="08号户", 村="萨依巴各", 重量="约50"),
]


def test_bad_cells_are_red_doubtful_ones_yellow_and_the_reasons_stand_beside() -> None:
    sheet = reported(workbook_of(BAD)).worksheets[0]
    assert colour(sheet, "C3") == RED
    assert colour(sheet, "G3") == YELLOW
    assert colour(sheet, "C2") is None
    assert sheet["R1"].value == "原因"
    assert "萨依巴格" in str(sheet["R3"].value)
    assert sheet["R2"].value is None


def test_the_clerks_formats_and_formulas_stay() -> None:
    sheet = reported(workbook_of(BAD, fill=clerks_own)).worksheets[0]
    assert sheet["A2"].font.bold
    assert sheet.column_dimensions["B"].width == 33
    assert sheet["P4"].value == "=SUM(G2:G3)"
    assert [str(merged) for merged in sheet.merged_cells.ranges] == ["A6:C6"]


@pytest.mark.parametrize(("language", "title"), [("en", "Reason"), ("zh-Hans", "原因"), ("ug", "سەۋەب")])
def test_reasons_are_in_the_clerks_language(language: str, title: str) -> None:
    assert reported(workbook_of(BAD), language=language).worksheets[0]["R1"].value == title


def test_a_corrected_report_is_imported_and_its_red_and_its_reasons_go() -> None:
    workbook = reported(workbook_of(BAD))
    sheet = workbook.worksheets[0]
    sheet["C3"], sheet["G3"] = "萨依巴格", 50
    corrected = saved(workbook)
    assert imported(corrected).problems == ()
    again = reported(corrected).worksheets[0]
    assert colour(again, "C3") is None
    assert colour(again, "G3") == YELLOW
    assert again["S1"].value is None
    assert "萨依巴各" not in str(again["R3"].value)


def test_what_stops_the_file_is_listed_in_front() -> None:
    header = [title.replace("(公斤)", "") for title in HEADER]
    workbook = reported(workbook_of([header, row_of()]))
    assert workbook.active is not None
    assert workbook.active.title == "问题"
    assert "公斤" in str(workbook["问题"]["B2"].value)
    assert imported(saved(workbook), unit="kg").problems == ()


def test_a_csv_file_comes_back_as_a_workbook_whose_text_runs_nothing() -> None:
    sheet = reported(csv_of(row_of(村="=1+1", 备注="@cmd", 农户姓名="+86"))).worksheets[0]
    assert (sheet["C2"].value, sheet["C2"].data_type) == ("=1+1", "s")
    assert sheet["C2"].quotePrefix
    assert (sheet["Q2"].value, sheet["Q2"].data_type) == ("@cmd", "s")
    assert colour(sheet, "C2") == RED


def test_rows_left_out_are_red_too() -> None:
    sheet = reported(workbook_of(BAD), skip_bad=True).worksheets[0]
    assert colour(sheet, "C3") == RED
    assert "没有导入" in str(sheet["R3"].value)


def test_control_characters_of_a_csv_file_do_not_break_the_workbook() -> None:
    sheet = reported(csv_of(row_of(村="a\x01b"))).worksheets[0]
    assert sheet["C2"].value == "ab"

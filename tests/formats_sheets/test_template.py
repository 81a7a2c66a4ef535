"""The empty sheet in every language: what it looks like, and that it comes back filled."""

import io
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from fleet.formats.sheets import template_csv, template_workbook
from fleet.formats.sheets.columns import TEMPLATE_COLUMNS, Column
from fleet.texts import LANGUAGES, text
from tests.request_sheets import imported, requests_of, saved

FILLED: dict[Column, Any] = {
    Column.DATE: "6.15",
    Column.VILLAGE: "Sayibag",
    Column.HOUSEHOLD: "17号户",
    Column.PHONE: "13812345678",
    Column.PRODUCT: "tomato",
    Column.WEIGHT: 60,
    Column.EARLIEST_PICKUP: "8:30",
    Column.TARGETS: "Lihua、Luyuan",
    Column.NOTE: "=1+1",
}


def opened(data: bytes) -> Workbook:
    return load_workbook(io.BytesIO(data))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_filled_template_is_imported(language: str) -> None:
    workbook = opened(template_workbook(language=language))
    sheet = workbook.worksheets[0]
    for index, column in enumerate(TEMPLATE_COLUMNS, start=1):
        cell = sheet.cell(3, index)
        cell.value = FILLED.get(column)
        if column is Column.NOTE:
            cell.data_type = "s"
        if column is Column.MUST:
            cell.value = text("yes", domain="sheets", language=language)
    (request,) = requests_of(saved(workbook))
    assert (request.kg, request.must, request.note) == (60, True, "=1+1")
    assert request.pickup.windows[0].start.isoformat() == "2026-06-15T08:30:00+08:00"
    assert [task.place for task in request.dropoffs] == ["community-lihua", "community-luyuan"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_filled_csv_template_is_imported(language: str) -> None:
    line = ",".join(str(FILLED.get(column, "")) for column in TEMPLATE_COLUMNS)
    (request,) = requests_of(template_csv(language=language) + line.encode())
    assert request.kg == 60


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("make", [template_workbook, template_csv])
def test_an_empty_template_asks_for_nothing(language: str, make: Any) -> None:
    result = imported(make(language=language))
    assert [finding.code for finding in result.problems] == ["SHEET_EMPTY"]
    (skipped,) = [mark for mark in result.marks if mark.code == "ROWS_SKIPPED"]
    assert (skipped.params["examples"], skipped.params["number"]) == (1, 1)


def test_the_sheet_is_comfortable_to_fill_in() -> None:
    sheet = opened(template_workbook(language="zh-Hans")).worksheets[0]
    assert sheet.freeze_panes == "A2"
    assert all(8 <= dimension.width <= 30 for dimension in sheet.column_dimensions.values())
    assert len(sheet.column_dimensions) == len(TEMPLATE_COLUMNS)
    (choice,) = sheet.data_validations.dataValidation
    must = TEMPLATE_COLUMNS.index(Column.MUST) + 1
    assert choice.formula1 == '"是,否"'
    assert sheet.cell(2, must).coordinate in choice.sqref
    phone = TEMPLATE_COLUMNS.index(Column.PHONE) + 1
    assert sheet.cell(100, phone).number_format == "@"


def test_the_example_is_marked_and_every_column_is_explained() -> None:
    workbook = opened(template_workbook(language="zh-Hans"))
    example = workbook.worksheets[0].cell(2, 1)
    assert (example.value, example.font.italic) == ("示例", True)
    explained = [row[0].value for row in workbook.worksheets[1].iter_rows()]
    assert explained == [cell.value for cell in workbook.worksheets[0][1]]


def test_the_uyghur_sheet_reads_from_the_right() -> None:
    assert opened(template_workbook(language="ug")).worksheets[0].sheet_view.rightToLeft
    assert not opened(template_workbook(language="en")).worksheets[0].sheet_view.rightToLeft

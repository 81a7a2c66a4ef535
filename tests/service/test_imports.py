"""A request sheet comes into a day whole or not at all, against all that the township knows."""

import datetime
import io
import json
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from fleet.model import ErrorCode, InputError
from fleet.model.base import MAX_REQUESTS
from fleet.model.places import Household
from fleet.service.context import Context
from fleet.service.imports import SheetAnswers, SheetImported, import_requests, report_sheet
from fleet.service.master import list_records
from fleet.service.requests import add_request, read_request, request_history
from fleet.service.roles import Caller, Role
from fleet.store import Store
from fleet.store.tables import Audit
from tests.days import DATE, DISPATCHER, TOMORROW, body, context, day_of, draft, new_request, put, version_of
from tests.request_sheets import HEADER, csv_of, row_of, workbook_of


@pytest.fixture
def ctx(store: Store) -> Context:
    found = context(store)
    put(found)
    return found


def taken(
    ctx: Context, data: bytes, *, date: datetime.date = DATE, version: int | None = None, **answers: Any
) -> SheetImported:
    return import_requests(
        ctx,
        DISPATCHER,
        date=date,
        data=data,
        file="sheet",
        answers=SheetAnswers(**answers),
        language="en",
        version=version,
    )


def problems(error: pytest.ExceptionInfo[InputError]) -> list[tuple[str, str]]:
    return [(problem.code, problem.where) for problem in error.value.problems]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_sheet_brings_requests_households_and_their_places(ctx: Context, kind: str):
    rows = [row_of(农户姓名="新来的", 村="上阔什巴格"), row_of(农户姓名="阿依古丽", 电话="13900003333")]
    data = csv_of(*rows) if kind == "csv" else workbook_of([HEADER, *rows])
    told = taken(ctx, data)
    assert (told.rows, told.new, told.left_out, told.version) == (2, 2, 0, version_of(ctx))
    assert [item.id for item in day_of(ctx).requests] == ["r001", "r002", "r003"]
    assert read_request(ctx, DISPATCHER, date=DATE, request_id="r002").source == "sheet"
    names = [item.record.name for item in list_records(ctx, DISPATCHER, model=Household).items]
    assert "新来的" in names
    assert day_of(ctx).requests[2].household == "ayi"
    assert {mark.code for mark in told.marks} >= {"CRATES_COMPUTED"}
    assert all(mark.words for mark in told.marks)


def test_a_sheet_begins_a_day_that_there_was_none_of_with_all_that_the_township_knows(ctx: Context):
    told = taken(ctx, csv_of(row_of(农户姓名="阿依古丽", 电话="13900003333")), date=TOMORROW)
    day = day_of(ctx, TOMORROW)
    assert (told.new, len(day.requests), day.requests[0].household) == (1, 1, "ayi")
    # Goods that name no community may go to each of them.
    assert {item.id for item in day.places if item.kind == "community"} == {
        "community-sayibag",
        "community-lihua",
        "community-luyuan",
    }


def test_a_sheet_with_bad_rows_changes_nothing_and_names_them_all(ctx: Context):
    before = (day_of(ctx), version_of(ctx))
    rows = (row_of(品名="石头"), row_of(农户姓名="新来的"), row_of(村="月亮"))
    with pytest.raises(InputError) as error:
        taken(ctx, csv_of(*rows))
    assert [code for code, _ in problems(error)] == ["SHEET_PRODUCT_UNKNOWN", "SHEET_PLACE_UNKNOWN"]
    assert all(where for _, where in problems(error))
    assert (day_of(ctx), version_of(ctx)) == before
    assert "新来的" not in {item.record.name for item in list_records(ctx, DISPATCHER, model=Household).items}


def test_bad_rows_are_left_out_when_the_clerk_says_so(ctx: Context):
    told = taken(ctx, csv_of(row_of(品名="石头"), row_of(农户姓名="新来的")), skip_bad=True)
    assert (told.new, told.left_out) == (1, 1)
    (bad,) = told.bad_rows
    assert (bad.code, bad.row, bad.value) == ("SHEET_PRODUCT_UNKNOWN", 2, "石头")


def test_a_corrected_sheet_changes_what_it_brought(ctx: Context):
    taken(ctx, csv_of(row_of(农户姓名="新来的"), row_of(农户姓名="另一户")))
    same = taken(ctx, csv_of(row_of(农户姓名="新来的"), row_of(农户姓名="另一户")))
    assert (same.same, same.version) == (2, version_of(ctx))
    corrected = csv_of(row_of(农户姓名="新来的", **{"重量": 80}))
    with pytest.raises(InputError) as error:
        taken(ctx, corrected)
    assert problems(error)[0][0] == ErrorCode.SHEET_ROWS_CHANGED
    told = taken(ctx, corrected, on_existing="replace")
    assert (told.changed, told.removed) == (1, 2)
    assert [(item.id, item.kg) for item in day_of(ctx).requests] == [("r002", 80)]
    history = request_history(ctx, DISPATCHER, date=DATE, request_id="r002").items
    assert [item.request and item.request.kg for item in history] == [80, 54]


def test_a_sheet_names_the_version_it_was_made_for(ctx: Context):
    seen = version_of(ctx)
    add_request(ctx, DISPATCHER, date=DATE, request=new_request())
    with pytest.raises(InputError) as error:
        taken(ctx, csv_of(row_of()), version=seen)
    assert problems(error)[0][0] == ErrorCode.CHANGED_MEANWHILE


def test_the_clerk_gets_the_own_workbook_back_and_nothing_is_imported(ctx: Context):
    before = version_of(ctx)
    data = workbook_of([HEADER, row_of(品名="石头"), row_of(农户姓名="新来的")])
    report = report_sheet(
        ctx, DISPATCHER, date=DATE, data=data, file="sheet", answers=SheetAnswers(), language="zh-Hans"
    )
    sheet = load_workbook(io.BytesIO(report)).worksheets[0]
    column = HEADER.index("品名") + 1
    assert sheet.cell(2, column).fill.fgColor.rgb == "FFFFC7CE"
    assert sheet.cell(1, len(HEADER) + 1).value == "原因"
    assert str(sheet.cell(2, len(HEADER) + 1).value).startswith("品名: ")
    assert sheet.cell(3, column).fill.fill_type is None
    assert version_of(ctx) == before


def test_names_and_phones_stay_out_of_the_audit(ctx: Context):
    taken(ctx, csv_of(row_of(农户姓名="新来的", 电话="13812345678")))
    with ctx.store.read() as session:
        lines = session.scalars(select(Audit)).all()
    told = json.dumps([[line.subject, line.details] for line in lines], ensure_ascii=False)
    assert lines[-1].action == "imported"
    assert "新来的" not in told
    assert "13812345678" not in told


def test_a_sheet_that_outgrows_the_day_is_refused_by_the_limit(sqlite_store: Store):
    ctx = context(sqlite_store)
    put(ctx, draft(requests=[body(f"q{number}") for number in range(MAX_REQUESTS)]))
    with pytest.raises(InputError) as error:
        taken(ctx, csv_of(row_of()))
    assert problems(error)[0][0] == ErrorCode.LIMIT_EXCEEDED


@pytest.mark.parametrize("role", [Role.DRIVER, Role.PLANNER])
def test_others_than_dispatchers_import_nothing(ctx: Context, role: Role):
    caller = Caller(account_id="x", role=role)
    for forbidden in (import_requests, report_sheet):
        with pytest.raises(InputError) as error:
            forbidden(ctx, caller, date=DATE, data=b"", file="sheet", answers=SheetAnswers(), language="en")
        assert problems(error)[0][0] == ErrorCode.FORBIDDEN

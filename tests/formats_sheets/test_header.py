"""Which row is the header, which column is what, which rows are no requests."""

import pytest

from fleet.formats.sheets.columns import TEMPLATE_COLUMNS, Column, read_title
from fleet.model import InputError
from tests.request_sheets import (
    HEADER,
    codes,
    csv_of,
    imported,
    problem,
    requests_of,
    row_of,
    small_day,
    workbook_of,
)


@pytest.mark.parametrize(
    ("written", "column"),
    [
        ("村组", Column.VILLAGE),
        ("所在村", Column.VILLAGE),
        ("Village", Column.VILLAGE),
        ("كەنت", Column.VILLAGE),
        ("姓名", Column.HOUSEHOLD),
        ("户主", Column.HOUSEHOLD),
        ("Household", Column.HOUSEHOLD),
        ("手机号", Column.PHONE),
        ("联系方式", Column.PHONE),
        ("تېلېفون", Column.PHONE),
        ("产品", Column.PRODUCT),
        ("货物", Column.PRODUCT),
        ("مەھسۇلات", Column.PRODUCT),
        ("重量（公斤）", Column.WEIGHT),
        ("数量", Column.WEIGHT),
        ("斤数", Column.WEIGHT),
        ("Weight (kg)", Column.WEIGHT),
        ("件数", Column.CRATES),
        ("箱数", Column.CRATES),
        (" 筐 数 ", Column.CRATES),
        ("取货地点", Column.PICKUP_PLACE),
        ("最早取货", Column.EARLIEST_PICKUP),
        ("最晚取货", Column.LATEST_PICKUP),
        ("送往社区", Column.TARGETS),
        ("最迟送达", Column.LATEST_DELIVERY),
        ("摊位号", Column.STALL),
        ("估价(元)", Column.VALUE),
        ("必须送", Column.MUST),
        ("备注", Column.NOTE),
        ("农户姓名*", Column.HOUSEHOLD),
        ("身份证号码", Column.IDENTITY),
        ("原因", Column.REASON),
    ],
)
def test_a_title_is_known_by_its_synonyms(written: str, column: Column) -> None:
    title = read_title(written, index=1)
    assert title is not None
    assert title.column is column


@pytest.mark.parametrize("written", ["", None, 7, "联系人地址", "颜色"])
def test_other_titles_are_not_ours(written: object) -> None:
    assert read_title(written, index=1) is None


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("重量(公斤)", "kg"),
        ("重量（斤）", "jin"),
        ("重量/kg", "kg"),
        ("重量(单位：斤)", "jin"),
        ("斤数", "jin"),
        ("重量公斤", "kg"),
        ("重量", None),
        ("数量", None),
        ("ئېغىرلىقى (كىلوگرام)", "kg"),
    ],
)
def test_a_title_may_name_the_unit(written: str, unit: str | None) -> None:
    title = read_title(written, index=1)
    assert title is not None
    assert title.unit == unit


@pytest.mark.parametrize(
    ("written", "zone"),
    [
        ("最早取货(北京时间)", "Asia/Shanghai"),
        ("最早取货（新疆时间）", "Asia/Urumqi"),
        ("最早取货", None),
        ("最早取货(乌鲁木齐时间)", "Asia/Urumqi"),
        ("Earliest pickup (Urumqi time)", "Asia/Urumqi"),
    ],
)
def test_a_title_may_name_the_clock(written: str, zone: str | None) -> None:
    title = read_title(written, index=1)
    assert title is not None
    assert title.zone == zone


def test_every_column_of_the_template_is_a_known_title() -> None:
    assert {read_title(title, index=1).column for title in HEADER} == set(TEMPLATE_COLUMNS)  # type: ignore[union-attr]


def test_the_header_is_found_below_a_merged_title_and_the_rest_is_counted() -> None:
    rows = [
        ["恰尔巴格乡6月15日农产品运货登记表"],
        [],
        list(HEADER),
        row_of(),
        row_of(农户姓名="08号户"),
        list(HEADER),
        row_of(农户姓名="09号户"),
        ["合计", None, None, None, None, None, 162],
        [None, None, "填表人：张"],
    ]
    data = workbook_of(rows, fill=lambda sheet: sheet.merge_cells("A1:Q1"))
    assert len(requests_of(data)) == 3
    (skipped,) = [mark for mark in imported(data).marks if mark.code == "ROWS_SKIPPED"]
    assert skipped.params["number"] == 3
    assert (skipped.params["above"], skipped.params["headers"], skipped.params["totals"]) == (1, 1, 1)


def test_a_header_below_the_tenth_row_is_not_found() -> None:
    rows = [[f"说明 {number}"] for number in range(10)] + [list(HEADER), row_of()]
    with pytest.raises(InputError) as refused:
        imported(workbook_of(rows))
    assert refused.value.problems[0].code == "SHEET_HEADER_MISSING"


def test_too_few_titles_are_named() -> None:
    with pytest.raises(InputError) as refused:
        imported(csv_of(["萨依巴格", "番茄"], header=["村", "产品"]))
    assert refused.value.problems[0].params["found"] == "村, 产品"


@pytest.mark.parametrize("left_out", ["村", "农户姓名", "品名", "重量(公斤)"])
def test_a_required_column_that_is_missing_is_named_once(left_out: str) -> None:
    keep = [index for index, title in enumerate(HEADER) if title not in (left_out, "筐数")]
    rows = [[row_of(农户姓名=f"{n}号户")[index] for index in keep] for n in range(3)]
    found = problem(csv_of(*rows, header=[HEADER[index] for index in keep]))
    assert found.code == "SHEET_COLUMN_MISSING"
    assert left_out in str(found.params["column"])


def test_two_columns_of_one_meaning_are_refused() -> None:
    found = problem(csv_of([*row_of(), "60"], header=[*HEADER, "重量(斤)"]))
    assert found.code == "SHEET_COLUMN_TWICE"
    assert str(found.spot) == "R1 重量(斤)"
    assert found.params["first"] == "G1 重量(公斤)"


def test_an_identity_card_column_is_dropped_and_it_is_said() -> None:
    number = "652801199001011234"
    data = csv_of([*row_of(), number], header=[*HEADER, "身份证号"])
    result = imported(data)
    assert "IDENTITY_DROPPED" in codes(result.marks)
    assert number not in result.into(small_day()).model_dump_json()
    assert number not in repr(result.marks)


def test_unknown_columns_are_named_and_not_read() -> None:
    result = imported(csv_of([*row_of(), "红"], header=[*HEADER, "颜色"]))
    assert [mark.params["columns"] for mark in result.marks if mark.code == "COLUMNS_IGNORED"] == ["颜色"]


def test_columns_may_stand_in_any_order_and_any_language() -> None:
    (request,) = requests_of(
        csv_of(
            ["5", "پەمىدۇر", "萨依巴格", "a1", "90"],
            header=["Crates", "مەھسۇلات", "村", "Household", "Weight (kg)"],
        )
    )
    assert (request.product, request.kg, request.crates) == ("tomato", 90, 5)

"""A day from sheets alone, or from a request sheet and another day's places and tricycles."""

import datetime

import pytest

from fleet.formats.sheets import Answers, File, day_from_sheets
from fleet.model import Day, InputError, dump
from tests.request_sheets import csv_of, row_of, small_day, workbook_of

REQUESTS = File(
    "requests", csv_of(row_of(送往社区="梨花"), row_of(农户姓名="08号户", 品名="辣子", 送往社区="梨花"))
)
PLACES = [
    [
        "名称",
        "中文名",
        "类别",
        "纬度",
        "经度",
        "开放时间(北京时间)",
        "准备分钟",
        "停留分钟",
        "摊位数",
        "充电功率",
        "充电插头",
    ],
    ["Centre", "运营中心", "中心", 41.7275, 86.108, None, 3, None, 38, 1.5, 4],
    ["Sayibag", "萨依巴格", "村", 41.70, 86.12, None, 2.5, None, None, None, None],
    ["Lihua", "梨花", "community", 41.76, 86.16, "8:30-12:30、16:00-18:30", 4, 60, None, None, None],
]
PRODUCTS = [["品名", "每筐公斤", "单价"], ["番茄", 18, 3], ["辣椒", 15, 3.5]]
TRICYCLES = [
    [
        "编号",
        "上班(北京时间)",
        "下班(北京时间)",
        "载重公斤",
        "可装筐数",
        "时速",
        "电池类型",
        "电池容量",
        "电池健康度",
        "每公里耗电",
        "休息分钟",
        "休息时段(北京时间)",
        "每公里费用",
    ],
    [7, "7:30", "14:30", 250, 16, 20, "lead-acid", 3.5, "80%", 0.045, 30, "11:00-13:00", 0.4],
]
MASTER = File("master", workbook_of(PLACES, title="地点", more={"产品": PRODUCTS, "车辆": TRICYCLES}))
JSON = File("day.json", dump(small_day()))
DATE = datetime.date(2026, 7, 1)


def made(
    places: File = MASTER, tricycles: File = MASTER, date: datetime.date | None = DATE, **answers: object
) -> Day:
    day, _ = day_from_sheets(
        REQUESTS, places=places, tricycles=tricycles, answers=Answers(**answers), date=date
    )  # type: ignore[arg-type]
    return day


def refused(**files: object) -> str:
    with pytest.raises(InputError) as error:
        made(**files)  # type: ignore[arg-type]
    return error.value.problems[0].code


def test_places_products_and_tricycles_may_stand_in_one_workbook() -> None:
    day = made()
    centre, village, community = day.places
    assert (centre.kind, centre.stalls, centre.setup_s) == ("centre", 38, 180)
    assert centre.charger is not None
    assert (centre.charger.power_kw, centre.charger.plugs) == (1.5, 4)
    assert (village.name, village.names["zh-Hans"], village.setup_s) == ("Sayibag", "萨依巴格", 150)
    assert [window.end.strftime("%H:%M") for window in community.opening] == ["12:30", "18:30"]
    (tricycle,) = day.tricycles
    assert (tricycle.number, tricycle.start_place, tricycle.end_place) == (7, centre.id, centre.id)
    assert tricycle.battery is not None
    assert (tricycle.battery.health, tricycle.breaks[0].duration_s, tricycle.yuan_per_km) == (0.8, 1800, 0.4)
    assert [(request.product, request.crates) for request in day.requests] == [
        ("product-001", 3),
        ("product-002", 4),
    ]
    assert day.date == DATE
    assert tricycle.shift.start.isoformat() == "2026-07-01T07:30:00+08:00"


def test_a_day_of_sheets_is_the_same_day_after_it_was_written() -> None:
    from fleet.model import day_sha256, read_day

    day = made()
    assert day_sha256(read_day(dump(day))) == day_sha256(day)


def test_master_data_of_another_day_moves_to_the_date() -> None:
    day = made(places=JSON, tricycles=JSON)
    assert day.tricycles[0].shift.start.isoformat() == "2026-07-01T06:45:00+08:00"
    assert [household.id for household in day.households][:4] == ["sayibag-01", "same-a", "same-b", "ayi"]
    assert [request.id for request in day.requests] == ["r001", "r002"]


def test_without_a_date_the_places_day_decides() -> None:
    assert made(places=JSON, tricycles=MASTER, date=None).date == small_day().date
    assert refused(date=None) == "SHEET_DATE_UNSAID"


def test_products_are_taken_from_the_sheet_when_nobody_lists_them() -> None:
    places = File("places", workbook_of(PLACES))
    day = made(places=places)
    assert [product.name for product in day.products] == ["番茄", "辣子"]
    assert [request.crates for request in day.requests] == [0, 0]


def test_a_file_without_the_table_is_refused() -> None:
    assert refused(places=File("x", csv_of(row_of()))) == "SHEET_TABLE_MISSING"
    assert refused(tricycles=File("x", workbook_of(PLACES))) == "SHEET_TABLE_MISSING"


def test_opening_hours_need_a_clock() -> None:
    rows = [[str(title).replace("(北京时间)", "") for title in PLACES[0]], *PLACES[1:]]
    places = File("places", workbook_of(rows))
    assert refused(places=places) == "SHEET_CLOCK_UNSAID"
    day = made(places=places, zone="Asia/Urumqi")
    assert day.zone == "Asia/Urumqi"
    assert day.places[2].opening[0].start.isoformat() == "2026-07-01T08:30:00+06:00"


@pytest.mark.parametrize(
    ("row", "column", "value", "code"),
    [
        (1, 2, "城市", "VALUE_NOT_ALLOWED"),
        (1, 3, "北纬", "SHEET_NUMBER_UNREADABLE"),
        (1, 3, 141.7, "VALUE_TOO_LARGE"),
        (1, 0, None, "SHEET_CELL_MISSING"),
        (3, 5, "8:30", "SHEET_TIME_UNREADABLE"),
        (3, 5, "12:30-8:30", "WINDOW_REVERSED"),
        (1, 10, 1.5, "SHEET_NUMBER_UNREADABLE"),
        (1, 9, -1, "VALUE_TOO_SMALL"),
    ],
)
def test_a_wrong_cell_of_a_place_is_named(row: int, column: int, value: object, code: str) -> None:
    rows = [list(line) for line in PLACES]
    rows[row][column] = value
    places = File("places", workbook_of(rows, title="地点"))
    with pytest.raises(InputError) as error:
        made(places=places)
    (problem,) = error.value.problems
    assert problem.code == code
    assert problem.where.startswith(f"地点!{'ABCDEFGHIJKLM'[column]}{row + 1} ")
    assert error.value.file == "places"


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        (3, 0, "VALUE_TOO_SMALL"),
        (1, "8.5", "SHEET_TIME_UNREADABLE"),
        (8, "180%", "VALUE_TOO_LARGE"),
        (0, 10_000, "VALUE_TOO_LARGE"),
    ],
)
def test_a_wrong_cell_of_a_tricycle_is_named(column: int, value: object, code: str) -> None:
    rows = [list(line) for line in TRICYCLES]
    rows[1][column] = value
    with pytest.raises(InputError) as error:
        made(tricycles=File("tricycles", workbook_of(rows)))
    (problem,) = error.value.problems
    assert problem.code == code


def test_problems_of_the_requests_are_the_requests() -> None:
    bad = File("requests", csv_of(row_of(重量=0)))
    with pytest.raises(InputError) as error:
        day_from_sheets(bad, places=JSON, tricycles=JSON, answers=Answers())
    assert (error.value.file, error.value.problems[0].where) == ("requests", "G2 重量(公斤)")

"""Rows of a whole sheet: what the clerk's habits are read as, and what is asked once a file."""

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from tests.request_sheets import (
    HEADER,
    at,
    codes,
    csv_of,
    imported,
    one,
    problem,
    problem_of,
    requests_of,
    row_of,
    small_day,
    with_cached_value,
    workbook_of,
)


def marks(**cells: object) -> list[str]:
    return codes(imported(csv_of(row_of(电话="13812345678", **cells))).marks)


def test_a_row_becomes_a_request() -> None:
    request = one(
        电话="138 1234 5678",
        重量="120斤",
        筐数="4",
        最早取货="8点半",
        最晚取货="9:30",
        送往社区="梨花、绿园",
        最迟送达="12:00",
        估价="200",
        必须送="是",
        备注="小心轻放",
    )
    assert (request.product, request.kg, request.crates, request.value_yuan) == ("tomato", 60, 4, 200)
    assert request.must
    assert request.note == "小心轻放"
    assert request.pickup.place == "village-sayibag"
    assert [task.place for task in request.dropoffs] == ["community-lihua", "community-luyuan"]
    (window,) = request.pickup.windows
    assert (window.start.isoformat(), window.end.isoformat()) == (at("08:30"), at("09:30"))
    assert request.dropoffs[0].windows[0].end.isoformat() == at("12:00")


def test_nobody_is_asked_for_seconds_penalties_and_prices() -> None:
    request = one(筐数=3)
    assert request.pickup.handling_s == request.dropoffs[0].handling_s == 60 + 3 * 20
    assert request.value_yuan == 54 * 3
    assert request.penalty_yuan is None
    assert request.priority == 0


def test_a_blank_target_means_every_community() -> None:
    every = {"community-sayibag", "community-lihua", "community-luyuan"}
    assert {task.place for task in one().dropoffs} == every
    assert {task.place for task in one(送往社区="全部").dropoffs} == every


@pytest.mark.parametrize("separator", ["、", "；", ";", "，", "، ", "/", "\n"])
def test_targets_are_separated_as_people_do(separator: str) -> None:
    (request,) = requests_of(workbook_of([HEADER, row_of(送往社区=f"梨花{separator}绿园")]))
    assert len(request.dropoffs) == 2


def test_a_bare_weight_is_asked_once_a_file() -> None:
    header = [title.replace("重量(公斤)", "重量") for title in HEADER]
    data = csv_of(row_of(), row_of(农户姓名="08号户"), row_of(农户姓名="09号户", 重量="30斤"), header=header)
    asked = problem(data)
    assert asked.code == "SHEET_UNIT_UNSAID"
    assert asked.params["number"] == 2
    assert [request.kg for request in requests_of(data, unit="kg")] == [54, 54, 15]
    assert [request.kg for request in requests_of(data, unit="jin")] == [27, 27, 15]


def test_the_clock_is_asked_once_a_file() -> None:
    header = [title.replace("(北京时间)", "") for title in HEADER]
    data = csv_of(row_of(最早取货="8:30"), row_of(农户姓名="08号户", 最早取货="9:00"), header=header)
    asked = problem(data)
    assert asked.code == "SHEET_CLOCK_UNSAID"
    assert asked.params["number"] == 2
    beijing, urumqi = (
        requests_of(data, zone=zone)[0].pickup.windows[0].start for zone in ("Asia/Shanghai", "Asia/Urumqi")
    )
    assert beijing.isoformat() == at("08:30")
    assert urumqi.isoformat() == at("10:30")


def test_a_clock_in_the_title_wins_over_the_answer_and_one_in_the_cell_over_both() -> None:
    header = [title.replace("北京时间", "新疆时间") for title in HEADER]
    data = csv_of(row_of(最早取货="8:30"), row_of(农户姓名="08号户", 最早取货="北京时间8:30"), header=header)
    first, second = requests_of(data, zone="Asia/Shanghai")
    assert first.pickup.windows[0].start.isoformat() == at("10:30")
    assert second.pickup.windows[0].start.isoformat() == at("08:30")


def test_no_times_no_question() -> None:
    header = [title.replace("(北京时间)", "") for title in HEADER]
    (request,) = requests_of(csv_of(row_of(最早取货="早上"), header=header))
    assert request.pickup.windows == ()


def test_the_morning_is_the_places_own_window_and_it_is_said() -> None:
    assert one(最早取货="早上").pickup.windows == ()
    assert "ANY_TIME_TAKEN" in marks(最早取货="早上")


def test_a_pickup_before_half_past_six_is_flagged() -> None:
    assert "EARLY_PICKUP" in marks(最早取货="6:00")
    assert "EARLY_PICKUP" not in marks(最早取货="6:30")
    header = [title.replace("北京时间", "新疆时间") for title in HEADER]
    assert "EARLY_PICKUP" not in codes(imported(csv_of(row_of(最早取货="6:00"), header=header)).marks)


def test_a_half_past_eight_written_with_a_point_is_asked() -> None:
    found = problem_of(最早取货="8.5")
    assert (found.code, str(found.spot), found.value) == (
        "SHEET_TIME_UNREADABLE",
        "J2 最早取货(北京时间)",
        "8.5",
    )


@pytest.mark.parametrize(
    "times", [{"最早取货": "9:00", "最晚取货": "8:00"}, {"最早取货": "9:00", "最迟送达": "8:30"}]
)
def test_a_window_that_ends_before_it_starts_is_refused(times: dict[str, object]) -> None:
    assert problem_of(**times).code == "WINDOW_REVERSED"


def test_crates_are_computed_upwards_and_it_is_said() -> None:
    assert one(重量=55).crates == 4
    assert "CRATES_COMPUTED" in marks(重量=55)
    assert "CRATES_COMPUTED" not in marks(筐数=4)


def test_weight_is_computed_from_crates_and_it_is_said() -> None:
    for cells in ({"重量": None, "筐数": 3}, {"重量": "3筐"}):
        request = one(**cells)
        assert (request.kg, request.crates) == (54, 3)
        assert "KG_COMPUTED" in marks(**cells)
    assert "CRATES_UNDER_WEIGHT" in marks(重量="3筐")


def test_about_and_ranges_take_the_upper_value_and_it_is_said() -> None:
    assert one(重量="50-60").kg == 60
    assert "UPPER_TAKEN" in marks(重量="50-60")
    assert "UPPER_TAKEN" in marks(重量="约50")


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"重量": None}, "SHEET_AMOUNT_MISSING"),
        ({"重量": None, "筐数": 0}, "SHEET_AMOUNT_MISSING"),
        ({"重量": 0}, "SHEET_WEIGHT_RANGE"),
        ({"重量": -5}, "SHEET_WEIGHT_RANGE"),
        ({"重量": "1.1吨"}, "SHEET_WEIGHT_RANGE"),
        ({"重量": None, "筐数": 900}, "SHEET_WEIGHT_RANGE"),
        ({"重量": "很多"}, "SHEET_WEIGHT_UNREADABLE"),
        ({"筐数": "2.5"}, "SHEET_CRATES_UNREADABLE"),
        ({"品名": "散货", "重量": None, "筐数": 2}, "SHEET_NO_CRATE_SIZE"),
        ({"村": None}, "SHEET_CELL_MISSING"),
        ({"农户姓名": None}, "SHEET_CELL_MISSING"),
        ({"农户姓名": "--"}, "SHEET_CELL_MISSING"),
        ({"品名": None}, "SHEET_CELL_MISSING"),
        ({"必须送": "看情况"}, "SHEET_YES_OR_NO"),
        ({"估价": "很贵"}, "SHEET_NUMBER_UNREADABLE"),
        ({"摊位号": "A1"}, "SHEET_NUMBER_UNREADABLE"),
        ({"日期": "昨天"}, "SHEET_DATE_UNREADABLE"),
        ({"日期": "6.14"}, "SHEET_DATE_OTHER"),
        ({"估价": "99999999"}, "VALUE_TOO_LARGE"),
    ],
)
def test_one_thing_wrong_in_a_row_is_one_problem(cells: dict[str, object], code: str) -> None:
    found = problem_of(**cells)
    assert found.code == code
    assert found.spot.row == 2


def test_every_problem_of_every_row_is_named_at_once() -> None:
    data = csv_of(
        row_of(村="哪里", 重量=0, 最早取货="8.5"), row_of(农户姓名="好"), row_of(品名="石头", 必须送="?")
    )
    assert [(finding.spot.row, str(finding.code)) for finding in imported(data).problems] == [
        (2, "SHEET_PLACE_UNKNOWN"),
        (2, "SHEET_WEIGHT_RANGE"),
        (2, "SHEET_TIME_UNREADABLE"),
        (4, "SHEET_PRODUCT_UNKNOWN"),
        (4, "SHEET_YES_OR_NO"),
    ]


@pytest.mark.parametrize("date", ["6.15", "6月15日", 46188, "2026-06-15"])
def test_the_days_own_date_is_no_problem(date: object) -> None:
    assert one(日期=date).kg == 54


def test_a_file_of_yesterday_is_stopped_even_when_bad_rows_may_be_left_out() -> None:
    data = csv_of(
        row_of(日期="2026-06-14"), row_of(农户姓名="08号户", 日期="6.14"), row_of(农户姓名="09号户")
    )
    found = problem(data, skip_bad=True)
    assert (found.code, found.value, found.params["date"]) == ("SHEET_DATE_OTHER", "2026-06-14", "2026-06-15")


def test_bad_rows_are_left_out_by_explicit_choice_only() -> None:
    data = csv_of(row_of(), row_of(农户姓名="08号户", 重量=0))
    assert codes(imported(data).problems) == ["SHEET_WEIGHT_RANGE"]
    result = imported(data, skip_bad=True)
    assert (result.problems, codes(result.bad_rows), result.left_out) == ((), ["SHEET_WEIGHT_RANGE"], 1)
    assert len(requests_of(data, skip_bad=True)) == 1


def test_nothing_is_imported_when_every_row_is_bad() -> None:
    assert codes(imported(csv_of(row_of(重量=0)), skip_bad=True).problems) == ["SHEET_EMPTY"]
    assert codes(imported(csv_of()).problems) == ["SHEET_EMPTY"]


def test_a_load_larger_than_every_tricycle_is_a_warning() -> None:
    assert "LARGER_THAN_ALL" in marks(重量=260)
    assert "LARGER_THAN_ALL" in marks(筐数=17)
    assert "LARGER_THAN_ALL" not in marks(重量=250)


def merged_villages(sheet: Worksheet) -> None:
    sheet.merge_cells("C2:C4")
    sheet.merge_cells("G2:G3")


def three_rows() -> list[list[object]]:
    return [list(HEADER), row_of(), row_of(村=None, 农户姓名="08号户"), row_of(村=None, 农户姓名="09号户")]


@pytest.mark.parametrize("how", ["merged", "blank", "ditto"])
def test_villages_that_stand_for_the_one_above_are_filled_down_on_request_only(how: str) -> None:
    rows = three_rows()
    if how == "ditto":
        rows[2][2], rows[3][2] = "同上", "〃"
    data = workbook_of(rows, fill=(lambda sheet: sheet.merge_cells("C2:C4")) if how == "merged" else None)
    asked = problem(data)
    assert (asked.code, asked.params["cells"]) == ("SHEET_FILL_DOWN", "C3, C4")
    assert {request.pickup.place for request in requests_of(data, fill_down=True)} == {"village-sayibag"}
    assert "FILLED_DOWN" in codes(imported(data, fill_down=True).marks)


def test_a_merged_weight_is_never_counted_twice() -> None:
    data = workbook_of([HEADER, row_of(), row_of(农户姓名="08号户", 重量=None)], fill=merged_villages)
    assert codes(imported(data, fill_down=True).problems) == ["SHEET_AMOUNT_MISSING"]


def test_a_household_merged_over_its_products_counts_for_each_of_them() -> None:
    def merge(sheet: Worksheet) -> None:
        for column in "CDE":
            sheet.merge_cells(f"{column}2:{column}3")

    second = row_of(村=None, 农户姓名=None, 品名="辣子", 重量=30)
    data = workbook_of([HEADER, row_of(电话="13812345678"), second], fill=merge)
    assert problem(data).params["number"] == 3
    first, other = requests_of(data, fill_down=True)
    assert first.household == other.household
    assert (first.kg, other.kg) == (54, 30)


def test_ditto_in_the_first_row_stands_for_nothing() -> None:
    assert problem_of(村="同上").code == "SHEET_PLACE_UNKNOWN"


def test_a_formula_counts_with_its_last_value() -> None:
    without = workbook_of([HEADER, row_of(重量="=30*2")])
    (request,) = requests_of(with_cached_value(without, "G2", 60))
    assert request.kg == 60
    found = problem(without)
    assert (found.code, str(found.spot)) == ("SHEET_FORMULA_NOT_CALCULATED", "需求!G2 重量(公斤)")


def test_an_error_value_is_an_error() -> None:
    assert problem(workbook_of([HEADER, row_of(重量="#REF!")])).code == "SHEET_CELL_ERROR"


def hide_third(sheet: Worksheet) -> None:
    sheet.row_dimensions[3].hidden = True


def test_hidden_rows_are_counted_and_asked() -> None:
    data = workbook_of([HEADER, row_of(), row_of(农户姓名="08号户")], fill=hide_third)
    asked = problem(data)
    assert (asked.code, asked.params["rows"]) == ("SHEET_HIDDEN_ROWS", "3")
    assert len(requests_of(data, hidden="read")) == 2
    assert len(requests_of(data, hidden="skip")) == 1


def test_a_hidden_sheet_is_asked_like_its_rows() -> None:
    def hide(sheet: Worksheet) -> None:
        sheet.sheet_state = "hidden"

    data = workbook_of([HEADER, row_of()], fill=hide, more={"看得见": [HEADER, row_of(农户姓名="08号户")]})
    assert problem(data).code == "SHEET_HIDDEN_ROWS"
    assert len(requests_of(data, hidden="skip")) == 1


def test_a_sheet_a_village() -> None:
    short = ["户主", "产品", "重量(公斤)"]
    data = workbook_of(
        [short, ["a1", "番茄", 20]],
        title="萨依巴格村",
        more={"上阔什巴格": [short, ["b1", "番茄", 30]], "说明": [["每天 8 点前填好"]]},
    )
    assert [(request.pickup.place, request.kg) for request in requests_of(data)] == [
        ("village-sayibag", 20),
        ("village-upper", 30),
    ]
    found = imported(data).marks
    assert codes(found).count("VILLAGE_FROM_SHEET") == 2
    assert [mark.spot.sheet for mark in found if mark.code == "SHEET_IGNORED"] == ["说明"]


def test_names_and_notes_that_look_like_formulas_stay_text() -> None:
    (request,) = requests_of(csv_of(row_of(农户姓名="@张", 备注="=HYPERLINK(1)")))
    assert request.note == "=HYPERLINK(1)"
    day = imported(csv_of(row_of(农户姓名="@张"))).into(small_day())
    assert day.household_by_id[day.requests[-1].household or ""].name == "@张"


def test_more_rows_than_a_day_holds_are_refused() -> None:
    rows = [row_of(农户姓名=f"h{number}") for number in range(5_001)]
    assert problem(csv_of(*rows)).code == "LIMIT_EXCEEDED"

"""What single cells are read as, and which are refused."""

import contextlib
import datetime
from collections.abc import Iterator

import pytest

from fleet.formats.sheets.findings import CellError
from fleet.formats.sheets.values import (
    Amount,
    dates_meant,
    read_crates,
    read_number,
    read_phone,
    read_time,
    read_weight,
    read_yes,
)

DATE = datetime.date(2026, 6, 15)


@contextlib.contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(CellError) as error:
        yield
    assert error.value.code == code


@pytest.mark.parametrize(
    ("written", "kg"),
    [
        (60, 60),
        (60.5, 60.5),
        ("60", 60),
        ("60公斤", 60),
        ("120斤", 60),
        ("120 市斤", 60),
        ("６０", 60),
        ("0.1吨", 100),
        ("60KG", 60),
        ("1,000", 1000),
        ("٦٠", 60),
        ("60 كىلو", 60),
    ],
)
def test_a_weight_in_a_column_of_kilograms(written: object, kg: float) -> None:
    assert read_weight(written, unit="kg") == Amount(kg=kg)


def test_the_unit_in_the_cell_wins_over_the_title() -> None:
    assert read_weight("50公斤", unit="jin").kg == 50
    assert read_weight("50", unit="jin").kg == 25


def test_a_bare_number_without_any_unit_says_so() -> None:
    assert read_weight(120, unit=None).unit_unsaid
    assert not read_weight("120斤", unit=None).unit_unsaid


@pytest.mark.parametrize(
    "written", ["约50", "50左右", "40-50", "40~50", "40—50公斤", "40至50", "80斤-100斤", "大约 50kg", "50-40"]
)
def test_about_and_ranges_give_the_upper_value_marked(written: str) -> None:
    assert read_weight(written, unit="kg") == Amount(kg=50, rounded_up=True)


def test_crates_under_weight_are_crates() -> None:
    assert read_weight("3筐", unit="kg") == Amount(crates=3)
    assert read_weight("约3箱", unit=None) == Amount(crates=3, rounded_up=True)


@pytest.mark.parametrize(
    "written", [0, -5, "-5", "0", 1000.5, "1.2吨", "2001斤", float("inf"), float("nan"), 1e300]
)
def test_weights_out_of_range_are_errors(written: object) -> None:
    with refused("SHEET_WEIGHT_RANGE"):
        read_weight(written, unit="jin" if written == "2001斤" else "kg")


@pytest.mark.parametrize(
    "written",
    [
        "很多",
        "50多斤",
        "五十斤",
        "50斤-30公斤",
        "1,2",
        "=1+2",
        True,
        datetime.date(2026, 5, 6),
        "9" * 90,
        "3筐半",
    ],
)
def test_other_words_are_no_weight(written: object) -> None:
    with refused("SHEET_WEIGHT_UNREADABLE"):
        read_weight(written, unit="kg")


@pytest.mark.parametrize(
    ("written", "crates"), [(4, 4), ("4", 4), ("4筐", 4), (4.0, 4), ("0", 0), ("4个", 4)]
)
def test_crates(written: object, crates: int) -> None:
    assert read_crates(written) == crates


@pytest.mark.parametrize("written", [2.5, -1, "两筐", "2.5", 5000, True, None])
def test_other_values_are_no_crates(written: object) -> None:
    with refused("SHEET_CRATES_UNREADABLE"):
        read_crates(written)


@pytest.mark.parametrize(
    ("written", "time"),
    [
        ("8:30", (8, 30)),
        ("08:30", (8, 30)),
        ("8：30", (8, 30)),
        ("8点半", (8, 30)),
        ("8点", (8, 0)),
        ("8点30分", (8, 30)),
        ("8点一刻", (8, 15)),
        ("早上8点", (8, 0)),
        ("下午3点", (15, 0)),
        ("8:30 PM", (20, 30)),
        ("12:10 am", (0, 10)),
        ("8:30:00", (8, 30)),
        (datetime.time(8, 30), (8, 30)),
        (datetime.datetime(1899, 12, 30, 8, 30), (8, 30)),
        (datetime.timedelta(hours=8, minutes=30), (8, 30)),
        (datetime.datetime(2026, 6, 15, 8, 30), (8, 30)),
        (datetime.time(8, 29, 59, 999_999), (8, 30)),
        ("سائەت 8:30", (8, 30)),
        ("8时", (8, 0)),
    ],
)
def test_times(written: object, time: tuple[int, int]) -> None:
    clock = read_time(written, date=DATE)
    assert clock is not None
    assert clock.time == datetime.time(*time)


@pytest.mark.parametrize("written", ["早上", "上午", "随时", "morning", "ئەتىگەن"])
def test_a_word_for_the_morning_leaves_the_time_to_the_place(written: str) -> None:
    assert read_time(written, date=DATE) is None


@pytest.mark.parametrize(
    "written", [8.5, "8.5", "8", 8, "25:00", "8:75", "8:5", "下午", "8:00-9:30", "", True, "点半"]
)
def test_times_that_may_mean_two_things_are_refused(written: object) -> None:
    with refused("SHEET_TIME_UNREADABLE"):
        read_time(written, date=DATE)


def test_a_time_of_another_date_is_refused() -> None:
    with refused("SHEET_DATE_OTHER"):
        read_time(datetime.datetime(2026, 6, 14, 8, 30), date=DATE)


def test_a_cell_may_name_its_own_clock() -> None:
    clock = read_time("8:30(新疆时间)", date=DATE)
    assert clock is not None
    assert (clock.time, clock.zone) == (datetime.time(8, 30), "Asia/Urumqi")


@pytest.mark.parametrize(
    "written",
    [
        "6.15",
        "6-15",
        "6/15",
        "6月15日",
        "2026-06-15",
        "2026年6月15日",
        "2026.6.15",
        46188,
        "46188",
        6.15,
        datetime.datetime(2026, 6, 15),
        DATE,
        "06-15",
        "6月15号",
    ],
)
def test_spellings_of_one_date(written: object) -> None:
    assert DATE in dates_meant(written, year=2026)


def test_what_is_left_of_6_10_may_be_6_1_too() -> None:
    assert dates_meant(6.1, year=2026) == {datetime.date(2026, 6, 1), datetime.date(2026, 6, 10)}


@pytest.mark.parametrize("written", ["昨天", "6.31", "15.6", "六月十五", True, 3, float("nan"), "2026"])
def test_other_words_are_no_date(written: object) -> None:
    with refused("SHEET_DATE_UNREADABLE"):
        dates_meant(written, year=2026)


@pytest.mark.parametrize(
    ("written", "phone"),
    [
        ("13812345678", "13812345678"),
        (13812345678, "13812345678"),
        (13812345678.0, "13812345678"),
        ("138 1234 5678", "13812345678"),
        ("+86 138-1234-5678", "13812345678"),
        ("1.3812345678E+10", "13812345678"),
        ("13812345678、13900000001", "13812345678"),
        ("0996-2123456", "09962123456"),
        ("8613812345678", "13812345678"),
    ],
)
def test_phones_whose_digits_survived(written: object, phone: str) -> None:
    assert read_phone(written) == (phone, "kept")


@pytest.mark.parametrize(
    "written", ["1.38E+10", "1.38123E+10", 13800000000, "无", "123", 1.5, "65280119900101123X"]
)
def test_phones_whose_digits_are_lost(written: object) -> None:
    assert read_phone(written) == (None, "lost")


@pytest.mark.parametrize(
    ("written", "must"),
    [
        ("是", True),
        ("否", False),
        ("YES", True),
        (1, True),
        (0.0, False),
        ("√", True),
        ("ياق", False),
        (True, True),
    ],
)
def test_yes_and_no(written: object, must: bool) -> None:
    assert read_yes(written) is must


def test_other_words_are_neither_yes_nor_no() -> None:
    with refused("SHEET_YES_OR_NO"):
        read_yes("看情况")


@pytest.mark.parametrize(
    ("written", "number"),
    [("200元", 200), ("12号", 12), ("80%", 0.8), ("约200", 200), (3, 3), ("1,200.5", 1200.5)],
)
def test_plain_numbers(written: object, number: float) -> None:
    assert read_number(written, most=10_000) == number


@pytest.mark.parametrize(
    ("written", "code"),
    [("A12", "SHEET_NUMBER_UNREADABLE"), (-1, "VALUE_TOO_SMALL"), (99_999, "VALUE_TOO_LARGE")],
)
def test_other_numbers_are_refused(written: object, code: str) -> None:
    with refused(code):
        read_number(written, most=10_000)

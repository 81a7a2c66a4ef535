"""Whatever stands in the cells: a day, or problems that are named; never a traceback."""

import datetime

from hypothesis import given
from hypothesis import strategies as st

from fleet.formats.sheets import Imported, report_workbook
from fleet.formats.sheets.columns import Column
from fleet.model import InputError
from fleet.texts import LANGUAGES, has_text
from tests.request_sheets import HEADER, csv_of, imported, repacked, row_of, small_day, workbook_of

words = st.sampled_from(
    [
        "萨依巴格",
        "上阔什巴格",
        "梨花",
        "绿园",
        "番茄",
        "辣子",
        "同上",
        "〃",
        "合计",
        "早上",
        "8:30",
        "8点半",
        "8.5",
        "约50",
        "50-60",
        "3筐",
        "120斤",
        "是",
        "否",
        "中心",
        "12",
        "1.38E+10",
        "13812345678",
        "6.15",
        "=1+1",
        "07号户",
        "示例",
        "村",
        "品名",
        "",
    ]
)
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
numbers = st.integers(-(10**18), 10**18) | st.floats(allow_nan=True, allow_infinity=True)
times = (
    st.times() | st.datetimes(datetime.datetime(1900, 3, 1), datetime.datetime(2100, 1, 1)) | st.booleans()
)
answers = st.fixed_dictionaries(
    {
        "fill_down": st.booleans(),
        "skip_bad": st.booleans(),
        "hidden": st.sampled_from(["refuse", "read", "skip"]),
        "on_existing": st.sampled_from(["refuse", "keep", "update", "replace"]),
        "unit": st.sampled_from([None, "kg", "jin"]),
    }
)


def sound(result: Imported) -> None:
    """Either every problem has words in every language, or the day is whole."""
    for finding in (*result.problems, *result.marks, *result.bad_rows):
        domain = "sheets" if has_text(str(finding.code), domain="sheets") else "errors"
        assert all(has_text(str(finding.code), domain=domain, language=language) for language in LANGUAGES)
    if result.problems:
        return
    day = result.into(small_day())
    merged = result.merged
    assert len(day.requests) == 1 + merged.new - merged.removed
    assert merged.new + merged.changed + merged.same + result.left_out == result.rows


def sound_or_refused(data: bytes) -> None:
    """A file that can't be read as a sheet says so."""
    try:
        result = imported(data)
    except InputError as error:
        problems = error.problems
        assert all(has_text(problem.code, domain="errors") for problem in problems)
    else:
        sound(result)


@given(st.lists(st.lists(words | texts, min_size=17, max_size=17), max_size=6), answers)
def test_any_words_in_a_csv_file(rows: list[list[str]], given_answers: dict[str, object]) -> None:
    quoted = [['"' + cell.replace('"', '""') + '"' for cell in row] for row in rows]
    sound(imported(csv_of(row_of(), *quoted), **given_answers))


@given(st.sampled_from(HEADER), words | texts | numbers.map(str), answers)
def test_anything_in_one_cell_of_a_good_row(title: str, value: str, given_answers: dict[str, object]) -> None:
    name = title.split("(")[0]
    cell = '"' + value.replace('"', '""') + '"'
    result = imported(csv_of(row_of(**{name: cell}), row_of(农户姓名="08号户")), **given_answers)
    sound(result)
    if given_answers["skip_bad"] and not any(finding.whole_file for finding in result.problems):
        assert "08号户" in [household.name for household in result.households]


@given(st.sampled_from(HEADER), numbers | times | words, answers)
def test_any_kind_of_cell_in_a_workbook(title: str, value: object, given_answers: dict[str, object]) -> None:
    data = workbook_of([HEADER, row_of(**{title.split("(")[0]: value}), row_of(农户姓名="08号户")])
    result = imported(data, **given_answers)
    sound(result)
    problems = (*result.problems, *result.bad_rows)
    assert report_workbook(data, problems=problems, marks=result.marks, language="ug").startswith(b"PK")


@given(st.lists(st.lists(words | texts, max_size=5), max_size=12))
def test_any_table_at_all(rows: list[list[str]]) -> None:
    sound_or_refused(csv_of(*([cell.replace(",", "") for cell in row] for row in rows), header=None))


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"PK\x03\x04", b"\xef\xbb\xbf", b"\xff\xfe", b"\xd0\xcf\x11\xe0"]),
)
def test_any_bytes_at_all(data: bytes, start: bytes) -> None:
    sound_or_refused(start + data)


GOOD = workbook_of([HEADER, row_of(), row_of(农户姓名="08号户", 品名="辣子")])
PARTS = ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml")
spoils = st.lists(st.tuples(st.integers(0, 4_000), st.integers(0, 255)), min_size=1, max_size=4)


def spoilt(content: bytes, places: list[tuple[int, int]]) -> bytes:
    changed = bytearray(content)
    for place, value in places:
        changed[place % len(changed)] = value
    return bytes(changed)


@given(spoils)
def test_a_workbook_with_some_of_its_bytes_changed(places: list[tuple[int, int]]) -> None:
    sound_or_refused(spoilt(GOOD, places))


@given(st.sampled_from(PARTS), spoils)
def test_a_workbook_with_something_changed_inside(part: str, places: list[tuple[int, int]]) -> None:
    sound_or_refused(repacked(GOOD, {part: lambda xml: spoilt(xml, places)}))


def test_every_column_has_its_title_in_every_language() -> None:
    assert all(
        has_text(f"column_{column}", domain="sheets", language=language)
        for column in Column
        for language in LANGUAGES
    )

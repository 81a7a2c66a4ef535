"""``fleet import``, ``fleet sample sheet`` and ``fleet plan`` of a sheet, as they are called."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from fleet.cli import main
from fleet.formats.sheets.columns import TEMPLATE_COLUMNS, Column
from fleet.model import dump, read_day
from fleet.texts import LANGUAGES, text
from tests.request_sheets import HEADER, csv_of, row_of, small_day, workbook_of

GOOD = csv_of(row_of(电话="13812345678", 筐数=3), row_of(农户姓名="08号户", 品名="西红柿"))
BAD = [list(HEADER), row_of(), row_of(农户姓名="08号户", 村="萨依巴各", 重量=0)]


@pytest.fixture
def put(tmp_path: Path) -> Callable[[str, bytes], str]:
    (tmp_path / "day.json").write_bytes(dump(small_day()))

    def write(name: str, content: bytes) -> str:
        (tmp_path / name).write_bytes(content)
        return name

    return write


def test_a_sheet_becomes_part_of_a_new_day(
    put: Callable[[str, bytes], str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (tmp_path / "day.json").read_bytes()
    assert main(["import", put("s.csv", GOOD), "--day", "day.json", "-o", "new.json"]) == 0
    told = capsys.readouterr()
    assert "2 rows read: 2 new, 0 changed, 0 the same" in told.out
    assert "crates computed from the weight" in told.err
    assert len(read_day((tmp_path / "new.json").read_bytes()).requests) == 3
    assert (tmp_path / "day.json").read_bytes() == before


def test_a_day_may_be_replaced_only_when_it_is_asked_for(
    put: Callable[[str, bytes], str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (tmp_path / "day.json").read_bytes()
    assert main(["import", put("s.csv", GOOD), "--day", "day.json"]) == 2
    assert capsys.readouterr().err.startswith("error[OPTION_MISSING]")
    assert (tmp_path / "day.json").read_bytes() == before
    assert main(["import", "s.csv", "--day", "day.json", "--in-place"]) == 0
    assert len(read_day((tmp_path / "day.json").read_bytes()).requests) == 3


def test_a_bad_sheet_changes_nothing_names_everything_and_comes_back_red(
    put: Callable[[str, bytes], str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = [
        "import",
        put("s.xlsx", workbook_of(BAD)),
        "--day",
        "day.json",
        "-o",
        "new.json",
        "--report",
        "r.xlsx",
    ]
    assert main(call) == 2
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error[")]
    assert [line.split("]")[0] for line in lines] == ["error[SHEET_PLACE_UNKNOWN", "error[SHEET_WEIGHT_RANGE"]
    assert "(s.xlsx, 需求!C3 村 = 萨依巴各)" in lines[0]
    assert "did you mean 萨依巴格?" in lines[0]
    assert not (tmp_path / "new.json").exists()
    assert load_workbook(tmp_path / "r.xlsx").worksheets[0]["C3"].fill.fill_type == "solid"


@pytest.mark.parametrize(("changed", "code"), [
    ({"村": "乌鲁木齐"}, "SHEET_PLACE_UNKNOWN"),
    ({"品名": "xyz"}, "SHEET_PRODUCT_UNKNOWN"),
])  # fmt: skip
def test_a_name_like_no_other_is_asked_for_and_nothing_is_offered(
    changed: dict[str, str],
    code: str,
    put: Callable[[str, bytes], str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    call = ["import", put("s.csv", csv_of(row_of(**changed))), "--day", "day.json", "-o", "new.json"]
    assert main([*call, "--report", "r.xlsx"]) == 2
    (line,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error[")]
    assert line.startswith(f"error[{code}]: ")
    assert "write the exact name" in line
    cells = [str(cell.value) for row in load_workbook(tmp_path / "r.xlsx").worksheets[0] for cell in row]
    (reason,) = [words for words in cells if "write the exact name" in words]
    for told in (line, reason):
        assert "did you mean" not in told
        assert "–" not in told


def test_bad_rows_are_left_out_when_that_is_said(
    put: Callable[[str, bytes], str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = ["import", put("s.xlsx", workbook_of(BAD)), "--day", "day.json", "-o", "new.json", "--skip-bad"]
    assert main(call) == 0
    told = capsys.readouterr()
    assert "1 left out" in told.out
    assert "需求!C3 村" in told.err
    assert len(read_day((tmp_path / "new.json").read_bytes()).requests) == 2


def test_the_answer_for_programs(
    put: Callable[[str, bytes], str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        main(["import", put("s.xlsx", workbook_of(BAD)), "--day", "day.json", "-o", "n.json", "--json"]) == 2
    )
    answer = json.loads(capsys.readouterr().out)
    assert [(item["code"], item["row"], item["column"]) for item in answer["problems"]] == [
        ("SHEET_PLACE_UNKNOWN", 3, 3),
        ("SHEET_WEIGHT_RANGE", 3, 7),
    ]
    assert answer["files"] == []


def test_the_same_file_twice_and_a_corrected_one(
    put: Callable[[str, bytes], str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", put("s.csv", GOOD), "--day", "day.json", "--in-place"]) == 0
    once = (tmp_path / "day.json").read_bytes()
    assert main(["import", "s.csv", "--day", "day.json", "--in-place"]) == 0
    assert (tmp_path / "day.json").read_bytes() == once
    put("c.csv", GOOD.replace(b",54,3", b",90,5"))
    assert main(["import", "c.csv", "--day", "day.json", "--in-place"]) == 2
    assert "SHEET_ROWS_CHANGED" in capsys.readouterr().err
    assert main(["import", "c.csv", "--day", "day.json", "--in-place", "--on-existing", "update"]) == 0
    assert 90 in [request.kg for request in read_day((tmp_path / "day.json").read_bytes()).requests]


def test_a_day_on_standard_output_is_nothing_but_the_day(
    put: Callable[[str, bytes], str], capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["import", put("s.csv", GOOD), "--day", "day.json", "-o", "-"]) == 0
    assert len(read_day(capfdbinary.readouterr().out).requests) == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_template_filled_imported_planned_checked(
    language: str, put: Callable[[str, bytes], str], tmp_path: Path
) -> None:
    assert main(["sample", "sheet", "-o", "t.csv", "--lang", language]) == 0
    assert main(["sample", "sheet", "-o", "t.xlsx", "--lang", language]) == 0
    workbook = load_workbook(tmp_path / "t.xlsx")
    cells = {Column.VILLAGE: "Sayibag", Column.HOUSEHOLD: "x", Column.PRODUCT: "tomato", Column.WEIGHT: 60}
    for index, column in enumerate(TEMPLATE_COLUMNS, start=1):
        workbook.worksheets[0].cell(3, index).value = cells.get(column)
    workbook.save(tmp_path / "t.xlsx")
    written = list(csv.reader(io.StringIO((tmp_path / "t.csv").read_text("utf-8-sig"))))
    assert written[0][5].rstrip("*") == text("column_product", domain="sheets", language=language)
    assert main(["import", "t.xlsx", "--day", "day.json", "-o", "new.json"]) == 0
    assert main(["plan", "new.json", "-o", "plan.json", "--iterations", "20"]) == 0
    assert main(["check", "new.json", "plan.json"]) == 0


def test_a_sheet_is_planned_with_another_days_places_and_tricycles(
    put: Callable[[str, bytes], str], tmp_path: Path
) -> None:
    call = [
        "plan",
        put("s.csv", GOOD),
        "--places",
        "day.json",
        "--tricycles",
        "day.json",
        "--date",
        "2026-06-20",
    ]
    assert main([*call, "-o", "plan.json", "--save-day", "saved.json", "--iterations", "20"]) == 0
    assert main(["check", "saved.json", "plan.json"]) == 0
    day = read_day((tmp_path / "saved.json").read_bytes())
    assert (str(day.date), len(day.requests)) == ("2026-06-20", 2)


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ("plan s.csv", "OPTION_MISSING"),
        ("plan s.csv --places day.json", "OPTION_MISSING"),
        ("plan day.json --places day.json", "OPTIONS_CONTRADICT"),
        ("plan s.csv --places day.json --tricycles day.json --date 15.6.", "DATE_UNREADABLE"),
        ("import s.csv --day day.json -o n.json --zone Asia/Kashgar2", "ZONE_UNKNOWN"),
        ("import s.csv --day day.json -o n.json --unit stone", "VALUE_NOT_ALLOWED"),
        ("import s.csv --day day.json -o n.json --in-place", "OPTIONS_CONTRADICT"),
        ("import s.csv --day day.json -o n.json --report r.csv", "VALUE_NOT_ALLOWED"),
        ("import s.csv --day day.json -o - --json", "OPTIONS_CONTRADICT"),
        ("import gone.csv --day day.json -o n.json", "FILE_NOT_FOUND"),
        ("import s.csv --day s.csv -o n.json", "JSON_MALFORMED"),
        ("import day.json --day day.json -o n.json", "SHEET_HEADER_MISSING"),
        ("import s.csv --day day.json -o n.json --hidden maybe", "VALUE_NOT_ALLOWED"),
        ("sample sheet -o t.xls", "VALUE_NOT_ALLOWED"),
    ],
)
def test_calls_that_say_too_little_or_too_much(
    call: str, code: str, put: Callable[[str, bytes], str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put("s.csv", GOOD)
    files = sorted(tmp_path.iterdir())
    assert main(call.split()) == 2
    assert capsys.readouterr().err.startswith(f"error[{code}]")
    assert sorted(tmp_path.iterdir()) == files


def test_a_sheet_whose_every_row_is_wrong_does_not_flood_the_terminal(
    put: Callable[[str, bytes], str], capsys: pytest.CaptureFixture[str]
) -> None:
    data = csv_of(*(row_of(农户姓名=f"{number}号户", 重量=0) for number in range(150)))
    assert main(["import", put("s.csv", data), "--day", "day.json", "-o", "new.json"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert sum(line.startswith("error[") for line in lines) == 100
    assert any(line.startswith("50 more problems") for line in lines)

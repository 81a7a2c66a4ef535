"""Request sheets and routing problems that cannot be used: status 2, named, nothing written."""

from pathlib import Path

import pytest

from tests.cli.small import run

TITLES = "village,household,product,weight (kg)\n"
ONE = '{"vehicles":[{"id":1,"start":[86.1,41.7],"capacity":[9]}],"jobs":[{"id":1,"location":[86.1,41.7]%s}]}'
INDEXED = '{"vehicles":[{"id":1,"start_index":0}],"jobs":[{"id":1,"location_index":%d}],"matrices":%s}'

SHEETS = [
    ("other columns", b"a,b,c\n1,2,3\n", "SHEET_HEADER_MISSING", "A1"),
    ("a column missing", b"village,household,product\nupper,x,tomato\n", "SHEET_HEADER_MISSING", "A1"),
    ("a cell that is no weight", f"{TITLES}upper,x,tomato,many\n".encode(), "SHEET_WEIGHT_UNREADABLE", "D2"),
    ("a negative weight", f"{TITLES}upper,x,tomato,-5\n".encode(), "SHEET_WEIGHT_RANGE", "D2"),
    ("a village nobody knows", f"{TITLES}moon,x,tomato,5\n".encode(), "SHEET_PLACE_UNKNOWN", "A2"),
    ("an empty file", b"", "SHEET_HEADER_MISSING", "bad"),
    ("a PDF", b"%PDF-1.4 hello", "SHEET_FORMAT", "bad"),
    ("an old workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "SHEET_FORMAT", ".xlsx"),
    ("half a workbook", b"PK\x03\x04" + bytes(range(256)), "SHEET_DAMAGED", "bad"),
]
PROBLEMS = [
    ("an object without end", "{", "JSON_MALFORMED", "bad"),
    ("nothing in it", "{}", "MISSING_KEY", "vehicles"),
    ("no vehicles", '{"vehicles":[],"jobs":[]}', "LIST_EMPTY", "vehicles"),
    ("no jobs", '{"vehicles":[{"id":1,"start":[0,0]}],"jobs":[]}', "LIST_EMPTY", "jobs"),
    ("a list", "[[1]]", "WRONG_TYPE", "bad"),
    ("a negative service", ONE % ',"service":-4', "VALUE_TOO_SMALL", "jobs[0].service = -4"),
    ("NaN", ONE % ',"service":NaN', "WRONG_TYPE", "jobs[0].service"),
    ("too many amounts", ONE % ',"delivery":[1,2]', "AMOUNT_LENGTH", "jobs[0].delivery"),
    ("a window reversed", ONE % ',"time_windows":[[9,3]]', "WINDOW_REVERSED", "jobs[0].time_windows"),
    ("a latitude beyond the pole", ONE.replace("41.7]%s", "95]%s") % "", "COORDINATES_INVALID", "95"),
    ("an index beyond", INDEXED % (7, '{"car":{"durations":[[0,1],[1,0]]}}'), "INDEX_OUT_OF_RANGE", "7"),
    (
        "a ragged matrix",
        INDEXED % (1, '{"car":{"durations":[[0,1],[1]]}}'),
        "MATRIX_NOT_SQUARE",
        "durations[1]",
    ),
    ("words", "hello", "BENCHMARK_MALFORMED", "line 1"),
]


@pytest.mark.parametrize(("reason", "content", "code", "names"), SHEETS, ids=[row[0] for row in SHEETS])
def test_a_bad_sheet_is_refused(
    reason: str,
    content: bytes,
    code: str,
    names: str,
    shelf: Path,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "bad").write_bytes(content)
    ran = run(capfd, "import", "bad", "--day", shelf / "day.json", "-o", "new.json")
    assert (ran.status, ran.out) == (2, "")
    assert ran.error.startswith(f"error[{code}]: ")
    assert "bad" in ran.error
    assert names in ran.error
    assert [path.name for path in tmp_path.iterdir()] == ["bad"]


@pytest.mark.parametrize(("reason", "content", "code", "names"), PROBLEMS, ids=[row[0] for row in PROBLEMS])
def test_a_bad_problem_is_refused(
    reason: str, content: str, code: str, names: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad").write_text(content, encoding="utf-8")
    ran = run(capfd, "solve", "bad", "-o", "solution.json")
    assert ran.status == 2
    assert ran.err == ran.error + "\n"
    assert ran.error.startswith(f"error[{code}]: ")
    assert "bad" in ran.error
    assert names in ran.error
    assert [path.name for path in tmp_path.iterdir()] == ["bad"]

"""Every day with something wrong is refused in one line that names the file, the field and what to do."""

from pathlib import Path

import pytest

from tests.cli.bad_days import BAD_DAYS, Row
from tests.cli.small import run, write_json


@pytest.mark.parametrize("row", BAD_DAYS, ids=lambda row: row.reason)
def test_a_bad_day_is_refused(row: Row, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    write_json(tmp_path / "day.json", row.document())
    ran = run(capfd, "plan", "day.json", "-o", "plan.json", "--map", "out")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == ran.error + "\n"
    assert ran.error.startswith(f"error[{row.code}]: ")
    for name in ("day.json", *row.names):
        assert name in ran.error
    assert [path.name for path in tmp_path.iterdir()] == ["day.json"]


def test_rows_differ() -> None:
    assert len({row.reason for row in BAD_DAYS}) == len(BAD_DAYS)

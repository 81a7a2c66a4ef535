"""Backups, restores and settings on the command line."""

import datetime
import json
import os
import stat
from pathlib import Path

import pytest

from fleet.store import Store
from fleet.store.tables import SignInFailure
from tests.cli.small import run
from tests.database import Clock, migrated, opened, sqlite_url
from tests.store.rows import NUMBER, all_rows, fill


@pytest.fixture
def filled(sqlite_store: Store) -> Store:
    """A store with rows in every table."""
    fill(sqlite_store)
    return sqlite_store


def test_a_backup_comes_back_in_another_database(
    filled: Store, postgresql_store: Store, capfd: pytest.CaptureFixture[str]
) -> None:
    before = all_rows(filled)
    made = run(capfd, "backup", "b", "--database", filled.url)
    assert (made.status, made.err) == (0, "")
    assert "wrote b" in made.out
    restored = run(capfd, "restore", "b", "--database", postgresql_store.url, "--json")
    assert restored.status == 0, restored.err
    assert json.loads(restored.out)["rows"]["plans"] == NUMBER
    after = all_rows(postgresql_store)
    # The restore itself stands in the audit.
    assert len(after.pop("audit")) == len(before.pop("audit")) + 1
    assert after == before


def test_a_backup_is_for_its_owners_eyes(filled: Store, capfd: pytest.CaptureFixture[str]) -> None:
    before = os.umask(0)
    try:
        for _ in range(2):
            assert run(capfd, "backup", "b", "--database", filled.url).status == 0
            assert stat.S_IMODE(Path("b").stat().st_mode) == 0o600
    finally:
        os.umask(before)
    assert list(Path.cwd().glob(".b-*")) == []


def test_a_backup_never_goes_over_the_database(filled: Store, capfd: pytest.CaptureFixture[str]) -> None:
    assert filled.file is not None
    Path("link").symlink_to(filled.file)
    for target in (str(filled.file), "link", f"{filled.file}-wal"):
        made = run(capfd, "backup", target, "--database", filled.url)
        assert made.status == 2
        assert made.err.startswith("error[OUTPUT_IS_INPUT]")
    assert len(all_rows(filled)["plans"]) == NUMBER


def test_nothing_is_left_of_a_backup_that_cannot_be_written(
    filled: Store, capfd: pytest.CaptureFixture[str]
) -> None:
    for target in ("nowhere/b", "/proc/b"):
        made = run(capfd, "backup", target, "--database", filled.url)
        assert (made.status, made.err.split("]")[0]) == (2, "error[FILE_UNWRITABLE")


def test_a_database_that_is_not_there_is_not_made(capfd: pytest.CaptureFixture[str]) -> None:
    made = run(capfd, "backup", "b", "--database", "sqlite:///nothing.db")
    assert (made.status, made.err.split("]")[0]) == (2, "error[DATABASE_EMPTY")
    assert list(Path.cwd().iterdir()) == []


def test_a_restore_fills_only_an_empty_database(filled: Store, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(capfd, "backup", "b", "--database", filled.url).status == 0
    refused = run(capfd, "restore", "b", "--database", filled.url)
    assert (refused.status, refused.err.split("]")[0]) == (2, "error[DATABASE_NOT_EMPTY")
    assert run(capfd, "restore", "b", "--database", filled.url, "--replace").status == 0
    fresh = run(capfd, "restore", "b", "--database", "sqlite:///fresh.db")
    assert fresh.status == 0
    with opened("sqlite:///fresh.db", clock=Clock()) as store:
        assert len(all_rows(store)["plans"]) == NUMBER


@pytest.mark.parametrize("content", [b"", b"PK", b"no archive"])
def test_a_file_that_is_no_backup_is_refused(content: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    Path("b").write_bytes(content)
    refused = run(capfd, "restore", "b", "--database", "sqlite:///fresh.db")
    assert (refused.status, refused.err.split("]")[0]) == (2, "error[BACKUP_UNREADABLE")
    assert run(capfd, "restore", "none", "--database", "sqlite:///fresh.db").status == 2


def test_the_settings_are_shown_with_where_they_come_from(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("fleet.toml").write_text("threads = 30\n", encoding="utf-8")
    monkeypatch.setenv("FLEET_DATABASE", "postgresql+psycopg://fleet:secret@db/fleet")
    shown = run(capfd, "config", "show", "--port", "9000")
    assert shown.status == 0
    lines = {line.split()[0]: " ".join(line.split()[1:]) for line in shown.out.splitlines()}
    assert lines["port"] == "9000 (--port)"
    assert lines["database"] == "postgresql+psycopg://fleet:***@db/fleet (FLEET_DATABASE)"
    assert lines["threads"] == "30 (fleet.toml)"
    assert lines["roads"] == "– (default)"
    asked = json.loads(run(capfd, "config", "show", "--json").out)
    assert asked["file"] == "fleet.toml"
    assert asked["settings"]["threads"] == {"value": 30, "source": "file"}
    assert asked["settings"]["database"]["source"] == "environment"
    assert "secret" not in shown.out + json.dumps(asked)


def test_a_wrong_setting_is_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    Path("other.toml").write_text("port = 70000\n", encoding="utf-8")
    refused = run(capfd, "config", "show", "--config", "other.toml")
    assert refused.status == 2
    assert refused.err == (
        "error[VALUE_TOO_LARGE]: the value is too large, the limit is 65535 (other.toml: port = 70000); "
        "lower it or check its unit\n"
    )


def test_a_backup_of_no_rows_is_one(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "old.db")
    migrated(url)
    assert run(capfd, "backup", "b", "--database", url).status == 0


def test_a_purge_counts_first_and_then_does_it(
    sqlite_store: Store, clock: Clock, capfd: pytest.CaptureFixture[str]
) -> None:
    with sqlite_store.write() as session:
        session.add(SignInFailure(subject="somebody", at=clock.now - datetime.timedelta(days=3_000)))
    where = ("--database", sqlite_store.url)
    dry = run(capfd, "purge", "--before", "2026-06-14", "--dry-run", *where)
    assert (dry.status, dry.err) == (0, "")
    assert dry.out.splitlines()[-1] == "1 rows before 2026-06-14 hold persons; nothing was changed"
    assert len(all_rows(sqlite_store)["sign_in_failures"]) == 1
    done = json.loads(run(capfd, "purge", "--before", "2026-06-14", "--json", *where).out)
    assert (done["rows"]["sign_in_failures"], done["dry_run"]) == (1, False)
    assert all_rows(sqlite_store)["sign_in_failures"] == []


@pytest.mark.parametrize(("date", "code"), [("2999-01-01", "VALUE_TOO_LARGE"), ("june", "DATE_UNREADABLE")])
def test_a_purge_up_to_no_past_date_is_refused(
    date: str, code: str, sqlite_store: Store, capfd: pytest.CaptureFixture[str]
) -> None:
    refused = run(capfd, "purge", "--before", date, "--database", sqlite_store.url)
    assert (refused.status, refused.err.split("]")[0]) == (2, f"error[{code}")

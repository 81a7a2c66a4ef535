"""Databases and backups of programs before and after this one."""

import importlib
import shutil
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from fleet.store import Store, migrate
from fleet.store.backup import write_backup
from fleet.store.migrate import current_revision, latest_revision
from fleet.store.restore import restore_backup
from tests.database import Clock, migrated, opened, sqlite_url
from tests.fleet_command import run_fleet
from tests.store.rows import NUMBER, all_rows, fill

LATER = """
import sqlalchemy as sa
from alembic import op

revision = "later"
down_revision = "{before}"
branch_labels = depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("sign_in_failures") as table:
        table.add_column(sa.Column("remark", sa.String(20), server_default="none", nullable=False))
"""
REMARKS = text("SELECT count(*) FROM sign_in_failures WHERE remark = 'none'")


def now_later(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this be the next version of the program, which needs another column."""
    module = importlib.import_module("fleet.store.migrate")
    before = latest_revision()
    shutil.copytree(module.MIGRATIONS, folder / "migrations", ignore=shutil.ignore_patterns("__pycache__"))
    later = folder / "migrations" / "versions" / "later.py"
    later.write_text(LATER.format(before=before), encoding="utf-8")
    monkeypatch.setattr(module, "MIGRATIONS", folder / "migrations")


def backup(store: Store, file: Path) -> Path:
    with file.open("wb") as stream:
        write_backup(store, stream)
    return file


def test_a_database_of_an_earlier_program_is_brought_up_to_date(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store)
    before = all_rows(store)
    now_later(tmp_path, monkeypatch)
    migrate(store)
    assert current_revision(store) == "later"
    assert all_rows(store) == before
    with store.read() as session:
        assert session.execute(REMARKS).scalar() == NUMBER


def test_a_backup_of_an_earlier_program_is_brought_up_to_date(
    store: Store, sqlite_template: Path, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copyfile(sqlite_template, tmp_path / "old.db")
    with opened(sqlite_url(tmp_path / "old.db"), clock=clock) as old:
        fill(old)
        before = all_rows(old)
        file = backup(old, tmp_path / "old.backup")
    now_later(tmp_path, monkeypatch)
    migrate(store)
    assert restore_backup(store, file).revision != "later"
    assert current_revision(store) == "later"
    assert all_rows(store) == before
    with store.read() as session:
        assert session.execute(REMARKS).scalar() == NUMBER


def test_a_database_of_a_later_program_is_served_by_nobody_and_stays_as_it_is(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "fleet.db")
    migrated(url)
    with opened(url, clock=Clock()) as store:
        fill(store)
        file = backup(store, tmp_path / "now.backup")
        with store.write() as session:
            session.execute(text("UPDATE alembic_version SET version_num = 'unknown'"))
        before = all_rows(store)
    # Not even to be replaced: nobody here knows which of its tables would have to go.
    for call in (["serve", "--port", "0"], ["restore", str(file)], ["restore", str(file), "--replace"]):
        refused = run_fleet([*call, "--database", url], folder=tmp_path, status=2)
        assert refused.stderr.startswith("error[DATABASE_TOO_NEW]"), call
    with opened(url, clock=Clock()) as store:
        assert current_revision(store) == "unknown"
        assert all_rows(store) == before


def test_a_backup_of_a_later_program_leaves_the_database_as_it_is(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "fleet.db")
    migrated(url)
    with opened(url, clock=Clock()) as store:
        fill(store)
        before = all_rows(store)
        file = backup(store, tmp_path / "now.backup")
    later = tmp_path / "later.backup"
    with zipfile.ZipFile(file) as read, zipfile.ZipFile(later, "w") as write:
        for name in read.namelist():
            content = read.read(name)
            if name == "manifest.json":
                content = content.replace(b'"revision": "', b'"revision": "later-')
            write.writestr(name, content)
    refused = run_fleet(["restore", str(later), "--replace", "--database", url], folder=tmp_path, status=2)
    assert refused.stderr.startswith("error[DATABASE_TOO_NEW]")
    with opened(url, clock=Clock()) as store:
        assert all_rows(store) == before
        assert inspect(store.engine).has_table("plans")

"""A backup holds everything of one moment, and comes back whole or not at all, on the other database, too."""

import datetime
import hashlib
import io
import json
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from fleet.model import ErrorCode, InputError
from fleet.store import Store
from fleet.store.backup import Manifest, write_backup
from fleet.store.migrate import latest_revision
from fleet.store.restore import restore_backup
from fleet.store.tables import Audit, Base, SignInFailure
from tests.depth import count
from tests.store.rows import NUMBER, all_rows, fill


def backup(store: Store, file: Path) -> Manifest:
    with file.open("wb") as stream:
        return write_backup(store, stream)


def codes(refused: pytest.ExceptionInfo[InputError]) -> list[str]:
    return [problem.code for problem in refused.value.problems]


@pytest.fixture
def file(sqlite_store: Store, tmp_path: Path) -> Path:
    """A backup of a store with rows in every table, which is then emptied."""
    fill(sqlite_store)
    target = tmp_path / "fleet.backup"
    backup(sqlite_store, target)
    empty(sqlite_store)
    return target


def empty(store: Store) -> None:
    with store.write() as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(table.delete())


def test_every_table_comes_back_as_it_was(store: Store, tmp_path: Path) -> None:
    fill(store)
    before = all_rows(store)
    manifest = backup(store, tmp_path / "a")
    assert manifest.revision == latest_revision()
    assert {(table.name, table.rows) for table in manifest.tables} == {
        (name, NUMBER) for name in Base.metadata.tables
    }
    empty(store)
    assert restore_backup(store, tmp_path / "a") == manifest
    assert all_rows(store) == before


@pytest.mark.parametrize("way", ["from_sqlite", "from_postgresql"])
def test_a_backup_goes_into_the_other_database(
    sqlite_store: Store, postgresql_store: Store, tmp_path: Path, way: str
) -> None:
    stores = [sqlite_store, postgresql_store]
    source, target = stores if way == "from_sqlite" else reversed(stores)
    fill(source)
    backup(source, tmp_path / "a")
    restore_backup(target, tmp_path / "a")
    assert all_rows(target) == all_rows(source)
    backup(target, tmp_path / "b")
    assert contents(tmp_path / "b") == contents(tmp_path / "a")


def contents(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_next_row_after_a_restore_has_the_next_number(store: Store, file: Path) -> None:
    restore_backup(store, file, replace=True)
    with store.write() as session:
        failure = SignInFailure(subject="s", at=store.clock())
        line = Audit(at=store.clock(), action="a", kind="k", subject="s")
        session.add_all([failure, line])
        session.flush()
        assert (failure.id, line.id) == (NUMBER + 1, NUMBER + 1)


def test_tables_without_a_row_are_kept_as_such(store: Store, tmp_path: Path) -> None:
    assert backup(store, tmp_path / "a").rows == 0
    restore_backup(store, tmp_path / "a")
    assert not any(all_rows(store).values())
    with store.write() as session:
        failure = SignInFailure(subject="s", at=store.clock())
        session.add(failure)
        session.flush()
        assert failure.id == 1


def test_a_database_with_rows_is_left_alone_unless_it_is_to_be_replaced(store: Store, file: Path) -> None:
    fill(store, number=1)
    before = all_rows(store)
    with pytest.raises(InputError) as refused:
        restore_backup(store, file)
    assert codes(refused) == [ErrorCode.DATABASE_NOT_EMPTY]
    assert all_rows(store) == before
    restore_backup(store, file, replace=True)
    assert {len(rows) for rows in all_rows(store).values()} == {NUMBER}


def test_a_backup_is_of_one_moment_while_others_write(store: Store, tmp_path: Path) -> None:
    """Each writer's transaction puts a row into two tables: no backup has the one without the other."""
    ended = threading.Event()

    def write() -> None:
        while not ended.is_set():
            with store.write() as session:
                session.add(Audit(at=store.clock(), action="a", kind="k", subject="s"))
                session.flush()
                session.add(SignInFailure(subject="s", at=store.clock()))

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    try:
        found = []
        while len(set(found)) < count(short=3, long=40):
            rows = {table.name: table.rows for table in write_backup(store, io.BytesIO()).tables}
            assert rows["audit"] == rows["sign_in_failures"]
            found.append(rows["audit"])
    finally:
        ended.set()
        for writer in writers:
            writer.join()
    assert found == sorted(found)


def changed(file: Path, change: Callable[[dict[str, bytes]], None], *, hashes: bool) -> None:
    """Rewrite the archive with other contents; with ``hashes`` the manifest fits them."""
    members = contents(file)
    change(members)
    if hashes:
        manifest = json.loads(members["manifest.json"])
        for table in manifest["tables"]:
            table["sha256"] = hashlib.sha256(members[f"tables/{table['name']}.jsonl"]).hexdigest()
        members["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def replaced(name: str, old: bytes, new: bytes) -> Callable[[dict[str, bytes]], None]:
    def change(members: dict[str, bytes]) -> None:
        assert old in members[name]
        members[name] = members[name].replace(old, new)

    return change


FAILURES = "tables/sign_in_failures.jsonl"
DAMAGES = {
    "a row is gone": (lambda m: m.update({FAILURES: m[FAILURES].partition(b"\n")[2]}), False),
    "a letter differs": (replaced(FAILURES, b"subject", b"Subject"), False),
    "a table is gone": (lambda m: m.pop(FAILURES), False),
    "the manifest is gone": (lambda m: m.update({"manifest.json": b"{}"}), False),
    "the manifest is of another format": (replaced("manifest.json", b"backup/1", b"backup/2"), False),
    "a column is unknown": (replaced(FAILURES, b"subject", b"Subject"), True),
    "an instant is none": (replaced(FAILURES, b"2026-06-15T", b"2026-16-15T"), True),
    "a number is none": (replaced(FAILURES, b'"id": 1', b'"id": "one"'), True),
    "a key is there twice": (replaced(FAILURES, b'"id": 2', b'"id": 1'), True),
    "a row is a list": (lambda m: m.update({FAILURES: b"[]\n"}), True),
    "a row is no JSON": (lambda m: m.update({FAILURES: b"{\n"}), True),
    "a row is nested without end": (lambda m: m.update({FAILURES: b"[" * 100_000}), True),
    "a text is not encoded": (replaced("tables/plans.jsonl", b'"day": "', b'"day": "!'), True),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_backup_changes_nothing(store: Store, file: Path, damage: str) -> None:
    fill(store, number=1)
    before = all_rows(store)
    change, hashes = DAMAGES[damage]
    changed(file, change, hashes=hashes)
    with pytest.raises(InputError) as refused:
        restore_backup(store, file, replace=True)
    assert codes(refused) == [ErrorCode.BACKUP_UNREADABLE]
    assert all_rows(store) == before


def test_every_shortened_backup_is_refused(sqlite_store: Store, file: Path) -> None:
    whole = file.read_bytes()
    for length in range(0, len(whole), max(1, len(whole) // count(short=25, long=500))):
        file.write_bytes(whole[:length])
        with pytest.raises(InputError) as refused:
            restore_backup(sqlite_store, file)
        assert codes(refused) == [ErrorCode.BACKUP_UNREADABLE]
    assert not any(all_rows(sqlite_store).values())


def test_a_flipped_bit_is_noticed_or_means_nothing(sqlite_store: Store, file: Path) -> None:
    whole = file.read_bytes()
    restore_backup(sqlite_store, file)
    right = all_rows(sqlite_store)
    refused = 0
    for position in range(0, len(whole), max(1, len(whole) // count(short=25, long=500))):
        file.write_bytes(whole[:position] + bytes([whole[position] ^ 0x10]) + whole[position + 1 :])
        try:
            restore_backup(sqlite_store, file, replace=True)
        except InputError as error:
            refused += 1
            assert {problem.code for problem in error.problems} == {ErrorCode.BACKUP_UNREADABLE}  # noqa: PT017
        assert all_rows(sqlite_store) == right
    assert refused > 0


def test_a_backup_of_a_later_program_is_told_as_such(store: Store, file: Path) -> None:
    changed(file, replaced("manifest.json", b'"revision": "', b'"revision": "9'), hashes=False)
    with pytest.raises(InputError) as refused:
        restore_backup(store, file)
    assert codes(refused) == [ErrorCode.DATABASE_TOO_NEW]


def test_a_restore_that_fails_in_the_middle_leaves_what_was_there(sqlite_store: Store, file: Path) -> None:
    store = sqlite_store
    with store.write() as session:
        session.add(SignInFailure(subject="before", at=store.clock()))
        pages = session.execute(text("PRAGMA page_count")).scalar_one()
        session.execute(text(f"PRAGMA max_page_count = {pages}"))
    large = contents(file)
    line = json.loads(large[FAILURES].splitlines()[0])
    large[FAILURES] = b"".join(
        json.dumps({**line, "id": number, "subject": "s" * 120}).encode() + b"\n"
        for number in range(1, 20_000)
    )
    changed(file, lambda members: members.update(large), hashes=True)
    kept = all_rows(store)
    with pytest.raises(InputError) as refused:
        restore_backup(store, file, replace=True)
    assert codes(refused) == [ErrorCode.STORAGE_FULL]
    assert all_rows(store) == kept
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(SignInFailure)) == 1


def test_the_hour_of_a_backup_is_that_of_the_stores_clock(sqlite_store: Store, tmp_path: Path) -> None:
    manifest = backup(sqlite_store, tmp_path / "a")
    assert manifest.made_at == datetime.datetime(2026, 6, 14, 12, tzinfo=datetime.UTC)

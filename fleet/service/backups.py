"""Backups: everything into one file that only its owner may read, and back."""

import contextlib
import datetime
import os
import tempfile
from pathlib import Path

from fleet.model import ErrorCode, InputError, bad_input
from fleet.model.base import Document
from fleet.service.context import Context
from fleet.service.roles import Caller, Permission
from fleet.store import Store
from fleet.store.audit import note
from fleet.store.backup import Manifest, write_backup
from fleet.store.migrate import current_revision, latest_revision
from fleet.store.restore import restore_backup


class BackupView(Document):
    """What a backup has: rows by table, and when it was made of which revision of the tables."""

    file: str
    made_at: datetime.datetime
    revision: str
    rows: dict[str, int]


def make_backup(ctx: Context, caller: Caller, *, file: Path) -> BackupView:
    """Write everything into a file, whole or not at all; the service may run and write meanwhile.

    Only the file's owner may read it: it holds names, phones, and what passwords are checked by.

    Raises
    ------
    InputError
        DATABASE_EMPTY, OUTPUT_IS_INPUT, FILE_UNWRITABLE.
    """
    caller.has_to(Permission.OPERATE)
    if _is_database(ctx.store, file):
        raise bad_input(ErrorCode.OUTPUT_IS_INPUT, file=str(file), other="--database")
    # Looked at first: to open a file that is missing would make one.
    is_missing = ctx.store.file is not None and not ctx.store.file.exists()
    if is_missing or current_revision(ctx.store) is None:
        raise bad_input(ErrorCode.DATABASE_EMPTY, where="--database")
    target = Path(os.path.realpath(file))
    try:
        # Made with mode 0600, beside the target, so that it can be moved there in one step.
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:40]}-")
    except OSError as error:
        raise _unwritable(error, file) from error
    aside = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            manifest = write_backup(ctx.store, stream)
            stream.flush()
            os.fsync(stream.fileno())
        aside.replace(target)
    except OSError as error:
        raise _unwritable(error, file) from error
    finally:
        aside.unlink(missing_ok=True)
    if manifest.revision == latest_revision():
        # A backup of a database that takes no more rows is worth most of all.
        with contextlib.suppress(InputError):
            _note(ctx, caller, action="backed_up", manifest=manifest)
    return _view(file, manifest)


def restore(ctx: Context, caller: Caller, *, file: Path, replace: bool = False) -> BackupView:
    """Fill an empty database from a backup, or with ``replace`` any: everything or nothing.

    Raises
    ------
    InputError
        FILE_NOT_FOUND, FILE_UNREADABLE, BACKUP_UNREADABLE, DATABASE_TOO_NEW, DATABASE_NOT_EMPTY.
    """
    caller.has_to(Permission.OPERATE)
    try:
        manifest = restore_backup(ctx.store, file, replace=replace)
    except FileNotFoundError as error:
        raise bad_input(ErrorCode.FILE_NOT_FOUND, file=str(file)) from error
    except OSError as error:
        raise bad_input(ErrorCode.FILE_UNREADABLE, file=str(file), detail=str(error.strerror)) from error
    _note(ctx, caller, action="restored", manifest=manifest)
    return _view(file, manifest)


def _note(ctx: Context, caller: Caller, *, action: str, manifest: Manifest) -> None:
    with ctx.store.write() as session:
        note(
            session,
            at=ctx.store.clock(),
            account_id=caller.account_id,
            action=action,
            kind="database",
            subject=manifest.made_at.isoformat(timespec="seconds"),
            rows=manifest.rows,
        )


def _view(file: Path, manifest: Manifest) -> BackupView:
    return BackupView(
        file=str(file),
        made_at=manifest.made_at,
        revision=manifest.revision,
        rows={table.name: table.rows for table in manifest.tables},
    )


def _is_database(store: Store, file: Path) -> bool:
    """Whether a file is the one that SQLite keeps the database in, or one of those beside it."""
    parts = (f"{store.file}{ending}" for ending in ("", "-wal", "-shm"))
    return store.file is not None and os.path.realpath(file) in parts


def _unwritable(error: OSError, file: Path) -> InputError:
    return bad_input(ErrorCode.FILE_UNWRITABLE, file=str(file), detail=error.strerror or type(error).__name__)

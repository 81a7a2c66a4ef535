"""Files that a command reads and writes; ``-`` is standard input or output.

Whatever is written is looked at before long work begins, and written whole or not at all.
"""

import errno
import os
import stat
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from fleet.cli.failures import naming, unreadable, unwritable
from fleet.model import Day, ErrorCode, Plan, bad_input, read_day, read_plan
from fleet.model.base import MAX_BYTES

if TYPE_CHECKING:
    from maps.roads import RoadGraph

STANDARD = "-"


def read_bytes(file: str) -> bytes:
    """Return a file's content; a byte more than the limit is read of a longer one, so that it is refused.

    Raises
    ------
    InputError
        FILE_NOT_FOUND, FILE_UNREADABLE.
    """
    try:
        if file == STANDARD:
            return sys.stdin.buffer.read(MAX_BYTES + 1)
        with Path(file).open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise unreadable(error, file=file) from error


def load_day(file: str) -> Day:
    """Read a day from its JSON."""
    return read_day(read_bytes(file), file=file)


def load_plan(file: str) -> Plan:
    """Read a plan from its JSON."""
    return read_plan(read_bytes(file), file=file)


def load_road_file(file: str) -> "RoadGraph":
    """Read a road file."""
    from maps.roads.store import load_roads

    check_readable(file)
    with naming(file):
        return load_roads(file)


def check_readable(file: str) -> None:
    """Refuse a file that another reader is to open and that cannot be opened.

    Raises
    ------
    InputError
        FILE_NOT_FOUND, FILE_UNREADABLE.
    """
    try:
        with Path(file).open("rb") as stream:
            stream.read(1)
    except OSError as error:
        raise unreadable(error, file=file) from error


def check_writable(file: str) -> None:
    """Refuse a file that could not be written, before the work that is to fill it.

    Raises
    ------
    InputError
        FILE_UNWRITABLE.
    """
    if file == STANDARD:
        return
    path = Path(file)
    if path.is_dir():
        raise bad_input(ErrorCode.FILE_UNWRITABLE, file=file, detail="Is a directory")
    if _is_stream(path):
        if not os.access(path, os.W_OK):
            raise bad_input(ErrorCode.FILE_UNWRITABLE, file=file, detail=os.strerror(errno.EACCES))
    else:
        _check_folder(Path(os.path.realpath(path)).parent, file=file)


def check_apart(outputs: Mapping[str, str | None], *, inputs: Mapping[str, str | None]) -> None:
    """Refuse to write into a file that is read, or two answers into one file.

    Parameters
    ----------
    outputs, inputs
        Files by what the user calls them, ``--output`` or ``DAY``; None where none is given.

    Raises
    ------
    InputError
        OUTPUT_IS_INPUT.
    """
    taken = {name: file for name, file in inputs.items() if file is not None}
    for option, output in outputs.items():
        if output is None:
            continue
        for name, file in taken.items():
            if _is_same_file(output, file):
                raise bad_input(ErrorCode.OUTPUT_IS_INPUT, where=option, value=output, other=name)
        taken[option] = output


def check_folder(folder: str) -> None:
    """Refuse a folder that files could not be written into.

    Raises
    ------
    InputError
        FILE_UNWRITABLE.
    """
    _check_folder(Path(folder), file=folder)


def _check_folder(folder: Path, *, file: str) -> None:
    """Try to write into the folder, or into the nearest one above it that there is."""
    try:
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise unwritable(error, file=file) from error


def write_whole(file: str, content: bytes) -> None:
    """Write a file, or standard output; a reader sees the old content or the new one, never a part.

    Raises
    ------
    InputError
        FILE_UNWRITABLE.
    """
    try:
        if file == STANDARD:
            sys.stdout.flush()
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
        elif _is_stream(Path(file)):
            Path(file).write_bytes(content)
        else:
            _replace(Path(file), content)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise unwritable(error, file=file) from error


def _is_same_file(output: str, other: str) -> bool:
    """Whether writing into one replaces the other; devices, pipes and standard output replace nothing."""
    if output == STANDARD or _is_stream(Path(output)):
        return False
    try:
        return os.path.samefile(output, other)
    except (OSError, ValueError):
        return os.path.abspath(output) == os.path.abspath(other)


def _is_stream(path: Path) -> bool:
    """Whether there is a device or a pipe of this name: it takes what is written, and is never replaced."""
    return path.exists() and not path.is_file() and not path.is_dir()


def _replace(path: Path, content: bytes) -> None:
    """Put the new content in the place of the old; who may read it stays as it is, a link stays a link."""
    path = Path(os.path.realpath(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o666 & ~_umask()
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(aside).chmod(mode)
        os.replace(aside, path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask

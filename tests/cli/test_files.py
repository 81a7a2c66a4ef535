"""Writing: whole files, links and devices kept, and nobody new may read."""

import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from fleet.cli.files import check_writable, write_whole
from maps.roads.store import write_atomically


@pytest.fixture(params=[0o022, 0o077])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_file_is_as_open_as_the_user_wants(tmp_path: Path, umask: int) -> None:
    write_whole(str(tmp_path / "new.json"), b"{}")
    assert _mode(tmp_path / "new.json") == 0o666 & ~umask


def test_a_private_file_stays_private(tmp_path: Path) -> None:
    day = tmp_path / "day.json"
    day.write_bytes(b"old")
    day.chmod(0o600)
    write_whole(str(day), b"new")
    assert (day.read_bytes(), _mode(day)) == (b"new", 0o600)


@pytest.mark.parametrize("by_cli", [True, False])
def test_a_link_stays_a_link(tmp_path: Path, by_cli: bool) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    _write(link, b"new", by_cli=by_cli)
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


@pytest.mark.parametrize("by_cli", [True, False])
def test_a_pipe_is_written_into_and_not_replaced(tmp_path: Path, by_cli: bool) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    came: list[bytes] = []
    reader = threading.Thread(target=lambda: came.append(pipe.read_bytes()), daemon=True)
    reader.start()
    _write(pipe, b"content", by_cli=by_cli)
    reader.join(10)
    assert came == [b"content"]
    assert pipe.is_fifo()
    assert [file.name for file in tmp_path.iterdir()] == ["pipe"]


def _write(path: Path, content: bytes, *, by_cli: bool) -> None:
    if by_cli:
        check_writable(str(path))
        write_whole(str(path), content)
    else:
        write_atomically(path, content)

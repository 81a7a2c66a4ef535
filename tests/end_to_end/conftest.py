"""The fleet command as a user starts it: a process of its own, in a folder of its own."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Fleet = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def run_fleet(tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    """Run ``fleet`` with arguments in a folder; a wrong exit status fails with what was printed."""
    command = Path(sys.executable).with_name("fleet")
    cache = tmp_path_factory.mktemp("cache")

    def run(*arguments: str, folder: Path, status: int = 0) -> "subprocess.CompletedProcess[str]":
        done = subprocess.run(
            [command, *arguments],
            cwd=folder,
            env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "XDG_CACHE_HOME": str(cache)},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == status, f"fleet {' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
        return done

    return run

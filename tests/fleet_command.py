"""The fleet command as a user starts it: a process of its own, in a folder of its own."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

KEPT_VARIABLES = ("HOME", "PATH", "NUMBA_CACHE_DIR", "XDG_CACHE_HOME")
"""With them goes the solver as it is compiled already; nothing else of the machine reaches the command."""


def run_fleet(arguments: Sequence[str], *, folder: Path, status: int = 0) -> subprocess.CompletedProcess[str]:
    """Run ``fleet`` in a folder, its cache of travel there; another status fails with what was said."""
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    done = subprocess.run(
        [Path(sys.executable).with_name("fleet"), *arguments],
        cwd=folder,
        env={**kept, "LANG": "C.UTF-8", "FLEET_CACHE_DIR": str(folder / "cache")},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == status, f"fleet {' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
    return done

"""Compiled kernels (numba): exact evaluation of a route, the insertion of requests, ruin and recreate.

numba's cache looks at the file of the function it compiles, not at those of the functions it calls, so a
changed kernel would go on running in its old form inside others. The cache therefore has one directory for
each state of these files.
"""

import hashlib
import os
import tempfile
from pathlib import Path

import numba


def _cache_directory() -> Path:
    here = Path(__file__).parent
    digest = hashlib.sha256(numba.__version__.encode())
    for source in [here.parent / "instance.py", *sorted(here.glob("*.py"))]:
        digest.update(source.read_bytes())
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    base = Path(chosen) if chosen else Path(home) / "fleet" / "kernels"
    directory = base / digest.hexdigest()[:16]
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError:
        # A home that cannot be written, as of many services: compiled once for each start instead.
        return Path(tempfile.mkdtemp(prefix="fleet-kernels-"))
    return directory


numba.config.CACHE_DIR = str(_cache_directory())

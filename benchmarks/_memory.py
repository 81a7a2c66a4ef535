"""Memory of a process and all below it, shared pages counted once."""

import contextlib
from pathlib import Path


class Sampler:
    """The largest sum of proportional set sizes that was seen.

    Linux counts a page shared by k processes as a k-th of a page in each (``Pss``), so that the sum over the
    processes of a search says what they need together. Elsewhere it stays 0.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self.peak_mb = 0.0

    def sample(self) -> None:
        """Look once."""
        total_kb = sum(_pss_kb(pid) for pid in _family(self._pid))
        self.peak_mb = max(self.peak_mb, total_kb / 1024)


def _family(pid: int) -> list[int]:
    found, at = [pid], 0
    while at < len(found):
        # Whatever ends meanwhile has no files any more.
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{found[at]}/task").iterdir():
                found.extend(map(int, (task / "children").read_text(encoding="ascii").split()))
        at += 1
    return found


def _pss_kb(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0

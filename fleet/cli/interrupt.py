"""Ctrl-C during a search: the first ends the search, the second the program."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType


@contextlib.contextmanager
def first_interrupt() -> Iterator[threading.Event]:
    """Yield an event that the first interrupt sets; a second interrupt is raised as ``KeyboardInterrupt``."""
    asked = threading.Event()

    def note(_signal: int, _frame: FrameType | None) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    before = signal.signal(signal.SIGINT, note)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)

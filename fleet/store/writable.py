"""Whether a database takes what is written to it: tried once in a while, and told by writes that failed."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fleet.model import ErrorCode, InputError

TRY_EVERY_S = 10.0
LASTING = frozenset({ErrorCode.STORAGE_FULL, ErrorCode.DATABASE_UNREACHABLE})
"""What the next write fails with, too; a lost race is over with it."""


class Writable:
    """What the last try came to.

    Parameters
    ----------
    monotonic : callable, optional
        A clock that never jumps, in seconds.
    """

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._failure: str | None = None
        self._known_at_s: float | None = None
        self._trying = threading.Lock()

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Note what somebody's write fails with: whoever asks next need not try."""
        try:
            yield
        except InputError as error:
            if error.problems[0].code in LASTING:
                self._note(error.problems[0].code)
            raise

    def failure(self, attempt: Callable[[], None]) -> str | None:
        """Return the code that writes fail with, None where they work.

        ``attempt`` writes something. It is called when nothing was tried or has failed for some seconds, by
        one who asks at a time; the others are told what was known before.
        """
        known_at_s = self._known_at_s
        is_fresh = known_at_s is not None and self._monotonic() < known_at_s + TRY_EVERY_S
        if not is_fresh and self._trying.acquire(blocking=False):
            try:
                attempt()
            except InputError as error:
                self._note(error.problems[0].code)
            else:
                self._note(None)
            finally:
                self._trying.release()
        return self._failure

    def _note(self, failure: str | None) -> None:
        self._failure, self._known_at_s = failure, self._monotonic()

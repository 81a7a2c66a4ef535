"""Bodies that are too large reach the application without their content, so that it can say so in its words.

waitress by itself answers them with a plain text of its own. Up to a bound they are read and thrown away,
because a program that is still sending does not see the answer of a server that hangs up.
"""

import io
from typing import Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.utilities import RequestEntityTooLarge

from fleet.api.limits import MAX_BODY_BYTES
from fleet.cli.http_refusals import Refusal

READ_AT_MOST = 4 * MAX_BODY_BYTES
"""Behind so many bytes the connection is closed, whoever is still sending."""


class Discarded:
    """Where the rest of a body goes: nothing is kept of it but its length."""

    def __init__(self, length: int = 0) -> None:
        self.length = length

    def __len__(self) -> int:
        return self.length

    def append(self, data: bytes) -> None:
        """Count."""
        self.length += len(data)

    def getfile(self) -> io.BytesIO:
        """Return an empty body."""
        return io.BytesIO()

    def close(self) -> None:
        """Nothing is open."""


class Parser(HTTPRequestParser):  # type: ignore[misc]
    """Reads requests; one that is too large is handed over with its length and without its body."""

    body_rcv: Any
    expect_continue: bool

    def received(self, data: bytes) -> int:
        """Take the next bytes, and return how many of them belong to this request."""
        consumed: int = super().received(data)
        if isinstance(self.error, RequestEntityTooLarge):
            self._hand_over()
        elif self._is_too_large() and not self.completed:
            if self.expect_continue:
                self._hand_over()
            elif not isinstance(self.body_rcv.buf, Discarded):
                kept = self.body_rcv.buf
                self.body_rcv.buf = Discarded(len(kept))
                kept.close()
        return consumed

    def _is_too_large(self) -> bool:
        return self.body_rcv is not None and max(self.content_length, len(self.body_rcv)) > MAX_BODY_BYTES

    def _hand_over(self) -> None:
        """Let the application answer now; what still comes belongs to nobody, so the connection ends."""
        if self.chunked:
            self.headers["CONTENT_LENGTH"] = str(len(self.body_rcv))
        if self.body_rcv is not None:
            self.body_rcv.getbuf().close()
        self.headers["CONNECTION"] = "close"
        self.body_rcv = self.error = None
        self.expect_continue = False
        self.completed = True


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection whose requests are read by ``Parser``; what is none is answered by ``Refusal``."""

    parser_class = Parser
    error_task_class = Refusal

"""What is no call of HTTP is refused by a document like any other error, and without what was sent.

waitress by itself answers with a plain text that repeats the header, which may hold a secret.
"""

import structlog
from waitress.task import ErrorTask

from fleet.api.errors import MEDIA_TYPE, document_of
from fleet.api.headers import REQUEST_ID, new_request_id
from fleet.model import ErrorCode, Problem

log = structlog.get_logger("fleet.api")


class Refusal(ErrorTask):  # type: ignore[misc]
    """Answers for waitress: to what it cannot read, and where the application broke down in the middle."""

    def execute(self) -> None:
        """Write the answer; nobody knows where the next call would begin, so the connection ends."""
        status, reason = self.request.error.code, self.request.error.reason
        name = new_request_id()
        broke_down = status == 500
        code = ErrorCode.INTERNAL if broke_down else ErrorCode.HEADER_MALFORMED
        problem = Problem(code=code, params={"file": f"{REQUEST_ID} {name}"} if broke_down else {})
        log.info("unreadable", request_id=name, status=status)
        body = document_of([problem], status=status, request_id=name).model_dump_json().encode()
        self.status = f"{status} {reason}"
        self.response_headers += [("Content-Type", MEDIA_TYPE), (REQUEST_ID, name)]
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)

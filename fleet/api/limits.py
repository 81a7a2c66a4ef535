"""How large a call may be: refused by what it announces, before anything of it is read."""

from flask import Flask, request

from fleet.model import ErrorCode, bad_input
from fleet.model.base import MAX_BYTES

MAX_BODY_BYTES = MAX_BYTES


def install(app: Flask) -> None:
    """Refuse what is too large."""
    # werkzeug cuts a body without a length off at this size, too.
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_BODY_BYTES
    app.before_request(_refuse_large)


def _refuse_large() -> None:
    length = request.content_length
    if length is not None and length > MAX_BODY_BYTES:
        raise bad_input(ErrorCode.BODY_TOO_LARGE, where="Content-Length", value=length, limit=MAX_BODY_BYTES)

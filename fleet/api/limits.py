"""How large a call may be: refused by what it announces, before anything of it is read."""

from flask import Flask, request

from fleet.model import ErrorCode, bad_input
from fleet.model.base import MAX_BYTES

MAX_BODY_BYTES = MAX_BYTES
MAX_OPEN_BODY_BYTES = 16_384
"""Where nobody has to be signed in: to parse what a stranger sends must cost next to nothing."""


def install(app: Flask) -> None:
    """Refuse what is too large."""
    # werkzeug cuts a body without a length off at this size, too.
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_BODY_BYTES
    app.before_request(refuse_larger)


def refuse_larger(limit: int = MAX_BODY_BYTES) -> None:
    """Refuse the present call if its body is larger.

    Raises
    ------
    InputError
        BODY_TOO_LARGE, here or where a body that does not announce its length is read.
    """
    request.max_content_length = limit
    length = request.content_length
    if length is not None and length > limit:
        raise bad_input(ErrorCode.BODY_TOO_LARGE, where="Content-Length", value=length, limit=limit)

"""Versions of editable rows as ETags: ``"3"`` is version 3."""

import re

from flask import Flask, request

from fleet.model import ErrorCode, bad_input

COMPRESSED = ':gzip"'
"""How a tag ends that came with a compressed answer; what it stands for is the same."""
VERSION = re.compile(r"\d{1,9}")


def install(app: Flask) -> None:
    """Take tags of compressed answers for what they stand for."""
    app.before_request(_uncompress)


def _uncompress() -> None:
    for name in ("HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH"):
        if name in request.environ:
            request.environ[name] = request.environ[name].replace(COMPRESSED, '"')


def expected_version() -> int | None:
    """Return the version that ``If-Match`` names; None without the header, or for ``*``.

    Raises
    ------
    InputError
        HEADER_MALFORMED for what is no ETag of ours; CHANGED_MEANWHILE for one that cannot be of this row.
    """
    given = request.headers.get("If-Match")
    if given is None or given.strip() == "*":
        return None
    tags = request.if_match.as_set()
    if len(tags) != 1:
        raise bad_input(ErrorCode.HEADER_MALFORMED, where="If-Match", value=given)
    # werkzeug reads the empty tag as none at all.
    found = VERSION.fullmatch(next(iter(tags)) or "")
    if found is None:
        raise bad_input(ErrorCode.CHANGED_MEANWHILE, where="If-Match", value=given)
    return int(found[0])

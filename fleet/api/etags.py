"""Versions of editable rows as ETags: ``"3"`` is version 3."""

import re

from flask import request

from fleet.model import ErrorCode, bad_input

# A compressed answer carries the name of the compression behind the version.
VERSION = re.compile(r"(\d{1,9})(?::[a-z]+)?")


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
    found = VERSION.fullmatch(next(iter(tags)))
    if found is None:
        raise bad_input(ErrorCode.CHANGED_MEANWHILE, where="If-Match", value=given)
    return int(found[1])

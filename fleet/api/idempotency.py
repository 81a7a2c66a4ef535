"""A POST that is sent again, because its answer got lost, is done once and answered alike.

Only answers of success are kept: a call that failed has changed nothing and may be tried again.
"""

import hashlib
import re
from collections.abc import Callable

from flask import Response, request

from fleet.model import ErrorCode, bad_input
from fleet.service.context import Context
from fleet.service.roles import Caller
from fleet.store.kept_answers import Kept, begin, finish, forget

HEADER = "Idempotency-Key"
PATTERN = r"^[!-~]{1,200}$"
REPEATED = "Idempotent-Replayed"
KEPT_HEADERS = ("Content-Type", "Content-Disposition", "Location", "Retry-After", "ETag")


def kept(ctx: Context, caller: Caller, run: Callable[[], Response]) -> Response:
    """Return the answer that the same call got before, or do it."""
    key = request.headers.get(HEADER)
    if key is None:
        return run()
    if not re.fullmatch(PATTERN, key):
        raise bad_input(ErrorCode.HEADER_MALFORMED, where=HEADER, value=key)
    account_id = caller.account_id or ""
    known = begin(ctx.store, account_id=account_id, key=key, call_sha256=call_sha256())
    if known is not None:
        return Response(known.body, status=known.status, headers=known.headers | {REPEATED: "true"})
    try:
        response = run()
    except BaseException:
        forget(ctx.store, account_id=account_id, key=key)
        raise
    if response.status_code >= 300 or response.is_streamed:
        forget(ctx.store, account_id=account_id, key=key)
    else:
        headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
        answer = Kept(status=response.status_code, headers=headers, body=response.get_data())
        finish(ctx.store, account_id=account_id, key=key, answer=answer)
    return response


def call_sha256() -> str:
    """Return what the present call is: its address, its kind of content, its body."""
    content = hashlib.sha256()
    for part in (request.full_path.encode(), request.mimetype.encode(), request.get_data(cache=True)):
        content.update(len(part).to_bytes(8, "big") + part)
    return content.hexdigest()

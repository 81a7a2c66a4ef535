"""What every answer carries: the request's id, and what browsers are told to refuse."""

import re
import secrets

from flask import Flask, Response, g, request

from fleet.service.addresses import API_PATH

PREFIX = API_PATH
REQUEST_ID = "X-Request-ID"
KNOWN_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
"""An id of the caller's that is taken over; any other would put what it likes into the logs."""
YEAR_S = 365 * 86_400

POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
SECURITY = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
NEVER_STORED = "no-store"
ASKED_EACH_TIME = "private, no-cache"
"""A browser may keep an answer, and asks each time whether it still holds (304)."""


def install(app: Flask) -> None:
    """Give every request an id and every answer its headers."""
    app.before_request(_name_request)
    app.after_request(_finish)


def request_id() -> str:
    """Return the id of the present request."""
    found: str = g.request_id
    return found


def new_request_id() -> str:
    """Return an id for a request that brings none."""
    return secrets.token_hex(8)


def _name_request() -> None:
    given = request.headers.get(REQUEST_ID, "")
    g.request_id = given if KNOWN_ID.fullmatch(given) else new_request_id()


def _finish(response: Response) -> Response:
    response.headers[REQUEST_ID] = request_id()
    for name, value in SECURITY.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={YEAR_S}")
    if request.path.startswith(PREFIX) and "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = ASKED_EACH_TIME if response.get_etag()[0] else NEVER_STORED
    return response

"""Who calls: by a bearer token, or by the cookie of a browser or a driver's phone."""

import hmac
from dataclasses import dataclass

import structlog
from flask import request

from fleet.model import ErrorCode, bad_input
from fleet.service.context import Context
from fleet.service.roles import Caller, Permission
from fleet.service.sessions import caller_of, csrf_of

SESSION_COOKIE = "fleet_session"
DEVICE_COOKIE = "fleet_device"
CSRF_HEADER = "X-CSRF-Token"
READING = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, kw_only=True)
class Secret:
    """What the caller showed; a cookie comes along by itself, so that a change needs the CSRF code, too."""

    value: str
    is_cookie: bool


def shown_secret() -> Secret | None:
    """Return the secret of the present request; a token before a cookie, a person before a phone."""
    given = request.authorization
    if given is not None:
        is_token = given.type == "bearer" and given.token
        return Secret(value=given.token or "", is_cookie=False) if is_token else None
    if "Authorization" in request.headers:
        return None
    for name in (SESSION_COOKIE, DEVICE_COOKIE):
        value = request.cookies.get(name)
        if value:
            return Secret(value=value, is_cookie=True)
    return None


def caller_or_none(ctx: Context) -> Caller | None:
    """Return who calls, None for who shows nothing that is valid."""
    secret = shown_secret()
    return None if secret is None else caller_of(ctx, secret=secret.value)


def signed_in(ctx: Context, *, may: Permission | None = None) -> Caller:
    """Return who calls.

    Raises
    ------
    InputError
        NOT_SIGNED_IN; CSRF_MISSING for a change with a cookie alone; FORBIDDEN for another role.
    """
    secret = shown_secret()
    caller = None if secret is None else caller_of(ctx, secret=secret.value)
    if secret is None or caller is None:
        raise bad_input(ErrorCode.NOT_SIGNED_IN)
    structlog.contextvars.bind_contextvars(account_id=caller.account_id, role=caller.role)
    if secret.is_cookie and request.method not in READING:
        _check_csrf(secret)
    if may is not None:
        caller.has_to(may)
    return caller


def _check_csrf(secret: Secret) -> None:
    expected = csrf_of(secret=secret.value)
    given = request.headers.get(CSRF_HEADER, "")
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise bad_input(ErrorCode.CSRF_MISSING, where=CSRF_HEADER)

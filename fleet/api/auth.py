"""Who calls: by a bearer token, or by the cookie of a browser or a driver's phone."""

import hmac
from collections.abc import Iterator
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


def shown(ctx: Context) -> tuple[Caller, Secret] | None:
    """Return who calls and by what; None for who shows nothing that is valid."""
    for secret in _shown_secrets():
        caller = caller_of(ctx, secret=secret.value)
        if caller is not None:
            return caller, secret
    return None


def caller_or_none(ctx: Context) -> Caller | None:
    """Return who calls, None for who shows nothing that is valid."""
    found = shown(ctx)
    return None if found is None else found[0]


def signed_in(ctx: Context, *, may: Permission | None = None) -> Caller:
    """Return who calls.

    Raises
    ------
    InputError
        NOT_SIGNED_IN; CSRF_MISSING for a change with a cookie alone; FORBIDDEN for another role.
    """
    found = shown(ctx)
    if found is None:
        raise bad_input(ErrorCode.NOT_SIGNED_IN)
    caller, secret = found
    structlog.contextvars.bind_contextvars(account_id=caller.account_id, role=caller.role)
    if secret.is_cookie and request.method not in READING:
        _check_csrf(secret)
    if may is not None:
        caller.has_to(may)
    return caller


def _shown_secrets() -> Iterator[Secret]:
    """Yield what the request shows: a token alone, else a person's cookie before a phone's.

    A person's session may be over in a browser that is a driver's phone, too.
    """
    given = request.authorization
    if given is not None:
        if given.type == "bearer" and given.token:
            yield Secret(value=given.token, is_cookie=False)
        return
    if "Authorization" in request.headers:
        return
    for name in (SESSION_COOKIE, DEVICE_COOKIE):
        value = request.cookies.get(name)
        if value:
            yield Secret(value=value, is_cookie=True)


def _check_csrf(secret: Secret) -> None:
    expected = csrf_of(secret=secret.value)
    given = request.headers.get(CSRF_HEADER, "")
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise bad_input(ErrorCode.CSRF_MISSING, where=CSRF_HEADER)

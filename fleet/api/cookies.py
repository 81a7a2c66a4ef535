"""The cookies that browsers hold: no script reads them, no other site's form sends them."""

from flask import Response, request

from fleet.api.auth import DEVICE_COOKIE, SESSION_COOKIE
from fleet.service.addresses import is_secure
from fleet.service.context import Context
from fleet.service.sessions import LIFETIMES
from fleet.service.sign_in import Started
from fleet.store.accounts import CredentialKind

NAMES = {CredentialKind.SESSION: SESSION_COOKIE, CredentialKind.DEVICE: DEVICE_COOKIE}


def held(kind: CredentialKind) -> str | None:
    """Return the secret that the browser holds already."""
    return request.cookies.get(NAMES[kind])


def hand_over(response: Response, ctx: Context, started: Started) -> Response:
    """Give a browser its secret. How long it is good is decided here and not by the browser."""
    kind = started.shown.kind
    response.set_cookie(
        NAMES[kind],
        started.secret,
        max_age=LIFETIMES[kind].longest,
        secure=is_secure(ctx.config),
        httponly=True,
        samesite="Lax",
    )
    return response


def take_back(response: Response, ctx: Context, kind: CredentialKind) -> Response:
    """Let a browser forget its secret."""
    response.delete_cookie(NAMES[kind], secure=is_secure(ctx.config), httponly=True, samesite="Lax")
    return response

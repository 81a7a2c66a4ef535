"""Signing in and out, and the first set-up."""

from flask import Response, request

from fleet.api import auth, cookies
from fleet.api.answers import answer
from fleet.api.blueprint import OPEN, Api
from fleet.model import ErrorCode, bad_input
from fleet.service import setup as first_start
from fleet.service import sign_in as use_cases
from fleet.service.accounts import AccountView
from fleet.service.context import Context
from fleet.service.roles import Caller, Permission
from fleet.service.setup import Setup
from fleet.service.sign_in import PasswordChange, SessionView, SignIn
from fleet.store.accounts import CredentialKind

api = Api("sessions", tag="Signing in")


@api.on("POST", "/session", may=OPEN, answers={201: SessionView}, errors=(401, 429), secret=True)
def sign_in(ctx: Context, body: SignIn) -> Response:
    """Sign in by name and password: the answer sets a cookie; changes then carry `csrf` as X-CSRF-Token."""
    started = use_cases.sign_in(
        ctx, given=body, address=_address(), replaces=cookies.held(CredentialKind.SESSION)
    )
    return cookies.hand_over(answer(started.shown, status=201), ctx, started)


@api.on("GET", "/session", may=Permission.OWN_ACCOUNT, answers=SessionView)
def read_session(ctx: Context, caller: Caller) -> SessionView:
    """Say who is signed in."""
    return use_cases.read_session(ctx, caller, secret=_secret(ctx))


@api.on("DELETE", "/session", may=Permission.OWN_ACCOUNT, answers={204: None})
def sign_out(ctx: Context, caller: Caller) -> Response:
    """End the session, or take the phone off its driver. A token is revoked at its own path instead."""
    secret = _secret(ctx)
    use_cases.sign_out(ctx, caller, secret=secret)
    response = answer(status=204)
    for kind in cookies.NAMES:
        if cookies.held(kind) == secret:
            cookies.take_back(response, ctx, kind)
    return response


@api.on("PUT", "/session/password", may=Permission.OWN_ACCOUNT, answers=AccountView, errors=(429,))
def change_own_password(ctx: Context, caller: Caller, body: PasswordChange) -> AccountView:
    """Change the own password; other sessions end."""
    return use_cases.change_password(ctx, caller, change=body, secret=_secret(ctx), address=_address())


@api.on("POST", "/setup", may=OPEN, answers={201: SessionView}, errors=(410,), secret=True)
def set_up(ctx: Context, body: Setup) -> Response:
    """Make the first account, by the link that the service printed at its first start, and sign it in."""
    started = first_start.complete_setup(ctx, setup=body)
    return cookies.hand_over(answer(started.shown, status=201), ctx, started)


def _secret(ctx: Context) -> str:
    """Return what the caller is signed in by; it may have ended since the call began."""
    found = auth.shown(ctx)
    if found is None:
        raise bad_input(ErrorCode.NOT_SIGNED_IN)
    return found[1].value


def _address() -> str:
    return request.remote_addr or ""

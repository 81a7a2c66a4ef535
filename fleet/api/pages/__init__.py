"""The few pages around signing in. They load nothing from elsewhere, and do all work by the API."""

from importlib.resources import files
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from fleet.api import auth
from fleet.api.blueprint import EXTENSION
from fleet.api.languages import language as accepted_language
from fleet.service import devices, setup
from fleet.service.context import Context
from fleet.service.devices import QrSignIn
from fleet.service.passwords import LEAST
from fleet.service.sign_in import read_session
from fleet.store.accounts import CredentialKind
from fleet.texts import LANGUAGES, text

FROM_RIGHT = ("ug",)
HOME = "/"
SIGN_IN = "/sign-in"
SIGNED_OUT = "/signed-out"

pages = Blueprint("pages", __name__, template_folder="templates", static_folder="assets")


@pages.get(HOME)
def home() -> str | AnyResponse:
    """Say who is signed in; who is not signs in first."""
    ctx: Context = current_app.extensions[EXTENSION]
    found = auth.shown(ctx)
    if found is None:
        return redirect(_address(SIGN_IN))
    caller, secret = found
    session = read_session(ctx, caller, secret=secret.value)
    is_phone = session.kind is CredentialKind.DEVICE
    title = "phone_signed_in" if is_phone else "signed_in"
    return _page("home", title=title, session=session, signed_out=_address(SIGNED_OUT))


@pages.get(SIGN_IN)
def sign_in() -> str:
    """Sign in by name and password."""
    return _page("sign_in", title="sign_in", next=_next())


@pages.get(SIGNED_OUT)
def signed_out() -> str:
    """Say that nobody is signed in any more."""
    return _page("signed_out", title="signed_out", sign_in=_address(SIGN_IN))


@pages.get(setup.PAGE)
def first_account() -> str:
    """Make the first account, by the secret behind ``#`` in the address."""
    return _page("setup", title="setup", next=_address(HOME), least=LEAST)


@pages.get(devices.PAGE)
def phone() -> str:
    """Make this phone a driver's, by the secret behind ``#`` in the address."""
    return _page("phone", title="phone", next=_address(HOME))


def printed_qr(ctx: Context, qr: QrSignIn) -> str:
    """Return a page of A6 with a QR code, in all languages and complete in itself."""
    until = qr.expires_at.astimezone(ZoneInfo(ctx.config.zone))
    return render_template(
        "pages/qr.html",
        driver=qr.driver,
        drawing=qr.svg,
        until=until,
        zone=ctx.config.zone,
        languages=LANGUAGES,
        direction=_direction,
        words=lambda key, language, **params: text(key, domain="pages", language=language, **params),
        style=(files(__name__) / "assets" / "qr.css").read_text(encoding="utf-8"),
    )


def _page(template: str, *, title: str, **parts: object) -> str:
    language = _language()
    return render_template(
        f"pages/{template}.html",
        title=title,
        language=language,
        direction=_direction(language),
        others={other: f"?{urlencode({**request.args, 'lang': other})}" for other in LANGUAGES},
        words=lambda key, **params: text(key, domain="pages", language=params.pop("in_", language), **params),
        **parts,
    )


def _language() -> str:
    chosen = request.args.get("lang", "")
    return chosen if chosen in LANGUAGES else accepted_language()


def _direction(language: str) -> str:
    return "rtl" if language in FROM_RIGHT else "ltr"


def _address(path: str) -> str:
    """Return a page's address in the language that was chosen, if one was."""
    chosen = request.args.get("lang", "")
    return f"{path}?{urlencode({'lang': chosen})}" if chosen in LANGUAGES else path


def _next() -> str:
    """Return where to go after signing in: a page of ours, whatever the link says."""
    wanted = request.args.get("next", "")
    is_ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return wanted if is_ours and wanted.isprintable() else _address(HOME)

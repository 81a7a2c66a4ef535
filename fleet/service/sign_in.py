"""Signing in with a name and a password, limited by tries, and signing out.

A try is counted before the password is looked at, and counts as failed until it has succeeded: of many tries
at once, in however many processes, no more get through than of tries one after the other.
"""

import datetime
import hashlib
import math
from dataclasses import dataclass, field

from pydantic import Field
from sqlalchemy.orm import Session

from fleet.model import ErrorCode, bad_input
from fleet.model.base import Document
from fleet.service import accounts, passwords, sessions
from fleet.service.accounts import AccountView, Name
from fleet.service.context import Context
from fleet.service.passwords import Secret
from fleet.service.roles import Caller, Permission
from fleet.store import accounts as rows
from fleet.store.accounts import CredentialKind
from fleet.store.audit import note
from fleet.store.tables import Account, name_key

WINDOW = datetime.timedelta(minutes=15)
TRIES_PER_NAME = 10
TRIES_PER_ADDRESS = 50
"""A township's office has one address for all."""
ENDED_KEPT = datetime.timedelta(days=30)
"""How long what is no longer good for anything stays in the table."""
OF_BROWSERS = (CredentialKind.SESSION, CredentialKind.DEVICE)
UNKNOWN = "unknown"


class SignIn(Document):
    """Name and password."""

    name: Name
    password: Secret


class PasswordChange(Document):
    """The password as it is and as it should be."""

    present: Secret
    password: Secret


class SessionView(Document):
    """Who is signed in, by what, and until when unless it is used."""

    account: AccountView
    kind: CredentialKind
    expires_at: datetime.datetime
    csrf: str | None = Field(
        default=None, description="what a page sends as X-CSRF-Token with every change; programs need none"
    )


@dataclass(frozen=True, kw_only=True)
class Started:
    """What has just been signed in: the secret, which is shown once or put into a cookie, and the rest."""

    secret: str = field(repr=False)
    shown: SessionView


def sign_in(ctx: Context, *, given: SignIn, address: str, replaces: str | None = None) -> Started:
    """Start a session.

    Parameters
    ----------
    ctx : Context
        Of the service.
    given : SignIn
        Name and password.
    address : str
        Where the call comes from.
    replaces : str, optional
        The secret of the cookie that the browser had: it ends.

    Raises
    ------
    InputError
        SIGN_IN_TOO_OFTEN with the seconds to wait; SIGN_IN_WRONG, whatever was wrong.
    """
    account = _proved(ctx, name=given.name, password=given.password.get_secret_value(), address=address)
    outdated = passwords.is_outdated(str(account.password_hash))
    password_hash = passwords.hashed(given.password.get_secret_value()) if outdated else None
    at = ctx.store.clock()
    with ctx.store.write() as session:
        account = accounts.known(session, account.id)
        if password_hash is not None:
            account.password_hash = password_hash
            session.flush()
        return start(session, account=account, kind=CredentialKind.SESSION, at=at, replaces=replaces)


def read_session(ctx: Context, caller: Caller, *, secret: str) -> SessionView:
    """Return who is signed in.

    Raises
    ------
    InputError
        NOT_SIGNED_IN.
    """
    caller.has_to(Permission.OWN_ACCOUNT)
    found = sessions.signed_in(ctx, secret=secret)
    if found is None:
        raise bad_input(ErrorCode.NOT_SIGNED_IN)
    with ctx.store.read() as session:
        account = accounts.known(session, str(found.caller.account_id))
    return SessionView(
        account=accounts.view(account),
        kind=found.kind,
        expires_at=found.expires_at,
        csrf=sessions.csrf_of(secret=secret) if found.kind in OF_BROWSERS else None,
    )


def sign_out(ctx: Context, caller: Caller, *, secret: str) -> None:
    """End a session, or take a phone off its driver.

    Raises
    ------
    InputError
        NOT_FOUND for a token, which is revoked instead.
    """
    caller.has_to(Permission.OWN_ACCOUNT)
    with ctx.store.write() as session:
        if not end(session, secret=secret, at=ctx.store.clock()):
            raise bad_input(ErrorCode.NOT_FOUND, kind="session")


def change_password(
    ctx: Context, caller: Caller, *, change: PasswordChange, secret: str, address: str
) -> AccountView:
    """Change the caller's own password; other sessions of the account end.

    Raises
    ------
    InputError
        SIGN_IN_WRONG, SIGN_IN_TOO_OFTEN, PASSWORD_WEAK.
    """
    caller.has_to(Permission.OWN_ACCOUNT)
    with ctx.store.read() as session:
        name = accounts.known(session, str(caller.account_id)).name
    account = _proved(ctx, name=name, password=change.present.get_secret_value(), address=address)
    found = sessions.signed_in(ctx, secret=secret)
    return accounts.keep_password(
        ctx,
        caller,
        account_id=account.id,
        password_hash=passwords.new_hash(change.password.get_secret_value(), name=name),
        session_id=found.credential_id if found else None,
    )


def start(
    session: Session,
    *,
    account: Account,
    kind: CredentialKind,
    at: datetime.datetime,
    replaces: str | None = None,
    label: str = "",
) -> Started:
    """Sign an account in, in a transaction; the secret is always a new one.

    Raises
    ------
    InputError
        SIGN_IN_WRONG for an account that is disabled.
    """
    if account.disabled_at is not None:
        raise bad_input(ErrorCode.SIGN_IN_WRONG)
    if replaces is not None:
        end(session, secret=replaces, at=at)
    rows.forget_ended(session, before=at - ENDED_KEPT)
    credential, secret = sessions.issue(session, kind=kind, account_id=account.id, at=at, label=label)
    note(
        session,
        at=at,
        account_id=account.id,
        action="signed_in",
        kind=str(kind),
        subject=credential.id,
    )
    shown = SessionView(
        account=accounts.view(account),
        kind=kind,
        expires_at=credential.expires_at,
        csrf=sessions.csrf_of(secret=secret),
    )
    return Started(secret=secret, shown=shown)


def end(session: Session, *, secret: str, at: datetime.datetime) -> bool:
    """End what a browser was signed in by, in a transaction; say whether there was anything."""
    found = rows.credential_of(session, secret_sha256=sessions.sha256_of(secret), kinds=OF_BROWSERS, at=at)
    if found is None:
        return False
    credential, account = found
    rows.revoke(session, at=at, credential_id=credential.id)
    note(
        session,
        at=at,
        account_id=account.id,
        action="signed_out",
        kind=credential.kind,
        subject=credential.id,
    )
    return True


def _proved(ctx: Context, *, name: str, password: str, address: str) -> Account:
    """Return the account that name and password are of; the same work is done whatever is wrong."""
    # One name in many cases is one subject, or there would be as many tries as spellings.
    of_name = f"name:{hashlib.sha256(name_key(name).encode()).hexdigest()}"
    tries = _count_try(ctx, {of_name: TRIES_PER_NAME, f"address:{address}": TRIES_PER_ADDRESS})
    with ctx.store.read() as session:
        account = rows.account_by_name(session, name)
    is_right = passwords.is_right(password, password_hash=account.password_hash if account else None)
    if account is not None and account.disabled_at is None and is_right:
        with ctx.store.write() as session:
            rows.forget_tries(session, ids=tries, subject=of_name)
        return account
    at = ctx.store.clock()
    with ctx.store.write() as session:
        rows.forget_tries(session, before=at - WINDOW)
        note(
            session,
            at=at,
            account_id=None,
            action="refused",
            kind="session",
            subject=account.id if account else UNKNOWN,
        )
    raise bad_input(ErrorCode.SIGN_IN_WRONG)


def _count_try(ctx: Context, limits: dict[str, int]) -> list[int]:
    """Count a try against each subject, unless there were too many already; return the rows' ids."""
    at = ctx.store.clock()
    # Who is over the limit costs no write.
    _refuse_too_many(ctx, {subject: limit - 1 for subject, limit in limits.items()}, at=at)
    with ctx.store.write() as session:
        tries = rows.add_try(session, subjects=tuple(limits), at=at)
    try:
        _refuse_too_many(ctx, limits, at=at)
    except Exception:
        with ctx.store.write() as session:
            rows.forget_tries(session, ids=tries)
        raise
    return tries


def _refuse_too_many(ctx: Context, limits: dict[str, int], *, at: datetime.datetime) -> None:
    with ctx.store.read() as session:
        made = {subject: rows.tries_since(session, subject=subject, since=at - WINDOW) for subject in limits}
    for subject, limit in limits.items():
        tries = made[subject]
        if len(tries) > limit:
            # A clock that was set back must not lock anybody out for longer.
            wait = min(tries[len(tries) - limit - 1] + WINDOW - at, WINDOW)
            seconds = max(1, math.ceil(wait.total_seconds()))
            raise bad_input(ErrorCode.SIGN_IN_TOO_OFTEN, seconds=seconds)

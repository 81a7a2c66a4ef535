"""Who a secret stands for: a session's cookie, a program's token, a phone that a driver signed in on."""

import contextlib
import datetime
import hashlib
import hmac
import secrets
from dataclasses import dataclass

from sqlalchemy.orm import Session

from fleet.model import InputError
from fleet.service.context import Context
from fleet.service.roles import Caller, Role
from fleet.store import accounts as rows
from fleet.store.accounts import CredentialKind
from fleet.store.tables import Account, Credential

SECRET_BYTES = 32
PREFIXES = {CredentialKind.TOKEN: "fleet_", CredentialKind.DEVICE: "fleet_phone_"}
"""So that scanners of source texts and logs can tell what they have found."""


@dataclass(frozen=True, kw_only=True)
class Lifetime:
    """How long a secret is good: ``idle`` after its last use, ``longest`` after it was made.

    That it was used is written once in ``noted_every``: a phone which asks every 15 s costs no writes.
    """

    idle: datetime.timedelta
    longest: datetime.timedelta
    noted_every: datetime.timedelta


LIFETIMES = {
    CredentialKind.SESSION: Lifetime(
        idle=datetime.timedelta(hours=12),
        longest=datetime.timedelta(days=7),
        noted_every=datetime.timedelta(minutes=10),
    ),
    # A browser keeps no cookie for longer than 400 days.
    CredentialKind.DEVICE: Lifetime(
        idle=datetime.timedelta(days=60),
        longest=datetime.timedelta(days=400),
        noted_every=datetime.timedelta(hours=6),
    ),
}
TOKEN_NOTED_EVERY = datetime.timedelta(hours=6)


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """Whom a secret stands for, and what kind of secret it is."""

    caller: Caller
    kind: CredentialKind
    credential_id: str
    expires_at: datetime.datetime


def caller_of(ctx: Context, *, secret: str) -> Caller | None:
    """Return whom a secret stands for; None where it has expired, was revoked or belongs to nobody."""
    found = signed_in(ctx, secret=secret)
    return None if found is None else found.caller


def signed_in(ctx: Context, *, secret: str) -> SignedIn | None:
    """Return whom a secret stands for and what it is; None as ``caller_of``."""
    at = ctx.store.clock()
    with ctx.store.read() as session:
        found = rows.credential_of(
            session,
            secret_sha256=sha256_of(secret),
            kinds=(CredentialKind.SESSION, CredentialKind.TOKEN, CredentialKind.DEVICE),
            at=at,
        )
    if found is None:
        return None
    credential, account = found
    _note_use(ctx, credential, at)
    return SignedIn(
        caller=_caller(account, CredentialKind(credential.kind)),
        kind=CredentialKind(credential.kind),
        credential_id=credential.id,
        expires_at=credential.expires_at,
    )


def csrf_of(*, secret: str) -> str:
    """Return the code that a page sends with every change; only who holds the cookie's secret can make it."""
    return hmac.new(secret.encode(), b"csrf", hashlib.sha256).hexdigest()


def sha256_of(secret: str) -> str:
    """Return what is kept of a secret: it is random and long, so a plain hash cannot be guessed backwards."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def issue(
    session: Session,
    *,
    kind: CredentialKind,
    account_id: str | None,
    at: datetime.datetime,
    lifetime: datetime.timedelta | None = None,
    label: str = "",
) -> tuple[Credential, str]:
    """Make a secret in a transaction; return its row and the secret itself, which is kept nowhere."""
    secret = PREFIXES.get(kind, "") + secrets.token_urlsafe(SECRET_BYTES)
    credential = rows.add_credential(
        session,
        kind=kind,
        account_id=account_id,
        secret_sha256=sha256_of(secret),
        at=at,
        expires_at=at + (lifetime or LIFETIMES[kind].idle),
        label=label,
    )
    return credential, secret


def _caller(account: Account, kind: CredentialKind) -> Caller:
    return Caller(
        account_id=account.id,
        role=Role(account.role),
        driver=account.driver,
        on_phone=kind is CredentialKind.DEVICE,
    )


def _note_use(ctx: Context, credential: Credential, at: datetime.datetime) -> None:
    lifetime = LIFETIMES.get(CredentialKind(credential.kind))
    noted_every = lifetime.noted_every if lifetime else TOKEN_NOTED_EVERY
    if at < (credential.used_at or credential.created_at) + noted_every:
        return
    expires_at = credential.expires_at
    if lifetime:
        expires_at = max(expires_at, min(at + lifetime.idle, credential.created_at + lifetime.longest))
    # Whoever only reads is served even where the disk is full.
    with contextlib.suppress(InputError), ctx.store.write() as session:
        rows.renew(session, credential_id=credential.id, at=at, expires_at=expires_at)

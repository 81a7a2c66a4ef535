"""Tokens: secrets that programs send as ``Authorization: Bearer``; each is shown once, when it is made."""

import datetime
from typing import Annotated

from pydantic import Field

from fleet.model import ErrorCode, bad_input
from fleet.model.base import AS_WHOLE, Document, Id, Label
from fleet.service import accounts, sessions
from fleet.service.context import Context
from fleet.service.paging import DEFAULT_LIMIT, Page, after_of, page_of
from fleet.service.roles import Caller, Permission, Role
from fleet.store import accounts as rows
from fleet.store.accounts import CredentialKind
from fleet.store.audit import note
from fleet.store.tables import Credential

DEFAULT_DAYS = 90
LONGEST_DAYS = 3_650


class NewToken(Document):
    """A token to make, for the caller's own account unless another is named."""

    label: Label = Field(default="", description="what it is for, to know it again in the list")
    days: Annotated[int, Field(ge=1, le=LONGEST_DAYS), AS_WHOLE] = DEFAULT_DAYS
    account: Id | None = Field(
        default=None, description="another account's id: only for who manages accounts"
    )


class TokenView(Document):
    """A token, without its secret."""

    id: str
    account: str
    label: str
    created_at: datetime.datetime
    used_at: datetime.datetime | None = Field(description="about when it was last used")
    expires_at: datetime.datetime


class MadeToken(TokenView):
    """A token with its secret, which is kept nowhere and never shown again."""

    secret: str = Field(repr=False)


def create_token(ctx: Context, caller: Caller, *, token: NewToken) -> MadeToken:
    """Make a token.

    Raises
    ------
    InputError
        FORBIDDEN for another's account, and for a phone: the token would outlive it when it is revoked;
        NOT_FOUND, also where that account is disabled.
    """
    caller.has_to(Permission.OWN_ACCOUNT)
    if caller.on_phone:
        raise bad_input(ErrorCode.FORBIDDEN, where=CredentialKind.DEVICE, role=Role.ADMIN)
    account_id = _whose(caller, token.account)
    at = ctx.store.clock()
    with ctx.store.write() as session:
        account = accounts.known(session, account_id)
        if account.disabled_at is not None:
            raise bad_input(ErrorCode.NOT_FOUND, where="account", value=account_id, kind="account")
        credential, secret = sessions.issue(
            session,
            kind=CredentialKind.TOKEN,
            account_id=account.id,
            at=at,
            lifetime=datetime.timedelta(days=token.days),
            label=token.label,
        )
        note(
            session,
            at=at,
            account_id=caller.account_id,
            action="created",
            kind="token",
            subject=credential.id,
            account=account.id,
            days=token.days,
        )
        return MadeToken(**_view(credential).model_dump(), secret=secret)


def list_tokens(
    ctx: Context,
    caller: Caller,
    *,
    account_id: str | None = None,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page[TokenView]:
    """Return the tokens that are good for something: the caller's own, or another account's.

    Raises
    ------
    InputError
        FORBIDDEN for another's account.
    """
    caller.has_to(Permission.OWN_ACCOUNT)
    after = after_of(cursor, str) or ""
    with ctx.store.read() as session:
        found = rows.tokens(
            session,
            account_id=_whose(caller, account_id),
            at=ctx.store.clock(),
            after=after,
            limit=limit + 1,
        )
    return page_of(found, limit=limit, key=lambda credential: (credential.id,), item=_view)


def revoke_token(ctx: Context, caller: Caller, *, token_id: str) -> None:
    """Revoke a token of the caller's own, or any for who manages accounts.

    Raises
    ------
    InputError
        NOT_FOUND, also for a token of somebody else.
    """
    caller.has_to(Permission.OWN_ACCOUNT)
    at = ctx.store.clock()
    own = None if caller.may(Permission.MANAGE_ACCOUNTS) else caller.account_id
    with ctx.store.write() as session:
        if not rows.revoke(
            session, at=at, credential_id=token_id, account_id=own, kinds=(CredentialKind.TOKEN,)
        ):
            raise bad_input(ErrorCode.NOT_FOUND, where="token", value=token_id, kind="token")
        note(
            session,
            at=at,
            account_id=caller.account_id,
            action="revoked",
            kind="token",
            subject=token_id,
        )


def _whose(caller: Caller, account_id: str | None) -> str:
    if account_id is not None and account_id != caller.account_id:
        caller.has_to(Permission.MANAGE_ACCOUNTS)
    return account_id or str(caller.account_id)


def _view(credential: Credential) -> TokenView:
    return TokenView(
        id=credential.id,
        account=str(credential.account_id),
        label=credential.label,
        created_at=credential.created_at,
        used_at=credential.used_at,
        expires_at=credential.expires_at,
    )

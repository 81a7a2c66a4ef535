"""Accounts and tokens."""

from typing import Annotated

from flask import Response
from pydantic import Field

from fleet.api.answers import answer
from fleet.api.blueprint import Api
from fleet.api.etags import expected_version
from fleet.api.headers import PREFIX
from fleet.api.paging import PageQuery
from fleet.model.base import Document, Id
from fleet.service import accounts, tokens
from fleet.service.accounts import AccountChange, AccountView, NewAccount, NewPassword
from fleet.service.context import Context
from fleet.service.paging import Page
from fleet.service.roles import Caller, Permission
from fleet.service.tokens import MadeToken, NewToken, TokenView

api = Api("accounts", tag="Accounts")


class IdPath(Document):
    """Which account or token."""

    id: Id


class TokensQuery(PageQuery):
    """Whose tokens, and how many."""

    account: Annotated[Id | None, Field(description="another account's: only for who manages accounts")] = (
        None
    )


@api.on("GET", "/accounts", may=Permission.MANAGE_ACCOUNTS, answers=Page[AccountView])
def list_accounts(ctx: Context, caller: Caller, query: PageQuery) -> Page[AccountView]:
    """List the accounts by name."""
    return accounts.list_accounts(ctx, caller, limit=query.limit, cursor=query.cursor)


# Its body holds a password, of which not even a hash is kept for a repeated call.
@api.on(
    "POST",
    "/accounts",
    may=Permission.MANAGE_ACCOUNTS,
    answers={201: AccountView},
    sends=("Location", "ETag"),
    secret=True,
)
def create_account(ctx: Context, caller: Caller, body: NewAccount) -> Response:
    """Make an account."""
    made = accounts.create_account(ctx, caller, account=body)
    return answer(
        made, status=201, version=made.version, headers={"Location": f"{PREFIX}/accounts/{made.id}"}
    )


@api.on("GET", "/accounts/<id>", may=Permission.MANAGE_ACCOUNTS, answers=AccountView)
def read_account(ctx: Context, caller: Caller, path: IdPath) -> Response:
    """Return an account."""
    found = accounts.read_account(ctx, caller, account_id=path.id)
    return answer(found, version=found.version)


@api.on("PUT", "/accounts/<id>", may=Permission.MANAGE_ACCOUNTS, answers=AccountView, guarded=True)
def change_account(ctx: Context, caller: Caller, path: IdPath, body: AccountChange) -> Response:
    """Change an account; who is disabled is signed out everywhere and loses tokens and phones."""
    changed = accounts.change_account(
        ctx, caller, account_id=path.id, change=body, version=expected_version()
    )
    return answer(changed, version=changed.version)


@api.on("DELETE", "/accounts/<id>", may=Permission.MANAGE_ACCOUNTS, answers={204: None}, guarded=True)
def delete_account(ctx: Context, caller: Caller, path: IdPath) -> None:
    """Delete an account; the audit keeps its id."""
    accounts.delete_account(ctx, caller, account_id=path.id, version=expected_version())


@api.on("PUT", "/accounts/<id>/password", may=Permission.MANAGE_ACCOUNTS, answers=AccountView)
def set_password(ctx: Context, caller: Caller, path: IdPath, body: NewPassword) -> AccountView:
    """Set somebody's password; the sessions of that account end."""
    return accounts.set_password(ctx, caller, account_id=path.id, password=body)


@api.on("GET", "/tokens", may=Permission.OWN_ACCOUNT, answers=Page[TokenView])
def list_tokens(ctx: Context, caller: Caller, query: TokensQuery) -> Page[TokenView]:
    """List the tokens that are good for something, without their secrets."""
    return tokens.list_tokens(ctx, caller, account_id=query.account, limit=query.limit, cursor=query.cursor)


@api.on(
    "POST", "/tokens", may=Permission.OWN_ACCOUNT, answers={201: MadeToken}, sends=("Location",), secret=True
)
def create_token(ctx: Context, caller: Caller, body: NewToken) -> Response:
    """Make a token: its secret is in this answer and nowhere else."""
    made = tokens.create_token(ctx, caller, token=body)
    return answer(made, status=201, headers={"Location": f"{PREFIX}/tokens/{made.id}"})


@api.on("DELETE", "/tokens/<id>", may=Permission.OWN_ACCOUNT, answers={204: None})
def revoke_token(ctx: Context, caller: Caller, path: IdPath) -> None:
    """Revoke a token."""
    tokens.revoke_token(ctx, caller, token_id=path.id)

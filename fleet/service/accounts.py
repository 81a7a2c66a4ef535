"""Accounts: who they are, what they may do, and whether they may still come in."""

import datetime
import unicodedata
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator
from sqlalchemy.orm import Session

from fleet.model import ErrorCode, bad_input
from fleet.model.base import Document, Id, refusal
from fleet.service import passwords
from fleet.service.context import Context
from fleet.service.paging import DEFAULT_LIMIT, Page, after_of, page_of
from fleet.service.passwords import Secret
from fleet.service.roles import Caller, Permission, Role
from fleet.store import accounts as rows
from fleet.store.accounts import CredentialKind
from fleet.store.audit import note
from fleet.store.ids import new_id
from fleet.store.tables import Account

OF_DRIVERS = (CredentialKind.QR, CredentialKind.DEVICE)


def _one_spelling(value: Any) -> Any:
    # Keyboards of several scripts write the same name in several ways.
    return unicodedata.normalize("NFKC", value).strip() if isinstance(value, str) else value


Name = Annotated[Id, BeforeValidator(_one_spelling)]
"""What a person or a program signs in by, in upper or lower case."""


class AccountBase(Document):
    """What an account is for; a driver's one has the id under which days assign a tricycle."""

    name: Name
    role: Role
    driver: Id | None = Field(default=None, description="of role driver; the account's name without")

    @model_validator(mode="after")
    def _driver_of_drivers(self) -> Self:
        if self.driver is not None and self.role is not Role.DRIVER:
            raise refusal(
                ErrorCode.VALUE_NOT_ALLOWED, field="role", value=str(self.role), expected=str(Role.DRIVER)
            )
        return self

    @property
    def drives_as(self) -> str | None:
        """The id of the driver, None for other roles."""
        return (self.driver or self.name) if self.role is Role.DRIVER else None


class NewAccount(AccountBase):
    """An account to make. Without a password it comes in by tokens and QR codes only."""

    password: Secret | None = None


class AccountChange(AccountBase):
    """An account as it should be. Who is disabled is signed out everywhere, and tokens end for good."""

    disabled: bool = False


class NewPassword(Document):
    """A password that somebody who manages accounts sets."""

    password: Secret


class AccountView(Document):
    """An account."""

    id: str
    name: str
    role: Role
    driver: str | None
    has_password: bool
    disabled: bool
    created_at: datetime.datetime
    version: int


def list_accounts(
    ctx: Context, caller: Caller, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None
) -> Page[AccountView]:
    """Return the accounts by name."""
    caller.has_to(Permission.MANAGE_ACCOUNTS)
    after = after_of(cursor, str) or ""
    with ctx.store.read() as session:
        found = rows.accounts_after(session, name=after, limit=limit + 1)
    return page_of(found, limit=limit, key=lambda account: (account.name,), item=view)


def all_accounts(ctx: Context, caller: Caller) -> tuple[AccountView, ...]:
    """Return every account by name, for the command line."""
    caller.has_to(Permission.MANAGE_ACCOUNTS)
    with ctx.store.read() as session:
        return tuple(view(account) for account in rows.accounts_after(session))


def read_account(ctx: Context, caller: Caller, *, account_id: str) -> AccountView:
    """Return an account."""
    caller.has_to(Permission.MANAGE_ACCOUNTS)
    with ctx.store.read() as session:
        return view(known(session, account_id))


def create_account(ctx: Context, caller: Caller, *, account: NewAccount) -> AccountView:
    """Make an account.

    Raises
    ------
    InputError
        ALREADY_EXISTS, PASSWORD_WEAK.
    """
    caller.has_to(Permission.MANAGE_ACCOUNTS)
    password_hash = None
    if account.password is not None:
        password_hash = passwords.new_hash(account.password.get_secret_value(), name=account.name)
    at = ctx.store.clock()
    with ctx.store.write() as session:
        made = add(session, account=account, at=at, password_hash=password_hash)
        note(
            session,
            at=at,
            account_id=caller.account_id,
            action="created",
            kind="account",
            subject=made.id,
            role=made.role,
        )
        return view(made)


def change_account(
    ctx: Context, caller: Caller, *, account_id: str, change: AccountChange, version: int | None = None
) -> AccountView:
    """Change an account; with ``version`` only if it is still that one.

    Who drives as somebody else, or no more, is signed out on phones: their codes were given to that driver.

    Raises
    ------
    InputError
        NOT_FOUND, CHANGED_MEANWHILE, ALREADY_EXISTS, LAST_ADMIN.
    """
    caller.has_to(Permission.MANAGE_ACCOUNTS)
    at = ctx.store.clock()
    with ctx.store.write() as session:
        account = known(session, account_id)
        _still(account, version)
        if change.role is not Role.ADMIN or change.disabled:
            _keep_an_admin(session, account)
        _free(session, name=change.name, driver=change.drives_as, account_id=account.id)
        revoked = 0
        if change.disabled:
            revoked = rows.revoke(session, at=at, account_id=account.id)
        elif change.drives_as != account.driver:
            revoked = rows.revoke(session, at=at, account_id=account.id, kinds=OF_DRIVERS)
        account.name, account.role, account.driver = change.name, change.role, change.drives_as
        account.disabled_at = (account.disabled_at or at) if change.disabled else None
        session.flush()
        note(
            session,
            at=at,
            account_id=caller.account_id,
            action="changed",
            kind="account",
            subject=account.id,
            role=account.role,
            disabled=change.disabled,
            revoked=revoked,
        )
        return view(account)


def delete_account(ctx: Context, caller: Caller, *, account_id: str, version: int | None = None) -> None:
    """Delete an account with all that signs it in; the audit keeps its id, which then has no name.

    Raises
    ------
    InputError
        NOT_FOUND, CHANGED_MEANWHILE, LAST_ADMIN.
    """
    caller.has_to(Permission.MANAGE_ACCOUNTS)
    at = ctx.store.clock()
    with ctx.store.write() as session:
        account = known(session, account_id)
        _still(account, version)
        _keep_an_admin(session, account)
        rows.delete_account(session, account)
        note(
            session,
            at=at,
            account_id=caller.account_id,
            action="deleted",
            kind="account",
            subject=account_id,
        )


def set_password(ctx: Context, caller: Caller, *, account_id: str, password: NewPassword) -> AccountView:
    """Set somebody's password, which ends the sessions of that account.

    Raises
    ------
    InputError
        NOT_FOUND, PASSWORD_WEAK.
    """
    caller.has_to(Permission.MANAGE_ACCOUNTS)
    with ctx.store.read() as session:
        name = known(session, account_id).name
    password_hash = passwords.new_hash(password.password.get_secret_value(), name=name)
    return keep_password(ctx, caller, account_id=account_id, password_hash=password_hash)


def keep_password(
    ctx: Context, caller: Caller, *, account_id: str, password_hash: str, session_id: str | None = None
) -> AccountView:
    """Keep a new password's hash; sessions end, but for the one that it was changed in."""
    at = ctx.store.clock()
    with ctx.store.write() as session:
        account = known(session, account_id)
        account.password_hash = password_hash
        revoked = rows.revoke(
            session,
            at=at,
            account_id=account.id,
            kinds=(CredentialKind.SESSION,),
            except_id=session_id,
        )
        session.flush()
        note(
            session,
            at=at,
            account_id=caller.account_id,
            action="changed",
            kind="password",
            subject=account.id,
            revoked=revoked,
        )
        return view(account)


def account_named(ctx: Context, caller: Caller, *, name: str) -> AccountView:
    """Return the account of a name, as the command line calls it.

    Raises
    ------
    InputError
        NOT_FOUND.
    """
    caller.has_to(Permission.MANAGE_ACCOUNTS)
    with ctx.store.read() as session:
        account = rows.account_by_name(session, _one_spelling(name))
    if account is None:
        raise bad_input(ErrorCode.NOT_FOUND, where="name", value=name, kind="account")
    return view(account)


def add(
    session: Session, *, account: AccountBase, at: datetime.datetime, password_hash: str | None = None
) -> Account:
    """Add an account in a transaction."""
    _free(session, name=account.name, driver=account.drives_as)
    made = Account(
        id=new_id(),
        name=account.name,
        role=account.role,
        driver=account.drives_as,
        password_hash=password_hash,
        created_at=at,
    )
    session.add(made)
    session.flush()
    return made


def known(session: Session, account_id: str) -> Account:
    """Return an account that is there.

    Raises
    ------
    InputError
        NOT_FOUND.
    """
    account = rows.account_by_id(session, account_id)
    if account is None:
        raise bad_input(ErrorCode.NOT_FOUND, where="account", value=account_id, kind="account")
    return account


def view(account: Account) -> AccountView:
    """Return what is told of an account."""
    return AccountView(
        id=account.id,
        name=account.name,
        role=Role(account.role),
        driver=account.driver,
        has_password=account.password_hash is not None,
        disabled=account.disabled_at is not None,
        created_at=account.created_at,
        version=account.version,
    )


def _still(account: Account, version: int | None) -> None:
    if version is not None and version != account.version:
        raise bad_input(ErrorCode.CHANGED_MEANWHILE, where="account", value=account.id)


def _free(session: Session, *, name: str, driver: str | None, account_id: str | None = None) -> None:
    """Refuse a name or a driver that another account has."""
    holders = [("name", name, rows.account_by_name(session, name))]
    if driver is not None:
        holders.append(("driver", driver, rows.account_by_driver(session, driver)))
    for where, value, holder in holders:
        if holder is not None and holder.id != account_id:
            raise bad_input(ErrorCode.ALREADY_EXISTS, where=where, value=value)


def _keep_an_admin(session: Session, account: Account) -> None:
    """Refuse what would leave nobody who manages accounts."""
    if [admin.id for admin in rows.enabled_accounts(session, role=Role.ADMIN)] == [account.id]:
        raise bad_input(ErrorCode.LAST_ADMIN, where="account", value=account.id)

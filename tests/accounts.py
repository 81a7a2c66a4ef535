"""Accounts for tests: a service's context, people with a password, and signing them in."""

from pydantic import SecretStr

from fleet.service import accounts, sign_in
from fleet.service.accounts import AccountView, NewAccount
from fleet.service.config import Config
from fleet.service.context import Context
from fleet.service.roles import Caller, Role
from fleet.service.sign_in import SignIn, Started
from fleet.store import Store

PASSWORD = "melons at seven sharp"
ADDRESS = "192.0.2.7"
SYSTEM = Caller.system()


def context(store: Store, *, public_url: str | None = "https://fleet.example") -> Context:
    """A service that phones can reach."""
    return Context(store=store, config=Config(public_url=public_url))


def add_account(
    ctx: Context,
    name: str,
    role: Role = Role.DISPATCHER,
    *,
    password: str | None = PASSWORD,
    driver: str | None = None,
) -> AccountView:
    """Make an account as the command line does."""
    new = NewAccount(
        name=name,
        role=role,
        driver=driver,
        password=None if password is None else SecretStr(password),
    )
    return accounts.create_account(ctx, SYSTEM, account=new)


def caller(account: AccountView) -> Caller:
    """The caller that an account is."""
    return Caller(account_id=account.id, role=account.role, driver=account.driver)


def given(name: str, password: str = PASSWORD) -> SignIn:
    """What somebody types."""
    return SignIn(name=name, password=SecretStr(password))


def signed_in(
    ctx: Context,
    name: str,
    password: str = PASSWORD,
    *,
    address: str = ADDRESS,
    replaces: str | None = None,
) -> Started:
    """Sign in by name and password."""
    return sign_in.sign_in(ctx, given=given(name, password), address=address, replaces=replaces)

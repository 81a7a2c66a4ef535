"""The first start: there is no account with a known password, but a link that makes the first one, once."""

import datetime

from fleet.model import ErrorCode, bad_input
from fleet.model.base import Document
from fleet.service import accounts, passwords, sessions
from fleet.service.accounts import AccountBase, Name
from fleet.service.addresses import address_for_people
from fleet.service.context import Context
from fleet.service.passwords import Secret
from fleet.service.roles import Role
from fleet.service.sign_in import Started, start
from fleet.store import accounts as rows
from fleet.store.accounts import CredentialKind
from fleet.store.audit import note

GOOD_FOR = datetime.timedelta(hours=24)
PAGE = "/setup"


class Setup(Document):
    """The set-up link's secret, what follows ``#`` in it, and the first account of role admin."""

    secret: Secret
    name: Name
    password: Secret


def ensure_setup_link(ctx: Context) -> str | None:
    """Return a link that makes the first account, good for a day and one use; None where there is one.

    Its secret stands behind ``#``, which browsers send to no server: it gets into no log.
    """
    at = ctx.store.clock()
    with ctx.store.write() as session:
        if rows.has_account(session, role=Role.ADMIN):
            return None
        _, secret = sessions.issue(
            session, kind=CredentialKind.SETUP, account_id=None, at=at, lifetime=GOOD_FOR
        )
    return f"{address_for_people(ctx.config)}{PAGE}#{secret}"


def complete_setup(ctx: Context, *, setup: Setup) -> Started:
    """Make the first account and sign it in. All set-up links end with that.

    Raises
    ------
    InputError
        LINK_OVER, PASSWORD_WEAK, ALREADY_EXISTS.
    """
    secret_sha256 = sessions.sha256_of(setup.secret.get_secret_value())
    # Looked at before the password is hashed: who has no link is to cost no work.
    with ctx.store.read() as session:
        if not rows.is_unused(
            session, secret_sha256=secret_sha256, kind=CredentialKind.SETUP, at=ctx.store.clock()
        ):
            raise bad_input(ErrorCode.LINK_OVER)
    password_hash = passwords.new_hash(setup.password.get_secret_value(), name=setup.name)
    at = ctx.store.clock()
    with ctx.store.write() as session:
        is_good = rows.use_setup(session, secret_sha256=secret_sha256, at=at)
        if not is_good or rows.has_account(session, role=Role.ADMIN):
            raise bad_input(ErrorCode.LINK_OVER)
        account = accounts.add(
            session,
            account=AccountBase(name=setup.name, role=Role.ADMIN),
            at=at,
            password_hash=password_hash,
        )
        note(session, at=at, account_id=account.id, action="set_up", kind="account", subject=account.id)
        return start(session, account=account, kind=CredentialKind.SESSION, at=at)

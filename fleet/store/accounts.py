"""Accounts, the secrets that stand for them, and failed tries to sign in."""

import datetime
from collections.abc import Sequence
from contextlib import closing
from enum import StrEnum

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from fleet.store.ids import new_id
from fleet.store.tables import Account, Credential, SignInFailure, StoredDay, name_key

AT_ONCE = 1_000
"""How many ended secrets one sign-in clears away."""
DAYS_AT_ONCE = 50
Conditions = tuple[ColumnElement[bool], ...]


class CredentialKind(StrEnum):
    """What a secret is good for."""

    SESSION = "session"
    TOKEN = "token"
    DEVICE = "device"
    QR = "qr"
    SETUP = "setup"


def account_by_id(session: Session, account_id: str) -> Account | None:
    """Return an account."""
    return session.get(Account, account_id)


def account_by_name(session: Session, name: str) -> Account | None:
    """Return the account of a name, in whatever case it is written."""
    return session.scalar(select(Account).where(Account.name_key == name_key(name)))


def account_by_driver(session: Session, driver: str) -> Account | None:
    """Return the account of a driver."""
    return session.scalar(select(Account).where(Account.driver == driver))


def accounts_after(session: Session, *, name: str = "", limit: int | None = None) -> Sequence[Account]:
    """Return accounts by name, those after one."""
    return session.scalars(
        select(Account).where(Account.name > name).order_by(Account.name).limit(limit)
    ).all()


def enabled_accounts(session: Session, *, role: str) -> Sequence[Account]:
    """Return the accounts of a role that may sign in, locked until the transaction ends where it writes.

    Two administrators that disable one another at the same time therefore come one after the other.
    """
    found = select(Account).where(Account.role == role, Account.disabled_at.is_(None)).order_by(Account.id)
    return session.scalars(found.with_for_update()).all()


def has_account(session: Session, *, role: str) -> bool:
    """Say whether there is an account of a role, disabled or not."""
    return session.scalar(select(Account.id).where(Account.role == role).limit(1)) is not None


def delete_account(session: Session, account: Account) -> None:
    """Delete an account and its secrets; the audit keeps its id."""
    session.execute(delete(Credential).where(Credential.account_id == account.id))
    session.delete(account)


def add_credential(
    session: Session,
    *,
    kind: CredentialKind,
    account_id: str | None,
    secret_sha256: str,
    at: datetime.datetime,
    expires_at: datetime.datetime,
    label: str = "",
) -> Credential:
    """Keep the hash of a secret."""
    credential = Credential(
        id=new_id(),
        account_id=account_id,
        kind=kind,
        secret_sha256=secret_sha256,
        label=label,
        created_at=at,
        expires_at=expires_at,
    )
    session.add(credential)
    session.flush()
    return credential


def credential_of(
    session: Session, *, secret_sha256: str, kinds: Sequence[CredentialKind], at: datetime.datetime
) -> tuple[Credential, Account] | None:
    """Return what a secret is, with its account, where neither has ended: one look into an index."""
    found = session.execute(
        select(Credential, Account)
        .join(Account, Account.id == Credential.account_id)
        .where(
            Credential.secret_sha256 == secret_sha256,
            Credential.kind.in_(kinds),
            Credential.revoked_at.is_(None),
            Credential.expires_at > at,
            Account.disabled_at.is_(None),
        )
    ).first()
    return None if found is None else (found[0], found[1])


def use_setup(session: Session, *, secret_sha256: str, at: datetime.datetime) -> bool:
    """Use up a set-up link, and all others with it; say whether it was still good.

    All are locked in one order, so that of two links used at once one makes the first account.
    """
    waiting = session.scalars(
        select(Credential)
        .where(*_good(CredentialKind.SETUP, at), Credential.used_at.is_(None))
        .order_by(Credential.id)
        .with_for_update()
    ).all()
    if secret_sha256 not in {credential.secret_sha256 for credential in waiting}:
        return False
    for credential in waiting:
        credential.used_at = at
    return True


def tokens(
    session: Session, *, account_id: str, at: datetime.datetime, after: str, limit: int
) -> Sequence[Credential]:
    """Return the tokens of an account that are good at an instant, by id."""
    found = select(Credential).where(
        Credential.account_id == account_id, *_good(CredentialKind.TOKEN, at), Credential.id > after
    )
    return session.scalars(found.order_by(Credential.id).limit(limit)).all()


def devices(
    session: Session, *, driver: str | None, at: datetime.datetime, after: str, limit: int
) -> list[tuple[Credential, Account]]:
    """Return the phones that are signed in at an instant, by id: of a driver, or of all."""
    found = (
        select(Credential, Account)
        .join(Account, Account.id == Credential.account_id)
        .where(*_good(CredentialKind.DEVICE, at), Credential.id > after)
    )
    if driver is not None:
        found = found.where(Account.driver == driver)
    return [(row[0], row[1]) for row in session.execute(found.order_by(Credential.id).limit(limit))]


def renew(
    session: Session, *, credential_id: str, at: datetime.datetime, expires_at: datetime.datetime
) -> None:
    """Note that a secret was used, and let it be good for longer unless it was revoked meanwhile."""
    session.execute(
        update(Credential)
        .where(Credential.id == credential_id, Credential.revoked_at.is_(None))
        .values(used_at=at, expires_at=expires_at)
    )


def is_unused(session: Session, *, secret_sha256: str, kind: CredentialKind, at: datetime.datetime) -> bool:
    """Say whether a secret of a single use is still good."""
    found = select(Credential.id).where(*_unused(secret_sha256, kind, at))
    return session.scalar(found) is not None


def use_once(
    session: Session, *, secret_sha256: str, kind: CredentialKind, at: datetime.datetime
) -> Credential | None:
    """Use up a secret of a single use; None where it was used, revoked or has expired.

    The row itself decides, so that of several calls at once one wins.
    """
    used = session.scalar(
        update(Credential)
        .where(*_unused(secret_sha256, kind, at))
        .values(used_at=at)
        .returning(Credential.id)
    )
    return None if used is None else session.get(Credential, used)


def revoke(
    session: Session,
    *,
    at: datetime.datetime,
    credential_id: str | None = None,
    account_id: str | None = None,
    kinds: Sequence[CredentialKind] = tuple(CredentialKind),
    except_id: str | None = None,
) -> int:
    """Revoke a secret, or all of an account, of some kinds; return how many were good for something."""
    ended = update(Credential).where(
        Credential.kind.in_(kinds), Credential.revoked_at.is_(None), Credential.expires_at > at
    )
    if credential_id is not None:
        ended = ended.where(Credential.id == credential_id)
    if account_id is not None:
        ended = ended.where(Credential.account_id == account_id)
    if except_id is not None:
        ended = ended.where(Credential.id != except_id)
    return len(session.scalars(ended.values(revoked_at=at).returning(Credential.id)).all())


def add_try(session: Session, *, subjects: Sequence[str], at: datetime.datetime) -> list[int]:
    """Count a try to sign in against each subject, such as a name and an address; return the rows' ids."""
    rows = [SignInFailure(subject=subject, at=at) for subject in subjects]
    session.add_all(rows)
    session.flush()
    return [row.id for row in rows]


def tries_since(session: Session, *, subject: str, since: datetime.datetime) -> list[datetime.datetime]:
    """Return when tries were made against a subject, oldest first."""
    found = select(SignInFailure.at).where(SignInFailure.subject == subject, SignInFailure.at > since)
    return list(session.scalars(found.order_by(SignInFailure.at)))


def forget_tries(
    session: Session,
    *,
    ids: Sequence[int] = (),
    subject: str | None = None,
    before: datetime.datetime | None = None,
) -> None:
    """Forget tries: these, those against a subject, those that are too old to count."""
    session.execute(delete(SignInFailure).where(SignInFailure.id.in_(ids)))
    if subject is not None:
        session.execute(delete(SignInFailure).where(SignInFailure.subject == subject))
    if before is not None:
        session.execute(delete(SignInFailure).where(SignInFailure.at <= before))


def is_assigned(session: Session, *, driver: str) -> bool:
    """Say whether a day assigns a driver a tricycle; the latest days are looked at first."""
    latest_first = (
        select(StoredDay.body).order_by(StoredDay.date.desc()).execution_options(yield_per=DAYS_AT_ONCE)
    )
    with closing(session.scalars(latest_first)) as bodies:
        return any(
            assignment["driver"] == driver for body in bodies for assignment in body.get("assignments", ())
        )


def forget_ended(session: Session, *, before: datetime.datetime) -> None:
    """Delete secrets that expired or were revoked before an instant, but for those that others delete now."""
    ended = func.coalesce(Credential.revoked_at, Credential.expires_at) < before
    found = session.scalars(
        select(Credential.id).where(ended).limit(AT_ONCE).with_for_update(skip_locked=True)
    ).all()
    session.execute(delete(Credential).where(Credential.id.in_(found)))


def _good(kind: CredentialKind, at: datetime.datetime) -> Conditions:
    return Credential.kind == kind, Credential.revoked_at.is_(None), Credential.expires_at > at


def _unused(secret_sha256: str, kind: CredentialKind, at: datetime.datetime) -> Conditions:
    return Credential.secret_sha256 == secret_sha256, *_good(kind, at), Credential.used_at.is_(None)

"""The audit log: who did what when, in ids and counts."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.store.tables import Account, Audit


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which lines: from ``begin`` until before ``end``, and those that say just this."""

    begin: datetime.datetime | None = None
    end: datetime.datetime | None = None
    account_id: str | None = None
    action: str | None = None
    kind: str | None = None
    subject: str | None = None


def note(
    session: Session,
    *,
    at: datetime.datetime,
    account_id: str | None,
    action: str,
    kind: str,
    subject: str,
    **details: str | int | float | bool | None,
) -> None:
    """Write a line, in the transaction of what it tells of.

    Parameters
    ----------
    session, at, account_id
        The transaction, its instant, and the caller; None for the system.
    action : str
        A verb in the past tense: ``created``, ``changed``, ``deleted``, ``published``.
    kind, subject : str
        What was changed, such as ``request`` and ``2026-06-15/r017``.
    **details
        Ids and counts; never a name or a phone.
    """
    session.add(
        Audit(at=at, account_id=account_id, action=action, kind=kind, subject=subject, details=details)
    )


def page(
    session: Session, *, wanted: Wanted, limit: int, before: int | None = None
) -> Sequence[tuple[Audit, str | None]]:
    """Return lines, the latest first, with the names of accounts there still are; ``before`` is an id."""
    query = select(Audit, Account.name).outerjoin(Account, Account.id == Audit.account_id)
    if before is not None:
        query = query.where(Audit.id < before)
    if wanted.begin is not None:
        query = query.where(Audit.at >= wanted.begin)
    if wanted.end is not None:
        query = query.where(Audit.at < wanted.end)
    for column in (Audit.account_id, Audit.action, Audit.kind, Audit.subject):
        value = getattr(wanted, column.key)
        if value is not None:
            query = query.where(column == value)
    rows = session.execute(query.order_by(Audit.id.desc()).limit(limit))
    return [(line, name) for line, name in rows]

"""The audit log: who did what when, in ids and counts."""

import datetime

from sqlalchemy.orm import Session

from fleet.store.tables import Audit


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

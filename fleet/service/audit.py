"""Reading the audit log: who did what when, in ids and counts."""

import datetime
from zoneinfo import ZoneInfo

from pydantic import JsonValue

from fleet.model.base import Document
from fleet.service.context import Context
from fleet.service.paging import DEFAULT_LIMIT, Page, after_of, page_of
from fleet.service.roles import Caller, Permission
from fleet.store import audit
from fleet.store.audit import Wanted
from fleet.store.tables import Audit


class AuditLine(Document):
    """Something that somebody did; no account is the system itself, the command line or a job."""

    number: int
    at: datetime.datetime
    account_id: str | None
    account_name: str | None
    action: str
    kind: str
    subject: str
    details: dict[str, JsonValue]


def list_audit(
    ctx: Context,
    caller: Caller,
    *,
    first: datetime.date | None = None,
    last: datetime.date | None = None,
    account_id: str | None = None,
    action: str | None = None,
    kind: str | None = None,
    subject: str | None = None,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page[AuditLine]:
    """Return what was done, the latest first.

    Parameters
    ----------
    ctx, caller
        Where and who.
    first, last : date, optional
        Both included, on the township's clock.
    account_id, action, kind, subject : str, optional
        Only what this account did, only this action, only to such things, only to this one.
    limit, cursor
        The page.

    Raises
    ------
    InputError
        CURSOR_UNKNOWN.
    """
    caller.has_to(Permission.READ_AUDIT)
    before = after_of(cursor, int)
    zone = ZoneInfo(ctx.config.zone)
    wanted = Wanted(
        begin=None if first is None else _midnight(first, zone=zone),
        end=None if last is None else _midnight(last + datetime.timedelta(days=1), zone=zone),
        account_id=account_id,
        action=action,
        kind=kind,
        subject=subject,
    )
    with ctx.store.read() as session:
        found = audit.page(session, wanted=wanted, limit=limit + 1, before=before)
        return page_of(found, limit=limit, key=lambda pair: (pair[0].id,), item=lambda pair: _line(*pair))


def _line(line: Audit, account_name: str | None) -> AuditLine:
    return AuditLine(
        number=line.id,
        at=line.at,
        account_id=line.account_id,
        account_name=account_name,
        action=line.action,
        kind=line.kind,
        subject=line.subject,
        details=line.details,
    )


def _midnight(date: datetime.date, *, zone: ZoneInfo) -> datetime.datetime:
    return datetime.datetime.combine(date, datetime.time(), tzinfo=zone)

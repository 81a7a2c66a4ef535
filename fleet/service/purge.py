"""The purge: names, phones, notes and proofs are kept for so long and no longer."""

import datetime
from zoneinfo import ZoneInfo

from fleet.model import ErrorCode, bad_input
from fleet.model.base import Document
from fleet.service.context import Context
from fleet.service.roles import Caller, Permission
from fleet.store.audit import note
from fleet.store.purge import Purge


class PurgeView(Document):
    """How many rows of which table were changed or deleted, or would be."""

    before: datetime.date
    dry_run: bool
    rows: dict[str, int]


def purge(
    ctx: Context, caller: Caller, *, before: datetime.date | None = None, dry_run: bool = False
) -> PurgeView:
    """Take persons out of all days before a date; ids, figures and plans stay, as does the audit.

    Parameters
    ----------
    ctx, caller
        Where and who.
    before : date, optional
        The first date that is kept whole; without it the setting ``personal_days`` counts back from today.
    dry_run : bool, optional
        Only count.

    Raises
    ------
    InputError
        VALUE_TOO_LARGE: a date that is still to come.
    """
    caller.has_to(Permission.OPERATE)
    zone = ZoneInfo(ctx.config.zone)
    today = ctx.store.clock().astimezone(zone).date()
    date = before or today - datetime.timedelta(days=ctx.config.personal_days)
    if date > today:
        raise bad_input(ErrorCode.VALUE_TOO_LARGE, where="--before", value=date, limit=today.isoformat())
    begins = datetime.datetime.combine(date, datetime.time(), tzinfo=zone)
    rows = Purge(store=ctx.store, before=date, begins=begins, dry_run=dry_run).run()
    if not dry_run:
        with ctx.store.write() as session:
            note(
                session,
                at=ctx.store.clock(),
                account_id=caller.account_id,
                action="purged",
                kind="database",
                subject=date.isoformat(),
                **rows,
            )
    return PurgeView(before=date, dry_run=dry_run, rows=rows)

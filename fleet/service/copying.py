"""The requests of another date once more: "the same as yesterday"."""

import datetime
import json
from collections import defaultdict
from zoneinfo import ZoneInfo

from fleet.formats.sheets.merge import last_number
from fleet.model.base import Count, Document
from fleet.model.moving import moved_request
from fleet.model.requests import Request
from fleet.service.context import Context
from fleet.service.day_parts import (
    asked_for,
    bring_in,
    draft_of,
    existing,
    named_problems,
    unchanged,
    validated,
)
from fleet.service.days import begun
from fleet.service.roles import Caller, Permission
from fleet.store import audit, days, requests
from fleet.store.tables import Json


class Copied(Document):
    """Requests that came from another date; those that the day had already; the day's version after it."""

    added: tuple[str, ...]
    present: tuple[str, ...]
    version: Count


def copy_requests(
    ctx: Context,
    caller: Caller,
    *,
    date: datetime.date,
    source: datetime.date,
    version: int | None = None,
) -> Copied:
    """Copy the requests of another date, at the same times of the clock; what the day has is not doubled.

    Raises
    ------
    InputError
        NOT_FOUND; CHANGED_MEANWHILE; whatever of a request does not fit to the day.
    """
    caller.has_to(Permission.EDIT_DAYS)
    at, by = ctx.store.clock(), caller.account_id
    with ctx.store.write() as session:
        origin = existing(session, date=source, where="source")
        stored = begun(session, date=date, zone=ctx.config.zone, at=at, by=by)
        unchanged(stored.version, version, where=f"days/{date}")
        zone = ZoneInfo(origin.body["zone"])
        with named_problems():
            wanted = [
                moved_request(validated(Request, row.body), days=(date - source).days, zone=zone)
                for row in requests.of_day(session, date=source)
            ]
        known = defaultdict(list)
        for row in requests.of_day(session, date=date):
            known[_content(row.body)].append(row.id)
        taken = requests.ids_ever(session, date=date)
        number = last_number(taken | {request.id for request in wanted})
        added: dict[str, Json] = {}
        present = []
        for request in wanted:
            body = request.model_dump(mode="json")
            if twins := known[_content(body)]:
                present.append(twins.pop(0))
                continue
            if body["id"] in taken:
                number += 1
                body["id"] = f"r{number:03d}"
            added[body["id"]] = body
        bring_in(session, (key for body in added.values() for key in asked_for(body)), date=date)
        requests.add(session, added, date=date, source="copy", at=at, by=by)
        draft_of(session, stored)
        if added:
            days.bump(session, date=date, at=at, account_id=by)
            audit.note(
                session,
                at=at,
                account_id=by,
                action="copied",
                kind="day",
                subject=date.isoformat(),
                source=source.isoformat(),
                requests=len(added),
            )
        version_now = existing(session, date=date).version
        return Copied(added=tuple(added), present=tuple(present), version=version_now)


def _content(body: Json) -> str:
    """Return what makes two requests the same but for their ids."""
    return json.dumps({**body, "id": ""}, sort_keys=True)

"""The requests of a day as a list: searched, filtered, sorted, in pages."""

import datetime
from collections.abc import Callable, Iterable
from typing import Literal

from sqlalchemy.orm import Session

from fleet.service.context import Context
from fleet.service.day_parts import existing
from fleet.service.paging import DEFAULT_LIMIT, Page, key_of, page_of
from fleet.service.requests import RequestEntry, entry_of
from fleet.service.roles import Caller, Permission
from fleet.store import days, requests
from fleet.store.requests import Row
from fleet.store.tables import Json

SortKey = Literal["order", "id", "kg", "place", "product", "household", "changed"]
Sorted = str | int
KG_TO_G = 1_000

SORTED_BY: dict[SortKey, Callable[[Row], Sorted]] = {
    "order": lambda row: row.position,
    "id": lambda row: row.id,
    "kg": lambda row: round(row.body["kg"] * KG_TO_G),
    "place": lambda row: str(row.body["pickup"]["place"]),
    "product": lambda row: row.body["product"] or "",
    "household": lambda row: row.body["household"] or "",
    "changed": lambda row: row.changed_at.isoformat(),
}
NUMBERS: frozenset[SortKey] = frozenset({"order", "kg"})


def list_requests(
    ctx: Context,
    caller: Caller,
    *,
    date: datetime.date,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
    text: str | None = None,
    place: str | None = None,
    product: str | None = None,
    household: str | None = None,
    must: bool | None = None,
    sort: SortKey = "order",
    descending: bool = False,
) -> Page[RequestEntry]:
    """Return requests of a day.

    Parameters
    ----------
    ctx, caller, date
        Of which day.
    limit, cursor
        Of the page.
    text
        Part of an id, of the note, or of a name of the household, the product or a place.
    place
        Where the request is picked up or may be dropped off.
    product, household, must
        What they have to be.
    sort, descending
        The order; what is alike in it goes by id.

    Raises
    ------
    InputError
        NOT_FOUND; CURSOR_UNKNOWN.
    """
    caller.has_to(Permission.EDIT_DAYS)
    after = key_of(cursor, int if sort in NUMBERS else str, str)
    with ctx.store.read() as session:
        existing(session, date=date)
        found: Iterable[Row] = requests.of_day(session, date=date)
        called = _names(session, date=date) if text else {}

    wanted = [
        (_key(row, sort), row)
        for row in found
        if (place is None or place in _places(row.body))
        and (product is None or row.body["product"] == product)
        and (household is None or row.body["household"] == household)
        and (must is None or row.body["must"] == must)
        and (not text or text.casefold() in _words(row.body, called))
    ]
    wanted.sort(key=lambda item: item[0], reverse=descending)
    if after is not None:
        wanted = [item for item in wanted if (item[0] < after if descending else item[0] > after)]
    return page_of(wanted, limit=limit, key=lambda item: item[0], item=lambda item: entry_of(item[1]))


def _key(row: Row, sort: SortKey) -> tuple[Sorted, ...]:
    return SORTED_BY[sort](row), row.id


def _places(body: Json) -> set[str]:
    return {task["place"] for task in (body["pickup"], *body["dropoffs"])}


def _names(session: Session, *, date: datetime.date) -> dict[tuple[str, str], str]:
    """Return everything that what takes part in a day is called."""
    return {
        (item.kind, item.id): "\n".join((body["name"], *body.get("names", {}).values()))
        for item in days.items(session, date=date)
        if (body := item.own or item.known) is not None
    }


def _words(body: Json, called: dict[tuple[str, str], str]) -> str:
    named = [("household", body["household"]), ("product", body["product"])]
    named += [("place", place) for place in _places(body)]
    return "\n".join((body["id"], body["note"], *(called.get(key, "") for key in named))).casefold()

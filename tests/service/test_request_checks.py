"""What is checked when one request is written says exactly what a check of the whole day would say."""

import contextlib
from typing import Any

import pytest

from fleet.model import InputError, Problem
from fleet.model.base import MAX_REQUESTS
from fleet.service.context import Context
from fleet.service.day_parts import asked_for, bring_in, draft_of, existing
from fleet.service.request_checks import check_written
from fleet.store import Store, master, requests
from tests.days import DATE, body, context, draft, new_request, put
from tests.request_sheets import at

STALL = [{"place": "centre", "stall": 2}]
FROZEN = {"request": "r005", "kind": "pickup", "place": "village-sayibag", "start": at("08:00")}
LOCKS = {
    "requests": [{"request": "r006", "only_tricycle": "tricycle-01"}],
    "routes": [{"tricycle": "tricycle-01", "frozen": [FROZEN]}],
}
FAR = [{"start": "2026-06-25T08:00:00+08:00", "end": "2026-06-25T09:00:00+08:00"}]
EARLIER, LATER = "r002", "r007"
"""Before and behind the request that has a stall."""

FITTING: list[tuple[str, dict[str, Any]]] = [
    (EARLIER, {"kg": 60.0}),
    (EARLIER, {"household": None, "product": None}),
    (EARLIER, {"dropoffs": [{"place": "centre", "stall": 1}]}),
    (LATER, {"household": "sayibag-01", "dropoffs": STALL}),
    ("r005", {"kg": 60.0}),
]
UNFIT: list[tuple[str, dict[str, Any]]] = [
    (EARLIER, {"household": "nobody"}),
    (LATER, {"product": "nothing"}),
    (LATER, {"pickup": {"place": "nowhere"}}),
    (EARLIER, {"dropoffs": [{"place": "centre"}, {"place": "nowhere"}]}),
    (EARLIER, {"dropoffs": [{"place": "centre", "stall": 39}]}),
    (EARLIER, {"dropoffs": STALL}),
    (LATER, {"dropoffs": STALL}),
    (LATER, {"pickup": {"place": "village-sayibag", "windows": FAR}}),
    ("r005", {"pickup": {"place": "centre"}}),
    ("r006", {"household": "nobody"}),
    (LATER, {"dropoffs": [{"place": "abroad"}]}),
]


@pytest.fixture
def ctx(store: Store) -> Context:
    """Eight requests; r004 has a stall, a route begins with r005, and a lock names r006."""
    ctx = context(store)
    asked = [body(f"r{number:03}") for number in range(1, 9)]
    asked[3] |= {"household": "sayibag-01", "dropoffs": STALL}
    put(ctx, draft(requests=asked, locks=LOCKS))
    place = draft().places[1]
    # Its two numbers are exchanged, which only the other places of a day show.
    swapped = {"latitude": place.longitude, "longitude": place.latitude}
    record = place.model_dump(mode="json") | {"id": "abroad", **swapped}
    with ctx.store.write() as session:
        master.add(session, {("place", "abroad"): record}, at=ctx.store.clock(), by=None)
    return ctx


class UndoneError(Exception):
    """Takes back what a test has written."""


def said(check: Any, *arguments: Any, **options: Any) -> list[Problem]:
    try:
        check(*arguments, **options)
    except InputError as error:
        return list(error.problems)
    return []


def both(ctx: Context, written: dict[str, Any], *, add: bool = False) -> tuple[list[Problem], list[Problem]]:
    """What the two checks say of a request that is written, and then is not."""
    how = {"date": DATE, "at": ctx.store.clock(), "by": None}
    found: list[list[Problem]] = []
    with contextlib.suppress(UndoneError), ctx.store.write() as session:
        stored = existing(session, date=DATE, lock=True)
        if add:
            requests.add(session, {written["id"]: written}, source="form", **how)
        else:
            requests.change(session, {written["id"]: written}, **how)
        brought = bring_in(session, asked_for(written), date=DATE)
        found.append(said(check_written, session, stored, written, brought=brought))
        found.append(said(draft_of, session, stored))
        raise UndoneError
    one, whole = found
    return one, whole


def whole_body(request_id: str, changes: dict[str, Any]) -> dict[str, Any]:
    """A request as it stands in the database, with every field."""
    return new_request(request_id, **changes).model_dump(mode="json")


@pytest.mark.parametrize(("request_id", "changes"), UNFIT)
def test_what_does_not_fit_is_said_as_of_the_whole_day(
    ctx: Context, request_id: str, changes: dict[str, Any]
):
    one, whole = both(ctx, whole_body(request_id, changes))
    assert one == whole != []


@pytest.mark.parametrize(("request_id", "changes"), FITTING)
def test_what_fits_to_the_whole_day_is_taken(ctx: Context, request_id: str, changes: dict[str, Any]):
    assert both(ctx, whole_body(request_id, changes)) == ([], [])


@pytest.mark.parametrize("changes", [{}, {"dropoffs": STALL}, {"household": "nobody"}])
def test_a_request_that_is_added_is_checked_alike(ctx: Context, changes: dict[str, Any]):
    one, whole = both(ctx, whole_body("r100", changes), add=True)
    assert one == whole
    assert bool(one) == bool(changes)


def test_a_day_has_only_so_many_requests(sqlite_store: Store):
    ctx = context(sqlite_store)
    put(ctx)
    more = {f"m{number:04}": whole_body(f"m{number:04}", {}) for number in range(MAX_REQUESTS - 1)}
    with ctx.store.write() as session:
        requests.add(session, more, date=DATE, source="sheet", at=ctx.store.clock(), by=None)
    one, whole = both(ctx, whole_body("r100", {}), add=True)
    assert one == whole
    assert one[0].where == "requests"

"""What was before is told in pages: the latest first, nothing twice, nothing left out."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from fleet.model import ErrorCode, InputError
from fleet.model.places import Product
from fleet.service import master, requests, standing_orders
from fleet.service.context import Context
from fleet.service.day_lists import list_day_changes
from fleet.service.days import delete_day
from fleet.service.paging import Page, cursor_of
from fleet.service.roles import Caller
from fleet.store import Store
from tests.database import Clock
from tests.days import (
    DATE,
    DISPATCHER,
    OTHER,
    TOMORROW,
    body,
    context,
    draft,
    moved,
    new_request,
    order,
    put,
    request,
)

VERSIONS = 5
HISTORIES: dict[str, Callable[..., Page[Any]]] = {
    "a record": partial(master.record_history, model=Product, record_id="melon"),
    "a standing order": partial(standing_orders.order_history, order_id="s001"),
    "a request": partial(requests.request_history, date=DATE, request_id="r001"),
    "a day": partial(list_day_changes, date=TOMORROW),
}


@pytest.fixture
def ctx(store: Store) -> Context:
    """The service with five versions of everything that has a history, written in turns."""
    ctx = context(store)
    put(ctx)
    master.add_record(ctx, DISPATCHER, record=melon(1))
    standing_orders.add_order(ctx, DISPATCHER, order=order(kg=1.0))
    tomorrow = draft(date=str(TOMORROW), requests=[])
    put(ctx, tomorrow)
    assert isinstance(store.clock, Clock)
    for kg in range(2, VERSIONS + 1):
        master.change_record(ctx, DISPATCHER, record_id="melon", record=melon(kg))
        changed = standing_orders.StandingOrder.model_validate(order("s001", kg=float(kg)).model_dump())
        standing_orders.change_order(ctx, DISPATCHER, order_id="s001", order=changed)
        heavier = request("r001", kg=float(kg))
        requests.change_request(ctx, DISPATCHER, date=DATE, request_id="r001", request=heavier)
        put(ctx, tomorrow.model_copy(update={"title": str(kg)}))
        store.clock.forward(seconds=1)
    put(ctx, tomorrow)
    return ctx


def melon(kg: int) -> Product:
    return Product(id="melon", name="melon", kg_per_crate=float(kg))


def in_pages(history: Callable[..., Page[Any]], ctx: Context, *, limit: int) -> list[list[Any]]:
    pages, cursor = [], None
    while True:
        page = history(ctx, DISPATCHER, limit=limit, cursor=cursor)
        pages.append(list(page.items))
        cursor = page.next
        if cursor is None:
            return pages


@pytest.mark.parametrize("name", HISTORIES)
def test_pages_of_a_history_are_the_whole_of_it_the_latest_first(name: str, ctx: Context):
    history = HISTORIES[name]
    (whole,) = in_pages(history, ctx, limit=100)
    assert len(whole) == VERSIONS
    for limit, sizes in ((1, [1] * VERSIONS), (2, [2, 2, 1]), (VERSIONS, [VERSIONS])):
        pages = in_pages(history, ctx, limit=limit)
        assert [len(page) for page in pages] == sizes
        assert [item for page in pages for item in page] == whole


def test_the_latest_version_stands_first(ctx: Context):
    firsts = {name: history(ctx, DISPATCHER, limit=1).items[0] for name, history in HISTORIES.items()}
    assert firsts["a record"].record == melon(VERSIONS)
    assert firsts["a standing order"].order.request.kg == firsts["a request"].request.kg == VERSIONS
    assert firsts["a day"].version == VERSIONS


@pytest.mark.parametrize("name", HISTORIES)
def test_a_page_behind_the_first_version_is_empty(name: str, ctx: Context):
    first = ("2000-01-01T00:00:00+00:00", "") if name == "a day" else (1,)
    assert HISTORIES[name](ctx, DISPATCHER, cursor=cursor_of(*first)) == Page(items=())


@pytest.mark.parametrize("name", HISTORIES)
def test_a_cursor_of_another_kind_of_list_is_refused(name: str, ctx: Context):
    with pytest.raises(InputError) as error:
        HISTORIES[name](ctx, DISPATCHER, cursor=cursor_of("melon"))
    assert error.value.problems[0].code == ErrorCode.CURSOR_UNKNOWN


@pytest.mark.parametrize(
    "moment", ["yesterday", "2026-06-15", "2026-06-15T04:00:00", "2026-06-15T04:00:00+08:00"]
)
def test_a_cursor_of_no_moment_of_ours_is_refused(moment: str, ctx: Context):
    with pytest.raises(InputError) as error:
        list_day_changes(ctx, DISPATCHER, date=DATE, cursor=cursor_of(moment, ""))
    assert error.value.problems[0].code == ErrorCode.CURSOR_UNKNOWN


def test_all_that_was_changed_of_a_day_stands_in_one_list(store: Store):
    ctx, clock = context(store), store.clock
    assert isinstance(clock, Clock)
    steps: list[Callable[[], object]] = [
        lambda: put(ctx),
        lambda: requests.add_request(ctx, DISPATCHER, date=DATE, request=new_request("r002")),
        lambda: requests.change_request(
            ctx, OTHER, date=DATE, request_id="r002", request=request("r002", kg=7.0)
        ),
        lambda: put(ctx, draft(title="other", requests=[body("r003"), body("r001", kg=9.0)])),
        lambda: requests.add_request(ctx, OTHER, date=DATE, request=new_request("r002")),
        lambda: delete_day(ctx, OTHER, date=DATE),
    ]
    moments = []
    for step in steps:
        clock.forward(minutes=1)
        moments.append(clock.now)
        step()
    put(ctx, moved(draft(), TOMORROW))
    told = list_day_changes(ctx, DISPATCHER, date=DATE).items
    assert [made.changed_at for made in told] == moments[::-1]
    assert [
        (made.changed_by, made.version, set(made.added), set(made.changed), set(made.deleted))
        for made in reversed(told)
    ] == [
        ("a1", None, {"r001"}, set(), set()),
        ("a1", None, {"r002"}, set(), set()),
        ("a2", None, set(), {"r002"}, set()),
        ("a1", 3, {"r003"}, {"r001"}, {"r002"}),
        ("a2", None, {"r002"}, set(), set()),
        ("a2", 5, set(), set(), {"r001", "r002", "r003"}),
    ]


def test_what_several_changed_at_one_moment_is_told_apart_also_by_pages(store: Store):
    ctx = context(store)
    put(ctx)
    for number, who in enumerate((DISPATCHER, OTHER, Caller.system()), start=2):
        requests.add_request(ctx, who, date=DATE, request=new_request(f"r00{number}"))
    history = partial(list_day_changes, date=DATE)
    (whole,) = in_pages(history, ctx, limit=100)
    assert [(made.changed_by, made.added) for made in whole] == [
        ("a2", ("r003",)),
        ("a1", ("r001", "r002")),
        (None, ("r004",)),
    ]
    assert [page[0] for page in in_pages(history, ctx, limit=1)] == whole

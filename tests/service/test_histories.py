"""What was before is told in pages: the latest first, nothing twice, nothing left out."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from fleet.model import ErrorCode, InputError
from fleet.model.places import Product
from fleet.service import master, requests, standing_orders
from fleet.service.context import Context
from fleet.service.day_lists import list_kept_days
from fleet.service.paging import Page, cursor_of
from fleet.store import Store
from tests.days import DATE, DISPATCHER, TOMORROW, context, draft, order, put, request

VERSIONS = 5
HISTORIES: dict[str, Callable[..., Page[Any]]] = {
    "a record": partial(master.record_history, model=Product, record_id="melon"),
    "a standing order": partial(standing_orders.order_history, order_id="s001"),
    "a request": partial(requests.request_history, date=DATE, request_id="r001"),
    "a day": partial(list_kept_days, date=TOMORROW),
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
    for kg in range(2, VERSIONS + 1):
        master.change_record(ctx, DISPATCHER, record_id="melon", record=melon(kg))
        changed = standing_orders.StandingOrder.model_validate(order("s001", kg=float(kg)).model_dump())
        standing_orders.change_order(ctx, DISPATCHER, order_id="s001", order=changed)
        heavier = request("r001", kg=float(kg))
        requests.change_request(ctx, DISPATCHER, date=DATE, request_id="r001", request=heavier)
        put(ctx, tomorrow.model_copy(update={"title": str(kg)}))
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
    assert HISTORIES[name](ctx, DISPATCHER, cursor=cursor_of(1)) == Page(items=())


@pytest.mark.parametrize("name", HISTORIES)
def test_a_cursor_of_another_kind_of_list_is_refused(name: str, ctx: Context):
    with pytest.raises(InputError) as error:
        HISTORIES[name](ctx, DISPATCHER, cursor=cursor_of("melon"))
    assert error.value.problems[0].code == ErrorCode.CURSOR_UNKNOWN

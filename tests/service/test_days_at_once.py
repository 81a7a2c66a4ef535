"""Several dispatchers at once: nobody's change is lost, and who comes too late is told."""

import datetime
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from fleet.model import InputError
from fleet.model.locks import Assignment
from fleet.model.places import Place, Product
from fleet.service.assignments import Assignments, put_assignments
from fleet.service.context import Context
from fleet.service.days import create_day
from fleet.service.master import add_record, change_record, delete_record, read_record, record_history
from fleet.service.recurring import StandingOrder
from fleet.service.requests import add_request, change_request, request_history
from fleet.service.standing_orders import add_order, apply_orders, change_order
from fleet.store import Store
from tests.days import (
    DATE,
    DISPATCHER,
    TOMORROW,
    body,
    context,
    day_of,
    draft,
    moved,
    new_request,
    order,
    put,
    request,
    version_of,
)
from tests.depth import count

ROUNDS = count(short=3, long=30)
WRITERS = 4
DONE, LATE = "done", "CHANGED_MEANWHILE"


@pytest.fixture
def ctx(store: Store) -> Context:
    found = context(store)
    put(found)
    return found


def at_once(*calls: Callable[[], object]) -> Counter[str]:
    """Do all of it at the same moment; count how it went."""
    together = threading.Barrier(len(calls))

    def outcome(call: Callable[[], object]) -> str:
        together.wait()
        try:
            call()
        except InputError as error:
            return error.problems[0].code
        return DONE

    with ThreadPoolExecutor(len(calls)) as pool:
        return Counter(pool.map(outcome, calls))


def test_of_two_who_change_one_request_one_is_told_to_read_it_again(ctx: Context):
    change = partial(change_request, ctx, DISPATCHER, date=DATE, request_id="r001")
    for version in range(1, ROUNDS + 1):
        wanted = [request("r001", kg=10.0 * version + kg) for kg in (1, 2)]
        went = at_once(*(partial(change, request=one, version=version) for one in wanted))
        assert went == {DONE: 1, LATE: 1}
    history = request_history(ctx, DISPATCHER, date=DATE, request_id="r001").items
    assert len(history) == ROUNDS + 1
    assert history[0].request == day_of(ctx).requests[0]
    assert version_of(ctx) == ROUNDS + 1


def test_of_two_who_change_one_record_one_is_told_to_read_it_again(ctx: Context):
    melon = Product(id="melon", name="melon")
    add_record(ctx, DISPATCHER, record=melon)
    change = partial(change_record, ctx, DISPATCHER, record_id="melon")
    for version in range(1, ROUNDS + 1):
        prices = (10.0 * version, 10.0 * version + 1)
        wanted = [melon.model_copy(update={"price_yuan_per_kg": price}) for price in prices]
        went = at_once(*(partial(change, record=one, version=version) for one in wanted))
        assert went == {DONE: 1, LATE: 1}
    assert len(record_history(ctx, DISPATCHER, model=Product, record_id="melon").items) == ROUNDS + 1


def test_of_two_who_change_one_order_or_one_day_one_is_told_to_read_it_again(ctx: Context):
    add_order(ctx, DISPATCHER, order=order("s"))
    changed = [StandingOrder.model_validate_json(order("s", kg=kg).model_dump_json()) for kg in (7.0, 8.0)]
    change = partial(change_order, ctx, DISPATCHER, order_id="s", version=1)
    went = at_once(*(partial(change, order=one) for one in changed))
    assert went == {DONE: 1, LATE: 1}
    went = at_once(*(partial(put, ctx, draft(title=title), version=1) for title in ("one", "two")))
    assert went == {DONE: 1, LATE: 1}
    driving = Assignments(assignments=(Assignment(driver="d1", tricycle="tricycle-01"),))
    went = at_once(
        partial(put, ctx, draft(title="three"), version=2),
        partial(put_assignments, ctx, DISPATCHER, date=DATE, assignments=driving, version=2),
    )
    assert went == {DONE: 1, LATE: 1}


def test_many_who_add_requests_to_one_day_lose_none(ctx: Context):
    went = at_once(
        *(lambda: add_request(ctx, DISPATCHER, date=DATE, request=new_request()) for _ in range(WRITERS))
    )
    assert went == {DONE: WRITERS}
    assert [item.id for item in day_of(ctx).requests] == [
        f"r{number:03d}" for number in range(1, WRITERS + 2)
    ]
    assert version_of(ctx) == WRITERS + 1


def test_a_day_that_several_begin_at_once_begins_once(ctx: Context):
    add_order(ctx, DISPATCHER, order=order("s"))
    for date in (TOMORROW + datetime.timedelta(days=days) for days in range(ROUNDS)):
        went = at_once(
            *(
                partial(add_request, ctx, DISPATCHER, date=date, request=new_request(name))
                for name in ("mine", "yours")
            ),
            partial(apply_orders, ctx, DISPATCHER, date=date),
        )
        assert went == {DONE: 3}
        assert {item.id for item in day_of(ctx, date).requests} == {"mine", "yours", "standing-s"}


def test_of_two_who_put_or_begin_a_new_day_one_does(ctx: Context):
    for date in (TOMORROW + datetime.timedelta(days=days) for days in range(ROUNDS)):
        went = at_once(*(partial(put, ctx, moved(draft(title=title), date)) for title in ("one", "two")))
        assert went[DONE] >= 1
        assert set(went) <= {DONE, LATE}
        went = at_once(*(partial(create_day, ctx, DISPATCHER, date=date.replace(month=8)) for _ in range(2)))
        assert went == {DONE: 1, "ALREADY_EXISTS": 1}


def test_a_day_that_is_put_while_a_place_changes_has_the_place_as_one_of_both(ctx: Context):
    place = read_record(ctx, DISPATCHER, model=Place, record_id="centre").record
    for stalls in range(40, 40 + ROUNDS):
        changed = place.model_copy(update={"stalls": stalls})
        went = at_once(
            partial(change_record, ctx, DISPATCHER, record_id="centre", record=changed),
            partial(put, ctx, draft(requests=[body("r001", kg=float(stalls))])),
        )
        assert went == {DONE: 2}
        assert day_of(ctx).place_by_id["centre"].stalls in (38, stalls, stalls - 1)


def test_what_is_deleted_while_somebody_asks_for_it_is_either_asked_for_or_gone(ctx: Context):
    for number in range(ROUNDS):
        add_record(ctx, DISPATCHER, record=Product(id=f"p{number}", name="p"))
        asked = new_request(f"q{number}", product=f"p{number}")
        went = at_once(
            partial(add_request, ctx, DISPATCHER, date=DATE, request=asked),
            partial(delete_record, ctx, DISPATCHER, model=Product, record_id=f"p{number}"),
        )
        assert went in ({DONE: 1, "UNKNOWN_ID": 1}, {DONE: 1, "STILL_USED": 1})

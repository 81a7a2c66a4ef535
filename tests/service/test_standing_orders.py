"""What comes again comes on its weekdays, in its season, at its times of the clock, and never twice."""

import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from fleet.model import ErrorCode, InputError
from fleet.model.requests import Request
from fleet.service.context import Context
from fleet.service.copying import copy_requests
from fleet.service.days import create_day, delete_day
from fleet.service.recurring import OrdersTaken, StandingOrder, StandingRequest
from fleet.service.requests import delete_request, read_request
from fleet.service.roles import Caller, Role
from fleet.service.standing_orders import (
    add_order,
    apply_orders,
    change_order,
    delete_order,
    list_orders,
    order_history,
    read_order,
)
from fleet.store import Store
from tests.days import (
    DATE,
    DISPATCHER,
    OTHER,
    TOMORROW,
    context,
    day_of,
    draft,
    order,
    put,
    version_of,
)

MONDAY, TUESDAY, SUNDAY = DATE, TOMORROW, datetime.date(2026, 6, 21)


@pytest.fixture
def ctx(store: Store) -> Context:
    """A township that has the small day's master data and no day to come but that one."""
    found = context(store)
    put(found)
    return found


def refusal(error: pytest.ExceptionInfo[InputError]) -> tuple[str, str]:
    problem = error.value.problems[0]
    return problem.code, problem.where


def ids(ctx: Context, date: datetime.date) -> list[str]:
    return [item.id for item in day_of(ctx, date).requests]


def written(asked: Any) -> StandingOrder:
    """The order as it is kept."""
    return StandingOrder.model_validate_json(asked.model_dump_json())


def test_what_is_asked_each_time_is_a_request_by_the_clock():
    assert list(StandingRequest.model_fields) == [name for name in Request.model_fields if name != "id"]


@pytest.mark.parametrize(
    ("when", "due"),
    [
        ({}, [MONDAY, TUESDAY, SUNDAY]),
        ({"weekdays": [1, 7]}, [MONDAY, SUNDAY]),
        ({"first": "2026-06-16"}, [TUESDAY, SUNDAY]),
        ({"last": "2026-06-16"}, [MONDAY, TUESDAY]),
        ({"weekdays": [2], "first": "2026-06-16", "last": "2026-06-16"}, [TUESDAY]),
    ],
)
def test_an_order_is_due_on_its_weekdays_in_its_season(when: dict[str, Any], due: list[datetime.date]):
    asked = written(order("s", when=when))
    assert [date for date in (MONDAY, TUESDAY, SUNDAY) if asked.is_due(date)] == due


def test_a_new_day_begins_with_what_is_due_at_the_times_of_its_own_clock(ctx: Context):
    put(ctx, draft(zone="Asia/Urumqi"))
    window = {"start": "06:30", "end": "08:00"}
    pickup = {"place": "village-upper", "windows": [window]}
    add_order(ctx, DISPATCHER, order=order("milk", pickup=pickup))
    add_order(ctx, DISPATCHER, order=order("sundays", when={"weekdays": [7]}))
    create_day(ctx, DISPATCHER, date=TUESDAY)
    entry = read_request(ctx, DISPATCHER, date=TUESDAY, request_id="standing-milk")
    (at,) = entry.request.pickup.windows
    assert at.start == datetime.datetime(2026, 6, 16, 6, 30, tzinfo=ZoneInfo("Asia/Urumqi"))
    assert entry.source == "standing order"
    assert ids(ctx, TUESDAY) == ["standing-milk"]
    assert "village-upper" in day_of(ctx, TUESDAY).place_by_id


def test_nothing_comes_twice_not_even_what_was_taken_out(ctx: Context):
    add_order(ctx, DISPATCHER, order=order("milk"))
    add_order(ctx, DISPATCHER, order=order("eggs"))
    taken = apply_orders(ctx, DISPATCHER, date=DATE)
    assert (taken.added, taken.present) == (("standing-eggs", "standing-milk"), ())
    delete_request(ctx, DISPATCHER, date=DATE, request_id="standing-milk")
    version = version_of(ctx)
    add_order(ctx, DISPATCHER, order=order("naan"))
    assert apply_orders(ctx, DISPATCHER, date=DATE).added == ("standing-naan",)
    again = apply_orders(ctx, DISPATCHER, date=DATE)
    assert (again.added, len(again.present)) == ((), 3)
    assert (ids(ctx, DATE), version_of(ctx)) == (["r001", "standing-eggs", "standing-naan"], version + 1)


def test_a_day_begins_with_what_is_due_and_not_with_nothing(ctx: Context):
    add_order(ctx, DISPATCHER, order=order("sundays", when={"weekdays": [7]}))
    assert apply_orders(ctx, DISPATCHER, date=TUESDAY) == OrdersTaken()
    with pytest.raises(InputError) as error:
        day_of(ctx, TUESDAY)
    assert refusal(error)[0] == ErrorCode.NOT_FOUND
    taken = apply_orders(ctx, DISPATCHER, date=SUNDAY)
    assert (taken.added, taken.present) == (("standing-sundays",), ())
    assert ids(ctx, SUNDAY) == ["standing-sundays"]
    delete_day(ctx, DISPATCHER, date=SUNDAY)
    # What has come once does not come again, so that there is nothing to begin the day with.
    taken = apply_orders(ctx, DISPATCHER, date=SUNDAY)
    assert (taken.added, taken.present) == ((), ("standing-sundays",))
    with pytest.raises(InputError):
        day_of(ctx, SUNDAY)


def test_what_was_copied_from_yesterday_does_not_come_by_order_again(ctx: Context):
    add_order(ctx, DISPATCHER, order=order("milk"))
    apply_orders(ctx, DISPATCHER, date=DATE)
    put(ctx, draft().model_copy(update={"date": TUESDAY, "requests": (), "tricycles": ()}))
    copy_requests(ctx, DISPATCHER, date=TUESDAY, source=DATE)
    assert apply_orders(ctx, DISPATCHER, date=TUESDAY).added == ()
    assert copy_requests(ctx, DISPATCHER, date=TUESDAY, source=DATE).added == ()
    assert ids(ctx, TUESDAY) == ["r001", "standing-milk"]


def test_an_order_that_does_not_fit_is_named_and_stops_no_other(ctx: Context):
    stall = {"place": "centre", "stall": 1}
    add_order(ctx, DISPATCHER, order=order("a", household="sayibag-01", dropoffs=[stall]))
    add_order(ctx, DISPATCHER, order=order("b", household="ayi", dropoffs=[stall]))
    add_order(ctx, DISPATCHER, order=order("c"))
    taken = apply_orders(ctx, DISPATCHER, date=DATE)
    assert taken.added == ("standing-a", "standing-c")
    (refused,) = taken.refused
    assert (refused.order, refused.code, refused.where) == ("b", "STALL_TAKEN", "dropoffs[0].stall")


def test_an_order_is_added_changed_and_deleted_and_nothing_of_it_is_lost(ctx: Context):
    added = add_order(ctx, DISPATCHER, order=order(kg=10.0))
    assert (added.order.id, added.version) == ("s001", 1)
    heavier = written(order("s001", kg=12.0))
    assert change_order(ctx, OTHER, order_id="s001", order=heavier, version=1).version == 2
    assert read_order(ctx, DISPATCHER, order_id="s001").order == heavier
    apply_orders(ctx, DISPATCHER, date=DATE)
    delete_order(ctx, DISPATCHER, order_id="s001", version=2)
    versions = order_history(ctx, DISPATCHER, order_id="s001").items
    assert [(item.version, item.changed_by, item.order and item.order.request.kg) for item in versions] == [
        (3, "a1", None),
        (2, "a2", 12),
        (1, "a1", 10),
    ]
    assert ids(ctx, DATE) == ["r001", "standing-s001"]
    assert add_order(ctx, DISPATCHER, order=order()).order.id == "s002"
    assert add_order(ctx, DISPATCHER, order=order("s001")).version == 4


def test_orders_are_listed_in_pages(ctx: Context):
    for name in "cab":
        add_order(ctx, DISPATCHER, order=order(name))
    first = list_orders(ctx, DISPATCHER, limit=2)
    rest = list_orders(ctx, DISPATCHER, limit=2, cursor=first.next)
    assert [item.order.id for page in (first, rest) for item in page.items] == ["a", "b", "c"]
    assert rest.next is None


@pytest.mark.parametrize(
    ("changes", "code", "where"),
    [
        ({"pickup": {"place": "nowhere"}}, "UNKNOWN_ID", "request.pickup.place"),
        ({"household": "nobody"}, "UNKNOWN_ID", "request.household"),
        ({"dropoffs": [{"place": "centre", "stall": 39}]}, "STALL_UNKNOWN", "request.dropoffs[0].stall"),
    ],
)
def test_an_order_that_does_not_fit_to_the_township_is_refused_by_its_field(
    ctx: Context, changes: dict[str, Any], code: str, where: str
):
    with pytest.raises(InputError) as error:
        add_order(ctx, DISPATCHER, order=order(**changes))
    assert refusal(error) == (code, where)


def windows(*clocks: str) -> dict[str, Any]:
    return {
        "pickup": {
            "place": "centre",
            "windows": [dict(zip(("start", "end"), clock.split("-"), strict=True)) for clock in clocks],
        }
    }


@pytest.mark.parametrize(
    ("when", "changes", "match"),
    [
        ({}, windows("9:00-10:00"), "TIME_UNREADABLE"),
        ({}, windows("24:00-24:30"), "TIME_UNREADABLE"),
        ({}, windows("10:00-09:00"), "WINDOW_REVERSED"),
        ({}, windows("08:00-10:00", "09:00-11:00"), "WINDOWS_OVERLAP"),
        ({"first": "2026-07-01", "last": "2026-06-01"}, {}, "WINDOW_REVERSED"),
        ({"weekdays": []}, {}, "too_short"),
        ({"weekdays": [8]}, {}, "less_than_equal"),
        ({}, {"kg": 0}, "greater_than_equal"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused(when: dict[str, Any], changes: dict[str, Any], match: str):
    with pytest.raises(ValueError, match=match):
        order("s", when=when, **changes)


def test_what_is_not_there_there_already_or_changed_is_said(ctx: Context):
    add_order(ctx, DISPATCHER, order=order("s"))
    change_order(ctx, OTHER, order_id="s", order=written(order("s", kg=9.0)))
    for call, code in (
        (lambda: add_order(ctx, DISPATCHER, order=order("s")), "ALREADY_EXISTS"),
        (lambda: change_order(ctx, DISPATCHER, order_id="x", order=written(order("s"))), "IDS_DIFFER"),
        (lambda: change_order(ctx, DISPATCHER, order_id="x", order=written(order("x"))), "NOT_FOUND"),
        (lambda: read_order(ctx, DISPATCHER, order_id="x"), "NOT_FOUND"),
        (lambda: delete_order(ctx, DISPATCHER, order_id="x"), "NOT_FOUND"),
        (lambda: order_history(ctx, DISPATCHER, order_id="x"), "NOT_FOUND"),
        (
            lambda: change_order(ctx, DISPATCHER, order_id="s", order=written(order("s")), version=1),
            "CHANGED_MEANWHILE",
        ),
        (lambda: delete_order(ctx, DISPATCHER, order_id="s", version=1), "CHANGED_MEANWHILE"),
    ):
        with pytest.raises(InputError) as error:
            call()
        assert refusal(error)[0] == code


def test_only_who_edits_days_edits_what_comes_into_them(ctx: Context):
    planner = Caller(account_id="p", role=Role.PLANNER)
    for forbidden in (
        lambda: list_orders(ctx, planner),
        lambda: read_order(ctx, planner, order_id="s"),
        lambda: order_history(ctx, planner, order_id="s"),
        lambda: add_order(ctx, planner, order=order("s")),
        lambda: change_order(ctx, planner, order_id="s", order=written(order("s"))),
        lambda: delete_order(ctx, planner, order_id="s"),
        lambda: apply_orders(ctx, planner, date=DATE),
    ):
        with pytest.raises(InputError) as error:
            forbidden()
        assert refusal(error)[0] == ErrorCode.FORBIDDEN

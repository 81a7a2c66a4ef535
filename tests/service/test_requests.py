"""Requests are written one by one against the whole day, found again, copied, and never forgotten."""

import datetime
from functools import partial
from typing import Any

import pytest

from fleet.model import ErrorCode, InputError
from fleet.model.locks import Assignment
from fleet.service.assignments import Assignments, put_assignments, read_assignments
from fleet.service.context import Context
from fleet.service.copying import copy_requests
from fleet.service.day_lists import list_day_changes
from fleet.service.request_lists import SortKey, list_requests
from fleet.service.requests import (
    add_request,
    change_request,
    delete_request,
    read_request,
    request_history,
)
from fleet.service.roles import Caller, Role
from fleet.store import Store
from tests.days import (
    DATE,
    DISPATCHER,
    OTHER,
    TOMORROW,
    YESTERDAY,
    body,
    context,
    day_of,
    draft,
    new_request,
    put,
    request,
    version_of,
)
from tests.request_sheets import at


@pytest.fixture
def ctx(store: Store) -> Context:
    return context(store)


def refusal(error: pytest.ExceptionInfo[InputError]) -> tuple[str, str]:
    problem = error.value.problems[0]
    return problem.code, problem.where


def ids(ctx: Context, date: datetime.date = DATE) -> list[str]:
    return [item.id for item in day_of(ctx, date).requests]


def test_a_request_is_added_changed_and_deleted_and_its_history_tells_by_whom(ctx: Context):
    put(ctx)
    added = add_request(ctx, DISPATCHER, date=DATE, request=new_request())
    assert (added.request.id, added.version, added.source) == ("r002", 1, "form")
    heavier = request("r002", kg=60.0)
    changed = change_request(ctx, OTHER, date=DATE, request_id="r002", request=heavier, version=1)
    assert (changed.version, changed.changed_by, changed.request.kg) == (2, "a2", 60)
    assert read_request(ctx, DISPATCHER, date=DATE, request_id="r002") == changed
    delete_request(ctx, DISPATCHER, date=DATE, request_id="r002", version=2)
    assert ids(ctx) == ["r001"]
    history = request_history(ctx, DISPATCHER, date=DATE, request_id="r002").items
    assert [(item.changed_by, item.request) for item in history] == [
        ("a1", None),
        ("a2", heavier),
        ("a1", request("r002")),
    ]
    assert version_of(ctx) == 4
    # The number of a deleted request is not given again: its history is its own.
    assert add_request(ctx, DISPATCHER, date=DATE, request=new_request()).request.id == "r003"


def test_a_request_brings_what_it_names_into_the_day_and_the_day_into_being(ctx: Context):
    put(ctx)
    add_request(ctx, DISPATCHER, date=TOMORROW, request=new_request("early"))
    day = day_of(ctx, TOMORROW)
    assert [item.id for item in day.requests] == ["early"]
    assert {item.id for item in day.places} == {"centre", "village-sayibag", "community-luyuan"}
    assert ({item.id for item in day.households}, {item.id for item in day.products}) == ({"ayi"}, {"tomato"})
    assert [item.id for item in day.tricycles] == ["tricycle-01"]


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"household": "nobody"}, "UNKNOWN_ID", "household"),
    ({"product": "nothing"}, "UNKNOWN_ID", "product"),
    ({"pickup": {"place": "nowhere"}}, "UNKNOWN_ID", "pickup.place"),
    ({"dropoffs": [{"place": "centre"}, {"place": "nowhere"}]}, "UNKNOWN_ID", "dropoffs[1].place"),
    ({"dropoffs": [{"place": "centre", "stall": 39}]}, "STALL_UNKNOWN", "dropoffs[0].stall"),
    ({"dropoffs": [{"place": "centre", "stall": 1}]}, "STALL_TAKEN", "dropoffs[0].stall"),
    (
        {"pickup": {"place": "centre", "windows": [{"start": "2026-06-25T08:00:00+08:00",
                                                    "end": "2026-06-25T09:00:00+08:00"}]}},
        "TIME_FAR_FROM_DATE",
        "windows",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "code", "where"), REFUSED)
def test_a_request_that_does_not_fit_to_the_day_is_refused_by_its_own_field(
    ctx: Context, changes: dict[str, Any], code: str, where: str
):
    taken = body("r001", household="sayibag-01", dropoffs=[{"place": "centre", "stall": 1}])
    put(ctx, draft(requests=[taken, body("r002")]))
    before = version_of(ctx)
    with pytest.raises(InputError) as error:
        add_request(ctx, DISPATCHER, date=DATE, request=new_request(**changes))
    assert refusal(error) == (code, where)
    with pytest.raises(InputError) as error:
        change_request(ctx, DISPATCHER, date=DATE, request_id="r002", request=request("r002", **changes))
    assert refusal(error) == (code, where)
    assert (ids(ctx), version_of(ctx)) == (["r001", "r002"], before)


def test_what_is_not_there_or_there_already_is_said(ctx: Context):
    put(ctx)
    with pytest.raises(InputError) as error:
        add_request(ctx, DISPATCHER, date=DATE, request=new_request("r001"))
    assert refusal(error) == (ErrorCode.ALREADY_EXISTS, "id")
    with pytest.raises(InputError) as error:
        change_request(ctx, DISPATCHER, date=DATE, request_id="r001", request=request("r009"))
    assert refusal(error) == (ErrorCode.IDS_DIFFER, "id")
    for missing in (
        lambda: read_request(ctx, DISPATCHER, date=DATE, request_id="r009"),
        lambda: change_request(ctx, DISPATCHER, date=DATE, request_id="r009", request=request("r009")),
        lambda: delete_request(ctx, DISPATCHER, date=DATE, request_id="r009"),
        lambda: request_history(ctx, DISPATCHER, date=DATE, request_id="r009"),
        lambda: list_requests(ctx, DISPATCHER, date=TOMORROW),
    ):
        with pytest.raises(InputError) as error:
            missing()
        assert refusal(error)[0] == ErrorCode.NOT_FOUND
    with pytest.raises(InputError) as error:
        copy_requests(ctx, DISPATCHER, date=DATE, source=TOMORROW)
    assert refusal(error) == (ErrorCode.NOT_FOUND, "source")


@pytest.mark.parametrize("name", ["change", "delete"])
def test_a_change_of_what_somebody_else_has_changed_is_refused(ctx: Context, name: str):
    put(ctx)
    change_request(ctx, OTHER, date=DATE, request_id="r001", request=request("r001", kg=60.0), version=1)
    late = {
        "change": partial(change_request, request=request("r001")),
        "delete": delete_request,
    }[name]
    with pytest.raises(InputError) as error:
        late(ctx, DISPATCHER, date=DATE, request_id="r001", version=1)
    assert refusal(error)[0] == ErrorCode.CHANGED_MEANWHILE
    assert day_of(ctx).requests[0].kg == 60


def test_a_deleted_request_takes_its_locks_with_it(ctx: Context):
    stop = {"request": "r002", "kind": "pickup"}
    locks = {
        "requests": [{"request": key, "only_tricycle": "tricycle-01"} for key in ("r001", "r002")],
        "routes": [{"tricycle": "tricycle-01", "sequence": [stop]}],
    }
    put(ctx, draft(requests=[body("r001"), body("r002")], locks=locks))
    delete_request(ctx, DISPATCHER, date=DATE, request_id="r002")
    left = day_of(ctx).locks
    assert ([lock.request for lock in left.requests], left.routes) == (["r001"], ())


def test_a_request_on_board_is_not_deleted(ctx: Context):
    carried = {"request": "r001", "picked_up_at": at("07:00")}
    state = {"tricycles": [{"tricycle": "tricycle-01", "free_at": at("08:00"), "on_board": [carried]}]}
    put(ctx, draft(start_state=state))
    with pytest.raises(InputError) as error:
        delete_request(ctx, DISPATCHER, date=DATE, request_id="r001")
    assert refusal(error)[0] == ErrorCode.STILL_USED


def listed(ctx: Context, **options: Any) -> list[str]:
    """The ids of a list, gathered page by page."""
    found: list[str] = []
    cursor = None
    while True:
        page = list_requests(ctx, DISPATCHER, date=DATE, limit=2, cursor=cursor, **options)
        found += [item.request.id for item in page.items]
        cursor = page.next
        if cursor is None:
            return found


@pytest.fixture
def many(ctx: Context) -> Context:
    put(
        ctx,
        draft(
            requests=[
                body("d", kg=70.0, must=True),
                body("a", kg=5.0, product="pepper", household="sayibag-01"),
                body("c", kg=7.5, product=None, household=None, note="by the Bridge"),
                body("b", kg=70.0, pickup={"place": "village-upper"}),
                body("e", kg=20.0, dropoffs=[{"place": "community-lihua"}, {"place": "centre"}]),
            ]
        ),
    )
    return ctx


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, "dacbe"),
        ({"place": "centre"}, "e"),
        ({"place": "village-upper"}, "b"),
        ({"product": "pepper"}, "a"),
        ({"household": "ayi"}, "dbe"),
        ({"must": True}, "d"),
        ({"must": False, "product": "tomato"}, "be"),
        ({"text": "bridge"}, "c"),
        ({"text": "梨花"}, "e"),
        ({"text": "阿依古丽"}, "dbe"),
        ({"text": "پەمىدۇر"}, "dbe"),
        ({"text": "nothing like it"}, ""),
    ],
)
def test_requests_are_searched_and_filtered(many: Context, filters: dict[str, Any], expected: str):
    assert "".join(listed(many, **filters)) == expected


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("order", "dacbe"),
        ("id", "abcde"),
        ("kg", "acebd"),
        ("product", "cabde"),
        ("household", "cbdea"),
        ("place", "acdeb"),
        ("changed", "abcde"),
    ],
)
def test_requests_are_sorted_either_way_page_by_page(many: Context, sort: SortKey, expected: str):
    assert "".join(listed(many, sort=sort)) == expected
    assert "".join(listed(many, sort=sort, descending=True)) == expected[::-1]


def test_a_cursor_goes_on_where_the_page_ended_though_its_last_row_is_gone(many: Context):
    page = list_requests(many, DISPATCHER, date=DATE, limit=2, sort="id")
    delete_request(many, DISPATCHER, date=DATE, request_id="b")
    rest = list_requests(many, DISPATCHER, date=DATE, limit=2, sort="id", cursor=page.next)
    assert [item.request.id for item in rest.items] == ["c", "d"]
    with pytest.raises(InputError) as error:
        list_requests(many, DISPATCHER, date=DATE, sort="kg", cursor=page.next)
    assert refusal(error)[0] == ErrorCode.CURSOR_UNKNOWN


def test_yesterdays_requests_are_copied_at_the_same_times_of_the_clock_and_once(ctx: Context):
    window = {"start": at("08:00"), "end": at("09:30")}
    asked = [
        body("r001", pickup={"place": "village-sayibag", "windows": [window]}),
        body("r002", product="pepper"),
        body("mine", kg=20.0),
    ]
    put(ctx, draft(requests=asked))
    add_request(ctx, DISPATCHER, date=TOMORROW, request=new_request("r001", kg=99.0))
    copied = copy_requests(ctx, DISPATCHER, date=TOMORROW, source=DATE)
    assert (copied.added, copied.present) == (("r003", "r002", "mine"), ())
    first = next(item for item in day_of(ctx, TOMORROW).requests if item.pickup.windows)
    assert first.pickup.windows[0].start.isoformat() == "2026-06-16T08:00:00+08:00"
    again = copy_requests(ctx, DISPATCHER, date=TOMORROW, source=DATE)
    assert (again.added, set(again.present)) == ((), set(copied.added))
    assert again.version == copied.version
    with pytest.raises(InputError) as error:
        copy_requests(ctx, DISPATCHER, date=TOMORROW, source=DATE, version=copied.version - 1)
    assert refusal(error)[0] == ErrorCode.CHANGED_MEANWHILE


def driving(tricycle: str) -> Assignments:
    return Assignments(assignments=(Assignment(driver="d1", tricycle=tricycle),))


def test_who_drives_what_is_written_whole_with_the_days_version(ctx: Context):
    version = put(ctx).version
    wanted = driving("tricycle-01")
    written = put_assignments(ctx, DISPATCHER, date=DATE, assignments=wanted, version=version)
    assert written.version == version + 1
    assert read_assignments(ctx, DISPATCHER, date=DATE) == written
    assert day_of(ctx).assignment_by_tricycle["tricycle-01"].driver == "d1"
    assert put_assignments(ctx, DISPATCHER, date=DATE, assignments=wanted).version == version + 1
    assert [day.version for day in list_day_changes(ctx, DISPATCHER, date=DATE).items] == [version]
    with pytest.raises(InputError) as error:
        put_assignments(ctx, DISPATCHER, date=DATE, assignments=wanted, version=version)
    assert refusal(error)[0] == ErrorCode.CHANGED_MEANWHILE
    with pytest.raises(InputError) as error:
        put_assignments(ctx, DISPATCHER, date=DATE, assignments=driving("t9"))
    assert refusal(error) == (ErrorCode.UNKNOWN_ID, "assignments[0].tricycle")
    assert read_assignments(ctx, DISPATCHER, date=DATE) == written


def test_others_than_dispatchers_neither_read_nor_write(ctx: Context):
    driver = Caller(account_id="x", role=Role.DRIVER, driver="d1")
    for forbidden in (
        lambda: add_request(ctx, driver, date=DATE, request=new_request()),
        lambda: read_request(ctx, driver, date=DATE, request_id="r001"),
        lambda: change_request(ctx, driver, date=DATE, request_id="r001", request=request("r001")),
        lambda: delete_request(ctx, driver, date=DATE, request_id="r001"),
        lambda: request_history(ctx, driver, date=DATE, request_id="r001"),
        lambda: list_requests(ctx, driver, date=DATE),
        lambda: copy_requests(ctx, driver, date=DATE, source=YESTERDAY),
        lambda: read_assignments(ctx, driver, date=DATE),
        lambda: put_assignments(ctx, driver, date=DATE, assignments=Assignments(assignments=())),
    ):
        with pytest.raises(InputError) as error:
            forbidden()
        assert refusal(error)[0] == ErrorCode.FORBIDDEN

"""A day is put whole and read whole, shares what the township knows, and forgets nothing."""

import datetime
import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, select

from fleet.model import Day, DayDraft, ErrorCode, InputError, day_sha256
from fleet.samples import make_day
from fleet.service.context import Context
from fleet.service.day_lists import kept_day, list_day_changes, list_days
from fleet.service.days import assembled_day, create_day, delete_day, put_day, read_day
from fleet.service.requests import add_request, request_history
from fleet.service.roles import Caller, Role
from fleet.store import Store, days
from fleet.store.plans import add_plan, add_publication
from fleet.store.tables import Audit, Master
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
    moved,
    new_request,
    put,
    version_of,
)
from tests.depth import count
from tests.planned import planned


@pytest.fixture
def ctx(store: Store) -> Context:
    return context(store)


def as_draft(day: Day) -> DayDraft:
    return DayDraft.model_validate_json(day.model_dump_json())


def code_of(error: pytest.ExceptionInfo[InputError]) -> str:
    return error.value.problems[0].code


@contextmanager
def counted_statements(store: Store) -> Iterator[list[str]]:
    """Statements that go to the database; many rows in one statement count once."""
    told: list[str] = []

    def tell(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        told.append(statement)

    event.listen(store.engine, "before_cursor_execute", tell)
    try:
        yield told
    finally:
        event.remove(store.engine, "before_cursor_execute", tell)


@pytest.mark.parametrize("name", ["qiaerbag", "kuqa"])
def test_a_day_comes_back_as_it_was_put_to_the_last_digit_of_its_hash(ctx: Context, name: str):
    day = make_day(name)
    written = put(ctx, as_draft(day))
    assert (written.created, written.version, written.requests) == (True, 1, len(day.requests))
    with ctx.store.read() as session:
        assert day_sha256(assembled_day(session, date=day.date)) == day_sha256(day)


def test_what_the_township_did_not_know_is_added_and_what_it_knows_is_shared(ctx: Context):
    day = draft()
    known = len(day.places) + len(day.households) + len(day.products) + len(day.tricycles)
    assert put(ctx, day).new == known
    again = put(ctx, moved(day, TOMORROW))
    assert (again.created, again.new, again.own) == (True, 0, 0)
    with ctx.store.read() as session:
        assert all(item.own is None for item in days.items(session, date=TOMORROW))
    assert day_of(ctx, TOMORROW) == moved(day, TOMORROW)


def test_what_differs_stays_the_days_own(ctx: Context):
    put(ctx)
    tricycle = {**draft().model_dump(mode="json")["tricycles"][0], "available": False}
    assert put(ctx, moved(draft(tricycles=[tricycle]), TOMORROW)).own == 1
    assert day_of(ctx, TOMORROW).tricycles[0].available is False
    assert day_of(ctx).tricycles[0].available is True


def test_the_same_document_again_changes_nothing(ctx: Context):
    put(ctx)
    assert put(ctx).version == 1
    (begun,) = list_day_changes(ctx, DISPATCHER, date=DATE).items
    assert (begun.version, begun.added) == (None, ("r001",))


def test_a_put_touches_only_the_requests_that_it_changes(ctx: Context, store: Store):
    put(ctx, draft(requests=[body(key) for key in ("a", "b", "c")]))
    put(ctx, draft(requests=[body("d"), body("b", kg=60.0), body("a")]))
    assert [item.id for item in day_of(ctx).requests] == ["d", "b", "a"]
    written = {
        key: [
            change.request and change.request.kg
            for change in request_history(ctx, DISPATCHER, date=DATE, request_id=key).items
        ]
        for key in "abcd"
    }
    assert written == {"a": [54], "b": [60, 54], "c": [None, 54], "d": [54]}


def test_a_put_names_the_version_it_was_made_of(ctx: Context):
    first = put(ctx)
    second = put(ctx, draft(title="second"), version=first.version)
    assert second.version == first.version + 1
    with pytest.raises(InputError) as error:
        put(ctx, draft(title="third"), version=first.version)
    assert code_of(error) == ErrorCode.CHANGED_MEANWHILE
    assert day_of(ctx).title == "second"


def test_a_document_of_another_date_and_a_version_of_no_day_are_refused(ctx: Context):
    with pytest.raises(InputError) as error:
        put_day(ctx, DISPATCHER, date=TOMORROW, day=draft())
    assert code_of(error) == ErrorCode.DATES_DIFFER
    with pytest.raises(InputError) as error:
        put(ctx, version=1)
    assert code_of(error) == ErrorCode.NOT_FOUND


def test_a_day_is_ready_once_it_has_requests_and_tricycles(ctx: Context):
    for lacking, code in (("requests", ErrorCode.NO_REQUESTS), ("tricycles", ErrorCode.NO_TRICYCLES)):
        put(ctx, draft(**{lacking: []}))
        with ctx.store.read() as session, pytest.raises(InputError) as error:
            assembled_day(session, date=DATE)
        assert code_of(error) == code
    with ctx.store.read() as session, pytest.raises(InputError) as error:
        assembled_day(session, date=TOMORROW)
    assert code_of(error) == ErrorCode.NOT_FOUND


def test_what_was_replaced_or_deleted_can_be_put_back(ctx: Context):
    put(ctx)
    put(ctx, draft(title="replaced"))
    delete_day(ctx, OTHER, date=DATE)
    kept = list_day_changes(ctx, DISPATCHER, date=DATE).items
    assert [(day.version, day.changed_by) for day in kept] == [(2, "a2"), (1, "a1")]
    put(ctx, kept_day(ctx, DISPATCHER, date=DATE, version=1))
    assert day_of(ctx) == draft()
    # A version never means two different days.
    assert version_of(ctx) == 3
    with pytest.raises(InputError) as error:
        kept_day(ctx, DISPATCHER, date=DATE, version=3)
    assert code_of(error) == ErrorCode.NOT_FOUND


def test_a_day_that_drivers_were_shown_stays(ctx: Context):
    put(ctx)
    with ctx.store.read() as session:
        day = assembled_day(session, date=DATE)
    plan = planned(day)
    at = ctx.store.clock()
    with ctx.store.write() as session:
        stored = add_plan(session, day=day, plan=plan, origin="upload", created_by=None, at=at)
        add_publication(session, stored=stored, at=at, published_by=None)
    with pytest.raises(InputError) as error:
        delete_day(ctx, DISPATCHER, date=DATE)
    assert code_of(error) == ErrorCode.STILL_USED
    (entry,) = list_days(ctx, DISPATCHER).items
    assert entry.latest_plan is not None
    assert entry.latest_plan == entry.published_plan
    assert entry.latest_plan.figures["served_requests"] == plan.figures.served_requests


def test_days_are_listed_from_the_latest_in_pages(ctx: Context):
    for number in range(5):
        put(ctx, moved(draft(title=f"day {number}"), DATE + datetime.timedelta(days=number)))
    first = list_days(ctx, DISPATCHER, limit=2)
    second = list_days(ctx, DISPATCHER, limit=2, cursor=first.next)
    third = list_days(ctx, DISPATCHER, limit=2, cursor=second.next)
    titles = [entry.title for page in (first, second, third) for entry in page.items]
    assert titles == [f"day {number}" for number in (4, 3, 2, 1, 0)]
    assert third.next is None
    some = list_days(ctx, DISPATCHER, first=TOMORROW, last=TOMORROW).items
    assert [(entry.date, entry.requests) for entry in some] == [(TOMORROW, 1)]
    with pytest.raises(InputError) as error:
        list_days(ctx, DISPATCHER, cursor="WyJub25zZW5zZSJd")
    assert code_of(error) == ErrorCode.CURSOR_UNKNOWN


def test_a_new_day_begins_like_the_one_before_it_with_all_tricycles(ctx: Context):
    rules = {"unserved_yuan": 750.0}
    put(ctx, draft(rules=rules, zone="Asia/Urumqi", title="before"))
    create_day(ctx, DISPATCHER, date=TOMORROW, title="new")
    day = day_of(ctx, TOMORROW)
    assert (day.title, day.zone, day.rules.unserved_yuan) == ("new", "Asia/Urumqi", 750)
    assert [tricycle.id for tricycle in day.tricycles] == ["tricycle-01"]
    assert [place.id for place in day.places] == ["centre"]
    assert day.tricycles[0].shift.start.isoformat() == "2026-06-16T06:45:00+08:00"
    assert day.requests == ()
    with pytest.raises(InputError) as error:
        create_day(ctx, DISPATCHER, date=TOMORROW)
    assert code_of(error) == ErrorCode.ALREADY_EXISTS


def test_a_document_brings_nothing_back_that_the_township_deleted(ctx: Context):
    from fleet.model.places import Product
    from fleet.service.master import delete_record

    put(ctx)
    delete_record(ctx, DISPATCHER, model=Product, record_id="loose")
    put(ctx)
    assert "loose" in {product.id for product in day_of(ctx).products}
    with ctx.store.read() as session:
        row = session.get(Master, ("product", "loose"))
        assert row is not None
        assert row.deleted_at is not None


def test_five_thousand_requests_need_no_query_of_their_own(ctx: Context):
    number = count(short=500, long=5_000)
    requests = [body(f"q{index}") for index in range(number)]
    with counted_statements(ctx.store) as told:
        put(ctx, draft(requests=requests))
        read_day(ctx, DISPATCHER, date=DATE)
    assert len(told) < 60
    with counted_statements(ctx.store) as told:
        put(ctx, draft(requests=[{**asked, "kg": 60.0} for asked in requests[::-1]]))
    assert len(told) < 60
    assert [item.id for item in day_of(ctx).requests] == [asked["id"] for asked in requests[::-1]]


def test_more_requests_than_a_day_may_have_are_refused_by_the_limit():
    with pytest.raises(ValueError, match="5000"):
        draft(requests=[body(f"q{index}") for index in range(5_001)])


def test_the_audit_tells_who_did_it_in_ids_and_counts(ctx: Context):
    put(ctx)
    add_request(ctx, OTHER, date=DATE, request=new_request(note="behind the mosque, ask for Aygul"))
    delete_day(ctx, DISPATCHER, date=DATE)
    with ctx.store.read() as session:
        lines = session.scalars(select(Audit).order_by(Audit.id)).all()
    told = [(line.account_id, line.action, line.kind, line.subject) for line in lines]
    assert told == [
        ("a1", "created", "day", "2026-06-15"),
        ("a2", "created", "request", "2026-06-15/r002"),
        ("a1", "deleted", "day", "2026-06-15"),
    ]
    written = json.dumps([line.details for line in lines])
    assert "Aygul" not in written
    assert "阿依古丽" not in written


@pytest.mark.parametrize("role", [Role.DRIVER, Role.PLANNER])
def test_others_than_dispatchers_neither_read_nor_write(ctx: Context, role: Role):
    caller = Caller(account_id="x", role=role)
    for forbidden in (
        lambda: put_day(ctx, caller, date=DATE, day=draft()),
        lambda: read_day(ctx, caller, date=DATE),
        lambda: delete_day(ctx, caller, date=DATE),
        lambda: create_day(ctx, caller, date=YESTERDAY),
        lambda: list_days(ctx, caller),
        lambda: list_day_changes(ctx, caller, date=DATE),
        lambda: kept_day(ctx, caller, date=DATE, version=1),
    ):
        with pytest.raises(InputError) as error:
            forbidden()
        assert code_of(error) == ErrorCode.FORBIDDEN

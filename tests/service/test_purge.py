"""After a purge no row holds a name, a phone or a note of a past day, and everything else is as it was."""

import datetime
import functools
import json
import re

import pytest
from sqlalchemy import func, select, update

from fleet.model import Day, DayDraft, ErrorCode, InputError, Plan
from fleet.model.places import Household
from fleet.service.context import Context
from fleet.service.days import put_day, read_day
from fleet.service.events import report_events
from fleet.service.master import change_record, record_history
from fleet.service.purge import PurgeView, purge
from fleet.service.roles import Caller, Role
from fleet.service.standing_orders import NewStandingOrder, add_order, change_order
from fleet.store import Store
from fleet.store.tables import (
    Audit,
    DayHistory,
    Event,
    Job,
    KeptAnswer,
    Master,
    RequestHistory,
    SignInFailure,
    StandingOrder,
    StoredDay,
    StoredPlan,
)
from tests.database import Clock
from tests.days import DISPATCHER
from tests.planned import planned
from tests.running_day import DRIVERS, day_and_plan, done, published, report, stops
from tests.store.rows import all_rows

SYSTEM = Caller.system()
KEPT = "Somebody still there"
PERSONAL = re.compile(r"Person [0-9a-z]+|Phone [0-9]+|Note [0-9a-z]+|Driver [0-9]+")
LATER = datetime.timedelta(days=500)


@functools.cache
def past() -> tuple[Day, Plan]:
    """A day full of names, phones and notes that are easy to find, and its plan."""
    document = day_and_plan()[0].model_dump(mode="json", by_alias=True)
    for number, household in enumerate(document["households"]):
        household |= {"name": f"Person {number}", "phone": f"Phone {number}"}
    for number, request in enumerate(document["requests"]):
        request["note"] = f"Note {number}"
    for number, assignment in enumerate(document["assignments"]):
        assignment["name"] = f"Driver {number}"
    document["dispatcher_phone"] = "Phone 99"
    day = Day.model_validate_json(json.dumps(document))
    return day, planned(day)


def as_draft(document: dict[str, object]) -> DayDraft:
    return DayDraft.model_validate_json(json.dumps(document))


ON_BOTH = pytest.mark.parametrize("ctx", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def ctx(request: pytest.FixtureRequest) -> Context:
    """The service on SQLite, or where a test asks for it on both databases."""
    return Context(store=request.getfixturevalue(f"{getattr(request, 'param', 'sqlite')}_store"))


@pytest.fixture
def day(ctx: Context, clock: Clock) -> Day:
    """A day that was planned, driven and reported, and 500 days later one of its households asks again."""
    day, plan = past()
    clock.now = datetime.datetime.combine(day.date, datetime.time(1), tzinfo=datetime.UTC)
    running = published(ctx, day=day, plan=plan)
    route = running.routes[0]
    events = [done(entry, route.tricycle, note="Note event") for entry in stops(route)]
    remark = {
        "id": "remark",
        "kind": "remark",
        "tricycle": route.tricycle,
        "occurred_at": events[0]["occurred_at"],
        "note": "Note remark",
    }
    driver = Caller(account_id="account-driver", role=Role.DRIVER, driver=DRIVERS[0])
    report_events(ctx, driver, date=day.date, report=report(day.date, *events, remark))
    first = day.requests[0]
    document = day.model_dump(mode="json", by_alias=True)
    document["requests"][0]["note"] = "Note changed"
    document["households"][1]["phone"] = "Phone 77"
    put_day(ctx, DISPATCHER, date=day.date, day=as_draft(document))
    household = day.households[0]
    for name in ("Person former", KEPT):
        changed = household.model_copy(update={"name": name, "phone": "Phone 1"})
        change_record(ctx, DISPATCHER, record_id=household.id, record=changed)
    asked = {
        "kg": 10.0,
        "household": household.id,
        "product": first.product,
        "pickup": {"place": first.pickup.place},
        "dropoffs": [{"place": first.dropoffs[0].place}],
    }
    for change, note in ((add_order, "Note old"), (None, "Words of today")):
        order = NewStandingOrder.model_validate_json(
            json.dumps({"id": "s1", "request": {**asked, "note": note}})
        )
        if change is not None:
            change(ctx, DISPATCHER, order=order)
        else:
            change_order(ctx, DISPATCHER, order_id="s1", order=order)
    at = clock.now
    with ctx.store.write() as session:
        text = day.model_dump_json(by_alias=True)
        session.add_all(
            [
                Job(id="over", kind="plan", state="succeeded", rank=0, created_at=at, input=text),
                Job(id="waits", kind="plan", state="queued", rank=0, created_at=at + LATER, input="{}"),
                KeptAnswer(account_id="a", key="k", call_sha256="0" * 64, created_at=at, body=text),
                SignInFailure(subject="Person failed", at=at),
            ]
        )
    clock.now += LATER
    return day


def purged(ctx: Context, day: Day, *, dry_run: bool = False) -> PurgeView:
    return purge(ctx, SYSTEM, before=day.date + datetime.timedelta(days=1), dry_run=dry_run)


def persons(store: Store) -> set[tuple[str, str]]:
    """Everything personal that any row of any table holds."""
    return {
        (table, found) for table, rows in all_rows(store).items() for found in PERSONAL.findall(repr(rows))
    }


@ON_BOTH
def test_no_row_of_any_table_holds_a_person_of_the_past(ctx: Context, day: Day) -> None:
    before = persons(ctx.store)
    assert {table for table, _ in before} == {
        "days",
        "day_history",
        "day_items",
        "events",
        "jobs",
        "kept_answers",
        "master",
        "master_history",
        "plans",
        "request_history",
        "requests",
        "sign_in_failures",
    }
    purged(ctx, day)
    left = {found for _, found in persons(ctx.store)}
    # Only the phone of the household that is still there.
    assert left == {"Phone 1"}


@ON_BOTH
def test_a_dry_run_counts_the_same_and_changes_nothing(ctx: Context, day: Day) -> None:
    before = all_rows(ctx.store)
    counted = purged(ctx, day, dry_run=True)
    assert all_rows(ctx.store) == before
    assert purged(ctx, day).rows == counted.rows
    assert all(rows > 0 for rows in counted.rows.values())


def test_a_second_purge_finds_nothing(ctx: Context, day: Day) -> None:
    purged(ctx, day)
    again = purged(ctx, day)
    assert set(again.rows.values()) == {0}


def test_plans_and_days_of_the_past_are_still_documents_with_the_same_figures(ctx: Context, day: Day) -> None:
    def documents() -> tuple[Day, Plan]:
        with ctx.store.read() as session:
            texts = session.execute(select(StoredPlan.day, StoredPlan.plan)).one()
        return Day.model_validate_json(texts.day), Plan.model_validate_json(texts.plan)

    planned_day, plan = documents()
    purged(ctx, day)
    blank_day, blank_plan = documents()
    assert blank_day != planned_day
    assert blank_plan.figures == plan.figures
    assert blank_plan.day_sha256 == plan.day_sha256
    assert [len(route.entries) for route in blank_plan.routes] == [len(r.entries) for r in plan.routes]
    assert {household.name for household in blank_day.households} == {""}
    assert [request.id for request in blank_day.requests] == [request.id for request in day.requests]
    shown = read_day(ctx, SYSTEM, date=day.date)
    assert {household.name for household in shown.day.households} == {""}
    assert {request.note for request in shown.day.requests} == {""}


def test_a_purged_day_has_another_version(ctx: Context, day: Day) -> None:
    before = read_day(ctx, SYSTEM, date=day.date).version
    purged(ctx, day)
    assert read_day(ctx, SYSTEM, date=day.date).version > before


def test_every_event_and_its_order_stay(ctx: Context, day: Day) -> None:
    def events() -> list[tuple[str, str, datetime.datetime]]:
        with ctx.store.read() as session:
            found = session.execute(select(Event.id, Event.kind, Event.occurred_at).order_by(Event.number))
            return [tuple(row) for row in found]

    before = events()
    purged(ctx, day)
    assert events() == before


@ON_BOTH
def test_who_is_still_used_keeps_the_record_but_not_what_it_said_before(ctx: Context, day: Day) -> None:
    kept = day.households[0].id
    purged(ctx, day)
    history = record_history(ctx, SYSTEM, model=Household, record_id=kept).items
    assert [version.record.name if version.record else None for version in history] == [KEPT, "", ""]
    with ctx.store.read() as session:
        households = select(Master).where(Master.kind == "household", Master.deleted_at.is_(None))
        assert [row.id for row in session.scalars(households)] == [kept]
        order = session.scalars(select(StandingOrder.body)).one()
    assert order["request"]["note"] == "Words of today"


@pytest.mark.parametrize("days", [0, 1])
def test_a_household_of_a_day_that_is_kept_is_kept(ctx: Context, day: Day, days: int) -> None:
    """Purged up to the day itself, the day keeps everything; one day more, and it does not."""
    before = day.date + datetime.timedelta(days=days)
    purge(ctx, SYSTEM, before=before)
    with ctx.store.read() as session:
        present = select(func.count()).select_from(Master).where(Master.kind == "household")
        number = session.scalar(present.where(Master.deleted_at.is_(None)))
        notes = session.scalar(select(func.count()).select_from(RequestHistory))
    assert number == (1 if days else len(day.households))
    assert notes is not None
    shown = read_day(ctx, SYSTEM, date=day.date).day
    assert any(request.note for request in shown.requests) == (not days)


def test_without_a_date_the_setting_counts_back_from_today(ctx: Context, day: Day) -> None:
    done = purge(ctx, SYSTEM, dry_run=True)
    today = ctx.store.clock().date()
    assert done.before == today - datetime.timedelta(days=ctx.config.personal_days)


def test_a_date_to_come_is_refused(ctx: Context, day: Day) -> None:
    with pytest.raises(InputError) as refused:
        purge(ctx, SYSTEM, before=ctx.store.clock().date() + datetime.timedelta(days=2))
    assert refused.value.problems[0].code == ErrorCode.VALUE_TOO_LARGE
    assert persons(ctx.store)


def test_only_who_may_operate_the_service_purges(ctx: Context, day: Day) -> None:
    with pytest.raises(InputError) as refused:
        purge(ctx, DISPATCHER, before=day.date)
    assert refused.value.problems[0].code == ErrorCode.FORBIDDEN


def test_the_audit_says_that_it_was_done_in_numbers_only(ctx: Context, day: Day) -> None:
    view = purged(ctx, day)
    with ctx.store.read() as session:
        line = session.scalars(select(Audit).order_by(Audit.id.desc()).limit(1)).one()
    assert (line.action, line.subject, line.details) == ("purged", view.before.isoformat(), view.rows)


def test_an_interrupted_purge_is_finished_by_the_next(ctx: Context, day: Day) -> None:
    with ctx.store.write() as session:
        session.execute(update(DayHistory).values(document="no JSON"))
    with pytest.raises(json.JSONDecodeError):
        purged(ctx, day)
    assert persons(ctx.store)
    with ctx.store.write() as session:
        session.execute(update(DayHistory).values(document="{}"))
        assert session.scalar(select(func.count()).select_from(StoredDay)) == 1
    purged(ctx, day)
    assert {found for _, found in persons(ctx.store)} == {"Phone 1"}


def test_a_job_of_a_past_day_goes_however_late_it_ran(ctx: Context, clock: Clock):
    today = clock.now.date()
    past, to_come = today - datetime.timedelta(days=30), today + datetime.timedelta(days=1)
    with ctx.store.write() as session:
        session.add_all(
            Job(id=id, kind="plan", state="succeeded", rank=0, created_at=clock.now, input="{}", date=date)
            for id, date in (("past", past), ("to come", to_come))
        )
    purge(ctx, SYSTEM, before=today)
    with ctx.store.read() as session:
        assert list(session.scalars(select(Job.id))) == ["to come"]

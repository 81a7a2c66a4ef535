"""Events: kept whatever they say, repeated without harm, and each driver only on the own route."""

import datetime
import random
import threading

import pytest
from sqlalchemy import delete

from fleet.model import ErrorCode, InputError
from fleet.model.events import EventFlag
from fleet.service.context import Context
from fleet.service.days import put_day, read_day
from fleet.service.events import Receipts, list_events, read_state, report_events
from fleet.service.publish import withdraw_plan
from fleet.service.roles import Caller, Role
from fleet.store import Store
from fleet.store.tables import Event
from tests.accounts import context
from tests.database import Clock
from tests.depth import count
from tests.running_day import (
    DISPATCHER,
    DRIVERS,
    SYSTEM,
    RunningDay,
    day_and_plan,
    done,
    driver,
    publish,
    published,
    report,
    stops,
)

FIRST, SECOND = driver(0), driver(1)
Json = dict[str, object]


@pytest.fixture
def ctx(store: Store) -> Context:
    return context(store)


@pytest.fixture
def running(ctx: Context, clock: Clock) -> RunningDay:
    """The day is published in the evening before; it is the afternoon of the day now."""
    running = published(ctx)
    clock.now = running.noon + datetime.timedelta(hours=9)
    return running


def send(running: RunningDay, caller: Caller, *events: Json) -> Receipts:
    return report_events(running.ctx, caller, date=running.day.date, report=report(running.day.date, *events))


def outcome(receipts: Receipts) -> list[tuple[str, set[EventFlag]]]:
    return [(receipt.outcome, set(receipt.flags)) for receipt in receipts.events]


def morning(running: RunningDay, number: int) -> list[Json]:
    """All that a driver reports of a route that goes by the plan."""
    route = running.routes[number]
    return [done(entry, route.tricycle) for entry in stops(route)]


def test_a_morning_is_reported_and_seen(running: RunningDay):
    receipts = send(running, FIRST, *morning(running, 0))
    assert outcome(receipts) == [("accepted", set())] * len(stops(running.routes[0]))
    state = read_state(running.ctx, DISPATCHER, date=running.day.date)
    assert state.plan == running.plan_id
    now = {tricycle.tricycle: tricycle for tricycle in state.tricycles}
    assert len(now[running.routes[0].tricycle].done) == len(stops(running.routes[0]))
    assert now[running.routes[1].tricycle].status == "not_started"


def test_the_same_event_again_is_the_same_event(running: RunningDay):
    first = send(running, FIRST, *morning(running, 0))
    again = send(running, FIRST, *morning(running, 0))
    assert [receipt.number for receipt in again.events] == [receipt.number for receipt in first.events]
    assert {receipt.outcome for receipt in again.events} == {"repeated"}
    twice_in_one = send(running, SECOND, morning(running, 1)[0], morning(running, 1)[0])
    assert [receipt.outcome for receipt in twice_in_one.events] == ["accepted", "repeated"]
    assert len({receipt.number for receipt in twice_in_one.events}) == 1


def test_an_instant_may_be_spelt_by_another_clock(running: RunningDay):
    event = morning(running, 0)[0]
    send(running, FIRST, event)
    at = datetime.datetime.fromisoformat(str(event["occurred_at"])).astimezone(datetime.UTC)
    assert outcome(send(running, FIRST, event | {"occurred_at": at.isoformat()})) == [("repeated", set())]


def test_one_id_for_two_things_keeps_both_and_flags_both(running: RunningDay):
    one, two = morning(running, 0)[:2]
    send(running, FIRST, one)
    receipts = send(running, FIRST, two | {"id": one["id"]})
    assert outcome(receipts) == [("accepted", {EventFlag.ID_REUSED})]
    listed = list_events(running.ctx, DISPATCHER, date=running.day.date).items
    assert [event.flags for event in listed] == [(EventFlag.ID_REUSED,)] * 2
    state = read_state(running.ctx, DISPATCHER, date=running.day.date)
    assert sum(len(tricycle.done) for tricycle in state.tricycles) == 2


def test_the_same_id_of_two_senders_is_two_events(running: RunningDay):
    mine, theirs = morning(running, 0)[0] | {"id": "1"}, morning(running, 1)[0] | {"id": "1"}
    assert (
        outcome(send(running, FIRST, mine)) == outcome(send(running, SECOND, theirs)) == [("accepted", set())]
    )


@pytest.mark.parametrize("seed", range(count(short=2, long=40)))
def test_any_order_any_batches_and_any_repetition_give_the_same_state(
    running: RunningDay, ctx: Context, seed: int
):
    rng = random.Random(seed)
    slip = morning(running, 0)[0] | {"id": "slip", "kg": 900.0}
    undo = {name: slip[name] for name in ("tricycle", "occurred_at")}
    sent = [
        *((FIRST, event) for event in morning(running, 0)),
        *((SECOND, event) for event in morning(running, 1)),
        (FIRST, slip),
        (FIRST, undo | {"id": "undo", "kind": "undone", "replaces": {"id": "slip"}}),
        (FIRST, morning(running, 1)[0]),
        (DISPATCHER, morning(running, 1)[1] | {"id": "by phone"}),
    ]
    for caller, event in sent:
        send(running, caller, event)
    expected = read_state(ctx, DISPATCHER, date=running.day.date)
    assert expected.conflicts
    forget_events(ctx)
    queue = [*sent, *rng.choices(sent, k=20)]
    rng.shuffle(queue)
    while queue:
        size = rng.randint(1, 7)
        batch, queue = queue[:size], queue[size:]
        for caller in (FIRST, SECOND, DISPATCHER):
            events = [event for sender, event in batch if sender == caller]
            if events:
                send(running, caller, *events)
    assert read_state(ctx, DISPATCHER, date=running.day.date) == expected


def forget_events(ctx: Context) -> None:
    with ctx.store.write() as session:
        session.execute(delete(Event))


def test_a_driver_moves_nothing_but_the_own_tricycle(running: RunningDay):
    receipts = send(running, FIRST, *morning(running, 1))
    assert all(EventFlag.NOT_OWN_ROUTE in receipt.flags for receipt in receipts.events)
    state = read_state(running.ctx, DISPATCHER, date=running.day.date)
    assert sum(len(tricycle.done) for tricycle in state.tricycles) == 0
    assert len(state.conflicts) == len(receipts.events), "kept, for the dispatcher to see"
    assert list_events(running.ctx, SECOND, date=running.day.date).items == ()


def test_a_driver_undoes_nothing_of_others(running: RunningDay):
    event = morning(running, 0)[0]
    send(running, DISPATCHER, event)
    undo = {
        "id": "undo",
        "kind": "undone",
        "tricycle": event["tricycle"],
        "occurred_at": event["occurred_at"],
        "replaces": {"id": event["id"], "sender": DISPATCHER.account_id},
    }
    assert outcome(send(running, FIRST, undo)) == [("accepted", {EventFlag.NOT_OWN_EVENT})]
    state = read_state(running.ctx, DISPATCHER, date=running.day.date)
    assert sum(len(tricycle.done) for tricycle in state.tricycles) == 1
    by_dispatcher = undo | {"id": "undo 2", "replaces": {"id": event["id"]}}
    assert outcome(send(running, DISPATCHER, by_dispatcher)) == [("accepted", set())]
    state = read_state(running.ctx, DISPATCHER, date=running.day.date)
    assert sum(len(tricycle.done) for tricycle in state.tricycles) == 0


def test_a_driver_reads_the_own_route_whoever_reported_it(running: RunningDay):
    send(running, FIRST, morning(running, 0)[0])
    send(running, SECOND, morning(running, 1)[0])
    send(running, DISPATCHER, morning(running, 0)[1] | {"id": "by phone"})
    seen = {caller.driver: senders(running, caller) for caller in (FIRST, SECOND)}
    assert seen == {
        DRIVERS[0]: [FIRST.account_id, DISPATCHER.account_id],
        DRIVERS[1]: [SECOND.account_id],
    }
    assert len(senders(running, DISPATCHER)) == 3
    nobody = Caller(account_id="account-x", role=Role.DRIVER, driver="d-x")
    assert senders(running, nobody) == []


def senders(running: RunningDay, caller: Caller) -> list[str | None]:
    return [event.sender for event in list_events(running.ctx, caller, date=running.day.date).items]


def test_whoever_takes_over_a_tricycle_goes_on_with_its_route(running: RunningDay, ctx: Context):
    send(running, FIRST, morning(running, 0)[0])
    known = read_day(ctx, SYSTEM, date=running.day.date)
    first, second = known.day.assignments[:2]
    swapped = (
        first.model_copy(update={"tricycle": second.tricycle}),
        second.model_copy(update={"tricycle": first.tricycle}),
    )
    put_day(ctx, SYSTEM, date=running.day.date, day=known.day.model_copy(update={"assignments": swapped}))
    assert outcome(send(running, SECOND, morning(running, 0)[1])) == [("accepted", set())]
    assert senders(running, SECOND) == [FIRST.account_id, SECOND.account_id]


def test_events_are_listed_in_pages_and_from_a_number_on(running: RunningDay):
    send(running, SECOND, *morning(running, 1))
    number = len(morning(running, 1))
    first = list_events(running.ctx, DISPATCHER, date=running.day.date, limit=number - 2)
    rest = list_events(running.ctx, DISPATCHER, date=running.day.date, cursor=first.next)
    assert [event.number for event in (*first.items, *rest.items)] == list(range(1, number + 1))
    assert rest.next is None
    new = list_events(running.ctx, DISPATCHER, date=running.day.date, since=number - 1)
    assert [event.number for event in new.items] == [number]
    of_first = list_events(
        running.ctx, DISPATCHER, date=running.day.date, tricycle=running.routes[0].tricycle
    )
    assert of_first.items == ()


def test_a_phone_whose_clock_is_wrong_is_believed_but_for_its_times(running: RunningDay, clock: Clock):
    entry = stops(running.routes[0])[0]
    tricycle = running.routes[0].tricycle
    clock.now = entry.end + datetime.timedelta(seconds=30, milliseconds=5)
    assert outcome(send(running, FIRST, done(entry, tricycle))) == [("accepted", set())]
    ahead = done(stops(running.routes[0])[1], tricycle) | {"occurred_at": at(entry, hours=7)}
    receipts = send(running, FIRST, ahead)
    assert EventFlag.TIME_AHEAD in receipts.events[0].flags
    old = done(stops(running.routes[0])[2], tricycle) | {"occurred_at": "2020-01-01T00:00:00+08:00"}
    assert EventFlag.OTHER_DATE in send(running, FIRST, old).events[0].flags
    state = read_state(running.ctx, DISPATCHER, date=running.day.date)
    (now,) = [found for found in state.tricycles if found.tricycle == tricycle]
    assert [stop.at for stop in now.done] == [
        entry.end,
        *[clock.now.replace(microsecond=0)] * 2,
    ]


def at(entry: object, **later: float) -> str:
    end: datetime.datetime = entry.end  # type: ignore[attr-defined]
    return (end + datetime.timedelta(**later)).isoformat()


def test_events_of_an_older_plan_are_kept_and_count(running: RunningDay):
    older = running.plan_id
    newer = publish(running.ctx, day=running.day, plan=running.plan)
    event = morning(running, 0)[0]
    assert outcome(send(running, FIRST, event | {"plan": older})) == [("accepted", {EventFlag.OTHER_PLAN})]
    assert outcome(send(running, FIRST, morning(running, 0)[1] | {"plan": newer})) == [("accepted", set())]
    state = read_state(running.ctx, DISPATCHER, date=running.day.date)
    assert sum(len(tricycle.done) for tricycle in state.tricycles) == 2


def test_without_a_published_plan_events_are_kept_for_later(ctx: Context, clock: Clock):
    day, plan = day_and_plan()
    put_day(ctx, SYSTEM, date=day.date, day=day)
    route = next(r for r in plan.routes if r.tricycle == day.assignments[0].tricycle)
    clock.now = route.return_
    event = done(stops(route)[0], route.tricycle)
    receipts = report_events(ctx, FIRST, date=day.date, report=report(day.date, event))
    assert outcome(receipts) == [("accepted", set())]
    with pytest.raises(InputError) as refused:
        read_state(ctx, DISPATCHER, date=day.date)
    assert refused.value.problems[0].code == ErrorCode.NOT_PUBLISHED
    publish(ctx, day=day, plan=plan)
    assert sum(len(tricycle.done) for tricycle in read_state(ctx, DISPATCHER, date=day.date).tricycles) == 1


def test_what_was_reported_of_a_plan_that_is_taken_back_stays(running: RunningDay):
    date = running.day.date
    first, second = morning(running, 0)[:2]
    send(running, FIRST, first)
    withdraw_plan(running.ctx, DISPATCHER, date=date)
    with pytest.raises(InputError) as refused:
        read_state(running.ctx, DISPATCHER, date=date)
    assert refused.value.problems[0].code == ErrorCode.NOT_PUBLISHED
    # A phone that knows nothing of it yet goes on reporting.
    assert outcome(send(running, FIRST, second)) == [("accepted", set())]
    assert [event.number for event in list_events(running.ctx, FIRST, date=date).items] == [1, 2]
    publish(running.ctx, day=running.day, plan=running.plan)
    state = read_state(running.ctx, DISPATCHER, date=date)
    assert sum(len(tricycle.done) for tricycle in state.tricycles) == 2


def test_phones_that_report_at_once_lose_nothing(running: RunningDay):
    together = threading.Barrier(4)

    def phone(caller: Caller, events: list[Json]) -> None:
        together.wait()
        for event in events:
            send(running, caller, event)

    threads = [
        threading.Thread(target=phone, args=(caller, morning(running, number)))
        for caller, number in ((FIRST, 0), (FIRST, 0), (SECOND, 1), (SECOND, 1))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    listed = list_events(running.ctx, DISPATCHER, date=running.day.date).items
    expected = len(morning(running, 0)) + len(morning(running, 1))
    assert [event.number for event in listed] == list(range(1, expected + 1))


def test_a_report_of_another_day_is_refused(running: RunningDay):
    day = running.day.date + datetime.timedelta(days=1)
    for date, code in ((running.day.date, ErrorCode.DATES_DIFFER), (day, ErrorCode.NOT_FOUND)):
        with pytest.raises(InputError) as refused:
            report_events(running.ctx, FIRST, date=date, report=report(day, morning(running, 0)[0]))
        assert refused.value.problems[0].code == code


def test_whoever_has_no_part_in_the_day_is_refused(running: RunningDay):
    planner = Caller(account_id="account-planner", role=Role.PLANNER)
    for call in (
        lambda: send(running, planner, morning(running, 0)[0]),
        lambda: list_events(running.ctx, planner, date=running.day.date),
        lambda: read_state(running.ctx, FIRST, date=running.day.date),
    ):
        with pytest.raises(InputError) as refused:
            call()
        assert refused.value.problems[0].code == ErrorCode.FORBIDDEN

"""Published plans are parsed once, and the ones that nobody asks for any more are let go."""

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest

from fleet.model.moves import TakeOut
from fleet.service import events, moves, packets
from fleet.service.context import Context
from fleet.service.moves import PlanChange
from fleet.service.publish import publish_plan
from fleet.service.shown_plans import MOST_KEPT, ShownPlan, shown_plan
from fleet.store import Store
from tests.accounts import context
from tests.running_day import (
    DISPATCHER,
    RunningDay,
    done,
    driver,
    publish,
    published,
    report,
    stops,
)


@pytest.fixture
def ctx(store: Store) -> Context:
    return context(store)


@pytest.fixture
def running(ctx: Context) -> RunningDay:
    return published(ctx)


def shown(running: RunningDay, plan_id: str) -> ShownPlan:
    with running.ctx.store.read() as session:
        return shown_plan(session, plan_id)


def test_all_who_ask_at_once_get_the_same_plan(running: RunningDay):
    with ThreadPoolExecutor(8) as phones:
        found = list(phones.map(lambda _: shown(running, running.plan_id), range(16)))
    assert (found[0].plan, found[0].day) == (running.plan, running.day)
    assert all(plan is found[0] for plan in found)


def test_a_plan_that_others_took_the_place_of_is_read_again(running: RunningDay):
    first = shown(running, running.plan_id)
    others = [publish(running.ctx, day=running.day, plan=running.plan) for _ in range(MOST_KEPT)]
    assert [shown(running, plan_id).number for plan_id in others] == list(range(2, MOST_KEPT + 2))
    again = shown(running, running.plan_id)
    assert again == first
    assert again is not first
    assert shown(running, others[-1]) is shown(running, others[-1])


def test_a_plan_that_nobody_asks_for_is_let_go_though_the_collector_never_looks_at_it(running: RunningDay):
    there = weakref.ref(shown(running, running.plan_id).plan)
    gc.disable()
    try:
        for _ in range(MOST_KEPT):
            shown(running, publish(running.ctx, day=running.day, plan=running.plan))
            assert gc.isenabled()
            gc.disable()
        assert there() is None
    finally:
        gc.enable()


def test_an_event_and_a_change_by_hand_are_seen_at_once(running: RunningDay):
    ctx, date, route = running.ctx, running.day.date, running.routes[0]
    first, *_, last = stops(route)

    def due() -> int:
        state = events.read_state(ctx, DISPATCHER, date=date)
        now = next(now for now in state.tricycles if now.tricycle == route.tricycle)
        return now.stops - len(now.done)

    assert due() == len(stops(route))
    events.report_events(ctx, driver(0), date=date, report=report(date, done(first, route.tricycle)))
    assert due() == len(stops(route)) - 1

    take_out = TakeOut(kind="take_out", request=last.request)
    changed = moves.change_plan(
        ctx, DISPATCHER, plan_id=running.plan_id, change=PlanChange(moves=(take_out,))
    )
    assert due() == len(stops(route)) - 1, "nobody sees it yet"
    publish_plan(ctx, DISPATCHER, plan_id=changed.summary.id)
    assert due() == len(stops(route)) - 3
    packet = packets.read_route(ctx, driver(0), date=date)
    told = {entry.request for visit in packet.visits for entry in visit.entries if entry.kind == "dropoff"}
    assert packet.plan == changed.summary.id
    assert first.request in told
    assert last.request not in told

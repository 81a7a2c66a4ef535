"""Published plans are parsed once, and the ones that nobody asks for any more are let go."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from fleet.service.context import Context
from fleet.service.shown_plans import MOST_KEPT, ShownPlan, shown_plan
from fleet.store import Store
from tests.accounts import context
from tests.running_day import RunningDay, publish, published


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

"""The state of a running day: what events do to it, what is flagged, and that their order does not matter."""

import datetime
import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.model import Plan, read_events
from fleet.model.day_state import DayState, TricycleNow
from fleet.model.events import (
    Arrived,
    Back,
    Breakdown,
    Done,
    Event,
    EventFlag,
    EventRef,
    Failed,
    Late,
    Left,
    Remark,
    Sold,
    Undone,
)
from fleet.model.locks import StopRef
from fleet.model.plan import Entry, Route
from fleet.planning.day_state import Fact, follow
from tests.planned import planned
from tests.random_days import FEATURES, random_day

MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture(scope="module")
def plan() -> Plan:
    """Two routes or more, each of two places or more."""
    plan = planned(
        random_day(9, requests=12, tricycles=3, features=FEATURES - {"start_state"}), iterations=60
    )
    assert len(plan.routes) >= 2
    return plan


@pytest.fixture(scope="module")
def route(plan: Plan) -> Route:
    return max(plan.routes, key=lambda route: len(stops(route)))


def stops(route: Route) -> list[Entry]:
    return [entry for entry in route.entries if entry.request is not None]


def ref(entry: Entry) -> StopRef:
    assert entry.request is not None
    return StopRef(request=entry.request, kind="pickup" if entry.kind == "pickup" else "dropoff")


def done(entry: Entry, tricycle: str, *, at: datetime.datetime | None = None, **given: object) -> Done:
    base = {"id": f"{tricycle}-{entry.request}-{entry.kind}", "kind": "done", "tricycle": tricycle}
    return Done.model_validate({**base, "occurred_at": at or entry.end, "stop": ref(entry), **given})


def said(kind: type, tricycle: str, at: datetime.datetime, **given: object) -> Event:
    name = kind.__name__.lower()
    base = {"id": f"{tricycle}-{name}-{at:%H%M%S}", "kind": name, "occurred_at": at, "tricycle": tricycle}
    return kind.model_validate({**base, **given})  # type: ignore[attr-defined, no-any-return]


def state(plan: Plan, *events: Event) -> DayState:
    return follow(plan, [Fact(event=event) for event in events]).state


def now(plan: Plan, route: Route, *events: Event) -> TricycleNow:
    return next(t for t in state(plan, *events).tricycles if t.tricycle == route.tricycle)


def flags(plan: Plan, *facts: Fact, plan_id: str | None = None) -> list[set[EventFlag]]:
    found = follow(plan, facts, plan_id=plan_id).flags
    return [set(found.get(fact.key, ())) for fact in facts]


def flags_of(plan: Plan, *events: Event) -> list[set[EventFlag]]:
    return flags(plan, *(Fact(event=event) for event in events))


def test_without_events_every_tricycle_waits_for_its_first_stop(plan: Plan) -> None:
    for tricycle, route in zip(state(plan).tricycles, plan.routes, strict=True):
        assert (tricycle.status, tricycle.place, tricycle.load_kg) == ("not_started", route.start, 0)
        assert tricycle.next is not None
        assert tricycle.next.planned_start == stops(route)[0].start


def test_a_morning_that_goes_by_the_plan_ends_as_planned(plan: Plan, route: Route) -> None:
    events = [said(Left, route.tricycle, route.departure)]
    for entry in stops(route):
        name = f"{entry.kind} {entry.request}"
        events.append(said(Arrived, route.tricycle, entry.arrival, stop=ref(entry), id=name))
        events.append(done(entry, route.tricycle))
        before = now(plan, route, *events)
        assert before.load_kg == pytest.approx(entry.load_kg, abs=1e-6)
        assert before.load_crates == entry.load_crates
        assert (before.status, before.place, before.late_s) == ("at_place", entry.place, 0)
    after = now(plan, route, *events, said(Back, route.tricycle, route.return_))
    assert (after.status, after.next, after.late_s) == ("back", None, 0)
    assert len(after.done) == after.stops == len(stops(route))
    assert state(plan, *events).conflicts == ()


def test_lateness_is_that_of_the_last_stop_and_moves_the_next_one(plan: Plan, route: Route) -> None:
    first, second = stops(route)[:2]
    found = now(plan, route, done(first, route.tricycle, at=first.end + 7 * MINUTE))
    assert found.late_s == 7 * 60
    assert found.next is not None
    assert found.next.expected_start == second.start + 7 * MINUTE


def test_what_the_driver_expects_counts_until_the_next_stop(plan: Plan, route: Route) -> None:
    first, second = stops(route)[:2]
    events = [
        done(first, route.tricycle),
        said(Late, route.tricycle, first.end + MINUTE, late_s=1200),
    ]
    assert now(plan, route, *events).late_s == 1200
    assert now(plan, route, *events, done(second, route.tricycle, at=second.end + 3 * MINUTE)).late_s == 180


def test_actual_amounts_are_on_board_and_gone_when_unloaded(plan: Plan, route: Route) -> None:
    pickup = next(entry for entry in stops(route) if entry.kind == "pickup")
    dropoff = next(e for e in stops(route) if e.kind == "dropoff" and e.request == pickup.request)
    loaded = done(pickup, route.tricycle, kg=pickup.kg + 12.5, crates=3)
    found = now(plan, route, loaded)
    assert (found.load_kg, found.load_crates) == (pickup.kg + 12.5, 3)
    assert [carried.request for carried in found.on_board] == [pickup.request]
    assert now(plan, route, loaded, done(dropoff, route.tricycle)).load_kg == 0


def test_a_failed_pickup_takes_its_drop_off_out_of_what_is_due(plan: Plan, route: Route) -> None:
    first = stops(route)[0]
    failed = said(Failed, route.tricycle, first.end, stop=ref(first), reason="nobody_there")
    events = [failed, *(done(e, route.tricycle) for e in stops(route) if e.request != first.request)]
    found = now(plan, route, *events)
    assert [(stop.request, stop.reason) for stop in found.failed] == [(first.request, "nobody_there")]
    assert found.next is None


def test_a_stop_that_failed_and_was_done_later_is_done(plan: Plan, route: Route) -> None:
    first = stops(route)[0]
    failed = said(Failed, route.tricycle, first.end, stop=ref(first), reason="goods_not_ready")
    found = now(plan, route, failed, done(first, route.tricycle, at=first.end + 5 * MINUTE))
    assert (found.failed, len(found.done)) == ((), 1)


def test_a_breakdown_lasts_until_the_tricycle_moves_on(plan: Plan, route: Route) -> None:
    first = stops(route)[0]
    where = {"latitude": 41.7, "longitude": 86.1}
    broken = said(
        Breakdown, route.tricycle, first.arrival - MINUTE, part="battery", position=where, charge=0.1
    )
    found = now(plan, route, broken)
    assert (found.breakdown, found.charge) == ("battery", 0.1)
    assert found.position is not None
    moved = now(plan, route, broken, done(first, route.tricycle))
    assert (moved.breakdown, moved.position) == (None, None)


def test_what_is_left_of_selling_is_told(plan: Plan, route: Route) -> None:
    last = stops(route)[-1]
    found = now(plan, route, said(Sold, route.tricycle, last.end, place=last.place, crates_left=2))
    assert [(sold.place, sold.crates_left) for sold in found.sold] == [(last.place, 2)]


def test_an_event_undone_has_never_been(plan: Plan, route: Route) -> None:
    slip = done(stops(route)[0], route.tricycle)
    undone = said(Undone, route.tricycle, slip.occurred_at + MINUTE, replaces=EventRef(id=slip.id))
    assert now(plan, route, slip, undone) == now(plan, route)


def test_a_correction_takes_the_place_of_what_it_corrects(plan: Plan, route: Route) -> None:
    first = stops(route)[0]
    slip = done(first, route.tricycle, kg=500)
    right = done(first, route.tricycle, kg=5, id="right", replaces=EventRef(id=slip.id))
    assert now(plan, route, slip, right) == now(plan, route, right)
    assert flags_of(plan, slip, right) == [set(), set()]
    assert flags_of(plan, right) == [{EventFlag.EVENT_UNKNOWN}]


def test_a_dispatcher_corrects_by_sender_and_id_and_a_driver_may_not(plan: Plan, route: Route) -> None:
    slip = Fact(event=done(stops(route)[0], route.tricycle), sender="driver")
    event = said(Undone, route.tricycle, slip.at, replaces=EventRef(id=slip.event.id, sender="driver"))
    by_dispatcher = Fact(event=event, sender="dispatcher")
    by_other = Fact(event=event, sender="other", flags=frozenset({EventFlag.NOT_OWN_EVENT}))
    assert len(follow(plan, [slip, by_dispatcher]).state.tricycles[0].done) == 0
    kept = follow(plan, [slip, by_other]).state
    assert sum(len(tricycle.done) for tricycle in kept.tricycles) == 1
    assert [conflict.flags for conflict in kept.conflicts] == [(EventFlag.NOT_OWN_EVENT,)]


def test_two_places_done_within_a_minute_are_both_flagged_and_both_done(plan: Plan, route: Route) -> None:
    first = stops(route)[0]
    other = next(entry for entry in stops(route) if entry.place != first.place)
    at = other.end
    found = flags_of(plan, done(first, route.tricycle, at=at), done(other, route.tricycle, at=at))
    assert all(EventFlag.AT_ONCE in flags for flags in found)
    assert (
        len(now(plan, route, done(first, route.tricycle, at=at), done(other, route.tricycle, at=at)).done)
        == 2
    )
    apart = flags_of(plan, done(first, route.tricycle, at=at), done(other, route.tricycle, at=at + MINUTE))
    assert not any(EventFlag.AT_ONCE in flags for flags in apart)


def test_the_first_of_two_tricycles_has_done_a_stop(plan: Plan, route: Route) -> None:
    first = stops(route)[0]
    other = next(r for r in plan.routes if r.tricycle != route.tricycle)
    mine = done(first, route.tricycle, at=first.end + MINUTE)
    theirs = done(first, other.tricycle)
    assert flags_of(plan, mine, theirs) == [{EventFlag.ALREADY_DONE}, {EventFlag.STOP_OF_ANOTHER}]
    assert now(plan, other, mine, theirs).load_kg == first.kg
    own = now(plan, route, mine, theirs)
    assert own.done == ()
    assert own.next is not None
    assert own.next.request != first.request


def test_a_stop_done_before_the_tricycle_came_there_is_flagged(plan: Plan, route: Route) -> None:
    first = stops(route)[0]
    arrived = said(Arrived, route.tricycle, first.end + MINUTE, stop=ref(first))
    assert flags_of(plan, done(first, route.tricycle), arrived) == [{EventFlag.BEFORE_ARRIVAL}, set()]


def test_what_was_never_loaded_is_unloaded_with_a_flag(plan: Plan, route: Route) -> None:
    dropoff = next(entry for entry in stops(route) if entry.kind == "dropoff")
    assert flags_of(plan, done(dropoff, route.tricycle)) == [{EventFlag.NOT_ON_BOARD}]
    found = now(plan, route, done(dropoff, route.tricycle))
    assert (found.load_kg, len(found.done)) == (0, 1)


def test_times_of_another_day_are_taken_as_the_time_of_receipt(plan: Plan, route: Route) -> None:
    first = stops(route)[0]
    wrong = done(first, route.tricycle, at=first.end.replace(year=1999))
    received = first.end + MINUTE
    assert flags_of(plan, wrong) == [{EventFlag.OTHER_DATE}]
    fact = Fact(event=wrong, received_at=received, flags=frozenset({EventFlag.OTHER_DATE}))
    (tricycle,) = [t for t in follow(plan, [fact]).state.tricycles if t.done]
    assert tricycle.done[0].at == received


def test_events_that_fit_nothing_are_kept_and_flagged(plan: Plan, route: Route) -> None:
    first = stops(route)[0]
    cases = {
        EventFlag.STOP_UNKNOWN: done(first, route.tricycle, stop=StopRef(request="gone", kind="pickup")),
        EventFlag.ROUTE_UNKNOWN: said(Left, "another", first.end),
        EventFlag.OTHER_PLAN: said(Left, route.tricycle, first.end, plan="older"),
    }
    for flag, event in cases.items():
        fact = Fact(event=event)
        assert flags(plan, fact, plan_id="newer") == [{flag}]
        assert len(follow(plan, [fact], plan_id="newer").state.conflicts) == 1


def test_what_is_of_somebody_elses_route_has_no_effect(plan: Plan, route: Route) -> None:
    fact = Fact(event=done(stops(route)[0], route.tricycle), flags=frozenset({EventFlag.NOT_OWN_ROUTE}))
    found = follow(plan, [fact]).state
    assert sum(len(tricycle.done) for tricycle in found.tricycles) == 0
    assert len(found.conflicts) == 1


def test_one_id_with_two_contents_is_two_facts(plan: Plan, route: Route) -> None:
    first, second = stops(route)[:2]
    one, two = done(first, route.tricycle, id="x"), done(second, route.tricycle, id="x")
    assert [EventFlag.ID_REUSED in flags for flags in flags_of(plan, one, two)] == [True, True]
    assert len(now(plan, route, one, two).done) == 2


@pytest.mark.parametrize("seed", [0, 6, 8, 10, 11, 12])
def test_what_is_on_board_at_the_start_of_a_day_is_unloaded_without_a_flag(seed: int) -> None:
    plan = planned(
        random_day(seed, requests=8, features=frozenset({"start_state", "windows"})), iterations=30
    )
    assert any(route.start_load_kg for route in plan.routes)
    for route in plan.routes:
        events = [done(entry, route.tricycle) for entry in stops(route)]
        assert now(plan, route).load_kg == pytest.approx(route.start_load_kg, abs=1e-6)
        assert now(plan, route, *events).load_kg == pytest.approx(stops(route)[-1].load_kg, abs=1e-6)
        conflicts = state(plan, *events).conflicts
        assert not any(EventFlag.NOT_ON_BOARD in conflict.flags for conflict in conflicts)


def any_events(plan: Plan, rng: random.Random, number: int) -> list[Fact]:
    """Facts of all kinds, many of which contradict each other."""
    entries = [entry for route in plan.routes for entry in stops(route)]
    tricycles = [route.tricycle for route in plan.routes]
    facts: list[Fact] = []
    for i in range(number):
        entry, tricycle = rng.choice(entries), rng.choice(tricycles)
        at = rng.choice(entries).end + rng.choice([0, 0, 1, -1, 30]) * MINUTE
        given: dict[str, object] = {"id": str(rng.choice([i, i, i // 2]))}
        if rng.random() < 0.25 and facts:
            old = rng.choice(facts)
            given["replaces"] = EventRef(id=old.event.id, sender=rng.choice([None, old.sender]))
        kind = rng.choice(
            [Left, Arrived, Done, Done, Done, Failed, Late, Breakdown, Sold, Back, Undone, Remark]
        )
        more: dict[type, dict[str, object]] = {
            Arrived: {"stop": ref(entry)},
            Done: {"stop": ref(entry), "kg": rng.choice([None, 7.5])},
            Failed: {"stop": ref(entry), "reason": "nobody_there"},
            Late: {"late_s": 600},
            Breakdown: {"part": "tricycle"},
            Sold: {"place": entry.place},
            Undone: {"replaces": given.get("replaces", EventRef(id="0"))},
            Remark: {"note": "?"},
        }
        event = said(kind, tricycle, at, **{**given, **more.get(kind, {})})
        received = at + rng.choice([-5, 1, 60]) * MINUTE
        flagged = rng.choice([frozenset(), frozenset(), frozenset({EventFlag.NOT_OWN_ROUTE})])
        if received < at:
            flagged |= {EventFlag.TIME_AHEAD}
        facts.append(Fact(event=event, sender=rng.choice(["a", "b"]), received_at=received, flags=flagged))
    return facts


@given(seed=st.integers(0, 10**9), number=st.integers(0, 40), shuffled=st.randoms(use_true_random=False))
def test_any_order_and_any_repetition_give_the_same_state(
    plan: Plan, seed: int, number: int, shuffled: random.Random
) -> None:
    facts = any_events(plan, random.Random(seed), number)
    once = follow(plan, facts, plan_id="p")
    again: Sequence[Fact] = [*facts, *shuffled.choices(facts, k=number)] if facts else []
    again = shuffled.sample(again, k=len(again))
    repeated = follow(plan, again, plan_id="p")
    assert (repeated.state, repeated.flags) == (once.state, once.flags)
    assert once.state.events == len({fact.key for fact in facts})
    flagged = {(conflict.sender, conflict.event) for conflict in once.state.conflicts}
    assert flagged == {(sender, event) for sender, event, _ in once.flags}


def test_a_file_of_events_is_read_and_what_is_wrong_in_it_is_named() -> None:
    data = b"""{"format": "fleet-events/1", "date": "2026-06-12", "events": [
      {"id": "1", "kind": "done", "occurred_at": "2026-06-12T08:00:00+08:00", "tricycle": "t",
       "stop": {"request": "r", "kind": "pickup"}, "kg": 18.5}]}"""
    (event,) = read_events(data).events
    assert isinstance(event, Done)
    assert event.kg == 18.5

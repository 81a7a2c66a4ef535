"""The rest of a day is a day: start states, frozen stops, and plans cut in the middle."""

import datetime

import pytest

from fleet.model import Day, Plan, WarningCode
from fleet.model.plan import Entry, Route
from tests.planning.planned import planned
from tests.planning.small import (
    Part,
    at,
    request,
    road,
    route_of,
    since,
    state,
    stop,
    stops,
    task,
    tricycle,
    window,
)
from tests.property.tiny_days import tiny_day


def test_a_request_on_board_keeps_the_minutes_it_has_ridden() -> None:
    carried = state("t1", free_at=at("06:30"), place="village", on_board=since("a", "06:20"))
    for limit, served in ((19 * 60, 1), (19 * 60 - 1, 0)):
        day = road(requests=[request("a", "village", "market", on_board_limit_s=limit)], states=[carried])
        plan = planned(day.day, travel=day.travel)
        assert plan.figures.served_requests == served
        if not served:
            assert plan.unserved[0].reason == "STAYS_ON_BOARD"


def test_a_must_that_stays_on_board_counts_and_loads_the_route_to_its_end() -> None:
    carried = state("t1", place="village", on_board=since("old", "05:00"))
    stale = request("old", "village", "bazaar", on_board_limit_s=60, must=True, kg=160.0)
    day = road(
        requests=[stale, request("big", "village", "market"), request("small", "village", "market", kg=40.0)],
        states=[carried],
    )
    plan = planned(day.day, travel=day.travel)
    assert plan.figures.unserved_musts == 1
    assert stops(route_of(plan, "t1")) == ["+small", "-small"]
    assert route_of(plan, "t1").start_load_kg == 160.0


def test_a_visit_that_goes_on_pays_no_second_set_up_and_stays_what_is_left() -> None:
    market = {"market": {"setup_s": 600, "stay_s": 1_800}}
    visit = {"place": "market", "dropped_off": True, "stay_left_s": 900}
    carried = state(
        "t1",
        free_at=at("07:00"),
        place="market",
        visit=visit,
        on_board=since("a", "06:30"),
    )
    day = road(requests=[request("a", "village", "market")], places=market, states=[carried])
    dropoff = stop(planned(day.day, travel=day.travel), "a", "dropoff")
    assert (dropoff.start, dropoff.setup_s, dropoff.stay_s) == (at("07:00"), 0, 900)


def test_a_visit_that_is_left_is_stayed_first() -> None:
    visit = {"place": "market", "dropped_off": True, "stay_left_s": 900}
    left = state("t1", free_at=at("07:00"), place="market", visit=visit)
    day = road(requests=[request("a", "village", "bazaar")], states=[left])
    assert route_of(planned(day.day, travel=day.travel), "t1").departure == at("07:15")


def test_a_break_within_a_visit_that_goes_on_does_not_wait_for_its_stay() -> None:
    visit = {"place": "market", "dropped_off": True, "stay_left_s": 3_600}
    pause = {"duration_s": 600, "window": window("07:00", "07:01")}
    carried = state(
        "t1",
        free_at=at("07:00"),
        place="market",
        visit=visit,
        on_board=since("a", "06:30"),
    )
    late = task("market", windows=(window("07:10", "07:20"),))
    day = road(
        tricycles=[tricycle(breaks=(pause,))], requests=[request("a", "village", late)], states=[carried]
    )
    route = route_of(planned(day.day, travel=day.travel), "t1")
    assert [(e.kind, e.start, e.stay_s) for e in route.entries] == [
        ("break", at("07:00"), 0),
        ("dropoff", at("07:10"), 3_600),
    ]


def frozen(request_id: str, kind: str, place: str, start: str) -> Part:
    return {"request": request_id, "kind": kind, "place": place, "start": at(start)}


def test_frozen_stops_keep_their_order_and_start_and_the_rest_follows() -> None:
    kept = (frozen("a", "pickup", "village", "06:20"), frozen("a", "dropoff", "market", "06:45"))
    day = road(
        requests=[request("a", "village", "market"), request("b", "village", "bazaar")],
        locks={"routes": ({"tricycle": "t1", "frozen": kept},)},
    )
    plan = planned(day.day, travel=day.travel)
    route = route_of(plan, "t1")
    assert stops(route)[:2] == ["+a", "-a"]
    assert [e.start for e in route.entries[:2]] == [at("06:20"), at("06:45")]
    assert plan.figures.served_requests == 2
    assert plan.warnings[-1].code != WarningCode.FROZEN_BREAKS_RULE


def test_a_frozen_stop_that_cannot_keep_its_start_is_done_as_early_as_can_be() -> None:
    kept = (frozen("a", "pickup", "village", "06:02"),)
    day = road(
        requests=[request("a", "village", "market")], locks={"routes": ({"tricycle": "t1", "frozen": kept},)}
    )
    assert stop(planned(day.day, travel=day.travel), "a", "pickup").start == at("06:06")


def test_a_rule_that_frozen_stops_alone_break_is_a_warning() -> None:
    kept = (frozen("a", "pickup", "village", "06:20"),)
    early = task("village", windows=(window("06:00", "06:10"),))
    day = road(
        requests=[request("a", early, "market")], locks={"routes": ({"tricycle": "t1", "frozen": kept},)}
    )
    plan = planned(day.day, travel=day.travel)
    warning = next(w for w in plan.warnings if w.code == WarningCode.FROZEN_BREAKS_RULE)
    assert (warning.params["tricycle"], warning.params["rule"]) == ("t1", "WINDOW")
    assert plan.figures.served_requests == 1


def remainder(day: Day, plan: Plan, *, now: datetime.datetime) -> tuple[Day, float]:
    """Return the day as it stands at the first moment from ``now`` on at which each tricycle is free.

    With it comes what the plan spends on the rest: kilometres and hours after that moment, and losses.
    """
    states: list[Part] = []
    gone: list[Part] = []
    done: set[str] = set()
    rest_yuan = plan.figures.loss_yuan
    for route in plan.routes:
        past = [e for e in route.entries if e.start < now]
        if not past or past[-1].kind not in ("pickup", "dropoff"):
            rest_yuan += route.figures.cost_yuan
            continue
        states.append(_state_after(day, route, past))
        dropped = [e for e in past if e.kind == "dropoff"]
        done |= {str(e.request) for e in dropped}
        gone += [{"place": e.place, "product": e.product, "kg": e.kg} for e in dropped]
        rest_yuan += _rest_yuan(day, route, len(past))
    document = day.model_dump(by_alias=True)
    document["requests"] = tuple(r for r in document["requests"] if r["id"] not in done)
    document["locks"]["requests"] = tuple(
        lock for lock in document["locks"]["requests"] if lock["request"] not in done
    )
    document["start_state"] = {"tricycles": tuple(states), "delivered": _added_up(gone)}
    return Day.model_validate(document), rest_yuan


def _added_up(gone: list[Part]) -> tuple[Part, ...]:
    kg: dict[tuple[str, str | None], float] = {}
    for part in gone:
        kg[part["place"], part["product"]] = kg.get((part["place"], part["product"]), 0.0) + part["kg"]
    return tuple({"place": p, "product": q, "kg": amount} for (p, q), amount in kg.items())


def _state_after(day: Day, route: Route, past: list[Entry]) -> Part:
    last = past[-1]
    visit = [e for e in past if e.kind in ("pickup", "dropoff")]
    while any(e.place != last.place for e in visit):
        visit.pop(0)
    dropped_off = any(e.kind == "dropoff" for e in visit)
    place = day.place_by_id[last.place]
    on_board = {e.request: e.end for e in past if e.kind == "pickup"}
    for entry in past:
        if entry.kind == "dropoff":
            on_board.pop(entry.request, None)
    return {
        "tricycle": route.tricycle,
        "free_at": last.end,
        "place": last.place,
        "charge": last.charge,
        "breaks_taken": sum(e.kind == "break" for e in past),
        "recharges_taken": sum(e.kind == "recharge" for e in past),
        "has_left": True,
        "visit": {"place": last.place, "dropped_off": dropped_off, "stay_left_s": place.stay_s * dropped_off},
        "on_board": tuple({"request": key, "picked_up_at": end} for key, end in on_board.items()),
    }


def _rest_yuan(day: Day, route: Route, done: int) -> float:
    """Return a route's kilometres and hours after its entry number ``done``; no route is left, no cost."""
    if done == len(route.entries):
        return 0.0
    machine = day.tricycle_by_id[route.tricycle]
    legs = [e.leg for e in route.entries[done:]] + [route.last_leg]
    metres = sum(leg.distance_m for leg in legs if leg)
    following = route.entries[done]
    departs = following.leg.departure if following.leg else following.start
    burden = sum(a.burden_yuan for a in day.assignments if a.tricycle == route.tricycle)
    seconds = (route.return_ - departs).total_seconds()
    return burden + machine.yuan_per_km * metres / 1_000 + machine.yuan_per_hour * seconds / 3_600


@pytest.mark.parametrize("seed", range(18))
def test_the_rest_of_a_day_is_planned_no_worse_than_it_was(seed: int) -> None:
    # Seeds whose theme holds no start state of its own.
    day, travel = tiny_day(seed)
    plan = planned(day, travel=travel)
    starts = sorted(e.start for r in plan.routes for e in r.entries)
    assert starts, "a day on which nothing is served has no rest: take another seed"
    rest, spent_yuan = remainder(day, plan, now=starts[len(starts) // 2])
    again = planned(rest, travel=travel)
    assert again.figures.unserved_musts <= plan.figures.unserved_musts
    assert again.figures.total_yuan <= spent_yuan + 0.01

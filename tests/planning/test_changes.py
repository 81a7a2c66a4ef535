"""What would admit a request: the smallest single change, and that it really does."""

import datetime
import math
from typing import Any

import pytest

from fleet.model import ChangeKind, Day, Plan, Travel, day_sha256, dump, read_plan
from fleet.model.plan import Change
from fleet.planning import explain_request
from fleet.planning.changes import applied
from tests.depth import count
from tests.planning.planned import planned
from tests.planning.small import (
    Part,
    battery,
    left_out,
    request,
    road,
    served_by,
    task,
    tricycle,
    window,
    x,
)
from tests.property.tiny_days import tiny_day

CHANGES: list[tuple[ChangeKind, Part, Part]] = [
    (
        ChangeKind.PICKUP_WINDOW,
        {"requests": [request("x", task("village", windows=(window("06:00", "06:04"),)), "market")]},
        {"before": "2026-06-12T06:04:00+08:00", "after": "2026-06-12T06:06:00+08:00", "place": "village"},
    ),
    (
        ChangeKind.DROPOFF_WINDOW,
        {"requests": [request("x", "village", task("market", windows=(window("06:00", "06:15"),)))]},
        {"before": "2026-06-12T06:15:00+08:00", "after": "2026-06-12T06:16:00+08:00", "place": "market"},
    ),
    (
        ChangeKind.KG,
        {"requests": [x(kg=260.5)]},
        {"before": 260.5, "after": 200.0},
    ),
    (
        ChangeKind.ON_BOARD_LIMIT,
        {"requests": [x(on_board_limit_s=500)]},
        {"before": 500, "after": 540},
    ),
    (ChangeKind.TRICYCLE, {"requests": [x(allowed_fleets=("red",))]}, {}),
    (
        ChangeKind.PENALTY,
        {"requests": [x(penalty_yuan=15.0)]},
        {"before": 15.0, "after": 16.4},
    ),
]


@pytest.mark.parametrize(("kind", "parts", "params"), CHANGES, ids=[str(row[0]) for row in CHANGES])
def test_the_smallest_change_is_suggested_and_really_admits_the_request(
    kind: ChangeKind, parts: Part, params: Part
) -> None:
    day = road(**parts)
    change = left_out(planned(day.day, travel=day.travel), "x").change
    assert change is not None
    assert change.kind == kind
    assert {name: change.params[name] for name in params} == params
    changed = with_change(day.day, "x", change)
    assert served_by(planned(changed, travel=day.travel))["x"] == change.tricycle


def test_a_weight_between_what_the_tricycles_may_carry_is_found_where_another_rule_binds() -> None:
    # The large one may carry 200 kg, but its battery is good for 166.6 kg on this road; the small one is full
    # at 100 kg.
    large = tricycle("t1", battery=battery(kwh_per_km_per_100_kg=0.02))
    small = tricycle("t2", payload_kg=100.0)
    day = road(tricycles=[large, small], requests=[x(kg=260.5)])
    change = left_out(planned(day.day, travel=day.travel), "x").change
    assert change is not None
    assert (change.kind, change.tricycle) == (ChangeKind.KG, "t1")
    assert change.params == {"before": 260.5, "after": 166.6}


def test_a_battery_too_small_for_the_load_is_a_matter_of_weight() -> None:
    weak = tricycle(battery=battery(kwh_per_km_per_100_kg=0.02))
    day = road(tricycles=[weak], requests=[x(kg=180.0)])
    change = left_out(planned(day.day, travel=day.travel), "x").change
    assert change is not None
    assert change.params == {"before": 180.0, "after": 166.6}


@pytest.mark.parametrize(
    ("kg", "payload_kg", "after"), [(9.5, 7.25, 7.2), (10.0, 0.1, 0.1), (10.5, 7.25, 7.2), (520.0, 1.5, 1.5)]
)
def test_smaller_weights_are_tenths_of_a_kilogram(kg: float, payload_kg: float, after: float) -> None:
    day = road(tricycles=[tricycle(payload_kg=payload_kg)], requests=[x(kg=kg)])
    change = left_out(planned(day.day, travel=day.travel), "x").change
    assert change is not None
    assert change.params == {"before": kg, "after": after}


def test_the_smallest_change_is_named_though_another_order_of_the_stops_is_cheaper() -> None:
    # Taking y along before x is dropped off is cheaper; going straight to the market is sooner there.
    y = request("y", "hamlet", "market", must=True)
    day = road(requests=[y, x(on_board_limit_s=500)])
    change = left_out(planned(day.day, travel=day.travel), "x").change
    assert change is not None
    assert (change.kind, change.params) == (ChangeKind.ON_BOARD_LIMIT, {"before": 500, "after": 540})

    late = request("x", "village", task("market", windows=(window("06:00", "06:15"),)))
    day = road(requests=[y, late])
    change = left_out(planned(day.day, travel=day.travel), "x").change
    assert change is not None
    assert change.kind == ChangeKind.DROPOFF_WINDOW
    assert change.params["after"] == "2026-06-12T06:16:00+08:00"


def test_nothing_smaller_than_the_change_suggested_has_room_in_the_same_plan() -> None:
    seen = set()
    for seed in range(count(short=40, long=400)):
        day, travel = tiny_day(seed)
        plan = planned(day, travel=travel)
        for item in plan.unserved:
            change = item.change
            if change is None or change.kind not in (ChangeKind.KG, ChangeKind.ON_BOARD_LIMIT):
                continue
            seen.add(change.kind)
            known = day.request_by_id[item.request]
            before, after = float(change.params["before"] or 0), float(change.params["after"] or 0)
            assert change.tricycle in with_room(applied(day, known, change), plan, item.request, travel)
            # A weight may lack a tenth of a kilogram to the largest, a limit a minute to the shortest.
            nearest = after + 0.1 if change.kind == ChangeKind.KG else after - 60
            for part in range(10):
                smaller = nearest + (before - nearest) * part / 10
                if (smaller - before) * (after - before) <= 0:
                    break
                value = round(smaller, 1) if change.kind == ChangeKind.KG else int(smaller)
                less = change.model_copy(update={"params": change.params | {"after": value}})
                assert not with_room(applied(day, known, less), plan, item.request, travel), (seed, less)
    assert seen == {ChangeKind.KG, ChangeKind.ON_BOARD_LIMIT}


def with_room(day: Day, plan: Plan, key: str, travel: Travel) -> set[str]:
    """Return the tricycles that have room for a request of a changed day in a plan as it stands."""
    same = plan.model_copy(update={"day_sha256": day_sha256(day)})
    explained = explain_request(day, same, key, travel=travel)
    assert explained is not None
    return {reason.tricycle for reason in explained.tricycles if reason.rule == "HAS_ROOM"}


def with_change(day: Day, key: str, change: Change) -> Day:
    """Make a change as a dispatcher would: in the day's document."""
    document = day.model_dump()
    row = next(r for r in document["requests"] if r["id"] == key)
    after: Any = change.params.get("after")
    if change.kind == ChangeKind.KG:
        row["crates"] = math.ceil(row["crates"] * after / row["kg"])
        row["kg"] = after
    elif change.kind == ChangeKind.PENALTY:
        row["penalty_yuan"] = after
    elif change.kind == ChangeKind.ON_BOARD_LIMIT:
        row["on_board_limit_s"] = after
        for product in document["products"]:
            if product["id"] == row["product"] and product["on_board_limit_s"] is not None:
                product["on_board_limit_s"] = max(after, product["on_board_limit_s"])
    elif change.kind == ChangeKind.TRICYCLE:
        row["allowed_fleets"] = ()
        locks = document["locks"]["requests"]
        document["locks"]["requests"] = tuple(lock for lock in locks if lock["request"] != key)
    else:
        alternative = change.params["alternative"]
        where = row["pickup"] if alternative is None else row["dropoffs"][alternative]
        start = datetime.datetime.fromisoformat(str(after))
        where["windows"] = ({"start": start, "end": start},)
    return Day.model_validate(document)


def test_where_no_single_change_helps_none_is_found() -> None:
    early = task("village", windows=(window("06:00", "06:01"),))
    day = road(requests=[request("x", early, "market", kg=300.0, on_board_limit_s=10)])
    item = left_out(planned(day.day, travel=day.travel), "x")
    assert item.change is None
    assert item.change_sought


@pytest.mark.parametrize("seed", range(40))
def test_whatever_change_is_suggested_admits_the_request_beside_the_plan(seed: int) -> None:
    day, travel = tiny_day(seed)
    plan = planned(day, travel=travel)
    for item in plan.unserved:
        again = explain_request(day, read_plan(dump(plan)), item.request, travel=travel)
        assert again == item
        if item.change is None:
            continue
        changed = with_change(day, item.request, item.change)
        better = planned(changed, travel=travel)
        # With the change there is a plan that serves it and is no worse than this one was without it.
        known = day.request_by_id[item.request]
        loss = 0.0 if known.must else changed.penalty_yuan(changed.request_by_id[item.request])
        musts = plan.figures.unserved_musts
        staying_out = (musts, plan.figures.total_yuan - item.penalty_yuan * (not item.must) + loss)
        assert (better.figures.unserved_musts, better.figures.total_yuan) < staying_out

"""What would admit a request: the smallest single change, and that it really does."""

import datetime
import math
from typing import Any

import pytest

from fleet.model import ChangeKind, Day, Plan, Travel, day_sha256, dump, read_plan
from fleet.model.plan import Change
from fleet.planning import explain_request
from fleet.planning.changes import lightened
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
    # The large one may carry 200 kg, but its battery is good for 166 kg on this road; the small one is full
    # at 100 kg.
    large = tricycle("t1", battery=battery(kwh_per_km_per_100_kg=0.02))
    small = tricycle("t2", payload_kg=100.0)
    day = road(tricycles=[large, small], requests=[x(kg=260.5)])
    change = left_out(planned(day.day, travel=day.travel), "x").change
    assert change is not None
    assert (change.kind, change.tricycle) == (ChangeKind.KG, "t1")
    assert change.params == {"before": 260.5, "after": 166.0}


def test_a_battery_too_small_for_the_load_is_a_matter_of_weight() -> None:
    weak = tricycle(battery=battery(kwh_per_km_per_100_kg=0.02))
    day = road(tricycles=[weak], requests=[x(kg=180.0)])
    change = left_out(planned(day.day, travel=day.travel), "x").change
    assert change is not None
    assert change.params == {"before": 180.0, "after": 166.0}


@pytest.mark.parametrize(
    ("kg", "payload_kg", "after"), [(9.5, 7.25, 7.2), (10.0, 0.1, 0.1), (10.5, 7.25, 7.0), (520.0, 1.5, 1.0)]
)
def test_smaller_weights_are_tenths_up_to_ten_kilograms_and_whole_above(
    kg: float, payload_kg: float, after: float
) -> None:
    day = road(tricycles=[tricycle(payload_kg=payload_kg)], requests=[x(kg=kg)])
    change = left_out(planned(day.day, travel=day.travel), "x").change
    assert change is not None
    assert change.params == {"before": kg, "after": after}


def test_no_kilogram_more_than_the_weight_suggested_has_room_in_the_same_plan() -> None:
    suggested = 0
    for seed in range(count(short=40, long=400)):
        day, travel = tiny_day(seed)
        plan = planned(day, travel=travel)
        for item in plan.unserved:
            if item.change is None or item.change.kind != ChangeKind.KG:
                continue
            suggested += 1
            request_kg, after = day.request_by_id[item.request].kg, float(item.change.params["after"] or 0)
            step = 1.0 if request_kg > 10 else 0.1
            heavier = after + step
            while heavier < request_kg:
                kg = round(heavier, 1)
                assert not room_for(day, plan, item.request, kg, travel=travel), (seed, item.request, kg)
                heavier += step
            assert room_for(day, plan, item.request, after, travel=travel)
    assert suggested


def room_for(day: Day, plan: Plan, key: str, kg: float, *, travel: Travel) -> bool:
    """Whether a plan as it stands has room for a request that weighs so much."""
    changed = lightened(day, day.request_by_id[key], kg)
    lighter = day.model_copy(update={"requests": tuple(changed if r.id == key else r for r in day.requests)})
    lighter = Day.model_validate(lighter.model_dump(by_alias=True))
    explained = explain_request(
        lighter, plan.model_copy(update={"day_sha256": day_sha256(lighter)}), key, travel=travel
    )
    assert explained is not None
    return any(reason.rule == "HAS_ROOM" for reason in explained.tricycles)


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

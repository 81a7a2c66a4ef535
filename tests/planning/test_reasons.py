"""Why not: the first broken rule of each tricycle, and what keeps a request out as a whole."""

import pytest

from fleet.model import ReasonCode, Rule
from fleet.planning import explain_request
from tests.planning.planned import planned
from tests.planning.small import (
    Part,
    at,
    battery,
    left_out,
    request,
    road,
    since,
    state,
    task,
    tricycle,
    window,
    x,
)

FULL = request("full", "village", "market", kg=150.0, must=True)


SHORT = window("06:00", "06:34")
PRODUCTS = (
    {"id": "naan", "name": "naan", "keep_apart": "food"},
    {"id": "soap", "name": "soap", "keep_apart": "chemicals"},
    {"id": "ice", "name": "ice", "equipment": ("cold-box",)},
)
REASONS: list[tuple[str, Part, Rule | str, Part]] = [
    (
        "too heavy",
        {"requests": [x(kg=260.5)]},
        Rule.CAPACITY_KG,
        {"excess_kg": 60.5},
    ),
    (
        "too many crates",
        {"requests": [x(crates=23)]},
        Rule.CAPACITY_CRATES,
        {"excess": 3},
    ),
    (
        "another label on board to the end",
        {
            "requests": [
                request("old", "village", "market", product="soap", on_board_limit_s=60),
                x(product="naan"),
            ],
            "products": PRODUCTS,
            "states": [state("t1", on_board=since("old", "05:00"))],
        },
        Rule.KEEP_APART,
        {},
    ),
    (
        "no cold box",
        {"requests": [x(product="ice")], "products": PRODUCTS},
        Rule.EQUIPMENT,
        {},
    ),
    (
        "another fleet",
        {"requests": [x(allowed_fleets=("red",))]},
        Rule.FLEET_NOT_ALLOWED,
        {},
    ),
    (
        "another tricycle by lock",
        {
            "tricycles": [tricycle("t1"), tricycle("t2", available=False)],
            "requests": [x()],
            "locks": {"requests": ({"request": "x", "only_tricycle": "t2"},)},
        },
        Rule.ONLY_TRICYCLE,
        {},
    ),
    (
        "not this tricycle by lock",
        {
            "requests": [x()],
            "locks": {"requests": ({"request": "x", "not_tricycles": ("t1",)},)},
        },
        Rule.NOT_TRICYCLES,
        {},
    ),
    (
        "in the sequence of another",
        {
            "tricycles": [tricycle("t1"), tricycle("t2", available=False)],
            "requests": [x()],
            "locks": {"routes": ({"tricycle": "t2", "sequence": ({"request": "x", "kind": "pickup"},)},)},
        },
        Rule.SEQUENCE,
        {},
    ),
    (
        "stays at home",
        {"tricycles": [tricycle(available=False)], "requests": [x()]},
        Rule.UNAVAILABLE,
        {},
    ),
    (
        "on board of another",
        {
            "tricycles": [tricycle("t1"), tricycle("t2")],
            "requests": [x(on_board_limit_s=60)],
            "states": [state("t2", on_board=since("x", "05:00"))],
        },
        Rule.START_STATE,
        {},
    ),
    (
        "pickup too early to reach",
        {"requests": [request("x", task("village", windows=(window("06:00", "06:04"),)), "market")]},
        Rule.WINDOW,
        {"late_s": 120, "stop": "pickup", "place": "village", "request": "x"},
    ),
    (
        "drop-off too early to reach",
        {"requests": [request("x", "village", task("market", windows=(window("06:00", "06:15"),)))]},
        Rule.WINDOW,
        {"late_s": 60, "stop": "dropoff", "place": "market", "request": "x"},
    ),
    (
        "closes too early",
        {
            "requests": [x()],
            "places": {"market": {"opening": (window("06:00", "06:15"),)}},
        },
        Rule.OPENING,
        {"late_s": 120, "stop": "dropoff", "place": "market", "request": "x"},
    ),
    (
        "too long on board",
        {"requests": [x(on_board_limit_s=500)]},
        Rule.ON_BOARD_LIMIT,
        {},
    ),
    (
        "shift too short",
        {
            "tricycles": [tricycle(shift=window("06:00", "06:30"))],
            "requests": [x()],
        },
        Rule.SHIFT,
        {"late_s": 120},
    ),
    (
        "battery too small",
        {"tricycles": [tricycle(battery=battery())], "requests": [request("x", "village", "bazaar")]},
        Rule.RESERVE,
        {"missing_wh": 381},
    ),
    (
        "no time for the break",
        {
            "tricycles": [
                tricycle(
                    breaks=({"duration_s": 1_800, "window": window("06:00", "06:10")},),
                )
            ],
            "requests": [
                request(
                    "x",
                    task("village", windows=(window("06:00", "06:11"),)),
                    task("market", windows=(window("06:00", "06:30"),)),
                )
            ],
        },
        Rule.BREAK,
        {},
    ),
    (
        "the market is full",
        {"requests": [x()], "places": {"market": {"max_kg": 30.0}}},
        Rule.PLACE_MAX_KG,
        {"place": "market", "excess_kg": 20.0},
    ),
    (
        "enough of that product",
        {
            "requests": [x(product="naan")],
            "products": PRODUCTS,
            "places": {"market": {"max_kg_of_product": {"naan": 30.0}}},
        },
        Rule.PRODUCT_MAX_KG,
        {"place": "market", "excess_kg": 20.0},
    ),
    (
        "the bay is taken",
        {
            "tricycles": [tricycle("t1", equipment=("tent",)), tricycle("t2")],
            "requests": [
                request(
                    "long",
                    "centre",
                    task("market", handling_s=5_400),
                    must=True,
                    equipment=("tent",),
                    kg=200.0,
                ),
                request("x", "village", task("market", windows=(window("06:17", "06:30"),)), kg=30.0),
            ],
            "places": {"market": {"bays": 1}},
            "locks": {
                "routes": (
                    {
                        "tricycle": "t1",
                        "frozen": (
                            {
                                "request": "long",
                                "kind": "pickup",
                                "place": "centre",
                                "start": at("06:00"),
                            },
                            {
                                "request": "long",
                                "kind": "dropoff",
                                "place": "market",
                                "start": at("06:16"),
                            },
                        ),
                    },
                ),
                "requests": ({"request": "x", "only_tricycle": "t2"},),
            },
        },
        Rule.BAYS,
        {},
    ),
    (
        "not worth it",
        {"requests": [x(penalty_yuan=5.0)]},
        "NOT_WORTH_ITS_COST",
        {"cost_yuan": 16.4, "penalty_yuan": 5.0},
    ),
]


@pytest.mark.parametrize(
    ("parts", "rule", "params"), [row[1:] for row in REASONS], ids=[row[0] for row in REASONS]
)
def test_the_first_broken_rule_is_named_with_its_figures(parts: Part, rule: Rule | str, params: Part) -> None:
    day = road(**parts)
    item = left_out(planned(day.day, travel=day.travel), "x")
    assert [reason.tricycle for reason in item.tricycles] == [t.id for t in day.day.tricycles]
    found = next(reason for reason in item.tricycles if reason.rule == rule)
    assert {name: found.params[name] for name in params} == params


def test_every_rule_that_a_request_can_break_has_a_row() -> None:
    of_a_plan = {
        Rule.SERVED_ONCE,
        Rule.STRUCTURE,
        Rule.TRAVEL,
        Rule.TIMES,
        Rule.SETUP,
        Rule.HANDLING,
        Rule.STAY,
        Rule.LOAD,
        Rule.CHARGE,
        Rule.UNSERVED,
        Rule.FIGURES,
        Rule.FROZEN,
        Rule.PRECEDENCE,
        Rule.RECHARGE,
    }
    assert {row[2] for row in REASONS} - {"NOT_WORTH_ITS_COST"} == set(Rule) - of_a_plan


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"requests": [x(kg=260.0)]}, ReasonCode.NO_TRICYCLE_FITS),
        ({"requests": [x(on_board_limit_s=60)]}, ReasonCode.IMPOSSIBLE_ALONE),
        (
            {
                "tricycles": [tricycle(shift=SHORT)],
                "requests": [FULL, x(kg=100.0)],
            },
            ReasonCode.NO_ROOM_IN_PLAN,
        ),
        ({"requests": [x(penalty_yuan=1.0)]}, ReasonCode.NOT_WORTH_ITS_COST),
    ],
)
def test_the_reason_of_a_request_as_a_whole(parts: Part, reason: ReasonCode) -> None:
    day = road(**parts)
    assert left_out(planned(day.day, travel=day.travel), "x").reason == reason


def test_a_served_request_has_nothing_to_explain() -> None:
    day = road(requests=[x()])
    plan = planned(day.day, travel=day.travel)
    assert explain_request(day.day, plan, "x", travel=day.travel) is None

"""Changes by hand: each kind of move, what it refuses, and that nothing else of the plan changes."""

import random

import pytest
from pydantic import TypeAdapter

from fleet.check import check_plan
from fleet.model import Day, InputError, Plan, Problem, Travel, day_sha256
from fleet.model.moves import Move, Moves
from fleet.planning import travel_for
from fleet.planning.moves import moved_plan
from tests.depth import count
from tests.planned import planned
from tests.planning.small import (
    left_out,
    request,
    road,
    route_of,
    served_by,
    stop,
    stops,
    task,
    tricycle,
    window,
)
from tests.random_days import random_day

SEEDS = count(short=30, long=1500)
TRIES = 8
_MOVES: TypeAdapter[tuple[Move, ...]] = TypeAdapter(Moves)


def moves(*records: dict) -> tuple[Move, ...]:
    return _MOVES.validate_python(records)


def broken(error: pytest.ExceptionInfo[InputError]) -> set[str]:
    """The rules that a refusal names."""
    assert {problem.code for problem in error.value.problems} == {"CHANGE_BREAKS_RULES"}
    return {problem.value for problem in error.value.problems}


TWO = road(
    tricycles=[tricycle("t1"), tricycle("t2", payload_kg=80.0)],
    requests=[
        request("a", "village", "market", "bazaar"),
        request("b", "hamlet", "market"),
        request("c", "village", "bazaar", penalty_yuan=0.01),
    ],
)


@pytest.fixture(scope="module")
def before() -> Plan:
    """t1 serves a and b; c is not worth its cost; t2 stays at the centre."""
    plan = planned(TWO.day, travel=TWO.travel)
    assert served_by(plan) == {"a": "t1", "b": "t1"}
    assert [item.request for item in plan.unserved] == ["c"]
    return plan


def moved(plan: Plan, *records: dict) -> Plan:
    changed = moved_plan(TWO.day, plan, moves(*records), travel=TWO.travel)
    assert check_plan(TWO.day, changed, travel=TWO.travel) == ()
    return changed


def test_another_tricycle_serves_a_request(before: Plan) -> None:
    plan = moved(before, {"kind": "assign", "request": "a", "tricycle": "t2"})
    assert stops(route_of(plan, "t2")) == ["+a", "-a"]
    assert stops(route_of(plan, "t1")) == ["+b", "-b"]
    assert plan.figures.tricycles_used == 2


def test_a_request_that_was_left_out_is_put_in(before: Plan) -> None:
    plan = moved(before, {"kind": "assign", "request": "c", "tricycle": "t1"})
    assert served_by(plan) == {"a": "t1", "b": "t1", "c": "t1"}
    assert plan.unserved == ()
    assert plan.figures.loss_yuan == 0


def test_stops_come_at_the_positions_that_are_asked_for(before: Plan) -> None:
    plan = moved(
        before,
        {"kind": "assign", "request": "c", "tricycle": "t1", "pickup_position": 0, "dropoff_position": 5},
    )
    order = stops(route_of(plan, "t1"))
    assert (order[0], order[5]) == ("+c", "-c")


def test_a_stop_is_put_elsewhere_in_its_route(before: Plan) -> None:
    order = stops(route_of(before, "t1"))
    at = order.index("-a")
    plan = moved(
        before, {"kind": "reorder", "request": "a", "stop": "dropoff", "position": 3 if at == 2 else 2}
    )
    order[2], order[3] = order[3], order[2]
    assert stops(route_of(plan, "t1")) == order


def test_a_request_is_taken_out_and_says_so(before: Plan) -> None:
    plan = moved(before, {"kind": "take_out", "request": "a"})
    assert served_by(plan) == {"b": "t1"}
    assert left_out(plan, "a").reason == "TAKEN_OUT"
    assert left_out(plan, "c").reason == "NOT_WORTH_ITS_COST"
    further = moved(plan, {"kind": "take_out", "request": "b"})
    assert left_out(further, "a").reason == "TAKEN_OUT"
    assert further.routes == ()


def test_another_drop_off_is_chosen(before: Plan) -> None:
    assert stop(before, "a", "dropoff").place == "market"
    plan = moved(before, {"kind": "choose_dropoff", "request": "a", "alternative": 1})
    assert stop(plan, "a", "dropoff").place == "bazaar"
    assert stop(plan, "a", "dropoff").alternative == 1


def test_two_tricycles_drive_each_others_routes() -> None:
    day = road(
        tricycles=[tricycle("t1"), tricycle("t2"), tricycle("t3")],
        requests=[request("a", "village", "market", kg=150.0), request("b", "hamlet", "bazaar", kg=150.0)],
        locks={
            "requests": ({"request": "a", "not_tricycles": ("t3",)},),
            "routes": ({"tricycle": "t3", "sequence": ({"request": "b", "kind": "pickup"},)},),
        },
    )
    plan = planned(day.day, travel=day.travel)
    [one] = {key for request, key in served_by(plan).items() if request == "a"}
    swap = moves({"kind": "swap", "tricycle": one, "other": "t2" if one == "t1" else "t1"})
    swapped = moved_plan(day.day, plan, swap, travel=day.travel)
    assert served_by(swapped) == {"a": "t2" if one == "t1" else "t1", "b": "t3"}
    with pytest.raises(InputError) as error:
        moved_plan(day.day, plan, moves({"kind": "swap", "tricycle": "t3", "other": one}), travel=day.travel)
    assert broken(error) == {"NOT_TRICYCLES", "SEQUENCE"}


def test_taking_a_change_back_gives_the_same_routes(before: Plan) -> None:
    taken = moved(before, {"kind": "take_out", "request": "c"}, {"kind": "take_out", "request": "b"})
    order = stops(route_of(before, "t1"))
    back = moved(
        taken,
        {
            "kind": "assign",
            "request": "b",
            "tricycle": "t1",
            "pickup_position": order.index("+b"),
            "dropoff_position": order.index("-b"),
        },
    )
    assert back.routes == before.routes


def test_only_the_routes_that_are_named_change() -> None:
    day = random_day(
        11, requests=14, tricycles=4, features=frozenset({"bays", "stays", "windows", "openings"})
    )
    travel = travel_for(day)
    plan = planned(day, travel=travel)
    one = plan.routes[0]
    served = next(entry.request for entry in one.entries if entry.request)
    changed = moved_plan(day, plan, moves({"kind": "take_out", "request": served}), travel=travel)
    assert [r for r in changed.routes if r.tricycle != one.tricycle] == list(plan.routes[1:])


def test_a_batch_is_judged_at_its_end() -> None:
    """Each tricycle is full; that both are too heavy in between does not matter."""
    day = road(
        tricycles=[tricycle("t1", payload_kg=100.0), tricycle("t2", payload_kg=100.0)],
        requests=[request("a", "village", "market", kg=90.0), request("b", "village", "market", kg=80.0)],
    )
    plan = moved_plan(
        day.day,
        planned(day.day, travel=day.travel),
        moves(
            {"kind": "assign", "request": "a", "tricycle": "t1"},
            {"kind": "assign", "request": "b", "tricycle": "t2"},
        ),
        travel=day.travel,
    )
    places = {"pickup_position": 0, "dropoff_position": 1}
    exchanged = moved_plan(
        day.day,
        plan,
        moves(
            {"kind": "assign", "request": "a", "tricycle": "t2", **places},
            {"kind": "assign", "request": "b", "tricycle": "t1", **places},
        ),
        travel=day.travel,
    )
    assert served_by(exchanged) == {"a": "t2", "b": "t1"}


REFUSED = [
    ([{"kind": "assign", "request": "heavy", "tricycle": "t2"}], {"CAPACITY_KG"}),
    (
        [
            {
                "kind": "assign",
                "request": "late",
                "tricycle": "t1",
                "pickup_position": 2,
                "dropoff_position": 3,
            }
        ],
        {"WINDOW"},
    ),
    ([{"kind": "assign", "request": "locked", "tricycle": "t1"}], {"ONLY_TRICYCLE"}),
    ([{"kind": "assign", "request": "cooled", "tricycle": "t1"}], {"EQUIPMENT"}),
    ([{"kind": "reorder", "request": "a", "stop": "dropoff", "position": 0}], {"PRECEDENCE"}),
    (
        [
            {"kind": "assign", "request": "heavy", "tricycle": "t2"},
            {"kind": "assign", "request": "cooled", "tricycle": "t2"},
            {"kind": "assign", "request": "locked", "tricycle": "t1"},
        ],
        {"CAPACITY_KG", "EQUIPMENT", "ONLY_TRICYCLE"},
    ),
]
STRICT = road(
    tricycles=[tricycle("t1"), tricycle("t2", payload_kg=60.0), tricycle("t3", equipment=("cool-box",))],
    requests=[
        request("a", "village", "market"),
        request("heavy", "village", "market", kg=90.0),
        request("late", task("hamlet", windows=(window("06:00", "06:12"),)), "market"),
        request("locked", "village", "market", kg=20.0),
        request("cooled", "village", "market", kg=20.0, equipment=("cool-box",)),
    ],
    locks={"requests": ({"request": "locked", "only_tricycle": "t2"},)},
)


@pytest.mark.parametrize(("records", "rules"), REFUSED)
def test_a_change_that_breaks_rules_names_all_of_them(records: list[dict], rules: set[str]) -> None:
    plan = moved_plan(
        STRICT.day,
        planned(STRICT.day, travel=STRICT.travel),
        moves({"kind": "assign", "request": "a", "tricycle": "t1"}, {"kind": "take_out", "request": "late"}),
        travel=STRICT.travel,
    )
    with pytest.raises(InputError) as error:
        moved_plan(STRICT.day, plan, moves(*records), travel=STRICT.travel)
    assert broken(error) == rules
    assert all(problem.where for problem in error.value.problems)


@pytest.mark.parametrize(
    ("record", "code", "where"),
    [
        ({"kind": "take_out", "request": "nobody"}, "UNKNOWN_ID", "moves[0].request"),
        ({"kind": "assign", "request": "a", "tricycle": "t9"}, "UNKNOWN_ID", "moves[0].tricycle"),
        ({"kind": "swap", "tricycle": "t1", "other": "t9"}, "UNKNOWN_ID", "moves[0].other"),
        ({"kind": "swap", "tricycle": "t1", "other": "t1"}, "SWAP_WITH_ITSELF", "moves[0].other"),
        (
            {"kind": "reorder", "request": "c", "stop": "pickup", "position": 0},
            "UNKNOWN_ID",
            "moves[0].request",
        ),
        (
            {"kind": "reorder", "request": "a", "stop": "pickup", "position": 4},
            "VALUE_TOO_LARGE",
            "moves[0].position",
        ),
        (
            {"kind": "choose_dropoff", "request": "b", "alternative": 1},
            "VALUE_TOO_LARGE",
            "moves[0].alternative",
        ),
    ],
)
def test_what_a_move_names_has_to_be_there(before: Plan, record: dict, code: str, where: str) -> None:
    with pytest.raises(InputError) as error:
        moved(before, record)
    assert [(problem.code, problem.where) for problem in error.value.problems] == [(code, where)]


def random_move(draw: random.Random, day: Day) -> dict:
    """A move of any kind, sensible or not."""
    item, one = draw.choice(day.requests), draw.choice(day.tricycles).id

    def maybe(top: int) -> int | None:
        return draw.randrange(top) if draw.random() < 0.4 else None

    kind = draw.choice(["assign", "assign", "reorder", "choose_dropoff", "take_out", "swap"])
    common = {"kind": kind, "request": item.id}
    alternatives = len(item.dropoffs)
    return {
        "assign": common
        | {
            "tricycle": one,
            "pickup_position": maybe(6),
            "dropoff_position": maybe(7),
            "alternative": maybe(alternatives),
        },
        "reorder": common | {"stop": draw.choice(["pickup", "dropoff"]), "position": draw.randrange(8)},
        "choose_dropoff": common | {"alternative": draw.randrange(alternatives), "position": maybe(7)},
        "take_out": common,
        "swap": {"kind": kind, "tricycle": one, "other": draw.choice(day.tricycles).id},
    }[kind]


# 482: what is left out fits with a change into a route whose break costs more than its bound says.
# 833: a tricycle that stays as planned takes its break where the visit of its start ended before.
@pytest.mark.parametrize("seed", sorted({*range(SEEDS), 482, 833}))
def test_random_moves_give_a_plan_that_holds_or_say_what_is_broken(seed: int) -> None:
    day = random_day(seed, requests=7 + seed % 6, tricycles=2 + seed % 3)
    travel = travel_for(day)
    plan = planned(day, travel=travel, iterations=5, seed=seed)
    draw = random.Random(seed)
    for _number in range(TRIES):
        batch = moves(*(random_move(draw, day) for _ in range(draw.choice([1, 1, 1, 2, 4]))))
        changed, problems = result_of(day, plan, batch, travel)
        assert {problem.code for problem in problems} <= {
            "CHANGE_BREAKS_RULES",
            "UNKNOWN_ID",
            "VALUE_TOO_LARGE",
            "SWAP_WITH_ITSELF",
        }
        assert all(problem.value for problem in problems)
        assert (changed is None) == bool(problems)
        if changed is not None:
            assert changed.day_sha256 == day_sha256(day)
            assert check_plan(day, changed, travel=travel) == ()
            plan = changed


def result_of(
    day: Day, plan: Plan, batch: tuple[Move, ...], travel: Travel
) -> tuple[Plan | None, list[Problem]]:
    """The changed plan, or what the change breaks; a plan that the checker refuses is an error."""
    try:
        return moved_plan(day, plan, batch, travel=travel), []
    except InputError as error:
        return None, error.problems

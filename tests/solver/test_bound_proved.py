"""Small problems are enumerated: no plan lies below what is proved, and the plan that reaches it is used."""

import random

import numpy as np
import pytest

from fleet.solver import search
from fleet.solver.exact import prove
from fleet.solver.instance import MICRO_YUAN, Instance
from fleet.solver.routes import Route, Routes
from fleet.solver.search import solve
from tests.depth import count
from tests.small_instances import busy_morning, line, windows

WORST = {"musts": 99, "cost": 0}
"""A pair that any plan is better than."""


def score(instance: Instance, found: list[Route | None]) -> tuple[int, int]:
    routes = Routes(instance)
    for vehicle, route in enumerate(found):
        routes.put(vehicle, route)
    return routes.score()


def a_morning(seed: int) -> Instance:
    """Return five to seven requests with windows, limits and set-ups for two or three tricycles."""
    chance = random.Random(seed)
    number = chance.randint(5, 7)
    vehicles = chance.randint(2, 3)
    shipments = [
        (chance.randint(1, 6), chance.choice((chance.randint(7, 11), (8, 11)))) for _ in range(number)
    ]
    plain = line(*shipments, places=12, vehicles=vehicles)
    spans = {}
    for task in range(plain.n_tasks):
        if chance.random() < 0.5:
            opens = chance.randrange(0, 3_000, 300)
            spans[task] = [(opens, opens + 900), (opens + 1_800, opens + 2_400)]
    return line(
        *shipments,
        places=12,
        vehicles=vehicles,
        capacity=[[3, 9]] * vehicles,
        latest_s=[5_000] * vehicles,
        task_setup_s=[[120] * plain.n_tasks],
        task_handling_s=[[60] * plain.n_tasks],
        stay_s=[300 * (place > 9) for place in range(12)],
        on_board_limit_s=[chance.choice((1_200, 1 << 40)) for _ in range(number)],
        must=[chance.random() < 0.2 for _ in range(number)],
        **windows(plain, spans),
    )


@pytest.mark.parametrize("seed", range(count(short=12, long=300)))
def test_the_search_finds_nothing_below_what_is_proved(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    instance = a_morning(seed)
    proof = prove(instance, **WORST)
    assert proof is not None
    assert proof.tasks is not None
    routes = Routes(instance)
    for vehicle, tasks in enumerate(proof.tasks):
        routes.put(vehicle, routes.evaluate(vehicle, tasks).route if tasks else None)
    assert routes.score() == (proof.unserved_musts, proof.cost)
    monkeypatch.setattr(search, "LARGEST_PROOF", 0)
    monkeypatch.setattr(search, "LARGEST_ROUTING_MODEL", 0)
    searched = solve(instance, budget_s=60.0, iterations=150, seed=seed)
    assert searched.lower_bound is None
    assert score(instance, searched.routes) >= (proof.unserved_musts, proof.cost)


def test_a_proved_plan_ends_the_search() -> None:
    solution = solve(a_morning(3), budget_s=600.0)
    assert list(solution.phases_s) == ["impossible", "construct", "proof"]
    assert score(a_morning(3), solution.routes) == solution.lower_bound
    assert not solution.stopped_early


def test_a_good_plan_is_given_back_as_its_own_bound() -> None:
    instance = a_morning(5)
    best = prove(instance, **WORST)
    assert best is not None
    again = prove(instance, musts=best.unserved_musts, cost=best.cost)
    assert again is not None
    assert (again.unserved_musts, again.cost, again.tasks) == (best.unserved_musts, best.cost, None)


def test_of_bays_a_bound_knows_nothing_and_the_search_goes_on() -> None:
    """Both tricycles have to be at place 4 in the same minutes; one bay lets only one of them in."""
    shipments = ((1, 4), (7, 4))
    plain = line(*shipments, vehicles=2, starts=[1, 7])
    at_once = windows(plain, {1: [(180, 240)], 3: [(180, 240)]})
    instance = line(
        *shipments,
        vehicles=2,
        starts=[1, 7],
        bays=[1 if place == 4 else -1 for place in range(8)],
        task_handling_s=[[0, 300, 0, 300]],
        **at_once,
    )
    solution = solve(instance, budget_s=60.0, iterations=20)
    assert solution.lower_bound is not None
    assert score(instance, solution.routes) > solution.lower_bound
    assert "improve" in solution.phases_s


def test_a_cap_that_binds_is_part_of_the_proof() -> None:
    """Place 3 takes one of the two; the other goes further, to place 7."""
    sinks = ((1, (3, 7)), (2, (3, 7)))
    free = line(*sinks)
    capped = line(*sinks, task_cap=[[-1, -1], [0, -1], [-1, -1]] * 2, cap_use=[600, 600], cap_left=[1_000])
    dear, cheap = prove(capped, **WORST), prove(free, **WORST)
    assert dear is not None
    assert cheap is not None
    assert dear.cost > cheap.cost
    assert dear.tasks is not None
    places = capped.task_location[dear.tasks[0]].tolist()
    assert (places.count(3), places.count(7)) == (1, 1)


def test_the_certain_part_of_a_recharge_counts() -> None:
    """The battery lasts for half of the way: what is missing takes ten minutes at a charger."""
    way = line((1, 7), cost_per_s=[10_000])
    battery = {
        "usable_wh": [700.0],
        "start_charge_wh": [700.0],
        "wh_per_m": [0.1],
        "charging_w": [6_000],
        "recharges_left": [2],
    }
    plugs = [6_000 * (place == 7) for place in range(8)]
    charged = line((1, 7), cost_per_s=[10_000], charger_w=plugs, **battery)
    without, with_one = prove(way, **WORST), prove(charged, **WORST)
    assert without is not None
    assert with_one is not None
    minutes = (7_000 * 0.1 - 700.0) / 100.0
    assert with_one.cost == without.cost + round(60 * minutes) * 10_000
    solution = solve(charged, budget_s=60.0, iterations=5)
    assert score(charged, solution.routes) >= (with_one.unserved_musts, with_one.cost)


@pytest.mark.parametrize(
    "instance",
    [
        busy_morning(),
        line(*[(1, 2)] * 12),
        line((1, 2), breaks_on_legs=True),
        line(
            *[(1, 2)] * 3,
            break_ptr=[0, 9],
            break_duration_s=[60] * 9,
            break_open=[0] * 9,
            break_close=[9_999] * 9,
        ),
        line((1, 2), allowed=[[False]]),
    ],
    ids=["24 requests", "12 requests", "breaks on legs", "nine breaks", "no tricycle"],
)
def test_where_not_everything_is_looked_at_nothing_is_claimed(instance: Instance) -> None:
    assert prove(instance, **WORST) is None


def test_what_is_looked_at_is_bounded_by_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten requests without windows or limits have more orders than anybody looks at."""
    instance = line(*[(1 + n % 5, 6 + n % 7) for n in range(10)], places=13, capacity=[[99, 99]])
    first, second = prove(instance, **WORST), prove(instance, **WORST)
    assert first == second
    routes = solve(instance, budget_s=60.0, iterations=20).routes
    assert first is None or (first.unserved_musts, first.cost) <= score(instance, routes)


def test_a_must_weighs_more_than_any_cost() -> None:
    instance = line((1, 2), (3, 7), must=[False, True], latest_s=[900], penalty=[900 * MICRO_YUAN, 0])
    proof = prove(instance, **WORST)
    assert proof is not None
    assert proof.unserved_musts == 0
    assert proof.tasks is not None
    assert set(instance.task_request[np.array(proof.tasks[0])].tolist()) >= {1}

"""OR-Tools' routing model holds the rules: each instance is planned with and without one of them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from fleet.solver.instance import MICRO_YUAN, Instance
from fleet.solver.kernels import codes as c
from fleet.solver.routes import Routes
from fleet.solver.routing_model import solve_routing
from tests.small_instances import Shipment, line, windows

FAR = 1 << 40


class Case(NamedTuple):
    name: str
    shipments: list[Shipment]
    rule: dict[str, Any]
    """The fields of the rule."""
    broken: int
    """What the exact evaluation finds where the model does not know the rule."""
    shared: Mapping[str, Any] = MappingProxyType({})
    """Fields with and without the rule."""
    served: int = 2


def with_windows(*shipments: Shipment, **spans: list[tuple[int, int]]) -> dict[str, Any]:
    """``t3=[(0, 100)]``: task 3 may begin in the first hundred seconds."""
    return dict(windows(line(*shipments), {int(name[1:]): span for name, span in spans.items()}))


NESTED: list[Shipment] = [(1, 4), (2, 3)]
"""Without a rule the second shipment is carried inside the first one's drive."""
FORTH: list[Shipment] = [(1, 2), (1, 5)]
"""Without a rule both are loaded at place 1 and dropped off on the way."""

CASES = [
    Case("payload", NESTED, {"capacity": [[1, 10]]}, c.CAPACITY),
    Case("crates", NESTED, {"capacity": [[10, 1]]}, c.CAPACITY),
    Case("labels that must not share the box", NESTED, {"label": [1, 2]}, c.LABEL),
    Case(
        "time on board",
        NESTED,
        {"on_board_limit_s": [200, FAR]},
        c.ON_BOARD,
        {"task_handling_s": [[0, 0, 300, 300]]},
    ),
    Case("a window", FORTH, with_windows(*FORTH, t3=[(0, 500)]), c.WINDOW,
         {"task_handling_s": [[0, 900, 0, 0]]}),
    Case("the gap between two windows", FORTH,
         with_windows(*FORTH, t1=[(0, 60), (900, 990)], t3=[(0, 400)]), c.WINDOW),
    Case(
        "the end of handling before a place closes",
        FORTH,
        {"window_finish": [FAR, FAR, FAR, 700]},
        c.WINDOW,
        {"task_handling_s": [[0, 400, 0, 100]]},
    ),
    Case("the stay of a place that buys", FORTH, {"stay_s": [0, 0, 900, 0, 0, 0, 0, 0]}, c.WINDOW,
         with_windows(*FORTH, t3=[(0, 500)])),
    Case("set-up", FORTH, {"task_setup_s": [[0, 900, 0, 0]]}, c.WINDOW, with_windows(*FORTH, t3=[(0, 500)])),
    Case("the vehicles of a request", FORTH, {"allowed": [[True, True], [False, True]]}, c.NOT_ALLOWED,
         {"vehicles": 2}),
    Case("a locked sequence", FORTH, {"task_rank": [-1, 1, -1, 0]}, c.RANK),
    Case("a cap of a place", [(1, (2, 6)), (1, (2, 6))],
         {"task_cap": [[-1, -1], [0, -1], [-1, -1]] * 2, "cap_use": [5, 5], "cap_left": [5]}, c.CAP),
    Case("tasks of a vehicle", FORTH, {"max_tasks": [2, 2]}, c.MAX_TASKS, {"vehicles": 2}),
    Case("metres of a vehicle", [(1, 3), (6, 7)], {"max_distance_m": [3_500, FAR]}, c.MAX_DISTANCE,
         {"vehicles": 2}),
    Case("time under way", [(1, 3), (6, 7)], {"max_travel_s": [500, FAR]}, c.MAX_TRAVEL, {"vehicles": 2}),
    Case("the end of a shift", [(1, 3), (6, 7)], {"latest_s": [500, 9_000]}, c.SHIFT, {"vehicles": 2}),
    Case("a break", FORTH, {"break_ptr": [0, 1, 1], "break_duration_s": [1_000], "break_open": [120],
                            "break_close": [200]}, c.BREAK,
         {"vehicles": 2} | with_windows(*FORTH, t0=[(60, 60)], t2=[(60, 60)], t3=[(250, 400)])),
    Case("the battery", [(1, 3), (6, 7)],
         {"usable_wh": [400.0, 4_000.0], "start_charge_wh": [400.0, 4_000.0], "wh_per_m": [0.1, 0.1]},
         c.ENERGY, {"vehicles": 2}),
]  # fmt: skip


def solved(instance: Instance) -> list[list[int]]:
    routes = solve_routing(
        instance,
        requests=list(range(instance.n_requests)),
        begin=[[] for _ in range(instance.n_vehicles)],
        time_limit_s=2.0,
        iterations=30,
        seed=1,
    )
    assert routes is not None
    return routes


def broken_rules(instance: Instance, routes: list[list[int]]) -> set[int]:
    standing = Routes(instance)
    rules = set()
    for vehicle, tasks in enumerate(routes):
        trial = standing.evaluate(vehicle, tasks)
        rules.add(trial.rule)
        standing.put(vehicle, trial.route)
    return rules - {c.OK}


def served(instance: Instance, routes: list[list[int]]) -> int:
    return len({int(instance.task_request[t]) for tasks in routes for t in tasks})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_plan_without_the_rule_breaks_it_and_a_plan_with_it_does_not(case: Case) -> None:
    without = line(*case.shipments, **case.shared)
    ruled = line(*case.shipments, **{**case.shared, **case.rule})

    careless, careful = solved(without), solved(ruled)

    assert case.broken in broken_rules(ruled, careless)
    assert broken_rules(ruled, careful) == set()
    assert served(ruled, careful) == case.served


def test_one_of_the_alternatives_is_used_by_the_vehicle_that_picked_up() -> None:
    instance = line((1, (7, 2, 6)), (3, (2, 7)), vehicles=2)
    routes = solved(instance)
    assert broken_rules(instance, routes) == set()
    (tasks,) = [route for route in routes if route]
    assert sorted(instance.task_location[tasks].tolist()) == [1, 2, 2, 3]


def test_a_request_dearer_than_its_penalty_stays_out_and_a_must_does_not() -> None:
    cheap = line((1, 2), (6, 7), penalty=[100 * MICRO_YUAN, MICRO_YUAN])
    assert served(cheap, solved(cheap)) == 1
    assert served(cheap, solved(cheap._replace(must=cheap.must | True))) == 2


def test_set_up_is_paid_once_for_all_stops_of_a_visit() -> None:
    shipments: list[Shipment] = [(1, 2), (1, 2), (1, 2)]
    instance = line(
        *shipments, task_setup_s=[[300] * 6], latest_s=[60 + 300 + 60 + 300 + 120], cost_per_s=[100]
    )
    assert served(instance, solved(instance)) == 3


def test_what_is_on_board_already_is_dropped_off_by_its_carrier() -> None:
    instance = line(
        (1, 2),
        (1, 3),
        vehicles=2,
        task_request=[0, 1, 1],
        task_location=[2, 1, 3],
        task_delivers=[True, False, True],
        task_setup_s=[[0, 0, 0]],
        request_pickup=[-1, 1],
        delivery_ptr=[0, 1, 2],
        delivery_task=[0, 2],
        carried_by=[1, -1],
        allowed=[[False, True], [True, True]],
    )
    routes = solved(instance)
    assert routes[0] == []
    assert sorted(routes[1]) == [0, 1, 2]
    assert broken_rules(instance, routes) == set()


def test_what_all_carry_for_their_route_fits_into_the_vehicle() -> None:
    """Requests without a pickup are loaded before the route begins, as VROOM's jobs with a delivery."""
    instance = line(
        (0, 2),
        (0, 3),
        task_request=[0, 1],
        task_location=[2, 3],
        task_delivers=[True, True],
        task_setup_s=[[0, 0]],
        request_pickup=[-1, -1],
        delivery_ptr=[0, 1, 2],
        delivery_task=[0, 1],
        capacity=[[1, 1]],
    )
    assert served(instance, solved(instance)) == 1


def test_a_vehicle_whose_shift_is_over_harms_no_other() -> None:
    instance = line((1, 2), (6, 7), starts=[3, 0], latest_s=[100, 9_000], end=[0, 0])
    routes = solved(instance)
    assert served(instance, routes) == 2
    assert routes[0] == []


def test_the_search_begins_from_given_routes() -> None:
    """Nothing is gained by one round here: the routes come back as they were given, dear as they are."""
    instance = line(
        (1, 2), (1, 3), (1, 4), vehicles=3, fixed_cost=[0, 0, 0], cost_per_m=[0, 0, 0], cost_per_s=[0, 0, 0]
    )
    begin = [[2, 3], [4, 5], [0, 1]]
    assert (
        solve_routing(instance, requests=[0, 1, 2], begin=begin, time_limit_s=20.0, iterations=1, seed=1)
        == begin
    )


def test_the_seed_decides_with_iterations() -> None:
    instance = line(*[(1 + k % 3, 4 + k % 4) for k in range(12)], vehicles=3, capacity=[[3, 3]] * 3)
    found = [
        solve_routing(
            instance, requests=list(range(12)), begin=[[]] * 3, time_limit_s=60.0, iterations=20, seed=3
        )
        for _ in range(2)
    ]
    assert found[0] == found[1]

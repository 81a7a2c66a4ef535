"""What VROOM's fields mean, each on the smallest problem that shows it."""

from typing import Any

import pytest

from tests.formats_vroom.line import LINE, at, problem
from tests.formats_vroom.problems import Json, Solve


def steps_of(answer: Json, *keys: str) -> list[tuple[Any, ...]]:
    return [tuple(step[key] for key in keys) for step in answer["routes"][0]["steps"]]


def test_an_hour_under_way_costs_3600_and_waiting_costs_nothing(solve: Solve) -> None:
    answer = solve(problem(at(2, time_windows=[[900, 1_000]], service=50)))
    assert answer["summary"]["cost"] == 400
    assert steps_of(answer, "type", "arrival", "waiting_time") == [
        ("start", 700, 0),
        ("job", 900, 0),
        ("end", 1_150, 0),
    ]


def test_setup_is_paid_at_a_new_place_only_and_never_at_the_start_place(solve: Solve) -> None:
    jobs = at(0, setup=30), at(2, setup=30), at(2, setup=30)
    answer = solve(problem(*jobs, costs={"per_task_hour": 3_600}))
    found = steps_of(answer, "location_index", "setup")
    assert sorted(found[1:-1]) == [(0, 0), (2, 0), (2, 30)]


def test_without_a_start_the_first_place_pays_its_setup(solve: Solve) -> None:
    document = problem(at(2, setup=30))
    del document["vehicles"][0]["start_index"]
    answer = solve(document)
    assert steps_of(answer, "type", "location_index", "setup", "arrival") == [
        ("start", 2, 0, 0),
        ("job", 2, 30, 0),
        ("end", 0, 0, 230),
    ]


def test_a_window_bounds_the_start_of_the_setup(solve: Solve) -> None:
    answer = solve(problem(at(1, setup=500, service=500, time_windows=[[100, 100]]), time_window=[0, 1_200]))
    assert steps_of(answer, "arrival") == [(0,), (100,), (1_200,)]


def test_the_second_window_is_used_where_the_first_cannot_be_reached(solve: Solve) -> None:
    answer = solve(problem(at(3, time_windows=[[0, 200], [500, 600]]), time_window=[0, 5_000]))
    assert steps_of(answer, "arrival", "waiting_time")[1] == (500, 0)


def test_deliveries_of_jobs_are_on_board_from_the_start_and_pickups_to_the_end(solve: Solve) -> None:
    answer = solve(problem(at(1, delivery=[3]), at(2, pickup=[2]), capacity=[3]))
    loads = steps_of(answer, "load")
    assert (loads[0], loads[-1]) == (([3],), ([2],))
    # The pickup fits only after the delivery.
    assert [step["id"] for step in answer["routes"][0]["steps"][1:-1]] == [1, 2]


def test_a_shipment_frees_its_room_where_it_is_delivered(solve: Solve) -> None:
    two = [
        {"amount": [2], "pickup": at(p, id=n), "delivery": at(p + 1, id=n)} for n, p in enumerate((1, 3), 1)
    ]
    answer = solve(problem(shipments=tuple(two), capacity=[2]))
    assert answer["summary"]["unassigned"] == 0
    assert max(step["load"][0] for step in answer["routes"][0]["steps"]) == 2


def test_priority_decides_before_the_number_of_tasks_and_that_before_cost(solve: Solve) -> None:
    one_of_three = problem(at(4, priority=2), at(1), at(1), max_tasks=1)
    assert [task["id"] for task in solve(one_of_three)["unassigned"]] == [2, 3]
    far_or_near = problem(at(4, priority=1), at(1), at(1), time_window=[0, 800])
    assert solve(far_or_near)["summary"]["unassigned"] == 0
    two_or_one = problem(at(4, service=600), at(1), at(1), time_window=[0, 1_000])
    assert [task["id"] for task in solve(two_or_one)["unassigned"]] == [1]
    assert solve(problem(at(4), costs={"fixed": 10**9}))["summary"]["cost"] == 10**9 + 800


@pytest.mark.parametrize(
    ("costs", "cost"),
    [
        ({}, 400),
        ({"per_hour": 7_200}, 800),
        ({"fixed": 50}, 450),
        ({"per_task_hour": 3_600}, 400 + 90),
        ({"per_hour": 0, "per_km": 1_000}, 2_400),
        ({"per_hour": 1_800, "per_km": 500, "fixed": 7}, 200 + 1_200 + 7),
    ],
)
def test_each_cost_counts_what_it_says(costs: Json, cost: int, solve: Solve) -> None:
    document = problem(at(2, setup=30, service=60), costs=costs)
    document["matrices"]["car"]["distances"] = [[6 * seconds for seconds in row] for row in LINE]
    answer = solve(document)
    assert answer["summary"]["cost"] == cost
    assert answer["summary"]["distance"] == 2_400


def test_a_costs_matrix_decides_instead_of_durations(solve: Solve) -> None:
    document = problem(at(2))
    document["matrices"]["car"]["costs"] = [[7] * 5 for _ in range(5)]
    answer = solve(document)
    assert (answer["summary"]["cost"], answer["summary"]["duration"]) == (14, 400)


def test_a_speed_factor_scales_travel_and_leaves_service_alone(solve: Solve) -> None:
    answer = solve(problem(at(3, service=60), speed_factor=2))
    assert (answer["summary"]["duration"], answer["summary"]["service"]) == (300, 60)
    assert answer["summary"]["cost"] == 300


@pytest.mark.parametrize(
    ("limit", "served"),
    [
        ({"max_travel_time": 400}, True),
        ({"max_travel_time": 399}, False),
        ({"max_distance": 2_400}, True),
        ({"max_distance": 2_399}, False),
        ({"max_tasks": 1}, True),
        ({"max_tasks": 0}, False),
        ({"time_window": [0, 460]}, True),
        ({"time_window": [0, 459]}, False),
        ({"skills": [5, 7]}, True),
        ({"skills": [5]}, False),
    ],
)
def test_limits_of_a_vehicle_hold_to_the_unit(limit: Json, served: bool, solve: Solve) -> None:
    document = problem(at(2, service=60, skills=[7] if "skills" in limit else []), **limit)
    document["matrices"]["car"]["distances"] = [[6 * seconds for seconds in row] for row in LINE]
    assert solve(document)["summary"]["unassigned"] == (0 if served else 1)


def test_times_of_a_task_may_depend_on_the_type_of_vehicle(solve: Solve) -> None:
    job = at(1, setup=10, service=20, setup_per_type={"slow": 40}, service_per_type={"slow": 80})
    assert solve(problem(job))["summary"]["service"] == 20
    slow = solve(problem(job, type="slow"))["summary"]
    assert (slow["setup"], slow["service"]) == (40, 80)


def test_a_break_may_interrupt_a_drive(solve: Solve) -> None:
    rest = {"id": 9, "service": 60, "time_windows": [[50, 50]], "description": "tea"}
    answer = solve(problem(at(4), breaks=[rest], time_window=[0, 860]))
    assert steps_of(answer, "type", "arrival", "duration") == [
        ("start", 0, 0),
        ("break", 50, 50),
        ("job", 460, 400),
        ("end", 860, 800),
    ]
    assert answer["routes"][0]["steps"][1]["description"] == "tea"


def test_breaks_are_due_on_every_used_route_and_only_where_the_load_allows(solve: Solve) -> None:
    rest = {"id": 1, "service": 10, "time_windows": [[0, 5_000]], "max_load": [1]}
    answer = solve(problem(at(1, delivery=[2]), capacity=[2], breaks=[rest]))
    assert [step["type"] for step in answer["routes"][0]["steps"]] == ["start", "job", "break", "end"]
    impossible = {"id": 1, "time_windows": [[10_000, 10_001]]}
    late = problem(at(1), breaks=[impossible], time_window=[0, 9_000])
    assert solve(late)["summary"]["unassigned"] == 1


def test_the_old_keys_amount_and_matrix_are_still_read(solve: Solve) -> None:
    document = problem(at(1, amount=[2]), capacity=[2])
    document["matrix"] = document.pop("matrices")["car"]["durations"]
    answer = solve(document)
    assert (answer["summary"]["delivery"], answer["summary"]["pickup"]) == ([2], [0])


def test_keys_that_vroom_does_not_know_are_ignored(solve: Solve) -> None:
    document = problem(at(1, colour="red"), nickname="x")
    document["options"] = {"g": True}
    assert solve(document)["summary"]["unassigned"] == 0


def test_what_was_given_as_coordinates_comes_back_as_coordinates(solve: Solve) -> None:
    document = {
        "vehicles": [{"id": 1, "start": [86.15, 41.76], "end": [86.15, 41.76], "profile": "tricycle"}],
        "jobs": [{"id": 5, "location": [86.2, 41.76], "description": "melons"}],
    }
    answer = solve(document)
    first, job, last = answer["routes"][0]["steps"]
    assert (first["location"], job["location"], last["location"]) == (
        [86.15, 41.76],
        [86.2, 41.76],
        [86.15, 41.76],
    )
    assert "location_index" not in job
    assert "distance" not in answer["summary"]
    # 4.15 km of great circle, 1.4 times that on roads, at 25 km/h, there and back.
    assert answer["summary"]["duration"] == pytest.approx(2 * 4_147 * 1.4 / (25 / 3.6), rel=0.01)


def test_geometry_draws_each_route_and_adds_distances(solve: Solve) -> None:
    document = {
        "vehicles": [{"id": 1, "start": [-120.2, 38.5], "end": [-126.453, 43.252]}],
        "jobs": [{"id": 5, "location": [-120.95, 40.7]}],
    }
    answer = solve(document, geometry=True)
    assert answer["routes"][0]["geometry"] == "_p~iF~ps|U_ulLnnqC_mqNvxq`@"
    assert answer["summary"]["distance"] == answer["routes"][0]["steps"][-1]["distance"] > 0


def test_the_order_of_goals_holds_for_thousands_of_tasks() -> None:
    """Weights and all sums of them stay inside 64 bits, and a task outweighs any detour."""
    import json

    from fleet.formats.vroom import new_problem, read_document
    from fleet.formats.vroom.instance import instance_of

    jobs = [at(number % 5, priority=100) for number in range(5_000)]
    found = instance_of(new_problem(read_document(json.dumps(problem(*jobs)).encode())))
    total = sum(map(int, found.penalty))
    assert total < 2**60
    assert int(found.penalty.min()) > 100 * int(found.duration_s.max()) * int(found.cost_per_travel_s.max())

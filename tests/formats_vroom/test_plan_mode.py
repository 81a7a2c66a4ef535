"""Plan mode: times of given routes, and every rule they break by its name."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from fleet.model import InputError
from tests.depth import count
from tests.formats_vroom.line import LINE, at, problem
from tests.formats_vroom.problems import Json, Solve, random_problem


def planned(document: Json, *steps: Json) -> Json:
    document["vehicles"][0]["steps"] = list(steps)
    return document


def job(number: int, **bounds: int) -> Json:
    return {"type": "job", "id": number, **bounds}


def causes(part: Json) -> list[str]:
    return [violation["cause"] for violation in part["violations"]]


def seconds(part: Json, cause: str) -> int:
    return sum(v.get("duration", 0) for v in part["violations"] if v["cause"] == cause)


def test_a_route_that_keeps_all_rules_has_no_violation(check: Solve) -> None:
    answer = check(planned(problem(at(1), at(2)), job(2), job(1)))
    assert [step["arrival"] for step in answer["routes"][0]["steps"]] == [0, 200, 300, 400]
    assert causes(answer["summary"]) == []


def test_start_and_end_are_added_where_they_are_not_given(check: Solve) -> None:
    answer = check(planned(problem(at(1)), {"type": "start", "service_at": 70}, job(1)))
    steps = answer["routes"][0]["steps"]
    assert [(step["type"], step["arrival"]) for step in steps] == [("start", 70), ("job", 170), ("end", 270)]


def test_lateness_is_as_small_as_the_order_allows(check: Solve) -> None:
    late = at(4, time_windows=[[0, 150]])
    answer = check(planned(problem(late, at(1), time_window=[0, 9_000]), job(2), job(1)))
    assert answer["summary"]["violations"] == [{"cause": "delay", "duration": 250}]
    assert causes(answer["routes"][0]["steps"][2]) == ["delay"]


def test_earliness_and_lateness_are_weighed_by_their_sum(check: Solve) -> None:
    """Two windows 1,000 s apart and a drive of 100 s between: waiting breaks nothing."""
    apart = problem(at(1, time_windows=[[0, 100]]), at(2, time_windows=[[1_100, 1_200]]))
    answer = check(planned(apart, job(1), job(2)))
    assert causes(answer["summary"]) == []
    # The same windows in the other order: one start is late or the other early, by 1,100 s in all.
    answer = check(planned(apart, job(2), job(1)))
    total = seconds(answer["summary"], "delay") + seconds(answer["summary"], "lead_time")
    assert total == 1_100


def test_the_nearest_of_several_windows_counts(check: Solve) -> None:
    document = problem(at(2, time_windows=[[0, 10], [150, 190], [900, 950]]), time_window=[0, 5_000])
    answer = check(planned(document, {"type": "start", "service_at": 0}, job(1, service_before=400)))
    assert answer["summary"]["violations"] == [{"cause": "delay", "duration": 10}]


def test_working_hours_are_windows_of_start_and_end(check: Solve) -> None:
    document = planned(problem(at(4), time_window=[1_000, 1_500]), job(1))
    answer = check(document)
    assert seconds(answer["summary"], "delay") + seconds(answer["summary"], "lead_time") == 300


@pytest.mark.parametrize(
    ("bounds", "arrivals"),
    [
        ({"service_at": 500}, [(400, 0), (500, 0)]),
        ({"service_after": 500}, [(400, 0), (500, 0)]),
        ({"service_before": 500}, [(0, 0), (100, 0)]),
    ],
)
def test_bounds_of_a_step_are_kept(bounds: dict[str, int], arrivals: list[Any], check: Solve) -> None:
    answer = check(planned(problem(at(1)), job(1, **bounds)))
    found = [(step["arrival"], step["waiting_time"]) for step in answer["routes"][0]["steps"]]
    assert found[:2] == arrivals


def test_bounds_that_no_drive_can_keep_are_refused(check: Solve) -> None:
    with pytest.raises(InputError, match="ROUTE_INFEASIBLE"):
        check(planned(problem(at(4)), job(1, service_before=399)))


@pytest.mark.parametrize(
    ("fields", "where", "cause"),
    [
        ({"capacity": [1]}, 0, "load"),
        ({"capacity": [3], "max_tasks": 1}, 2, "max_tasks"),
        ({"capacity": [3], "max_travel_time": 250}, 3, "max_travel_time"),
        ({"capacity": [3], "max_distance": 1_500}, 3, "max_distance"),
    ],
)
def test_limits_that_are_passed_are_named_where_it_happens(
    fields: Json, where: int, cause: str, check: Solve
) -> None:
    document = problem(at(1, delivery=[1]), at(2, delivery=[1]), **fields)
    document["matrices"]["car"]["distances"] = [[6 * s for s in row] for row in LINE]
    answer = check(planned(document, job(1), job(2)))
    assert cause in causes(answer["routes"][0]["steps"][where])
    assert causes(answer["routes"][0]) == causes(answer["summary"]) == [cause]


def test_a_skill_that_is_missing_is_named(check: Solve) -> None:
    answer = check(planned(problem(at(1, skills=[4]), skills=[1]), job(1)))
    assert causes(answer["routes"][0]["steps"][1]) == ["skills"]


@pytest.mark.parametrize(
    ("order", "blamed"),
    [
        (("delivery", "pickup"), [1, 2]),
        (("pickup",), [1]),
        (("delivery",), [1]),
        (("pickup", "delivery"), []),
    ],
)
def test_a_delivery_without_its_pickup_before_it_is_named(
    order: tuple[str, ...], blamed: list[int], check: Solve
) -> None:
    shipment = {"amount": [1], "pickup": at(1, id=7), "delivery": at(2, id=8)}
    names = {"pickup": 7, "delivery": 8}
    document = problem(shipments=(shipment,), capacity=[1])
    answer = check(planned(document, *({"type": kind, "id": names[kind]} for kind in order)))
    steps = answer["routes"][0]["steps"]
    assert [n for n, step in enumerate(steps) if "precedence" in causes(step)] == blamed
    assert answer["summary"]["unassigned"] == 2 - len(order)


def test_breaks_that_are_missing_or_overloaded_are_named(check: Solve) -> None:
    rests = [{"id": 1, "service": 10, "max_load": [0]}, {"id": 2}]
    document = problem(at(1, delivery=[1]), capacity=[1], breaks=rests)
    answer = check(planned(document, {"type": "break", "id": 1}, job(1)))
    assert causes(answer["routes"][0]) == ["missing_break", "max_load"]
    assert causes(answer["routes"][0]["steps"][1]) == ["max_load"]


def test_vehicles_without_steps_stay_at_home_and_their_tasks_are_unassigned(check: Solve) -> None:
    document = problem(at(1), at(2))
    document["vehicles"].append({"id": 2, "start_index": 0, "steps": [job(2)]})
    answer = check(document)
    assert [route["vehicle"] for route in answer["routes"]] == [2]
    assert [task["id"] for task in answer["unassigned"]] == [1]


@pytest.mark.parametrize("seed", range(count(short=15, long=200)))
def test_no_more_is_violated_than_vroom_itself_violates(seed: int, check: Solve, tmp_path: Path) -> None:
    vroom: Any = pytest.importorskip("vroom", reason="pyvroom is not here")
    document = with_random_steps(random_problem(seed), seed)
    file = tmp_path / "problem.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    theirs = vroom.Input.from_json(file).check(1).to_dict()
    ours = check(document)
    timing = {"lead_time", "delay"}
    assert set(causes(ours["summary"])) - timing == set(causes(theirs["summary"])) - timing
    total = [sum(v.get("duration", 0) for v in a["summary"]["violations"]) for a in (ours, theirs)]
    # Fractions of seconds are rounded where a speed factor makes them, at most one a step.
    assert total[0] <= total[1] + sum(len(route["steps"]) for route in ours["routes"])
    for mine, other in zip(ours["routes"], theirs["routes"], strict=True):
        same = ("vehicle", "setup", "service", "priority")
        assert [mine[key] for key in same] == [other[key] for key in same]
        assert mine["cost"] == pytest.approx(other["cost"], abs=len(mine["steps"]))


def with_random_steps(document: Json, seed: int) -> Json:
    """Give each vehicle some tasks in any order, with some of its breaks among them."""
    rng = random.Random(seed)
    tasks = [job(task["id"]) for task in document["jobs"]]
    for shipment in document["shipments"]:
        tasks += [{"type": kind, "id": shipment[kind]["id"]} for kind in ("pickup", "delivery")]
    rng.shuffle(tasks)
    for vehicle in document["vehicles"]:
        steps, tasks = tasks[:3], tasks[3:]
        for rest in vehicle.get("breaks", []):
            if rng.random() < 0.7:
                steps.insert(rng.randrange(len(steps) + 1), {"type": "break", "id": rest["id"]})
        vehicle["steps"] = steps
    return document

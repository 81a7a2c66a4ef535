"""What people are called and how they are reached is no part of the day that a plan was made of."""

import json
from typing import Any

import pytest

from fleet.check import check_plan
from fleet.model import Day, ErrorCode, InputError, Plan, day_sha256, dump, read_day
from fleet.planning import travel_for
from fleet.store.personal import without_persons
from tests.planned import planned
from tests.random_days import random_day

SEEDS = (5, 9, 12)


def changed(day: Day, **lists: dict[str, Any]) -> Day:
    """The day with other values in every record of its lists."""
    document = json.loads(dump(day))
    for name, values in lists.items():
        for record in document[name]:
            record.update(values)
    return read_day(json.dumps(document).encode())


def corrected(day: Day) -> Day:
    """The day with other names, phones, notes and drivers wherever it has any."""
    document = json.loads(dump(day)) | {"dispatcher_phone": "0996-1"}
    for number, household in enumerate(document["households"]):
        household |= {"name": f"Household {number}", "phone": f"139-{number}"}
    for request in document["requests"]:
        request["note"] = "Mind the dog"
    burdens = {item["tricycle"]: item["burden_yuan"] for item in document["assignments"]}
    document["assignments"] = [
        {
            "driver": f"other-{tricycle['id']}",
            "name": "Somebody else",
            "tricycle": tricycle["id"],
            "burden_yuan": burdens.get(tricycle["id"], 0.0),
        }
        for tricycle in reversed(document["tricycles"])
    ]
    return read_day(json.dumps(document).encode())


def without_names(plan: Plan) -> dict[str, Any]:
    document: dict[str, Any] = without_persons(json.loads(dump(plan)))
    return document | {"solver": None}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_plan_is_of_the_day_with_its_contacts_corrected(seed: int) -> None:
    day = random_day(seed)
    after, travel = corrected(day), travel_for(day)
    assert day_sha256(after) == day_sha256(day)
    plan = planned(day, travel=travel)
    assert check_plan(after, plan, travel=travel) == ()
    # No rule reads them: the same plan would be made, but for what it prints.
    assert without_names(planned(after, travel=travel)) == without_names(plan)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("requests", {"kg": 1.5}),
        ("requests", {"household": None}),
        ("tricycles", {"payload_kg": 123.0}),
        ("households", {"place": None}),
        ("places", {"name": "Another name"}),
        ("assignments", {"burden_yuan": 7.5}),
    ],
)
def test_a_plan_is_of_no_day_that_differs_otherwise(name: str, values: dict[str, Any]) -> None:
    day = corrected(random_day(9))
    plan = planned(day)
    with pytest.raises(InputError) as refused:
        check_plan(changed(day, **{name: values}), plan)
    assert [problem.code for problem in refused.value.problems] == [ErrorCode.PLAN_OF_ANOTHER_DAY]


def test_what_a_purge_empties_is_no_part_of_it_either() -> None:
    day = corrected(random_day(9))
    emptied = read_day(json.dumps(without_persons(json.loads(dump(day)))).encode())
    assert emptied != day
    assert day_sha256(emptied) == day_sha256(day)

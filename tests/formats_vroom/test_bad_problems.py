"""One table of bad problems: each is refused with a code that says where, never with a traceback."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from fleet.formats.vroom import new_problem, read_document
from fleet.model import InputError
from maps.roads.errors import MapsError
from tests.formats_vroom.problems import Json

GOOD: Json = {
    "vehicles": [
        {
            "id": 1,
            "start_index": 0,
            "end_index": 0,
            "capacity": [4, 4],
            "breaks": [{"id": 1, "time_windows": [[0, 100]]}],
        }
    ],
    "jobs": [{"id": 1, "location_index": 1, "delivery": [1, 1]}, {"id": 2, "location_index": 2}],
    "shipments": [
        {
            "amount": [1, 0],
            "pickup": {"id": 1, "location_index": 1},
            "delivery": {"id": 1, "location_index": 2},
        }
    ],
    "matrices": {"car": {"durations": [[0, 1, 2], [1, 0, 3], [2, 3, 0]]}},
}
Change = Callable[[Json], Any]


def put(path: str, value: Any) -> Change:
    """Set ``vehicles.0.id`` to a value; a value that is ``...`` takes the key away."""

    def change(document: Json) -> None:
        *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
        target: Any = document
        for part in parents:
            target = target[part]
        if value is ...:
            del target[last]
        else:
            target[last] = value

    return change


def twice(key: str) -> Change:
    return lambda document: document[key].append(copy.deepcopy(document[key][0]))


BAD: list[tuple[str, Change, str, str]] = [
    ("no vehicles", put("vehicles", []), "LIST_EMPTY", "vehicles"),
    ("vehicles missing", put("vehicles", ...), "MISSING_KEY", "vehicles"),
    ("vehicles as object", put("vehicles", {}), "WRONG_TYPE", "vehicles"),
    ("nothing to do", lambda d: d.update(jobs=[], shipments=[]), "LIST_EMPTY", "jobs"),
    ("too many vehicles", lambda d: d.update(vehicles=d["vehicles"] * 501), "LIMIT_EXCEEDED", "vehicles"),
    ("too many jobs", lambda d: d.update(jobs=d["jobs"] * 2_501), "LIMIT_EXCEEDED", "jobs"),
    ("id missing", put("jobs.0.id", ...), "MISSING_KEY", "jobs[0].id"),
    ("id negative", put("jobs.0.id", -1), "VALUE_TOO_SMALL", "jobs[0].id"),
    ("id a string", put("jobs.0.id", "1"), "WRONG_TYPE", "jobs[0].id"),
    ("id a fraction", put("jobs.0.id", 1.5), "WRONG_TYPE", "jobs[0].id"),
    ("id beyond 64 bits", put("jobs.0.id", 2**64), "VALUE_TOO_LARGE", "jobs[0].id"),
    ("job id twice", twice("jobs"), "DUPLICATE_ID", "jobs[2].id"),
    ("pickup id twice", twice("shipments"), "DUPLICATE_ID", "shipments[1].pickup.id"),
    (
        "break id twice",
        lambda d: d["vehicles"][0]["breaks"].append({"id": 1}),
        "DUPLICATE_ID",
        "breaks[1].id",
    ),
    ("no place", put("jobs.0.location_index", ...), "MISSING_KEY", "jobs[0].location_index"),
    (
        "neither start nor end",
        lambda d: [d["vehicles"][0].pop(k) for k in ("start_index", "end_index")],
        "MISSING_KEY",
        "vehicles[0].start",
    ),
    (
        "coordinates where indices are needed",
        lambda d: d["jobs"][0].update(location=[1, 2]) or d["jobs"][0].pop("location_index"),
        "MISSING_KEY",
        "jobs[0].location_index",
    ),
    ("an index without matrices", put("matrices", ...), "INDEX_WITHOUT_MATRIX", "vehicles[0].start_index"),
    ("index out of range", put("jobs.0.location_index", 3), "INDEX_OUT_OF_RANGE", "jobs[0].location_index"),
    (
        "index beyond 16 bits",
        put("jobs.0.location_index", 70_000),
        "VALUE_TOO_LARGE",
        "jobs[0].location_index",
    ),
    ("one coordinate", put("jobs.0.location", [86.1]), "MISSING_KEY", "jobs[0].location"),
    ("coordinates as text", put("jobs.0.location", ["a", "b"]), "WRONG_TYPE", "jobs[0].location[0]"),
    ("negative service", put("jobs.0.service", -5), "VALUE_TOO_SMALL", "jobs[0].service"),
    ("service as text", put("jobs.0.service", "5"), "WRONG_TYPE", "jobs[0].service"),
    ("service as fraction", put("jobs.0.service", 5.5), "WRONG_TYPE", "jobs[0].service"),
    ("service true", put("jobs.0.service", True), "WRONG_TYPE", "jobs[0].service"),
    ("service huge", put("jobs.0.service", 2**32), "VALUE_TOO_LARGE", "jobs[0].service"),
    ("service of an empty type", put("jobs.0.service_per_type", {"": 3}), "TEXT_EMPTY", "service_per_type"),
    ("setup per type negative", put("jobs.0.setup_per_type", {"a": -3}), "VALUE_TOO_SMALL", "setup_per_type"),
    ("priority over 100", put("jobs.0.priority", 101), "VALUE_TOO_LARGE", "jobs[0].priority"),
    ("skills no list", put("jobs.0.skills", 3), "WRONG_TYPE", "jobs[0].skills"),
    ("amount too short", put("jobs.0.delivery", [1]), "AMOUNT_LENGTH", "jobs[0].delivery"),
    ("amount too long", put("shipments.0.amount", [1, 2, 3]), "AMOUNT_LENGTH", "shipments[0].amount"),
    ("amount negative", put("jobs.0.delivery", [1, -1]), "VALUE_TOO_SMALL", "jobs[0].delivery[1]"),
    ("capacity missing", put("vehicles.0.capacity", ...), "AMOUNT_LENGTH", "jobs[0].delivery"),
    ("max_load too short", put("vehicles.0.breaks.0.max_load", [1]), "AMOUNT_LENGTH", "breaks[0].max_load"),
    ("window reversed", put("jobs.0.time_windows", [[9, 3]]), "WINDOW_REVERSED", "jobs[0].time_windows[0]"),
    ("window of one number", put("jobs.0.time_windows", [[9]]), "MISSING_KEY", "jobs[0].time_windows[0]"),
    ("window negative", put("jobs.0.time_windows", [[-9, 3]]), "VALUE_TOO_SMALL", "jobs[0].time_windows[0]"),
    (
        "windows overlap",
        put("jobs.0.time_windows", [[0, 9], [9, 12]]),
        "WINDOWS_OVERLAP",
        "jobs[0].time_windows",
    ),
    ("no windows", put("jobs.0.time_windows", []), "LIST_EMPTY", "jobs[0].time_windows"),
    (
        "working hours reversed",
        put("vehicles.0.time_window", [9, 3]),
        "WINDOW_REVERSED",
        "vehicles[0].time_window",
    ),
    ("speed factor 0", put("vehicles.0.speed_factor", 0), "VALUE_TOO_SMALL", "vehicles[0].speed_factor"),
    ("speed factor 6", put("vehicles.0.speed_factor", 6), "VALUE_TOO_LARGE", "vehicles[0].speed_factor"),
    ("cost negative", put("vehicles.0.costs", {"fixed": -1}), "VALUE_TOO_SMALL", "vehicles[0].costs.fixed"),
    ("costs no object", put("vehicles.0.costs", 3), "WRONG_TYPE", "vehicles[0].costs"),
    ("max_tasks text", put("vehicles.0.max_tasks", "3"), "WRONG_TYPE", "vehicles[0].max_tasks"),
    ("profile without matrix", put("vehicles.0.profile", "mule"), "PROFILE_UNKNOWN", "vehicles.profile"),
    (
        "known profile without matrix or coordinates",
        put("vehicles.0.profile", "bike"),
        "MISSING_KEY",
        "location of location_index 0",
    ),
    (
        "matrix not square",
        put("matrices.car.durations.1", [1, 0]),
        "MATRIX_NOT_SQUARE",
        "matrices.car.durations[1]",
    ),
    ("matrix with text", put("matrices.car.durations.1.0", "x"), "WRONG_TYPE", "durations[1][0]"),
    ("matrix with negative", put("matrices.car.durations.1.0", -1), "VALUE_TOO_SMALL", "durations[1][0]"),
    ("matrix with null", put("matrices.car.durations.1.0", None), "WRONG_TYPE", "durations[1][0]"),
    ("matrix empty", put("matrices.car.durations", []), "LIST_EMPTY", "matrices.car.durations"),
    (
        "distances without durations",
        put("matrices.car", {"distances": [[0] * 3] * 3}),
        "MISSING_KEY",
        "matrices.car.durations",
    ),
    (
        "distances for one profile only",
        lambda d: d["matrices"].update(bike={"durations": [[0] * 3] * 3, "distances": [[0] * 3] * 3}),
        "MISSING_KEY",
        "matrices.car.distances",
    ),
    (
        "costs matrix and per_hour",
        lambda d: (
            d["matrices"]["car"].update(costs=[[0] * 3] * 3) or d["vehicles"][0].update(costs={"per_hour": 5})
        ),
        "COSTS_CONTRADICT",
        "vehicles[0].costs.per_hour",
    ),
    (
        "step of unknown type",
        put("vehicles.0.steps", [{"type": "nap"}]),
        "VALUE_NOT_ALLOWED",
        "steps[0].type",
    ),
    ("step without id", put("vehicles.0.steps", [{"type": "job"}]), "MISSING_KEY", "steps[0].id"),
    ("step of unknown job", put("vehicles.0.steps", [{"type": "job", "id": 7}]), "UNKNOWN_ID", "steps[0].id"),
    (
        "step of unknown break",
        put("vehicles.0.steps", [{"type": "break", "id": 7}]),
        "UNKNOWN_ID",
        "steps[0].id",
    ),
    (
        "job in two steps",
        put("vehicles.0.steps", [{"type": "job", "id": 1}] * 2),
        "DUPLICATE_ID",
        "steps[1].id",
    ),
    (
        "end before the end",
        put("vehicles.0.steps", [{"type": "end"}, {"type": "job", "id": 1}]),
        "STEPS_MISPLACED",
        "vehicles[0].steps",
    ),
    (
        "start after the start",
        put("vehicles.0.steps", [{"type": "job", "id": 1}, {"type": "start"}]),
        "STEPS_MISPLACED",
        "vehicles[0].steps",
    ),
    (
        "service_at text",
        put("vehicles.0.steps", [{"type": "job", "id": 1, "service_at": "9"}]),
        "WRONG_TYPE",
        "service_at",
    ),
]


@pytest.mark.parametrize(("change", "code", "where"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_bad_problem_is_refused_with_its_place(change: Change, code: str, where: str) -> None:
    document = copy.deepcopy(GOOD)
    change(document)
    with pytest.raises(InputError) as refused:
        new_problem(read_document(json.dumps(document).encode()))
    first = refused.value.problems[0]
    assert first.code == code, first
    assert where in first.where


def test_the_table_begins_with_a_good_problem() -> None:
    assert len(new_problem(read_document(json.dumps(GOOD).encode())).tasks) == 4


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe{}", b'{"vehicles": NaN}', b"[" * 100_000, b"{}"],
    ids=lambda data: repr(data[:12]),
)
def test_what_is_no_json_object_is_refused(data: bytes) -> None:
    with pytest.raises(InputError):
        read_document(data)


def test_more_than_the_largest_file_is_refused() -> None:
    with pytest.raises(InputError, match="LIMIT_EXCEEDED"):
        read_document(b" " * 20_000_001)


def test_coordinates_off_the_earth_are_named() -> None:
    document = {
        "vehicles": [{"id": 1, "start": [86, 41]}],
        "jobs": [{"id": 1, "location": [86.0, 141.0]}],
    }
    with pytest.raises(MapsError, match=r"\[86.0, 141.0\]"):
        new_problem(read_document(json.dumps(document).encode()))


def test_numbers_that_do_not_fit_into_integers_are_refused() -> None:
    from fleet.formats.vroom.instance import instance_of

    document = copy.deepcopy(GOOD)
    document["vehicles"][0]["costs"] = {"per_hour": 2**32 - 1, "fixed": 7, "per_km": 0}
    document["matrices"]["car"]["durations"] = [[2**31] * 3] * 3
    with pytest.raises(InputError, match="VALUE_TOO_LARGE"):
        instance_of(new_problem(read_document(json.dumps(document).encode())))
    document["vehicles"][0]["speed_factor"] = 0.01
    with pytest.raises(InputError, match="VALUE_TOO_LARGE"):
        new_problem(read_document(json.dumps(document).encode()))


@pytest.mark.parametrize(
    ("steps", "vehicle", "detail"),
    [
        ([1, 2], {"max_tasks": 1}, "max_tasks"),
        ([1, 2], {"time_window": [0, 3]}, "time_window"),
        ([2], {"max_travel_time": 3}, "max_travel_time"),
        ([1], {"capacity": [0, 4]}, "capacity"),
    ],
)
def test_steps_to_begin_from_have_to_keep_every_rule(
    steps: list[int], vehicle: Json, detail: str, solve: Callable[..., Json]
) -> None:
    document = copy.deepcopy(GOOD)
    document["vehicles"][0] |= vehicle | {"breaks": []}
    document["vehicles"][0]["steps"] = [{"type": "job", "id": number} for number in steps]
    with pytest.raises(InputError, match="ROUTE_INFEASIBLE") as refused:
        solve(document)
    assert refused.value.problems[0].params["detail"] == detail


def test_half_a_shipment_is_nothing_to_begin_from(solve: Callable[..., Json]) -> None:
    document = copy.deepcopy(GOOD)
    document["vehicles"][0]["steps"] = [{"type": "pickup", "id": 1}]
    with pytest.raises(InputError, match="ROUTE_INFEASIBLE"):
        solve(document)

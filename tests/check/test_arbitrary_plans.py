"""Whatever a plan says, the checker answers with violations: it never fails."""

import copy
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.check import check_plan, warnings_of_frozen_stops
from fleet.model import Day, InputError, Plan, dump, read_plan
from maps.travel import TravelMatrices
from tests.depth import count

Planned = tuple[Day, Plan, TravelMatrices]

KEYS = ["r1", "r2", "r3", "t1", "t2", "centre", "v1", "c1", "charger", "start/t1", "nowhere", "p0", "h1", ""]
INSTANTS = [
    "1970-01-01T00:00:00Z",
    "2026-06-12T06:00:00+08:00",
    "2026-06-12T09:30:00+08:00",
    "2026-06-12T23:59:59Z",
    "2999-12-31T23:59:59-12:00",
]
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([*KEYS, *INSTANTS, "pickup", "dropoff", "break", "recharge", "roads", "great-circle"]),
    st.integers(-5, 5),
    st.integers(0, 10**20),
    st.floats(0, 1),
    st.floats(0, allow_nan=False, allow_infinity=False),
    st.just([]),
)


def like(value: Any) -> st.SearchStrategy[Any]:
    """Return other values of the same kind, most of which a plan may have."""
    if isinstance(value, bool) or value is None or isinstance(value, (list, dict)):
        return VALUES
    if isinstance(value, str):
        return st.sampled_from(INSTANTS if value[:3] == "202" else [*KEYS, "break", "recharge", "dropoff"])
    if isinstance(value, int):
        return st.one_of(st.integers(0, 3), st.integers(0, 604_800), st.integers(-5, 10**20))
    return st.one_of(st.floats(0, 1), st.floats(0, 1e5), st.floats(0, 1e12))


def spots(document: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of everything in a document."""
    found = [path] if path else []
    if isinstance(document, dict):
        for key, value in document.items():
            found += spots(value, (*path, key))
    elif isinstance(document, list):
        for index, value in enumerate(document):
            found += spots(value, (*path, index))
    return found


def edit(document: dict[str, Any], data: st.DataObject) -> None:
    """Change, drop, repeat or move one thing somewhere in a plan."""
    route_paths = [p for p in spots(document) if p[0] in ("routes", "unserved", "figures", "places")]
    *parents, last = data.draw(st.sampled_from(route_paths or spots(document)))
    parent: Any = document
    for key in parents:
        parent = parent[key]
    deed = data.draw(st.sampled_from(["set", "set", "set", "drop", "repeat", "move"]))
    if deed == "set" or not isinstance(parent, list):
        parent[last] = data.draw(st.one_of(like(parent[last]), like(parent[last]), VALUES))
    elif deed == "drop":
        del parent[last]
    elif deed == "repeat":
        parent.insert(data.draw(st.integers(0, len(parent))), copy.deepcopy(parent[last]))
    else:
        parent.insert(data.draw(st.integers(0, len(parent) - 1)), parent.pop(last))


@settings(max_examples=count(short=300, long=20_000))
@given(data=st.data())
def test_the_checker_answers_to_every_plan_that_can_be_read(
    planned_day: Planned, data: st.DataObject
) -> None:
    day, plan, travel = planned_day
    document = json.loads(dump(plan))
    for _ in range(data.draw(st.integers(1, 4))):
        edit(document, data)
    try:
        changed = read_plan(json.dumps(document).encode())
        for given_travel in (travel, None):
            check_plan(day, changed, travel=given_travel)
        warnings_of_frozen_stops(day, changed)
    except InputError:
        return


def test_an_empty_plan_leaves_every_request_out(planned_day: Planned) -> None:
    day, plan, travel = planned_day
    empty = plan.model_copy(update={"routes": (), "unserved": (), "places": ()})
    rules = {violation.rule for violation in check_plan(day, empty, travel=travel)}
    assert {"SERVED_ONCE", "FIGURES", "STRUCTURE"} <= rules

"""A day that makes no sense is refused at construction: the field, the value and the limit are named."""

from typing import Any

import pytest

from fleet.model import ErrorCode as Code
from tests.model.small import AT_NOON, AT_SEVEN, AT_SIX, DAY, accepted, refused

BEFORE = "2026-06-12T05:00:00+08:00"
FROZEN = DAY["locks"]["routes"][0]["frozen"][0]

# What is changed, to what, the code, where it is said to stand, the limit if there is one, and why.
ROWS: list[tuple[str, Any, Code, str, Any, str]] = [
    ("tricycles/0/payload_kg", -5, Code.VALUE_TOO_SMALL, "tricycles[0].payload_kg", 0.001, "no load"),
    ("tricycles/0/payload_kg", 1e9, Code.VALUE_TOO_LARGE, "tricycles[0].payload_kg", 100_000, "a ship"),
    ("tricycles/0/speed_kmh", 0, Code.VALUE_TOO_SMALL, "tricycles[0].speed_kmh", 1, "stands still"),
    ("tricycles/0/number", 0, Code.VALUE_TOO_SMALL, "tricycles[0].number", 1, "numbers count from 1"),
    ("tricycles/0/crates", 1.5, Code.WRONG_TYPE, "tricycles[0].crates", None, "half a crate"),
    ("tricycles/0/available", "yes", Code.WRONG_TYPE, "tricycles[0].available", None, "no truth value"),
    ("tricycles/0/battery/health", 1.2, Code.VALUE_TOO_LARGE, "tricycles[0].battery.health", 1, "over new"),
    (
        "tricycles/0/battery/capacity_kwh",
        1e-300,
        Code.VALUE_TOO_SMALL,
        "tricycles[0].battery.capacity_kwh",
        0.01,
        "a charge would be divided by nothing",
    ),
    (
        "tricycles/0/battery/reserve",
        1.0001,
        Code.VALUE_TOO_LARGE,
        "tricycles[0].battery.reserve",
        1,
        "a fraction",
    ),
    ("tricycles/0/battery/charge", 0.1, Code.RESERVE_ABOVE_CHARGE, "tricycles[0].battery", None, "stranded"),
    ("tricycles/0/shift/end", BEFORE, Code.WINDOW_REVERSED, "tricycles[0].shift", None, "ends first"),
    ("tricycles/0/shift/end", "12:00", Code.TIME_UNREADABLE, "tricycles[0].shift.end", None, "no date"),
    (
        "tricycles/0/shift/end",
        "2026-06-12T12:00:00",
        Code.TIME_WITHOUT_OFFSET,
        "tricycles[0].shift.end",
        None,
        "Xinjiang lives by two clocks",
    ),
    (
        "tricycles/0/shift/end",
        "2026-06-12T12:00:00.5+08:00",
        Code.TIME_NOT_WHOLE_SECONDS,
        "tricycles[0].shift.end",
        None,
        "whole seconds",
    ),
    (
        "tricycles/0/shift/end",
        "2027-06-12T12:00:00+08:00",
        Code.TIME_FAR_FROM_DATE,
        "tricycles[0].shift.end",
        None,
        "the wrong year",
    ),
    ("tricycles/0/shift/end", 1_781_000_000, Code.TIME_UNREADABLE, "tricycles[0].shift.end", None, "a count"),
    ("tricycles/0/wheels", 3, Code.UNKNOWN_KEY, "tricycles[0].wheels", None, "unknown keys are refused"),
    ("tricycles/1/id", "t", Code.DUPLICATE_ID, "tricycles[1].id", None, "two of one id"),
    ("tricycles/1/number", 1, Code.DUPLICATE_ID, "tricycles[1].number", None, "two of one number"),
    ("tricycles/0/start_place", "x", Code.UNKNOWN_ID, "tricycles[0].start_place", None, "no such place"),
    ("date", "9999-12-31", Code.VALUE_TOO_LARGE, "date", "2999-12-31", "calendars end there"),
    ("date", "0001-01-01", Code.VALUE_TOO_SMALL, "date", "1970-01-01", "and begin there"),
    ("date", "yesterday", Code.DATE_UNREADABLE, "date", None, "no date"),
    ("zone", "Asia/Atlantis", Code.ZONE_UNKNOWN, "zone", None, "no such clock"),
    ("places", [], Code.LIST_EMPTY, "places", 1, "nowhere to go"),
    ("requests", [], Code.LIST_EMPTY, "requests", 1, "nothing to plan"),
    ("tricycles", [], Code.LIST_EMPTY, "tricycles", 1, "nobody to drive"),
    ("places/0/id", "a/b", Code.ID_MALFORMED, "places[0].id", None, "a slash is for start positions"),
    ("places/0/id", "", Code.TEXT_EMPTY, "places[0].id", 1, "an empty id"),
    ("places/0/name", "x" * 201, Code.TEXT_TOO_LONG, "places[0].name", 200, "a label"),
    ("places/0/name", "a\x00b", Code.TEXT_WITH_NUL, "places[0].name", None, "no database searches it"),
    ("places/0/kind", "castle", Code.VALUE_NOT_ALLOWED, "places[0].kind", None, "not one of the kinds"),
    ("places/0/latitude", 91, Code.VALUE_TOO_LARGE, "places[0].latitude", 90, "beyond the pole"),
    ("places/0/latitude", 86.1, Code.COORDINATES_SWAPPED, "places[0].latitude", None, "no road there"),
    ("places/0/bays", 0, Code.VALUE_TOO_SMALL, "places[0].bays", 1, "nobody may come"),
    ("places/0/setup_s", -1, Code.VALUE_TOO_SMALL, "places[0].setup_s", 0, "before it begins"),
    ("places/0/max_kg_of_product", {"x": 1.0}, Code.UNKNOWN_ID, "places[0].max_kg_of_product", None, "what?"),
    (
        "places/1/opening",
        [{"start": AT_SIX, "end": AT_NOON}, {"start": AT_SEVEN, "end": AT_NOON}],
        Code.WINDOWS_OVERLAP,
        "places[1].opening",
        None,
        "open twice",
    ),
    ("requests/0/kg", 0, Code.VALUE_TOO_SMALL, "requests[0].kg", 0.001, "nothing to carry"),
    ("requests/0/kg", "20", Code.WRONG_TYPE, "requests[0].kg", None, "a text"),
    ("requests/0/kg", float("nan"), Code.NOT_A_NUMBER, "requests[0].kg", None, "not a number"),
    ("requests/0/priority", 11, Code.VALUE_TOO_LARGE, "requests[0].priority", 10, "0 to 10"),
    ("requests/0/dropoffs", [], Code.LIST_EMPTY, "requests[0].dropoffs", 1, "nowhere to bring it"),
    ("requests/0/pickup", ..., Code.MISSING_KEY, "requests[0].pickup", None, "nowhere to load it"),
    ("requests/0/product", "x", Code.UNKNOWN_ID, "requests[0].product", None, "no such product"),
    ("requests/0/dropoffs/0/stall", 3, Code.STALL_UNKNOWN, "requests[0].dropoffs[0].stall", 2, "two stalls"),
    ("requests/1/dropoffs/0/stall", 1, Code.STALL_TAKEN, "requests[1].dropoffs[0].stall", None, "taken"),
    (
        "rules/climate",
        {"consumption": {"points": [{"temperature_c": 1, "factor": 1}, {"temperature_c": 0, "factor": 1}]}},
        Code.CURVE_NOT_RISING,
        "rules.climate.consumption",
        None,
        "temperatures rise",
    ),
    (
        "locks/requests/0/not_tricycles",
        ["t"],
        Code.LOCKS_CONTRADICT,
        "locks.requests[0].only_tricycle",
        None,
        "only it, and not it",
    ),
    (
        "locks/routes/0/sequence/1",
        {"request": "s", "kind": "pickup"},
        Code.LOCKS_CONTRADICT,
        "locks.routes[0].sequence",
        None,
        "one stop twice",
    ),
    (
        "locks/routes/1",
        {"tricycle": "u", "sequence": [{"request": "s", "kind": "pickup"}]},
        Code.LOCKS_CONTRADICT,
        "locks.routes[1].sequence",
        None,
        "one request on two tricycles",
    ),
    (
        "locks/routes/0/frozen/0/place",
        "v",
        Code.LOCKS_CONTRADICT,
        "locks.routes[0].frozen[0]",
        None,
        "it is not dropped off there",
    ),
    (
        "locks/routes/0/frozen/0/request",
        "s",
        Code.LOCKS_CONTRADICT,
        "locks.routes[0].frozen[0]",
        None,
        "it was never loaded",
    ),
    (
        "locks/routes/0/frozen/0",
        FROZEN | {"kind": "pickup", "place": "v"},
        Code.LOCKS_CONTRADICT,
        "locks.routes[0].frozen[0]",
        None,
        "it is on board already",
    ),
    (
        "start_state/tricycles/0/on_board/0/picked_up_at",
        AT_SEVEN,
        Code.INVALID_VALUE,
        "start_state.tricycles[0].on_board[0].picked_up_at",
        None,
        "loaded before the tricycle is free",
    ),
    (
        "start_state/tricycles/0/visit",
        {"place": "c"},
        Code.INVALID_VALUE,
        "start_state.tricycles[0].visit.place",
        None,
        "its visit goes on elsewhere",
    ),
    (
        "start_state/delivered/1",
        {"place": "c", "product": "p", "kg": 1.0},
        Code.DUPLICATE_ID,
        "start_state.delivered[1]",
        None,
        "one figure a place and product",
    ),
    ("closed_roads/0/way_ids", [], Code.CLOSED_ROAD_EMPTY, "closed_roads[0]", None, "closes nothing"),
]


@pytest.mark.parametrize(
    ("path", "value", "code", "where", "limit"),
    [pytest.param(*row[:5], id=f"{row[0]}: {row[5]}") for row in ROWS],
)
def test_nonsense_is_refused(path: str, value: Any, code: Code, where: str, limit: Any) -> None:
    problem = refused(path, value)
    assert (problem.code, problem.where) == (code, where)
    if limit is not None:
        assert problem.params["limit"] == limit
    if isinstance(value, (int, float, str)) and code not in (Code.CLOSED_ROAD_EMPTY, Code.UNKNOWN_KEY):
        shown = problem.value
        assert shown == "" or str(value)[:20] in shown or shown in str(value) or problem.params


def test_the_small_day_itself_is_accepted() -> None:
    assert len(accepted("title", "a title").requests) == 2


def test_every_problem_is_named_not_only_the_first() -> None:
    import json

    from fleet.model import InputError, read_day

    document = json.loads(json.dumps(DAY))
    document["tricycles"][0]["payload_kg"] = -5
    document["requests"][1]["kg"] = "heavy"
    with pytest.raises(InputError) as error:
        read_day(json.dumps(document).encode())
    assert [problem.where for problem in error.value.problems] == [
        "tricycles[0].payload_kg",
        "requests[1].kg",
    ]

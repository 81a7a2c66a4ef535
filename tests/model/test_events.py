"""Events: read from a file, and refused by code and place where they make no sense."""

import copy
import json
from typing import Any

import pytest

from fleet.model import ErrorCode, InputError, dump, read_events
from fleet.model.events import Breakdown, Done, Remark, Undone

EVENT = {"id": "1", "tricycle": "t", "occurred_at": "2026-06-12T08:00:00+08:00"}
STOP = {"request": "r", "kind": "pickup"}
EVENTS: dict[str, Any] = {
    "format": "fleet-events/1",
    "date": "2026-06-12",
    "events": [
        EVENT | {"kind": "done", "stop": STOP, "kg": 18.5, "crates": 2.0},
        EVENT | {"kind": "undone", "replaces": {"id": "1"}},
        EVENT | {"kind": "breakdown", "part": "battery", "charge": 0.1},
        EVENT | {"kind": "remark", "note": "桥封了"},
    ],
}


def test_events_are_read_and_written_as_they_are() -> None:
    events = read_events(json.dumps(EVENTS).encode())
    assert [type(event) for event in events.events] == [Done, Undone, Breakdown, Remark]
    assert read_events(dump(events)) == events


@pytest.mark.parametrize(
    ("number", "change", "code", "where"),
    [
        (0, {"kind": "flown"}, ErrorCode.VALUE_NOT_ALLOWED, "events[0]"),
        (0, {"kind": ["done"]}, ErrorCode.VALUE_NOT_ALLOWED, "events[0]"),
        (0, {"kind": "left"}, ErrorCode.UNKNOWN_KEY, "events[0].stop"),
        (0, {"stop": STOP | {"kind": "visit"}}, ErrorCode.VALUE_NOT_ALLOWED, "events[0].stop.kind"),
        (0, {"kg": -1}, ErrorCode.VALUE_TOO_SMALL, "events[0].kg"),
        (0, {"id": "a/b"}, ErrorCode.ID_MALFORMED, "events[0].id"),
        (0, {"occurred_at": "2026-06-12T08:00:00"}, ErrorCode.TIME_WITHOUT_OFFSET, "events[0].occurred_at"),
        (1, {"replaces": None}, ErrorCode.WRONG_TYPE, "events[1].replaces"),
        (2, {"part": "horse"}, ErrorCode.VALUE_NOT_ALLOWED, "events[2].part"),
        (2, {"charge": 1.1}, ErrorCode.VALUE_TOO_LARGE, "events[2].charge"),
        (3, {"note": ""}, ErrorCode.TEXT_EMPTY, "events[3].note"),
    ],
)
def test_what_makes_no_sense_is_refused_by_code_and_place(
    number: int, change: dict[str, Any], code: str, where: str
) -> None:
    document = copy.deepcopy(EVENTS)
    document["events"][number] |= change
    with pytest.raises(InputError) as refused:
        read_events(json.dumps(document).encode())
    assert (code, where) in {(problem.code, problem.where) for problem in refused.value.problems}

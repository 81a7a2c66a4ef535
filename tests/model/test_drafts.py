"""A day that is being gathered, and the same times of the clock on another date."""

import datetime
import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from fleet.model import Day, DayDraft
from fleet.model.base import Window
from fleet.model.moving import first_date, moved_place, moved_request, moved_tricycle, moved_window
from tests.model.small import AT_SIX, DAY, accepted

CHINA = ZoneInfo("Asia/Shanghai")
LACKING = ("places", "households", "products", "tricycles", "requests")
BARE = {name: value for name, value in DAY.items() if name in ("format", "date", "rules")}


def draft(**changes: Any) -> DayDraft:
    return DayDraft.model_validate_json(json.dumps(BARE | changes))


def window(start: str, end: str) -> Window:
    return Window.model_validate_json(json.dumps({"start": start, "end": end}))


def test_a_draft_may_lack_all_that_a_day_needs():
    assert all(getattr(draft(), name) == () for name in LACKING)
    for name in ("places", "tricycles", "requests"):
        document = {**DAY, "locks": {}, "start_state": {}, "assignments": [], name: []}
        with pytest.raises(ValueError, match="at least 1 item"):
            Day.model_validate_json(json.dumps(document))


def test_a_whole_draft_is_the_day_word_for_word():
    day = accepted("title", "whole")
    same = DayDraft.model_validate_json(day.model_dump_json())
    assert same.model_dump_json() == day.model_dump_json()
    assert list(Day.model_fields) == list(DayDraft.model_fields)


def test_a_draft_names_nothing_that_it_does_not_have():
    with pytest.raises(ValueError, match="UNKNOWN_ID"):
        draft(households=[{"id": "h", "name": "h", "place": "v"}])


@pytest.mark.parametrize(
    ("zone", "days", "start", "expected"),
    [
        ("Asia/Shanghai", 1, AT_SIX, "2026-06-13T06:00:00+08:00"),
        ("Asia/Shanghai", -12, AT_SIX, "2026-05-31T06:00:00+08:00"),
        # Written in another clock, it stays so.
        ("Asia/Shanghai", 1, "2026-06-11T22:00:00Z", "2026-06-12T22:00:00Z"),
        ("Asia/Urumqi", 1, "2026-06-12T00:30:00+08:00", "2026-06-13T00:30:00+08:00"),
        # Six in the morning is six in the morning after clocks were set forward, too.
        ("Europe/Vienna", 1, "2026-03-28T06:00:00+01:00", "2026-03-29T05:00:00+01:00"),
    ],
)
def test_a_window_moves_by_the_clock(zone: str, days: int, start: str, expected: str):
    moved = moved_window(window(start, start), days=days, zone=ZoneInfo(zone))
    assert json.loads(moved.model_dump_json())["start"] == expected


def test_all_windows_of_a_record_move_together_and_back():
    day = accepted("title", "moved")
    place, tricycle, request = day.places[1], day.tricycles[0], day.requests[0]
    for move, record in ((moved_place, place), (moved_tricycle, tricycle), (moved_request, request)):
        there = move(record, days=30, zone=CHINA)  # type: ignore[operator]
        text = record.model_dump_json()
        assert there.model_dump_json() == text.replace("2026-06-12", "2026-07-12") != text
        assert move(there, days=-30, zone=CHINA) == record  # type: ignore[operator]


def test_the_date_of_a_record_is_that_of_its_first_window():
    day = accepted("title", "dated")
    assert first_date(day.places[0], zone=CHINA) is None
    assert first_date(day.places[1], zone=CHINA) == datetime.date(2026, 6, 12)
    assert first_date(day.tricycles[0], zone=ZoneInfo("Pacific/Honolulu")) == datetime.date(2026, 6, 11)

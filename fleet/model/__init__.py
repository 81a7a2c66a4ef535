"""The words of the domain as validated records: what a day is and what a plan is. Imports nothing of ours."""

from fleet.model.codes import ChangeKind, ErrorCode, ReasonCode, Rule, WarningCode
from fleet.model.day import ClosedRoad, Day, DayDraft, Location, Provenance
from fleet.model.documents import (
    InputError,
    Problem,
    bad_input,
    day_sha256,
    dump,
    read_day,
    read_events,
    read_plan,
    schema,
)
from fleet.model.events import Events
from fleet.model.plan import Plan
from fleet.model.travel import Travel

__all__ = [
    "ChangeKind",
    "ClosedRoad",
    "Day",
    "DayDraft",
    "ErrorCode",
    "Events",
    "InputError",
    "Location",
    "Plan",
    "Problem",
    "Provenance",
    "ReasonCode",
    "Rule",
    "Travel",
    "WarningCode",
    "bad_input",
    "day_sha256",
    "dump",
    "read_day",
    "read_events",
    "read_plan",
    "schema",
]

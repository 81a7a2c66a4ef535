"""Explaining is bounded where a plan leaves out very many requests, and says what was not looked for."""

import pytest

from fleet.model import ReasonCode
from fleet.planning import explain_request, reasons, travel_for
from tests.planned import planned
from tests.random_days import random_day

FEATURES = frozenset({"windows", "penalties", "crates"})


def test_beyond_the_bound_no_reason_is_made_up_and_one_request_alone_is_examined(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    day = random_day(3, requests=45, tricycles=1, features=FEATURES)
    travel = travel_for(day)
    monkeypatch.setattr(reasons, "MOST_TRIALS", 2)
    monkeypatch.setattr(reasons, "MOST_CHECKED_REQUESTS", len(day.requests))
    plan = planned(day, travel=travel)
    assert len(plan.unserved) > 2, "this day leaves out more than is examined"

    unexamined = [item for item in plan.unserved if item.reason == ReasonCode.NOT_EXAMINED]
    assert len(unexamined) == len(plan.unserved) - 2
    assert all(item.tricycles == () and not item.change_sought for item in unexamined)
    assert sum(item.change_sought for item in plan.unserved) == 1
    examined = [item for item in plan.unserved if item not in unexamined]
    assert min(item.penalty_yuan for item in examined) >= max(item.penalty_yuan for item in unexamined)

    alone = explain_request(day, plan, unexamined[0].request, travel=travel)
    assert alone is not None
    assert alone.reason != ReasonCode.NOT_EXAMINED
    assert alone.change_sought
    assert len(alone.tricycles) == 1

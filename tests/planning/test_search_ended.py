"""A search that is over before it has looked at all requests says so, and proposes no change."""

from fleet.model import ReasonCode
from fleet.planning import SolveSettings, plan_day, travel_for
from fleet.samples import make_day, sample_roads


def test_what_was_not_tried_has_room_and_needs_no_change() -> None:
    day = make_day("kuqa")
    travel = travel_for(day, roads=sample_roads("kuqa"))
    plan = plan_day(day, travel=travel, settings=SolveSettings(budget_s=0.001, seed=1))
    assert len(plan.unserved) == plan.figures.unserved_requests > 0
    for item in plan.unserved:
        assert item.reason == ReasonCode.SEARCH_ENDED
        assert item.change is None
        room = [reason for reason in item.tricycles if reason.rule == "HAS_ROOM"]
        assert room
        assert all(item.must or float(str(r.params["cost_yuan"])) < item.penalty_yuan for r in room)

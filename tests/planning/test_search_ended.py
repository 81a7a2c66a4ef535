"""A search that is over before it has looked at all requests says so, and proposes no change."""

from fleet.model import ReasonCode
from fleet.model.plan import SolverRun
from fleet.planning import travel_for
from fleet.planning.instance import build_problem
from fleet.planning.pipeline import plan_of
from fleet.samples import make_day, sample_roads
from fleet.solver.search import Solution


def test_what_was_not_tried_has_room_and_needs_no_change() -> None:
    day = make_day("kuqa")
    problem = build_problem(day, travel_for(day, roads=sample_roads("kuqa")))
    stopped_at_once = Solution([None] * len(day.tricycles), [])
    plan = plan_of(problem, stopped_at_once, SolverRun(versions={}, seed=1, used_s=0.0))
    assert len(plan.unserved) == plan.figures.unserved_requests > 0
    for item in plan.unserved:
        assert item.reason == ReasonCode.SEARCH_ENDED
        assert item.change is None
        room = [reason for reason in item.tricycles if reason.rule == "HAS_ROOM"]
        assert room
        assert all(item.must or float(str(r.params["cost_yuan"])) < item.penalty_yuan for r in room)

"""Changes by hand: moves on a plan make another one, and the one before is still there."""

from fleet.model import InputError, Plan
from fleet.model.base import Document
from fleet.model.moves import Moves
from fleet.model.plan import Params
from fleet.service.context import Context
from fleet.service.kept_plans import PlanSummary, documents, keep_plan, travel_needed
from fleet.service.roles import Caller, Permission


class PlanChange(Document):
    """What to do to a plan."""

    moves: Moves


class ChangedPlan(Document):
    """The plan that a change made."""

    summary: PlanSummary
    plan: Plan


def change_plan(ctx: Context, caller: Caller, *, plan_id: str, change: PlanChange) -> ChangedPlan:
    """Make another plan of a plan by moves: timed again, checked, kept.

    Raises
    ------
    InputError
        NOT_FOUND for the plan; CHANGE_BREAKS_RULES with every rule that is broken; UNKNOWN_ID and
        VALUE_TOO_LARGE for what a move names and there is not; SWAP_WITH_ITSELF; ROADS_MISSING.
    """
    from fleet.planning import PlanRejectedError
    from fleet.planning.broken import refusal
    from fleet.planning.moves import moved_plan

    caller.has_to(Permission.PLAN)
    day, plan = documents(ctx, plan_id=plan_id)
    travel = travel_needed(ctx, day, plan)
    try:
        changed = moved_plan(day, plan, change.moves, travel=travel)
    except PlanRejectedError as error:
        # Whatever the search believes, nothing that the checker refuses is kept.
        raise InputError(
            [
                refusal(day, violation.rule, violation.tricycle, _params(violation.request, violation.params))
                for violation in error.violations
            ]
        ) from error
    summary = keep_plan(ctx, caller, day=day, plan=changed, origin="moves", parent_id=plan_id)
    return ChangedPlan(summary=summary, plan=changed)


def _params(request: str | None, params: Params) -> Params:
    return params if request is None else params | {"request": request}

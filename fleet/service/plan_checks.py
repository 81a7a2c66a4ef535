"""What the checker says of a plan, and why it leaves a request out."""

from typing import Self

from pydantic import Field

from fleet.check import Violation, check_plan
from fleet.model import Day, ErrorCode, Plan, Problem, bad_input
from fleet.model.base import Document
from fleet.model.plan import Params, Unserved
from fleet.service.context import Context
from fleet.service.kept_plans import documents, travel_needed
from fleet.service.roles import Caller, Permission
from fleet.service.travel import travel_of_plan


class BrokenRule(Document):
    """A rule that a plan breaks; ``entry`` counts the entries of the tricycle's route from 0."""

    rule: str
    tricycle: str | None
    entry: int | None
    request: str | None
    params: Params

    @classmethod
    def of(cls, violation: Violation) -> Self:
        """Return what the checker found."""
        return cls(
            rule=violation.rule,
            tricycle=violation.tricycle,
            entry=violation.entry,
            request=violation.request,
            params=violation.params,
        )


class CheckResult(Document):
    """What the checker says of a plan and the day that it was made of."""

    valid: bool
    legs_verified: bool = Field(
        description="false where the service has not the plan's roads: its legs are believed"
    )
    violations: tuple[BrokenRule, ...]


class Explanation(Document):
    """Why a plan leaves a request out, or who serves it."""

    request: str
    served_by: str | None = Field(description="the tricycle")
    unserved: Unserved | None


def check_stored_plan(ctx: Context, caller: Caller, *, plan_id: str) -> CheckResult:
    """Check a plan against the day that it was made of, its legs against the roads where they are here.

    Raises
    ------
    InputError
        NOT_FOUND.
    """
    caller.has_to(Permission.PLAN)
    day, plan = documents(ctx, plan_id=plan_id)
    return checked(ctx, day, plan)


def explain_unserved(ctx: Context, caller: Caller, *, plan_id: str, request: str) -> Explanation:
    """Explain why a plan leaves a request out, and what would admit it.

    Raises
    ------
    InputError
        NOT_FOUND for the plan; UNKNOWN_ID for the request; ROADS_MISSING.
    """
    from fleet.planning import explain_request

    caller.has_to(Permission.PLAN)
    day, plan = documents(ctx, plan_id=plan_id)
    if request not in day.request_by_id:
        raise bad_input(ErrorCode.NOT_FOUND, where="request", value=request, kind="request")
    served = (
        route.tricycle
        for route in plan.routes
        for e in route.entries
        if (e.request, e.kind) == (request, "dropoff")
    )
    tricycle = next(served, None)
    if tricycle is not None:
        return Explanation(request=request, served_by=tricycle, unserved=None)
    unserved = explain_request(day, plan, request, travel=travel_needed(ctx, day, plan))
    return Explanation(request=request, served_by=None, unserved=unserved)


def checked(ctx: Context, day: Day, plan: Plan) -> CheckResult:
    """Check a plan, its legs against the roads where they are here.

    Raises
    ------
    InputError
        PLAN_OF_ANOTHER_DAY.
    """
    # Hashes first: travel takes longer, and is of no use to a plan of another day.
    violations = check_plan(day, plan)
    travel = travel_of_plan(ctx, day, plan)
    if travel is not None:
        violations = check_plan(day, plan, travel=travel)
    return CheckResult(
        valid=not violations,
        legs_verified=travel is not None,
        violations=tuple(BrokenRule.of(violation) for violation in violations),
    )


def as_problem(broken: BrokenRule) -> Problem:
    """Return a broken rule as what is wrong with a plan that somebody hands in."""
    about = "/".join(part for part in (broken.tricycle, broken.request) if part)
    params: dict[str, object] = {**broken.params, "rule": broken.rule}
    return Problem(code=ErrorCode.PLAN_BREAKS_RULES, where=about, value=broken.rule, params=params)

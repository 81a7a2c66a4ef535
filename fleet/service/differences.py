"""What differs between two plans: whose route, which request, by how much."""

from collections.abc import Iterator
from enum import StrEnum

from pydantic import Field

from fleet.model import Plan
from fleet.model.base import Document, Instant
from fleet.model.plan import Figures, Route
from fleet.service.context import Context
from fleet.service.kept_plans import documents
from fleet.service.roles import Caller, Permission


class Difference(StrEnum):
    """How a route differs from the one before."""

    NEW = "new"
    GONE = "gone"
    CHANGED = "changed"


class RouteDifference(Document):
    """A tricycle whose driver has to know that the route is another; ``driver`` is named as in the plan."""

    tricycle: str
    number: int
    driver: str
    difference: Difference


class Serving(Document):
    """Who serves a request when, and where to."""

    tricycle: str
    number: int
    pickup_start: Instant | None = Field(description="absent where it was on board at the start")
    dropoff_place: str
    dropoff_start: Instant


class RequestDifference(Document):
    """A request that is served otherwise: by another tricycle, elsewhere, at another time, or not at all."""

    request: str
    before: Serving | None
    after: Serving | None
    shift_s: int | None = Field(description="by how much later it is dropped off")


class Comparison(Document):
    """What differs between a plan and another one."""

    before_figures: Figures
    after_figures: Figures
    routes: tuple[RouteDifference, ...]
    requests: tuple[RequestDifference, ...]


def compare_plans(ctx: Context, caller: Caller, *, plan_id: str, other_id: str) -> Comparison:
    """Compare a plan (after) with another one (before).

    Raises
    ------
    InputError
        NOT_FOUND.
    """
    caller.has_to(Permission.PLAN)
    _, after = documents(ctx, plan_id=plan_id)
    _, before = documents(ctx, plan_id=other_id)
    return Comparison(
        before_figures=before.figures,
        after_figures=after.figures,
        routes=route_differences(before, after),
        requests=request_differences(before, after),
    )


def route_differences(before: Plan | None, after: Plan) -> tuple[RouteDifference, ...]:
    """Return whose route is another than before: other stops, another order, other times, another driver."""
    was = {route.tricycle: route for route in before.routes} if before is not None else {}
    found = [
        _difference(route, Difference.CHANGED if route.tricycle in was else Difference.NEW)
        for route in after.routes
        if route.tricycle not in was or _told(route) != _told(was[route.tricycle])
    ]
    still = {route.tricycle for route in after.routes}
    found += [_difference(route, Difference.GONE) for key, route in was.items() if key not in still]
    return tuple(sorted(found, key=lambda difference: difference.number))


def request_differences(before: Plan, after: Plan) -> tuple[RequestDifference, ...]:
    """Return the requests that are served otherwise than before, in the order of their ids."""
    was, now = dict(_servings(before)), dict(_servings(after))
    return tuple(
        RequestDifference(
            request=request,
            before=was.get(request),
            after=now.get(request),
            shift_s=_shift_s(was.get(request), now.get(request)),
        )
        for request in sorted(was.keys() | now.keys())
        if was.get(request) != now.get(request)
    )


def _servings(plan: Plan) -> Iterator[tuple[str, Serving]]:
    for route in plan.routes:
        picked_up = {e.request: e.start for e in route.entries if e.kind == "pickup"}
        for entry in route.entries:
            if entry.kind == "dropoff" and entry.request is not None:
                yield (
                    entry.request,
                    Serving(
                        tricycle=route.tricycle,
                        number=route.number,
                        pickup_start=picked_up.get(entry.request),
                        dropoff_place=entry.place,
                        dropoff_start=entry.start,
                    ),
                )


def _shift_s(before: Serving | None, after: Serving | None) -> int | None:
    if before is None or after is None:
        return None
    return round((after.dropoff_start - before.dropoff_start).total_seconds())


def _told(route: Route) -> object:
    """Return what a driver is told of a route; what it costs is none of it."""
    entries = [
        (e.kind, e.place, e.request, e.start, e.end, e.stay_s, e.kg, e.crates, e.stall) for e in route.entries
    ]
    return route.driver, route.departure, route.return_, entries


def _difference(route: Route, difference: Difference) -> RouteDifference:
    return RouteDifference(
        tricycle=route.tricycle, number=route.number, driver=route.driver, difference=difference
    )

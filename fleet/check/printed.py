"""What maps and sheets print from a plan without its day: names, places, paths, what is left out."""

import math
from collections.abc import Iterator

from fleet.check.figures import same_number
from fleet.check.violation import Violation
from fleet.check.walk import grams
from fleet.model import Day, Plan, ReasonCode, Rule, Travel
from fleet.model.plan import Entry, Leg, PlanPlace, Route, Unserved
from fleet.model.requests import Request

EARTH_RADIUS_M = 6_371_008.8
PATH_SLACK = 1.02
PATH_SLACK_M = 50.0
"""A drawn path may be longer than its leg by this: rounded coordinates, another figure of the earth."""


def check_document(day: Day, plan: Plan, travel: Travel | None) -> Iterator[Violation]:
    """Compare head and places of a plan with its day."""
    for name in ("title", "about", "date", "zone"):
        if getattr(plan, name) != getattr(day, name):
            yield Violation(Rule.STRUCTURE, params={"field": name, "value": str(getattr(plan, name))})
    if plan.places != tuple(_places(day)):
        yield Violation(Rule.STRUCTURE, params={"field": "places"})
    if travel is not None and (plan.travel.attribution, plan.travel.invented) != (
        travel.attribution,
        travel.invented,
    ):
        yield Violation(Rule.STRUCTURE, params={"field": "travel", "value": plan.travel.attribution})


def _places(day: Day) -> Iterator[PlanPlace]:
    for place in day.places:
        yield PlanPlace(
            key=place.id,
            name=place.name,
            names=dict(place.names),
            kind=place.kind,
            latitude=place.latitude,
            longitude=place.longitude,
        )
    for point in day.locations[len(day.places) :]:
        yield PlanPlace(
            key=point.key,
            name=point.name,
            kind="position",
            latitude=point.latitude,
            longitude=point.longitude,
        )


def check_printed(day: Day, route: Route) -> Iterator[Violation]:
    """Compare what a route says of its tricycle and requests with the day.

    Names of people are those of the moment when it was made: the day may have been corrected since.
    """
    tricycle = day.tricycle_by_id[route.tricycle]
    stated = (route.number, route.name, route.payload_kg, route.payload_crates)
    if stated != (tricycle.number, tricycle.name, tricycle.payload_kg, tricycle.crates):
        yield Violation(Rule.STRUCTURE, tricycle.id, params={"field": "tricycle", "value": str(stated)})
    here = route.start
    for index, entry in enumerate(route.entries):
        request = day.request_by_id.get(entry.request or "") if entry.is_stop else None
        if _names(entry) != _names_of(day, request) or entry.product != (request and request.product):
            yield Violation(Rule.STRUCTURE, tricycle.id, index, entry.request, {"field": "names"})
        if entry.leg is not None and not _is_drawn_well(day, here, entry.leg):
            yield Violation(Rule.TRAVEL, tricycle.id, index, params={"field": "path"})
        here = entry.place
    if route.last_leg is not None and not _is_drawn_well(day, here, route.last_leg):
        yield Violation(Rule.TRAVEL, tricycle.id, params={"field": "path"})


def _names(item: Entry | Unserved) -> tuple[str | None, str]:
    return item.household, item.product_name


def _names_of(day: Day, request: Request | None) -> tuple[str | None, str]:
    if request is None:
        return None, ""
    product = day.product_by_id.get(request.product or "")
    return request.household, product.name if product else ""


def _is_drawn_well(day: Day, origin: str, leg: Leg) -> bool:
    """Whether a path joins the two places and is no longer than the leg; no path is drawn as none."""
    index = day.location_index
    if not leg.path or origin not in index or leg.to not in index:
        return True
    ends = [day.locations[index[key]] for key in (origin, leg.to)]
    first, last = (_on_sphere((end.latitude, end.longitude)) for end in ends)
    path = [_on_sphere(point) for point in leg.path]
    reach = day.rules.snap_limit_m + PATH_SLACK_M
    joined = _metres(first, path[0]) <= reach and _metres(path[-1], last) <= reach
    length = sum(map(_metres, path, path[1:]))
    return len(path) > 1 and joined and length <= leg.distance_m * PATH_SLACK + PATH_SLACK_M


_Vector = tuple[float, float, float]


def _on_sphere(point: tuple[float, float]) -> _Vector:
    """Return the unit vector from the middle of the earth: the trigonometry is done once a point."""
    latitude, longitude = map(math.radians, point)
    radius = math.cos(latitude)
    return radius * math.cos(longitude), radius * math.sin(longitude), math.sin(latitude)


def _metres(a: _Vector, b: _Vector) -> float:
    """Return the great-circle distance of two points."""
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.dist(a, b) / 2))


def check_unserved(day: Day, plan: Plan) -> Iterator[Violation]:
    """Compare what a plan says of the requests it leaves out with the day."""
    numbers = {tricycle.id: tricycle.number for tricycle in day.tricycles}
    on_board = {item.request for state in day.start_state.tricycles for item in state.on_board}
    on_board |= {stop.request for lock in day.locks.routes for stop in lock.frozen}
    for item in plan.unserved:
        wrong = list(_wrong_of_request(day, item))
        stated = [(reason.tricycle, reason.number) for reason in item.tricycles]
        if any(numbers.get(key) != number for key, number in stated) or len(dict(stated)) < len(stated):
            wrong.append("tricycles")
        if item.change is not None and item.change.tricycle not in numbers:
            wrong.append("change")
        if item.reason == ReasonCode.STAYS_ON_BOARD and item.request not in on_board:
            wrong.append("reason")
        for name in wrong:
            yield Violation(Rule.UNSERVED, request=item.request, params={"field": name})


def _wrong_of_request(day: Day, item: Unserved) -> Iterator[str]:
    """Yield the fields that do not say what the day says of the request."""
    request = day.request_by_id.get(item.request)
    if request is None:
        yield "request"
        return
    if item.must != request.must:
        yield "must"
    if not same_number(item.penalty_yuan, day.penalty_yuan(request)):
        yield "penalty_yuan"
    if grams(item.kg) != grams(request.kg):
        yield "kg"
    if item.pickup_place != request.pickup.place:
        yield "pickup_place"
    if _names(item) != _names_of(day, request):
        yield "names"

"""Warnings: those that follow from day and plan have to be there, and no others."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from fleet.check.violation import Violation
from fleet.model import Day, Plan, Rule, WarningCode
from fleet.model.plan import Entry, Params, PlanWarning

UNVERIFIABLE = frozenset({WarningCode.STOPPED_EARLY})


def check_warnings(day: Day, plan: Plan, pardoned: Iterable[Violation]) -> Iterator[Violation]:
    """Compare a plan's warnings with what it has to warn of; ``pardoned`` is what frozen stops break."""
    expected = Counter(_key(warning) for warning in _expected(day, plan, pardoned))
    stated = Counter(_key(warning) for warning in plan.warnings if warning.code not in UNVERIFIABLE)
    for (code, params), number in ((expected - stated) + (stated - expected)).items():
        found: Params = {"field": "warnings", "value": f"{code} {params}", "number": number}
        yield Violation(Rule.STRUCTURE, params=found)


def _key(warning: PlanWarning) -> tuple[str, str]:
    return str(warning.code), repr(sorted(warning.params.items()))


def _expected(day: Day, plan: Plan, pardoned: Iterable[Violation]) -> Iterator[PlanWarning]:
    if plan.travel.source != "roads":
        yield PlanWarning(
            code=WarningCode.GREAT_CIRCLE_TRAVEL, params={"detour_factor": plan.travel.detour_factor}
        )
        if day.closed_roads:
            yield PlanWarning(code=WarningCode.CLOSED_ROADS_IGNORED, params={"roads": len(day.closed_roads)})
    elif plan.travel.invented:
        yield PlanWarning(code=WarningCode.INVENTED_ROADS)
    yield from _plugs(day, plan)
    yield from frozen_warnings(pardoned)


def _plugs(day: Day, plan: Plan) -> Iterator[PlanWarning]:
    """Yield a warning for each place where more charge at once than it has plugs, with the first most."""
    charging: dict[str, list[Entry]] = defaultdict(list)
    for entry in (entry for route in plan.routes for entry in route.entries):
        if entry.kind == "recharge" and entry.start < entry.end:
            charging[entry.place].append(entry)
    for place in day.places:
        entries = charging[place.id]
        plugs = place.charger.plugs if place.charger else 0
        at_once = {
            entry.start: sum(other.start <= entry.start < other.end for other in entries) for entry in entries
        }
        most = max(at_once.values(), default=0)
        if place.charger is not None and most > plugs:
            since = min(start for start, number in at_once.items() if number == most)
            params: Params = {"place": place.id, "plugs": plugs, "at_once": most, "since": since.isoformat()}
            yield PlanWarning(code=WarningCode.PLUGS_EXCEEDED, params=params)


def frozen_warnings(pardoned: Iterable[Violation]) -> list[PlanWarning]:
    """Return the warnings of rules that frozen stops break: each tricycle, request, place and rule once."""
    found: dict[tuple[object, ...], PlanWarning] = {}
    for violation in pardoned:
        params: Params = {
            "tricycle": violation.tricycle,
            "request": violation.request,
            "place": violation.params.get("place"),
            "rule": str(violation.rule),
        }
        warning = PlanWarning(code=WarningCode.FROZEN_BREAKS_RULE, params=params)
        found.setdefault(tuple(params.values()), warning)
    return list(found.values())

"""Sentences of the command line: violations, what is not served, warnings."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from zoneinfo import ZoneInfo

from fleet.check import Violation
from fleet.cli.language import language, say
from fleet.model import Plan, ReasonCode
from fleet.model.plan import PlanPlace, PlanWarning, Route, Unserved
from fleet.texts import change_words, reason_words, rule_words, text


class PlanWords:
    """Words about a plan, with its own names of places and its own clock.

    Parameters
    ----------
    plan : Plan
        What is spoken about.
    """

    def __init__(self, plan: Plan) -> None:
        self._language = language()
        self._zone = ZoneInfo(plan.zone)
        self._places = {place.key: self._name(place) for place in plan.places}
        self._numbers = {route.tricycle: route.number for route in plan.routes}
        for item in plan.unserved:
            self._numbers |= {reason.tricycle: reason.number for reason in item.tricycles}

    def _name(self, place: PlanPlace) -> str:
        return next((name for tongue, name in place.names.items() if tongue == self._language), place.name)

    def clock(self, route: Route) -> tuple[str, str]:
        """Return when a route leaves and returns, hours and minutes."""
        return (
            f"{route.departure.astimezone(self._zone):%H:%M}",
            f"{route.return_.astimezone(self._zone):%H:%M}",
        )

    def violation(self, violation: Violation) -> str:
        """Return one line for a broken rule: code, words, where, and the plan's own names and numbers."""
        where = []
        if violation.tricycle is not None:
            number = self._numbers.get(violation.tricycle, violation.tricycle)
            where.append(say("violation_tricycle", number=number))
        if violation.entry is not None:
            where.append(say("violation_entry", entry=violation.entry + 1))
        if violation.request is not None:
            where.append(say("violation_request", request=violation.request))
        where += [f"{name} {value}" for name, value in violation.params.items()]
        words = text(violation.rule, domain="rules", language=self._language)
        return f"{violation.rule}: {words}" + (f" ({', '.join(where)})" if where else "")

    def unserved(self, item: Unserved) -> str:
        """Return one line for a request that is left out: which, and why."""
        what = [part for part in (item.household_name, item.product_name) if part]
        what.append(say("kg_from", kg=f"{item.kg:g}", place=self._places.get(item.pickup_place, "–")))
        if item.must:
            what.append(say("must"))
        return f"{item.request} ({', '.join(what)}): {self.reason(item)}"

    def reason(self, item: Unserved) -> str:
        """Return why a request is left out."""
        return reason_words(
            item.reason, item.params, language=self._language, names=self._places, zone=self._zone
        )

    def change(self, item: Unserved) -> str:
        """Return what would admit a request; nothing where it was not tried: a longer search would."""
        if item.change is None and item.reason == ReasonCode.SEARCH_ENDED:
            return ""
        if item.change is None:
            key = "NO_CHANGE" if item.change_sought else "CHANGE_NOT_SOUGHT"
            return text(key, domain="reasons", language=self._language)
        words = change_words(
            item.change.kind,
            item.change.params,
            tricycle=self._numbers.get(item.change.tricycle, item.change.tricycle),
            language=self._language,
            names=self._places,
            zone=self._zone,
        )
        return say("would_admit", change=words)

    def tricycles(self, item: Unserved) -> Iterator[str]:
        """Yield a line for each distinct reason, with the tricycles that it holds for."""
        groups: dict[str, list[int]] = {}
        for reason in item.tricycles:
            words = rule_words(
                reason.rule, reason.params, language=self._language, names=self._places, zone=self._zone
            )
            groups.setdefault(f"{words} [{reason.rule}]", []).append(reason.number)
        for words, numbers in groups.items():
            yield f"{say('tricycles', numbers=ranges(numbers))}: {words}"

    def warning(self, warning: PlanWarning) -> str:
        """Return one line for a warning."""
        return reason_words(
            warning.code, warning.params, language=self._language, names=self._places, zone=self._zone
        )


def ranges(numbers: Iterable[int]) -> str:
    """Return numbers in short: ``1-8, 12``."""
    parts = []
    for _, run in groupby(enumerate(sorted(numbers)), key=lambda pair: pair[1] - pair[0]):
        values = [value for _, value in run]
        parts.append(str(values[0]) if len(values) == 1 else f"{values[0]}-{values[-1]}")
    return ", ".join(parts)

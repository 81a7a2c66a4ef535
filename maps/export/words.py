"""Sentences about a plan in one language: reasons, warnings, visits, the clock."""

import datetime
from collections.abc import Iterator

from fleet.model import ReasonCode
from fleet.model.plan import PlanPlace, PlanWarning, Unserved
from fleet.texts import change_words, has_text, reason_words, rule_words, text
from maps.export.content import MapContent, RouteOnMap, Visit, name_of
from maps.export.palette import badge

RIGHT_TO_LEFT = frozenset({"ug"})
"""Languages that are written so."""


class MapWords:
    """Words about what stands on a map, with the plan's names of places and its clock.

    Parameters
    ----------
    content
        What is spoken about.
    language
        The content's own by default.
    """

    def __init__(self, content: MapContent, language: str | None = None) -> None:
        self.content = content
        self.language = language or content.language
        self._names = {key: name_of(place, self.language) for key, place in content.places.items()}

    def say(self, key: str, **params: object) -> str:
        """Return words of the maps' own catalogue."""
        return text(key, domain="map", language=self.language, **params)

    def name(self, place: PlanPlace) -> str:
        """Return what a place is called."""
        return self._names[place.key]

    def reason(self, item: Unserved) -> str:
        """Return why a request is not served."""
        return reason_words(
            str(item.reason),
            item.params,
            language=self.language,
            names=self._names,
            zone=self.content.zone,
        )

    def change(self, item: Unserved) -> str:
        """Return the smallest single change that would admit a request, or that none was found or sought.

        Nothing where the request was not tried: a longer search would admit it.
        """
        if item.change is None and item.reason == ReasonCode.SEARCH_ENDED:
            return ""
        if item.change is None:
            key = "NO_CHANGE" if item.change_sought else "CHANGE_NOT_SOUGHT"
            return text(key, domain="reasons", language=self.language)
        numbers = {reason.tricycle: reason.number for reason in item.tricycles}
        return change_words(
            str(item.change.kind),
            item.change.params,
            tricycle=numbers.get(item.change.tricycle, item.change.tricycle),
            language=self.language,
            names=self._names,
            zone=self.content.zone,
        )

    def by_tricycle(self, item: Unserved) -> Iterator[dict[str, object]]:
        """Yield each distinct rule that keeps a request out, with the numbers of its tricycles."""
        found: dict[str, list[int]] = {}
        for reason in item.tricycles:
            said = rule_words(
                str(reason.rule),
                reason.params,
                language=self.language,
                names=self._names,
                zone=self.content.zone,
            )
            found.setdefault(said, []).append(reason.number)
        for said, numbers in found.items():
            yield {"words": said, "numbers": [badge(number) for number in sorted(numbers)]}

    def warning(self, warning: PlanWarning) -> str:
        """Return a warning in words."""
        return reason_words(
            str(warning.code),
            warning.params,
            language=self.language,
            names=self._names,
            zone=self.content.zone,
        )

    def clock(self) -> str:
        """Return which clock times are told in: its everyday name where it has one, and its offset."""
        zone = self.content.plan.zone
        known = f"clock_{zone}"
        name = self.say(known) if has_text(known, domain="map") else zone
        return self.say("clock", name=name, offset=_offset(self.content))

    def time(self, instant: datetime.datetime) -> str:
        """Return an instant as HH:MM of the plan's clock, with the days it lies off the plan's date."""
        local = instant.astimezone(self.content.zone)
        days = (local.date() - self.content.plan.date).days
        return f"{local:%H:%M}" + (f" {days:+d}" if days else "")

    def route(self, on_map: RouteOnMap) -> str:
        """Return when a route leaves and returns, how far it is and what it carries, in one line."""
        figures = on_map.route.figures
        return self.say(
            "route_line",
            number=badge(on_map.route.number),
            leaves=self.time(on_map.route.departure),
            returns=self.time(on_map.route.return_),
            km=f"{figures.distance_m / 1_000:.1f}",
            requests=figures.served_requests,
            kg=f"{figures.served_kg:g}",
            clock=self.clock(),
        )

    def visit(self, visit: Visit) -> str:
        """Return when a visit takes place, what it loads and unloads, load and charge after it."""
        parts = [f"{self.time(visit.arrival)}–{self.time(visit.departure)}"]
        for key, loads, kg in (("loads", True, visit.loaded_kg), ("unloads", False, visit.unloaded_kg)):
            count = sum(lot.loads == loads for lot in visit.lots)
            if count:
                parts.append(self.say(key, count=count, kg=f"{kg:g}"))
        parts.append(self.say("on_board", kg=f"{visit.load_kg:g}", crates=self.crates(visit.load_crates)))
        if visit.charge is not None:
            parts.append(self.say("charge_is", percent=round(visit.charge * 100)))
        return " · ".join(parts)

    def crates(self, count: int) -> str:
        """Return a number of crates."""
        return self.say("crate") if count == 1 else self.say("crates", crates=count)

    def visits_at(self, place: PlanPlace) -> list[str]:
        """Return one line a visit of any route to a place."""
        return [
            f"{badge(on_map.route.number)}-{visit.number} {self.visit(visit)}"
            for on_map in self.content.routes
            for visit in on_map.visits
            if visit.place.key == place.key
        ]


def _offset(content: MapContent) -> str:
    noon = datetime.datetime.combine(content.plan.date, datetime.time(12), tzinfo=content.zone)
    seconds = noon.utcoffset() or datetime.timedelta()
    minutes = round(seconds.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes >= 0 else '−'}{hours}" + (f":{rest:02d}" if rest else "")

"""The state of a running day as a pure function of its plan and of the set of events reported.

The result knows nothing of the order in which events arrived, nor how often: facts are made one of each,
put in the order of the time they happened, and walked through once. What contradicts something is flagged
and, as far as it makes sense, counts nevertheless: a stop that somebody reports as done is done.
"""

import datetime
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from zoneinfo import ZoneInfo

from fleet.model import Plan
from fleet.model.day_state import Conflict, DayState
from fleet.model.events import Arrived, Back, Done, Event, EventFlag, Failed, Left, Undone
from fleet.model.plan import Route
from fleet.planning.following import FarApart, PlannedStops, Stop, Tricycle, stop_of

Key = tuple[str, str, str]
"""Of a fact: sender, the sender's id, the content's SHA-256."""
NEAR = datetime.timedelta(days=1)
"""Events of a day lie so near to its noon: a route may begin the evening before or end after midnight."""
FOREVER = datetime.datetime.max.replace(tzinfo=datetime.UTC)


@dataclass(frozen=True, kw_only=True)
class Fact:
    """An event as it was received.

    ``flags`` are those found when it came: they depend on the clock and the assignments of that moment.
    A file of events has neither sender nor time of receipt.
    """

    event: Event
    sender: str = ""
    received_at: datetime.datetime | None = None
    flags: frozenset[EventFlag] = frozenset()
    known_sha256: str | None = None

    @cached_property
    def sha256(self) -> str:
        """Hash of the event in its only spelling."""
        if self.known_sha256 is not None:
            return self.known_sha256
        instant = self.event.occurred_at.astimezone(datetime.UTC)
        content = self.event.model_copy(update={"occurred_at": instant}).model_dump_json()
        return hashlib.sha256(content.encode()).hexdigest()

    @cached_property
    def key(self) -> Key:
        """What makes it this fact and no other."""
        return self.sender, self.event.id, self.sha256

    @property
    def at(self) -> datetime.datetime:
        """When it happened: by its sender's clock, or when it was received where that clock is wrong."""
        wrong = self.flags & {EventFlag.TIME_AHEAD, EventFlag.OTHER_DATE}
        return (
            self.received_at.replace(microsecond=0) if wrong and self.received_at else self.event.occurred_at
        )


class Followed:
    """What came out of a walk: flags at once, the state where it is asked for."""

    def __init__(self, walk: "_Walk") -> None:
        self._walk = walk

    @cached_property
    def flags(self) -> Mapping[Key, frozenset[EventFlag]]:
        """What is wrong with each fact, by its key; facts without a flag are not in it."""
        return {key: frozenset(flags) for key, flags in self._walk.flags.items() if flags}

    @cached_property
    def state(self) -> DayState:
        """Where everything is."""
        return self._walk.state()


def follow(
    plan: Plan, facts: Iterable[Fact], *, plan_id: str | None = None, stops: PlannedStops | None = None
) -> Followed:
    """Follow a day.

    Parameters
    ----------
    plan : Plan
        What drivers were told to do.
    facts : iterable of Fact
        In any order, each any number of times.
    plan_id : str, optional
        Id of the plan, for events that say which plan they were made against.
    stops : PlannedStops, optional
        Those of the plan, from who follows it again and again.
    """
    walk = _Walk(plan, _one_of_each(facts), plan_id, stops or PlannedStops(plan))
    walk.flag_origins()
    walk.run()
    return Followed(walk)


def is_far_from(date: datetime.date, *, zone: str, at: datetime.datetime) -> bool:
    """Say whether an instant is of another day."""
    noon = datetime.datetime.combine(date, datetime.time(12), tzinfo=ZoneInfo(zone))
    return abs(at - noon) > NEAR


def _one_of_each(facts: Iterable[Fact]) -> list[Fact]:
    """Return each fact as it was first received, ordered by when it happened."""
    first: dict[Key, Fact] = {}
    for fact in facts:
        known = first.get(fact.key)
        if known is None or _received(fact) < _received(known):
            first[fact.key] = fact
    return sorted(first.values(), key=lambda fact: (fact.at, _rank(fact.event), fact.key))


def _received(fact: Fact) -> tuple[datetime.datetime, list[EventFlag]]:
    return fact.received_at or FOREVER, sorted(fact.flags)


def _rank(event: Event) -> int:
    """Order what one tap reports at one instant: it arrives, loads, unloads, leaves."""
    if isinstance(event, Arrived):
        return 0
    if isinstance(event, (Done, Failed)):
        return 1 if event.stop.kind == "pickup" else 2
    if isinstance(event, Left):
        return 4
    return 5 if isinstance(event, Back) else 3


@dataclass
class _Walk:
    """One pass over the facts."""

    plan: Plan
    facts: list[Fact]
    plan_id: str | None
    stops: PlannedStops
    flags: dict[Key, set[EventFlag]] = field(default_factory=lambda: defaultdict(set))

    def __post_init__(self) -> None:
        self._done_by: dict[Stop, str] = {}
        self._tricycles: dict[str, Tricycle] = {}
        self._apart: FarApart[Key] = FarApart()

    def flag_origins(self) -> None:
        """Flag what is wrong with events before anything is made of them."""
        same_id: dict[tuple[str, str], list[Fact]] = defaultdict(list)
        for fact in self.facts:
            same_id[fact.sender, fact.event.id].append(fact)
        for fact in self.facts:
            flags, event = self.flags[fact.key], fact.event
            flags |= fact.flags
            if is_far_from(self.plan.date, zone=self.plan.zone, at=fact.at):
                flags.add(EventFlag.OTHER_DATE)
            if len(same_id[fact.sender, event.id]) > 1:
                flags.add(EventFlag.ID_REUSED)
            if event.plan is not None and self.plan_id is not None and event.plan != self.plan_id:
                flags.add(EventFlag.OTHER_PLAN)
            if event.tricycle not in self.stops.routes:
                flags.add(EventFlag.ROUTE_UNKNOWN)
            if event.replaces is not None:
                sender = event.replaces.sender or fact.sender
                meant = same_id.get((sender, event.replaces.id), ())
                if not any(other.event.tricycle == event.tricycle and other is not fact for other in meant):
                    flags.add(EventFlag.EVENT_UNKNOWN)

    def run(self) -> None:
        """Let every fact that counts take effect, in the order of time."""
        counted = self._counted()
        for fact in counted:
            if isinstance(fact.event, Arrived):
                tricycle = self._tricycle(fact.event.tricycle)
                planned = self.stops.get(stop_of(fact.event.stop))
                if tricycle is not None and planned is not None:
                    tricycle.expect_arrival(planned, fact.at)
        for fact in counted:
            tricycle = self._tricycle(fact.event.tricycle)
            if isinstance(fact.event, (Arrived, Done, Failed)):
                self._at_a_stop(fact, fact.event, tricycle)
            elif tricycle is not None:
                tricycle.hears(fact.event, fact.at)

    def state(self) -> DayState:
        """Return what came out."""
        return DayState(
            date=self.plan.date,
            plan=self.plan_id,
            tricycles=tuple(self._made(route).now() for route in self.plan.routes),
            conflicts=tuple(
                Conflict(
                    sender=fact.sender,
                    event=fact.event.id,
                    kind=fact.event.kind,
                    tricycle=fact.event.tricycle,
                    occurred_at=fact.event.occurred_at,
                    flags=tuple(sorted(self.flags[fact.key])),
                )
                for fact in self.facts
                if self.flags[fact.key]
            ),
            events=len(self.facts),
        )

    def _tricycle(self, name: str) -> Tricycle | None:
        route = self.stops.routes.get(name)
        return None if route is None else self._made(route)

    def _made(self, route: Route) -> Tricycle:
        """Return a tricycle that stands at its start until the first event moves it."""
        found = self._tricycles.get(route.tricycle)
        if found is None:
            found = self._tricycles[route.tricycle] = Tricycle(route, self.stops, self._done_by)
        return found

    def _counted(self) -> list[Fact]:
        """Return the facts that take effect: of the sender's own route, and not replaced."""
        own = [fact for fact in self.facts if EventFlag.NOT_OWN_ROUTE not in fact.flags]
        replaced = {
            (fact.event.tricycle, fact.event.replaces.sender or fact.sender, fact.event.replaces.id)
            for fact in own
            if fact.event.replaces is not None and EventFlag.NOT_OWN_EVENT not in fact.flags
        }
        return [
            fact
            for fact in own
            if not isinstance(fact.event, Undone)
            and (fact.event.tricycle, fact.sender, fact.event.id) not in replaced
        ]

    def _at_a_stop(self, fact: Fact, event: Arrived | Done | Failed, tricycle: Tricycle | None) -> None:
        planned = self.stops.get(stop_of(event.stop))
        flags = self.flags[fact.key]
        if planned is None:
            flags.add(EventFlag.STOP_UNKNOWN)
            return
        if planned.tricycle != event.tricycle:
            flags.add(EventFlag.STOP_OF_ANOTHER)
        if isinstance(event, Arrived):
            if tricycle is not None:
                tricycle.arrives(planned, fact.at)
            return
        if planned.stop in self._done_by:
            flags.add(EventFlag.ALREADY_DONE)
            return
        if tricycle is not None and tricycle.arrival_after(planned, fact.at):
            flags.add(EventFlag.BEFORE_ARRIVAL)
        if isinstance(event, Failed):
            if tricycle is not None:
                tricycle.fails(planned, event, fact.at)
            return
        for key in self._apart.at_once(event.tricycle, planned.entry.place, fact.at, fact.key):
            self.flags[key].add(EventFlag.AT_ONCE)
        self._done_by[planned.stop] = event.tricycle
        if tricycle is not None and not tricycle.does(planned, event, fact.at):
            flags.add(EventFlag.NOT_ON_BOARD)

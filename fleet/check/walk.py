"""What replaying a route knows and finds; the modules beside this one read it and move it on."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field

from fleet.check.violation import Violation
from fleet.model import Day, Rule, Travel
from fleet.model.base import GRAMS_PER_KG, Windows
from fleet.model.plan import Entry, Params, Route
from fleet.model.requests import Request
from fleet.model.tricycles import Tricycle

SECOND = datetime.timedelta(seconds=1)

FROZEN_MAY_BREAK = frozenset(
    {
        Rule.BAYS,
        Rule.BREAK,
        Rule.CAPACITY_KG,
        Rule.CAPACITY_CRATES,
        Rule.KEEP_APART,
        Rule.EQUIPMENT,
        Rule.FLEET_NOT_ALLOWED,
        Rule.ONLY_TRICYCLE,
        Rule.NOT_TRICYCLES,
        Rule.PLACE_MAX_KG,
        Rule.PRODUCT_MAX_KG,
        Rule.SEQUENCE,
        Rule.WINDOW,
        Rule.OPENING,
        Rule.ON_BOARD_LIMIT,
        Rule.RESERVE,
        Rule.SHIFT,
    }
)
"""Rules that a warning is enough for where frozen stops alone break them; the others say what a plan is."""


@dataclass(frozen=True, slots=True)
class Presence:
    """A tricycle at a place from arrival to departure; ``frozen`` when its frozen stops alone say so."""

    place: str
    arrives: datetime.datetime
    leaves: datetime.datetime
    frozen: bool = False


@dataclass(slots=True)
class Walk:
    """What replaying a route has found."""

    violations: list[Violation] = field(default_factory=list)
    pardoned: list[Violation] = field(default_factory=list)
    """Rules that frozen stops alone break: warnings."""
    delivered: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Requests dropped off, with the index of the entry and its place."""
    picked_up: dict[str, datetime.datetime] = field(default_factory=dict)
    """Requests loaded or on board at the start, with the end of the pickup."""
    presence: list[Presence] = field(default_factory=list)
    frozen_until: int = 0
    """First entry after the frozen stops."""
    metres: int = 0
    energy_kwh: float = 0.0
    working_s: int = 0
    longest_on_board_s: int = 0
    lowest_charge: float | None = None
    highest_g: int = 0
    highest_crates: int = 0


class Replay:
    """One route on its way through the day: where it stands, since when, with what on board."""

    def __init__(self, *, day: Day, route: Route, tricycle: Tricycle, travel: Travel | None) -> None:
        self.day = day
        self.route = route
        self.tricycle = tricycle
        self.travel = travel
        self.walk = Walk()
        self.index: int | None = None
        """Entry that is looked at; the number of entries on the way home."""
        self.stops = [i for i, entry in enumerate(route.entries) if entry.is_stop]
        lock = day.lock_by_tricycle.get(tricycle.id)
        self.frozen = lock.frozen if lock else ()
        sequence = lock.sequence if lock else ()
        self.rank: dict[tuple[str, str], int] = {(s.request, s.kind): i for i, s in enumerate(sequence)}
        self.highest_rank = -1
        """Of the sequence's stops that the route has made."""
        self.frozen_until = self.walk.frozen_until = self._frozen_until()
        state = day.state_by_tricycle.get(tricycle.id)
        battery = tricycle.battery
        self.state = state
        self.position = day.start_location_key(tricycle)
        self.usable_kwh = day.usable_kwh(tricycle)
        self.charge = battery.charge if battery else 1.0
        self.free_at = tricycle.shift.start
        self.recharges = self.next_break = 0
        self.visit: str | None = None
        self.stay_owed_s: int | None = None
        """What the visit still owes of its stay, None while it has dropped off nothing."""
        self.on_board: dict[str, Request] = {}
        if state is not None:
            self.free_at = max(self.free_at, state.free_at)
            self.recharges = state.recharges_taken
            self.next_break = state.breaks_taken
            self.charge = self.charge if state.charge is None else state.charge
            for item in state.on_board:
                self.on_board[item.request] = day.request_by_id[item.request]
                self.walk.picked_up[item.request] = item.picked_up_at
            if state.visit is not None:
                self.visit = state.visit.place
                self.stay_owed_s = state.visit.stay_left_s if state.visit.dropped_off else None
        self.ready = self.free_at
        """When the tricycle is free for the next thing."""
        self.may_start = self.free_at
        """When the next stop may start at the earliest: nothing but drives since the last one."""
        self.paused = False
        """Whether a break or recharge has come since the last stop."""
        self.loaded_later: set[str] = set()
        """Requests that stops after the frozen ones have loaded."""

    @property
    def load_g(self) -> int:
        """What is on board, in grams."""
        return sum(grams(request.kg) for request in self.on_board.values())

    @property
    def crates(self) -> int:
        """The crates on board."""
        return sum(request.crates for request in self.on_board.values())

    @property
    def in_frozen_part(self) -> bool:
        """Whether what is looked at belongs to the frozen stops: nothing else decides how it is."""
        return self.index is not None and self.index < self.frozen_until

    def entry(self) -> Entry:
        """Return the entry that is looked at."""
        return self.route.entries[self.index or 0]

    def report(
        self,
        rule: Rule,
        request: str | None = None,
        *,
        pardon: bool = False,
        **params: str | int | float | bool | None,
    ) -> None:
        """Note a violation, or a pardoned one where frozen stops are free to break the rule."""
        entries = self.route.entries
        entry = self.index if self.index is not None and self.index < len(entries) else None
        pardoned = (pardon or self.in_frozen_part) and rule in FROZEN_MAY_BREAK
        found: Params = dict(params)
        if pardoned:
            found.setdefault("place", self.position if entry is None else entries[entry].place)
        violation = Violation(rule, self.tricycle.id, entry, request, found)
        (self.walk.pardoned if pardoned else self.walk.violations).append(violation)

    def _frozen_until(self) -> int:
        """Return the first entry after the frozen stops; beyond the way home when no other stop follows."""
        if not self.frozen:
            return 0
        if len(self.stops) <= len(self.frozen):
            return len(self.route.entries) + 1
        return self.stops[len(self.frozen) - 1] + 1


def grams(kg: float) -> int:
    """Return whole grams."""
    return round(kg * GRAMS_PER_KG)


def keep_apart(day: Day, request: Request) -> str:
    """Return the label of a request's product, empty without one."""
    product = day.product_by_id.get(request.product or "")
    return (product.keep_apart if product else None) or ""


def within(start: datetime.datetime, end: datetime.datetime, windows: Windows) -> bool:
    """Whether one window holds both instants."""
    return any(w.start <= start and end <= w.end for w in windows)


def presences(replay: Replay) -> Iterator[Presence]:
    """Yield from when to when the tricycle of a replayed route is where."""
    route = replay.route
    entries = route.entries
    until = min(replay.frozen_until, len(entries))
    index = 0
    while index < len(entries):
        first = index
        while index + 1 < len(entries) and entries[index + 1].leg is None:
            index += 1
        last = entries[index]
        following = entries[index + 1].leg if index + 1 < len(entries) else route.last_leg
        leaves = last.end + last.stay_s * SECOND
        if following is not None:
            leaves = max(leaves, following.departure)
        arrival = entries[first].leg
        arrives = entries[first].start if arrival is None else arrival.arrival
        # The frozen stops decide how long the tricycle stays up to the last of them, what follows is free.
        settled = arrives
        if first < until:
            settler = entries[min(index, until - 1)]
            settled = leaves if index < until - 1 else settler.end + settler.stay_s * SECOND
        yield Presence(last.place, arrives, min(settled, leaves), frozen=True)
        yield Presence(last.place, max(arrives, settled), leaves)
        index += 1

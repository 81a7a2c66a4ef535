"""Replay of one route: every rule that a tricycle can break on its own."""

import datetime
import math
from dataclasses import dataclass, field

from fleet.check.violation import Violation
from fleet.model import Day, Rule, Travel
from fleet.model.base import GRAMS_PER_KG, MAX_RECHARGES, Windows
from fleet.model.plan import Entry, Leg, Params, Route
from fleet.model.requests import Request, Task
from fleet.model.tricycles import Tricycle

CHARGE_TOLERANCE = 1e-6
"""Of the usable kWh: what the rounding of a plan's numbers may take from a charge."""
KG_TOLERANCE = 5e-4
SECOND = datetime.timedelta(seconds=1)

FROZEN_MAY_BREAK = frozenset(
    {
        Rule.CAPACITY_KG,
        Rule.CAPACITY_CRATES,
        Rule.KEEP_APART,
        Rule.EQUIPMENT,
        Rule.FLEET_NOT_ALLOWED,
        Rule.ONLY_TRICYCLE,
        Rule.NOT_TRICYCLES,
        Rule.SEQUENCE,
        Rule.WINDOW,
        Rule.OPENING,
        Rule.ON_BOARD_LIMIT,
        Rule.RESERVE,
        Rule.SHIFT,
    }
)


@dataclass(slots=True)
class Walk:
    """What replaying a route has found."""

    violations: list[Violation] = field(default_factory=list)
    delivered: dict[str, Entry] = field(default_factory=dict)
    """Requests dropped off, with the entry."""
    picked_up: dict[str, datetime.datetime] = field(default_factory=dict)
    """Requests loaded or on board at the start, with the end of the pickup."""
    presence: list[tuple[str, datetime.datetime, datetime.datetime]] = field(default_factory=list)
    """(place, arrival, departure) of every stay somewhere."""
    metres: int = 0
    energy_kwh: float = 0.0
    working_s: int = 0
    longest_on_board_s: int = 0
    lowest_charge: float | None = None
    highest_g: int = 0
    highest_crates: int = 0


class RouteReplay:
    """Walks a route by the day's rules and the plan's instants, and notes what does not hold."""

    def __init__(self, day: Day, route: Route, tricycle: Tricycle, travel: Travel | None) -> None:
        self.day = day
        self.route = route
        self.tricycle = tricycle
        self.travel = travel
        self.walk = Walk()
        self.state = day.state_by_tricycle.get(tricycle.id)
        self.position = day.start_location_key(tricycle)
        self.usable_kwh = day.usable_kwh(tricycle)
        battery = tricycle.battery
        self.charge = battery.charge if battery else 1.0
        self.ready = tricycle.shift.start
        self.recharges = 0
        self.next_break = 0
        self.visit: str | None = None
        self.visit_owes_s: int | None = None
        self.free_at = tricycle.shift.start
        on_board: list[Request] = []
        if self.state is not None:
            self.free_at = max(self.free_at, self.state.free_at)
            self.ready = self.free_at
            self.recharges = self.state.recharges_taken
            self.next_break = self.state.breaks_taken
            if self.state.charge is not None:
                self.charge = self.state.charge
            for item in self.state.on_board:
                on_board.append(day.request_by_id[item.request])
                self.walk.picked_up[item.request] = item.picked_up_at
            if self.state.visit is not None:
                self.visit = self.state.visit.place
                self.visit_owes_s = self.state.visit.stay_left_s if self.state.visit.dropped_off else None
        self.load_g = sum(grams(r.kg) for r in on_board)
        self.crates = sum(r.crates for r in on_board)
        self.labels = [label for r in on_board if (label := keep_apart(day, r))]
        self.frozen = next((lock.frozen for lock in day.locks.routes if lock.tricycle == tricycle.id), ())
        self.frozen_left = len(self.frozen)
        self.stops_seen = 0
        self.entry: int | None = None

    def run(self) -> Walk:
        """Replay and return what was found."""
        route, walk = self.route, self.walk
        self._head()
        entries = route.entries
        for index, entry in enumerate(entries):
            self.entry = index
            self._arrive(entry, first=index == 0)
            if entry.kind in ("pickup", "dropoff"):
                self._stop(index, entry)
            elif entry.kind == "break":
                self._break(entry)
            else:
                self._recharge(entry)
            self._after(entry)
        self.entry = None
        self._home()
        self._presence()
        self._breaks_due()
        walk.lowest_charge = walk.lowest_charge if self.tricycle.battery else None
        return walk

    def report(
        self, rule: Rule, request: str | None = None, **params: str | int | float | bool | None
    ) -> None:
        """Note a violation, unless frozen stops are free to break this rule."""
        frozen = self.frozen and self.stops_seen <= len(self.frozen) and self.entry is not None
        if frozen and rule in FROZEN_MAY_BREAK:
            return
        found: Params = dict(params)
        self.walk.violations.append(Violation(rule, self.tricycle.id, self.entry, request, found))

    def _head(self) -> None:
        route = self.route
        if not self.tricycle.available:
            self.report(Rule.UNAVAILABLE)
        if route.start != self.position or route.end != self.tricycle.end_place:
            self.report(Rule.STRUCTURE, start=route.start, end=route.end)
        if not route.entries:
            self.report(Rule.STRUCTURE, entries=0)
        if (route.payload_kg, route.payload_crates) != (self.tricycle.payload_kg, self.tricycle.crates):
            self.report(Rule.STRUCTURE, payload_kg=route.payload_kg, payload_crates=route.payload_crates)
        if route.number != self.tricycle.number:
            self.report(Rule.STRUCTURE, number=route.number)
        if grams(route.start_load_kg) != self.load_g:
            self.report(Rule.LOAD, start_load_kg=route.start_load_kg)
        begins = self._begins()
        if begins is not None and begins != route.departure:
            self.report(Rule.TIMES, departure=route.departure.isoformat(), expected=begins.isoformat())
        if route.departure < self.tricycle.shift.start:
            self.report(Rule.SHIFT, departure=route.departure.isoformat())
        if route.departure < self.free_at:
            self.report(Rule.START_STATE, departure=route.departure.isoformat())
        self.walk.highest_g = self.load_g
        self.walk.highest_crates = self.crates
        self._charge_is(route.start_charge)

    def _begins(self) -> datetime.datetime | None:
        """Return the start of the first entry or leg."""
        if not self.route.entries:
            return None
        first = self.route.entries[0]
        return first.leg.departure if first.leg is not None else first.start

    def _arrive(self, entry: Entry, *, first: bool) -> None:
        """Check the leg into an entry and that nothing begins before what precedes it has ended."""
        leg = entry.leg
        if entry.place not in self.day.place_by_id:
            self.report(Rule.STRUCTURE, place=entry.place)
        if (leg is None) != (entry.place == self.position):
            self.report(Rule.TRAVEL, origin=self.position, destination=entry.place)
        if first and self.visit_owes_s and (leg is not None or entry.kind in ("break", "recharge")):
            # The visit goes on at the start and is left without another stop: its stay comes first.
            self.ready += self.visit_owes_s * SECOND
        if leg is not None:
            self._leg(leg, entry.place)
            if entry.arrival != leg.arrival:
                self.report(Rule.TIMES, arrival=entry.arrival.isoformat(), expected=leg.arrival.isoformat())
            self.ready = max(self.ready, leg.arrival)
        if entry.start < entry.arrival or entry.start < self.ready or entry.arrival > entry.end:
            self.report(Rule.TIMES, start=entry.start.isoformat(), ready=self.ready.isoformat())

    def _leg(self, leg: Leg, destination: str) -> None:
        """Check a drive, and take its energy out of the battery."""
        if leg.to != destination:
            self.report(Rule.TRAVEL, origin=leg.to, destination=destination)
        if leg.departure < self.ready:
            self.report(Rule.TIMES, departure=leg.departure.isoformat(), ready=self.ready.isoformat())
        if leg.arrival != leg.departure + leg.duration_s * SECOND:
            self.report(Rule.TIMES, arrival=leg.arrival.isoformat(), duration_s=leg.duration_s)
        index = self.day.location_index
        if self.travel is not None and self.position in index and destination in index:
            speed = list(self.travel.speed_caps_kmh).index(self.tricycle.speed_kmh)
            seconds = int(self.travel.durations_s[speed, index[self.position], index[destination]])
            metres = int(self.travel.distances_m[speed, index[self.position], index[destination]])
            if (seconds, metres) != (leg.duration_s, leg.distance_m):
                self.report(
                    Rule.TRAVEL,
                    origin=self.position,
                    destination=destination,
                    duration_s=leg.duration_s,
                    distance_m=leg.distance_m,
                    expected_s=seconds,
                    expected_m=metres,
                )
        if grams(leg.load_kg) != self.load_g:
            self.report(Rule.LOAD, load_kg=leg.load_kg, expected_kg=self.load_g / GRAMS_PER_KG)
        if self.load_g > grams(self.tricycle.payload_kg):
            self.report(
                Rule.CAPACITY_KG,
                kg=self.load_g / GRAMS_PER_KG,
                limit_kg=self.tricycle.payload_kg,
            )
        if self.crates > self.tricycle.crates:
            self.report(Rule.CAPACITY_CRATES, crates=self.crates, limit=self.tricycle.crates)
        self.walk.metres += leg.distance_m
        self.walk.working_s += leg.duration_s
        battery = self.tricycle.battery
        kwh = 0.0
        if battery is not None:
            per_km = battery.empty_kwh_per_km
            per_km += battery.kwh_per_km_per_100_kg * self.load_g / GRAMS_PER_KG / 100
            kwh = leg.distance_m / 1_000 * per_km * self.day.consumption_factor
            self.charge -= kwh / self.usable_kwh
            if self.charge < battery.reserve - CHARGE_TOLERANCE:
                self.report(Rule.RESERVE, charge=round(self.charge, 6), reserve=battery.reserve)
            lowest = self.walk.lowest_charge
            self.walk.lowest_charge = self.charge if lowest is None else min(lowest, self.charge)
        self.walk.energy_kwh += kwh
        if not math.isclose(kwh, leg.energy_kwh, abs_tol=1e-6):
            self.report(Rule.CHARGE, energy_kwh=leg.energy_kwh, expected_kwh=kwh)
        self.position = destination

    def _charge_is(self, stated: float | None) -> None:
        """Check a charge that the plan states."""
        if self.tricycle.battery is None:
            if stated is not None:
                self.report(Rule.CHARGE, charge=stated)
            return
        lowest = self.walk.lowest_charge
        self.walk.lowest_charge = self.charge if lowest is None else min(lowest, self.charge)
        # Below empty a plan can only say empty: the reserve has been reported then.
        if stated is None or abs(stated - max(0.0, self.charge)) > CHARGE_TOLERANCE:
            self.report(Rule.CHARGE, charge=stated, expected=round(self.charge, 9))

    def _stop(self, index: int, entry: Entry) -> None:
        """Check a pickup or a drop-off."""
        self.stops_seen += 1
        request = self.day.request_by_id.get(entry.request or "")
        task = None if request is None else self._task(entry, request)
        if request is None or task is None:
            self.report(Rule.STRUCTURE, entry.request, kind=entry.kind, place=entry.place)
            return
        self._frozen(entry)
        self._may_serve(request)
        self._durations(index, entry, task)
        if task.windows and not within(entry.start, entry.start, task.windows):
            self.report(Rule.WINDOW, request.id, start=entry.start.isoformat())
        opening = self.day.place_by_id[task.place].opening
        if opening and not within(entry.start, entry.end + entry.stay_s * SECOND, opening):
            self.report(Rule.OPENING, request.id, start=entry.start.isoformat(), place=task.place)
        if entry.stall != task.stall or abs(entry.kg - request.kg) > KG_TOLERANCE:
            self.report(Rule.STRUCTURE, request.id, kg=entry.kg, stall=entry.stall)
        if entry.kind == "pickup":
            self._load(request, entry)
        else:
            self._unload(request, entry)

    def _task(self, entry: Entry, request: Request) -> Task | None:
        """Return what the entry says it does, None where the request has no such task."""
        if entry.kind == "pickup":
            task: Task | None = request.pickup
        elif entry.alternative is not None and entry.alternative < len(request.dropoffs):
            task = request.dropoffs[entry.alternative]
        else:
            task = None
        return task if task is not None and task.place == entry.place else None

    def _durations(self, index: int, entry: Entry, task: Task) -> None:
        """Check set-up, handling and stay by the visit that the stop belongs to."""
        place = self.day.place_by_id[task.place]
        goes_on = self.visit == task.place
        setup_s = 0 if goes_on else place.setup_s
        if entry.setup_s != setup_s:
            self.report(Rule.SETUP, entry.request, setup_s=entry.setup_s, expected_s=setup_s)
        if entry.end != entry.start + (entry.setup_s + task.handling_s) * SECOND:
            self.report(Rule.HANDLING, entry.request, end=entry.end.isoformat(), handling_s=task.handling_s)
        if not goes_on:
            self.visit = task.place
            self.visit_owes_s = None
        if entry.kind == "dropoff" and self.visit_owes_s is None:
            self.visit_owes_s = place.stay_s
        later = (e for e in self.route.entries[index + 1 :] if e.kind in ("pickup", "dropoff"))
        following = next(later, None)
        is_last = following is None or following.place != task.place
        stay_s = (self.visit_owes_s or 0) if is_last else 0
        if entry.stay_s != stay_s:
            self.report(Rule.STAY, entry.request, stay_s=entry.stay_s, expected_s=stay_s)
        if is_last:
            self.visit_owes_s = 0 if self.visit_owes_s is not None else None

    def _frozen(self, entry: Entry) -> None:
        """Check a stop against the frozen one at its position."""
        number = self.stops_seen - 1
        if number >= len(self.frozen):
            return
        stop = self.frozen[number]
        same = (stop.request, stop.kind, stop.place) == (entry.request, entry.kind, entry.place)
        late = entry.start > stop.start and entry.start > max(self.ready, self.free_at)
        if not same or entry.start < stop.start or late:
            self.report(Rule.FROZEN, entry.request, start=entry.start.isoformat(), stop=number)

    def _may_serve(self, request: Request) -> None:
        """Check equipment, fleets and the locks that name the request."""
        day, tricycle = self.day, self.tricycle
        needed = set(request.equipment)
        if request.product:
            needed |= set(day.product_by_id[request.product].equipment)
        if not needed <= set(tricycle.equipment):
            self.report(
                Rule.EQUIPMENT, request.id, missing=" ".join(sorted(needed - set(tricycle.equipment)))
            )
        if request.allowed_fleets and tricycle.fleet not in request.allowed_fleets:
            self.report(Rule.FLEET_NOT_ALLOWED, request.id, fleet=tricycle.fleet)
        for lock in day.locks.requests:
            if lock.request != request.id:
                continue
            if lock.only_tricycle not in (None, tricycle.id):
                self.report(Rule.ONLY_TRICYCLE, request.id, only_tricycle=lock.only_tricycle)
            if tricycle.id in lock.not_tricycles:
                self.report(Rule.NOT_TRICYCLES, request.id)

    def _load(self, request: Request, entry: Entry) -> None:
        if request.id in self.walk.picked_up:
            self.report(Rule.SERVED_ONCE, request.id)
        self.walk.picked_up[request.id] = entry.end
        label = keep_apart(self.day, request)
        if label:
            if any(other != label for other in self.labels):
                self.report(Rule.KEEP_APART, request.id, label=label)
            self.labels.append(label)
        self.load_g += grams(request.kg)
        self.crates += request.crates

    def _unload(self, request: Request, entry: Entry) -> None:
        if request.id not in self.walk.picked_up:
            self.report(Rule.PRECEDENCE, request.id)
            return
        if request.id in self.walk.delivered:
            self.report(Rule.SERVED_ONCE, request.id)
            return
        self.walk.delivered[request.id] = entry
        handled = entry.start + entry.setup_s * SECOND
        on_board_s = round((handled - self.walk.picked_up[request.id]).total_seconds())
        self.walk.longest_on_board_s = max(self.walk.longest_on_board_s, on_board_s)
        if entry.on_board_s != on_board_s:
            self.report(Rule.TIMES, request.id, on_board_s=entry.on_board_s, expected_s=on_board_s)
        limit_s = self.day.on_board_limit_s(request)
        if limit_s is not None and on_board_s > limit_s:
            self.report(Rule.ON_BOARD_LIMIT, request.id, on_board_s=on_board_s, limit_s=limit_s)
        label = keep_apart(self.day, request)
        if label in self.labels:
            self.labels.remove(label)
        self.load_g -= grams(request.kg)
        self.crates -= request.crates

    def _break(self, entry: Entry) -> None:
        """Check a break: which, how long, when and where."""
        breaks = self.tricycle.breaks
        number = entry.break_index
        if number is None or not self.next_break <= number < len(breaks):
            self.report(Rule.BREAK, index=number)
            return
        for skipped in range(self.next_break, number):
            self._missing(skipped)
        self.next_break = number + 1
        pause = breaks[number]
        if entry.end != entry.start + pause.duration_s * SECOND:
            self.report(Rule.BREAK, index=number, end=entry.end.isoformat(), duration_s=pause.duration_s)
        if not pause.window.start <= entry.start <= pause.window.end:
            self.report(Rule.BREAK, index=number, start=entry.start.isoformat())
        if entry.setup_s or entry.stay_s:
            self.report(Rule.STRUCTURE, setup_s=entry.setup_s, stay_s=entry.stay_s)
        if entry.place not in self._stop_places():
            self.report(Rule.BREAK, index=number, place=entry.place)

    def _stop_places(self) -> set[str | None]:
        """Return where the tricycle stops on this route; start and end count."""
        stops = {e.place for e in self.route.entries if e.kind in ("pickup", "dropoff")}
        return {self.route.start, self.route.end, *stops}

    def _missing(self, number: int) -> None:
        """A break that was not taken has to be not due."""
        window = self.tricycle.breaks[number].window
        passed = self.state is not None and window.end < self.free_at
        if self.route.return_ > window.end and not passed:
            self.report(Rule.BREAK, index=number, due=window.end.isoformat())

    def _breaks_due(self) -> None:
        for number in range(self.next_break, len(self.tricycle.breaks)):
            self._missing(number)

    def _recharge(self, entry: Entry) -> None:
        """Check a recharge and add what it brings."""
        place = self.day.place_by_id.get(entry.place)
        charger = place.charger if place else None
        battery = self.tricycle.battery
        self.recharges += 1
        seconds = round((entry.end - entry.start).total_seconds())
        if (
            charger is None
            or battery is None
            or seconds <= 0
            or seconds % 60
            or entry.setup_s
            or entry.stay_s
        ):
            self.report(Rule.RECHARGE, place=entry.place, seconds=seconds)
            return
        if self.recharges > MAX_RECHARGES:
            self.report(Rule.RECHARGE, number=self.recharges, limit=MAX_RECHARGES)
        kw = min(charger.power_kw, battery.charging_kw) * battery.charging_efficiency
        self.charge = min(1.0, self.charge + kw * seconds / 3_600 / self.usable_kwh)

    def _after(self, entry: Entry) -> None:
        """Check load and charge after an entry; it ends with its stay."""
        walk = self.walk
        if grams(entry.load_kg) != self.load_g or entry.load_crates != self.crates:
            self.report(Rule.LOAD, load_kg=entry.load_kg, expected_kg=self.load_g / GRAMS_PER_KG)
        self._charge_is(entry.charge)
        walk.highest_g = max(walk.highest_g, self.load_g)
        walk.highest_crates = max(walk.highest_crates, self.crates)
        walk.working_s += round((entry.end - entry.start).total_seconds()) + entry.stay_s
        self.position = entry.place
        self.ready = entry.end + entry.stay_s * SECOND

    def _home(self) -> None:
        """Check the way to the end place, the return and the end charge."""
        route = self.route
        end = self.tricycle.end_place
        if (route.last_leg is not None) != (end is not None and end != self.position):
            self.report(Rule.TRAVEL, origin=self.position, destination=end)
        returns = self.ready
        if route.last_leg is not None and end is not None:
            self._leg(route.last_leg, end)
            returns = route.last_leg.arrival
        if route.return_ != returns:
            self.report(Rule.TIMES, returns=route.return_.isoformat(), expected=returns.isoformat())
        if route.return_ > self.tricycle.shift.end:
            self.report(Rule.SHIFT, returns=route.return_.isoformat())
        self._charge_is(route.end_charge)

    def _presence(self) -> None:
        """Collect from when to when the tricycle is where."""
        entries = self.route.entries
        index = 0
        while index < len(entries):
            first = entries[index]
            while index + 1 < len(entries) and entries[index + 1].leg is None:
                index += 1
            last = entries[index]
            leaves = last.end + last.stay_s * SECOND
            following = entries[index + 1].leg if index + 1 < len(entries) else self.route.last_leg
            if following is not None:
                leaves = max(leaves, following.departure)
            arrives = first.leg.arrival if first.leg is not None else first.start
            self.walk.presence.append((first.place, arrives, leaves))
            index += 1


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

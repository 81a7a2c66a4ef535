"""Every order in which a tricycle can serve every set of requests, without breaks, recharges and waiting."""

import math
from collections import defaultdict
from dataclasses import dataclass, replace

from fleet.model import Day, Travel
from fleet.model.base import Window
from fleet.model.requests import Request, Task
from fleet.model.tricycles import Tricycle

Dropped = frozenset[tuple[int, int]]
"""Requests that a route drops off, each with its alternative."""
Span = tuple[float, float]
KG_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Visited:
    """A stop: request number, alternative (-1 is the pickup), location, and what it takes there."""

    request: int
    alternative: int
    location: int
    setup_s: int
    handling_s: int


@dataclass(frozen=True)
class Machine:
    """What a tricycle starts from; instants are seconds of the epoch."""

    day: Day
    travel: Travel
    tricycle: Tricycle
    start: int
    end: int | None
    free_s: int
    shift_end_s: int
    charge_kwh: float
    reserve_kwh: float
    visit: int | None
    owes_s: int
    """Rest of the stay of a visit that goes on and has dropped off something, else 0."""
    visit_dropped: bool
    carried: dict[int, int]
    breaks_taken: int
    recharges_taken: int
    fixed_yuan: float
    box_at_stops: bool = False

    def drive_s(self, origin: int, destination: int) -> int:
        """Return the seconds of a drive, none where there is no way to go."""
        if origin == destination:
            return 0
        speed = list(self.travel.speed_caps_kmh).index(self.tricycle.speed_kmh)
        return int(self.travel.durations_s[speed, origin, destination])

    def drive_m(self, origin: int, destination: int) -> int:
        """Return the metres of a drive."""
        if origin == destination:
            return 0
        speed = list(self.travel.speed_caps_kmh).index(self.tricycle.speed_kmh)
        return int(self.travel.distances_m[speed, origin, destination])

    def leg_kwh(self, metres: int, kg: float) -> float:
        """Return what a leg takes: km x (empty + per 100 kg x load/100) x cold factor."""
        battery = self.tricycle.battery
        if battery is None:
            return 0.0
        per_km = battery.empty_kwh_per_km + battery.kwh_per_km_per_100_kg * kg / 100
        return metres / 1_000 * per_km * self.day.consumption_factor


@dataclass(frozen=True)
class Order:
    """A complete sequence of stops, the stay after each, and a cost below which it is never done."""

    machine: Machine
    stops: tuple[Visited, ...]
    stays_s: tuple[int, ...]
    least_yuan: float


@dataclass(frozen=True)
class _Partial:
    stops: tuple[Visited, ...]
    stays_s: tuple[int, ...]
    here: int
    clock_s: float
    visit: int | None
    owes_s: int
    dropped: bool
    on_board: frozenset[int]
    done: frozenset[int]
    metres: int
    busy_s: int
    kwh: float
    rank: int


def orders_of(day: Day, travel: Travel, tricycle: Tricycle, box_at_stops: bool) -> dict[Dropped, list[Order]]:
    """Return for each set of drop-offs the orders that no rule forbids, the earliest clock tells."""
    machine = replace(machine_of(day, travel, tricycle), box_at_stops=box_at_stops)
    allowed = [n for n, request in enumerate(day.requests) if _may_serve(day, tricycle, request)]
    found: dict[Dropped, list[Order]] = defaultdict(list)
    first = _Partial(
        stops=(),
        stays_s=(),
        here=machine.start,
        clock_s=machine.free_s,
        visit=machine.visit,
        owes_s=machine.owes_s,
        dropped=machine.visit_dropped,
        on_board=frozenset(machine.carried),
        done=frozenset(),
        metres=0,
        busy_s=0,
        kwh=0.0,
        rank=-1,
    )
    stack = [first]
    while stack:
        partial = stack.pop()
        if partial.stops and partial.on_board <= machine.carried.keys():
            order = _completed(machine, partial)
            if order is not None:
                drops = ((s.request, s.alternative) for s in partial.stops if s.alternative >= 0)
                found[frozenset(drops)].append(order)
        for number in allowed:
            request = day.requests[number]
            if number in partial.done:
                continue
            if number in partial.on_board:
                tasks = list(enumerate(request.dropoffs))
            elif _elsewhere(day, machine, number):
                continue
            else:
                tasks = [(-1, request.pickup)]
            for alternative, task in tasks:
                further = _extended(machine, partial, number, alternative, task)
                if further is not None:
                    stack.append(further)
    return found


def machine_of(day: Day, travel: Travel, tricycle: Tricycle) -> Machine:
    """Return a tricycle's start: the day's, or its start state's."""
    keys = [location.key for location in day.locations]
    state = next((s for s in day.start_state.tricycles if s.tricycle == tricycle.id), None)
    start = keys.index(tricycle.start_place)
    free_s = int(tricycle.shift.start.timestamp())
    charge = tricycle.battery.charge if tricycle.battery else 1.0
    burden = sum(a.burden_yuan for a in day.assignments if a.tricycle == tricycle.id)
    fixed = tricycle.fixed_yuan
    carried: dict[int, int] = {}
    visit, owes_s, dropped = None, 0, False
    breaks_taken = 0
    if state is not None:
        free_s = max(free_s, int(state.free_at.timestamp()))
        if state.position is not None:
            start = keys.index(f"start/{tricycle.id}")
        elif state.place is not None:
            start = keys.index(state.place)
        charge = charge if state.charge is None else state.charge
        fixed = 0.0 if state.has_left else fixed
        numbers = {request.id: number for number, request in enumerate(day.requests)}
        carried = {numbers[i.request]: int(i.picked_up_at.timestamp()) for i in state.on_board}
        breaks_taken = state.breaks_taken
        while breaks_taken < len(tricycle.breaks):
            # A break that was over before the tricycle was free is not due.
            if tricycle.breaks[breaks_taken].window.end.timestamp() >= free_s:
                break
            breaks_taken += 1
        if state.visit is not None:
            visit, dropped = start, state.visit.dropped_off
            owes_s = state.visit.stay_left_s if dropped else 0
    usable = day.usable_kwh(tricycle)
    return Machine(
        day=day,
        travel=travel,
        tricycle=tricycle,
        start=start,
        end=None if tricycle.end_place is None else keys.index(tricycle.end_place),
        free_s=free_s,
        shift_end_s=int(tricycle.shift.end.timestamp()),
        charge_kwh=charge * usable if tricycle.battery else math.inf,
        reserve_kwh=tricycle.battery.reserve * usable if tricycle.battery else 0.0,
        visit=visit,
        owes_s=owes_s,
        visit_dropped=dropped,
        carried=carried,
        breaks_taken=breaks_taken,
        recharges_taken=state.recharges_taken if state else 0,
        fixed_yuan=fixed + burden,
    )


def spans(windows: tuple[Window, ...]) -> list[Span]:
    """Return windows in seconds; none means at any time."""
    if not windows:
        return [(-math.inf, math.inf)]
    return [(w.start.timestamp(), w.end.timestamp()) for w in windows]


def _elsewhere(day: Day, machine: Machine, number: int) -> bool:
    """Whether a request is on board of another tricycle already."""
    request = day.requests[number].id
    return number not in machine.carried and any(
        item.request == request for state in day.start_state.tricycles for item in state.on_board
    )


def _may_serve(day: Day, tricycle: Tricycle, request: Request) -> bool:
    needs = set(request.equipment)
    needs.update(*(p.equipment for p in day.products if p.id == request.product))
    if needs - set(tricycle.equipment):
        return False
    if request.allowed_fleets and tricycle.fleet not in request.allowed_fleets:
        return False
    for lock in day.locks.requests:
        if lock.request == request.id:
            if lock.only_tricycle is not None and lock.only_tricycle != tricycle.id:
                return False
            if tricycle.id in lock.not_tricycles:
                return False
    return not any(
        stop.request == request.id and route.tricycle != tricycle.id
        for route in day.locks.routes
        for stop in route.sequence
    )


def _kg(machine: Machine, on_board: frozenset[int]) -> float:
    return sum(machine.day.requests[number].kg for number in on_board)


def _fits(machine: Machine, on_board: frozenset[int]) -> bool:
    crates = sum(machine.day.requests[number].crates for number in on_board)
    tricycle = machine.tricycle
    return _kg(machine, on_board) <= tricycle.payload_kg + KG_TOLERANCE and crates <= tricycle.crates


def _driven(machine: Machine, partial: _Partial, there: int | None) -> _Partial | None:
    """Leave for another place, the stay over; None where the load or the battery forbids the leg."""
    if there is None or there == partial.here:
        return partial
    if not _fits(machine, partial.on_board):
        return None
    metres = machine.drive_m(partial.here, there)
    seconds = machine.drive_s(partial.here, there)
    kwh = partial.kwh + machine.leg_kwh(metres, _kg(machine, partial.on_board))
    can_charge = any(place.charger for place in machine.day.places)
    if not can_charge and machine.charge_kwh - kwh < machine.reserve_kwh - KG_TOLERANCE:
        return None
    return replace(
        partial,
        here=there,
        clock_s=partial.clock_s + seconds,
        metres=partial.metres + metres,
        busy_s=partial.busy_s + seconds,
        kwh=kwh,
    )


def _visit_left(partial: _Partial) -> _Partial:
    """End the visit: what it owes is stayed; before the route's first stop that is no paid time."""
    owed = partial.owes_s if partial.dropped else 0
    if not partial.stops:
        return replace(partial, clock_s=partial.clock_s + owed, visit=None, owes_s=0, dropped=False)
    return replace(
        partial,
        stays_s=(*partial.stays_s[:-1], owed),
        clock_s=partial.clock_s + owed,
        busy_s=partial.busy_s + owed,
        visit=None,
        owes_s=0,
        dropped=False,
    )


def _extended(
    machine: Machine, partial: _Partial, number: int, alternative: int, task: Task
) -> _Partial | None:
    """Append a stop; None where a rule already forbids it."""
    day = machine.day
    request = day.requests[number]
    place = next(p for p in day.places if p.id == task.place)
    there = day.places.index(place)
    rank = _rank(machine, request, alternative)
    if rank is not None and rank < partial.rank:
        return None
    goes_on = partial.visit == there
    begun = _driven(machine, partial if goes_on else _visit_left(partial), there)
    if begun is None:
        return None
    setup_s = 0 if goes_on else place.setup_s
    starts = [
        max(begun.clock_s, low, opens)
        for low, high in spans(task.windows)
        for opens, closes in spans(place.opening)
        if max(begun.clock_s, low, opens) <= high
        and max(begun.clock_s, low, opens) + setup_s + task.handling_s <= closes
    ]
    if not starts:
        return None
    start = min(starts)
    on_board = set(begun.on_board)
    if alternative < 0:
        label = _label(day, number)
        if label and any(_label(day, other) not in ("", label) for other in on_board):
            return None
        on_board.add(number)
        if machine.box_at_stops and not _fits(machine, frozenset(on_board)):
            return None
    else:
        on_board.remove(number)
        limit_s = limit_of(day, request)
        picked = machine.carried.get(number)
        if limit_s is not None and picked is not None and start + setup_s - picked > limit_s:
            return None
    drops = alternative >= 0
    owes_s = begun.owes_s
    if drops and not (goes_on and begun.dropped):
        owes_s = place.stay_s
    return replace(
        begun,
        stops=(*begun.stops, Visited(number, alternative, there, setup_s, task.handling_s)),
        stays_s=(*begun.stays_s, 0),
        clock_s=start + setup_s + task.handling_s,
        busy_s=begun.busy_s + setup_s + task.handling_s,
        visit=there,
        dropped=drops or (goes_on and begun.dropped),
        owes_s=owes_s,
        on_board=frozenset(on_board),
        done=begun.done | {number} if drops else begun.done,
        rank=begun.rank if rank is None else rank,
    )


def _completed(machine: Machine, partial: _Partial) -> Order | None:
    left = _driven(machine, _visit_left(partial), machine.end)
    if left is None or left.clock_s > machine.shift_end_s:
        return None
    tricycle = machine.tricycle
    cost = machine.fixed_yuan + tricycle.yuan_per_km * left.metres / 1_000
    cost += tricycle.yuan_per_hour * left.busy_s / 3_600
    return Order(machine, left.stops, left.stays_s, cost)


def _rank(machine: Machine, request: Request, alternative: int) -> int | None:
    kind = "pickup" if alternative < 0 else "dropoff"
    for route in machine.day.locks.routes:
        if route.tricycle == machine.tricycle.id:
            for rank, stop in enumerate(route.sequence):
                if (stop.request, stop.kind) == (request.id, kind):
                    return rank
    return None


def _label(day: Day, number: int) -> str:
    product = next((p for p in day.products if p.id == day.requests[number].product), None)
    return (product.keep_apart or "") if product else ""


def limit_of(day: Day, request: Request) -> int | None:
    """Return the tighter on-board limit of request and product."""
    limits = [request.on_board_limit_s]
    limits += [p.on_board_limit_s for p in day.products if p.id == request.product]
    return min((limit for limit in limits if limit is not None), default=None)

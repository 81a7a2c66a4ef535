"""Where each tricycle's route begins: its start state, and its frozen stops replayed.

Frozen stops keep their order and planned start where the start state allows, else the earliest start after
it. What follows them is planned as the rest of the day, from the place and time where they end.
"""

import datetime
from dataclasses import dataclass, field

from fleet.model import Day
from fleet.model.locks import FrozenStop
from fleet.model.places import Place
from fleet.model.requests import Request, Task
from fleet.model.travel import Travel
from fleet.model.tricycles import Tricycle
from fleet.planning.nodes import Node


@dataclass(slots=True)
class Beginning:
    """The state that the search starts a route from; instants are seconds of the day's origin."""

    tricycle: Tricycle
    location: int
    free_s: int
    charge_wh: float
    usable_wh: float
    breaks_taken: int
    recharges_taken: int
    has_left: bool
    visit: int = -1
    visit_delivered: bool = False
    visit_stay_s: int = 0
    carried: dict[str, int] = field(default_factory=dict)
    """Requests on board, with the second in which their pickup ended."""
    served: set[str] = field(default_factory=set)
    """Requests that the frozen stops drop off."""
    dropped_g: list[tuple[Request, int]] = field(default_factory=list)
    """Requests dropped off by frozen stops, with the location."""
    nodes: list[Node] = field(default_factory=list)
    """The frozen part of the route, its start first; empty when nothing is frozen."""
    stood: tuple[int, int, int] | None = None
    """Location, since and until of a stay that goes on at the start and passes before the frozen stops."""

    @property
    def n_frozen(self) -> int:
        """Number of frozen stops."""
        return sum(node.kind == "stop" for node in self.nodes)


def origin_s(day: Day) -> int:
    """Return the instant that all of a day's seconds count from: its midnight, by its clock."""
    return int(datetime.datetime.combine(day.date, datetime.time(), tzinfo=day.clock).timestamp())


def beginnings(day: Day, travel: Travel) -> list[Beginning]:
    """Return each tricycle's beginning, in the day's order."""
    frozen = {lock.tricycle: lock.frozen for lock in day.locks.routes if lock.frozen}
    found = []
    for tricycle in day.tricycles:
        beginning = state_of(day, tricycle)
        if tricycle.id in frozen and tricycle.available:
            _replay(day, travel, beginning, frozen[tricycle.id])
        found.append(beginning)
    return found


def state_of(day: Day, tricycle: Tricycle) -> Beginning:
    """Return where a tricycle stands as the day has it, before its frozen stops."""
    origin = origin_s(day)
    state = day.state_by_tricycle.get(tricycle.id)
    usable_wh = day.usable_kwh(tricycle) * 1_000
    charge = 1.0 if tricycle.battery is None else tricycle.battery.charge
    if state is not None and state.charge is not None:
        charge = state.charge
    free_s = int(tricycle.shift.start.timestamp()) - origin
    beginning = Beginning(
        tricycle=tricycle,
        location=day.location_index[day.start_location_key(tricycle)],
        free_s=free_s,
        charge_wh=charge * usable_wh,
        usable_wh=usable_wh,
        breaks_taken=0,
        recharges_taken=0,
        has_left=False,
    )
    if state is None:
        return beginning
    beginning.free_s = max(free_s, int(state.free_at.timestamp()) - origin)
    beginning.breaks_taken = state.breaks_taken
    _skip_past_breaks(day, beginning)
    beginning.recharges_taken = state.recharges_taken
    beginning.has_left = state.has_left
    beginning.carried = {item.request: int(item.picked_up_at.timestamp()) - origin for item in state.on_board}
    if state.visit is not None:
        beginning.visit = day.location_index[state.visit.place]
        beginning.visit_delivered = state.visit.dropped_off
        beginning.visit_stay_s = state.visit.stay_left_s
    return beginning


def _skip_past_breaks(day: Day, beginning: Beginning) -> None:
    """Give up the breaks whose windows have passed before the tricycle is free: they cannot be taken."""
    origin = origin_s(day)
    for pause in beginning.tricycle.breaks[beginning.breaks_taken :]:
        if int(pause.window.end.timestamp()) - origin >= beginning.free_s:
            break
        beginning.breaks_taken += 1


def task_of(request: Request, stop: FrozenStop) -> tuple[Task, int]:
    """Return the task that a frozen stop means, with the number of its alternative (-1: the pickup)."""
    if stop.kind == "pickup":
        return request.pickup, -1
    for number, task in enumerate(request.dropoffs):
        if task.place == stop.place:
            return task, number
    raise KeyError(stop.place)


def _replay(day: Day, travel: Travel, beginning: Beginning, stops: tuple[FrozenStop, ...]) -> None:
    """Walk the frozen stops and leave the beginning where they end."""
    origin = origin_s(day)
    tricycle = beginning.tricycle
    speed_class = travel.speed_class(tricycle.speed_kmh)
    factor = day.consumption_factor
    battery = tricycle.battery
    clock = beginning.free_s
    nodes = [Node(kind="start", location=beginning.location, arrival_s=clock, begin_s=clock)]
    for stop in stops:
        request = day.request_by_id[stop.request]
        task, alternative = task_of(request, stop)
        place = day.place_by_id[task.place]
        there = day.location_index[task.place]
        goes_on = there == beginning.visit
        if not goes_on and beginning.visit_delivered:
            if len(nodes) > 1:
                nodes[-1].stay_s = beginning.visit_stay_s
            else:
                beginning.stood = beginning.visit, clock, clock + beginning.visit_stay_s
            clock += beginning.visit_stay_s
        here = beginning.location
        drive_s = int(travel.durations_s[speed_class, here, there]) if here != there else 0
        metres = int(travel.distances_m[speed_class, here, there]) if here != there else 0
        planned = int(stop.start.timestamp()) - origin
        clock = _break_before(day, beginning, nodes, clock, planned - drive_s)
        if len(nodes) == 1:
            # Leaving as late as the planned start allows costs least.
            clock = max(clock, planned - drive_s)
        arrival = clock + drive_s
        begin = max(arrival, planned)
        node = Node(
            kind="stop",
            location=there,
            arrival_s=arrival,
            begin_s=begin,
            metres=metres,
            travel_s=drive_s,
            setup_s=0 if goes_on else place.setup_s,
            work_s=task.handling_s,
            request=request.id,
            alternative=alternative,
        )
        nodes.append(node)
        clock = begin + node.setup_s + node.work_s
        if battery is not None:
            load_kg = sum(day.request_by_id[r].kg for r in beginning.carried)
            per_km = battery.empty_kwh_per_km + battery.kwh_per_km_per_100_kg * load_kg / 100
            beginning.charge_wh -= metres * per_km * factor
        beginning.location = there
        _handle(beginning, request, place, alternative, there, goes_on, clock)
    first = nodes[1]
    leaves_s = first.begin_s if first.location == nodes[0].location else first.arrival_s - first.travel_s
    nodes[0].begin_s = nodes[0].arrival_s = leaves_s
    beginning.free_s = clock
    beginning.has_left = True
    beginning.nodes = nodes
    _skip_past_breaks(day, beginning)


def _handle(
    beginning: Beginning,
    request: Request,
    place: Place,
    alternative: int,
    there: int,
    goes_on: bool,
    clock: int,
) -> None:
    """Load or unload; keep the visit's account of its stay."""
    if not goes_on:
        beginning.visit = there
        beginning.visit_delivered = False
        beginning.visit_stay_s = 0
    if alternative < 0:
        beginning.carried[request.id] = clock
        return
    beginning.carried.pop(request.id, None)
    beginning.served.add(request.id)
    beginning.dropped_g.append((request, there))
    if not beginning.visit_delivered:
        beginning.visit_delivered = True
        beginning.visit_stay_s = place.stay_s


def _break_before(day: Day, beginning: Beginning, nodes: list[Node], clock: int, leave_by: int) -> int:
    """Take the next break while waiting for a frozen stop, if it ends in time; return the clock after."""
    breaks = beginning.tricycle.breaks
    if beginning.breaks_taken >= len(breaks):
        return clock
    pause = breaks[beginning.breaks_taken]
    origin = origin_s(day)
    begin = max(clock, int(pause.window.start.timestamp()) - origin)
    if begin > int(pause.window.end.timestamp()) - origin or begin + pause.duration_s > leave_by:
        return clock
    nodes.append(
        Node(
            kind="break",
            location=beginning.location,
            arrival_s=clock,
            begin_s=begin,
            work_s=pause.duration_s,
            number=beginning.breaks_taken,
        )
    )
    beginning.breaks_taken += 1
    return begin + pause.duration_s

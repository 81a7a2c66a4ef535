"""From a day and its travel to the solver's numbers: grams, crates, seconds of the day, micro-yuan."""

import datetime
import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fleet.model import Day
from fleet.model.base import GRAMS_PER_KG, MAX_RECHARGES, Window
from fleet.model.locks import RouteLock
from fleet.model.places import Place
from fleet.model.requests import Request, StopKind, Task
from fleet.model.travel import Travel
from fleet.model.tricycles import Tricycle
from fleet.planning.beginning import Beginning, beginnings, origin_s
from fleet.solver.instance import MICRO_YUAN, NEVER, Instance, new_instance

KG = 0
CRATES = 1
"""Load dimensions."""


@dataclass(frozen=True, slots=True)
class Stop:
    """What a task of the instance is: a request (its index), and its pickup (-1) or an alternative."""

    request: int
    alternative: int
    place: str


@dataclass(frozen=True, slots=True)
class Cap:
    """A bound on what is dropped off at a place, of one product or (None) in all."""

    place: str
    product: str | None


@dataclass(frozen=True, slots=True)
class Problem:
    """An instance with the way back to the day. Requests and vehicles have the day's order."""

    day: Day
    travel: Travel
    instance: Instance
    stops: list[Stop]
    caps: list[Cap]
    beginnings: list[Beginning]
    requests: tuple[Request, ...]


@dataclass(frozen=True, slots=True)
class Extra:
    """A request that is not of the day, to ask what would become of it; no lock names it."""

    request: Request
    on_board_limit_s: int | None


def build_problem(day: Day, travel: Travel, *, extra: Sequence[Extra] = ()) -> Problem:
    """Build the solver's instance of a day.

    Parameters
    ----------
    day : Day
        The day.
    travel : Travel
        Durations and distances between ``day.locations``.
    extra : sequence of Extra
        Further requests, after the day's own.

    Returns
    -------
    Problem
        The instance and what its numbers mean.
    """
    return _Builder(day, travel, extra).build()


class _Builder:
    def __init__(self, day: Day, travel: Travel, extra: Sequence[Extra]) -> None:
        self.day = day
        self.travel = travel
        self.requests = (*day.requests, *(item.request for item in extra))
        self.limits_s = [day.on_board_limit_s(request) for request in day.requests]
        self.limits_s += [item.on_board_limit_s for item in extra]
        self.origin = origin_s(day)
        self.beginnings = beginnings(day, travel)
        self.carrier = {
            request: vehicle
            for vehicle, beginning in enumerate(self.beginnings)
            for request in beginning.carried
        }
        self.served = {request for beginning in self.beginnings for request in beginning.served}
        self.stops: list[Stop] = []
        self.windows: list[list[tuple[int, int, int]]] = []
        self.caps: dict[Cap, int] = {}
        self.cap_left: list[int] = []
        self.delivered_g = self._delivered()

    def build(self) -> Problem:
        fields = {
            "duration_s": self.travel.durations_s,
            "distance_m": self.travel.distances_m,
            **self._places(),
            **self._requests(),
            **self._tricycles(),
            **self._breaks(),
            **self._batteries(),
        }
        instance = new_instance(**fields)
        return Problem(
            self.day, self.travel, instance, self.stops, list(self.caps), self.beginnings, self.requests
        )

    def _places(self) -> dict[str, object]:
        places: list[Place | None] = list(self.day.places)
        places += [None] * (len(self.day.locations) - len(places))
        held = [
            (vehicle, *stay) for vehicle, beginning in enumerate(self.beginnings) for stay in _held(beginning)
        ]
        return {
            "stay_s": [p.stay_s if p else 0 for p in places],
            "bays": [p.bays if p and p.bays is not None else -1 for p in places],
            "held_bays": np.array(held, np.int64).reshape(-1, 4),
            "charger_w": [_watts(p.charger.power_kw) if p and p.charger else 0 for p in places],
        }

    def _requests(self) -> dict[str, object]:
        pickup = []
        deliveries: list[list[int]] = []
        for index, request in enumerate(self.requests):
            if request.id in self.carrier:
                pickup.append(-1)
            else:
                pickup.append(self._task(index, -1, request.pickup))
            deliveries.append(
                [self._task(index, number, task) for number, task in enumerate(request.dropoffs)]
            )
        day = self.day
        labels = {"": 0}
        label = []
        for request in self.requests:
            product = day.product_by_id[request.product] if request.product else None
            keep_apart = (product.keep_apart if product else None) or ""
            label.append(labels.setdefault(keep_apart, len(labels)))
        locations = [day.location_index[stop.place] for stop in self.stops]
        carried_since = {r: since for b in self.beginnings for r, since in b.carried.items()}
        return {
            "task_request": [stop.request for stop in self.stops],
            "task_location": locations,
            "task_delivers": [stop.alternative >= 0 for stop in self.stops],
            "task_setup_s": [[day.place_by_id[stop.place].setup_s for stop in self.stops]],
            "task_handling_s": [[self._task_of(stop).handling_s for stop in self.stops]],
            "task_rank": self._ranks(),
            "task_cap": [self._caps_of(stop) for stop in self.stops],
            "window_ptr": [0, *itertools.accumulate(len(windows) for windows in self.windows)],
            "window_open": [window[0] for windows in self.windows for window in windows],
            "window_close": [window[1] for windows in self.windows for window in windows],
            "window_finish": [window[2] for windows in self.windows for window in windows],
            "request_pickup": pickup,
            "delivery_ptr": [0, *itertools.accumulate(len(tasks) for tasks in deliveries)],
            "delivery_task": [task for tasks in deliveries for task in tasks],
            "load": [(round(r.kg * GRAMS_PER_KG), r.crates) for r in self.requests],
            "cap_use": [round(r.kg * GRAMS_PER_KG) for r in self.requests],
            "cap_left": self.cap_left,
            "penalty": [
                0 if r.id in self.served else round(day.penalty_yuan(r) * MICRO_YUAN) for r in self.requests
            ],
            "must": [r.must and r.id not in self.served for r in self.requests],
            "on_board_limit_s": [NEVER if limit is None else limit for limit in self.limits_s],
            "on_board_since_s": [carried_since.get(r.id, 0) for r in self.requests],
            "label": label,
            "carried_by": [self.carrier.get(r.id, -1) for r in self.requests],
            "allowed": self._allowed(),
        }

    def _task(self, request: int, alternative: int, task: Task) -> int:
        self.stops.append(Stop(request, alternative, task.place))
        self.windows.append(self._folded(task.windows, self.day.place_by_id[task.place].opening))
        return len(self.stops) - 1

    def _task_of(self, stop: Stop) -> Task:
        request = self.requests[stop.request]
        return request.pickup if stop.alternative < 0 else request.dropoffs[stop.alternative]

    def _folded(self, windows: Sequence[Window], opening: Sequence[Window]) -> list[tuple[int, int, int]]:
        """Return (open, close, finish) for every window of a stop within every opening of its place."""
        folded = []
        for low, high in self._seconds(windows):
            for opens, closes in self._seconds(opening):
                if max(low, opens) <= min(high, closes):
                    folded.append((max(low, opens), min(high, closes), closes))
        return folded

    def _seconds(self, windows: Sequence[Window]) -> list[tuple[int, int]]:
        if not windows:
            return [(-NEVER, NEVER)]
        return [(self._instant(window.start), self._instant(window.end)) for window in windows]

    def _instant(self, instant: datetime.datetime) -> int:
        return int(instant.timestamp()) - self.origin

    def _ranks(self) -> list[int]:
        rank: dict[tuple[str, StopKind], int] = {
            (stop.request, stop.kind): number
            for lock in self.day.locks.routes
            for number, stop in enumerate(lock.sequence)
        }
        return [
            rank.get((self.requests[stop.request].id, "pickup" if stop.alternative < 0 else "dropoff"), -1)
            for stop in self.stops
        ]

    def _caps_of(self, stop: Stop) -> tuple[int, int]:
        if stop.alternative < 0:
            return -1, -1
        place = self.day.place_by_id[stop.place]
        product = self.requests[stop.request].product
        in_all = self._cap(Cap(place.id, None), place.max_kg)
        of_product = -1
        if product is not None:
            of_product = self._cap(Cap(place.id, product), place.max_kg_of_product.get(product))
        return in_all, of_product

    def _cap(self, cap: Cap, max_kg: float | None) -> int:
        if max_kg is None:
            return -1
        if cap not in self.caps:
            self.caps[cap] = len(self.cap_left)
            self.cap_left.append(round(max_kg * GRAMS_PER_KG) - self.delivered_g.get(cap, 0))
        return self.caps[cap]

    def _delivered(self) -> dict[Cap, int]:
        """Add up what places have received before the search begins."""
        delivered: dict[Cap, int] = {}
        gone = [(d.place, d.product, d.kg) for d in self.day.start_state.delivered]
        for beginning in self.beginnings:
            for request, location in beginning.dropped_g:
                gone.append((self.day.locations[location].key, request.product, request.kg))
        for place, product, kg in gone:
            for cap in {Cap(place, None), Cap(place, product)}:
                delivered[cap] = delivered.get(cap, 0) + round(kg * GRAMS_PER_KG)
        return delivered

    def _allowed(self) -> npt.NDArray[np.bool_]:
        """Return (R, V): equipment, fleets, locks and availability."""
        day = self.day
        allowed = np.ones((len(self.requests), len(day.tricycles)), bool)
        equipment = [frozenset(t.equipment) for t in day.tricycles]
        needed_sets: dict[frozenset[str], npt.NDArray[np.bool_]] = {}
        for index, request in enumerate(self.requests):
            needed = frozenset(request.equipment)
            if request.product:
                needed |= set(day.product_by_id[request.product].equipment)
            if needed:
                if needed not in needed_sets:
                    needed_sets[needed] = np.array([needed <= has for has in equipment])
                allowed[index] &= needed_sets[needed]
            if request.allowed_fleets:
                allowed[index] &= [t.fleet in request.allowed_fleets for t in day.tricycles]
            if request.id in self.served:
                allowed[index] = False
            elif request.id in self.carrier:
                allowed[index] &= np.arange(len(day.tricycles)) == self.carrier[request.id]
        number = {t.id: v for v, t in enumerate(day.tricycles)}
        row = {r.id: i for i, r in enumerate(day.requests)}
        for lock in day.locks.requests:
            if lock.only_tricycle is not None:
                allowed[row[lock.request]] &= np.arange(len(number)) == number[lock.only_tricycle]
            for tricycle in lock.not_tricycles:
                allowed[row[lock.request], number[tricycle]] = False
        for route in day.locks.routes:
            for request_id in {stop.request for stop in route.sequence}:
                allowed[row[request_id]] &= np.arange(len(number)) == number[route.tricycle]
            for request_id in _too_late(route):
                allowed[row[request_id]] = False
        allowed[:, [v for v, t in enumerate(day.tricycles) if not t.available]] = False
        return allowed

    def _tricycles(self) -> dict[str, object]:
        day = self.day
        classes = list(self.travel.speed_caps_kmh)
        begin = self.beginnings
        return {
            "start": [b.location for b in begin],
            "end": [-1 if t.end_place is None else day.location_index[t.end_place] for t in day.tricycles],
            "earliest_s": [b.free_s for b in begin],
            "latest_s": [self._instant(t.shift.end) for t in day.tricycles],
            "departs_at_once": [bool(b.nodes) for b in begin],
            "speed_class": [classes.index(t.speed_kmh) for t in day.tricycles],
            "capacity": [(round(t.payload_kg * GRAMS_PER_KG), t.crates) for t in day.tricycles],
            "fixed_cost": [self._fixed_cost(b) for b in begin],
            "cost_per_m": [round(t.yuan_per_km * MICRO_YUAN / 1_000) for t in day.tricycles],
            "cost_per_s": [_micro_yuan_per_s(t) for t in day.tricycles],
            "visit_location": [b.visit for b in begin],
            "visit_delivered": [b.visit_delivered for b in begin],
            "visit_stay_s": [b.visit_stay_s for b in begin],
        }

    def _fixed_cost(self, beginning: Beginning) -> int:
        """Return what using a tricycle costs at once; the frozen part of a route is paid in any case."""
        tricycle = beginning.tricycle
        if beginning.nodes:
            if tricycle.end_place is None:
                return 0
            speed = self.travel.speed_class(tricycle.speed_kmh)
            end = self.day.location_index[tricycle.end_place]
            stay_s = beginning.visit_stay_s if beginning.visit_delivered else 0
            home_s = int(self.travel.durations_s[speed, beginning.location, end]) + stay_s
            home_m = int(self.travel.distances_m[speed, beginning.location, end])
            return -round(
                home_m * tricycle.yuan_per_km * MICRO_YUAN / 1_000 + home_s * _micro_yuan_per_s(tricycle)
            )
        assignment = self.day.assignment_by_tricycle.get(tricycle.id)
        burden = assignment.burden_yuan if assignment else 0.0
        fixed = 0.0 if beginning.has_left else tricycle.fixed_yuan
        return round((fixed + burden) * MICRO_YUAN)

    def _breaks(self) -> dict[str, object]:
        due = [b.tricycle.breaks[b.breaks_taken :] for b in self.beginnings]
        flat = [pause for breaks in due for pause in breaks]
        return {
            "break_ptr": [0, *itertools.accumulate(len(breaks) for breaks in due)],
            "break_duration_s": [pause.duration_s for pause in flat],
            "break_open": [self._instant(pause.window.start) for pause in flat],
            "break_close": [self._instant(pause.window.end) for pause in flat],
        }

    def _batteries(self) -> dict[str, object]:
        factor = self.day.consumption_factor
        batteries = [t.battery for t in self.day.tricycles]
        return {
            "usable_wh": [b.usable_wh for b in self.beginnings],
            "start_charge_wh": [b.charge_wh for b in self.beginnings],
            "reserve_wh": [
                b.reserve * begin.usable_wh if b else 0.0
                for b, begin in zip(batteries, self.beginnings, strict=True)
            ],
            # kWh per km is Wh per m.
            "wh_per_m": [b.empty_kwh_per_km * factor if b else 0.0 for b in batteries],
            "wh_per_m_per_g": [
                b.kwh_per_km_per_100_kg * factor / (100 * GRAMS_PER_KG) if b else 0.0 for b in batteries
            ],
            "charging_w": [_watts(b.charging_kw) if b else 0 for b in batteries],
            "charging_efficiency": [b.charging_efficiency if b else 1.0 for b in batteries],
            "recharges_left": [
                MAX_RECHARGES - begin.recharges_taken if b else 0
                for b, begin in zip(batteries, self.beginnings, strict=True)
            ],
        }


def _too_late(route: RouteLock) -> set[str]:
    """Return requests with a stop that the sequence has before one that is frozen, and that is not itself."""
    frozen = {(stop.request, stop.kind) for stop in route.frozen}
    ranks = [rank for rank, stop in enumerate(route.sequence) if (stop.request, stop.kind) in frozen]
    before = route.sequence[: max(ranks, default=0)]
    return {stop.request for stop in before if (stop.request, stop.kind) not in frozen}


def _held(beginning: Beginning) -> Iterator[tuple[int, int, int]]:
    """Yield (location, since, until) of where a tricycle is by its start state and frozen stops alone."""
    stay_s = beginning.visit_stay_s if beginning.visit_delivered else 0
    if not beginning.nodes and beginning.visit >= 0:
        yield beginning.visit, beginning.free_s, beginning.free_s + stay_s
    if beginning.stood is not None:
        yield beginning.stood
    nodes = beginning.nodes[1:]
    for location, group in itertools.groupby(range(len(nodes)), key=lambda k: nodes[k].location):
        first, *_rest = members = list(group)
        since = nodes[first].arrival_s
        if first == 0 and location == beginning.nodes[0].location:
            since = nodes[first].begin_s
        last = members[-1]
        if last + 1 < len(nodes):
            until = nodes[last + 1].arrival_s - nodes[last + 1].travel_s
        else:
            until = nodes[last].end_s + stay_s
        yield location, since, until


def _watts(kw: float) -> int:
    """Return whole watts, on the safe side."""
    return math.floor(kw * 1_000 + 1e-6)


def _micro_yuan_per_s(tricycle: Tricycle) -> int:
    return round(tricycle.yuan_per_hour * MICRO_YUAN / 3_600)

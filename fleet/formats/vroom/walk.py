"""The walk along a timed route: every figure of VROOM's answer, and every rule that is broken.

Ticks are rounded down to seconds at each arrival and each start, and all durations are differences of those,
so that the seconds of an answer always add up.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from fleet.formats.vroom.answer import CAUSES, Cause, Route, Step, StepType, Violation
from fleet.formats.vroom.polyline import encoded
from fleet.formats.vroom.problem import COST_SCALE, TICKS_PER_S, VroomProblem

SECONDS_PER_HOUR = 3_600
METRES_PER_KM = 1_000


@dataclass(frozen=True)
class Entry:
    """A task or a break of a route and the tick at which it begins, set-up included."""

    begin: int
    task: int = -1
    rest: int = -1
    """Rank among the vehicle's breaks, -1 for a task."""


class _Spot(NamedTuple):
    """A place as the input names it."""

    location: tuple[float, float] | None
    location_index: int | None


NOWHERE = _Spot(None, None)


def timed_route(problem: VroomProblem, vehicle: int, entries: Sequence[Entry], *, departure: int) -> Route:
    """Return a route with all its figures and violations.

    Parameters
    ----------
    problem : VroomProblem
        The problem.
    vehicle : int
        Rank of the vehicle.
    entries : sequence of Entry
        Tasks and breaks in order; a drive goes on as early as the breaks in it allow.
    departure : int
        Tick at which the route starts.
    """
    return _Walk(problem, vehicle, entries, departure).run()


class _Walk:
    """State along one route."""

    def __init__(self, problem: VroomProblem, vehicle: int, entries: Sequence[Entry], departure: int) -> None:
        self._problem, self._entries = problem, entries
        self._vehicle = problem.vehicles[vehicle]
        self._spec = self._vehicle.spec
        ranks = [entry.task for entry in entries if entry.task >= 0]
        self._tasks = [problem.tasks[rank] for rank in ranks]
        self._unmatched = _unmatched(problem, ranks)
        self._steps: list[Step] = []
        self._causes: dict[Cause, int] = {}
        """Causes of the whole route with the seconds of earliness or lateness."""
        self._clock = departure
        self._clock_s = departure // TICKS_PER_S
        self._load = [0] * problem.size
        for task in self._tasks:
            if task.kind == "job":
                self._load = [a + b for a, b in zip(self._load, task.gives, strict=True)]
        self._duration_s = 0
        self._before_leg_m = 0
        self._distance_m = 0
        self._leg_cost = 0
        self._leg_m = 0
        self._leg_s = 0

    def run(self) -> Route:
        here, served = self._vehicle.start, 0
        self._step("start", spot=self._spot(first=True), of=self._early())
        left = self._set_out(here, served)
        for entry in self._entries:
            if entry.rest >= 0:
                driven = min(left, max(0, entry.begin - self._clock))
                left -= driven
                self._rest(entry, driven)
            else:
                self._serve(entry, left, setup=self._tasks[served].place != here, number=served + 1)
                here, served = self._tasks[served].place, served + 1
                left = self._set_out(here, served)
        self._arrive(left, at_end_of_leg=True)
        late_s = self._clock_s - self._spec.time_window[1]
        self._step(
            "end", spot=self._spot(first=False), of=[self._note("delay", late_s)] if late_s > 0 else []
        )
        return self._route()

    def _set_out(self, here: int, served: int) -> int:
        """Begin the drive to the next task, or to the end; return its ticks."""
        there = self._tasks[served].place if served < len(self._tasks) else self._vehicle.end
        self._before_leg_m = self._distance_m
        self._leg_m = self._vehicle.metres(here, there)
        self._leg_cost += self._vehicle.leg_cost(here, there)
        ticks = self._vehicle.ticks(here, there)
        self._leg_s = ticks // TICKS_PER_S
        return ticks

    def _arrive(self, driven: int, *, at_end_of_leg: bool) -> None:
        """Drive on; up to a break the metres are as its share of the leg's time."""
        self._clock += driven
        seconds = self._clock // TICKS_PER_S - self._clock_s
        self._duration_s += seconds
        self._clock_s += seconds
        if at_end_of_leg:
            self._distance_m = self._before_leg_m + self._leg_m
        elif self._leg_s:
            part_m = int(seconds * self._leg_m / self._leg_s + 0.5)
            self._distance_m = min(self._distance_m + part_m, self._before_leg_m + self._leg_m)

    def _rest(self, entry: Entry, driven: int) -> None:
        rest = self._vehicle.breaks[entry.rest]
        self._arrive(driven, at_end_of_leg=False)
        violations = self._windows(rest.time_windows, entry.begin)
        if rest.max_load is not None and not _within(self._load, rest.max_load):
            violations.append(self._note("max_load"))
        self._step(
            "break",
            identifier=rest.id,
            description=rest.description,
            begin=entry.begin,
            service_s=rest.service,
            of=violations,
        )

    def _serve(self, entry: Entry, driven: int, *, setup: bool, number: int) -> None:
        task = self._problem.tasks[entry.task]
        visit = task.visit
        self._arrive(driven, at_end_of_leg=True)
        self._load = [a + b - c for a, b, c in zip(self._load, task.takes, task.gives, strict=True)]
        violations = self._windows(visit.time_windows, entry.begin)
        if not self._vehicle.has_skills(task):
            violations.append(self._note("skills"))
        if self._spec.max_tasks is not None and number > self._spec.max_tasks:
            violations.append(self._note("max_tasks"))
        if entry.task in self._unmatched:
            violations.append(self._note("precedence"))
        self._step(
            task.kind,
            identifier=visit.id,
            description=visit.description,
            spot=_Spot(visit.location, visit.location_index),
            begin=entry.begin,
            setup_s=task.setup_s(self._spec.type) if setup else 0,
            service_s=task.service_s(self._spec.type),
            of=violations,
        )

    def _step(
        self,
        kind: StepType,
        *,
        of: Sequence[Violation],
        identifier: int | None = None,
        description: str = "",
        spot: _Spot = NOWHERE,
        begin: int | None = None,
        setup_s: int = 0,
        service_s: int = 0,
    ) -> None:
        """Write a step at the present place and time, and let its time pass."""
        begin = self._clock if begin is None else begin
        waiting_s = begin // TICKS_PER_S - self._clock_s
        violations = list(of)
        if not _within(self._load, self._vehicle.capacity):
            violations.append(self._note("load"))
        if self._spec.max_travel_time is not None and self._duration_s > self._spec.max_travel_time:
            violations.append(self._note("max_travel_time"))
        if self._spec.max_distance is not None and self._distance_m > self._spec.max_distance:
            violations.append(self._note("max_distance"))
        self._steps.append(
            Step(
                type=kind,
                description=description or None,
                location=spot.location,
                location_index=spot.location_index,
                id=identifier,
                setup=setup_s,
                service=service_s,
                waiting_time=waiting_s,
                job=None if kind == "break" else identifier,
                load=tuple(self._load) if self._problem.size else None,
                arrival=self._clock_s,
                duration=self._duration_s,
                violations=tuple(sorted(violations, key=lambda violation: CAUSES.index(violation.cause))),
                distance=self._distance_m if self._problem.reports_distances else None,
            )
        )
        self._clock = begin + TICKS_PER_S * (setup_s + service_s)
        self._clock_s += waiting_s + setup_s + service_s

    def _spot(self, *, first: bool) -> _Spot:
        """Return where the route starts or ends: the vehicle's place, else that of its outermost task."""
        start = _Spot(self._spec.start, self._spec.start_index)
        end = _Spot(self._spec.end, self._spec.end_index)
        tasks = [_Spot(task.visit.location, task.visit.location_index) for task in self._tasks]
        spots = [start, *tasks, end] if first else [end, *reversed(tasks), start]
        return next(spot for spot in spots if spot != NOWHERE)

    def _early(self) -> list[Violation]:
        early_s = self._spec.time_window[0] - self._clock_s
        return [self._note("lead_time", early_s)] if early_s > 0 else []

    def _windows(self, windows: Sequence[tuple[int, int]], begin: int) -> list[Violation]:
        """Return the earliness or lateness against the nearest window."""
        start_s = begin // TICKS_PER_S
        off = min(((max(low - start_s, start_s - high, 0), low > start_s) for low, high in windows))
        if off[0] == 0:
            return []
        return [self._note("lead_time" if off[1] else "delay", off[0])]

    def _note(self, cause: Cause, seconds: int = 0) -> Violation:
        self._causes[cause] = self._causes.get(cause, 0) + seconds
        return Violation(cause=cause, duration=seconds or None)

    def _route(self) -> Route:
        taken = {entry.rest for entry in self._entries}
        if not taken.issuperset(range(len(self._vehicle.breaks))):
            self._note("missing_break")
        size, costs = self._problem.size, self._vehicle.costs
        setup_s = sum(step.setup for step in self._steps)
        service_s = sum(step.service for step in self._steps)
        travel = self._leg_cost
        if self._vehicle.travel.cost is None:
            by_time = self._duration_s * costs.per_hour / SECONDS_PER_HOUR
            travel = int(by_time + self._distance_m * costs.per_km / METRES_PER_KM + 0.5)
        task_cost = TICKS_PER_S * (setup_s + service_s) * costs.per_task_hour // COST_SCALE
        delivery = _total([task.gives for task in self._tasks], size)
        return Route(
            vehicle=self._spec.id,
            cost=costs.fixed + travel + task_cost,
            description=self._spec.description or None,
            delivery=delivery,
            amount=delivery,
            pickup=_total([task.takes for task in self._tasks], size),
            setup=setup_s,
            service=service_s,
            duration=self._duration_s,
            waiting_time=sum(step.waiting_time for step in self._steps),
            priority=sum(task.priority for task in self._tasks),
            distance=self._distance_m if self._problem.reports_distances else None,
            steps=tuple(self._steps),
            violations=violations_of(self._causes),
            geometry=self._geometry(),
        )

    def _geometry(self) -> str | None:
        ways = self._vehicle.travel.ways
        if not self._problem.geometry or ways is None:
            return None
        stops = [self._vehicle.start, *(task.place for task in self._tasks), self._vehicle.end]
        return encoded(ways.line([stop for stop in stops if stop >= 0]))


def violations_of(causes: dict[Cause, int]) -> tuple[Violation, ...]:
    """Return one violation a cause, in the order of VROOM's list, with the seconds of a window's."""
    known = [cause for cause in CAUSES if cause in causes]
    return tuple(Violation(cause=cause, duration=causes[cause] or None) for cause in known)


def _within(load: Sequence[int], limit: Sequence[int]) -> bool:
    return all(part <= most for part, most in zip(load, limit, strict=True))


def _total(amounts: Sequence[tuple[int, ...]], size: int) -> tuple[int, ...] | None:
    return tuple(sum(amount[q] for amount in amounts) for q in range(size)) if size else None


def _unmatched(problem: VroomProblem, ranks: Sequence[int]) -> Collection[int]:
    """Return the pickups without a delivery after them, and the deliveries without a pickup before."""
    position = {rank: number for number, rank in enumerate(ranks)}

    def broken() -> Iterator[int]:
        for rank in ranks:
            pair = problem.requests[problem.tasks[rank].request]
            if len(pair) == 2:
                pickup, delivery = (position.get(task) for task in pair)
                if pickup is None or delivery is None or delivery < pickup:
                    yield rank

    return frozenset(broken())

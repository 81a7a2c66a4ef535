"""One tricycle as its events move it along its route."""

import datetime
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from typing import Generic, Literal, NamedTuple, TypeVar

from fleet.model import Plan
from fleet.model.day_state import Carried, DoneStop, FailedStop, NextStop, SoldAt, TricycleNow
from fleet.model.events import Back, Breakdown, Done, Event, Failed, Late, Left, Sold
from fleet.model.locks import StopRef
from fleet.model.plan import Entry, Route
from fleet.model.requests import StopKind
from fleet.model.state import Position

AT_ONCE_S = 60
"""No two places are so near that a tricycle is done at both of them within this time."""
K = TypeVar("K", bound=Hashable)


class Stop(NamedTuple):
    """A ``StopRef`` that is quickly looked up."""

    request: str
    kind: StopKind


class PlannedStop(NamedTuple):
    """A stop of the plan: whose, in which visit of the route, and what it should be like."""

    stop: Stop
    tricycle: str
    visit: int
    entry: Entry


class PlannedStops:
    """The stops of a plan; for one plan, however many days are followed."""

    def __init__(self, plan: Plan) -> None:
        self.routes = {route.tricycle: route for route in plan.routes}
        self._of = {route.tricycle: tuple(planned_stops(route)) for route in plan.routes}
        self._planned = {planned.stop: planned for stops in self._of.values() for planned in stops}

    def get(self, stop: Stop) -> PlannedStop | None:
        """Return what the plan says of a stop, None if it does not have it."""
        return self._planned.get(stop)

    def of(self, tricycle: str) -> tuple[PlannedStop, ...]:
        """Return the stops of a route, in its order."""
        return self._of[tricycle]


def stop_of(ref: StopRef) -> Stop:
    """Return the stop that an event names."""
    return Stop(ref.request, ref.kind)


def planned_stops(route: Route) -> Iterator[PlannedStop]:
    """Yield the stops of a route; a visit is a maximal run of stops at one place."""
    visit, place = -1, None
    for entry in route.stops:
        if entry.request is None:
            continue
        if entry.place != place:
            visit, place = visit + 1, entry.place
        stop = Stop(entry.request, "pickup" if entry.kind == "pickup" else "dropoff")
        yield PlannedStop(stop, route.tricycle, visit, entry)


class FarApart(Generic[K]):
    """Finds what one tricycle cannot have done: two places at the same time."""

    def __init__(self) -> None:
        self._recent: dict[str, list[tuple[datetime.datetime, str, K]]] = defaultdict(list)

    def at_once(self, tricycle: str, place: str, at: datetime.datetime, key: K) -> list[K]:
        """Return the keys of what contradicts each other, this one included; none where nothing does."""
        recent = self._recent[tricycle]
        recent[:] = [item for item in recent if (at - item[0]).total_seconds() < AT_ONCE_S]
        elsewhere = [other for _, there, other in recent if there != place]
        recent.append((at, place, key))
        return [*elsewhere, key] if elsewhere else []


class Tricycle:
    """What one tricycle has done so far; events come in the order of time.

    ``done_by`` says which tricycle has done a stop, whoever it was.
    """

    def __init__(self, route: Route, stops: PlannedStops, done_by: Mapping[Stop, str]) -> None:
        self._route = route
        self._stops = stops
        self._done_by = done_by
        self._own = stops.of(route.tricycle)
        self._status: Literal["not_started", "under_way", "at_place", "back"] = "not_started"
        self._place: str | None = route.start
        self._position: Position | None = None
        self._done: list[DoneStop] = []
        self._failed: list[FailedStop] = []
        self._sold: list[SoldAt] = []
        self._late_s = 0
        self._breakdown: Literal["tricycle", "battery"] | None = None
        self._charge: float | None = None
        self._last_at: datetime.datetime | None = None
        self._first_arrivals: dict[int, datetime.datetime] = {}
        self._on_board = {carried.request: carried for carried in self._carried_from_the_start()}
        # What stays on board to the end, because no stop of the plan takes it.
        self._kept_kg = route.start_load_kg - sum(carried.kg for carried in self._on_board.values())
        self._kept_crates = self._crates_at_the_start() - sum(
            carried.crates for carried in self._on_board.values()
        )

    def expect_arrival(self, stop: PlannedStop, at: datetime.datetime) -> None:
        """Learn of an arrival before anything else, so that what is done before it is noticed."""
        if stop.tricycle == self._route.tricycle:
            self._first_arrivals.setdefault(stop.visit, at)

    def arrival_after(self, stop: PlannedStop, at: datetime.datetime) -> bool:
        """Say whether it is reported to have arrived at a stop only later than this."""
        arrival = self._first_arrivals.get(stop.visit) if stop.tricycle == self._route.tricycle else None
        return arrival is not None and at < arrival

    def arrives(self, stop: PlannedStop, at: datetime.datetime) -> None:
        """Stand at a place."""
        self._moves_on(at)
        self._status, self._place = "at_place", stop.entry.place
        self._measure_lateness(stop, at, first_of_visit(self._own, stop).arrival)

    def does(self, stop: PlannedStop, event: Done, at: datetime.datetime) -> bool:
        """Have loaded or unloaded; False if what was unloaded was not on board."""
        self._moves_on(at)
        entry = stop.entry
        kg = entry.kg if event.kg is None else event.kg
        crates = entry.crates if event.crates is None else event.crates
        self._done.append(
            DoneStop(
                **stop.stop._asdict(),
                place=entry.place,
                at=at,
                planned_end=entry.end,
                kg=kg,
                crates=crates,
            )
        )
        self._failed = [failed for failed in self._failed if _stop(failed) != stop.stop]
        self._status, self._place = "at_place", entry.place
        self._measure_lateness(stop, at, entry.end)
        if stop.stop.kind == "pickup":
            self._on_board[stop.stop.request] = Carried(
                request=stop.stop.request, picked_up_at=at, kg=kg, crates=crates
            )
            return True
        return self._on_board.pop(stop.stop.request, None) is not None

    def fails(self, stop: PlannedStop, event: Failed, at: datetime.datetime) -> None:
        """Have been at a stop in vain."""
        self._moves_on(at)
        self._failed = [failed for failed in self._failed if _stop(failed) != stop.stop]
        self._failed.append(
            FailedStop(**stop.stop._asdict(), place=stop.entry.place, at=at, reason=event.reason)
        )
        if event.reason != "road_blocked":
            self._status, self._place = "at_place", stop.entry.place

    def hears(self, event: Event, at: datetime.datetime) -> None:
        """Take in what concerns no stop."""
        if isinstance(event, Breakdown):
            self._last_at, self._breakdown = at, event.part
            self._position, self._charge = event.position, event.charge
        elif isinstance(event, Late):
            self._last_at, self._late_s = at, event.late_s
        elif isinstance(event, Sold):
            self._last_at = at
            self._sold.append(SoldAt(place=event.place, at=at, crates_left=event.crates_left))
        elif isinstance(event, Left):
            if self._status == "not_started":
                self._late_s = _seconds(at, self._route.departure)
            self._moves_on(at)
            self._status = "under_way"
        elif isinstance(event, Back):
            self._moves_on(at)
            self._status, self._place = "back", self._route.end or self._place
            self._late_s = _seconds(at, self._route.return_)
        else:
            self._last_at = at

    def now(self) -> TricycleNow:
        """Return where it is."""
        on_board = tuple(sorted(self._on_board.values(), key=lambda carried: carried.request))
        return TricycleNow(
            tricycle=self._route.tricycle,
            number=self._route.number,
            driver=self._route.driver,
            status=self._status,
            place=self._place,
            position=self._position,
            next=self._next(),
            done=tuple(self._done),
            failed=tuple(self._failed),
            stops=len(self._own),
            late_s=self._late_s,
            load_kg=max(0.0, self._kept_kg + sum(carried.kg for carried in on_board)),
            load_crates=self._kept_crates + sum(carried.crates for carried in on_board),
            on_board=on_board,
            sold=tuple(self._sold),
            breakdown=self._breakdown,
            charge=self._charge,
            last_at=self._last_at,
        )

    def _moves_on(self, at: datetime.datetime) -> None:
        self._last_at, self._breakdown, self._position = at, None, None

    def _measure_lateness(self, stop: PlannedStop, at: datetime.datetime, planned: datetime.datetime) -> None:
        """A stop of somebody else's route says nothing about one's own times."""
        if stop.tricycle == self._route.tricycle:
            self._late_s = _seconds(at, planned)

    def _next(self) -> NextStop | None:
        if self._status == "back":
            return None
        failed = {_stop(stop) for stop in self._failed}
        for stop in self._own:
            if stop.stop in failed or self._done_by.get(stop.stop) is not None:
                continue
            pickup = Stop(stop.stop.request, "pickup")
            lost = pickup in failed or self._done_by.get(pickup) not in (None, self._route.tricycle)
            if stop.stop.kind == "dropoff" and lost:
                continue
            late = datetime.timedelta(seconds=max(self._late_s, 0))
            return NextStop(
                **stop.stop._asdict(),
                place=stop.entry.place,
                planned_start=stop.entry.start,
                expected_start=stop.entry.start + late,
            )
        return None

    def _carried_from_the_start(self) -> Iterator[Carried]:
        """Yield what the plan unloads without loading it."""
        for stop in self._own:
            entry = stop.entry
            pickup = Stop(stop.stop.request, "pickup")
            if stop.stop.kind == "dropoff" and self._stops.get(pickup) is None:
                on_board = datetime.timedelta(seconds=entry.on_board_s or 0)
                picked_up_at = entry.start + datetime.timedelta(seconds=entry.setup_s) - on_board
                yield Carried(
                    request=stop.stop.request, picked_up_at=picked_up_at, kg=entry.kg, crates=entry.crates
                )

    def _crates_at_the_start(self) -> int:
        if not self._own:
            return 0
        entry = self._own[0].entry
        return entry.load_crates + (entry.crates if entry.kind == "dropoff" else -entry.crates)


def first_of_visit(stops: tuple[PlannedStop, ...], stop: PlannedStop) -> Entry:
    """Return the entry at which a stop's visit begins; its own where it is of another route."""
    return next((s.entry for s in stops if (s.tricycle, s.visit) == (stop.tricycle, stop.visit)), stop.entry)


def _stop(failed: FailedStop) -> Stop:
    return Stop(failed.request, failed.kind)


def _seconds(at: datetime.datetime, planned: datetime.datetime) -> int:
    return round((at - planned).total_seconds())

"""Orders with their breaks, recharges and windows chosen: skeletons, of which only the times are open."""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from tests.property.brute_orders import Machine, Order, Span, limit_of, spans

KWH_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Entry:
    """One entry of a route; ``low`` and ``high`` bound its start once a window is chosen."""

    kind: Literal["stop", "break", "recharge"]
    location: int
    setup_s: int = 0
    work_s: int = 0
    stay_s: int = 0
    choices: tuple[Span, ...] = ((-math.inf, math.inf),)
    low: float = -math.inf
    high: float = math.inf
    request: int = -1
    alternative: int = -1
    break_index: int = -1

    @property
    def takes_s(self) -> int:
        """From its start to its end, the stay included."""
        return self.setup_s + self.work_s + self.stay_s


@dataclass(frozen=True)
class Skeleton:
    """Entries in order with one window each; times are all that is left to choose."""

    machine: Machine
    entries: tuple[Entry, ...]
    free_s: int
    """When the route may begin: free, and the stay of a visit over that is not gone on with."""
    return_by_s: float
    fixed_yuan: float
    """All cost but that of time."""
    yuan_per_s: float


def skeletons_of(order: Order) -> Iterator[Skeleton]:
    """Yield every way to do an order: recharges, then breaks, then windows."""
    machine = order.machine
    stops = tuple(_stop(order, index) for index in range(len(order.stops)))
    free_s = machine.free_s
    if machine.visit is not None and stops[0].location != machine.visit and machine.visit_dropped:
        free_s += machine.owes_s
    for with_recharges in _recharged(machine, stops):
        for entries, return_by_s in _with_breaks(machine, with_recharges):
            metres = sum(machine.drive_m(a, b) for a, b in itertools.pairwise(locations_of(machine, entries)))
            yuan = machine.fixed_yuan + machine.tricycle.yuan_per_km * metres / 1_000
            per_s = machine.tricycle.yuan_per_hour / 3_600
            frame = Skeleton(machine, entries, free_s, return_by_s, yuan, per_s)
            yield from _windows(frame)


def locations_of(machine: Machine, entries: tuple[Entry, ...]) -> list[int]:
    """Return where a route goes, its start and end included."""
    end = [] if machine.end is None else [machine.end]
    return [machine.start, *(entry.location for entry in entries), *end]


def _stop(order: Order, index: int) -> Entry:
    """Return a stop with the bounds of its start: windows, opening, a limit on what was on board before."""
    machine = order.machine
    day = machine.day
    stop = order.stops[index]
    request = day.requests[stop.request]
    task = request.pickup if stop.alternative < 0 else request.dropoffs[stop.alternative]
    stay_s = order.stays_s[index]
    takes_s = stop.setup_s + stop.handling_s + stay_s
    due = math.inf
    limit_s = limit_of(day, request)
    picked = machine.carried.get(stop.request)
    if limit_s is not None and picked is not None:
        due = picked + limit_s - stop.setup_s
    choices = [
        (max(low, opens), min(high, closes - takes_s, due))
        for low, high in spans(task.windows)
        for opens, closes in spans(day.places[stop.location].opening)
    ]
    return Entry(
        "stop",
        stop.location,
        stop.setup_s,
        stop.handling_s,
        stay_s,
        tuple((low, high) for low, high in choices if low <= high),
        request=stop.request,
        alternative=stop.alternative,
    )


def _loads(machine: Machine, entries: tuple[Entry, ...]) -> list[float]:
    """Return the kg on board before each entry, and at the end."""
    kg = sum(machine.day.requests[number].kg for number in machine.carried)
    loads = [kg]
    for entry in entries:
        if entry.kind == "stop":
            sign = 1 if entry.alternative < 0 else -1
            kg += sign * machine.day.requests[entry.request].kg
        loads.append(kg)
    return loads


def _charges(machine: Machine, entries: tuple[Entry, ...]) -> list[float]:
    """Return the kWh on arrival at each entry and at the end, recharges of their minutes taken."""
    charge = machine.charge_kwh
    found = []
    where = locations_of(machine, entries)
    for index, (kg, (a, b)) in enumerate(
        zip(_loads(machine, entries), itertools.pairwise(where), strict=False)
    ):
        charge -= machine.leg_kwh(machine.drive_m(a, b), kg)
        found.append(charge)
        if index < len(entries) and entries[index].kind == "recharge":
            usable = machine.day.usable_kwh(machine.tricycle)
            charge = min(usable, charge + _kw(machine, b) * entries[index].work_s / 3_600)
    return found


def _kw(machine: Machine, location: int) -> float:
    charger = machine.day.places[location].charger
    battery = machine.tricycle.battery
    if charger is None or battery is None:
        return 0.0
    return min(charger.power_kw, battery.charging_kw) * battery.charging_efficiency


def _holds(machine: Machine, entries: tuple[Entry, ...]) -> bool:
    return all(c >= machine.reserve_kwh - KWH_TOLERANCE for c in _charges(machine, entries))


def _recharged(machine: Machine, stops: tuple[Entry, ...]) -> Iterator[tuple[Entry, ...]]:
    """Yield the stops with the recharges they need: none, or one or two of as few minutes as do.

    More minutes than needed, or a recharge that is not needed, only cost time: travel is metric here.
    """
    if machine.tricycle.battery is None or _holds(machine, stops):
        yield stops
        return
    chargers = [n for n, place in enumerate(machine.day.places) if place.charger]
    left = 2 - machine.recharges_taken
    gaps = range(len(stops) + 1)
    if left >= 1:
        for gap, at in itertools.product(gaps, chargers):
            one = (*stops[:gap], Entry("recharge", at), *stops[gap:])
            yield from _least_minutes(machine, one, gap)
    if left < 2:
        return
    for first, second in itertools.combinations_with_replacement(gaps, 2):
        for here, there in itertools.product(chargers, repeat=2):
            two = (
                *stops[:first],
                Entry("recharge", here),
                *stops[first:second],
                Entry("recharge", there),
                *stops[second:],
            )
            for minutes in range(1, _full_minutes(machine, here) + 1):
                begun = _with_minutes(two, first, minutes)
                arrived = _charges(machine, begun)
                if any(c < machine.reserve_kwh - KWH_TOLERANCE for c in arrived[: second + 2]):
                    continue
                if _holds(machine, begun):
                    # Enough without the second one.
                    break
                yield from _least_minutes(machine, begun, second + 1)


def _full_minutes(machine: Machine, location: int) -> int:
    return math.ceil(machine.day.usable_kwh(machine.tricycle) / _kw(machine, location) * 60)


def _with_minutes(entries: tuple[Entry, ...], index: int, minutes: int) -> tuple[Entry, ...]:
    return (*entries[:index], replace(entries[index], work_s=60 * minutes), *entries[index + 1 :])


def _least_minutes(machine: Machine, entries: tuple[Entry, ...], index: int) -> Iterator[tuple[Entry, ...]]:
    """Yield the entries with the fewest minutes at ``index`` for which the charge holds to the end."""
    arrived = _charges(machine, entries)
    if any(c < machine.reserve_kwh - KWH_TOLERANCE for c in arrived[: index + 1]):
        return
    for minutes in range(1, _full_minutes(machine, entries[index].location) + 1):
        trial = _with_minutes(entries, index, minutes)
        if _holds(machine, trial):
            yield trial
            return


def _with_breaks(machine: Machine, entries: tuple[Entry, ...]) -> Iterator[tuple[tuple[Entry, ...], float]]:
    """Yield the entries with breaks before or after stops, and by when the route has to have ended.

    A break is left out only where the route ends by the latest start of its window.
    """
    due = list(enumerate(machine.tricycle.breaks))[machine.breaks_taken :]
    for size in range(len(due) + 1):
        for taken in itertools.combinations(due, size):
            skipped = [pause for pause in due if pause not in taken]
            ends_by = min((p.window.end.timestamp() for _n, p in skipped), default=math.inf)
            pauses = [
                Entry(
                    "break",
                    -1,
                    work_s=pause.duration_s,
                    choices=((pause.window.start.timestamp(), pause.window.end.timestamp()),),
                    break_index=number,
                )
                for number, pause in taken
            ]
            for placed in _placings(machine, entries, pauses):
                yield placed, ends_by


def _placings(
    machine: Machine, entries: tuple[Entry, ...], pauses: list[Entry]
) -> Iterator[tuple[Entry, ...]]:
    """Yield every way to put pauses, in their order, at the place of the stop before or of the one after.

    The start and the end of the route are such places too; a charger on the way is none.
    """
    where = locations_of(machine, entries)
    slots = []
    for gap in range(len(entries) + 1):
        behind = next((e.location for e in reversed(entries[:gap]) if e.kind == "stop"), machine.start)
        ahead = next((e.location for e in entries[gap:] if e.kind == "stop"), machine.end)
        before = where[gap]
        after = where[gap + 1] if gap + 1 < len(where) else None
        if before in (behind, ahead):
            slots.append((gap, before))
        if after is not None and after != before and after in (behind, ahead):
            slots.append((gap, after))
    for chosen in itertools.combinations_with_replacement(range(len(slots)), len(pauses)):
        placed = list(entries)
        for slot, pause in reversed(list(zip(chosen, pauses, strict=True))):
            gap, location = slots[slot]
            placed.insert(gap, replace(pause, location=location))
        yield tuple(placed)


def _windows(frame: Skeleton) -> Iterator[Skeleton]:
    """Yield the skeleton with one window chosen for each entry; windows that are over already are not."""

    def chosen(index: int, clock: float, entries: tuple[Entry, ...]) -> Iterator[tuple[Entry, ...]]:
        if index == len(frame.entries):
            yield entries
            return
        entry = frame.entries[index]
        before = frame.entries[index - 1].location if index else frame.machine.start
        ready = clock + frame.machine.drive_s(before, entry.location)
        for low, high in entry.choices:
            start = max(ready, low)
            if start <= high:
                kept = replace(entry, low=low, high=high)
                yield from chosen(index + 1, start + entry.takes_s, (*entries, kept))

    for entries in chosen(0, frame.free_s, ()):
        yield replace(frame, entries=entries)

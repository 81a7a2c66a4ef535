"""Breaks and recharges: where, when and how long, and the breaks that are due."""

from fleet.check.walk import SECOND, Replay
from fleet.model import Rule
from fleet.model.base import MAX_RECHARGES

MINUTE_S = 60


def check_break(replay: Replay) -> None:
    """Check a break: which, how long, when and where."""
    entry = replay.entry()
    _check_plain(replay)
    breaks = replay.tricycle.breaks
    number = entry.break_index
    if number is None or not replay.next_break <= number < len(breaks):
        replay.report(Rule.BREAK, index=number)
        return
    for skipped in range(replay.next_break, number):
        _missing(replay, skipped)
    replay.next_break = number + 1
    pause = breaks[number]
    if entry.end != entry.start + pause.duration_s * SECOND:
        replay.report(Rule.BREAK, index=number, end=entry.end.isoformat(), duration_s=pause.duration_s)
    if not pause.window.start <= entry.start <= pause.window.end:
        replay.report(Rule.BREAK, index=number, start=entry.start.isoformat())
    if entry.place not in _neighbours(replay):
        replay.report(Rule.BREAK, index=number, place=entry.place)


def _neighbours(replay: Replay) -> set[str | None]:
    """Return the places of the stops before and after an entry; start and end place count as stops."""
    index, entries = replay.index or 0, replay.route.entries
    before = [entries[i].place for i in replay.stops if i < index]
    after = [entries[i].place for i in replay.stops if i > index]
    start = replay.day.start_location_key(replay.tricycle)
    return {before[-1] if before else start, after[0] if after else replay.tricycle.end_place}


def check_breaks_due(replay: Replay) -> None:
    """Check that the breaks which the route leaves out at its end are not due."""
    for number in range(replay.next_break, len(replay.tricycle.breaks)):
        _missing(replay, number)


def _missing(replay: Replay, number: int) -> None:
    """Check that a break which is not taken is not due: the route has ended, or it could not be taken."""
    window = replay.tricycle.breaks[number].window
    over_before = replay.state is not None and window.end < replay.free_at
    if replay.route.return_ <= window.end or over_before:
        return
    last = replay.stops[: len(replay.frozen)][-1:]
    pardon = any(
        window.end < entry.end + entry.stay_s * SECOND for entry in (replay.route.entries[i] for i in last)
    )
    replay.report(Rule.BREAK, pardon=bool(replay.frozen) and pardon, index=number, due=window.end.isoformat())


def check_recharge(replay: Replay) -> None:
    """Check a recharge and add what it brings."""
    entry, battery = replay.entry(), replay.tricycle.battery
    _check_plain(replay)
    place = replay.day.place_by_id.get(entry.place)
    charger = place.charger if place else None
    replay.recharges += 1
    seconds = round((entry.end - entry.start).total_seconds())
    if charger is None or battery is None or seconds <= 0 or seconds % MINUTE_S:
        replay.report(Rule.RECHARGE, place=entry.place, seconds=seconds)
        return
    if replay.recharges > MAX_RECHARGES:
        replay.report(Rule.RECHARGE, number=replay.recharges, limit=MAX_RECHARGES)
    kw = min(charger.power_kw, battery.charging_kw) * battery.charging_efficiency
    replay.charge = min(1.0, replay.charge + kw * seconds / 3_600 / replay.usable_kwh)


def _check_plain(replay: Replay) -> None:
    """Check that a break or recharge says nothing that only a stop may say."""
    entry = replay.entry()
    only_of_stops = (entry.request, entry.alternative, entry.stall, entry.on_board_s)
    numbers = (entry.setup_s, entry.stay_s, entry.kg, entry.crates)
    numbered = entry.kind == "recharge" and entry.break_index is not None
    if only_of_stops != (None, None, None, None) or any(numbers) or numbered:
        replay.report(Rule.STRUCTURE, entry.request, kind=entry.kind)

"""Replay of one route: every rule that a tricycle can break on its own."""

from fleet.check.legs import check_arrival, check_charge, check_leg, check_reserve
from fleet.check.pauses import check_break, check_breaks_due, check_recharge
from fleet.check.stops import check_stop
from fleet.check.walk import SECOND, Presence, Replay, Walk, grams, presences
from fleet.model import Day, Rule, Travel
from fleet.model.base import GRAMS_PER_KG
from fleet.model.plan import Route
from fleet.model.tricycles import Tricycle


def replay_route(*, day: Day, route: Route, tricycle: Tricycle, travel: Travel | None) -> Walk:
    """Walk a route by the day's rules and the plan's instants, and note what does not hold."""
    replay = Replay(day=day, route=route, tricycle=tricycle, travel=travel)
    _check_head(replay)
    _leave_visit(replay)
    for index, entry in enumerate(route.entries):
        replay.index = index
        check_arrival(replay)
        if entry.is_stop:
            check_stop(replay)
        elif entry.kind == "break":
            check_break(replay)
        else:
            check_recharge(replay)
        _after(replay)
    replay.index = len(route.entries)
    _check_home(replay)
    replay.index = None
    check_breaks_due(replay)
    replay.walk.presence += presences(replay)
    return replay.walk


def _check_head(replay: Replay) -> None:
    """Check the tricycle, where and when its route begins, and with what on board."""
    route, tricycle = replay.route, replay.tricycle
    if not tricycle.available:
        replay.report(Rule.UNAVAILABLE)
    if route.start != replay.position or route.end != tricycle.end_place:
        replay.report(Rule.STRUCTURE, start=route.start, end=route.end)
    if not replay.stops:
        replay.report(Rule.STRUCTURE, stops=0)
    if grams(route.start_load_kg) != replay.load_g:
        replay.report(Rule.LOAD, start_load_kg=route.start_load_kg)
    if route.entries:
        first = route.entries[0]
        begins = first.leg.departure if first.leg is not None else first.start
        if begins != route.departure:
            replay.report(Rule.TIMES, departure=route.departure.isoformat(), expected=begins.isoformat())
    if route.departure < tricycle.shift.start:
        replay.report(Rule.SHIFT, departure=route.departure.isoformat())
    if route.departure < replay.free_at:
        replay.report(Rule.START_STATE, departure=route.departure.isoformat())
    replay.walk.highest_g = replay.load_g
    replay.walk.highest_crates = replay.crates
    check_charge(replay, route.start_charge)


def _leave_visit(replay: Replay) -> None:
    """Let the rest of a stay pass first where the visit of the start state has no further stop."""
    first = replay.stops[:1]
    if replay.visit is None or any(replay.route.entries[i].place == replay.visit for i in first):
        return
    ends = replay.free_at + (replay.stay_owed_s or 0) * SECOND
    replay.walk.presence.append(Presence(replay.visit, replay.free_at, ends, frozen=True))
    replay.ready = replay.may_start = ends
    replay.visit = replay.stay_owed_s = None


def _after(replay: Replay) -> None:
    """Check load and charge after an entry; it ends with its stay."""
    walk, entry = replay.walk, replay.entry()
    if grams(entry.load_kg) != replay.load_g or entry.load_crates != replay.crates:
        replay.report(Rule.LOAD, load_kg=entry.load_kg, expected_kg=replay.load_g / GRAMS_PER_KG)
    if entry.is_stop and entry.break_index is not None:
        replay.report(Rule.STRUCTURE, entry.request, break_index=entry.break_index)
    check_charge(replay, entry.charge)
    walk.highest_g = max(walk.highest_g, replay.load_g)
    walk.highest_crates = max(walk.highest_crates, replay.crates)
    walk.working_s += round((entry.end - entry.start).total_seconds()) + entry.stay_s
    replay.position = entry.place
    replay.ready = entry.end + entry.stay_s * SECOND
    replay.paused = not entry.is_stop
    if entry.is_stop:
        replay.may_start = replay.ready


def _check_home(replay: Replay) -> None:
    """Check the way to the end place, the return and the end charge."""
    route = replay.route
    end = replay.tricycle.end_place
    if (route.last_leg is not None) != (end is not None and end != replay.position):
        replay.report(Rule.TRAVEL, origin=replay.position, destination=end)
    returns = replay.ready
    if route.last_leg is not None:
        check_leg(replay, route.last_leg, end or route.last_leg.to)
        returns = route.last_leg.arrival
    elif all(entry.leg is None for entry in route.entries):
        # Without any drive nothing else has looked at the charge.
        check_reserve(replay)
    if route.return_ != returns:
        replay.report(Rule.TIMES, returns=route.return_.isoformat(), expected=returns.isoformat())
    if route.return_ > replay.tricycle.shift.end:
        replay.report(Rule.SHIFT, returns=route.return_.isoformat())
    check_charge(replay, route.end_charge)

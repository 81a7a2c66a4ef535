"""Locks and whatever else says which tricycle may serve a request, and in which order."""

from fleet.check.walk import Replay
from fleet.model import Rule
from fleet.model.requests import Request


def check_locks(replay: Replay, request: Request) -> None:
    """Check the stop that is looked at against equipment, fleets and locks."""
    _check_tricycle(replay, request)
    _check_sequence(replay, request)
    _check_frozen(replay)


def _check_tricycle(replay: Replay, request: Request) -> None:
    day, tricycle = replay.day, replay.tricycle
    needed = set(request.equipment)
    if request.product:
        needed |= set(day.product_by_id[request.product].equipment)
    missing = needed - set(tricycle.equipment)
    if missing:
        replay.report(Rule.EQUIPMENT, request.id, missing=" ".join(sorted(missing)))
    if request.allowed_fleets and tricycle.fleet not in request.allowed_fleets:
        replay.report(Rule.FLEET_NOT_ALLOWED, request.id, fleet=tricycle.fleet)
    lock = day.lock_by_request.get(request.id)
    if lock is not None and lock.only_tricycle not in (None, tricycle.id):
        replay.report(Rule.ONLY_TRICYCLE, request.id, only_tricycle=lock.only_tricycle)
    if lock is not None and tricycle.id in lock.not_tricycles:
        replay.report(Rule.NOT_TRICYCLES, request.id)


def _check_sequence(replay: Replay, request: Request) -> None:
    """Stops of a sequence keep their order, and their requests their tricycle."""
    kind = "pickup" if replay.entry().kind == "pickup" else "dropoff"
    rank = replay.rank.get((request.id, kind), replay.highest_rank)
    elsewhere = replay.day.sequenced_on.get(request.id, replay.tricycle.id) != replay.tricycle.id
    if rank < replay.highest_rank or elsewhere:
        replay.report(Rule.SEQUENCE, request.id, rank=rank)
    replay.highest_rank = max(replay.highest_rank, rank)


def _check_frozen(replay: Replay) -> None:
    """Check a stop against the frozen one at its position."""
    entry = replay.entry()
    number = replay.stops.index(replay.index or 0) if replay.frozen else 0
    if number >= len(replay.frozen):
        return
    stop = replay.frozen[number]
    same = (stop.request, stop.kind, stop.place) == (entry.request, entry.kind, entry.place)
    late = entry.start > stop.start and (entry.start > replay.may_start or replay.paused)
    if not same or entry.start < stop.start or late:
        replay.report(Rule.FROZEN, entry.request, start=entry.start.isoformat(), stop=number)

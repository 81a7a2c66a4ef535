"""Stops: windows, set-up, handling and stay, loading and unloading."""

from fleet.check.locks import check_locks
from fleet.check.walk import SECOND, Replay, grams, keep_apart, within
from fleet.model import Rule
from fleet.model.plan import Entry
from fleet.model.requests import Request, Task


def check_stop(replay: Replay) -> None:
    """Check a pickup or a drop-off, and load or unload it."""
    entry = replay.entry()
    request = replay.day.request_by_id.get(entry.request or "")
    task = None if request is None else _task(entry, request)
    if request is None or task is None:
        replay.report(Rule.STRUCTURE, entry.request, kind=entry.kind, place=entry.place)
        return
    check_locks(replay, request)
    _check_durations(replay, entry, task)
    if task.windows and not within(entry.start, entry.start, task.windows):
        replay.report(Rule.WINDOW, request.id, start=entry.start.isoformat())
    opening = replay.day.place_by_id[task.place].opening
    if opening and not within(entry.start, entry.end + entry.stay_s * SECOND, opening):
        replay.report(Rule.OPENING, request.id, start=entry.start.isoformat(), place=task.place)
    if grams(entry.kg) != grams(request.kg) or entry.crates != request.crates:
        replay.report(Rule.LOAD, request.id, kg=entry.kg, crates=entry.crates)
    if entry.kind == "pickup":
        _load(replay, request, entry)
    else:
        _unload(replay, request, entry)


def _task(entry: Entry, request: Request) -> Task | None:
    """Return what the entry says it does, None where the request has no such task."""
    task: Task | None = None
    if entry.kind == "pickup":
        task = request.pickup if entry.alternative is None else None
    elif entry.alternative is not None and entry.alternative < len(request.dropoffs):
        task = request.dropoffs[entry.alternative]
    return task if task is not None and (task.place, task.stall) == (entry.place, entry.stall) else None


def _check_durations(replay: Replay, entry: Entry, task: Task) -> None:
    """Check set-up, handling and stay by the visit that the stop belongs to."""
    place = replay.day.place_by_id[task.place]
    goes_on = replay.visit == task.place
    setup_s = 0 if goes_on else place.setup_s
    if entry.setup_s != setup_s:
        replay.report(Rule.SETUP, entry.request, setup_s=entry.setup_s, expected_s=setup_s)
    if entry.end != entry.start + (entry.setup_s + task.handling_s) * SECOND:
        replay.report(Rule.HANDLING, entry.request, end=entry.end.isoformat(), handling_s=task.handling_s)
    if not goes_on:
        replay.visit = task.place
        replay.stay_owed_s = None
    if entry.kind == "dropoff" and replay.stay_owed_s is None:
        replay.stay_owed_s = place.stay_s
    later = [i for i in replay.stops if i > (replay.index or 0)]
    is_last = not later or replay.route.entries[later[0]].place != task.place
    stay_s = (replay.stay_owed_s or 0) if is_last else 0
    if entry.stay_s != stay_s:
        replay.report(Rule.STAY, entry.request, stay_s=entry.stay_s, expected_s=stay_s)


def _load(replay: Replay, request: Request, entry: Entry) -> None:
    if request.id in replay.walk.picked_up:
        replay.report(Rule.SERVED_ONCE, request.id)
        return
    if entry.on_board_s is not None:
        replay.report(Rule.TIMES, request.id, on_board_s=entry.on_board_s)
    replay.walk.picked_up[request.id] = entry.end
    label = keep_apart(replay.day, request)
    labels = {keep_apart(replay.day, other) for other in replay.on_board.values()} - {"", label}
    if label and labels:
        replay.report(Rule.KEEP_APART, request.id, label=label)
    replay.on_board[request.id] = request
    if not replay.in_frozen_part:
        replay.loaded_later.add(request.id)


def _unload(replay: Replay, request: Request, entry: Entry) -> None:
    walk = replay.walk
    if request.id not in walk.picked_up:
        replay.report(Rule.PRECEDENCE, request.id)
        return
    if request.id in walk.delivered:
        replay.report(Rule.SERVED_ONCE, request.id)
        return
    walk.delivered[request.id] = replay.index or 0, entry.place
    handled = entry.start + entry.setup_s * SECOND
    on_board_s = round((handled - walk.picked_up[request.id]).total_seconds())
    walk.longest_on_board_s = max(walk.longest_on_board_s, on_board_s)
    if entry.on_board_s != on_board_s:
        replay.report(Rule.TIMES, request.id, on_board_s=entry.on_board_s, expected_s=on_board_s)
    limit_s = replay.day.on_board_limit_s(request)
    if limit_s is not None and on_board_s > limit_s:
        replay.report(Rule.ON_BOARD_LIMIT, request.id, on_board_s=on_board_s, limit_s=limit_s)
    del replay.on_board[request.id]

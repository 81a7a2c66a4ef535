"""Checks across the parts of a day: ids, stalls, locks, coordinates, clocks."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from fleet.model.base import MAX_SPEED_CLASSES, refusal
from fleet.model.codes import ErrorCode

if TYPE_CHECKING:
    from fleet.model.day import DayDraft
    from fleet.model.requests import Task

DEGREES_FAR_APART = 8.0
"""Places of one township that lie further apart than this are taken for swapped coordinates."""
DAYS_AROUND_DATE = 3


def check_day(day: "DayDraft") -> None:
    """Raise the first inconsistency found, naming its field.

    Raises
    ------
    pydantic_core.PydanticCustomError
        With an ``ErrorCode`` as its type and the field path in its context.
    """
    _unique(day)
    _references(day)
    _stalls(day)
    _locks(day)
    _state(day)
    _frozen(day)
    _coordinates(day)
    _clock(day)
    caps = day.speed_caps_kmh()
    if len(caps) > MAX_SPEED_CLASSES:
        raise refusal(
            ErrorCode.TOO_MANY_SPEED_CLASSES, field="tricycles", value=len(caps), limit=MAX_SPEED_CLASSES
        )


def _unique(day: "DayDraft") -> None:
    for name, ids in (
        ("places", [item.id for item in day.places]),
        ("households", [item.id for item in day.households]),
        ("products", [item.id for item in day.products]),
        ("tricycles", [item.id for item in day.tricycles]),
        ("requests", [item.id for item in day.requests]),
    ):
        _no_twice(f"{name}[{{}}].id", ids)
    _no_twice("tricycles[{}].number", [item.number for item in day.tricycles])
    _no_twice("assignments[{}].tricycle", [item.tricycle for item in day.assignments])
    _no_twice("assignments[{}].driver", [item.driver for item in day.assignments])
    _no_twice("start_state.tricycles[{}].tricycle", [item.tricycle for item in day.start_state.tricycles])
    _no_twice("locks.requests[{}].request", [item.request for item in day.locks.requests])
    _no_twice("locks.routes[{}].tricycle", [item.tricycle for item in day.locks.routes])
    _no_twice(
        "start_state.delivered[{}]", [(item.place, item.product or "") for item in day.start_state.delivered]
    )


def _no_twice(field: str, values: "list[str] | list[int] | list[tuple[str, str]]") -> None:
    seen: dict[object, int] = {}
    for index, value in enumerate(values):
        if value in seen:
            raise refusal(
                ErrorCode.DUPLICATE_ID,
                field=field.format(index),
                value=str(value),
                first=field.format(seen[value]),
            )
        seen[value] = index


def _references(day: "DayDraft") -> None:
    known = {
        "place": day.place_by_id.keys(),
        "product": day.product_by_id.keys(),
        "household": day.household_by_id.keys(),
        "tricycle": day.tricycle_by_id.keys(),
        "request": day.request_by_id.keys(),
    }
    for field, kind, value in _all_references(day):
        if value is not None and value not in known[kind]:
            raise refusal(ErrorCode.UNKNOWN_ID, field=field, value=value, kind=kind)


def _all_references(day: "DayDraft") -> Iterator[tuple[str, str, str | None]]:
    for i, place in enumerate(day.places):
        for product in place.max_kg_of_product:
            yield f"places[{i}].max_kg_of_product", "product", product
    for i, household in enumerate(day.households):
        yield f"households[{i}].place", "place", household.place
    for i, tricycle in enumerate(day.tricycles):
        yield f"tricycles[{i}].start_place", "place", tricycle.start_place
        yield f"tricycles[{i}].end_place", "place", tricycle.end_place
    for i, request in enumerate(day.requests):
        yield f"requests[{i}].household", "household", request.household
        yield f"requests[{i}].product", "product", request.product
        yield f"requests[{i}].pickup.place", "place", request.pickup.place
        for k, dropoff in enumerate(request.dropoffs):
            yield f"requests[{i}].dropoffs[{k}].place", "place", dropoff.place
    for i, assignment in enumerate(day.assignments):
        yield f"assignments[{i}].tricycle", "tricycle", assignment.tricycle
    for i, lock in enumerate(day.locks.requests):
        yield f"locks.requests[{i}].request", "request", lock.request
        yield f"locks.requests[{i}].only_tricycle", "tricycle", lock.only_tricycle
        for other in lock.not_tricycles:
            yield f"locks.requests[{i}].not_tricycles", "tricycle", other
    for i, route in enumerate(day.locks.routes):
        yield f"locks.routes[{i}].tricycle", "tricycle", route.tricycle
        for k, stop in enumerate(route.sequence):
            yield f"locks.routes[{i}].sequence[{k}].request", "request", stop.request
        for k, frozen in enumerate(route.frozen):
            yield f"locks.routes[{i}].frozen[{k}].request", "request", frozen.request
            yield f"locks.routes[{i}].frozen[{k}].place", "place", frozen.place
    for i, state in enumerate(day.start_state.tricycles):
        yield f"start_state.tricycles[{i}].tricycle", "tricycle", state.tricycle
        yield f"start_state.tricycles[{i}].place", "place", state.place
        yield f"start_state.tricycles[{i}].visit.place", "place", state.visit.place if state.visit else None
        for k, carried in enumerate(state.on_board):
            yield f"start_state.tricycles[{i}].on_board[{k}].request", "request", carried.request
    for i, delivered in enumerate(day.start_state.delivered):
        yield f"start_state.delivered[{i}].place", "place", delivered.place
        yield f"start_state.delivered[{i}].product", "product", delivered.product


def _stalls(day: "DayDraft") -> None:
    holder: dict[tuple[str, int], tuple[str, str]] = {}
    for i, request in enumerate(day.requests):
        tasks: list[tuple[str, Task]] = [(f"requests[{i}].pickup", request.pickup)]
        tasks += [(f"requests[{i}].dropoffs[{k}]", dropoff) for k, dropoff in enumerate(request.dropoffs)]
        for field, task in tasks:
            if task.stall is None:
                continue
            stalls = day.place_by_id[task.place].stalls
            if task.stall > stalls:
                raise refusal(ErrorCode.STALL_UNKNOWN, field=f"{field}.stall", value=task.stall, limit=stalls)
            owner = request.household or f"request {request.id}"
            first_owner, first_field = holder.setdefault((task.place, task.stall), (owner, field))
            if first_owner != owner:
                raise refusal(
                    ErrorCode.STALL_TAKEN,
                    field=f"{field}.stall",
                    value=task.stall,
                    first=f"{first_field}.stall",
                )


def _locks(day: "DayDraft") -> None:
    for i, lock in enumerate(day.locks.requests):
        if lock.only_tricycle is not None and lock.only_tricycle in lock.not_tricycles:
            raise refusal(
                ErrorCode.LOCKS_CONTRADICT,
                field=f"locks.requests[{i}].only_tricycle",
                value=lock.only_tricycle,
            )
    holder: dict[str, str] = {}
    for i, route in enumerate(day.locks.routes):
        for name, stops in (("sequence", route.sequence), ("frozen", route.frozen)):
            counts = Counter((stop.request, stop.kind) for stop in stops)
            for (request, kind), times in counts.items():
                if times > 1:
                    raise refusal(
                        ErrorCode.LOCKS_CONTRADICT,
                        field=f"locks.routes[{i}].{name}",
                        value=f"{request} {kind}",
                    )
                if holder.setdefault(request, route.tricycle) != route.tricycle:
                    raise refusal(
                        ErrorCode.LOCKS_CONTRADICT, field=f"locks.routes[{i}].{name}", value=request
                    )


def _frozen(day: "DayDraft") -> None:
    """Frozen stops are stops of their requests, pickups first; what is on board is not loaded again."""
    carried = {item.request for state in day.start_state.tricycles for item in state.on_board}
    for i, route in enumerate(day.locks.routes):
        state = day.state_by_tricycle.get(route.tricycle)
        on_board = {item.request for item in state.on_board} if state else set()
        for k, stop in enumerate(route.frozen):
            request = day.request_by_id[stop.request]
            if stop.kind == "pickup":
                fits = stop.place == request.pickup.place and stop.request not in carried
                on_board.add(stop.request)
            else:
                fits = stop.place in {t.place for t in request.dropoffs} and stop.request in on_board
                on_board.discard(stop.request)
            if not fits:
                raise refusal(
                    ErrorCode.LOCKS_CONTRADICT,
                    field=f"locks.routes[{i}].frozen[{k}]",
                    value=f"{stop.request} {stop.kind} {stop.place}",
                )


def _state(day: "DayDraft") -> None:
    carrier: dict[str, str] = {}
    for i, state in enumerate(day.start_state.tricycles):
        field = f"start_state.tricycles[{i}]"
        if state.place is not None and state.position is not None:
            raise refusal(ErrorCode.INVALID_VALUE, field=f"{field}.position", value="place and position")
        if state.visit is not None and state.visit.place != day.start_location_key(
            day.tricycle_by_id[state.tricycle]
        ):
            raise refusal(ErrorCode.INVALID_VALUE, field=f"{field}.visit.place", value=state.visit.place)
        for k, carried in enumerate(state.on_board):
            if carried.picked_up_at > state.free_at:
                raise refusal(
                    ErrorCode.INVALID_VALUE,
                    field=f"{field}.on_board[{k}].picked_up_at",
                    value=carried.picked_up_at.isoformat(),
                )
            if carrier.setdefault(carried.request, state.tricycle) != state.tricycle or any(
                other.request == carried.request for other in state.on_board[:k]
            ):
                raise refusal(
                    ErrorCode.DUPLICATE_ID,
                    field=f"{field}.on_board[{k}].request",
                    value=carried.request,
                    first=carrier[carried.request],
                )


def _coordinates(day: "DayDraft") -> None:
    if not day.places:
        return
    middle_latitude = median(place.latitude for place in day.places)
    middle_longitude = median(place.longitude for place in day.places)
    for i, place in enumerate(day.places):
        # No roads lie beyond 80 degrees; elsewhere a place is compared with the middle of the others.
        beyond = abs(place.latitude) > 80
        far = max(abs(place.latitude - middle_latitude), abs(place.longitude - middle_longitude))
        swapped = max(abs(place.longitude - middle_latitude), abs(place.latitude - middle_longitude))
        if beyond or (far > DEGREES_FAR_APART and swapped < DEGREES_FAR_APART):
            raise refusal(
                ErrorCode.COORDINATES_SWAPPED,
                field=f"places[{i}].latitude",
                value=f"{place.latitude}, {place.longitude}",
            )


def _clock(day: "DayDraft") -> None:
    """Refuse instants far from the day's date: a wrong year would otherwise leave everything unserved."""
    noon = datetime.combine(day.date, datetime.min.time(), tzinfo=ZoneInfo(day.zone)) + timedelta(hours=12)
    reach = timedelta(days=DAYS_AROUND_DATE)
    for field, instant in _all_instants(day):
        if abs(instant - noon) > reach:
            raise refusal(
                ErrorCode.TIME_FAR_FROM_DATE, field=field, value=instant.isoformat(), date=str(day.date)
            )


def _all_instants(day: "DayDraft") -> Iterator[tuple[str, datetime]]:
    for i, tricycle in enumerate(day.tricycles):
        yield f"tricycles[{i}].shift.start", tricycle.shift.start
        yield f"tricycles[{i}].shift.end", tricycle.shift.end
        for k, pause in enumerate(tricycle.breaks):
            yield f"tricycles[{i}].breaks[{k}].window.start", pause.window.start
            yield f"tricycles[{i}].breaks[{k}].window.end", pause.window.end
    for i, place in enumerate(day.places):
        for window in place.opening:
            yield f"places[{i}].opening", window.start
            yield f"places[{i}].opening", window.end
    for i, request in enumerate(day.requests):
        for task in (request.pickup, *request.dropoffs):
            for window in task.windows:
                yield f"requests[{i}].windows", window.start
                yield f"requests[{i}].windows", window.end
    for i, state in enumerate(day.start_state.tricycles):
        yield f"start_state.tricycles[{i}].free_at", state.free_at
        for carried in state.on_board:
            yield f"start_state.tricycles[{i}].on_board", carried.picked_up_at
    for i, route in enumerate(day.locks.routes):
        for frozen in route.frozen:
            yield f"locks.routes[{i}].frozen", frozen.start

"""The same times of the clock on another date: what a township repeats is told by its clock, not by dates."""

import datetime
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from fleet.model.base import Window
from fleet.model.places import Place
from fleet.model.requests import Request, Task
from fleet.model.tricycles import Tricycle


def first_date(item: Place | Tricycle, *, zone: ZoneInfo) -> datetime.date | None:
    """Return the date that an opening or a shift begins on, None where there is no window."""
    windows = item.opening if isinstance(item, Place) else (item.shift,)
    return min((window.start.astimezone(zone).date() for window in windows), default=None)


def moved_place(place: Place, *, days: int, zone: ZoneInfo) -> Place:
    """Return a place whose opening lies so many days later."""
    return place.model_copy(update={"opening": _moved_all(place.opening, days=days, zone=zone)})


def moved_tricycle(tricycle: Tricycle, *, days: int, zone: ZoneInfo) -> Tricycle:
    """Return a tricycle whose shift and breaks lie so many days later."""
    breaks = tuple(
        pause.model_copy(update={"window": moved_window(pause.window, days=days, zone=zone)})
        for pause in tricycle.breaks
    )
    return tricycle.model_copy(
        update={"shift": moved_window(tricycle.shift, days=days, zone=zone), "breaks": breaks}
    )


def moved_request(request: Request, *, days: int, zone: ZoneInfo) -> Request:
    """Return a request whose windows lie so many days later."""

    def moved(task: Task) -> Task:
        return task.model_copy(update={"windows": _moved_all(task.windows, days=days, zone=zone)})

    return request.model_copy(
        update={"pickup": moved(request.pickup), "dropoffs": tuple(map(moved, request.dropoffs))}
    )


def moved_window(window: Window, *, days: int, zone: ZoneInfo) -> Window:
    """Return a window so many days later, at the same times of a zone's clock, in its own offsets."""

    def moved(instant: datetime.datetime) -> datetime.datetime:
        local = instant.astimezone(zone)
        later = datetime.datetime.combine(
            local.date() + datetime.timedelta(days=days), local.time(), tzinfo=zone
        )
        return later.astimezone(instant.tzinfo)

    return Window(start=moved(window.start), end=moved(window.end))


def _moved_all(windows: Iterable[Window], *, days: int, zone: ZoneInfo) -> tuple[Window, ...]:
    return tuple(moved_window(window, days=days, zone=zone) for window in windows)

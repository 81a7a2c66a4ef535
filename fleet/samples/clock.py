"""Clock times of a sample day as instants."""

import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from fleet.model.base import Window

BEIJING = "Asia/Shanghai"


class Clock(NamedTuple):
    """A date on Beijing's clock. Minutes are counted from its midnight."""

    date: datetime.date

    def at(self, minute: int) -> datetime.datetime:
        """Return the instant of a minute of the day."""
        midnight = datetime.datetime.combine(self.date, datetime.time(), tzinfo=ZoneInfo(BEIJING))
        instant = midnight + datetime.timedelta(minutes=minute)
        # A fixed offset instead of a zone: it is what a document holds.
        return instant.replace(tzinfo=datetime.timezone(instant.utcoffset() or datetime.timedelta()))

    def window(self, start_minute: int, end_minute: int) -> Window:
        """Return the window between two minutes of the day."""
        return Window(start=self.at(start_minute), end=self.at(end_minute))


def minute_of(text: str) -> int:
    """Return the minute of the day of a clock time such as ``07:30``."""
    hours, minutes = text.split(":")
    return 60 * int(hours) + int(minutes)


def window_of(clock: Clock, text: str) -> Window:
    """Return the window of a text such as ``08:30-12:30``."""
    start, end = text.split("-")
    return clock.window(minute_of(start), minute_of(end))

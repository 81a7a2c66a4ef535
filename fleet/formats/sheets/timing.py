"""Times of a row as instants: which clock, and the windows that they make."""

import datetime
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from fleet.formats.sheets.cells import Cells
from fleet.formats.sheets.columns import TIMES, Column
from fleet.formats.sheets.findings import Findings, Mark
from fleet.formats.sheets.grid import Spot
from fleet.formats.sheets.values import read_time
from fleet.model import ErrorCode
from fleet.model.base import Window, Windows

EARLY = datetime.time(6, 30)
EARLY_ZONE = ZoneInfo("Asia/Shanghai")
"""Before sunrise in a June of southern Xinjiang: such a time is mostly meant on the other clock."""


@dataclass(kw_only=True)
class Clocks:
    """Reads times.

    Parameters
    ----------
    date, day_zone
        Of the day that is filled; its windows are written in its own clock.
    zone
        Clock of times that neither cell nor title names one for; None while nobody said.
    """

    date: datetime.date
    day_zone: str
    zone: str | None = None
    _unsaid: list[Spot] = field(default_factory=list)

    def windows(self, cells: Cells) -> tuple[Windows, Windows]:
        """Return when a row may be loaded and when it may be unloaded; nothing means at any time."""
        earliest, latest, delivery = (self._instant(cells, column) for column in TIMES)
        pickup = self._window(cells, Column.LATEST_PICKUP, earliest, latest)
        if earliest is not None and delivery is not None and delivery <= earliest:
            _reversed(cells, Column.LATEST_DELIVERY, earliest, delivery)
        return pickup, self._window(cells, Column.LATEST_DELIVERY, None, delivery)

    def ask(self, findings: Findings) -> None:
        """Ask once a file for the clock that neither cells nor titles name."""
        if self._unsaid:
            findings.stop(ErrorCode.SHEET_CLOCK_UNSAID, self._unsaid[0], number=len(self._unsaid))

    def _instant(self, cells: Cells, column: Column) -> datetime.datetime | None:
        def read(value: object) -> datetime.datetime | None:
            clock = read_time(value, date=self.date)
            if clock is None:
                cells.mark(Mark.ANY_TIME_TAKEN, column, value)
                return None
            # The cell wins over the title, the title over the answer for the file.
            title = cells.row.titles[column]
            named = clock.zone or title.zone or self.zone
            if named is None:
                self._unsaid.append(cells.row.spot(column))
            return datetime.datetime.combine(self.date, clock.time, tzinfo=ZoneInfo(named or self.day_zone))

        instant = cells.optional(column, read)
        if column is Column.EARLIEST_PICKUP and instant is not None and instant < self._at(EARLY, EARLY_ZONE):
            cells.mark(Mark.EARLY_PICKUP, column, f"{instant.astimezone(EARLY_ZONE):%H:%M}")
        return instant

    def _window(
        self,
        cells: Cells,
        column: Column,
        earliest: datetime.datetime | None,
        latest: datetime.datetime | None,
    ) -> Windows:
        zone = ZoneInfo(self.day_zone)
        # Two hours between the clocks may put a time before the day's own midnight, or past its end.
        if earliest is not None:
            start, end = earliest, latest or max(self._at(datetime.time(23, 59, 59), zone), earliest)
        elif latest is not None:
            start, end = min(self._at(datetime.time(), zone), latest), latest
        else:
            return ()
        if end < start:
            _reversed(cells, column, start, end)
            return ()
        return (Window(start=start.astimezone(zone), end=end.astimezone(zone)),)

    def _at(self, time: datetime.time, zone: ZoneInfo) -> datetime.datetime:
        return datetime.datetime.combine(self.date, time, tzinfo=zone)


def _reversed(cells: Cells, column: Column, start: datetime.datetime, end: datetime.datetime) -> None:
    cells.problem(
        ErrorCode.WINDOW_REVERSED, column, cells.value(column), start=f"{start:%H:%M}", end=f"{end:%H:%M}"
    )

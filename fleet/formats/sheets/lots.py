"""From a row to a request: every cell read, every problem of the row named at once."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field

from pydantic import ValidationError

from fleet.formats.sheets.cells import Cells
from fleet.formats.sheets.columns import Column, Unit
from fleet.formats.sheets.findings import CellError, Findings, Mark
from fleet.formats.sheets.households import Households
from fleet.formats.sheets.load import Loads
from fleet.formats.sheets.master import Master
from fleet.formats.sheets.names import Places, Products
from fleet.formats.sheets.table import Row
from fleet.formats.sheets.timing import Clocks
from fleet.formats.sheets.values import dates_meant, read_number, read_phone, read_whole, read_yes
from fleet.formats.sheets.words import without_group
from fleet.model import ErrorCode
from fleet.model.base import MAX_YUAN
from fleet.model.documents import problems_of
from fleet.model.places import Household, Place
from fleet.model.requests import Request

HANDLING_S, HANDLING_S_PER_CRATE = 60, 20
"""Loading or unloading a request; nobody asks a clerk for seconds."""
MAX_STALL = 10_000
MAX_NOTE = 2_000
PROVISIONAL_ID = "row"


@dataclass(frozen=True, kw_only=True)
class Lot:
    """A row understood: its household, and the request with a provisional id."""

    row: Row
    household: Household
    request: Request


@dataclass(kw_only=True)
class Reader:
    """Reads rows against what the day knows.

    Parameters
    ----------
    master
        Places, products, households, tricycles, clock.
    findings
        Receives problems and marks.
    unit, zone
        Answers to what neither cells nor titles say, None while nobody answered.
    """

    master: Master
    findings: Findings
    unit: Unit | None = None
    zone: str | None = None
    places: Places = field(init=False)
    products: Products = field(init=False)
    households: Households = field(init=False)

    def __post_init__(self) -> None:
        self.places = Places(self.master.places)
        self.products = Products(self.master.products)
        self.households = Households(self.master.households, self.master.places)
        self._loads = Loads(tricycles=self.master.tricycles, unit=self.unit)
        self._other_dates: set[tuple[str, datetime.date]] = set()
        self._clocks = Clocks(date=self.master.date, day_zone=self.master.zone, zone=self.zone)

    def lot(self, row: Row) -> Lot | None:
        """Return what a row asks for, None when it is bad."""
        cells = Cells(row=row, findings=self.findings)
        cells.optional(Column.DATE, lambda value: self._check_date(row, value))
        village = cells.required(
            Column.VILLAGE, lambda value: self.places.one(without_group(value)[0], Column.VILLAGE)
        )
        name = cells.required(Column.HOUSEHOLD, _name)
        product = cells.required(Column.PRODUCT, self.products.one)
        load = self._loads.load(cells, product)
        origin = cells.optional(
            Column.PICKUP_PLACE, lambda value: self.places.one(value, Column.PICKUP_PLACE)
        )
        targets = self._targets(cells)
        pickup_windows, dropoff_windows = self._clocks.windows(cells)
        stall = cells.optional(Column.STALL, lambda value: read_whole(value, least=1, most=MAX_STALL))
        value_yuan = cells.optional(Column.VALUE, lambda value: read_number(value, most=MAX_YUAN))
        must = cells.optional(Column.MUST, read_yes)
        # The group within the village is no place of the day, but the driver wants to know it.
        group = without_group(cells.value(Column.VILLAGE) or "")[1]
        note = f"{group} {cells.optional(Column.NOTE, str) or ''}".strip()[:MAX_NOTE]
        household = self._household(cells, village, name)
        if cells.bad or village is None or household is None or product is None or load is None:
            return None
        kg, crates = load
        if value_yuan is None:
            value_yuan = round(kg * product.price_yuan_per_kg, 2)
            if product.price_yuan_per_kg == 0:
                cells.mark(Mark.VALUE_UNKNOWN, Column.PRODUCT, product.name)
        handling_s = HANDLING_S + HANDLING_S_PER_CRATE * crates
        pickup_stall, target_stalls = self._stalls(cells, stall, origin or village, targets)
        request = self._request(
            cells,
            {
                "id": PROVISIONAL_ID,
                "household": household.id,
                "product": product.id,
                "kg": kg,
                "crates": crates,
                "pickup": {
                    "place": (origin or village).id,
                    "windows": pickup_windows,
                    "handling_s": handling_s,
                    "stall": pickup_stall,
                },
                "dropoffs": tuple(
                    {
                        "place": place.id,
                        "windows": dropoff_windows,
                        "handling_s": handling_s,
                        "stall": target_stall,
                    }
                    for place, target_stall in zip(targets, target_stalls, strict=True)
                ),
                "value_yuan": value_yuan,
                "must": bool(must),
                "note": note,
            },
        )
        return None if request is None or cells.bad else Lot(row=row, household=household, request=request)

    def ask(self) -> None:
        """Ask once a file what no cell and no title said."""
        self._loads.ask(self.findings)
        self._clocks.ask(self.findings)

    def _check_date(self, row: Row, value: object) -> None:
        date = self.master.date
        meant = dates_meant(value, year=date.year)
        # A sheet of yesterday says so in every row; once is enough.
        if date not in meant and (row.sheet, min(meant)) not in self._other_dates:
            self._other_dates.add((row.sheet, min(meant)))
            self.findings.stop(
                ErrorCode.SHEET_DATE_OTHER,
                row.spot(Column.DATE),
                min(meant).isoformat(),
                date=date.isoformat(),
            )

    def _targets(self, cells: Cells) -> Sequence[Place]:
        if Column.TARGETS in cells:
            return cells.optional(Column.TARGETS, self.places.targets) or ()
        try:
            return self.places.targets(None)
        except CellError as error:
            cells.problem(error.code, Column.TARGETS, **error.params)
            return ()

    def _household(self, cells: Cells, village: Place | None, name: str | None) -> Household | None:
        phone, state = cells.optional(Column.PHONE, read_phone) or (None, "missing")
        if state == "lost":
            cells.mark(Mark.PHONE_LOST, Column.PHONE)
        if village is None or name is None:
            return None
        new_before = len(self.households.new)
        try:
            household = self.households.one(village=village, name=name, phone=phone)
        except CellError as error:
            cells.problem(error.code, Column.HOUSEHOLD, name, **error.params)
            return None
        if household.phone is None and state == "missing" and Column.PHONE in cells.row.titles:
            cells.mark(Mark.PHONE_MISSING, Column.PHONE)
        if len(self.households.new) > new_before:
            alike = self.households.spelt_alike(household)
            if alike:
                cells.mark(Mark.HOUSEHOLD_SIMILAR, Column.HOUSEHOLD, name, other=alike)
        return household

    def _stalls(
        self, cells: Cells, stall: int | None, origin: Place, targets: Sequence[Place]
    ) -> tuple[int | None, list[int | None]]:
        """A stall is where the goods wait when their place has stalls, else where they go."""
        if stall is None:
            return None, [None] * len(targets)
        if stall <= origin.stalls:
            return stall, [None] * len(targets)
        at_targets = [stall if stall <= place.stalls else None for place in targets]
        if origin.stalls or not any(at_targets):
            most = max(place.stalls for place in (origin, *targets))
            cells.problem(ErrorCode.STALL_UNKNOWN, Column.STALL, stall, limit=most)
        return None, at_targets

    def _request(self, cells: Cells, parts: dict[str, object]) -> Request | None:
        try:
            return Request.model_validate(parts)
        except ValidationError as error:
            cells.bad = True
            for problem in problems_of(error):
                self.findings.problem(
                    ErrorCode(problem.code),
                    cells.row.spot(),
                    f"{problem.where} {problem.value}".strip(),
                    **problem.params,
                )
            return None


def _name(value: object) -> str:
    name = " ".join(str(value).split())[:200]
    if not any(char.isalnum() for char in name):
        raise CellError(ErrorCode.SHEET_CELL_MISSING)
    return name

"""A request sheet into a day: read everything, say everything, change the day at once or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from fleet.formats.sheets.columns import Column, Unit
from fleet.formats.sheets.files import read_grids
from fleet.formats.sheets.findings import Finding, Findings, Mark
from fleet.formats.sheets.grid import Grid, Spot
from fleet.formats.sheets.lots import Lot, Reader
from fleet.formats.sheets.master import Master
from fleet.formats.sheets.merge import ExistingChoice, Merged, merge, without_twins
from fleet.formats.sheets.table import (
    KNOWN_NAMES,
    HiddenChoice,
    Row,
    best_guess,
    find_header,
    read_rows,
)
from fleet.formats.sheets.words import is_own_sheet
from fleet.model import Day, ErrorCode, InputError, bad_input
from fleet.model.base import MAX_REQUESTS
from fleet.model.documents import problems_of
from fleet.model.places import Household, Product
from fleet.model.requests import Request


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What a clerk decides for a file as a whole.

    Parameters
    ----------
    zone
        The clock of times whose title names none.
    unit
        The unit of bare numbers under a weight title that names none.
    fill_down
        Whether merged cells and ditto marks take the value above.
    hidden
        What becomes of hidden rows.
    on_existing
        What becomes of requests that the day has already.
    skip_bad
        Whether bad rows are left out, instead of stopping the import.
    """

    zone: str | None = None
    unit: Unit | None = None
    fill_down: bool = False
    hidden: HiddenChoice = "refuse"
    on_existing: ExistingChoice = "refuse"
    skip_bad: bool = False

    def __post_init__(self) -> None:
        if self.zone is not None:
            check_zone(self.zone)


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What a sheet holds for a day, after all rows were checked.

    Parameters
    ----------
    merged
        The day's requests after the import.
    households, products
        The day's, with those that the sheet brought.
    rows, left_out
        Rows that ask for a transport, and those of them that were left out as bad.
    problems
        Why nothing may be written; empty when it may.
    marks
        What was read otherwise than it stands, or is worth a look.
    """

    merged: Merged
    households: tuple[Household, ...]
    products: tuple[Product, ...]
    rows: int
    left_out: int = 0
    problems: tuple[Finding, ...] = ()
    marks: tuple[Finding, ...] = ()
    bad_rows: tuple[Finding, ...] = field(default=())

    def checked(self, *, file: str = "") -> None:
        """Raise every problem.

        Raises
        ------
        InputError
            When there is any.
        """
        if self.problems:
            raise InputError([finding.as_problem() for finding in self.problems], file=file)

    def into(self, day: Day, *, file: str = "") -> Day:
        """Return the day with the sheet's requests.

        Raises
        ------
        InputError
            With the sheet's problems, or with what of the day no longer fits together.
        """
        self.checked(file=file)
        parts = {name: getattr(day, name) for name in Day.model_fields}
        parts |= {"requests": self.merged.requests, "households": self.households, "products": self.products}
        try:
            return Day(**parts)
        except ValidationError as error:
            raise InputError(problems_of(error), file=file) from error


def import_sheet(data: bytes, *, master: Master, answers: Answers, file: str = "") -> Imported:
    """Read a request sheet against what a day knows.

    Parameters
    ----------
    data
        An XLSX workbook or a CSV file.
    master
        Of the day.
    answers
        What was decided for the file.
    file
        Its name as the user gave it, for errors.

    Raises
    ------
    InputError
        When the file itself can't be read; what is wrong with rows is in the result.
    """
    findings = Findings()
    reader = Reader(master=master, findings=findings, unit=answers.unit, zone=answers.zone)
    rows = read_sheets(read_grids(data, file=file), findings, reader=reader, answers=answers, file=file)
    lots = without_twins([lot for row in rows if (lot := reader.lot(row)) is not None], findings)
    reader.ask()
    bad = findings.bad_rows()
    lots = [lot for lot in lots if lot.row.key not in bad]
    merged = merge(lots, master.requests, findings, choice=answers.on_existing)
    # A stall that is taken shows only now; without its row everything is merged once more.
    taken = findings.bad_rows() - bad
    if taken and answers.skip_bad:
        lots = [lot for lot in lots if lot.row.key not in taken]
        merged = merge(lots, master.requests, Findings(), choice=answers.on_existing)
    _check_amount(rows, lots, merged, findings, answers=answers)
    return _outcome(rows, lots, merged, findings, reader=reader, skip_bad=answers.skip_bad)


def read_sheets(
    grids: Sequence[Grid], findings: Findings, *, reader: Reader, answers: Answers, file: str = ""
) -> list[Row]:
    """Return the rows of every sheet that has a header; a workbook without any is refused.

    Raises
    ------
    InputError
        SHEET_HEADER_MISSING, naming the nearest row.
    """
    villages = reader.places.village_names()
    rows: list[Row] = []
    headers = [(grid, find_header(grid)) for grid in grids]
    if all(header is None for _, header in headers):
        grid = max(grids, key=lambda grid: len(best_guess(grid).titles), default=Grid(rows={}))
        nearest = best_guess(grid)
        found = ", ".join(title.written for title in nearest.titles.values()) or "–"
        raise bad_input(
            ErrorCode.SHEET_HEADER_MISSING,
            where=str(Spot(sheet=grid.name, row=nearest.row)),
            file=file,
            found=found,
            number=KNOWN_NAMES,
        )
    for grid, header in headers:
        if header is None:
            if grid.rows and not is_own_sheet(grid.name):
                findings.mark(Mark.SHEET_IGNORED, Spot(sheet=grid.name))
            continue
        rows += read_rows(
            grid,
            header,
            findings,
            fill_down=answers.fill_down,
            hidden=answers.hidden,
            villages=villages,
        )
        if Column.PHONE not in header.titles:
            findings.mark(Mark.PHONE_MISSING, Spot(sheet=grid.name))
    return rows


def check_zone(zone: str) -> ZoneInfo:
    """Return a clock by its name.

    Raises
    ------
    InputError
        ZONE_UNKNOWN.
    """
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise bad_input(ErrorCode.ZONE_UNKNOWN, where="--zone", value=zone) from error


def _check_amount(
    rows: Sequence[Row], lots: Sequence[Lot], merged: Merged, findings: Findings, *, answers: Answers
) -> None:
    """Refuse a file without requests, and one that makes the day too large."""
    nothing_asked = not rows and not findings.problems
    nothing_good = answers.skip_bad and not lots and not findings.stopped()
    if nothing_asked or nothing_good:
        findings.stop(ErrorCode.SHEET_EMPTY, Spot())
    if len(merged.requests) > MAX_REQUESTS:
        findings.stop(ErrorCode.LIMIT_EXCEEDED, Spot(), len(merged.requests), limit=MAX_REQUESTS)


def _outcome(
    rows: Sequence[Row],
    lots: Sequence[Lot],
    merged: Merged,
    findings: Findings,
    *,
    reader: Reader,
    skip_bad: bool,
) -> Imported:
    used = {lot.household.id for lot in lots}
    households = tuple(
        household
        for household in reader.households.by_id.values()
        if household.id not in reader.households.new or household.id in used
    )
    wanted = _products_of(merged.requests)
    products = tuple(
        product for product in reader.products.products if not reader.products.open or product.id in wanted
    )
    for product in products if reader.products.open else ():
        findings.mark(Mark.PRODUCT_NEW, Spot(), product.name)
    left_out = [finding for finding in findings.problems if skip_bad and not finding.whole_file]
    problems = [finding for finding in findings.problems if finding.whole_file or not skip_bad]
    for row in rows:
        if skip_bad and row.key in findings.bad_rows():
            findings.mark(Mark.ROW_LEFT_OUT, row.spot())
    return Imported(
        merged=merged,
        households=households,
        products=products,
        rows=len(rows),
        left_out=len(rows) - len(lots),
        problems=tuple(sorted(problems, key=lambda finding: not finding.whole_file)),
        marks=tuple(findings.marks),
        bad_rows=tuple(left_out),
    )


def _products_of(requests: Sequence[Request]) -> set[str]:
    return {request.product for request in requests if request.product is not None}

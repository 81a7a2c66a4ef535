"""From a sheet's cells to its rows of requests: header, totals, repeated titles, fill-down, hidden rows."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

from fleet.formats.sheets.columns import MERGEABLE, Column, Title, read_title, title_in_all_languages
from fleet.formats.sheets.findings import Findings, Mark
from fleet.formats.sheets.grid import MAX_ROWS, Cell, Grid, Spot
from fleet.formats.sheets.words import is_ditto, is_example, is_total, plain
from fleet.model import ErrorCode

HEADER_WITHIN_ROWS = 10
KNOWN_NAMES = 4
"""Titles that make a row the header."""
NAMED = 8
"""How many cells or rows a message names; the rest are counted."""

HiddenChoice = Literal["refuse", "read", "skip"]
_ESSENTIAL = (Column.HOUSEHOLD, Column.PRODUCT, Column.WEIGHT, Column.CRATES)


@dataclass(frozen=True, kw_only=True)
class Header:
    """The header of a table: its row, its titles by what they name, the titles that name nothing of ours."""

    row: int
    titles: Mapping[Column, Title]
    repeated: tuple[Title, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row that asks for a transport; what is empty is absent."""

    sheet: str
    number: int
    titles: Mapping[Column, Title]
    cells: Mapping[Column, Cell]

    def spot(self, column: Column | None = None) -> Spot:
        """Return where a cell of the row stands, or the row itself."""
        title = self.titles.get(column) if column is not None else None
        if title is None:
            name = "" if column is None else title_in_all_languages(column)
            return Spot(sheet=self.sheet, row=self.number, title=name)
        return Spot(sheet=self.sheet, row=self.number, column=title.index, title=title.written)

    @property
    def key(self) -> tuple[str, int]:
        """Sheet and row."""
        return self.sheet, self.number


@dataclass(kw_only=True)
class _Reading:
    """One sheet being read: what was skipped, what was filled from above, which rows nobody sees."""

    grid: Grid
    header: Header
    skipped: Counter[str] = field(default_factory=Counter)
    filled: list[Spot] = field(default_factory=list)
    unseen: list[int] = field(default_factory=list)


def find_header(grid: Grid) -> Header | None:
    """Return the first of the upper rows that holds four known titles.

    Three are enough where they are household, product and amount: a sheet of one village needs no more.
    """
    for number, cells in grid.filled_rows():
        if number > HEADER_WITHIN_ROWS:
            break
        header = _header_of(number, cells)
        known = header.titles.keys()
        amount = Column.WEIGHT in known or Column.CRATES in known
        if len(known) >= KNOWN_NAMES or (amount and {Column.HOUSEHOLD, Column.PRODUCT} <= known):
            return header
    return None


def best_guess(grid: Grid) -> Header:
    """Return the upper row with the most known titles, for saying what is missing."""
    rows = [_header_of(number, cells) for number, cells in grid.filled_rows() if number <= HEADER_WITHIN_ROWS]
    return max(rows, key=lambda header: len(header.titles), default=Header(row=0, titles={}))


def _header_of(number: int, cells: Mapping[int, Cell]) -> Header:
    titles: dict[Column, Title] = {}
    repeated, unknown = [], []
    for index, cell in sorted(cells.items()):
        title = read_title(cell.value, index=index)
        if title is None:
            unknown.append(" ".join(str(cell.value).split())[:30])
        elif title.column in titles:
            repeated.append(title)
        else:
            titles[title.column] = title
    return Header(row=number, titles=titles, repeated=tuple(repeated), unknown=tuple(unknown))


def read_rows(
    grid: Grid,
    header: Header,
    findings: Findings,
    *,
    fill_down: bool,
    hidden: HiddenChoice,
    villages: Collection[str],
) -> list[Row]:
    """Return the rows of a sheet that ask for a transport.

    Parameters
    ----------
    grid, header
        The sheet and its header.
    findings
        Receives problems and marks.
    fill_down
        Whether merged cells and ditto marks take the value above; otherwise they are named and refused.
    hidden
        What becomes of hidden rows.
    villages
        Names of villages as ``words.plain`` spells them; a sheet that is called like one is that village's.
    """
    reading = _Reading(grid=grid, header=header)
    _check_header(reading, findings, village_named=plain(grid.name) in villages)
    rows: list[Row] = []
    above: dict[Column, Cell] = {}
    own_village = Cell(grid.name) if plain(grid.name) in villages else None
    from_sheet = 0
    for number, cells in grid.filled_rows():
        if number <= header.row:
            reading.skipped["above"] += number < header.row
            continue
        kind = _kind(reading, cells)
        if kind is not None:
            reading.skipped[kind] += kind != "empty"
            continue
        filled = _filled_down(reading, number, cells, above, blank_village=own_village is None)
        if Column.VILLAGE not in filled and own_village is not None:
            filled[Column.VILLAGE] = own_village
            from_sheet += 1
        above = filled
        if grid.hidden or number in grid.hidden_rows:
            reading.unseen.append(number)
            if hidden == "skip":
                continue
        rows.append(Row(sheet=grid.name, number=number, titles=header.titles, cells=filled))
    if from_sheet:
        findings.mark(Mark.VILLAGE_FROM_SHEET, Spot(sheet=grid.name), grid.name, number=from_sheet)
    _tell(reading, findings, fill_down=fill_down, hidden=hidden)
    if len(rows) > MAX_ROWS:
        findings.stop(ErrorCode.LIMIT_EXCEEDED, Spot(sheet=grid.name), f"{len(rows)}", limit=MAX_ROWS)
        return []
    return rows


def _check_header(reading: _Reading, findings: Findings, *, village_named: bool) -> None:
    sheet, header = reading.grid.name, reading.header
    for title in header.repeated:
        first = header.titles[title.column]
        findings.stop(
            ErrorCode.SHEET_COLUMN_TWICE,
            Spot(sheet=sheet, row=header.row, column=title.index, title=title.written),
            first=str(Spot(sheet=sheet, row=header.row, column=first.index, title=first.written)),
        )
    missing = [
        column
        for column in (Column.VILLAGE, Column.HOUSEHOLD, Column.PRODUCT)
        if column not in header.titles and not (column is Column.VILLAGE and village_named)
    ]
    if Column.WEIGHT not in header.titles and Column.CRATES not in header.titles:
        missing.append(Column.WEIGHT)
    for column in missing:
        findings.stop(
            ErrorCode.SHEET_COLUMN_MISSING,
            Spot(sheet=sheet, row=header.row),
            column=title_in_all_languages(column),
        )
    if Column.IDENTITY in header.titles:
        title = header.titles[Column.IDENTITY]
        findings.mark(
            Mark.IDENTITY_DROPPED,
            Spot(sheet=sheet, row=header.row, column=title.index, title=title.written),
        )
    if header.unknown:
        findings.mark(
            Mark.COLUMNS_IGNORED, Spot(sheet=sheet, row=header.row), columns=", ".join(header.unknown[:NAMED])
        )


def _kind(reading: _Reading, cells: Mapping[int, Cell]) -> str | None:
    """Say what a row is when it is no request."""
    titles = reading.header.titles
    known = {column: cells[title.index] for column, title in titles.items() if title.index in cells}
    if any(is_example(cell.value) for cell in cells.values()):
        return "examples"
    asked = [column for column in _ESSENTIAL if column in known]
    if len(_header_of(0, cells).titles) >= min(KNOWN_NAMES, len(titles)):
        return "headers"
    first = cells[min(cells)]
    names = [known[column] for column in (Column.NUMBER, Column.VILLAGE, Column.HOUSEHOLD) if column in known]
    if any(is_total(cell.value) for cell in (first, *names)):
        return "totals"
    if not asked:
        return "empty" if known.keys() <= {Column.NUMBER, Column.DATE, Column.VILLAGE} and known else "others"
    return None


def _filled_down(
    reading: _Reading,
    number: int,
    cells: Mapping[int, Cell],
    above: Mapping[Column, Cell],
    *,
    blank_village: bool,
) -> dict[Column, Cell]:
    filled: dict[Column, Cell] = {}
    grid = reading.grid
    for column, title in reading.header.titles.items():
        if column in (Column.IDENTITY, Column.REASON):
            continue
        cell = cells.get(title.index)
        origin = grid.merged.get((number, title.index))
        merged = (
            cell is None
            and column in MERGEABLE
            and origin is not None
            and origin[1] == title.index
            and origin[0] > reading.header.row
        )
        # A blank village under a written one is how most clerks write "the same village".
        blank = blank_village and cell is None and column is Column.VILLAGE
        if (merged or blank or (cell is not None and is_ditto(cell.value))) and column in above:
            reading.filled.append(Spot(sheet=grid.name, row=number, column=title.index, title=title.written))
            cell = above[column]
        if cell is not None:
            filled[column] = cell
    return filled


def _tell(reading: _Reading, findings: Findings, *, fill_down: bool, hidden: HiddenChoice) -> None:
    sheet = Spot(sheet=reading.grid.name)
    if reading.skipped.total():
        counts = {
            kind: reading.skipped[kind] for kind in ("above", "totals", "headers", "examples", "others")
        }
        findings.mark(Mark.ROWS_SKIPPED, sheet, number=reading.skipped.total(), **counts)
    if reading.filled:
        named = ", ".join(str(spot).split(" ")[0].rpartition("!")[2] for spot in reading.filled[:NAMED])
        named += " …" if len(reading.filled) > NAMED else ""
        if fill_down:
            findings.mark(Mark.FILLED_DOWN, sheet, number=len(reading.filled), cells=named)
        else:
            findings.stop(ErrorCode.SHEET_FILL_DOWN, sheet, number=len(reading.filled), cells=named)
    if reading.unseen:
        named = ", ".join(map(str, reading.unseen[:NAMED])) + (" …" if len(reading.unseen) > NAMED else "")
        if hidden == "refuse":
            findings.stop(ErrorCode.SHEET_HIDDEN_ROWS, sheet, number=len(reading.unseen), rows=named)
        else:
            mark = Mark.HIDDEN_READ if hidden == "read" else Mark.HIDDEN_LEFT_OUT
            findings.mark(mark, sheet, number=len(reading.unseen), rows=named)

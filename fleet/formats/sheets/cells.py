"""The cells of one row, read one by one; what can't be read is named, and the row is bad."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from fleet.formats.sheets.columns import Column
from fleet.formats.sheets.findings import CellError, Findings, Mark
from fleet.formats.sheets.grid import Cell
from fleet.formats.sheets.table import Row
from fleet.model import ErrorCode

T = TypeVar("T")


@dataclass(kw_only=True)
class Cells:
    """A row being read.

    Parameters
    ----------
    row
        The row.
    findings
        Receives problems and marks.
    bad
        Whether a cell of the row could not be read.
    """

    row: Row
    findings: Findings
    bad: bool = False

    def __contains__(self, column: Column) -> bool:
        return column in self.row.cells

    def value(self, column: Column) -> object:
        """Return what the file holds, None in an empty cell."""
        cell = self.row.cells.get(column)
        return None if cell is None else cell.value

    def optional(self, column: Column, read: Callable[[object], T]) -> T | None:
        """Return what a cell says, None where it is empty or can't be read."""
        cell = self.row.cells.get(column)
        if cell is None:
            return None
        try:
            return read(_calculated(cell))
        except CellError as error:
            self.problem(error.code, column, cell.value, **error.params)
            return None

    def required(self, column: Column, read: Callable[[object], T]) -> T | None:
        """Return what a cell says; an empty one is a problem."""
        if column not in self:
            self.bad = True
            # A column that is missing altogether was named once for the sheet.
            if column in self.row.titles:
                self.findings.problem(ErrorCode.SHEET_CELL_MISSING, self.row.spot(column))
        return self.optional(column, read)

    def problem(self, code: ErrorCode, column: Column, value: object = "", **params: object) -> None:
        """Note what is wrong with a cell."""
        self.bad = True
        self.findings.problem(code, self.row.spot(column), value, **params)

    def mark(self, code: Mark, column: Column, value: object = "", **params: object) -> None:
        """Note what was read otherwise than it stands."""
        self.findings.mark(code, self.row.spot(column), value, **params)


def _calculated(cell: Cell) -> object:
    if cell.state == "uncalculated":
        raise CellError(ErrorCode.SHEET_FORMULA_NOT_CALCULATED)
    if cell.state == "error":
        raise CellError(ErrorCode.SHEET_CELL_ERROR)
    return cell.value

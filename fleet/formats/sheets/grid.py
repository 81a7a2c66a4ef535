"""A sheet as read from a file: cells by row and column, before anything is understood."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from openpyxl.utils import get_column_letter

MAX_COLUMNS = 100
MAX_ROWS = 5_000
"""Requests a file may hold; as many as a day."""

CellState = Literal["value", "uncalculated", "error"]


@dataclass(frozen=True)
class Cell:
    """A cell that is not empty.

    Parameters
    ----------
    value
        Text, number, date or time as the file holds it; of a formula the value last calculated.
    state
        ``uncalculated`` for a formula without a value, ``error`` for #REF! and its like.
    """

    value: object
    state: CellState = "value"


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Cells of one sheet, rows and columns counted from 1.

    Parameters
    ----------
    name
        The sheet's name, empty for a CSV file.
    rows
        Cells by row, then by column; what is empty is absent.
    merged
        Row and column of the first cell of a merged range by those of its other cells.
    hidden_rows
        Rows that a reader of the sheet does not see.
    hidden
        Whether the sheet as a whole is not seen.
    """

    name: str = ""
    rows: Mapping[int, Mapping[int, Cell]]
    merged: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    hidden_rows: frozenset[int] = frozenset()
    hidden: bool = False

    def filled_rows(self) -> Iterator[tuple[int, Mapping[int, Cell]]]:
        """Return rows that are not empty, from the top."""
        for number in sorted(self.rows):
            if self.rows[number]:
                yield number, self.rows[number]


@dataclass(frozen=True, kw_only=True)
class Spot:
    """Where something stands, in the spreadsheet's own notation.

    Parameters
    ----------
    sheet
        The sheet's name, empty for a CSV file.
    row, column
        Counted from 1, 0 for the whole sheet or the whole row.
    title
        The column's title as the sheet has it.
    """

    sheet: str = ""
    row: int = 0
    column: int = 0
    title: str = ""

    def __str__(self) -> str:
        cell = f"{get_column_letter(self.column or 1)}{self.row}" if self.row else ""
        place = f"{self.sheet}!{cell}" if self.sheet and cell else self.sheet or cell
        return f"{place} {self.title}".strip()

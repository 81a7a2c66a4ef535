"""Text that a spreadsheet program would run as a formula is written so that it stays text."""

from typing import Any

from openpyxl.cell import Cell

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def put(cell: Cell, written: str) -> None:
    """Put text into a cell of a workbook: it stays text, and shows as it is."""
    cell.value = _printable(written)
    if written.startswith(FORMULA_STARTS):
        cell.data_type = "s"
        cell.quotePrefix = True


def csv_text(written: Any) -> str:
    """Return a value as a CSV field; an apostrophe in front keeps a spreadsheet from running it."""
    shown = "" if written is None else str(written)
    return f"'{shown}" if shown.startswith(FORMULA_STARTS) else shown


def _printable(written: str) -> str:
    """XML has no room for control characters, which a CSV file may bring."""
    return "".join(char for char in written if char.isprintable() or char in "\n\t")[:32_000]

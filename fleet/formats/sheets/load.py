"""What a row sends: kilograms and crates, both as written or the one from the other."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from fleet.formats.sheets.cells import Cells
from fleet.formats.sheets.columns import Column, Unit
from fleet.formats.sheets.findings import CellError, Findings, Mark
from fleet.formats.sheets.grid import Spot
from fleet.formats.sheets.values import Amount, read_crates, read_weight
from fleet.model import ErrorCode
from fleet.model.places import Product
from fleet.model.tricycles import Tricycle


@dataclass(kw_only=True)
class Loads:
    """Reads loads.

    Parameters
    ----------
    tricycles
        That may carry them; a load too large for each of them is marked.
    unit
        Of bare numbers under a title that names none; None while nobody said.
    """

    tricycles: Iterable[Tricycle]
    unit: Unit | None = None
    _unsaid: list[Spot] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._offered = [(item.payload_kg, item.crates) for item in self.tricycles if item.available]

    def load(self, cells: Cells, product: Product | None) -> tuple[float, int] | None:
        """Return kg and crates, None where they can't be told."""
        amount, crates = self._amount(cells), cells.optional(Column.CRATES, read_crates)
        if amount.crates is not None:
            cells.mark(
                Mark.CRATES_UNDER_WEIGHT, Column.WEIGHT, cells.value(Column.WEIGHT), crates=amount.crates
            )
            crates = amount.crates if crates is None else crates
        if amount.kg is None and not crates:
            # Columns that are missing altogether were named once for the sheet.
            asked = not {Column.WEIGHT, Column.CRATES}.isdisjoint(cells.row.titles)
            unread = cells.bad and not {Column.WEIGHT, Column.CRATES}.isdisjoint(cells.row.cells)
            if asked and not unread:
                cells.problem(ErrorCode.SHEET_AMOUNT_MISSING, _amount_column(cells))
            return None
        if product is None:
            return None
        kg = amount.kg if amount.kg is not None else _kg_of_crates(cells, product, crates or 0)
        if kg is None:
            return None
        if crates is None:
            crates = product.crates_for(kg)
            if product.kg_per_crate is not None:
                cells.mark(Mark.CRATES_COMPUTED, _amount_column(cells), f"{kg:g} kg", crates=crates)
        if self._offered and not any(kg <= most_kg and crates <= most for most_kg, most in self._offered):
            cells.mark(Mark.LARGER_THAN_ALL, _amount_column(cells), f"{kg:g} kg", crates=crates)
        return kg, crates

    def ask(self, findings: Findings) -> None:
        """Ask once a file for the unit that neither cells nor titles name."""
        if self._unsaid:
            findings.stop(ErrorCode.SHEET_UNIT_UNSAID, self._unsaid[0], number=len(self._unsaid))

    def _amount(self, cells: Cells) -> Amount:
        title = cells.row.titles.get(Column.WEIGHT)
        unit = title.unit if title is not None and title.unit else self.unit
        amount = cells.optional(Column.WEIGHT, lambda value: read_weight(value, unit=unit))
        if amount is None:
            return Amount()
        if amount.unit_unsaid:
            self._unsaid.append(cells.row.spot(Column.WEIGHT))
        if amount.rounded_up:
            taken = f"{amount.crates}" if amount.kg is None else f"{amount.kg:g} kg"
            cells.mark(Mark.UPPER_TAKEN, Column.WEIGHT, cells.value(Column.WEIGHT), taken=taken)
        return amount


def _amount_column(cells: Cells) -> Column:
    return Column.WEIGHT if Column.WEIGHT in cells or Column.CRATES not in cells.row.titles else Column.CRATES


def _kg_of_crates(cells: Cells, product: Product, crates: int) -> float | None:
    column = Column.CRATES if Column.CRATES in cells else Column.WEIGHT
    if product.kg_per_crate is None:
        cells.problem(ErrorCode.SHEET_NO_CRATE_SIZE, column, crates, product=product.name)
        return None
    kg = round(crates * product.kg_per_crate, 3)
    try:
        read_weight(kg, unit="kg")
    except CellError as error:
        cells.problem(error.code, column, f"{kg:g} kg", **error.params)
        return None
    cells.mark(Mark.KG_COMPUTED, column, crates, kg=f"{kg:g}")
    return kg

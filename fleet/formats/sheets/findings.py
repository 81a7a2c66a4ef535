"""What an import has to say: problems that stop it, questions it asks, marks of what it took otherwise."""

from dataclasses import dataclass, field
from enum import StrEnum

from fleet.formats.sheets.grid import Spot
from fleet.model import ErrorCode, Problem
from fleet.model.documents import LONGEST_SHOWN_VALUE


class Mark(StrEnum):
    """What was read otherwise than it stands, or is worth a look; words in ``sheets.po``."""

    SHEET_IGNORED = "SHEET_IGNORED"
    ROWS_SKIPPED = "ROWS_SKIPPED"
    COLUMNS_IGNORED = "COLUMNS_IGNORED"
    IDENTITY_DROPPED = "IDENTITY_DROPPED"
    VILLAGE_FROM_SHEET = "VILLAGE_FROM_SHEET"
    FILLED_DOWN = "FILLED_DOWN"
    HIDDEN_LEFT_OUT = "HIDDEN_LEFT_OUT"
    HIDDEN_READ = "HIDDEN_READ"
    ROW_LEFT_OUT = "ROW_LEFT_OUT"
    UPPER_TAKEN = "UPPER_TAKEN"
    CRATES_UNDER_WEIGHT = "CRATES_UNDER_WEIGHT"
    CRATES_COMPUTED = "CRATES_COMPUTED"
    KG_COMPUTED = "KG_COMPUTED"
    VALUE_UNKNOWN = "VALUE_UNKNOWN"
    ANY_TIME_TAKEN = "ANY_TIME_TAKEN"
    EARLY_PICKUP = "EARLY_PICKUP"
    PHONE_MISSING = "PHONE_MISSING"
    PHONE_LOST = "PHONE_LOST"
    HOUSEHOLD_SIMILAR = "HOUSEHOLD_SIMILAR"
    PRODUCT_NEW = "PRODUCT_NEW"
    LARGER_THAN_ALL = "LARGER_THAN_ALL"
    TRICYCLE_NUMBERED = "TRICYCLE_NUMBERED"


class CellError(Exception):
    """A cell that can't be read; ``code`` and ``params`` become words."""

    def __init__(self, code: ErrorCode, **params: object) -> None:
        super().__init__(str(code))
        self.code = code
        self.params = params


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A problem or a mark where it stands.

    Parameters
    ----------
    code
        An ``ErrorCode`` of a problem, a ``Mark`` of what is only said.
    spot
        The cell, row or sheet.
    value
        What stands there, shortened.
    whole_file
        Whether the import as a whole is stopped; such a problem can't be left out with its row.
    params
        What the words name.
    """

    code: str
    spot: Spot
    value: str = ""
    whole_file: bool = False
    params: dict[str, object] = field(default_factory=dict)

    def as_problem(self) -> Problem:
        """Return it as every other problem of an input."""
        return Problem(code=self.code, where=str(self.spot), value=self.value, params=self.params)


@dataclass(kw_only=True)
class Findings:
    """All that one import found, in the order of the sheets."""

    problems: list[Finding] = field(default_factory=list)
    marks: list[Finding] = field(default_factory=list)

    def problem(self, code: ErrorCode, spot: Spot, value: object = "", **params: object) -> None:
        """Note what is wrong with a row."""
        self.problems.append(Finding(code=code, spot=spot, value=_shown(value), params=params))

    def stop(self, code: ErrorCode, spot: Spot, value: object = "", **params: object) -> None:
        """Note what stops the file as a whole."""
        self.problems.append(
            Finding(code=code, spot=spot, value=_shown(value), whole_file=True, params=params)
        )

    def mark(self, code: Mark, spot: Spot, value: object = "", **params: object) -> None:
        """Note what was taken otherwise than it stands, or is worth a look."""
        self.marks.append(Finding(code=code, spot=spot, value=_shown(value), params=params))

    def bad_rows(self) -> set[tuple[str, int]]:
        """Return sheet and row of every problem that can be left out with its row."""
        return {(finding.spot.sheet, finding.spot.row) for finding in self.problems if not finding.whole_file}

    def stopped(self) -> bool:
        """Whether a problem stops the file as a whole."""
        return any(finding.whole_file for finding in self.problems)


def _shown(value: object) -> str:
    shown = " ".join(str("" if value is None else value).split())
    return shown if len(shown) <= LONGEST_SHOWN_VALUE else shown[: LONGEST_SHOWN_VALUE - 1] + "…"

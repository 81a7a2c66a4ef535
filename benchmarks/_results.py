"""Runs of solvers as rows of a CSV file: saved after every run, read again so that peers need not run."""

import csv
import os
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Generic, TypeVar


@dataclass(frozen=True, kw_only=True)
class PdptwRow:
    """A run on a benchmark instance."""

    solver: str
    version: str
    instance: str
    seconds: float
    seed: int
    status: str
    """done, or why there is no solution: incomplete, invalid, overrun, failed."""
    took_s: float = 0.0
    cpu_s: float = 0.0
    vehicles: int = 0
    distance: float = 0.0

    @property
    def key(self) -> tuple[Any, ...]:
        """What tells runs apart."""
        return self.solver, self.instance, self.seconds, self.seed


@dataclass(frozen=True, kw_only=True)
class DayRow:
    """A run on a generated day."""

    solver: str
    version: str
    requests: int
    fleet: str
    day: int
    """Seed of the generator."""
    seconds: float
    seed: int
    status: str
    took_s: float = 0.0
    cpu_s: float = 0.0
    priority: int = 0
    """Sum of the priorities served, as VROOM counts it: once for a pickup and once for its delivery."""
    served: int = 0
    """Requests."""
    vehicles: int = 0
    cost: int = 0

    @property
    def key(self) -> tuple[Any, ...]:
        """What tells runs apart."""
        return self.solver, self.requests, self.fleet, self.day, self.seconds, self.seed


FAIR_SHARE = 0.9
"""Of a core, what a run has to get: with less, something else ran on it, and the result says little."""
WAITING_S = 0.1
"""What a run may wait besides: for its processes to start and for files."""


def is_disturbed(row: PdptwRow | DayRow) -> bool:
    """Whether a run that ended by itself had to share its core."""
    return row.status not in ("overrun", "failed") and row.cpu_s < FAIR_SHARE * row.took_s - WAITING_S


RowT = TypeVar("RowT", PdptwRow, DayRow)


class Results(Generic[RowT]):
    """Rows by their keys; with a path each new one is saved at once."""

    def __init__(self, kind: type[RowT], *, reused: Iterable[Path] = (), path: Path | None = None) -> None:
        self._kind: type[RowT] = kind
        self._path = path
        self.rows: dict[tuple[Any, ...], RowT] = {}
        for file in reused:
            for row in read(kind, file):
                self.rows[row.key] = row

    def has(self, *key: Any) -> bool:
        """Whether a run is there that need not be made again; one that had to share its core is not."""
        return key in self.rows and not is_disturbed(self.rows[key])

    def add(self, row: RowT) -> None:
        """Take a row over, unless it was disturbed more than the one that is there; save them all."""
        before = self.rows.get(row.key)
        if before is None or not is_disturbed(row) or row.cpu_s >= before.cpu_s:
            self.rows[row.key] = row
        if self._path is not None:
            write(self._path, self._kind, self.rows.values())


def warn_of_disturbed(rows: Iterable[PdptwRow | DayRow]) -> None:
    """Say on standard error which solvers' runs had to share their core."""
    counts = Counter(row.solver for row in rows if is_disturbed(row))
    for solver, count in counts.items():
        print(f"{count} runs of {solver} had less than {FAIR_SHARE:.0%} of a core", file=sys.stderr)


def read(kind: type[RowT], path: Path) -> list[RowT]:
    """Read rows; numbers are what the fields' types say."""
    types: dict[str, Any] = {field.name: field.type for field in fields(kind)}
    with path.open(encoding="utf-8", newline="") as file:
        return [
            kind(**{name: types[name](cell) for name, cell in row.items()}) for row in csv.DictReader(file)
        ]


def write(path: Path, kind: type[RowT], rows: Iterable[RowT]) -> None:
    """Write rows, the whole file or nothing."""
    aside = path.with_name(path.name + ".part")
    with aside.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(kind)], lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow(
                {name: round(v, 3) if isinstance(v, float) else v for name, v in asdict(row).items()}
            )
    os.replace(aside, path)

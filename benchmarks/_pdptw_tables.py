"""Tables and the picture of benchmark runs: by instance, by class of size, and each solver against ours."""

import math
import statistics
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from benchmarks._pdptw import SIZES, BestKnown, best_known, load, size_class
from benchmarks._plot import bars
from benchmarks._results import PdptwRow
from benchmarks._statistics import Score, sign_test
from benchmarks._table import Row, print_table
from benchmarks.peers import SOLVERS

NONE = "-"


class Tables:
    """Rows beside the best known solutions."""

    def __init__(self, folder: Path, rows: Sequence[PdptwRow]) -> None:
        self._best = {**_best_of(rows), **best_known(folder)}
        self._sizes = {name: size_class(load(folder, name)) for name in {row.instance for row in rows}}
        self._rows = rows
        self._names = sorted(self._sizes, key=lambda name: (self._sizes[name], name))
        self._solvers = [name for name in SOLVERS if any(row.solver == name for row in rows)]

    def print_all(self, seconds: float, *, title: str, tuned_on: Collection[str], ours: str) -> None:
        """Print the tables of one budget."""
        solvers = [name for name in self._solvers if self._of(name, seconds)]
        print_table(
            f"{seconds:g} s: vehicles above best known / distance gap in %, mean of the seeds ({title})",
            ["instance", "tasks", "best known", *solvers],
            [
                [
                    name + (" *" if name in tuned_on else ""),
                    self._sizes[name],
                    f"{self._best[name].vehicles} / {self._best[name].distance:.1f}",
                    *(self._cell(self._of(solver, seconds, [name])) for solver in solvers),
                ]
                for name in self._names
            ],
        )
        print("\n* parameters of ours were chosen on these")
        print_table(
            f"{seconds:g} s: by class", ["class", *solvers], self._classes(seconds, solvers, tuned_on)
        )
        if ours in solvers:
            print_table(
                f"{seconds:g} s: {ours} against each, over instances, on the seeds that both ran",
                ["against", "instances", "better", "equal", "worse", "p"],
                [self._against(seconds, ours, peer) for peer in solvers if peer != ours],
            )

    def plot(self, path: Path) -> None:
        """Draw the vehicles above best known and the gaps where vehicles are equal, a bar for each solver."""
        budgets = sorted({row.seconds for row in self._rows})
        panels = []
        for seconds in budgets:
            groups = {
                size: {
                    solver: _above_sum(self._by_name(solver, seconds, size), self._best)
                    for solver in self._solvers
                }
                for size in SIZES
                if any(self._sizes[name] == size for name in self._names)
            }
            panels.append((f"{seconds:g} s", {f"{size}": values for size, values in groups.items()}))
        bars(path, panels, x_label="tasks", y_label="vehicles above best known, sum over instances")

    def _classes(self, seconds: float, solvers: Sequence[str], tuned_on: Collection[str]) -> list[Row]:
        selections: list[tuple[str, Callable[[str], bool]]] = [
            (str(size), lambda name, size=size: self._sizes[name] == size)  # type: ignore[misc]
            for size in SIZES
            if size in self._sizes.values()
        ]
        selections += [("not tuned on", lambda name: name not in tuned_on), ("all", lambda _: True)]
        rows: list[Row] = []
        for label, selected in selections:
            chosen = [name for name in self._names if selected(name)]
            cells = [self._cell(self._of(solver, seconds, chosen)) for solver in solvers]
            rows.append([f"{label}: mean", *cells])
        for label, selected in selections[-2:]:
            chosen = [name for name in self._names if selected(name)]
            by_solver = [{name: self._of(solver, seconds, [name]) for name in chosen} for solver in solvers]
            rows.append(
                [f"{label}: sum of vehicles above", *(_sum_text(found, self._best) for found in by_solver)]
            )
            rows.append(
                [f"{label}: gap where vehicles are equal", *(self._equal_gap(found) for found in by_solver)]
            )
            rows.append(
                [
                    f"{label}: without a solution",
                    *(
                        sum(r.status != "done" for rows in found.values() for r in rows)
                        for found in by_solver
                    ),
                ]
            )
        return rows

    def _of(self, solver: str, seconds: float, names: Collection[str] | None = None) -> list[PdptwRow]:
        return [
            row
            for row in self._rows
            if row.solver == solver and row.seconds == seconds and (names is None or row.instance in names)
        ]

    def _by_name(self, solver: str, seconds: float, size: int) -> dict[str, list[PdptwRow]]:
        names = [name for name in self._names if self._sizes[name] == size]
        return {name: self._of(solver, seconds, [name]) for name in names}

    def _cell(self, rows: Sequence[PdptwRow]) -> str:
        """Return means over the runs that have a solution, and how many have none."""
        done = [row for row in rows if row.status == "done"]
        if not done:
            return "none" if rows else NONE
        above = statistics.fmean(row.vehicles - self._best[row.instance].vehicles for row in done)
        gap = statistics.fmean(self._gap(row) for row in done)
        missing = f" ({len(rows) - len(done)} none)" if len(done) < len(rows) else ""
        return f"{above:.1f} / {gap:.1f}{missing}"

    def _gap(self, row: PdptwRow) -> float:
        return 100 * (row.distance / self._best[row.instance].distance - 1)

    def _equal_gap(self, found: dict[str, list[PdptwRow]]) -> str:
        gaps = [
            self._gap(row)
            for name, rows in found.items()
            for row in rows
            if row.status == "done" and row.vehicles == self._best[name].vehicles
        ]
        return f"{statistics.fmean(gaps):.2f} ({len(gaps)})" if gaps else NONE

    def _against(self, seconds: float, ours: str, peer: str) -> Row:
        pairs = []
        for name in self._names:
            by_seed = [
                {row.seed: row for row in self._of(solver, seconds, [name])} for solver in (ours, peer)
            ]
            common = sorted(by_seed[0].keys() & by_seed[1].keys())
            if common:
                pairs.append(
                    (_score([by_seed[0][s] for s in common]), _score([by_seed[1][s] for s in common]))
                )
        test = sign_test(pairs)
        return [peer, len(pairs), test.wins, test.ties, test.losses, f"{test.p_value:.4f}"]


def _best_of(rows: Sequence[PdptwRow]) -> dict[str, BestKnown]:
    """Return the best of all runs on each instance."""
    best: dict[str, BestKnown] = {}
    for row in sorted(rows, key=lambda row: (row.status != "done", row.vehicles, row.distance)):
        best.setdefault(row.instance, BestKnown(vehicles=row.vehicles, distance=row.distance))
    return best


def _score(rows: Sequence[PdptwRow]) -> Score:
    """Return runs without a solution, mean vehicles and mean distance: smaller is better."""
    done = [row for row in rows if row.status == "done"]
    if not done:
        return len(rows), math.inf, math.inf
    return (
        len(rows) - len(done),
        statistics.fmean(row.vehicles for row in done),
        statistics.fmean(row.distance for row in done),
    )


def _above_sum(found: dict[str, list[PdptwRow]], best: dict[str, BestKnown]) -> float | None:
    """Return the sum over instances of the mean vehicles above best known, None where one has no solution."""
    total = 0.0
    for name, rows in found.items():
        done = [row.vehicles for row in rows if row.status == "done"]
        if not done:
            return None
        total += statistics.fmean(done) - best[name].vehicles
    return total


def _sum_text(found: dict[str, list[PdptwRow]], best: dict[str, BestKnown]) -> str:
    total = _above_sum(found, best)
    return NONE if total is None else f"{total:.1f}"

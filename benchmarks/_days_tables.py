"""Tables of generated days: each solver's means, and ours against each, day by day."""

import statistics
from collections.abc import Iterable, Sequence

from benchmarks._results import DayRow
from benchmarks._statistics import Score, sign_test
from benchmarks._table import Row, print_table
from benchmarks.peers import SOLVERS

Kind = tuple[int, str, float]
"""Requests, fleet and seconds."""

NONE = "-"


def print_all(rows: Sequence[DayRow], *, title: str, ours: str) -> None:
    """Print both tables."""
    kinds = sorted({(row.requests, row.fleet, row.seconds) for row in rows})
    present = [name for name in SOLVERS if any(row.solver == name for row in rows)]
    print_table(
        f"Generated days, mean of days and seeds ({title})",
        ["requests", "fleet", "s", "solver", "days", "none", "priority %", "served", "cost"],
        [_means(kind, name, rows) for kind in kinds for name in present if _of(kind, name, rows)],
    )
    if ours in present:
        print_table(
            f"{ours} against each: priority, then requests, then cost; a tie is 0.3 % of cost",
            ["requests", "fleet", "s", "against", "days", "better", "equal", "worse", "p",
             "less priority", "more served", "equal service", "cost there %"],
            [
                _against(kind, ours, peer, rows)
                for kind in kinds
                for peer in present
                if peer != ours and _of(kind, peer, rows) and _of(kind, ours, rows)
            ],
        )  # fmt: skip


def _of(kind: Kind, solver: str, rows: Iterable[DayRow]) -> list[DayRow]:
    return [row for row in rows if row.solver == solver and (row.requests, row.fleet, row.seconds) == kind]


def _means(kind: Kind, solver: str, rows: Sequence[DayRow]) -> Row:
    found = _of(kind, solver, rows)
    done = [row for row in found if row.status == "done"]
    # Of the most that any solver served on that day: nobody knows what is possible.
    most = {
        row.day: max(other.priority for other in rows if (other.requests, other.fleet, other.day) == key)
        for row in done
        for key in [(row.requests, row.fleet, row.day)]
    }
    if not done:
        return [*kind, solver, len({row.day for row in found}), len(found), NONE, NONE, NONE]
    return [
        *kind,
        solver,
        len({row.day for row in found}),
        len(found) - len(done),
        statistics.fmean(100 * row.priority / most[row.day] for row in done),
        statistics.fmean(row.served for row in done),
        round(statistics.fmean(row.cost for row in done)),
    ]


def _against(kind: Kind, ours: str, peer: str, rows: Sequence[DayRow]) -> Row:
    by_run = [{(row.day, row.seed): row for row in _of(kind, name, rows)} for name in (ours, peer)]
    common = sorted(by_run[0].keys() & by_run[1].keys())
    pairs = [(by_run[0][key], by_run[1][key]) for key in common]
    # Seeds of one day are no independent days: what is compared is the day.
    days = sorted({day for day, _ in common})
    test = sign_test(
        [
            (_score([mine for mine, _ in chosen]), _score([theirs for _, theirs in chosen]))
            for day in days
            for chosen in [[pair for pair in pairs if pair[0].day == day]]
        ]
    )
    equal = [
        100 * (mine.cost / theirs.cost - 1)
        for mine, theirs in pairs
        if mine.status == theirs.status == "done"
        and (mine.priority, mine.served) == (theirs.priority, theirs.served)
    ]
    return [
        *kind,
        peer,
        len(days),
        test.wins,
        test.ties,
        test.losses,
        f"{test.p_value:.4f}",
        sum(mine.priority < theirs.priority for mine, theirs in pairs),
        sum(mine.served > theirs.served for mine, theirs in pairs),
        len(equal),
        f"{statistics.fmean(equal):+.2f}" if equal else NONE,
    ]


def _score(rows: Sequence[DayRow]) -> Score:
    """Return mean priority and requests, negative, and mean cost: smaller is better."""
    return (
        -statistics.fmean(row.priority for row in rows),
        -statistics.fmean(row.served for row in rows),
        statistics.fmean(row.cost for row in rows),
    )

"""What all benchmarks share: a table on standard output, and the same as CSV where a file is asked for."""

import argparse
import csv
import os
import platform
from collections.abc import Sequence
from pathlib import Path

DEFAULT_DATA = Path(__file__).parents[1] / ".." / "shared" / "data"
"""Where the extracts and instances lie that the project does not ship."""

Row = Sequence[str | int | float]


def arguments(description: str) -> argparse.ArgumentParser:
    """Return a parser with the options that every benchmark has."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true", help="a smoke run: few cases, short budgets")
    parser.add_argument("--csv", type=Path, help="write the rows into this file, too")
    return parser


def machine() -> str:
    """Return what figures of time depend on: processor, number of cores, Python."""
    name = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        name = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return f"{name}, {os.cpu_count()} cores, Python {platform.python_version()}"


def print_table(title: str, header: Sequence[str], rows: Sequence[Row]) -> None:
    """Print rows as a table in Markdown, ready for the docs."""
    texts = [list(header), *([_text(cell) for cell in row] for row in rows)]
    widths = [max(len(line[column]) for line in texts) for column in range(len(header))]
    print(f"\n{title}\n")
    for number, line in enumerate(texts):
        cells = [line[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)]
        print(f"| {' | '.join(cells)} |")
        if number == 0:
            print(f"| {' | '.join('-' * width for width in widths)} |", flush=True)


def write_csv(path: Path | None, header: Sequence[str], rows: Sequence[Row]) -> None:
    """Write rows as CSV; a path of None writes nothing."""
    if path is None:
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def _text(cell: str | int | float) -> str:
    return f"{cell:.2f}" if isinstance(cell, float) else str(cell)

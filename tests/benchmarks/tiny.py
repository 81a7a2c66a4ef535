"""A benchmark of two requests that is solved in a moment, and a folder that holds it."""

import json
from pathlib import Path

from fleet.formats.pdptw import Benchmark, read_benchmark

NAME = "tiny"
TEXT = """\
2 10 1
0 0 0 0 0 100 0 0 0
1 10 0 6 0 30 1 0 2
2 20 0 -6 0 60 1 1 0
3 30 0 6 0 60 1 0 4
4 40 0 -6 0 60 1 3 0
"""
GOOD = [[1, 2, 3, 4]]


def tiny() -> Benchmark:
    """Return the benchmark."""
    return read_benchmark(TEXT.encode(), file=f"{NAME}.txt")


def tiny_data(folder: Path) -> Path:
    """Write the benchmark and its best known solution where the commands look for them."""
    (folder / "pdptw").mkdir()
    (folder / "pdptw" / f"{NAME}.txt").write_text(TEXT, encoding="utf-8")
    best = {NAME: {"vehicles": 1, "distance": 80.0}}
    (folder / "pdptw" / "bks.json").write_text(json.dumps(best), encoding="utf-8")
    return folder

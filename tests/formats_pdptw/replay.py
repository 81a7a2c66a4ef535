"""Solution texts and the shared benchmarks; ``benchmarks/_pdptw.py`` drives the routes again."""

from pathlib import Path


def routes_in(text: str) -> list[list[int]]:
    """Return the routes of a solution text."""
    lines = text.splitlines()
    assert "Solution" in lines
    return [
        [int(part) for part in line.split(":")[1].split()]
        for line in lines[lines.index("Solution") + 1 :]
        if line.startswith("Route")
    ]


def shared(folder: Path, name: str) -> Path:
    """Return a benchmark of the shared data."""
    return folder / "pdptw" / f"{name}.txt"

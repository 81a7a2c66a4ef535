"""Writing a sample: the day, its roads, and a note on what is real."""

import os
import shutil
import tempfile
from pathlib import Path

from fleet.model.day import Day
from fleet.model.documents import dump
from fleet.samples.catalogue import make_day, sample_names, sample_roads
from maps.roads import RoadGraph, save_roads

DAY_FILE, ROADS_FILE, README_FILE = "day.json", "oasis.roads", "README.txt"


def write_sample(name: str, directory: Path) -> list[Path]:
    """Write a sample's day, its invented roads and a README; nothing is left half-written.

    Returns
    -------
    list of Path
        The files, the day first.

    Raises
    ------
    InputError
        UNKNOWN_ID when there is no such sample.
    OSError
        When the files can't be written.
    """
    day = make_day(name)
    return write_day(day, directory, graph=sample_roads(name), description=sample_names()[name])


def write_day(
    day: Day, directory: Path, *, graph: RoadGraph | None = None, description: str = ""
) -> list[Path]:
    """Write a day and a README, and the roads where they are handed over.

    All files are written aside first and then moved, so that an error in writing leaves none of them.

    Raises
    ------
    OSError
        When the files can't be written.
    """
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=directory, prefix=".sample-"))
    try:
        names = [DAY_FILE, README_FILE]
        (aside / DAY_FILE).write_bytes(dump(day))
        if graph is not None:
            names.insert(1, ROADS_FILE)
            save_roads(graph, aside / ROADS_FILE)
        text = readme_text(day, description=description, with_roads=graph is not None)
        (aside / README_FILE).write_text(text, encoding="utf-8")
        for name in names:
            os.replace(aside / name, directory / name)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return [directory / name for name in names]


def readme_text(day: Day, *, description: str, with_roads: bool) -> str:
    """Return what the README of a day says: what it is, what is real, what is invented."""
    lines = [day.title, "=" * len(day.title), ""]
    if description:
        lines += [description, ""]
    lines += [
        f"Date {day.date.isoformat()}, clock {day.zone}, {day.rules.climate.temperature_c:g} C.",
        f"{len(day.requests)} requests, {len(day.tricycles)} tricycles, {len(day.places)} places.",
        "",
        "What is real",
        *(f"* {line}" for line in day.about.real or ("Nothing.",)),
        "",
        "What is invented",
        *(f"* {line}" for line in day.about.invented),
        "",
        "Files",
        f"* {DAY_FILE}: the day, format {day.format}",
    ]
    if with_roads:
        lines.append(f"* {ROADS_FILE}: invented roads, no map of a real place")
    return "\n".join([*lines, ""])

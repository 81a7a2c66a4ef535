"""Progress on standard error: a bar on a terminal, plain lines elsewhere."""

import contextlib
import sys
import time
from collections.abc import Iterator
from typing import Protocol

from fleet.cli.language import language
from fleet.texts import has_text, text

PLAIN_EVERY_S = 2.0
"""The least time between two plain lines of the same stage."""


class Report(Protocol):
    """Told the stage, the fraction done (0 to 1), and what else there is to say."""

    def __call__(self, stage: str, fraction: float, detail: str = "") -> None:
        """Show it."""


@contextlib.contextmanager
def progress() -> Iterator[Report]:
    """Show how far long work is."""
    if sys.stderr.isatty():
        with _bar() as report:
            yield report
    else:
        yield _plain()


def stage_words(stage: str) -> str:
    """Return the words for a stage, or the stage itself where there are none."""
    key = f"phase_{stage.replace(' ', '_')}"
    return text(key, domain="cli", language=language()) if has_text(key, domain="cli") else stage


@contextlib.contextmanager
def _bar() -> Iterator[Report]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[detail]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0, detail="")

        def report(stage: str, fraction: float, detail: str = "") -> None:
            bar.update(task, completed=fraction, description=stage_words(stage), detail=detail)

        yield report


def _plain() -> Report:
    last_stage, last_s = "", 0.0

    def report(stage: str, fraction: float, detail: str = "") -> None:
        nonlocal last_stage, last_s
        now_s = time.monotonic()
        if stage == last_stage and now_s - last_s < PLAIN_EVERY_S:
            return
        last_stage, last_s = stage, now_s
        words = f"{fraction:4.0%} {stage_words(stage)}" + (f": {detail}" if detail else "")
        sys.stderr.write(words + "\n")
        sys.stderr.flush()

    return report

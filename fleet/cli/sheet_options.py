"""What a clerk answers about a request sheet as a whole: the same options wherever a sheet is read."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar, Unpack, cast

import click

from fleet.cli.base import Choice
from fleet.cli.language import language
from fleet.texts import text

if TYPE_CHECKING:
    from fleet.formats.sheets import Answers, Finding

UNITS, HIDDEN, ON_EXISTING = (
    ("kg", "jin"),
    ("refuse", "read", "skip"),
    ("refuse", "keep", "update", "replace"),
)
SPOTS_NAMED = 4
"""Where a mark of one kind stands is named so often; the report's workbook names every cell."""


F = TypeVar("F", bound=Callable[..., Any])


class SheetAnswers(TypedDict):
    """The options as click hands them over."""

    zone: str | None
    unit: str | None
    fill_down: bool
    hidden: str
    skip_bad: bool


def sheet_options() -> Callable[[F], F]:
    """Return the options that answer what a sheet leaves open."""

    def decorate(command: F) -> F:
        for option in (
            click.option("--skip-bad", "skip_bad", is_flag=True),
            click.option("--hidden", type=Choice(HIDDEN), default="refuse", metavar="|".join(HIDDEN)),
            click.option("--fill-down", "fill_down", is_flag=True),
            click.option("--unit", type=Choice(UNITS), metavar="|".join(UNITS)),
            click.option("--zone", metavar="ZONE"),
        ):
            command = option(command)
        return command

    return decorate


def answers_of(*, on_existing: str = "refuse", **options: Unpack[SheetAnswers]) -> "Answers":
    """Return the answers.

    Raises
    ------
    InputError
        ZONE_UNKNOWN.
    """
    from fleet.formats.sheets import Answers

    return Answers(**cast(Any, options), on_existing=cast(Any, on_existing))


def mark_lines(marks: Sequence["Finding"]) -> list[str]:
    """Return a line for each kind of mark, so that 100 computed crates do not hide one early pickup."""
    from fleet.formats.sheets import reason

    by_code: dict[str, list[Finding]] = {}
    for mark in marks:
        by_code.setdefault(mark.code, []).append(mark)
    lines = []
    for same in by_code.values():
        if len({reason(mark, language=language()) for mark in same}) == 1 or len(same) == 1:
            words = reason(same[0], language=language())
        else:
            words = "; ".join(
                f"{mark.spot}: {reason(mark, language=language())}".strip(": ") for mark in same[:SPOTS_NAMED]
            )
            rest = len(same) - SPOTS_NAMED
            lines.append(say_sheets("mark", words=words) + (f" (+{rest})" if rest > 0 else ""))
            continue
        spots = [str(mark.spot) for mark in same if str(mark.spot)]
        named = ", ".join(spots[:SPOTS_NAMED]) + (
            f" (+{len(spots) - SPOTS_NAMED})" if len(spots) > SPOTS_NAMED else ""
        )
        lines.append(say_sheets("mark", words=f"{named}: {words}" if named else words))
    return lines


def say_sheets(key: str, **params: object) -> str:
    """Return words about sheets in the language of this run."""
    return text(key, domain="sheets", language=language(), **params)

"""The day to plan: a day's JSON, or a request sheet with places and tricycles beside it."""

import datetime
from collections.abc import Callable
from typing import Any, TypeVar

import click

from fleet.cli.base import Value
from fleet.cli.failures import naming
from fleet.cli.files import check_writable, load_day, read_bytes, write_whole
from fleet.cli.sheet_options import SheetAnswers, answers_of, mark_lines, sheet_options
from fleet.model import Day, ErrorCode, bad_input, dump, read_day

F = TypeVar("F", bound=Callable[..., Any])


class SheetDay(SheetAnswers):
    """The options of a command that plans a request sheet, as click hands them over."""

    places: str | None
    tricycles: str | None
    date: datetime.date | None
    save_day: str | None


class DateOption(Value[datetime.date]):
    """A date like 2026-06-15."""

    name = "date"

    def read(self, value: str, *, where: str) -> datetime.date:
        """Return the date."""
        try:
            return datetime.date.fromisoformat(value)
        except ValueError as error:
            raise bad_input(ErrorCode.DATE_UNREADABLE, where=where, value=value) from error


def sheet_day_options() -> Callable[[F], F]:
    """Return the options by which a request sheet stands in for a day."""

    def decorate(command: F) -> F:
        command = sheet_options()(command)
        for option in (
            click.option("--save-day", "save_day", metavar="FILE"),
            click.option("--date", type=DateOption(), metavar="DATE"),
            click.option("--tricycles", "tricycles", metavar="FILE"),
            click.option("--places", "places", metavar="FILE"),
        ):
            command = option(command)
        return command

    return decorate


def load_day_or_sheet(file: str, options: SheetDay) -> Day:
    """Return the day of a JSON file, or the one that a request sheet, places and tricycles make.

    Parameters
    ----------
    file
        A day's JSON, or an XLSX or CSV request sheet.
    options
        Of ``sheet_day_options``.

    Raises
    ------
    InputError
        With every problem of the file that could not be read.
    """
    from fleet.formats.sheets import File, day_from_sheets
    from fleet.formats.sheets.files import is_json

    places, tricycles = options["places"], options["tricycles"]
    given = next((option for option, value in _master_options(options).items() if value is not None), None)
    if given is None and not file.lower().endswith((".xlsx", ".csv")):
        return load_day(file)
    data = read_bytes(file)
    if is_json(data):
        if given is not None:
            raise bad_input(ErrorCode.OPTIONS_CONTRADICT, where=given, other=file)
        return read_day(data, file=file)
    for option, value in (("--places", places), ("--tricycles", tricycles)):
        if value is None:
            raise bad_input(ErrorCode.OPTION_MISSING, where=option, command="fleet plan")
    save_day = options["save_day"]
    if save_day is not None:
        check_writable(save_day)
    answers = answers_of(
        zone=options["zone"],
        unit=options["unit"],
        fill_down=options["fill_down"],
        hidden=options["hidden"],
        skip_bad=options["skip_bad"],
    )
    with naming(file):
        day, imported = day_from_sheets(
            File(file, data),
            places=File(str(places), read_bytes(str(places))),
            tricycles=File(str(tricycles), read_bytes(str(tricycles))),
            answers=answers,
            date=options["date"],
        )
    for line in mark_lines(imported.marks):
        click.echo(line, err=True)
    if save_day is not None:
        write_whole(save_day, dump(day))
    return day


def _master_options(options: SheetDay) -> dict[str, object]:
    return {
        "--places": options["places"],
        "--tricycles": options["tricycles"],
        "--date": options["date"],
        "--save-day": options["save_day"],
    }

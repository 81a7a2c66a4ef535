"""``fleet import``: a request sheet into a day, all rows or none."""

import json
import sys
from typing import TYPE_CHECKING, Any, Unpack

import click

from fleet.cli.base import Choice, Command
from fleet.cli.failures import BAD_INPUT, DONE
from fleet.cli.files import STANDARD, check_apart, check_writable, load_day, read_bytes, write_whole
from fleet.cli.language import language, say
from fleet.cli.options import machine_output, output_file
from fleet.cli.sheet_options import (
    ON_EXISTING,
    SheetAnswers,
    answers_of,
    mark_lines,
    say_sheets,
    sheet_options,
)
from fleet.model import Day, ErrorCode, bad_input, dump
from fleet.texts import problem_line

if TYPE_CHECKING:
    from fleet.formats.sheets import Finding, Imported

MOST_NAMED = 100
"""How many problems are printed; the report's workbook and ``--json`` have them all."""


@click.command("import", cls=Command)
@click.argument("sheet", metavar="FILE")
@click.option("--day", "day_file", metavar="DAY", required=True)
@output_file()
@click.option("--in-place", "in_place", is_flag=True)
@sheet_options()
@click.option("--on-existing", type=Choice(ON_EXISTING), default="refuse", metavar="|".join(ON_EXISTING))
@click.option("--report", "report", metavar="FILE.xlsx")
@machine_output()
def command(
    sheet: str,
    day_file: str,
    output: str | None,
    in_place: bool,
    on_existing: str,
    report: str | None,
    as_json: bool,
    **options: Unpack[SheetAnswers],
) -> int:
    """Take a request sheet into a day."""
    target = _target(day_file, output=output, in_place=in_place)
    if as_json and target == STANDARD:
        raise bad_input(ErrorCode.OPTIONS_CONTRADICT, where="--output", value=STANDARD, other="--json")
    check_apart({"--output": output, "--report": report}, inputs={"FILE": sheet, "--day": day_file})
    answers = answers_of(on_existing=on_existing, **options)
    if report is not None:
        _check_report(report)
    day, data = load_day(day_file), read_bytes(sheet)
    check_writable(target)

    from fleet.formats.sheets import Master, import_sheet

    imported = import_sheet(data, master=Master.of(day), answers=answers, file=sheet)
    filled = None if imported.problems else imported.into(day, file=sheet)
    files = []
    if report is not None:
        _write_report(report, data, imported, file=sheet)
        files.append(report)
    if filled is not None:
        write_whole(target, dump(filled))
        files.append(target)
    if as_json:
        click.echo(json.dumps(_summary(imported, files=files), indent=1, ensure_ascii=False))
    _tell(imported, filled, sheet=sheet, target=target, files=files, as_json=as_json)
    return DONE if filled is not None else BAD_INPUT


def _target(day_file: str, *, output: str | None, in_place: bool) -> str:
    """Return the file to write: nobody loses a day for want of an option."""
    if in_place and output is not None:
        raise bad_input(ErrorCode.OPTIONS_CONTRADICT, where="--in-place", other="--output")
    if in_place and day_file == STANDARD:
        raise bad_input(ErrorCode.OPTIONS_CONTRADICT, where="--in-place", other="--day -")
    if output is not None:
        return output
    if not in_place:
        raise bad_input(ErrorCode.OPTION_MISSING, where="--output / --in-place", command="fleet import")
    return day_file


def _check_report(report: str) -> None:
    if not report.lower().endswith(".xlsx"):
        raise bad_input(ErrorCode.VALUE_NOT_ALLOWED, where="--report", value=report, expected="FILE.xlsx")
    check_writable(report)


def _write_report(report: str, data: bytes, imported: "Imported", *, file: str) -> None:
    from fleet.formats.sheets import report_workbook

    content = report_workbook(
        data,
        problems=(*imported.problems, *imported.bad_rows),
        marks=imported.marks,
        language=language(),
        file=file,
    )
    write_whole(report, content)


def _tell(
    imported: "Imported", filled: Day | None, *, sheet: str, target: str, files: list[str], as_json: bool
) -> None:
    """Say what was read otherwise, every problem on a line of its own, and what became of the day."""
    from fleet.formats.sheets import reason

    for line in mark_lines(imported.marks):
        click.echo(line, err=True)
    for finding in imported.bad_rows[:MOST_NAMED]:
        words = f"{finding.spot}: {reason(finding, language=language())}"
        click.echo(say_sheets("mark", words=words), err=True)
    stream = sys.stderr if as_json or target == STANDARD or filled is None else sys.stdout
    merged = imported.merged
    if filled is not None:
        counts = {name: getattr(merged, name) for name in ("new", "changed", "same", "missing", "removed")}
        click.echo(
            say_sheets("imported", rows=imported.rows, left_out=imported.left_out, **counts), file=stream
        )
    else:
        click.echo(say_sheets("nothing_imported"), file=stream)
    for file in files:
        if file != STANDARD:
            click.echo(say("wrote", file=file), file=stream)
    further = len(imported.problems) - MOST_NAMED
    if further > 0:
        click.echo(say_sheets("further_problems", number=further), err=True)
    for finding in imported.problems[:MOST_NAMED]:
        click.echo(_problem(finding, sheet), err=True)


def _problem(finding: "Finding", sheet: str) -> str:
    problem = finding.as_problem()
    return problem_line(
        problem.code,
        file=sheet,
        where=problem.where,
        value=problem.value,
        params=problem.params,
        language=language(),
    )


def _summary(imported: "Imported", *, files: list[str]) -> dict[str, Any]:
    merged = imported.merged
    return {
        "rows": imported.rows,
        "left_out": imported.left_out,
        "new": merged.new,
        "changed": merged.changed,
        "same": merged.same,
        "missing": merged.missing,
        "removed": merged.removed,
        "problems": [_finding(finding) for finding in imported.problems],
        "bad_rows": [_finding(finding) for finding in imported.bad_rows],
        "marks": [_finding(finding) for finding in imported.marks],
        "files": files,
    }


def _finding(finding: "Finding") -> dict[str, Any]:
    from fleet.formats.sheets import reason

    spot = finding.spot
    return {
        "code": finding.code,
        "sheet": spot.sheet,
        "row": spot.row,
        "column": spot.column,
        "title": spot.title,
        "value": finding.value,
        "words": reason(finding, language=language()),
    }

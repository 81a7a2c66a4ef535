"""Pages of the docs that are made of the program: ``python -m tests.docs.pages`` writes them again."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import click

from fleet.cli.app import ROOT
from fleet.cli.base import LazyGroup
from fleet.model import ErrorCode
from fleet.texts import templates
from maps.roads import errors as maps_errors

DOCS = Path(__file__).parents[2] / "docs"
BEGIN, END = "<!-- made by tests.docs.pages: begin -->", "<!-- made by tests.docs.pages: end -->"

MAPS_CODES = re.findall(r'^    "([A-Z_]+)":', Path(maps_errors.__file__).read_text(encoding="utf-8"), re.M)
_VROOM = {"AMOUNT_LENGTH", "PROFILE_UNKNOWN", "COSTS_CONTRADICT", "STEPS_MISPLACED", "ROUTE_INFEASIBLE"}
_CALLS = ("COMMAND_", "OPTION", "BUDGET_", "NUMBER_", "USAGE", "SAMPLE_")
_FILES = ("FILE_", "OUTPUT_", "FORMAT_UNSUPPORTED")
_CODES = list(map(str, ErrorCode))
_OF_SERVICE = _CODES[_CODES.index(ErrorCode.CONFIG_MALFORMED) : _CODES.index(ErrorCode.INTERNAL)]


def section_of(code: str) -> str:
    """The section of the page of errors that a code belongs to."""
    if code in MAPS_CODES or code == "ROADS_MISSING":
        return "Roads, maps and travel"
    if code.startswith("SHEET_"):
        return "Request sheets"
    if code in _VROOM or code.startswith(("INDEX_", "MATRIX_", "BENCHMARK_")):
        return "Problems of other programs"
    if code.startswith(_FILES + _CALLS):
        return "Files and the command line"
    if code in _OF_SERVICE:
        return "The service"
    if code == "INTERNAL":
        return "Faults of this program"
    if code.startswith("PLAN_"):
        return "Plans"
    return "Days, plans and their JSON"


SECTIONS = (
    "Files and the command line",
    "Days, plans and their JSON",
    "Plans",
    "Roads, maps and travel",
    "Request sheets",
    "Problems of other programs",
    "The service",
    "Faults of this program",
)


def errors_part() -> str:
    """A table for each section: code, what is wrong, what to do."""
    words = templates("errors")
    codes = list(dict.fromkeys([*_CODES, *MAPS_CODES]))
    lines = []
    for section in SECTIONS:
        lines += ["", f"## {section}", "", "| code | what is wrong | what to do |", "| --- | --- | --- |"]
        for code in codes:
            if section_of(code) == section:
                cause, advice = words[code].split("; ")
                lines.append(f"| `{code}` | {cell(cause)} | {cell(advice)} |")
    return "\n".join([*lines[1:], ""])


def cell(words: str) -> str:
    """Words in a table: parameters in italics."""
    return re.sub(r"\{(\w+)\}", r"*\1*", words).replace("|", "\\|")


def commands(group: LazyGroup = ROOT, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command with what one types, a group before its commands."""
    for name, target in group.modules.items():
        module, attribute = target.split(":")
        command = getattr(importlib.import_module(module), attribute)
        yield f"{path}{name}", command
        if isinstance(command, LazyGroup):
            yield from commands(command, f"{path}{name} ")


def commands_part() -> str:
    """A section for each command: usage, words, options, as its help says."""
    words = templates("help")
    lines = []
    for name, group in commands():
        command = getattr(group, "default", group)
        lines += [f"## fleet {name}", "", "```text", usage(name, command), "```", ""]
        for paragraph in words[name].split("\n\n"):
            example = paragraph.startswith(" ")
            body = re.sub(r"^ {4}", "", paragraph, flags=re.M) if example else paragraph
            lines += ["```sh", body, "```", ""] if example else [body, ""]
        rows = [row for param in command.params if (row := option_row(name, param, words))]
        lines += ["| option | what it does |", "| --- | --- |", *rows, ""]
    return "\n".join(lines)


def usage(name: str, command: click.Command) -> str:
    """The line that shows how a command is written."""
    pieces = [param.metavar or "" for param in command.params if isinstance(param, click.Argument)]
    tail = ["COMMAND ..."] if isinstance(command, click.Group) else pieces
    return " ".join(["fleet", name, *tail, "[OPTIONS]"])


def option_row(name: str, param: click.Parameter, words: dict[str, str]) -> str | None:
    """The row of an option in its command's table; ``--lang`` is told of once for all."""
    if not isinstance(param, click.Option) or "--lang" in param.opts:
        return None
    option = max(param.opts, key=len)
    spelt = ", ".join(sorted(param.opts, key=len))
    value = "" if param.is_flag else f" {param.metavar}".replace("|", "\\|")
    told = words.get(f"{name} {option}") or words[option]
    needed = " (required)" if param.required else ""
    return f"| `{spelt}{value}` | {told}{needed} |"


PAGES = {"errors.md": errors_part, "cli.md": commands_part}


def renewed(page: str) -> str:
    """A page with the part that is made of the program made again."""
    text = (DOCS / page).read_text(encoding="utf-8")
    head, rest = text.split(BEGIN)
    _, tail = rest.split(END)
    return f"{head}{BEGIN}\n\n{PAGES[page]().rstrip()}\n\n{END}{tail}"


if __name__ == "__main__":
    for page in PAGES:
        content = renewed(page)
        (DOCS / page).write_text(content, encoding="utf-8")

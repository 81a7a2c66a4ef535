"""``fleet sample``: sample days, and days on any road file."""

from typing import Any

import click

from fleet.cli.base import Command, LazyGroup
from fleet.cli.failures import naming, unwritable
from fleet.cli.files import check_folder, load_road_file
from fleet.cli.language import say
from fleet.cli.options import Number, output_folder, seed
from fleet.model import ErrorCode, bad_input
from fleet.model.base import MAX_REQUESTS, MAX_TRICYCLES

COMMANDS = {"from-roads": "fleet.cli.sample:from_roads", "sheet": "fleet.cli.sample_sheet:command"}
_NAMED = "named"


class _SampleGroup(LazyGroup):
    """``fleet sample NAME`` beside the group's commands: what is none of them names a sample."""

    @property
    def default(self) -> click.Command:
        """What is called where none of the group's commands is."""
        return named

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args[:1] != ["--help"] and (not args or args[0] not in self.modules):
            args = [_NAMED, *args]
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] == _NAMED:
            return "", self.default, args[1:]
        return super().resolve_command(ctx, args)


@click.command("named", cls=Command)
@click.argument("name", required=False, metavar="NAME")
@click.option("--list", "listed", is_flag=True)
@output_folder()
def named(name: str | None, listed: bool, folder: str | None) -> None:
    """Write a sample day, or list those there are."""
    from fleet.samples import sample_names, write_sample

    if listed:
        for known, description in sample_names().items():
            click.echo(f"{known:<12}{description}")
        return
    for value, where in ((name, "NAME"), (folder, "--output")):
        if value is None:
            raise bad_input(ErrorCode.OPTION_MISSING, where=where, command="fleet sample")
    if name not in sample_names():
        expected = ", ".join(sample_names())
        raise bad_input(ErrorCode.SAMPLE_UNKNOWN, where="NAME", value=name, expected=expected)
    _write(str(folder), lambda path: write_sample(str(name), path))


@click.command("from-roads", cls=Command)
@click.argument("roads", metavar="FILE")
@click.option("--requests", type=Number(least=1, most=MAX_REQUESTS), default=120, metavar="N")
@click.option("--tricycles", type=Number(least=1, most=MAX_TRICYCLES), default=20, metavar="N")
@seed()
@output_folder(required=True)
def from_roads(roads: str, requests: int, tricycles: int, seed: int, folder: str) -> None:
    """Make a day on the roads of a file."""
    from fleet import samples

    graph = load_road_file(roads)
    check_folder(folder)
    with naming(roads):
        day = samples.from_roads(graph, requests=requests, tricycles=tricycles, seed=seed)
    _write(folder, lambda path: samples.write_day(day, path))


def _write(folder: str, write: Any) -> None:
    from pathlib import Path

    check_folder(folder)
    try:
        files = write(Path(folder))
    except OSError as error:
        raise unwritable(error, file=folder) from error
    for file in files:
        click.echo(say("wrote", file=file))


group = _SampleGroup("sample", modules=COMMANDS)

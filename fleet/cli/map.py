"""``fleet map``: a plan as maps."""

import json

import click

from fleet.cli.base import Command, Value
from fleet.cli.failures import naming, unwritable
from fleet.cli.files import check_folder, load_plan, load_road_file
from fleet.cli.language import language, say
from fleet.cli.options import machine_output, road_file
from fleet.model import bad_input


class Formats(Value[tuple[str, ...]]):
    """Names of map formats, separated by commas."""

    name = "formats"

    def read(self, value: str, *, where: str) -> tuple[str, ...]:
        """Return the names, or refuse the first one there is no such format for."""
        from maps.export import FORMATS

        names = tuple(name.strip() for name in value.split(","))
        for name in names:
            if name not in FORMATS:
                raise bad_input("FORMAT_UNSUPPORTED", where=where, value=name, expected=", ".join(FORMATS))
        return names


@click.command("map", cls=Command)
@click.argument("plan_file", metavar="PLAN")
@click.option("--out", "folder", metavar="DIR", required=True)
@click.option("--format", "formats", type=Formats(), metavar="LIST")
@road_file()
@machine_output()
def command(
    plan_file: str, folder: str, formats: tuple[str, ...] | None, roads: str | None, as_json: bool
) -> None:
    """Write maps of a plan."""
    from maps.export import FORMATS, write_maps

    plan = load_plan(plan_file)
    graph = load_road_file(roads) if roads is not None else None
    check_folder(folder)
    with naming(plan_file):
        try:
            paths = write_maps(plan, folder, formats=formats or FORMATS, roads=graph, language=language())
        except OSError as error:
            raise unwritable(error, file=folder) from error
    files = [str(path) for path in paths]
    if as_json:
        click.echo(json.dumps({"files": files}, indent=1, ensure_ascii=False))
        return
    for file in files:
        click.echo(say("wrote", file=file))

"""``fleet schema``: the JSON Schema of a document."""

import json

import click

from fleet.cli.base import Choice, Command
from fleet.model import schema


@click.command("schema", cls=Command)
@click.argument("document", type=Choice(("day", "plan", "events")), metavar="day|plan|events")
def command(document: str) -> None:
    """Print a schema."""
    click.echo(json.dumps(schema(document), indent=1, ensure_ascii=False))

"""``fleet backup``: everything into one file, while the service runs."""

from pathlib import Path
from typing import Unpack

import click

from fleet.cli.base import Command
from fleet.cli.database import Where, database_options, service_of
from fleet.cli.language import say
from fleet.cli.options import machine_output


@click.command("backup", cls=Command)
@click.argument("file", metavar="FILE")
@database_options()
@machine_output()
def command(file: str, as_json: bool, **where: Unpack[Where]) -> None:
    """Write a backup."""
    from fleet.service.backups import make_backup
    from fleet.service.roles import Caller

    with service_of(where, migrated=False) as ctx:
        made = make_backup(ctx, Caller.system(), file=Path(file))
    if as_json:
        click.echo(made.model_dump_json(indent=1))
    else:
        click.echo(say("backed_up", rows=sum(made.rows.values()), tables=len(made.rows)))
        click.echo(say("wrote", file=file))

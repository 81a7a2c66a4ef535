"""``fleet restore``: a backup into a database, everything or nothing."""

from pathlib import Path
from typing import Unpack

import click

from fleet.cli.base import Command
from fleet.cli.database import Where, database_options, service_of
from fleet.cli.language import say
from fleet.cli.options import machine_output


@click.command("restore", cls=Command)
@click.argument("file", metavar="FILE")
@click.option("--replace", is_flag=True)
@database_options()
@machine_output()
def command(file: str, replace: bool, as_json: bool, **where: Unpack[Where]) -> None:
    """Restore a backup."""
    from fleet.cli.files import check_readable
    from fleet.service.backups import restore
    from fleet.service.roles import Caller

    check_readable(file)
    with service_of(where, migrated=False) as ctx:
        restored = restore(ctx, Caller.system(), file=Path(file), replace=replace)
    if as_json:
        click.echo(restored.model_dump_json(indent=1))
    else:
        made_at = restored.made_at.isoformat(timespec="seconds")
        click.echo(say("restored", rows=sum(restored.rows.values()), tables=len(restored.rows), at=made_at))

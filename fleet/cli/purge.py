"""``fleet purge``: persons of past days out of everything that is kept."""

import datetime
from typing import Unpack

import click

from fleet.cli.base import Command
from fleet.cli.database import Where, database_options, service_of
from fleet.cli.language import say
from fleet.cli.options import machine_output
from fleet.cli.sheet_day import DateOption


@click.command("purge", cls=Command)
@click.option("--before", type=DateOption(), metavar="DATE")
@click.option("--dry-run", "dry_run", is_flag=True)
@database_options()
@machine_output()
def command(before: datetime.date | None, dry_run: bool, as_json: bool, **where: Unpack[Where]) -> None:
    """Purge."""
    from fleet.service.purge import purge
    from fleet.service.roles import Caller

    with service_of(where) as ctx:
        done = purge(ctx, Caller.system(), before=before, dry_run=dry_run)
    if as_json:
        click.echo(done.model_dump_json(indent=1))
        return
    for table, rows in done.rows.items():
        click.echo(f"{table:<20} {rows:>8}")
    click.echo(say("would_purge" if dry_run else "purged", rows=sum(done.rows.values()), date=done.before))

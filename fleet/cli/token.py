"""``fleet token``: a token for a program, printed once."""

from typing import Unpack

import click

from fleet.cli.base import Command
from fleet.cli.database import Where, database_options, service_of
from fleet.cli.language import say
from fleet.cli.options import Number, Words
from fleet.service.roles import Caller
from fleet.service.tokens import DEFAULT_DAYS, LONGEST_DAYS


@click.command("token", cls=Command)
@click.argument("name", type=Words(), metavar="NAME")
@click.option("--days", type=Number(least=1, most=LONGEST_DAYS), default=DEFAULT_DAYS, metavar="N")
@click.option("--label", type=Words(), default="", metavar="TEXT")
@database_options()
def command(name: str, days: int, label: str, **where: Unpack[Where]) -> None:
    """Print a new token, alone on standard output so that a script can take it."""
    from fleet.service.accounts import account_named
    from fleet.service.day_parts import validated
    from fleet.service.tokens import NewToken, create_token

    system = Caller.system()
    with service_of(where) as ctx:
        account = account_named(ctx, system, name=name)
        new = validated(NewToken, {"account": account.id, "days": days, "label": label})
        made = create_token(ctx, system, token=new)
    click.echo(made.secret)
    click.echo(say("token_made", until=made.expires_at.date().isoformat()), err=True)

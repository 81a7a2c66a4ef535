"""``fleet user``: accounts, from the machine of the service."""

from typing import Unpack

import click

from fleet.cli.base import Choice, Command, LazyGroup
from fleet.cli.database import Where, database_options, service_of
from fleet.cli.language import say
from fleet.cli.options import Words, machine_output
from fleet.cli.password import password_from_pipe, read_password
from fleet.service.roles import Caller, Role

COMMANDS = {
    "add": "fleet.cli.user:add",
    "list": "fleet.cli.user:list_all",
    "disable": "fleet.cli.user:disable",
    "enable": "fleet.cli.user:enable",
    "password": "fleet.cli.user:password",
}
ROLES = tuple(map(str, Role))


@click.command("add", cls=Command)
@click.argument("name", type=Words(), metavar="NAME")
@click.option("--role", type=Choice(ROLES), metavar="|".join(ROLES), required=True)
@click.option("--driver", type=Words(), metavar="ID")
@click.option("--no-password", "is_without", is_flag=True)
@password_from_pipe()
@database_options()
def add(
    name: str, role: str, driver: str | None, is_without: bool, is_piped: bool, **where: Unpack[Where]
) -> None:
    """Make an account; a driver's has no password unless one is piped in."""
    from fleet.service.accounts import NewAccount, create_account
    from fleet.service.day_parts import validated

    given = {"name": name, "role": role, "driver": driver}
    # What is wrong is said before anybody types a password.
    account = validated(NewAccount, given)
    if is_piped or not (is_without or role == Role.DRIVER):
        typed = read_password(is_piped=is_piped, command="fleet user add")
        account = validated(NewAccount, {**given, "password": typed})
    with service_of(where) as ctx:
        made = create_account(ctx, Caller.system(), account=account)
    click.echo(say("account_made", name=made.name, role=made.role))


@click.command("list", cls=Command)
@database_options()
@machine_output()
def list_all(as_json: bool, **where: Unpack[Where]) -> None:
    """List the accounts."""
    import json

    from fleet.service.accounts import all_accounts

    with service_of(where) as ctx:
        found = all_accounts(ctx, Caller.system())
    if as_json:
        accounts = [account.model_dump(mode="json") for account in found]
        click.echo(json.dumps(accounts, indent=1, ensure_ascii=False))
        return
    for account in found:
        driver = say("drives_as", driver=account.driver) if account.driver else ""
        state = say("account_is_disabled") if account.disabled else ""
        click.echo("  ".join(part for part in (account.name, account.role, driver, state) if part))


@click.command("disable", cls=Command)
@click.argument("name", type=Words(), metavar="NAME")
@database_options()
def disable(name: str, **where: Unpack[Where]) -> None:
    """Disable an account: signed out everywhere at once, tokens and phones end."""
    _set_disabled(name, where, disabled=True)
    click.echo(say("account_disabled", name=name))


@click.command("enable", cls=Command)
@click.argument("name", type=Words(), metavar="NAME")
@database_options()
def enable(name: str, **where: Unpack[Where]) -> None:
    """Let an account in again."""
    _set_disabled(name, where, disabled=False)
    click.echo(say("account_enabled", name=name))


@click.command("password", cls=Command)
@click.argument("name", type=Words(), metavar="NAME")
@password_from_pipe()
@database_options()
def password(name: str, is_piped: bool, **where: Unpack[Where]) -> None:
    """Set an account's password; its sessions end."""
    from fleet.service.accounts import NewPassword, account_named, set_password
    from fleet.service.day_parts import validated

    system = Caller.system()
    with service_of(where) as ctx:
        account = account_named(ctx, system, name=name)
        typed = read_password(is_piped=is_piped, command="fleet user password")
        new = validated(NewPassword, {"password": typed})
        set_password(ctx, system, account_id=account.id, password=new)
    click.echo(say("password_set", name=name))


def _set_disabled(name: str, where: Where, *, disabled: bool) -> None:
    from fleet.service.accounts import AccountChange, account_named, change_account

    system = Caller.system()
    with service_of(where) as ctx:
        account = account_named(ctx, system, name=name)
        known = account.model_dump(include={"name", "role", "driver"})
        change = AccountChange(**known, disabled=disabled)
        change_account(ctx, system, account_id=account.id, change=change, version=account.version)


group = LazyGroup("user", modules=COMMANDS)

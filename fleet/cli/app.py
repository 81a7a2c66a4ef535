"""The root command, and the one place where errors become a line and an exit status."""

import sys
from collections.abc import Sequence

import click

from fleet.cli.base import LazyGroup
from fleet.cli.failures import guarded
from fleet.cli.language import forget_language

COMMANDS = {
    "plan": "fleet.cli.plan:command",
    "check": "fleet.cli.check:command",
    "explain": "fleet.cli.explain:command",
    "map": "fleet.cli.map:command",
    "solve": "fleet.cli.solve:command",
    "import": "fleet.cli.import_:command",
    "serve": "fleet.cli.serve:command",
    "user": "fleet.cli.user:group",
    "token": "fleet.cli.token:command",
    "backup": "fleet.cli.backup:command",
    "restore": "fleet.cli.restore:command",
    "purge": "fleet.cli.purge:command",
    "config": "fleet.cli.config:group",
    "roads": "fleet.cli.roads:group",
    "sample": "fleet.cli.sample:group",
    "schema": "fleet.cli.schema:command",
}
"""Where each command is; its module is loaded when it is called, its words are in ``help.po``."""


def _print_version(ctx: click.Context, _parameter: click.Parameter, asked: bool) -> None:
    if asked:
        import importlib.metadata

        click.echo(f"fleet {importlib.metadata.version('oasis-fleet')}")
        ctx.exit()


ROOT = LazyGroup(
    "fleet",
    modules=COMMANDS,
    params=[
        click.Option(["--version"], is_flag=True, is_eager=True, expose_value=False, callback=_print_version)
    ],
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status.

    Parameters
    ----------
    arguments : sequence of str, optional
        What follows the program's name; ``sys.argv`` without.

    Returns
    -------
    int
        0 done; 1 done, but the answer is no; 2 bad input; 3 internal error; 130 interrupted.
    """
    forget_language()
    given = list(sys.argv[1:] if arguments is None else arguments)
    return guarded(lambda: ROOT.main(given, prog_name="fleet", standalone_mode=False), arguments=given)

"""Passwords for commands: typed unseen or piped in, never an argument, which the list of processes shows."""

import sys

import click

from fleet.cli.language import say
from fleet.cli.options import F, Option
from fleet.model import ErrorCode, bad_input
from fleet.service.passwords import LONGEST


def password_from_pipe() -> Option:
    """Return ``--password-stdin``."""

    def add(function: F, /) -> F:
        return click.option("--password-stdin", "is_piped", is_flag=True)(function)

    return add


def read_password(*, is_piped: bool, command: str) -> str:
    """Return a password: the first line of standard input, or what is typed twice on a terminal.

    Raises
    ------
    InputError
        OPTION_MISSING where there is no terminal to ask on; INVALID_VALUE for bytes that are no characters.
    """
    if is_piped:
        given = sys.stdin.readline(LONGEST + 2).rstrip("\r\n")
        if not given.isprintable():
            raise bad_input(ErrorCode.INVALID_VALUE, where="--password-stdin")
        return given
    if not sys.stdin.isatty():
        raise bad_input(ErrorCode.OPTION_MISSING, where="--password-stdin", command=command)
    return str(
        click.prompt(say("password"), hide_input=True, confirmation_prompt=say("password_again"), err=True)
    )

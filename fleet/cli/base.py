"""Commands whose help comes from the catalogue ``help.po``, and groups that load a command when called.

Keys of the catalogue: ``plan`` is the help of ``fleet plan`` (its first line stands in lists),
``roads build`` that of ``fleet roads build``; ``--budget`` is an option's line, and
``plan --budget`` is that option's line at one command where it differs.
"""

import importlib
from collections.abc import Mapping
from typing import Any, TypeVar

import click

from fleet.cli.language import choose_language, language
from fleet.model import ErrorCode, bad_input
from fleet.texts import LANGUAGES, has_text, text

T = TypeVar("T")


def language_option() -> click.Option:
    """Return ``--lang``, which every command has."""
    return click.Option(
        ["--lang"],
        type=Choice(LANGUAGES),
        is_eager=True,
        expose_value=False,
        metavar="|".join(LANGUAGES),
        callback=lambda _ctx, _parameter, value: choose_language(value) if value else None,
    )


class Value(click.ParamType[T]):
    """A kind of value that refuses nonsense with one of our codes."""

    def read(self, value: str, *, where: str) -> T:
        """Return the value, or raise ``InputError`` naming where it stands."""
        raise bad_input(ErrorCode.INVALID_VALUE, where=where, value=value)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> T:
        """Read a value as click hands it over."""
        del ctx
        return self.read(str(value), where=option_name(param))


class Choice(Value[str]):
    """One of a few words."""

    name = "choice"

    def __init__(self, choices: tuple[str, ...]) -> None:
        self.choices = choices

    def read(self, value: str, *, where: str) -> str:
        """Return the word, or refuse it naming the others."""
        if value not in self.choices:
            raise bad_input(
                ErrorCode.VALUE_NOT_ALLOWED, where=where, value=value, expected=", ".join(self.choices)
            )
        return value


def option_name(param: click.Parameter | None) -> str:
    """Return what a user calls a parameter: ``--budget``, ``DAY``."""
    if param is None:
        return ""
    if isinstance(param, click.Argument):
        return (param.metavar or param.name or "").upper()
    return max(param.opts, key=len)


class Command(click.Command):
    """A command that takes the words of its help from the catalogue, in the language of the run."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.append(language_option())

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse, and say of every wrong use of which command it is."""
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx
            raise

    def get_help(self, ctx: click.Context) -> str:
        """Return the help, its words from the catalogue."""
        path = ctx.command_path.removeprefix("fleet").strip() or "fleet"
        self.help = _examples_kept(help_text(path))
        for param in self.get_params(ctx):
            if isinstance(param, click.Option):
                name = option_name(param)
                own = f"{path} {name}"
                known = has_text(own, domain="help")
                param.help = help_text(own if known else name)
        return super().get_help(ctx)


class LazyGroup(Command, click.Group):
    """A group that knows where its commands are and loads the one that is called.

    Parameters
    ----------
    modules
        ``module:attribute`` by the command's name.
    """

    def __init__(self, name: str, *, modules: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(name, **kwargs)
        self.modules = modules

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse; a group called without anything says what it has."""
        return super().parse_args(ctx, args or ["--help"])

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order they were written down: the order of a working day."""
        del ctx
        return list(self.modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command."""
        del ctx
        if cmd_name not in self.modules:
            return None
        module, attribute = self.modules[cmd_name].split(":")
        found: click.Command = getattr(importlib.import_module(module), attribute)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is called, or name those there are."""
        if args[0] not in self.modules and not args[0].startswith("-"):
            raise bad_input(
                ErrorCode.COMMAND_UNKNOWN,
                where=ctx.command_path,
                value=args[0],
                expected=", ".join(self.modules),
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without loading any."""
        parent = ctx.command_path.removeprefix("fleet").strip()
        rows = [
            (name, help_text(f"{parent} {name}".strip()).splitlines()[0]) for name in self.list_commands(ctx)
        ]
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)


def _examples_kept(words: str) -> str:
    """Mark indented paragraphs, so that click leaves their lines as they are."""
    return "\n\n".join(
        f"\b\n{paragraph}" if paragraph.startswith(" ") else paragraph for paragraph in words.split("\n\n")
    )


def help_text(key: str) -> str:
    """Return words of the catalogue ``help.po`` in the language of the run."""
    return text(key, domain="help", language=language())

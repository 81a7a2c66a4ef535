"""``fleet config``: the settings of the service."""

import json
from typing import Any

import click

from fleet.cli.base import Command, LazyGroup
from fleet.cli.language import say
from fleet.cli.options import machine_output
from fleet.service.config import Config, Source, flag_of, load_settings, shown, variable_of

COMMANDS = {"show": "fleet.cli.config:show"}


@click.command(
    "show",
    cls=Command,
    params=[
        *(click.Option([flag_of(name)], metavar="VALUE") for name in Config.model_fields),
        click.Option(["--config", "file"], metavar="FILE"),
    ],
)
@machine_output()
def show(file: str | None, as_json: bool, **flags: Any) -> None:
    """Print every setting, its value, and where it comes from."""
    settings = load_settings(flags=flags, file=file)
    rows = {name: (shown(settings.config, name), source) for name, source in settings.sources.items()}
    if as_json:
        found = {name: {"value": value, "source": source} for name, (value, source) in rows.items()}
        path = None if settings.file is None else str(settings.file)
        click.echo(json.dumps({"file": path, "settings": found}, indent=1, ensure_ascii=False))
        return
    width = max(map(len, rows))
    for name, (value, source) in rows.items():
        words = "–" if value is None else str(value)
        click.echo(f"{name:<{width}}  {words}  ({_origin(name, source, file=str(settings.file))})")


def _origin(name: str, source: Source, *, file: str) -> str:
    named = {Source.FLAG: flag_of(name), Source.ENVIRONMENT: variable_of(name), Source.FILE: file}
    return named.get(source) or say("by_default")


group = LazyGroup("config", modules=COMMANDS)

"""``fleet serve``: the service until SIGTERM or SIGINT."""

from typing import Any

import click

from fleet.cli.base import Command
from fleet.cli.language import say
from fleet.service.addresses import address_for_people, is_out_of_reach, listening_address
from fleet.service.config import flag_of, load_settings
from fleet.service.end_signals import ENDS_WITHIN_S, EndSignals

SETTINGS = {
    "host": "ADDRESS",
    "port": "NUMBER",
    "database": "URL",
    "roads": "FILE",
    "scheduler": "tcp://...",
    "public_url": "https://...",
    "workers": "NUMBER",
    "threads": "NUMBER",
    "trusted_proxies": "NUMBER",
}
"""What may be given as an option, and how its value is called in help."""


@click.command(
    "serve",
    cls=Command,
    params=[
        *(click.Option([flag_of(name)], metavar=metavar) for name, metavar in SETTINGS.items()),
        click.Option(["--config", "file"], metavar="FILE"),
    ],
)
def command(file: str | None, **flags: Any) -> None:
    """Serve dispatchers, drivers and planners."""
    from fleet.cli.http_server import HttpServer, listening
    from fleet.cli.serving import running
    from fleet.service.setup import ensure_setup_link

    config = load_settings(flags=flags, file=file).config
    end = EndSignals(within_s=ENDS_WITHIN_S)
    with listening(config.host, config.port) as listener:
        config = config.model_copy(update={"port": listener.getsockname()[1]})
        with running(config) as service:
            server = HttpServer(service.app, listener=listener, threads=config.threads)
            server.start()
            here, public = listening_address(config), address_for_people(config)
            click.echo(say("serving", address=here))
            if public != here:
                click.echo(say("public_address", address=public))
            if is_out_of_reach(config):
                click.echo(say("out_of_reach", address=public, listening=here), err=True)
            if service.ctx.roads is None:
                click.echo(say("no_roads"))
            link = ensure_setup_link(service.ctx)
            if link is not None:
                click.echo(say("setup_link", link=link))
            end.wait()
            click.echo(say("stopping"), err=True)
            server.stop()

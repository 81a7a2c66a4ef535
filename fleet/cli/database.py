"""Commands that work on the service's database while it runs or while it does not."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypedDict

import click

from fleet.cli.options import F, Option
from fleet.service.config import load_settings
from fleet.service.context import Context
from fleet.store import migrate, open_store


class Where(TypedDict):
    """The options that name the database; pass them on to :func:`service_of`."""

    database: str | None
    config_file: str | None


def database_options() -> Option:
    """Return ``--database`` and ``--config``; without them the environment and the settings file decide."""

    def add(function: F, /) -> F:
        function = click.option("--config", "config_file", metavar="FILE")(function)
        return click.option("--database", metavar="URL")(function)

    return add


@contextmanager
def service_of(where: Where, *, migrated: bool = True) -> Iterator[Context]:
    """Open the database for use cases, as the system that asks for them.

    Parameters
    ----------
    where : Where
        The options.
    migrated : bool, optional
        Whether the database is brought to the present tables first.
    """
    config = load_settings(flags={"database": where["database"]}, file=where["config_file"]).config
    store = open_store(config.database)
    try:
        if migrated:
            migrate(store)
        yield Context(store=store, config=config)
    finally:
        store.close()

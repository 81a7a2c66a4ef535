"""The service for other WSGI servers: ``gunicorn -k gthread -w 1 'fleet.cli.wsgi:create()'``.

Settings come from the environment and the file. Each process carries jobs: more than one need PostgreSQL.
"""

import atexit
import contextlib

from flask import Flask

from fleet.cli.serving import running
from fleet.service.config import load_settings
from fleet.service.setup import ensure_setup_link


def create() -> Flask:
    """Return the application with everything behind it running; it ends with the process."""
    ending = contextlib.ExitStack()
    service = ending.enter_context(running(load_settings().config))
    atexit.register(ending.close)
    link = ensure_setup_link(service.ctx)
    if link is not None:
        # On the standard output of the server, not in its log: who reads it becomes the administrator.
        print(link, flush=True)
    return service.app

"""One process of the service: database, roads, carrier of jobs and web application, begun and ended."""

import dataclasses
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from fleet.api import create_app
from fleet.api.logs import configure
from fleet.cli.files import load_road_file
from fleet.jobs.carrier import Carrier
from fleet.service.config import Config
from fleet.service.context import Context
from fleet.store import migrate, open_store

SWITCH_S = 0.001
"""How long a call that computes may keep the interpreter from one that has just read its rows.

Python's own 5 ms, several times a call, made those who ask beside a large plan wait almost twice as long.
"""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Service:
    """What runs."""

    ctx: Context
    app: Flask


@contextmanager
def running(config: Config) -> Iterator[Service]:
    """Begin, and end what was begun: jobs that run are handed back.

    Raises
    ------
    InputError
        The database or the road file cannot be used.
    """
    configure()
    sys.setswitchinterval(SWITCH_S)
    store = open_store(config.database)
    try:
        migrate(store)
        roads = None if config.roads is None else load_road_file(str(config.roads))
        ctx = Context(store=store, config=config, roads=roads)
        carrier = Carrier(ctx)
        ctx = dataclasses.replace(ctx, wake_workers=carrier.wake, places=lambda: carrier.places)
        carrier.start()
        try:
            app = create_app(ctx)
            # The collector stops every call while it looks through all objects, 0.2 s with what is loaded by
            # now: that stays to the end anyway, and is not looked at again.
            gc.collect()
            gc.freeze()
            yield Service(ctx=ctx, app=app)
        finally:
            carrier.stop()
    finally:
        store.close()

"""A process that does jobs: Dask calls ``work`` in it, one thread a job, with this module as its preload.

What it needs to know (``FLEET_DATABASE``, ``FLEET_ROADS``) it reads from its own environment and file, so
that no address or password travels with a task.
"""

import functools
import os
import threading

from fleet.jobs.work import work_once
from fleet.service.config import Config, load_settings
from fleet.service.context import Context
from fleet.solver.process import WarmChild
from fleet.store import open_store

TRIM_THRESHOLD = "MALLOC_TRIM_THRESHOLD_"


class Worker:
    """What all jobs of a process share: the database, the roads, and the child that waits for a search."""

    def __init__(self, config: Config) -> None:
        self._store = open_store(config.database)
        self._config = config
        self._stopping = threading.Event()
        self._child = WarmChild()

    def start(self) -> None:
        """Stand back behind other processes, and let a child wait for the first search."""
        if hasattr(os, "nice"):
            os.nice(self._config.niceness)
        # Dask has memory given back to the system at once, which suits a process that waits. A search asks
        # for the same memory again and again: so the routing model would take ten times as long.
        os.environ.pop(TRIM_THRESHOLD, None)
        self._child.__enter__()

    def work(self) -> bool:
        """Do the job whose turn it is; say whether there was one."""
        return work_once(self._ctx, child=self._child, stopping=self._stopping)

    def stop(self) -> None:
        """Let the jobs that run be handed back, and the child end."""
        self._stopping.set()
        self._child.__exit__()

    @functools.cached_property
    def _ctx(self) -> Context:
        """What jobs are done with, loaded before the first is claimed: nobody can beat in the meantime."""
        roads = None
        if self._config.roads is not None:
            from maps.roads.store import load_roads

            roads = load_roads(self._config.roads)
        _load_planning()
        return Context(store=self._store, config=self._config, roads=roads)


def _load_planning() -> None:
    """Load what plans are made with; kernels are loaded by calling them."""
    from fleet.planning import pipeline  # noqa: F401
    from fleet.solver.routes import Routes
    from fleet.solver.warm import smallest_instance

    routes = Routes(smallest_instance())
    routes.insertion(0, 0)
    routes.evaluate(0, [0, 1])


@functools.cache
def current() -> Worker:
    """Return this process's worker."""
    return Worker(load_settings().config)


def work() -> bool:
    """Do the job whose turn it is: the one task that Dask carries."""
    return current().work()


def dask_setup(_worker: object) -> None:
    """Begin, as Dask's process of a worker does."""
    current().start()


def dask_teardown(_worker: object) -> None:
    """End, as Dask's process of a worker does."""
    current().stop()

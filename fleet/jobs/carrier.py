"""Dask carries: a thread looks into the table and sends tasks to where a worker is free.

A task means "claim something and do it". None has an argument or a result that matters, so whatever Dask
forgets is sent again: the table alone knows what waits, and leases alone who does what.
"""

import logging
import threading
import time

from fleet.jobs.cluster import AwayError, Cluster
from fleet.jobs.run import STORE_FAILURES
from fleet.jobs.watch import Watch
from fleet.jobs.worker import work
from fleet.service.context import Context
from fleet.service.jobs import expiry
from fleet.store import jobs as rows
from fleet.store.jobs import JobState

LOOK_S = 1.0
"""How often the table is looked at when nobody says that there is something new."""
PURGE_S = 60.0

log = logging.getLogger(__name__)


class Carrier:
    """Keeps the workers busy as long as jobs wait, and takes the leases of those who are silent.

    Parameters
    ----------
    ctx : Context
        Database and settings.
    """

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._cluster = Cluster(ctx.config)
        self._watch = Watch(ctx.config.lost_after_s)
        self._places = 0
        self._purge_at_s = 0.0
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="carrier of jobs", daemon=True)

    @property
    def places(self) -> int:
        """How many jobs could be done at a time when it was last looked; 0 without any worker."""
        return self._places

    def start(self) -> None:
        """Begin; the workers start in the meantime."""
        self._thread.start()

    def wake(self) -> None:
        """Look into the table at once."""
        self._woken.set()

    def stop(self) -> None:
        """Send nothing more; a process of this machine hands back what it does."""
        self._stopping.set()
        self._woken.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._send(self._waiting())
            except STORE_FAILURES:
                log.warning("the table of jobs cannot be read", exc_info=True)
            except AwayError as error:
                self._places = 0
                log.warning("no worker can be reached: %s", error)
            self._woken.wait(LOOK_S)
            self._woken.clear()
        self._cluster.close()

    def _waiting(self) -> int:
        """Look after the table, and return how many jobs wait in it."""
        store = self._ctx.store
        with store.read() as session:
            silent = self._watch.silent(rows.pulses(session), now_s=time.monotonic())
        now_s, at = time.monotonic(), store.clock()
        if silent or now_s >= self._purge_at_s:
            with store.write() as session:
                for pulse in silent:
                    state = rows.lose(session, pulse, at=at, expires_at=expiry(self._ctx, at))
                    log.warning("job %s has lost its worker: %s", pulse.id, state)
                rows.delete_expired(session, at=at)
            self._purge_at_s = now_s + PURGE_S
        with store.read() as session:
            return rows.counts(session)[JobState.QUEUED]

    def _send(self, waiting: int) -> None:
        self._places = self._cluster.places()
        for _ in range(min(waiting, self._places - self._cluster.tasks())):
            self._cluster.send(work, then=self._woken.set)

"""Dask carries: a thread looks into the table and sends tasks to where a worker is free.

A task means "claim something and do it". None has an argument or a result that matters, so whatever Dask
forgets is sent again: the table alone knows what waits, and leases alone who does what.
"""

import logging
import threading

from fleet.jobs.cluster import AwayError, Cluster
from fleet.jobs.run import STORE_FAILURES
from fleet.jobs.tending import Tender
from fleet.jobs.worker import work
from fleet.service.context import Context

LOOK_S = 1.0
"""How often the table is looked at when nobody says that there is something new."""

STOPPED_WITHIN_S = 20.0
"""What the end may take; a cluster that just begins ends with the process at the latest."""

log = logging.getLogger(__name__)


class Carrier:
    """Keeps the workers busy as long as jobs wait, and takes the leases of those who are silent.

    Parameters
    ----------
    ctx : Context
        Database and settings.
    """

    def __init__(self, ctx: Context) -> None:
        self._cluster = Cluster(ctx.config)
        self._tender = Tender(ctx)
        self._places = 0
        self._trouble = ""
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
        self._thread.join(STOPPED_WITHIN_S)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._send(self._tender.look())
                self._trouble = ""
            except STORE_FAILURES as error:
                self._tell(f"the table of jobs cannot be read: {error}")
            except AwayError as error:
                self._places = 0
                self._tell(f"no worker can be reached: {error}")
            except Exception:
                # Whatever it is: jobs that wait must not wait for ever.
                log.exception("jobs are not carried")
            self._woken.wait(LOOK_S)
            self._woken.clear()
        self._cluster.close()

    def _tell(self, trouble: str) -> None:
        """Say it once, however often it is met."""
        if trouble != self._trouble:
            log.warning("%s", trouble)
        self._trouble = trouble

    def _send(self, waiting: int) -> None:
        self._places = self._cluster.places()
        for _ in range(min(waiting, self._places - self._cluster.tasks())):
            self._cluster.send(work, then=self._woken.set)

"""Looking after the table: the silent lose their leases, and what was over for long is deleted."""

import logging
import time
from collections.abc import Callable

from fleet.jobs.watch import Watch
from fleet.service.context import Context
from fleet.service.jobs import expiry
from fleet.store import jobs as rows
from fleet.store.jobs import JobState

PURGE_S = 60.0

log = logging.getLogger(__name__)


class Tender:
    """One that looks after the table; each service has its own, and they do not disturb each other.

    Parameters
    ----------
    ctx : Context
        Database and settings.
    monotonic : callable, optional
        A clock that never jumps, in seconds.
    """

    def __init__(self, ctx: Context, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._ctx = ctx
        self._monotonic = monotonic
        self._watch = Watch(ctx.config.lost_after_s)
        self._purge_at_s = monotonic()

    def look(self) -> int:
        """Do what is to be done, and return how many jobs wait."""
        store = self._ctx.store
        with store.read() as session:
            pulses = rows.pulses(session)
        now_s, at = self._monotonic(), store.clock()
        silent = self._watch.silent(pulses, now_s=now_s)
        if silent or now_s >= self._purge_at_s:
            with store.write() as session:
                for pulse in silent:
                    state = rows.lose(session, pulse, at=at, expires_at=expiry(self._ctx, at))
                    log.warning("job %s has lost its worker: %s", pulse.id, state)
                rows.delete_expired(session, at=at)
            self._purge_at_s = now_s + PURGE_S
        with store.read() as session:
            return rows.counts(session)[JobState.QUEUED]

"""One run of a job: threads beside the work beat, look for a cancel and keep the best plan so far."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.exc import SQLAlchemyError

from fleet.model import Day, InputError, Plan
from fleet.service.context import Context
from fleet.service.faults import told
from fleet.service.jobs import BestSoFar, JobProgress
from fleet.solver.process import WarmChild
from fleet.store import jobs as rows
from fleet.store.jobs import Claim
from fleet.store.tables import Json

LOOK_S = 0.25
"""How often a run looks for a cancel."""
BEAT_S = 0.75
"""How often it writes its best figures, by which others see that it lives: less than the second in which they
are promised to come."""
DRAFT_S = 2.0
DRAFT_SHARE = 0.05
"""The best plan so far is made every so often, or seldom enough to take this share of the time at most."""

STORE_FAILURES = (InputError, SQLAlchemyError)
"""What a database fails with; whoever waits for it tries again."""

log = logging.getLogger(__name__)


class Ending(StrEnum):
    """Why a run is to end before its time."""

    CANCELLED = "cancelled"
    HANDED_BACK = "handed back"
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a job came to: a plan with its day, or an answer as JSON, or nothing."""

    day: Day | None = None
    plan: Plan | None = None
    answer: str | None = None


class Run:
    """What a kind of job is given to work with.

    Parameters
    ----------
    ctx : Context
        Database, settings, roads.
    claim : Claim
        The job under its lease.
    child : WarmChild or None
        Has the process that searches.
    stopping : Event
        Set when this process is to end: the job is then handed back.
    """

    def __init__(
        self, ctx: Context, claim: Claim, *, child: WarmChild | None, stopping: threading.Event
    ) -> None:
        self.ctx = ctx
        self.claim = claim
        self.child = child
        self.progress: JobProgress | None = None
        self._stopping = stopping
        self._over = threading.Event()
        self._drafted = threading.Event()
        self._cancelled = False
        self._lost = False
        self._draft: tuple[BestSoFar, Callable[[], Plan]] | None = None

    @property
    def ending(self) -> Ending | None:
        """Why to end, None as long as there is no reason to."""
        if self._lost:
            return Ending.LOST
        if self._cancelled:
            return Ending.CANCELLED
        return Ending.HANDED_BACK if self._stopping.is_set() else None

    def is_ending(self) -> bool:
        """Whether to end; asked often."""
        return self.ending is not None

    def tell(self, progress: JobProgress, *, draft: Callable[[], Plan] | None = None) -> None:
        """Say how far the work is; ``draft`` makes the checked plan of it, where there is one."""
        self.progress = progress
        if draft is not None and progress.best is not None:
            self._draft = (progress.best, draft)
            self._drafted.set()

    @contextlib.contextmanager
    def alive(self) -> Iterator[None]:
        """Beat until the block ends."""
        threads = [
            threading.Thread(target=target, name=f"{target.__name__} {self.claim.id}", daemon=True)
            for target in (self._beat, self._keep_drafts)
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            self._drafted.set()
            for thread in threads:
                thread.join()

    def _beat(self) -> None:
        next_beat = time.monotonic()
        while not self._over.wait(LOOK_S) and not self._lost:
            with _tried_again("a beat"):
                if time.monotonic() >= next_beat:
                    next_beat = time.monotonic() + BEAT_S
                    with self.ctx.store.write() as session:
                        rows.beat(session, self.claim, progress=self._progress())
                with self.ctx.store.read() as session:
                    asked = rows.is_cancelled(session, self.claim)
                self._lost = asked is None and not self._over.is_set()
                self._cancelled = self._cancelled or bool(asked)

    def _progress(self) -> Json:
        return {} if self.progress is None else self.progress.model_dump(mode="json")

    def _keep_drafts(self) -> None:
        kept: BestSoFar | None = None
        self._drafted.wait()
        while not self._over.is_set():
            began = time.monotonic()
            if self._draft is not None and (kept is None or _differ(self._draft[0], kept)):
                kept, make = self._draft
                with _tried_again("the best plan so far"):
                    best = make().model_dump_json(by_alias=True)
                    with self.ctx.store.write() as session:
                        rows.put_best(session, self.claim, best=best, progress=self._progress())
            took_s = time.monotonic() - began
            self._over.wait(max(DRAFT_S, took_s / DRAFT_SHARE))


def _differ(one: BestSoFar, other: BestSoFar) -> bool:
    return (one.unserved_musts, one.total_yuan) != (other.unserved_musts, other.total_yuan)


@contextlib.contextmanager
def _tried_again(what: str) -> Iterator[None]:
    """Let what fails wait for the next time: a database that is away for a moment ends no search."""
    try:
        yield
    except Exception as failure:
        log.warning("%s was not written: %s", what, told(failure))

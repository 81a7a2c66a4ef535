"""Searches side by side, a thread each: at fixed points they meet, and who is behind goes on from the best.

The kernels run without the interpreter's lock. Between two meetings a worker sees nothing of the others, and
what it does at one follows from what all of them bring to it, so that iterations, workers and seed decide
the result.
"""

import math
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from fleet.solver.improve import CHUNK, Improver
from fleet.solver.routes import Route

MEET_EVERY_S = 1.0
MEETINGS = 20
"""The same where iterations are given: so many times until their end."""
FAR_BEHIND = 0.01
"""By which share of the best cost a worker has to be behind to go on from the best at once."""
PATIENCE = 3
"""Meetings at which a worker may be behind by less before it goes on from the best: until then it may find
what the others do not look for."""
PUBLISH_EVERY_S = 0.1

Score = tuple[int, int]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found:
    """The best routes of a worker, or of all, with their score."""

    score: Score
    routes: list[Route | None]


def side_by_side(searches: Sequence[Callable[[], T]], *, failed: threading.Event) -> list[T]:
    """Run every search in a thread, the first in this one; ``failed`` is set once one raises an error."""

    def watched(search: Callable[[], T]) -> T:
        try:
            return search()
        except BaseException:
            failed.set()
            raise

    first, *others = searches
    with ThreadPoolExecutor(max(1, len(others))) as pool:
        under_way = [pool.submit(watched, search) for search in others]
        return [watched(first), *(future.result() for future in under_way)]


class Team:
    """Improvers that run side by side.

    Parameters
    ----------
    improvers : sequence of Improver
        One for each worker, the first for the calling thread.
    iterations : int, optional
        Iterations of each worker; without them they run until ``fraction`` says that the budget is used.
    fraction : callable
        The share of the budget used, 1 at its end and after a cancel; asked by all threads.
    progress : callable
        Called some ten times a second, in the calling thread.
    """

    def __init__(
        self,
        improvers: Sequence[Improver],
        *,
        iterations: int | None,
        fraction: Callable[[], float],
        progress: Callable[[], None],
    ) -> None:
        self._iterations = iterations
        self._fraction = fraction
        self._failed = threading.Event()
        meetings = _Meetings(len(improvers))
        self._workers = [
            _Worker(
                number,
                improver,
                meetings,
                iterations=iterations,
                fraction=self._share,
                published=progress if number == 0 else lambda: None,
            )
            for number, improver in enumerate(improvers)
        ]

    def run(self) -> None:
        """Search until the iterations or the budget are used."""
        side_by_side([worker.run for worker in self._workers], failed=self._failed)

    def best(self) -> Found:
        """Return the best of what the workers have published."""
        return min((worker.found for worker in self._workers), key=lambda found: found.score)

    def iterations(self) -> int:
        """Return how many iterations all workers have done, as far as is known."""
        return sum(worker.done for worker in self._workers)

    def _share(self) -> float:
        return 1.0 if self._failed.is_set() else self._fraction()


class _Worker:
    """One improver: counts its iterations, publishes its best, goes to the meetings."""

    def __init__(
        self,
        number: int,
        improver: Improver,
        meetings: "_Meetings",
        *,
        iterations: int | None,
        fraction: Callable[[], float],
        published: Callable[[], None],
    ) -> None:
        self._number = number
        self._improver = improver
        self._meetings = meetings
        self._iterations = iterations
        self._fraction = fraction
        self._published = published
        self._asked = 0
        """How often the improver asked for the share of the budget, which it does before each chunk."""
        self._behind = 0
        self._meets_at_s = time.monotonic() + MEET_EVERY_S
        self._publishes_at_s = 0.0
        self._is_better = False
        self.done = 0
        self.found = Found(improver.score(), improver.best())

    def run(self) -> None:
        try:
            if self._iterations is None:
                self._run_by_clock()
            else:
                self.done = self._improver.run(
                    iterations=self._iterations, fraction=self._share, improved=self._note
                )
        finally:
            self._meetings.leave(self._number)
            self._publish()

    def _run_by_clock(self) -> None:
        """Improve from one meeting to the next."""
        while self._fraction() < 1.0:
            done = self._improver.run(iterations=None, fraction=self._share, improved=self._note)
            self.done += done
            if not done and time.monotonic() < self._meets_at_s:
                break  # there is nothing to search
            if self._fraction() < 1.0:
                self._meet()
                self._meets_at_s = time.monotonic() + MEET_EVERY_S

    def _share(self) -> float:
        """Return the share of the budget used, 1 at the next meeting; with iterations the meeting is here."""
        now_s = time.monotonic()
        if now_s >= self._publishes_at_s:
            self._publishes_at_s = now_s + PUBLISH_EVERY_S
            self._publish()
        if self._iterations is None:
            return 1.0 if now_s >= self._meets_at_s else self._fraction()
        self.done = self._asked * CHUNK
        if self._asked and self._asked % math.ceil(self._iterations / CHUNK / MEETINGS) == 0:
            self._meet()
        self._asked += 1
        return self._fraction()

    def _note(self) -> None:
        self._is_better = True

    def _update(self) -> None:
        if self._is_better:
            self._is_better = False
            self.found = Found(self._improver.score(), self._improver.best())

    def _publish(self) -> None:
        self._update()
        self._published()

    def _meet(self) -> None:
        """Hand in the best, and go on from that of another worker where it is better by enough."""
        self._update()
        brought = self._meetings.meet(self._number, self.found)
        best = brought[min(brought, key=lambda worker: (brought[worker].score, worker))]
        self._behind = self._behind + 1 if self.found.score > best.score else 0
        if is_far_behind(self.found.score, best.score) or self._behind >= PATIENCE:
            self._behind = 0
            self._improver.take_over(best.routes)
            self.found = best


def is_far_behind(score: Score, best: Score) -> bool:
    """Whether a worker with this score gives up its own routes at once."""
    return score[0] > best[0] or score[1] - best[1] > FAR_BEHIND * abs(best[1])


class _Meetings:
    """Where workers wait for each other; who has left is waited for no more."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._changed = threading.Condition()
        self._brought: dict[int, dict[int, Found]] = {}
        self._met = [0] * workers
        self._gone: set[int] = set()

    def meet(self, worker: int, found: Found) -> dict[int, Found]:
        """Hand in what a worker has found; return what all have, once all are there."""
        with self._changed:
            number = self._met[worker]
            self._met[worker] += 1
            # All were at the meeting before, and hold what was brought there: it is not asked for again.
            self._brought.pop(number - 1, None)
            here = self._brought.setdefault(number, {})
            here[worker] = found
            self._changed.notify_all()
            self._changed.wait_for(lambda: len(self._gone.union(here)) == self.workers)
            return here

    def leave(self, worker: int) -> None:
        """Come to no further meeting."""
        with self._changed:
            self._gone.add(worker)
            self._changed.notify_all()

"""A search in a process of its own: it can be killed, and OR-Tools holds nobody else's interpreter lock.

A process serves one job. :class:`WarmChild` keeps one that has everything loaded, so that a search begins
at once; without it a search waits for the start of its process.
"""

import contextlib
import dataclasses
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import IO, TYPE_CHECKING, Any, Self

from fleet.solver.instance import Instance
from fleet.solver.messages import BEFOREHAND, READY, Job, read_message, write_message

if TYPE_CHECKING:
    from fleet.solver.routes import Route
    from fleet.solver.search import Snapshot, Solution

POLL_S = 0.05
OVERRUN_S = 0.3
"""What a child with a first plan may take over its budget, to end its last step and hand over its result."""
GRACE_S = 5.0
"""What a child without any plan may take over its budget before it is killed."""
LOADS_S = 60.0
"""The same where it has not begun yet: to load the kernels takes two seconds, and long on a busy machine."""
SILENT_S = 0.5
"""After what silence of a child its parent tells the time in its place: OR-Tools lets no other thread run."""


class SolverCrashedError(RuntimeError):
    """The child failed; the message is the end of what it wrote to standard error."""


def solve_in_child(
    instance: Instance,
    *,
    budget_s: float,
    iterations: int | None = None,
    workers: int = 1,
    seed: int = 1,
    fewest_vehicles: bool = False,
    first: Sequence[Sequence[int]] = (),
    progress: "Callable[[Snapshot], None] | None" = None,
    cancelled: Callable[[], bool] | None = None,
    child: "WarmChild | None" = None,
) -> "Solution":
    """Do what :func:`fleet.solver.search.solve` does, in a child process that is killed on a cancel.

    The budget begins with this call: the start of the process is part of it.

    Parameters
    ----------
    instance, budget_s, iterations, workers, seed, fewest_vehicles, first, cancelled
        As of :func:`fleet.solver.search.solve`.
    progress : callable, optional
        As there; while the child is silent it is told again of the last figures, at the share of the budget
        used by then. Iterations cannot be counted from here: where they are given nothing is told again.
    child : WarmChild, optional
        Has the process that is used; without it one is started now.

    Returns
    -------
    Solution
        The child's result; after a cancel, an overrun, or death by a signal the best that it had reported.

    Raises
    ------
    SolverCrashedError
        If the child raised an error, or died without any solution.
    """
    job = Job(
        instance=instance,
        budget_s=budget_s,
        iterations=iterations,
        workers=workers,
        seed=seed,
        fewest_vehicles=fewest_vehicles,
        first=first,
        asked_at=time.monotonic(),
    )
    if child is not None:
        return child.solve(job, progress=progress, cancelled=cancelled)
    with _Child() as started:
        return started.solve(job, progress=progress, cancelled=cancelled)


class WarmChild:
    """A process that has its kernels loaded and waits for a search; after each another takes its place.

    Used as a context manager, from any number of threads: who finds it busy gets a process of its own, which
    first has to start.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: _Child | None = None
        self._open = False

    def __enter__(self) -> Self:
        self._open = True
        self._renew()
        return self

    def __exit__(self, *_exception: object) -> None:
        with self._lock:
            self._open = False
            waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting.stop()

    def wait(self, *, timeout_s: float) -> bool:
        """Wait until a process is ready for a search that begins at once; say whether one is."""
        with self._lock:
            waiting = self._waiting
        return waiting is not None and waiting.ready.wait(timeout_s) and waiting.is_alive()

    def solve(
        self,
        job: Job,
        *,
        progress: "Callable[[Snapshot], None] | None",
        cancelled: Callable[[], bool] | None,
    ) -> "Solution":
        """Run a job in the process that waits; see :func:`solve_in_child`."""
        with self._lock:
            taken, self._waiting = self._waiting, None
        try:
            if taken is not None:
                with taken, contextlib.suppress(_GoneError):
                    return taken.solve(job, progress=progress, cancelled=cancelled)
            with _Child() as started:
                return started.solve(job, progress=progress, cancelled=cancelled)
        finally:
            # What was found is not lost because no further process can be started.
            with contextlib.suppress(OSError):
                self._renew()

    def _renew(self) -> None:
        """Let a process wait for the next job, unless one does."""
        with self._lock:
            if self._open and self._waiting is None:
                self._waiting = _Child(beforehand=True)


class _GoneError(SolverCrashedError):
    """A child had died before it began with its job."""


class _Child:
    """One process, for one job; as a context manager it is stopped at the end."""

    def __init__(self, *, beforehand: bool = False) -> None:
        self.ready = threading.Event()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "fleet.solver.child", *([BEFOREHAND] if beforehand else [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path)},
            # A Ctrl-C on the terminal is for the parent: it then asks for the best plan so far. No session of
            # its own: Linux shares the processor out among sessions first, and niceness counts within one.
            process_group=0,
        )
        self._messages: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._errors: list[bytes] = []
        self._threads = [
            threading.Thread(target=self._read_messages, daemon=True),
            threading.Thread(target=self._read_errors, daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    def is_alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def solve(
        self,
        job: Job,
        *,
        progress: "Callable[[Snapshot], None] | None",
        cancelled: Callable[[], bool] | None,
    ) -> "Solution":
        """Run a job to its end; the process is of no use after it."""
        # Who only keeps a child waiting does not load the compiler and the kernels itself.
        from fleet.solver.search import Solution

        latest: Snapshot | None = None
        heard_at = told_at = time.monotonic()
        ends_at = job.asked_at + job.budget_s
        phase_began: dict[str, float] = {}
        phases_s: dict[str, float] = {}
        stopped = cancelled if cancelled is not None else lambda: False
        is_over = False
        with contextlib.suppress(BrokenPipeError):
            write_message(_stream(self._process.stdin), job)
        while not stopped():
            try:
                message = self._messages.get(timeout=POLL_S)
            except queue.Empty:
                now = time.monotonic()
                is_over = now - ends_at > _overrun_s(latest)
                if is_over:
                    break
                if progress and latest and job.iterations is None and now - told_at >= SILENT_S:
                    told_at = now
                    progress(_later(latest, share=(now - heard_at) / max(ends_at - heard_at, POLL_S)))
                continue
            if message is None:
                # The end of its output: give it the moment in which its exit status becomes known.
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(timeout=GRACE_S)
                break
            if isinstance(message, Solution):
                return message
            latest = message
            now = heard_at = told_at = time.monotonic()
            phases_s[message.phase] = round(now - phase_began.setdefault(message.phase, now), 3)
            if progress is not None:
                progress(message)
        self.stop()
        if self._process.returncode > 0 or (latest is None and not stopped()):
            error = SolverCrashedError if self._process.returncode > 0 else _GoneError
            raise error(b"".join(self._errors).decode(errors="replace")[-2_000:])
        routes: list[Route | None] = [None] * job.instance.n_vehicles if latest is None else latest.routes
        return Solution(
            routes,
            [],
            phases_s,
            iterations=0 if latest is None else latest.iterations,
            stopped_early=not is_over,
        )

    def stop(self) -> None:
        """Kill the process, if it runs, and close what belongs to it."""
        self._process.kill()
        self._process.wait()
        for thread in self._threads:
            thread.join()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            with contextlib.suppress(BrokenPipeError):
                _stream(stream).close()

    def _read_messages(self) -> None:
        message: Any = READY
        while message is not None:
            message = read_message(_stream(self._process.stdout))
            if message == READY:
                self.ready.set()
            else:
                self._messages.put(message)
        self.ready.set()

    def _read_errors(self) -> None:
        self._errors.append(_stream(self._process.stderr).read())


def _overrun_s(latest: "Snapshot | None") -> float:
    """Return what a child may take over its budget that has said this last."""
    if latest is None:
        return LOADS_S
    return OVERRUN_S if latest.is_complete else GRACE_S


def _later(snapshot: "Snapshot", *, share: float) -> "Snapshot":
    """Return where a search stands when a share of the time that it had left has gone."""
    left = 1.0 - snapshot.fraction
    return dataclasses.replace(snapshot, fraction=min(1.0, snapshot.fraction + share * left))


def _stream(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise RuntimeError("the child has no pipe")
    return stream

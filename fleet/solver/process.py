"""A search in a process of its own: it can be killed, and OR-Tools holds nobody else's interpreter lock.

The parent writes one pickled job to the child's standard input and reads pickled messages from its
standard output. The child ends when its standard input does, so it never outlives its parent.
"""

import contextlib
import os
import pickle
import queue
import struct
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from typing import IO, Any

from fleet.solver.instance import Instance
from fleet.solver.routes import Route
from fleet.solver.search import Snapshot, Solution, solve

POLL_S = 0.05
GRACE_S = 5.0
"""What a child may take over its budget, for its start and the end of its last step, before it is killed."""
REPORT_EVERY_S = 0.1


class SolverCrashedError(RuntimeError):
    """The child failed; the message is the end of what it wrote to standard error."""


def solve_in_child(
    instance: Instance,
    *,
    budget_s: float,
    iterations: int | None = None,
    seed: int = 1,
    first: Sequence[Sequence[int]] = (),
    progress: Callable[[Snapshot], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Solution:
    """Do what :func:`fleet.solver.search.solve` does, in a child process that is killed on a cancel.

    Returns
    -------
    Solution
        The child's result; after a cancel, an overrun, or death by a signal the best that it had reported.

    Raises
    ------
    SolverCrashedError
        If the child raised an error, or died without any solution.
    """
    began = time.monotonic()
    paths = os.pathsep.join(path or os.getcwd() for path in sys.path)
    child = subprocess.Popen(
        [sys.executable, "-m", "fleet.solver.process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": paths},
        # A Ctrl-C on the terminal is for the parent: it then asks for the best plan so far.
        start_new_session=True,
    )
    messages: queue.SimpleQueue[Any] = queue.SimpleQueue()
    errors: list[bytes] = []
    threads = [
        threading.Thread(target=_read_all, args=(child.stdout, messages), daemon=True),
        threading.Thread(target=lambda: errors.append(_stream(child.stderr).read()), daemon=True),
    ]
    for thread in threads:
        thread.start()
    latest: Snapshot | None = None
    phase_began: dict[str, float] = {}
    phases_s: dict[str, float] = {}
    try:
        with contextlib.suppress(BrokenPipeError):
            _write(_stream(child.stdin), (instance, budget_s, iterations, seed, first, time.time()))
        limit_s = budget_s + GRACE_S
        while True:
            if (cancelled is not None and cancelled()) or time.monotonic() - began > limit_s:
                break
            try:
                message = messages.get(timeout=POLL_S)
            except queue.Empty:
                continue
            if message is None:
                # The end of its output: give it the moment in which its exit status becomes known.
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.wait(timeout=GRACE_S)
                break
            if isinstance(message, Solution):
                return message
            latest = message
            now = time.monotonic()
            phases_s[message.phase] = round(now - phase_began.setdefault(message.phase, now), 3)
            if progress is not None:
                progress(message)
    finally:
        child.kill()
        child.wait()
        for thread in threads:
            thread.join()
        for stream in (child.stdin, child.stdout, child.stderr):
            with contextlib.suppress(BrokenPipeError):
                _stream(stream).close()
    failed = child.returncode > 0
    if failed or (latest is None and not (cancelled is not None and cancelled())):
        raise SolverCrashedError(b"".join(errors).decode(errors="replace")[-2_000:])
    routes: list[Route | None] = [None] * instance.n_vehicles if latest is None else latest.routes
    return Solution(routes, [], phases_s, stopped_early=True)


def _stream(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise RuntimeError("the child has no pipe")
    return stream


def _write(stream: IO[bytes], message: object) -> None:
    data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(struct.pack("<Q", len(data)) + data)
    stream.flush()


def _read(stream: IO[bytes]) -> Any:
    """Return the next message, None at the end of the stream."""
    head = stream.read(8)
    if len(head) < 8:
        return None
    (length,) = struct.unpack("<Q", head)
    data = stream.read(length)
    # Our own child's messages: nobody else can write to this pipe.
    return pickle.loads(data) if len(data) == length else None


def _read_all(stream: IO[bytes] | None, messages: "queue.SimpleQueue[Any]") -> None:
    while True:
        message = _read(_stream(stream))
        messages.put(message)
        if message is None:
            return


def _die_with_parent(stream: IO[bytes]) -> None:
    stream.read(1)
    os._exit(1)


def main() -> None:
    """Run the job that comes in on standard input."""
    # OR-Tools may print to standard output from C++: give it standard error instead.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    instance, budget_s, iterations, seed, first, sent_at = _read(sys.stdin.buffer)
    threading.Thread(target=_die_with_parent, args=(sys.stdin.buffer,), daemon=True).start()
    last_report_s = -REPORT_EVERY_S
    phase = ""

    def report(snapshot: Snapshot) -> None:
        nonlocal last_report_s, phase
        now_s = time.monotonic()
        # A new phase always: within it OR-Tools may let no line of ours run for seconds.
        if snapshot.phase != phase or now_s - last_report_s >= REPORT_EVERY_S:
            phase = snapshot.phase
            last_report_s = now_s
            _write(out, snapshot)

    status = 1
    try:
        solution = solve(
            instance,
            budget_s=max(0.0, budget_s - (time.time() - sent_at)),
            iterations=iterations,
            seed=seed,
            first=first,
            progress=report,
        )
        _write(out, solution)
        out.close()
        status = 0
    except Exception:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        # The thread that watches the parent is still reading standard input: an ordinary end of the
        # interpreter would wait for it, and abort, which looks like a child that was killed.
        os._exit(status)


if __name__ == "__main__":
    main()

"""The process in which a search runs: ``python -m fleet.solver.child``, started by ``fleet.solver.process``.

It reads one job from its standard input, writes snapshots and the solution to its standard output, and ends
when its standard input does, so it never outlives its parent.
"""

import os
import sys
import threading
import time
import traceback
from typing import IO

from fleet.solver.messages import BEFOREHAND, READY, Job, read_message, write_message


def main() -> None:
    """Run the job that comes in on standard input."""
    # numba would load it for linear algebra, which no kernel has: 25 MB in each child that waits.
    sys.modules["scipy"] = None  # type: ignore[assignment]
    # OR-Tools may print to standard output from C++: give it standard error instead.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    status = 1
    try:
        if BEFOREHAND in sys.argv:
            _load()
            write_message(out, READY)
        job = read_message(sys.stdin.buffer)
        if isinstance(job, Job):
            threading.Thread(target=_die_with_parent, args=(sys.stdin.buffer,), daemon=True).start()
            _run(job, out)
        out.close()
        status = 0
    except Exception:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        # The thread that watches the parent is still reading standard input: an ordinary end of the
        # interpreter would wait for it, and abort, which looks like a child that was killed.
        os._exit(status)


def _run(job: Job, out: IO[bytes]) -> None:
    from fleet.solver.search import solve

    solution = solve(
        job.instance,
        budget_s=max(0.0, job.budget_s - (time.monotonic() - job.asked_at)),
        iterations=job.iterations,
        workers=job.workers,
        seed=job.seed,
        fewest_vehicles=job.fewest_vehicles,
        first=job.first,
        progress=lambda snapshot: write_message(out, snapshot),
    )
    write_message(out, solution)


def _load() -> None:
    """Do once what every search does first: load the kernels by calling them, and import OR-Tools."""
    from fleet.solver import routing_model  # noqa: F401
    from fleet.solver.warm import forget_how_to_compile, warm

    warm()
    forget_how_to_compile()


def _die_with_parent(stream: IO[bytes]) -> None:
    stream.read(1)
    os._exit(1)


if __name__ == "__main__":
    main()

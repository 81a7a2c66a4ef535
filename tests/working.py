"""A worker in the process of the tests: it does the jobs of a store in a waiting child."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from fleet.jobs.work import work_once
from fleet.service.context import Context
from fleet.solver.process import WarmChild

PAUSE_S = 0.02


@contextmanager
def worker(ctx: Context) -> Iterator[None]:
    """Do whatever waits, until the block ends."""
    stopping = threading.Event()

    def run() -> None:
        with WarmChild() as child:
            while not stopping.is_set():
                if not work_once(ctx, child=child, stopping=stopping):
                    stopping.wait(PAUSE_S)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()

"""Processes that do jobs, as they run in earnest: started, looked into, killed."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy.orm import Session

from fleet.service import jobs
from fleet.service.context import Context
from fleet.service.job_inputs import PlanInput, SearchSettings
from fleet.service.jobs import JobKind, JobView
from fleet.service.roles import Caller
from fleet.store.jobs import JobState
from fleet.store.tables import Job, StoredPlan
from tests.random_days import random_day

AT_MOST_S = 120.0
"""Far above what anything here takes on a machine that has nothing else to do."""
LOOK_S = 0.05
SEARCHER = "fleet.solver.child"
DASK_WORKER = "--multiprocessing-fork"
SYSTEM = Caller.system()
DAY = random_day(7, requests=40, tricycles=6)
"""Too large for a proof of its best plan to end the search before its time."""
ENDLESS = SearchSettings(budget_s=600.0)
"""A search that somebody ends."""
QUICK = SearchSettings(iterations=20, budget_s=AT_MOST_S)
"""A search that has come to its end when its work is done, however slow the machine is."""


def until(holds: Callable[[], object], what: str, *, look_s: float = LOOK_S) -> None:
    """Wait until something holds."""
    give_up_at = time.monotonic() + AT_MOST_S
    while not holds():
        assert time.monotonic() < give_up_at, f"never: {what}"
        time.sleep(look_s)


def submitted(ctx: Context, settings: SearchSettings = QUICK) -> str:
    """A plan of the day is asked for."""
    return jobs.submit(ctx, SYSTEM, kind=JobKind.PLAN, input=_asking(settings)).id


def ask_for_less(session: Session, job_id: str) -> None:
    """Let a search that has been endless so far be quick in its next run."""
    job = session.get_one(Job, job_id)
    job.input = _asking(QUICK)


def _asking(settings: SearchSettings) -> str:
    return PlanInput(day=DAY, settings=settings).model_dump_json(by_alias=True)


def job_of(ctx: Context, job_id: str) -> JobView:
    return jobs.read_job(ctx, SYSTEM, job_id=job_id)


def searching(ctx: Context, job_id: str) -> None:
    """Wait until a job has a first plan, and somebody searches for a better one."""
    until(lambda: _has_plan(ctx, job_id), f"job {job_id} has a plan: {job_of(ctx, job_id)}")
    assert job_of(ctx, job_id).state is JobState.RUNNING


def ended(ctx: Context, job_id: str) -> JobView:
    """Wait until a job is over."""
    until(lambda: job_of(ctx, job_id).state.is_over, f"job {job_id} is over")
    return job_of(ctx, job_id)


def attempts(ctx: Context, job_id: str) -> int:
    with ctx.store.read() as session:
        job = session.get(Job, job_id)
        assert job is not None
        return job.attempts


def plans_of_jobs(ctx: Context) -> list[str | None]:
    """The job of each plan that is kept, in order."""
    with ctx.store.read() as session:
        return sorted(plan.job_id or "" for plan in session.query(StoredPlan))


def _has_plan(ctx: Context, job_id: str) -> bool:
    with ctx.store.read() as session:
        job = session.get(Job, job_id)
        return job is not None and job.best is not None


@contextlib.contextmanager
def started(*arguments: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of Python that is ended, with all that it has started, at the end of the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments],
        env={**os.environ, "FLEET_LOST_AFTER_S": "8", "FLEET_NICENESS": "0", **environment},
        stdin=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        family = [process.pid, *descendants(process.pid)]
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=20)
        for pid in family:
            kill(pid)
        process.wait()


def worker_process(
    ctx: Context, **environment: str
) -> contextlib.AbstractContextManager[subprocess.Popen[bytes]]:
    """What does the jobs of a database, as on a further machine."""
    return started("fleet.jobs", "--database", ctx.store.url, **environment)


def descendants(pid: int, *, like: str = "") -> list[int]:
    """The processes that a process has started, and these again, whose command has a word."""
    found: list[int] = []
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in map(int, (task / "children").read_text().split()):
                found += [child, *descendants(child)]
    return [child for child in found if like in _command(child)]


def _command(pid: int) -> str:
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return ""


def environment(pid: int) -> dict[str, str]:
    """The environment that a process was started with."""
    entries = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    return dict(entry.split("=", 1) for entry in entries if entry)


def is_alive(pid: int) -> bool:
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


def kill(pid: int) -> None:
    """``kill -9``."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port

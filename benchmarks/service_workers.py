"""A batch of plans by one worker of Dask and by two, over TCP, with the jobs on PostgreSQL.

    python -m benchmarks.service_workers [--quick] [--plans N] [--iterations N] [--database URL] [--csv FILE]

Each worker does one job at a time on a core and a loopback address of its own, as a machine of its own would.
Every plan takes the same iterations, so the work is the same however long it takes. Without a database a
PostgreSQL server is started for the run, as the tests do.
"""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence

from benchmarks._table import arguments, machine, print_table, write_csv
from fleet.jobs.carrier import Carrier
from fleet.model import Day
from fleet.samples import make_day
from fleet.service import jobs
from fleet.service.config import Config
from fleet.service.context import Context
from fleet.service.job_inputs import PlanInput, SearchSettings
from fleet.service.jobs import JobKind
from fleet.service.roles import Caller
from fleet.store import migrate, open_store
from fleet.store.jobs import JobState
from tests.database import find_postgresql, running_server

ADDRESSES = ("127.0.0.1", "127.0.0.2")
HEADER = ("workers", "plans", "seconds", "plans an hour", "times as fast")
START_S = 120.0
LOOK_S = 0.1


def main(given: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = arguments("A batch of plans by one worker and by two")
    parser.add_argument("--plans", type=int, default=20)
    parser.add_argument("--iterations", type=int, default=1_000)
    parser.add_argument("--database", metavar="URL", help="an empty database of a PostgreSQL server")
    options = parser.parse_args(given)
    plans, iterations = (2, 20) if options.quick else (options.plans, options.iterations)
    rows: list[tuple[int, int, float, float, float]] = []
    with _database(options.database) as url:
        for number in (1, 2):
            _tell(f"{number} workers, {plans} plans")
            took_s = measure(url, workers=number, plans=plans, iterations=iterations)
            alone_s = rows[0][2] if rows else took_s
            rows.append((number, plans, took_s, 3_600 * plans / took_s, alone_s / took_s))
    print_table(f"Workers over TCP ({machine()}; {iterations} iterations a plan)", HEADER, rows)
    write_csv(options.csv, HEADER, rows)


def measure(url: str, *, workers: int, plans: int, iterations: int) -> float:
    """Return the seconds in which a batch is done; one plan by each worker goes before it."""
    with socket.socket() as free:
        free.bind((ADDRESSES[0], 0))
        address = f"tcp://{ADDRESSES[0]}:{free.getsockname()[1]}"
    store = open_store(url)
    ctx = Context(store=store, config=Config(database=url, scheduler=address))
    day = make_day("qiaerbag")
    with _dask(address, url=url, workers=workers):
        carrier = Carrier(ctx)
        carrier.start()
        try:
            _wait_for(carrier, workers)
            _tell("one plan by each worker beforehand")
            _batch(ctx, carrier, day, plans=workers, iterations=iterations)
            _tell("the batch")
            began = time.monotonic()
            _batch(ctx, carrier, day, plans=plans, iterations=iterations)
            return time.monotonic() - began
        finally:
            carrier.stop()
            store.close()


def _batch(ctx: Context, carrier: Carrier, day: Day, *, plans: int, iterations: int) -> None:
    caller = Caller.system()
    waiting = []
    for seed in range(1, plans + 1):
        settings = SearchSettings(budget_s=600.0, iterations=iterations, seed=seed)
        given = PlanInput(day=day, settings=settings).model_dump_json(by_alias=True)
        waiting.append(jobs.submit(ctx, caller, kind=JobKind.PLAN, input=given, date=day.date).id)
    carrier.wake()
    began = time.monotonic()
    for number, job_id in enumerate(waiting, start=1):
        while not (job := jobs.read_job(ctx, caller, job_id=job_id)).state.is_over:
            time.sleep(LOOK_S)
        if job.state is not JobState.SUCCEEDED:
            raise RuntimeError(f"a plan was not made: {job.error}")
        _tell(f"  {number} of {plans} after {time.monotonic() - began:.1f} s")


def _wait_for(carrier: Carrier, workers: int) -> None:
    give_up_at = time.monotonic() + START_S
    while carrier.places < workers:
        if time.monotonic() > give_up_at:
            raise TimeoutError("the workers did not start")
        time.sleep(0.1)


@contextlib.contextmanager
def _database(url: str | None) -> Iterator[str]:
    with contextlib.ExitStack() as stack:
        if url is None:
            programs = find_postgresql()
            if programs is None:
                raise SystemExit("no PostgreSQL server here: give the address of a database by --database")
            server = stack.enter_context(running_server(programs))
            url = stack.enter_context(server.database())
        store = open_store(url)
        migrate(store)
        store.close()
        yield url


@contextlib.contextmanager
def _dask(address: str, *, url: str, workers: int) -> Iterator[None]:
    """A scheduler, and workers whose cores are their own as far as there are enough."""
    cores = sorted(os.sched_getaffinity(0))
    port = address.rpartition(":")[2]
    commands = [["distributed.cli.dask_scheduler", "--host", ADDRESSES[0], "--port", port, "--no-dashboard"]]
    commands += [
        ["distributed.cli.dask_worker", address, "--host", ADDRESSES[number], "--nthreads=1",
         "--no-dashboard", "--preload=fleet.jobs.worker"]
        for number in range(workers)
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        for number, command in enumerate(commands):
            core = cores[(number - 1) % len(cores)]
            started = subprocess.Popen(
                ["taskset", "-c", str(core), sys.executable, "-m", *command],
                env={**os.environ, "FLEET_DATABASE": url, "PYTHONPATH": os.getcwd()},
                cwd=folder,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            stack.callback(started.wait)
            stack.callback(started.terminate)
        yield


def _tell(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()

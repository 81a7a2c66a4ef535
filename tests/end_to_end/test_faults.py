"""What goes wrong on a machine while ``fleet serve`` is worked with, each fault at processes that run.

After each: no accepted request or event is lost, no job comes to two results, no plan is unchecked
(``Load.check``), and the service accepts again within 10 s (``Load.goes_on``).
"""

import contextlib
import datetime
import os
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from maps.roads.store import write_atomically
from tests.database import Server
from tests.depth import count
from tests.jobs import processes as p
from tests.load import QUICK_DATE, Load, Unit, settled

ROOT = Path(__file__).parents[2]
DISK = "16m"
BLOCK = b"\0" * 65_536
DOWN_S = 1.5
REFUSED = 3
"""So many times somebody is refused before a fault ends."""
SAFE = "?options=-c%20synchronous_commit%3Don"
"""What PostgreSQL does by itself; the server of the tests does without where nothing crashes."""


@dataclass(frozen=True, kw_only=True)
class Site:
    """Services on one database, with days in it."""

    units: Sequence[Unit]
    token: str

    @property
    def unit(self) -> Unit:
        return self.units[0]

    def load(self, name: str) -> Load:
        return Load(self.units, token=self.token, name=name)


@contextlib.contextmanager
def site(folder: Path, *, services: int = 1, **options: object) -> Iterator[Site]:
    units: list[Unit] = []
    try:
        for number in range(services):
            (folder / str(number)).mkdir()
            units.append(Unit(folder / str(number), **options))
        for unit in units:
            unit.process.until_healthy()
        yield Site(units=units, token=settled(units[0]))
    finally:
        for unit in units:
            unit.process.close()


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A small disk of its own, where one may be mounted; else a folder as any other."""
    folder = tmp_path_factory.mktemp("disk")
    mounts = os.geteuid() == 0
    mounts = mounts and os.system(f"mount -t tmpfs -o size={DISK} tmpfs {folder} 2>/dev/null") == 0
    yield folder
    if mounts:
        assert os.system(f"umount {folder}") == 0


@contextlib.contextmanager
def full(disk: Path, unit: Unit) -> Iterator[None]:
    """Nothing more can be written: there is no room, or where no disk was mounted a limit forbids it."""
    if disk.is_mount():
        filler = disk / "filler"
        with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(BLOCK)
        yield
        filler.unlink()
    else:
        family = [unit.pid, *p.descendants(unit.pid)]
        before = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in family}
        for pid, (_, most) in before.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, most))
        yield
        for pid, limits in before.items():
            with contextlib.suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory: pytest.TempPathFactory, disk: Path) -> Iterator[Site]:
    database = f"sqlite:///{disk / 'fleet.db'}"
    with site(tmp_path_factory.mktemp("sqlite"), FLEET_DATABASE=database) as made:
        yield made


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory, postgresql: Server) -> Iterator[Site]:
    """Two services with one queue."""
    folder = tmp_path_factory.mktemp("pair")
    with postgresql.database() as url, site(folder, services=2, FLEET_DATABASE=url + SAFE) as made:
        yield made


def test_the_solver_child_is_killed(sqlite: Site) -> None:
    with sqlite.load("child") as load:
        job_id = load.searching()
        started_at = load.job(job_id)["started_at"]
        children = p.descendants(sqlite.unit.pid, like=p.SEARCHER)
        assert children
        for pid in children:
            p.kill(pid)
        load.goes_on()
    load.check()
    assert load.job(job_id)["started_at"] == started_at, "what it had told of is the plan"


def test_the_worker_is_killed(sqlite: Site) -> None:
    with sqlite.load("worker") as load:
        job_id = load.searching()
        started_at = load.job(job_id)["started_at"]
        (worker,) = p.descendants(sqlite.unit.pid, like=p.DASK_WORKER)
        orphans = p.descendants(worker, like=p.SEARCHER)
        assert orphans
        p.kill(worker)
        load.goes_on()
        p.until(lambda: not any(map(p.is_alive, orphans)), "children end with their worker")
    load.check()
    assert load.job(job_id)["started_at"] > started_at, "it was done again"


def test_the_disk_is_full(sqlite: Site, disk: Path) -> None:
    with sqlite.load("disk") as load:
        load.searching()
        with full(disk, sqlite.unit):
            p.until(lambda: load.refused[507, "STORAGE_FULL"] >= REFUSED, f"there is no room: {load.refused}")
            assert load.get("/jobs")["items"], "what is there can be read"
        load.goes_on()
    load.check(refused=(507, 503))


def test_the_service_is_killed_and_started_again(sqlite: Site) -> None:
    with sqlite.load("service") as load:
        job_id = load.searching()
        started_at = load.job(job_id)["started_at"]
        family = p.descendants(sqlite.unit.pid)
        sqlite.unit.process.kill()
        p.until(lambda: not any(map(p.is_alive, family)), "all that it had started ends with it")
        sqlite.unit.process.close()
        again = time.monotonic()
        sqlite.unit.start()
        load.goes_on(since=again)
    load.check()
    assert load.job(job_id)["started_at"] > started_at, "it was done again"


def test_one_of_two_services_is_killed(pair: Site) -> None:
    killed, _ = pair.units
    with pair.load("one") as load:
        # As many as there are workers: one is the killed one's.
        jobs = [load.searching() for _ in pair.units]
        killed.process.kill()
        killed.process.close()
        again = time.monotonic()
        killed.start()
        load.goes_on(since=again)
    load.check()
    assert all(load.job(job_id)["plan_id"] for job_id in jobs)


@pytest.mark.parametrize("crash", count(short=[True], long=[True, False]))
def test_postgresql_is_restarted_under_two_services(pair: Site, postgresql: Server, crash: bool) -> None:
    with pair.load(f"restart{crash}") as load:
        load.searching()
        postgresql.stop(crash=crash)
        time.sleep(DOWN_S)
        p.until(lambda: load.refused[503, "DATABASE_UNREACHABLE"] >= REFUSED, f"away: {load.refused}")
        postgresql.start()
        load.goes_on()
    load.check()


@contextlib.contextmanager
def scheduler(port: int) -> Iterator[int]:
    with p.started(
        "distributed.cli.dask_scheduler",
        "--host=127.0.0.1",
        f"--port={port}",
        "--no-dashboard",
        "--dashboard-address=127.0.0.1:0",
    ) as process:
        yield process.pid


@contextlib.contextmanager
def worker(port: int, database: str) -> Iterator[int]:
    with p.started(
        "distributed.cli.dask_worker",
        f"tcp://127.0.0.1:{port}",
        "--preload=fleet.jobs.worker",
        "--nthreads=1",
        "--no-dashboard",
        FLEET_DATABASE=database,
    ) as process:
        yield process.pid


def test_the_scheduler_and_its_worker_are_killed(tmp_path: Path) -> None:
    port = p.free_port()
    database = f"sqlite:///{tmp_path / 'fleet.db'}"
    elsewhere = {"FLEET_SCHEDULER": f"tcp://127.0.0.1:{port}", "FLEET_DATABASE": database}
    with contextlib.ExitStack() as running:
        first = running.enter_context(scheduler(port))
        nanny = running.enter_context(worker(port, database))
        there = running.enter_context(site(tmp_path, **elsewhere))

        with there.load("elsewhere") as load:
            job_id = load.searching()
            (process,) = p.descendants(nanny, like=p.DASK_WORKER)
            p.kill(process)
            load.goes_on()
            load.ended(job_id)

            load.searching()
            p.kill(first)
            # A worker without its scheduler ends by itself, and is for systemd to start again.
            p.until(lambda: not p.is_alive(nanny), "the worker ends")
            running.enter_context(scheduler(port))
            running.enter_context(worker(port, database))
            load.goes_on()
        load.check()


def test_the_clock_jumps(tmp_path: Path) -> None:
    file = tmp_path / "days"

    def wrong_by(days: int) -> None:
        # At once: who reads the clock while a file is written in place finds nothing in it.
        write_atomically(file, str(days).encode())

    wrong_by(0)
    odd = {"ODD_CLOCK": str(file), "PYTHONPATH": str(ROOT)}
    program = (sys.executable, "-m", "tests.odd_clock")
    with site(tmp_path, program=program, FLEET_JOB_DAYS="3650", **odd) as there:
        with there.load("clock") as load:
            load.searching()
            for days in (29, -29):
                wrong_by(days)
                load.goes_on()
            # Long enough for every token to be over; it is good again afterwards.
            wrong_by(400)
            p.until(lambda: load.refused[401, "NOT_SIGNED_IN"] >= REFUSED, f"too late: {load.refused}")
            wrong_by(3)
            load.goes_on()
            meanwhile = load.post_plan(QUICK_DATE, iterations=20)
            load.ended(meanwhile)
            wrong_by(0)
            load.goes_on()
        load.check(refused=(401,))
        now = datetime.datetime.now(datetime.UTC)
        started_at = datetime.datetime.fromisoformat(load.job(meanwhile)["started_at"])
        assert started_at - now > datetime.timedelta(days=2), "workers have the clock of the service"

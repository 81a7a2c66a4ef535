"""The service under the load of a large township's morning, with plans being made and without.

    python -m benchmarks.service_load [--quick] [--drivers N] [--seconds N] [--database URL] [--csv FILE]

``fleet serve`` runs as in earnest. This process plays the drivers' phones, each over connections of its own:
they ask for their route every 15 s, naming the version they have, and report an event a minute. A dispatcher
looks at the day's state and at a job, and publishes another plan half-way, so that every phone fetches its
route again. The same is measured while four plans are being made. All that was accepted has to be kept, or
the command fails.

Before that it is measured when the first checked plan of a day can be had: by the first job of a process,
which has to load what plans are made with, and by the next one.
"""

import contextlib
import datetime
import gzip
import http.client
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from benchmarks._memory import Sampler
from benchmarks._service import ROADS, SAMPLE, Phone, Township, settled
from benchmarks._table import Row, arguments, machine, print_table, write_csv
from fleet.samples import sample_roads
from maps.roads import save_roads
from tests.serving import Running, free_port, serving

ROUTE_S, EVENT_S, STATE_S, JOB_S, MEMORY_S = 15.0, 60.0, 2.0, 1.0, 5.0
SOLVES = 4
HEADER = ("load", "calls", "number", "errors", "p50 ms", "p90 ms", "p99 ms", "most ms")
READS = ("route, known", "route, new", "state, known", "state, new", "job, known", "job, new")
FIRST_HEADER = ("job of the process", "claimed", "first figures", "first checked plan")
WRITES = EVENT, PUBLICATION = ("event", "publication")
SETTLES_S = 5.0
STEADY_MB = 2.0
LOOK_S = 0.02
AT_MOST_S = 30.0
Answer = tuple[int, dict[str, str], bytes]


class Task(NamedTuple):
    """Something that is done again and again."""

    do: Callable[[], object]
    every_s: float
    first_s: float


@dataclass
class Log:
    """How long calls took, by what they were, and how many went wrong."""

    took_s: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    accepted: int = 0

    def rows(self, load: str) -> list[Row]:
        """Return a row for each kind of call, and one for all reads."""
        reads = [took_s for kind in READS for took_s in self.took_s[kind]]
        wrong = sum(len(self.errors.get(kind, ())) for kind in ("route", "state", "job"))
        rows = [_row(load, kind, self.took_s[kind], 0) for kind in READS if self.took_s[kind]]
        rows.append(_row(load, "all reads", reads, wrong))
        rows += [_row(load, kind, self.took_s[kind], len(self.errors.get(kind, ()))) for kind in WRITES]
        return rows


class Line:
    """A connection that is kept, as phones and browsers do."""

    def __init__(self, address: str, secret: str, log: Log) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=AT_MOST_S)
        self._secret = secret
        self._log = log

    def call(self, kind: str, method: str, path: str, *, document: Any = None, etag: str = "") -> Answer:
        """Call; note how long it took, or what went wrong."""
        headers = {"Authorization": f"Bearer {self._secret}", "Accept-Encoding": "gzip"}
        if etag:
            headers["If-None-Match"] = etag
        body = None if document is None else json.dumps(document)
        if body is not None:
            headers["Content-Type"] = "application/json"
        began = time.perf_counter()
        try:
            self._connection.request(method, f"/api/v1{path}", body, headers)
            response = self._connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            self._log.errors[kind].append(repr(error))
            return 0, {}, b""
        took_s = time.perf_counter() - began
        answered = {name.lower(): value for name, value in response.getheaders()}
        if response.status not in (200, 201, 202, 304):
            self._log.errors[kind].append(f"{response.status} {content[:200]!r}")
        elif method == "GET":
            self._log.took_s[f"{kind}, {'known' if response.status == 304 else 'new'}"].append(took_s)
        else:
            self._log.took_s[kind].append(took_s)
        if answered.get("content-encoding") == "gzip":
            content = gzip.decompress(content)
        return response.status, answered, content

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


def main(given: Sequence[str] | None = None) -> None:
    """Print the tables."""
    parser = arguments("The service under load")
    parser.add_argument("--drivers", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=120.0, help="how long each load lasts")
    parser.add_argument("--database", metavar="URL", help="an empty database of a PostgreSQL server")
    options = parser.parse_args(given)
    seconds = 20.0 if options.quick else options.seconds
    title = f"{machine()}, {os.getloadavg()[1]:.1f} processes running for five minutes before"
    with tempfile.TemporaryDirectory() as folder:
        save_roads(sample_roads(SAMPLE), Path(folder, ROADS))
        with _served(Path(folder), options.database) as service:
            memory = [("idle, nothing done yet", _pss_mb(service))]
            _tell(f"a day of {options.drivers} drivers")
            town = settled(service, drivers=options.drivers)
            first_rows = [first_plan(service, town, which) for which in ("first", "next")]
            rows: list[Row] = []
            for load, solves in (("no plans", 0), (f"{SOLVES} plans", SOLVES)):
                _tell(f"{load}, {seconds:g} s")
                log, peak_mb = measure(service, town, seconds=seconds, solves=solves)
                rows += log.rows(load)
                memory.append((f"most, {load}", peak_mb))
                for kind, errors in log.errors.items():
                    _tell(f"{kind}: {len(errors)} errors, the last {errors[-1]}")
    print_table("Seconds from the submission of a day of 116 requests", FIRST_HEADER, first_rows)
    print_table(f"{options.drivers} drivers for {seconds:g} s ({title})", HEADER, rows)
    print_table("Memory of all processes (PSS)", ("when", "MB"), [(when, round(mb)) for when, mb in memory])
    write_csv(options.csv, HEADER, rows)


def first_plan(service: Running, town: Township, which: str) -> Row:
    """Ask for a plan; return when it was claimed, had figures, had a checked plan."""
    token = town.dispatcher
    began = time.monotonic()
    job = service.post(f"/days/{town.other_date}/plans", {"budget_s": 30.0}, token=token)["id"]
    seen: dict[str, float] = {}
    while "plan" not in seen:
        view = service.get(f"/jobs/{job}", token=token)
        status, _ = service.call("GET", f"/jobs/{job}/best", token=token)
        now_s = time.monotonic() - began
        found = {"claimed": view["state"] != "queued", "figures": view["best"], "plan": status == 200}
        for stage in (stage for stage, holds in found.items() if holds):
            seen.setdefault(stage, now_s)
        time.sleep(LOOK_S)
    service.call("DELETE", f"/jobs/{job}", token=token)
    service.until(lambda: service.get(f"/jobs/{job}", token=token)["finished_at"])
    _steady(service)
    return which, seen["claimed"], seen["figures"], seen["plan"]


def measure(service: Running, town: Township, *, seconds: float, solves: int) -> tuple[Log, float]:
    """Play a load; return what was noted, and the most memory that was seen."""
    log = Log()
    before = _last_number(service, town)
    with _solving(service, town, solves) as jobs:
        memory = _play(service, town, log, seconds=seconds, job=jobs[0] if jobs else None)
    kept = _last_number(service, town) - before
    if kept != log.accepted:
        raise RuntimeError(f"{log.accepted} events were accepted and {kept} are kept")
    return log, memory.peak_mb


def _play(service: Running, town: Township, log: Log, *, seconds: float, job: str | None) -> Sampler:
    over = threading.Event()
    memory = Sampler(service.process.pid)
    with contextlib.ExitStack() as stack:

        def line(secret: str) -> Line:
            made = Line(service.address, secret, log)
            stack.callback(made.close)
            return made

        tasks = [Task(memory.sample, MEMORY_S, 1.0)]
        desk = line(town.dispatcher)
        tasks.append(Task(lambda: _publish(desk, town), 10 * seconds, seconds / 2))
        watched = {"state": (f"/days/{town.date}/state", STATE_S), "job": (f"/jobs/{job}", JOB_S)}
        for kind, (path, every_s) in watched.items():
            if kind != "job" or job is not None:
                tasks.append(Task(_watching(line(town.dispatcher), kind, path), every_s, 0.0))
        for number, phone in enumerate(town.phones):
            share = number / len(town.phones)
            asks, reports = line(phone.secret), line(phone.secret)
            tasks.append(Task(partial(_ask, phone, asks), ROUTE_S, ROUTE_S * share))
            tasks.append(Task(partial(_report, phone, reports, town, log), EVENT_S, EVENT_S * share))
        threads = [threading.Thread(target=_repeat, args=(task, over), daemon=True) for task in tasks]
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        over.set()
        for thread in threads:
            thread.join()
    return memory


def _repeat(task: Task, over: threading.Event) -> None:
    """Do something at its times; what takes longer than that is not made up for."""
    due = time.monotonic() + task.first_s
    while not over.wait(max(0.0, due - time.monotonic())):
        task.do()
        due = max(due + task.every_s, time.monotonic())


def _ask(phone: Phone, line: Line) -> None:
    status, headers, content = line.call("route", "GET", "/me/route", etag=phone.etag)
    if status == 200:
        phone.learn(json.loads(content), headers["etag"])


def _report(phone: Phone, line: Line, town: Township, log: Log) -> None:
    at = datetime.datetime.now(datetime.UTC)
    event = next(phone.happened, None)
    if event is None:
        return
    event |= {
        "id": f"{phone.tricycle}-{at:%H%M%S%f}",
        "occurred_at": at.isoformat(timespec="seconds"),
        "tricycle": phone.tricycle,
        "plan": phone.plan,
    }
    document = {"date": town.date.isoformat(), "events": [event]}
    status, _, content = line.call(EVENT, "POST", f"/days/{town.date}/events", document=document)
    if status == 200:
        log.accepted += sum(receipt["outcome"] == "accepted" for receipt in json.loads(content)["events"])


def _watching(line: Line, kind: str, path: str) -> Callable[[], None]:
    """Return what asks whether something has changed."""
    known = ""

    def look() -> None:
        nonlocal known
        _, headers, _ = line.call(kind, "GET", path, etag=known)
        known = headers.get("etag", known)

    return look


def _publish(line: Line, town: Township) -> None:
    line.call(PUBLICATION, "POST", f"/plans/{next(town.plans)}/publish")


@contextlib.contextmanager
def _solving(service: Running, town: Township, number: int) -> Iterator[list[str]]:
    """Keep plans being made; the block begins when each has a first plan."""
    settings = [{"budget_s": 600.0, "seed": seed} for seed in range(number)]
    jobs = [
        service.post(f"/days/{town.other_date}/plans", given, token=town.dispatcher)["id"]
        for given in settings
    ]
    for job in jobs:
        service.until(lambda job=job: service.get(f"/jobs/{job}", token=town.dispatcher)["best"])
    try:
        yield jobs
    finally:
        for job in jobs:
            service.call("DELETE", f"/jobs/{job}", token=town.dispatcher)


@contextlib.contextmanager
def _served(folder: Path, database: str | None) -> Iterator[Running]:
    port = free_port()
    options = ["--roads", ROADS, "--workers", str(SOLVES), "--port", str(port)]
    # Phones sign in by https or, where all is on one machine, by this.
    options += ["--public-url", f"http://localhost:{port}"]
    if database is not None:
        options += ["--database", database]
    with serving(folder, *options, FLEET_NICENESS="10") as service:
        service.database = database or service.database
        service.until_healthy()
        _steady(service)
        yield service


def _last_number(service: Running, town: Township) -> int:
    """Return how many events are kept: they are numbered without gaps."""
    return int(service.get(f"/days/{town.date}/state", token=town.dispatcher)["events"])


def _steady(service: Running) -> None:
    """Wait until the child that waits for the next search has loaded everything: nothing grows any more."""
    before = 0.0
    while abs((now := _pss_mb(service)) - before) > STEADY_MB:
        before = now
        time.sleep(SETTLES_S)


def _pss_mb(service: Running) -> float:
    memory = Sampler(service.process.pid)
    memory.sample()
    return memory.peak_mb


def _row(load: str, kind: str, took_s: Sequence[float], errors: int) -> Row:
    if len(took_s) < 2:
        cuts = [max(took_s, default=0.0)] * 99
    else:
        cuts = statistics.quantiles(took_s, n=100, method="inclusive")
    shown = (cuts[49], cuts[89], cuts[98], max(took_s, default=0.0))
    return load, kind, len(took_s), errors, *(round(1_000 * cut, 1) for cut in shown)


def _tell(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()

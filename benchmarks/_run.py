"""One run of a solver: a process of its own, pinned to one core, ended when it overruns."""

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from benchmarks._memory import Sampler
from benchmarks.peers import SOLVERS, installed

ROOT = str(Path(__file__).parents[1])
GRACE_S = 1.0
GRACE_SHARE = 0.1
"""How much a run may take over its time before it is ended: what it has by then is nothing."""
PREPARING_S = 300.0
"""What a solver may take to start and to be told its problem, which is not part of its time."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """What a solver is to do."""

    solver: str
    seconds: float
    seed: int
    instance: tuple[Path, str] | None = None
    """Folder and name of a benchmark, or"""
    problem: dict[str, Any] | None = None
    """a day in VROOM's JSON."""
    trace: bool = False
    """Whether better solutions are wanted as they are found."""
    cores: tuple[int, ...] = ()
    """Cores to run on, by default the last that this process may use."""
    options: dict[str, Any] = field(default_factory=dict)
    sample_memory: bool = False


@dataclass(frozen=True, kw_only=True)
class Run:
    """What came of it."""

    status: str
    """done, overrun, failed, cannot or missing."""
    detail: str = ""
    version: str = ""
    took_s: float = 0.0
    cpu_s: float = 0.0
    """Processor time within it."""
    routes: Any = None
    trace: tuple[tuple[float, Any], ...] = ()
    peak_mb: float = 0.0
    """Largest resident set of the process plus that of its largest child."""
    pss_mb: float = 0.0
    """Largest proportional set of the process and all below it, where memory was sampled."""


def available(solvers: Sequence[str]) -> list[str]:
    """Return the solvers that are installed; the others are named on standard error."""
    found = []
    for solver in solvers:
        if installed(solver):
            found.append(solver)
        else:
            print(f"{solver} is not installed: pip install 'oasis-fleet[bench]'", file=sys.stderr)
    return found


def solvers_in(text: str) -> list[str]:
    """Read a list of solvers, separated by commas."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in SOLVERS]
    if unknown:
        raise ValueError(f"{unknown[0]} is none of {', '.join(SOLVERS)}")
    return names


def execute(job: Job) -> Run:
    """Run a job in a process of its own."""
    child = subprocess.Popen(
        [sys.executable, "-m", "benchmarks._child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, (ROOT, os.environ.get("PYTHONPATH"))))},
        # With all that it starts it can then be ended at once.
        start_new_session=True,
    )
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    errors: list[str] = []
    assert child.stdin is not None
    assert child.stdout is not None
    assert child.stderr is not None
    readers = [_thread(_read, child.stdout, lines.put), _thread(_read, child.stderr, errors.append)]
    sampler = Sampler(child.pid) if job.sample_memory else None
    try:
        with contextlib.suppress(BrokenPipeError):
            child.stdin.write(_message(job) + "\n")
            child.stdin.flush()
        return _follow(job, child, lines, errors, sampler)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        for reader in readers:
            reader.join()
        for stream in (child.stdin, child.stdout, child.stderr):
            with contextlib.suppress(BrokenPipeError):
                stream.close()


def _message(job: Job) -> str:
    cores = job.cores or (max(os.sched_getaffinity(0)),)
    common = {
        "solver": job.solver,
        "seconds": job.seconds,
        "seed": job.seed,
        "trace": job.trace,
        "cores": cores,
        "options": job.options,
    }
    if job.instance is not None:
        folder, name = job.instance
        return json.dumps({**common, "kind": "pdptw", "folder": str(folder), "name": name})
    return json.dumps({**common, "kind": "day", "problem": job.problem})


def _follow(
    job: Job,
    child: "subprocess.Popen[str]",
    lines: "queue.SimpleQueue[str]",
    errors: list[str],
    sampler: Sampler | None,
) -> Run:
    limit_s = job.seconds + GRACE_S + GRACE_SHARE * job.seconds
    deadline = time.monotonic() + PREPARING_S
    began = 0.0
    version = ""
    trace: list[tuple[float, Any]] = []
    while True:
        try:
            line = lines.get(timeout=max(0.0, min(deadline - time.monotonic(), 0.1)))
        except queue.Empty:
            if sampler is not None:
                sampler.sample()
            if time.monotonic() >= deadline:
                return Run(status="overrun", version=version, took_s=limit_s, trace=tuple(trace))
            if child.poll() is not None and lines.empty():
                return Run(status="failed", version=version, detail="".join(errors)[-300:])
            continue
        message = json.loads(line)
        if message.get("status") == "ready":
            began = time.monotonic()
            deadline = began + limit_s
            version = message["version"]
        elif "status" not in message:
            trace.append((time.monotonic() - began, message["routes"]))
        elif message["status"] == "done":
            return Run(
                status="done",
                version=version,
                took_s=message["took_s"],
                cpu_s=message["cpu_s"],
                routes=message["routes"],
                trace=tuple(trace),
                peak_mb=sum(message["peaks_kb"]) / 1024,
                pss_mb=0.0 if sampler is None else sampler.peak_mb,
            )
        else:
            return Run(status=message["status"], version=version, detail=message["detail"])


def _read(stream: IO[str], take: Callable[[str], None]) -> None:
    for line in stream:
        take(line)


def _thread(target: Callable[..., None], *arguments: Any) -> threading.Thread:
    thread = threading.Thread(target=target, args=arguments, daemon=True)
    thread.start()
    return thread

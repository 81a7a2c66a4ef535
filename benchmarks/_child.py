"""The process of one run: reads a job, solves it on one core, writes lines of JSON.

It is a program of its own, so that a solver that hangs, crashes or overruns takes nobody with it.
"""

import json
import os
import resource
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import IO, Any

from benchmarks._pdptw import load
from benchmarks.peers import CannotExpressError, NotInstalledError, module_of


def main() -> None:
    """Run the job that comes in on standard input."""
    # Solvers in C++ may print: what they print is no line of ours.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    job = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if job["cores"]:
        os.sched_setaffinity(0, job["cores"])
    try:
        _run(job, out)
    except NotInstalledError as error:
        _write(out, {"status": "missing", "detail": str(error)})
    except CannotExpressError as error:
        _write(out, {"status": "cannot", "detail": str(error)})
    except Exception as error:
        traceback.print_exc()
        _write(out, {"status": "failed", "detail": f"{type(error).__name__}: {error}"})
    sys.stderr.flush()
    # The thread that watches the parent still reads standard input: an ordinary end would wait for it.
    os._exit(0)


def _run(job: dict[str, Any], out: IO[str]) -> None:
    module = module_of(job["solver"])
    common: dict[str, Any] = {"seconds": job["seconds"], "seed": job["seed"], **job["options"]}
    if job["trace"]:
        common["report"] = lambda routes: _write(out, {"routes": routes})
    if job["kind"] == "pdptw":
        prepare = getattr(module, "prepare_pdptw", None)
        problem: Any = load(Path(job["folder"]), job["name"])
    else:
        prepare = getattr(module, "prepare_day", None)
        problem = job["problem"]
    if prepare is None:
        raise CannotExpressError(f"{job['solver']} is not told problems of this kind")
    run = prepare(problem, **common)
    _write(out, {"status": "ready", "version": module.version()})
    began, cpu_began_s = time.monotonic(), _cpu_s()
    routes = run()
    took_s, cpu_s = time.monotonic() - began, _cpu_s() - cpu_began_s
    peaks_kb = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    figures = {"took_s": took_s, "cpu_s": cpu_s, "peaks_kb": peaks_kb}
    _write(out, {"status": "done", "routes": routes, **figures})


def _cpu_s() -> float:
    """Return the processor time of this process and of all that it has waited for."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _write(out: IO[str], message: dict[str, Any]) -> None:
    out.write(json.dumps(message) + "\n")
    out.flush()


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(1)


if __name__ == "__main__":
    main()

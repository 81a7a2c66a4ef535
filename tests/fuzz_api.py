"""Calls of all kinds that the OpenAPI document allows, and of all that it forbids, by the tool Schemathesis.

``python -m tests.fuzz_api --cases 10000`` makes at least so many, shared among nobody and the four roles, and
fails where an answer is not as documented, or is a fault of the service.
"""

import argparse
import contextlib
import logging
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

import structlog
from flask import Flask
from sqlalchemy import select

from fleet.api import create_app
from fleet.cli.http_server import HttpServer, listening
from fleet.model import ErrorCode
from fleet.service.config import Config
from fleet.service.context import Context
from fleet.service.roles import Role
from fleet.store import migrate, open_store
from fleet.store.jobs import JobState
from fleet.store.tables import Job
from tests.api_client import client_of
from tests.fuzzed_morning import Morning, morning, settings_of
from tests.running_day import DRIVERS
from tests.working import worker

SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
GENERATED = re.compile(r"(\d+) generated")
SIGNED_OUT = "nobody"
CALLERS = (SIGNED_OUT, *Role)
FAULTS = (ErrorCode.INTERNAL, ErrorCode.SOLVER_CRASHED)

# A document can say what a valid call looks like, not that the place it names is one of the day's: such a
# call may be refused. Of two rules that fit one path, werkzeug's answer to OPTIONS names the methods of both.
SETTINGS = """
[checks]
allow_header_conformance.enabled = false
positive_data_acceptance.expected-statuses = [
    "2xx", "3xx", "400", "401", "403", "404", "409", "410", "412", "413", "422", "429",
]
"""
EVERY_PHASE = "examples,coverage,fuzzing,stateful"


@dataclass(frozen=True, kw_only=True)
class Findings:
    """How many calls were made, and what the tool wrote where it found something wrong."""

    calls: int
    failures: str


@dataclass(frozen=True, kw_only=True)
class FuzzedService:
    """Where it is, the tokens of the roles, and what there is to name."""

    ctx: Context
    address: str
    tokens: dict[str, str]
    morning: Morning


@contextlib.contextmanager
def fuzzed_service(folder: Path) -> Iterator[FuzzedService]:
    """A service on a morning."""
    store = open_store(f"sqlite:///{folder / 'fuzzed.db'}")
    migrate(store)
    ctx = Context(store=store, config=Config(database=store.url, public_url="http://localhost"))
    app = create_app(ctx)
    _without_common_keys(app)
    tokens = {role.value: _token(app, ctx, role) for role in Role}
    with worker(ctx), listening("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        server = HttpServer(app, listener=listener, threads=4)
        server.start()
        yield FuzzedService(ctx=ctx, address=f"http://127.0.0.1:{port}", tokens=tokens, morning=morning(ctx))
        server.stop(grace_s=1)
    store.close()


def fuzz(
    service: FuzzedService, *, caller: str, examples: int, phases: str = EVERY_PHASE, seed: int = 1
) -> Findings:
    """Let the tool call a service as nobody, or as a role."""
    token = service.tokens.get(caller)
    # The tool keeps what it found in the folder it runs in.
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder) / "schemathesis.toml"
        told = settings_of(service.morning, caller=caller, steady=seed % 2 == 0)
        settings.write_text(SETTINGS + told, encoding="utf-8")
        command = [
            *(str(SCHEMATHESIS), "--config-file", str(settings), "run", f"{service.address}/openapi.json"),
            *("--phases", phases, "--max-examples", str(examples), "--seed", str(seed)),
            *("--generation-database", "none", "--continue-on-failure", "--no-color"),
            # Searches come one after the other: nobody waits for them. Who signs out is nobody from then.
            *("--header", "Prefer: respond-async", "--exclude-operation-id", "sign_out"),
            *(("--header", f"Authorization: Bearer {token}") if token else ()),
        ]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    counted = GENERATED.search(done.stdout)
    assert counted is not None, done.stdout + done.stderr
    failures = ("" if done.returncode == 0 else done.stdout) + _faults_of_jobs(service.ctx)
    return Findings(calls=int(counted[1]), failures=failures)


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz as every caller until there were enough calls; say what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000, help="how many calls at least")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    quiet()
    calls, seed, failed = 0, given.seed, False
    while calls < given.cases and not failed:
        for name in CALLERS:
            with tempfile.TemporaryDirectory() as folder, fuzzed_service(Path(folder)) as service:
                found = fuzz(service, caller=name, examples=20, seed=seed)
            calls += found.calls
            print(
                f"{name}: {found.calls} calls, {'failures' if found.failures else 'none failed'}", flush=True
            )
            if found.failures:
                print(found.failures)
                failed = True
        seed += 1
    print(f"{calls} calls")
    return int(failed)


def _faults_of_jobs(ctx: Context) -> str:
    """Name the jobs that ended by a fault of the program: their calls were answered well, before."""
    with ctx.store.read() as session:
        errors = session.scalars(select(Job.error).where(Job.state == JobState.FAILED))
        faults = [error for error in errors if error is not None and error["code"] in FAULTS]
    return "".join(f"a job failed: {fault}\n" for fault in faults)


def _without_common_keys(app: Flask) -> None:
    """Take the key off that the tool gives to nearly every call: each would be refused as another one's."""
    inner = app.wsgi_app

    def outer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("HTTP_IDEMPOTENCY_KEY") == "0":
            del environ["HTTP_IDEMPOTENCY_KEY"]
        return inner(environ, start_response)

    app.wsgi_app = outer  # type: ignore[method-assign]


def quiet() -> None:
    """Leave only faults of the service in the log."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _token(app: Flask, ctx: Context, role: Role) -> str:
    client = client_of(app, ctx, role=role, driver=DRIVERS[0] if role is Role.DRIVER else None)
    assert client.token is not None
    return client.token


if __name__ == "__main__":
    sys.exit(main())

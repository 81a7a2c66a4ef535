"""The service as it runs in earnest: a process of its own, called over HTTP."""

import contextlib
import json
import os
import queue
import re
import secrets
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from fleet.service.accounts import NewAccount, create_account
from fleet.service.context import Context
from fleet.service.roles import Caller, Role
from fleet.service.tokens import NewToken, create_token
from fleet.store import open_store
from tests.fleet_command import KEPT_VARIABLES

AT_MOST_S = 90.0
"""Far above what anything here takes on a machine that has nothing else to do."""
LOOK_S = 0.05
FLEET = Path(sys.executable).with_name("fleet")


class Running:
    """A process that serves; ``output`` and ``errors`` are what it has said so far."""

    def __init__(self, command: list[str], *, folder: Path, **environment: str) -> None:
        kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env={**kept, "LANG": "C.UTF-8", "FLEET_CACHE_DIR": str(folder / "cache"), **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self.database = f"sqlite:///{folder / 'fleet.db'}"
        self.address = ""
        self.output = self.errors = ""
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._readers = [
            threading.Thread(target=self._read_output, daemon=True),
            threading.Thread(target=self._read_errors, daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    @property
    def status(self) -> int:
        """The exit status, once it has ended."""
        return self.process.wait(AT_MOST_S)

    def line(self, part: str) -> str:
        """Wait for a line of its output that has a part."""
        while True:
            found = self._lines.get(timeout=AT_MOST_S)
            assert found is not None, f"it ended before it said {part}:\n{self.errors}"
            if part in found:
                return found.strip()

    def call(
        self, method: str, path: str, document: Any = None, *, token: str = "", **more: Any
    ) -> tuple[int, Any]:
        """Call the interface: the status and the document."""
        headers = {"Content-Type": "application/json"} | (
            {"Authorization": f"Bearer {token}"} if token else {}
        )
        request = urllib.request.Request(
            f"{self.address}/api/v1{path}",
            method=method,
            data=None if document is None else json.dumps(document).encode(),
            headers=headers,
        )
        try:
            with urllib.request.urlopen(request, timeout=AT_MOST_S, **more) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def get(self, path: str, **options: Any) -> Any:
        """The document of a GET."""
        return self.call("GET", path, **options)[1]

    def post(self, path: str, document: Any, **options: Any) -> Any:
        """The document of a POST."""
        return self.call("POST", path, document, **options)[1]

    def until(self, holds: Callable[[], object]) -> None:
        """Wait until something holds."""
        give_up_at = time.monotonic() + AT_MOST_S
        while not holds():
            assert self.process.poll() is None, self.errors
            assert time.monotonic() < give_up_at, self.errors
            time.sleep(LOOK_S)

    def until_healthy(self, **options: Any) -> Any:
        """Wait until everything works, workers too."""
        self.until(lambda: self.get("/health", **options)["ok"])
        return self.get("/health", **options)

    def token(self, role: Role) -> str:
        """A token of a new account, made as the command line makes one."""
        store = open_store(self.database)
        ctx, system = Context(store=store), Caller.system()
        account = NewAccount(name=f"{role}-{secrets.token_hex(4)}", role=role)
        made = create_account(ctx, system, account=account)
        secret = create_token(ctx, system, token=NewToken(account=made.id)).secret
        store.close()
        return secret

    def kill(self) -> None:
        """``kill -9``, of this process alone; what it had started has to notice by itself."""
        self.process.kill()
        self.process.wait(AT_MOST_S)

    def close(self) -> None:
        """End it in its own time."""
        self.process.terminate()
        try:
            self.process.wait(AT_MOST_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        finally:
            for reader in self._readers:
                reader.join()
            for stream in (self.process.stdout, self.process.stderr):
                if stream is not None:
                    stream.close()

    def _read_output(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output += line
            self._lines.put(line)
        self._lines.put(None)

    def _read_errors(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.errors += line


@contextlib.contextmanager
def serving(folder: Path, *options: str, **environment: str) -> Iterator[Running]:
    """``fleet serve`` in a folder, until the end of the block."""
    command = [str(FLEET), "serve", "--port", "0", "--workers", "1", *options]
    service = Running(command, folder=folder, **({"FLEET_NICENESS": "0"} | environment))
    try:
        found = re.search(r"http://[^ ]+", service.line("http://"))
        assert found is not None
        service.address = found[0]
        yield service
    finally:
        service.close()


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port

"""``fleet serve`` begins from nothing, answers, and ends without leaving anybody unanswered."""

import contextlib
import json
import signal
import socket
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from fleet.service.roles import Role
from tests import vroom_examples as examples
from tests.serving import Running, serving

HANGS = """
import contextlib, time
from fleet.cli import serve, serving

@contextlib.contextmanager
def hangs_at_its_end(config, running=serving.running):
    with running(config) as service:
        yield service
        time.sleep(600)

serving.running = hangs_at_its_end
serve.ENDS_WITHIN_S = 1.0
serve.command()
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("service")


def test_it_begins_from_nothing_and_says_where_it_is(folder: Path):
    with serving(folder) as service:
        assert "--roads" in service.line("no road file")
        assert service.line("/setup#").startswith(f"{service.address}/setup#")
        health = service.until_healthy()
        assert health["database"]["state"] == "ok"
        assert health["workers"] == {"state": "ok", "detail": "1"}
        assert (folder / "fleet.db").exists()
    assert service.status == 0


def test_it_says_where_it_listens_whatever_people_are_told(folder: Path):
    public = "http://192.0.2.7:8080"
    with serving(folder, "--public-url", public) as service:
        assert service.line("people and phones").endswith(public)
        service.until(lambda: f"{public} does not lead to http://127.0.0.1:" in service.errors)
        # It is called where it says that it serves.
        assert service.get("/health")["database"]["state"] == "ok"


def test_an_end_that_hangs_is_cut_off_and_says_where(folder: Path):
    command = [sys.executable, "-c", HANGS, "--port", "0", "--workers", "1"]
    with contextlib.closing(Running(command, folder=folder)) as service:
        service.line("http://")
        service.process.terminate()
        assert service.status == 1
    assert "hangs_at_its_end" in service.errors


def test_an_address_that_is_taken_is_named(folder: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(AssertionError, match="ADDRESS_TAKEN"), serving(folder, "--port", str(port)):
            pass


def test_calls_that_run_are_answered_before_the_end(folder: Path):
    answers = []
    with serving(folder) as service:
        token = service.token(Role.DISPATCHER)
        service.until_healthy()
        problem = examples.WITH_A_MATRIX | {"options": {"l": 3}}

        def ask() -> None:
            answers.append(service.post("/solve", problem, token=token))

        asking = threading.Thread(target=ask)
        asking.start()
        service.until(lambda: service.get("/health")["queue"]["running"] == 1)
        service.process.send_signal(signal.SIGTERM)
        asking.join()
        assert answers[0]["code"] == 0
        with pytest.raises(urllib.error.URLError):
            urllib.request.urlopen(f"{service.address}/api/v1/health", timeout=5)
    assert service.status == 0


def test_logs_are_json_and_hold_no_secret(folder: Path):
    with serving(folder) as service:
        token = service.token(Role.DISPATCHER)
        service.get("/jobs?limit=3", token=token)
    lines = [json.loads(line) for line in service.errors.splitlines() if line.startswith("{")]
    assert any(line.get("rule") == "/api/v1/jobs" for line in lines)
    assert token not in service.errors

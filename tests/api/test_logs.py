"""Logs say what happened in ids; a fault is named to the caller and described in the log, without values."""

import json
import logging

import pytest
import structlog
from flask import Flask

from fleet.api import create_app
from fleet.api.logs import configure
from fleet.service.context import Context
from tests import echo_subject
from tests.api_client import Client


@pytest.fixture
def app(ctx: Context) -> Flask:
    return create_app(ctx, subjects=(echo_subject.api, echo_subject.other))


def call_with_fault(client: Client):
    headers = {"Authorization": f"Bearer {client.token}", "X-Request-ID": "the-id"}
    body = {"date": "2026-06-15", "words": "fault"}
    return client.app.test_client().post("/api/v1/echo", json=body, headers=headers)


def test_a_fault_is_answered_with_the_id_that_stands_in_the_log(planner: Client):
    with structlog.testing.capture_logs() as lines:
        response = call_with_fault(planner)
    assert (response.status_code, response.json["error_code"]) == (500, "INTERNAL")
    assert "the-id" in response.json["detail"]
    fault = next(line for line in lines if line["event"] == "fault")
    assert fault["kind"] == "ZeroDivisionError"
    assert any("echo_subject" in place for place in fault["at"])
    assert "ZeroDivisionError" not in response.get_data(as_text=True)


def test_a_log_is_lines_of_json_without_secrets_and_words(
    planner: Client, capsys: pytest.CaptureFixture[str]
):
    configure()
    try:
        planner.post("/echo", json={"date": "2026-06-15", "words": "Patigul 13912345678"})
        planner.get("/echo?cursor=c3VyZWx5")
        call_with_fault(planner)
        planner.get("/household/Patigul")
        try:
            raise KeyError("Patigul")
        except KeyError:
            logging.getLogger("some.library").warning("it failed", exc_info=True)
    finally:
        logging.basicConfig(handlers=[], force=True)
        structlog.reset_defaults()
    written = capsys.readouterr().err
    for hidden in ("Patigul", "13912345678", "c3VyZWx5", planner.token or ""):
        assert hidden not in written
    lines = [json.loads(line) for line in written.splitlines()]
    done = next(line for line in lines if line["event"] == "request")
    assert done["rule"] == "/api/v1/echo"
    assert (done["status"], done["account_id"], done["role"]) == (201, planner.account_id, "planner")
    assert all("request_id" in line for line in lines)
    failed = next(line for line in lines if line["event"] == "it failed")
    assert failed["kind"] == "KeyError"
    assert "test_logs" in failed["at"][0]

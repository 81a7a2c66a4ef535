"""A POST that is sent again is done once."""

import threading

import pytest
from flask import Flask

from fleet.api import create_app
from fleet.api.idempotency import call_sha256
from fleet.service.context import Context
from fleet.store import Store
from fleet.store.kept_answers import begin
from tests import echo_subject
from tests.api_client import Client
from tests.database import Clock

BODY = {"date": "2026-06-15", "words": "once"}
KEY = {"Idempotency-Key": "key-1"}


@pytest.fixture
def api_store(store: Store) -> Store:
    return store


@pytest.fixture
def app(ctx: Context) -> Flask:
    echo_subject.calls.clear()
    return create_app(ctx, subjects=(echo_subject.api, echo_subject.other))


def test_the_same_call_gets_the_same_answer(planner: Client):
    first = planner.post("/echo", json=BODY, headers=KEY)
    again = planner.post("/echo", json=BODY, headers=KEY)
    assert (again.status_code, again.get_data()) == (201, first.get_data())
    assert again.headers["Location"] == first.headers["Location"]
    assert (first.headers.get("Idempotent-Replayed"), again.headers["Idempotent-Replayed"]) == (None, "true")
    assert len(echo_subject.calls) == 1


def test_without_a_key_it_is_done_twice(planner: Client):
    for _ in range(2):
        planner.post("/echo", json=BODY)
    assert len(echo_subject.calls) == 2


def test_another_call_with_the_same_key_is_refused(planner: Client):
    planner.post("/echo", json=BODY, headers=KEY)
    response = planner.post("/echo", json=BODY | {"words": "twice"}, headers=KEY)
    assert (response.status_code, response.json["error_code"]) == (422, "KEY_REUSED")


def test_keys_of_two_accounts_are_two_keys(planner: Client, dispatcher: Client):
    for client in (planner, dispatcher):
        assert client.post("/echo", json=BODY, headers=KEY).headers.get("Idempotent-Replayed") is None
    assert len(echo_subject.calls) == 2


def test_a_call_that_failed_may_be_corrected(planner: Client):
    assert planner.post("/echo", json=BODY | {"words": "refuse"}, headers=KEY).status_code == 422
    assert planner.post("/echo", json=BODY, headers=KEY).status_code == 201


def test_a_call_that_still_runs_is_not_begun_again(planner: Client, ctx: Context, clock: Clock):
    with planner.app.test_request_context("/api/v1/echo", method="POST", json=BODY):
        begin(ctx.store, account_id=planner.account_id, key="key-1", call_sha256=call_sha256())
    response = planner.post("/echo", json=BODY, headers=KEY)
    assert (response.status_code, response.json["error_code"]) == (409, "CALL_STILL_RUNS")
    clock.forward(minutes=6)
    assert planner.post("/echo", json=BODY, headers=KEY).status_code == 201, "its process has died"


def test_two_at_once_are_done_once(planner: Client, ctx: Context):
    answers = []
    together = threading.Barrier(4)

    def ask() -> None:
        together.wait()
        answers.append(Client(planner.app, token=planner.token).post("/echo", json=BODY, headers=KEY))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(echo_subject.calls) == 1
    done = [answer for answer in answers if answer.status_code == 201]
    others = [answer for answer in answers if answer.status_code != 201]
    assert done
    assert {answer.json["error_code"] for answer in others} <= {"CALL_STILL_RUNS"}


def test_an_answer_is_kept_for_a_day(planner: Client, clock: Clock):
    planner.post("/echo", json=BODY, headers=KEY)
    clock.forward(hours=23)
    assert planner.post("/echo", json=BODY, headers=KEY).headers["Idempotent-Replayed"] == "true"
    clock.forward(hours=2)
    assert planner.post("/echo", json=BODY, headers=KEY).headers.get("Idempotent-Replayed") is None


def test_an_answer_that_is_no_text_is_kept_as_it_is(planner: Client):
    first, again = (planner.post("/echo/bytes", json=BODY, headers=KEY) for _ in range(2))
    assert first.get_data() == again.get_data() == b"PK\x03\x04\xff\x00"
    assert again.headers["Content-Type"] == first.headers["Content-Type"]
    assert len(echo_subject.calls) == 1


def test_a_secret_is_never_kept(planner: Client):
    for _ in range(2):
        response = planner.post("/echo/secret", json=BODY, headers=KEY)
        assert response.headers.get("Idempotent-Replayed") is None


@pytest.mark.parametrize("key", ["", "a b", "x" * 201, "\xff"])
def test_a_key_that_is_none_is_refused(planner: Client, key: str):
    response = planner.post("/echo", json=BODY, headers={"Idempotency-Key": key})
    assert (response.status_code, response.json["error_code"]) == (400, "HEADER_MALFORMED")

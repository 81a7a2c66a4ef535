"""Who calls, and what a cookie alone may not do."""

import datetime

import pytest
from flask import Flask

from fleet.api import create_app
from fleet.api.auth import CSRF_HEADER, DEVICE_COOKIE, SESSION_COOKIE
from fleet.service.context import Context
from fleet.service.sessions import csrf_of, issue
from fleet.store.accounts import CredentialKind
from tests import echo_subject
from tests.api_client import Client

BODY = {"date": "2026-06-15"}


@pytest.fixture
def app(ctx: Context) -> Flask:
    return create_app(ctx, subjects=(echo_subject.api, echo_subject.other))


def secret_of(ctx: Context, client: Client, kind: CredentialKind) -> str:
    with ctx.store.write() as session:
        lifetime = datetime.timedelta(days=1)
        _, secret = issue(
            session, kind=kind, account_id=client.account_id, at=ctx.store.clock(), lifetime=lifetime
        )
    return secret


def test_nobody_is_told_how_to_sign_in(nobody: Client):
    response = nobody.get("/echo")
    assert (response.status_code, response.json["error_code"]) == (401, "NOT_SIGNED_IN")
    assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("given", ["Bearer nonsense", "Bearer", "Basic YTpi", "nonsense", "Bearer \xff"])
def test_a_header_that_is_no_token_signs_nobody_in(nobody: Client, given: str):
    assert nobody.get("/echo", headers={"Authorization": given}).status_code == 401


def test_a_wrong_token_is_not_made_good_by_a_cookie(nobody: Client, planner: Client, ctx: Context):
    cookie = f"{SESSION_COOKIE}={secret_of(ctx, planner, CredentialKind.SESSION)}"
    headers = {"Authorization": "Bearer nonsense", "Cookie": cookie}
    assert nobody.get("/echo", headers=headers).status_code == 401


def test_another_role_is_refused_before_its_body_is_read(driver: Client):
    response = driver.post("/echo", data=b"{", headers={"Content-Type": "application/json"})
    assert (response.status_code, response.json["error_code"]) == (403, "FORBIDDEN")
    assert "planner" in response.json["detail"]


@pytest.mark.parametrize(
    ("name", "kind"), [(SESSION_COOKIE, CredentialKind.SESSION), (DEVICE_COOKIE, CredentialKind.DEVICE)]
)
def test_a_cookie_reads_and_changes_with_its_code_only(
    nobody: Client, planner: Client, ctx: Context, name: str, kind: CredentialKind
):
    secret = secret_of(ctx, planner, kind)
    cookie = {"Cookie": f"{name}={secret}"}
    assert nobody.get("/echo", headers=cookie).status_code == 200
    for code in ({}, {CSRF_HEADER: "guessed"}, {CSRF_HEADER: "\xff"}):
        response = nobody.post("/echo", json=BODY, headers=cookie | code)
        assert (response.status_code, response.json["error_code"]) == (403, "CSRF_MISSING")
    headers = cookie | {CSRF_HEADER: csrf_of(secret=secret)}
    assert nobody.post("/echo", json=BODY, headers=headers).status_code == 201

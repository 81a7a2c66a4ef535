"""Signing in over HTTP: cookies that scripts and other sites cannot use, and tries that are counted."""

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from structlog.testing import capture_logs

from fleet.api import create_app
from fleet.api.headers import PREFIX
from fleet.service import passwords
from fleet.service.context import Context
from fleet.service.roles import Role
from fleet.service.setup import ensure_setup_link
from fleet.service.sign_in import TRIES_PER_NAME
from fleet.store.tables import Base, StoredDay
from tests.accounts import PASSWORD, add_account, context
from tests.api_client import Client, client_of
from tests.database import Clock

TOKENS = f"{PREFIX}/tokens"
SESSION = f"{PREFIX}/session"


@pytest.fixture
def browser_of(app: Flask, ctx: Context) -> FlaskClient:
    """A browser in which Aygul, a dispatcher, has not signed in yet."""
    add_account(ctx, "aygul")
    return app.test_client()


def sign_in(client: FlaskClient, name: str = "aygul", password: str = PASSWORD):
    return client.post(SESSION, json={"name": name, "password": password})


def cookie_of(response) -> str:
    return response.headers["Set-Cookie"].partition(";")[0].partition("=")[2]


def test_a_session_is_a_cookie_and_a_code(browser_of: FlaskClient):
    response = sign_in(browser_of)
    assert response.status_code == 201
    assert response.json["account"]["name"] == "aygul"
    flags = set(response.headers["Set-Cookie"].split("; ")[1:])
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= flags
    assert response.headers["Cache-Control"] == "no-store"
    assert cookie_of(response) not in response.get_data(as_text=True)
    assert browser_of.get(SESSION).json == response.json


@pytest.mark.parametrize(("address", "is_secure"), [("https://x.example", True), ("http://localhost", False)])
def test_behind_https_the_cookie_goes_by_https_only(api_store, address: str, is_secure: bool):
    ctx = context(api_store, public_url=address)
    add_account(ctx, "aygul")
    response = sign_in(create_app(ctx).test_client())
    assert ("Secure" in response.headers["Set-Cookie"].split("; ")) is is_secure


def test_a_change_by_cookie_needs_the_code_of_this_session(browser_of: FlaskClient, app: Flask):
    csrf = sign_in(browser_of).json["csrf"]
    others = sign_in(app.test_client()).json["csrf"]
    for headers in ({}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": others}):
        for response in (
            browser_of.post(TOKENS, json={}, headers=headers),
            browser_of.delete(SESSION, headers=headers),
            browser_of.put(
                f"{SESSION}/password",
                json={"present": PASSWORD, "password": "walnuts after dark"},
                headers=headers,
            ),
        ):
            assert (response.status_code, response.json["error_code"]) == (403, "CSRF_MISSING")
    assert browser_of.get(TOKENS).json["items"] == []
    assert browser_of.post(TOKENS, json={}, headers={"X-CSRF-Token": csrf}).status_code == 201


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_form_of_another_site_signs_nobody_in(browser_of: FlaskClient, kind: str):
    body = f'{{"name": "aygul", "password": "{PASSWORD}"}}'
    response = browser_of.post(SESSION, data=body, content_type=kind)
    assert response.status_code == 415
    assert "Set-Cookie" not in response.headers


def test_a_planted_cookie_is_never_the_session(browser_of: FlaskClient, app: Flask, ctx: Context):
    add_account(ctx, "attacker")
    planted = cookie_of(sign_in(app.test_client(), "attacker"))
    browser_of.set_cookie("fleet_session", planted)
    secret = cookie_of(sign_in(browser_of))
    assert secret != planted
    other = app.test_client()
    other.set_cookie("fleet_session", planted)
    assert other.get(SESSION).status_code == 401


def test_signing_out_ends_the_session_and_the_cookie(browser_of: FlaskClient, app: Flask):
    started = sign_in(browser_of)
    stolen = app.test_client()
    stolen.set_cookie("fleet_session", cookie_of(started))
    assert stolen.get(SESSION).status_code == 200
    response = browser_of.delete(SESSION, headers={"X-CSRF-Token": started.json["csrf"]})
    assert response.status_code == 204
    assert "Expires=Thu, 01 Jan 1970" in response.headers["Set-Cookie"]
    assert stolen.get(SESSION).status_code == 401


def test_too_many_tries_say_how_long_to_wait(
    browser_of: FlaskClient, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(passwords, "is_right", lambda *_, **__: False)
    for _ in range(TRIES_PER_NAME):
        response = sign_in(browser_of, password="not the password")
        assert (response.status_code, response.json["error_code"]) == (401, "SIGN_IN_WRONG")
    clock.forward(minutes=5)
    response = sign_in(browser_of)
    assert (response.status_code, response.json["error_code"]) == (429, "SIGN_IN_TOO_OFTEN")
    assert response.headers["Retry-After"] == "600"
    assert "600" in response.json["detail"]


def test_the_set_up_link_makes_the_first_admin_over_http_too(app: Flask, ctx: Context):
    secret = str(ensure_setup_link(ctx)).partition("#")[2]
    client = app.test_client()
    body = {"secret": secret, "name": "aygul", "password": PASSWORD}
    weak = client.post(f"{PREFIX}/setup", json={**body, "password": "aygul12345"})
    assert (weak.status_code, weak.json["error_code"]) == (422, "PASSWORD_WEAK")
    assert client.post(f"{PREFIX}/setup", json=body).status_code == 201
    assert client.get(f"{PREFIX}/accounts").json["items"][0]["name"] == "aygul"
    again = app.test_client().post(f"{PREFIX}/setup", json={**body, "name": "other"})
    assert (again.status_code, again.json["error_code"]) == (410, "LINK_OVER")


def test_the_cookie_of_a_phone_is_the_drivers_and_needs_the_code_too(app: Flask, api_store, clock: Clock):
    ctx = context(api_store)
    app = create_app(ctx)
    add_account(ctx, "d07", Role.DRIVER, password=None)
    dispatcher = app.test_client()
    add_account(ctx, "aygul")
    csrf = sign_in(dispatcher).json["csrf"]
    made = dispatcher.post(f"{PREFIX}/drivers/d07/qr", json={}, headers={"X-CSRF-Token": csrf})
    assert made.status_code == 201
    phone = app.test_client()
    use = {"secret": made.json["link"].partition("#")[2]}
    bound = phone.post(f"{PREFIX}/devices", json=use)
    assert bound.status_code == 201
    assert bound.json["account"]["driver"] == "d07"
    assert cookie_of(bound) == bound.json["secret"]
    replayed = app.test_client().post(f"{PREFIX}/devices", json=use)
    assert (replayed.status_code, replayed.json["error_code"]) == (410, "LINK_OVER")
    assert phone.get(SESSION).json["kind"] == "device"
    assert phone.delete(SESSION).json["error_code"] == "CSRF_MISSING"
    app_of_driver = Client(app, token=bound.json["secret"])
    assert app_of_driver.get("/session").json["account"]["driver"] == "d07"
    # A dispatcher's session that is over does not hide the phone.
    sign_in(phone)
    clock.forward(days=1)
    assert phone.get(SESSION).json["kind"] == "device"
    admin = client_of(app, ctx, role=Role.ADMIN)
    (device,) = admin.get("/devices").json["items"]
    assert admin.delete(f"/devices/{device['id']}").status_code == 204
    assert phone.get(SESSION).status_code == 401


def test_no_secret_is_in_the_logs_or_the_database(app: Flask, api_store, clock: Clock):
    """Of everything that the API hands out once, and of everything that is typed."""
    ctx = context(api_store)
    client = create_app(ctx).test_client()
    with ctx.store.write() as session:
        body = {"assignments": [{"tricycle": "t01", "driver": "d07"}]}
        at = ctx.store.clock()
        session.add(StoredDay(date=at.date(), body=body, created_at=at, changed_at=at))
    secrets = [PASSWORD, "not the password", "walnuts after dark", "melons in a basket"]
    with capture_logs() as lines:
        setup = str(ensure_setup_link(ctx)).partition("#")[2]
        given = {"secret": setup, "name": "aygul", "password": PASSWORD}
        started = client.post(f"{PREFIX}/setup", json=given)
        headers = {"X-CSRF-Token": started.json["csrf"], "Idempotency-Key": "again"}
        sign_in(client, password="not the password")
        token = client.post(TOKENS, json={}, headers=headers).json["secret"]
        link = client.post(f"{PREFIX}/drivers/d07/qr", json={}, headers=headers).json["link"]
        device = client.post(f"{PREFIX}/devices", json={"secret": link.partition("#")[2]}).json["secret"]
        account = {"name": "memet", "role": "planner", "password": "melons in a basket"}
        assert client.post(f"{PREFIX}/accounts", json=account, headers=headers).status_code == 201
        change = {"present": PASSWORD, "password": "walnuts after dark"}
        changed = client.put(f"{SESSION}/password", json=change, headers=headers)
        assert changed.status_code == 200
        client.get(f"{PREFIX}/session", headers={"Authorization": f"Bearer {token}x"})
    with ctx.store.read() as session:
        rows = [
            str(value)
            for table in Base.metadata.sorted_tables
            for row in session.execute(select(table))
            for value in row
        ]
    written = "\n".join([*rows, *map(str, lines)])
    assert len(lines) >= 8
    for secret in (*secrets, setup, cookie_of(started), token, link.partition("#")[2], device):
        assert secret not in written
    for name in ("aygul", "memet"):
        assert not any(name in str(line) for line in lines)


def test_who_is_not_signed_in_is_not_read_at_length(nobody: Client):
    for path in ("/session", "/setup", "/devices"):
        long = b"[" + b"{}," * 10_000 + b"{}]"
        announced = nobody.post(path, data=long, headers={"Content-Type": "application/json"})
        in_pieces = nobody.post(
            path,
            input_stream=io.BytesIO(long),
            headers={"Content-Type": "application/json"},
            environ_overrides={"wsgi.input_terminated": True},
        )
        for response in (announced, in_pieces):
            assert (response.status_code, response.json["error_code"]) == (413, "BODY_TOO_LARGE")
            assert "16384" in response.json["detail"]

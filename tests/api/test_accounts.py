"""Accounts, tokens and phones over HTTP: versions, pages, and nobody else's."""

import pytest

from fleet.api import create_app
from fleet.service.context import Context
from fleet.service.roles import Role
from tests.accounts import PASSWORD, add_account, context
from tests.api_client import Client, client_of


def test_an_account_is_made_read_changed_and_deleted(admin: Client):
    made = admin.post("/accounts", json={"name": "memet", "role": "driver", "driver": "d08"})
    assert made.status_code == 201
    path = made.headers["Location"].removeprefix("/api/v1")
    assert admin.get(path).json == made.json
    change = {"name": "memet", "role": "planner"}
    changed = admin.put(path, json=change, headers={"If-Match": made.headers["ETag"]})
    assert (changed.status_code, changed.json["role"], changed.json["driver"]) == (200, "planner", None)
    late = admin.put(path, json=change, headers={"If-Match": made.headers["ETag"]})
    assert (late.status_code, late.json["error_code"]) == (412, "CHANGED_MEANWHILE")
    assert admin.delete(path, headers={"If-Match": made.headers["ETag"]}).status_code == 412
    assert admin.delete(path).status_code == 204
    assert admin.get(path).status_code == 404


def test_a_password_is_set_and_never_shown(admin: Client, nobody: Client):
    made = admin.post("/accounts", json={"name": "memet", "role": "planner"})
    assert made.json["has_password"] is False
    response = admin.put(f"/accounts/{made.json['id']}/password", json={"password": PASSWORD})
    assert response.json["has_password"] is True
    assert PASSWORD not in response.get_data(as_text=True)
    assert nobody.post("/session", json={"name": "memet", "password": PASSWORD}).status_code == 201


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"name": "memet", "role": "boss"}, "VALUE_NOT_ALLOWED"),
        ({"name": "memet", "role": "planner", "driver": "d08"}, "VALUE_NOT_ALLOWED"),
        ({"name": "a/b", "role": "planner"}, "ID_MALFORMED"),
        ({"name": "", "role": "planner"}, "TEXT_EMPTY"),
        ({"name": "memet", "role": "planner", "password": "memet12345"}, "PASSWORD_WEAK"),
        ({"name": "memet", "role": "planner", "disabled": True}, "UNKNOWN_KEY"),
    ],
)
def test_what_is_wrong_with_an_account_is_named(admin: Client, body: dict[str, object], code: str):
    response = admin.post("/accounts", json=body)
    assert (response.status_code, response.json["error_code"]) == (422, code)
    assert len(admin.get("/accounts").json["items"]) == 1


def test_the_last_admin_stays(admin: Client):
    response = admin.put(f"/accounts/{admin.account_id}", json={"name": "admin", "role": "planner"})
    assert (response.status_code, response.json["error_code"]) == (409, "LAST_ADMIN")
    assert admin.delete(f"/accounts/{admin.account_id}").status_code == 409


def test_a_token_works_until_it_is_revoked(planner: Client, dispatcher: Client, app):
    made = planner.post("/tokens", json={"label": "study", "days": 7})
    assert made.status_code == 201
    own = Client(app, token=made.json["secret"])
    assert own.get("/session").json["account"]["role"] == "planner"
    path = made.headers["Location"].removeprefix("/api/v1")
    assert dispatcher.delete(path).status_code == 404
    assert planner.delete(path).status_code == 204
    assert own.get("/session").status_code == 401
    listed = planner.get("/tokens").get_data(as_text=True)
    assert made.json["id"] not in listed
    assert made.json["secret"] not in listed


def test_a_call_repeated_with_its_key_keeps_no_secret(planner: Client, ctx: Context):
    headers = {"Idempotency-Key": "one"}
    one, other = (planner.post("/tokens", json={}, headers=headers) for _ in range(2))
    # Nothing is kept that a token could be given out again from: the second is another one.
    assert one.json["secret"] != other.json["secret"]
    assert len(planner.get("/tokens").json["items"]) == 3


def test_a_token_of_which_nothing_is_said_needs_no_body(planner: Client):
    assert planner.post("/tokens").json["label"] == ""
    assert planner.post("/tokens", headers={"Content-Type": "text/plain"}).status_code == 415
    assert planner.post("/tokens", data="{}").status_code == 415


@pytest.mark.parametrize("days", [0, 3651, "7", 1.5])
def test_how_long_a_token_lasts_has_limits(planner: Client, days: object):
    assert planner.post("/tokens", json={"days": days}).status_code == 422


def test_without_https_there_is_no_code(dispatcher: Client):
    response = dispatcher.post("/drivers/d08/qr", json={})
    assert (response.status_code, response.json["error_code"]) == (409, "PUBLIC_URL_MISSING")


def test_a_driver_has_a_code_to_see_and_one_to_print(api_store):
    ctx = context(api_store)
    add_account(ctx, "memet", Role.DRIVER, password=None, driver="d08")
    dispatcher = client_of(create_app(ctx), ctx, role=Role.DISPATCHER)
    unknown = dispatcher.post("/drivers/d99/qr", json={})
    assert (unknown.status_code, unknown.json["error_code"]) == (404, "NOT_FOUND")
    made = dispatcher.post("/drivers/d08/qr", json={"minutes": 60})
    assert made.json["svg"].startswith("<svg")
    page = dispatcher.post("/drivers/d08/qr/page", json={"minutes": 60})
    assert (page.status_code, page.mimetype) == (201, "text/html")
    words = page.get_data(as_text=True)
    assert "d08" in words
    # In the township's own time: an hour after eight in the evening.
    assert "2026-06-14 21:00" in words
    assert page.headers["Cache-Control"] == "no-store"

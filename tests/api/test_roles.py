"""Every endpoint for every role: who may, who may not, who is not signed in, whose data it is."""

import functools
from typing import Any

import pytest
from flask import Flask

from fleet.api import create_app
from fleet.api.headers import PREFIX
from fleet.service.context import Context
from fleet.service.roles import Role
from fleet.store import open_store
from tests import vroom_examples as examples
from tests.api_client import Client, client_of
from tests.api_roles import ANYBODY, ROLES

SAMPLES = {"date": "2026-06-15", "version": "1"}
BEFORE_THE_DEED = {400, 404, 409, 410, 412, 413, 422, 429}
"""What a call that says nothing useful gets from an endpoint that lets it in."""


@functools.cache
def operations() -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Method, path and document of every operation, by its id."""
    store = open_store("sqlite://")
    document = create_app(Context(store=store)).test_client().get("/openapi.json").json
    store.close()
    return {
        operation["operationId"]: (method.upper(), path.removeprefix(PREFIX), operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def called(client: Client, name: str) -> Any:
    """Call an endpoint with a path that might exist and a body that says nothing."""
    method, path, operation = operations()[name]
    for parameter in operation["parameters"]:
        if parameter["in"] == "path":
            part = SAMPLES.get(parameter["name"], "nothing")
            path = path.replace(f"{{{parameter['name']}}}", part)
    kinds = list(operation.get("requestBody", {}).get("content", {}))
    options = {"data": b"{}", "headers": {"Content-Type": kinds[0]}} if kinds else {}
    return client.call(method, path, **options)


def test_every_endpoint_has_a_row_and_every_row_an_endpoint():
    assert set(operations()) == set(ROLES)


def test_every_rule_of_the_application_is_in_the_document(app: Flask):
    documented = {(method, path) for method, path, _ in operations().values()}
    served = {
        (method, rule.rule.removeprefix(PREFIX).replace("<", "{").replace(">", "}"))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith(PREFIX)
    }
    assert served - documented == {("GET", "/openapi.json"), ("GET", "/docs")}


@pytest.mark.parametrize("name", sorted(ROLES))
def test_the_document_names_the_roles_that_may(name: str):
    _, _, operation = operations()[name]
    assert set(operation["x-roles"]) == ROLES[name]
    assert bool(operation["security"]) == (ROLES[name] != ANYBODY)


@pytest.mark.parametrize("name", sorted(name for name, roles in ROLES.items() if roles != ANYBODY))
def test_only_those_who_may_are_let_in(name: str, app: Flask, ctx: Context):
    refused = called(Client(app), name)
    assert (refused.status_code, refused.json["error_code"]) == (401, "NOT_SIGNED_IN")
    for role in Role:
        driver = "d-arzu" if role is Role.DRIVER else None
        response = called(client_of(app, ctx, role=role, driver=driver), name)
        if role in ROLES[name]:
            assert response.status_code < 300 or response.status_code in BEFORE_THE_DEED, role
        else:
            assert (response.status_code, response.json["error_code"]) == (403, "FORBIDDEN"), role


@pytest.mark.parametrize("name", sorted(name for name, roles in ROLES.items() if roles == ANYBODY))
def test_open_endpoints_let_anybody_in(name: str, nobody: Client):
    assert called(nobody, name).status_code not in (401, 403)


def test_a_job_is_its_owners_and_an_admins(planner: Client, dispatcher: Client, admin: Client):
    headers = {"Prefer": "respond-async"}
    job = planner.post("/solve", json=examples.WITH_A_MATRIX, headers=headers).json["id"]
    for path in (f"/jobs/{job}", f"/jobs/{job}/best", f"/jobs/{job}/result"):
        assert dispatcher.get(path).json["error_code"] == "NOT_FOUND"
    assert dispatcher.delete(f"/jobs/{job}").json["error_code"] == "NOT_FOUND"
    assert dispatcher.get("/jobs").json["items"] == []
    assert [listed["id"] for listed in admin.get("/jobs").json["items"]] == [job]
    assert admin.get(f"/jobs/{job}").status_code == 200
    assert planner.delete(f"/jobs/{job}").status_code == 200


def test_a_token_is_its_owners(driver: Client, other_driver: Client):
    made = driver.post("/tokens", json={"label": "script"}).json
    assert other_driver.delete(f"/tokens/{made['id']}").status_code in (403, 404)
    assert made["id"] not in {token["id"] for token in other_driver.get("/tokens").json["items"]}
    assert made["id"] in {token["id"] for token in driver.get("/tokens").json["items"]}
    assert driver.delete(f"/tokens/{made['id']}").status_code in (200, 204)

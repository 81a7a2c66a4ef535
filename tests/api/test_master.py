"""Places, tricycles, households and products over HTTP."""

from typing import Any
from urllib.parse import quote

import pytest

from fleet.service.context import Context
from fleet.store import Store
from tests.api_client import Client, in_pages_of_one
from tests.days import DATE, draft, put

DOCUMENT = draft().model_dump(mode="json")
NEW: dict[str, dict[str, Any]] = {
    "places": {**DOCUMENT["places"][1], "id": "new", "name": "a new village"},
    "tricycles": {**DOCUMENT["tricycles"][0], "id": "new", "number": 2},
    "households": {"id": "new", "name": "a new household", "phone": None, "place": "village-upper"},
    "products": {**DOCUMENT["products"][0], "id": "new", "name": "a new product"},
}


@pytest.fixture
def api_store(store: Store) -> Store:
    return store


@pytest.fixture
def township(ctx: Context) -> Context:
    put(ctx)
    return ctx


@pytest.mark.parametrize("kind", NEW)
def test_a_record_lives_from_post_to_delete(township: Context, dispatcher: Client, kind: str):
    record = NEW[kind]
    made = dispatcher.post(f"/{kind}", json=record)
    assert (made.status_code, made.json, made.headers["ETag"]) == (201, record, '"1"')
    assert made.headers["Location"] == f"/api/v1/{kind}/new"
    changed = record | {"name": "renamed"}
    answered = dispatcher.put(f"/{kind}/new", json=changed, headers={"If-Match": '"1"'})
    assert (answered.status_code, answered.json, answered.headers["ETag"]) == (200, changed, '"2"')
    late = dispatcher.put(f"/{kind}/new", json=record, headers={"If-Match": '"1"'})
    assert (late.status_code, late.json["error_code"]) == (412, "CHANGED_MEANWHILE")
    read = dispatcher.get(f"/{kind}/new")
    assert (read.json, read.headers["ETag"]) == (changed, '"2"')
    assert dispatcher.get(f"/{kind}/new", headers={"If-None-Match": '"2"'}).status_code == 304
    found = dispatcher.get(f"/{kind}", query_string={"text": "RENAMED"}).json["items"]
    assert [(item["record"], item["version"]) for item in found] == [(changed, 2)]
    gone = dispatcher.delete(f"/{kind}/new", headers={"If-Match": '"2"'})
    assert (gone.status_code, gone.get_data()) == (204, b"")
    assert dispatcher.get(f"/{kind}/new").status_code == 404
    history = dispatcher.get(f"/{kind}/new/history").json["items"]
    assert [item["record"] for item in history] == [None, changed, record]
    assert history == in_pages_of_one(dispatcher, f"/{kind}/new/history")


@pytest.mark.parametrize("kind", NEW)
def test_only_who_edits_days_reaches_them(
    township: Context, kind: str, nobody: Client, planner: Client, driver: Client, admin: Client
):
    calls = [
        ("GET", f"/{kind}"),
        ("POST", f"/{kind}"),
        ("GET", f"/{kind}/new"),
        ("PUT", f"/{kind}/new"),
        ("DELETE", f"/{kind}/new"),
        ("GET", f"/{kind}/new/history"),
    ]
    for method, path in calls:
        assert nobody.call(method, path).status_code == 401
        assert planner.call(method, path).status_code == 403
        assert driver.call(method, path).status_code == 403
    assert admin.get(f"/{kind}").status_code == 200


def test_what_is_wrong_is_said_by_status_code_and_field(township: Context, dispatcher: Client):
    village = NEW["places"]
    for method, path, body, status, code, where in (
        ("POST", "/places", village | {"id": "centre"}, 409, "ALREADY_EXISTS", "id"),
        ("POST", "/places", village | {"latitude": 91.0}, 422, "VALUE_TOO_LARGE", "latitude"),
        ("POST", "/households", {"id": "h", "name": "h", "place": "x"}, 422, "UNKNOWN_ID", "place"),
        ("PUT", "/places/other", village, 422, "IDS_DIFFER", "id"),
        ("PUT", "/places/new", village, 404, "NOT_FOUND", "id"),
        ("DELETE", "/places/centre", None, 409, "STILL_USED", "places/centre"),
        ("GET", "/places/%20", None, 422, "ID_MALFORMED", "id"),
        ("GET", "/places?kind=planet", None, 422, "VALUE_NOT_ALLOWED", "kind"),
        ("GET", "/places?text=%00", None, 422, "TEXT_WITH_NUL", "text"),
        ("GET", "/places?cursor=nonsense", None, 422, "CURSOR_UNKNOWN", "cursor"),
    ):
        answered = dispatcher.call(method, path, json=body) if body else dispatcher.call(method, path)
        told = answered.json["problems"][0]
        assert (answered.status_code, told["error_code"], told["where"]) == (status, code, where), path


@pytest.mark.parametrize("odd", ['a"b', "a%b", "a b?#c", "番茄💚"])
def test_an_id_may_be_anything_that_a_path_can_carry(township: Context, dispatcher: Client, odd: str):
    made = dispatcher.post("/products", json=NEW["products"] | {"id": odd})
    assert made.status_code == 201
    where = f"/products/{quote(odd)}"
    assert dispatcher.get(where).json["id"] == odd
    place = NEW["places"] | {"max_kg_of_product": {odd: 5.0}}
    assert dispatcher.post("/places", json=place).status_code == 201
    refused = dispatcher.delete(where)
    assert (refused.status_code, refused.json["error_code"]) == (409, "STILL_USED")
    assert dispatcher.delete("/places/new").status_code == 204
    assert dispatcher.delete(where).status_code == 204


def test_a_name_that_the_database_cannot_search_is_refused_before_it_reaches_the_database(
    township: Context, dispatcher: Client
):
    answered = dispatcher.post("/places", json=NEW["places"] | {"name": "a\x00b"})
    assert (answered.status_code, answered.json["error_code"]) == (422, "TEXT_WITH_NUL")
    assert answered.json["problems"][0]["where"] == "name"


def test_the_days_of_a_place_change_their_etag_with_it(township: Context, dispatcher: Client):
    before = dispatcher.get(f"/days/{DATE}").headers["ETag"]
    centre = dispatcher.get("/places/centre").json
    dispatcher.put("/places/centre", json=centre | {"name": "another name"})
    after = dispatcher.get(f"/days/{DATE}", headers={"If-None-Match": before})
    assert (after.status_code, after.json["places"][0]["name"]) == (200, "another name")

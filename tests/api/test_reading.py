"""What a call carries is read strictly, and refused with a place, a code and a status."""

import gzip

import pytest
from flask import Flask

from fleet.api import create_app
from fleet.service.context import Context
from tests import echo_subject
from tests.api_client import Client


@pytest.fixture
def app(ctx: Context) -> Flask:
    return create_app(ctx, subjects=(echo_subject.api, echo_subject.other))


JSON = {"Content-Type": "application/json"}
PACKED = JSON | {"Content-Encoding": "gzip"}
BAD_BODIES = [
    (b'{"date": ', JSON, 400, "JSON_MALFORMED"),
    (b"", JSON, 400, "JSON_MALFORMED"),
    (b'{"date": "2026-06-15", "words": "\xff"}', JSON, 400, "JSON_MALFORMED"),
    (b'{"date": "2026-06-15", "date": "2026-06-16"}', JSON, 400, "DUPLICATE_KEY"),
    (b'"{\\"date\\": \\"2026-06-15\\"}"', JSON, 422, "WRONG_TYPE"),
    (b'[{"date": "2026-06-15"}]', JSON, 422, "WRONG_TYPE"),
    (b"{}", JSON, 422, "MISSING_KEY"),
    (b'{"date": "2026-06-15", "kg": "5"}', JSON, 422, "WRONG_TYPE"),
    (b'{"date": "2026-06-15", "kg": -5}', JSON, 422, "VALUE_TOO_SMALL"),
    (b'{"date": "2026-06-15", "kg": NaN}', JSON, 422, "WRONG_TYPE"),
    (b'{"date": "2026-06-15", "kgs": 5}', JSON, 422, "UNKNOWN_KEY"),
    (b'{"date": "yesterday"}', JSON, 422, "DATE_UNREADABLE"),
    (b'{"date": "1718409600"}', JSON, 422, "DATE_UNREADABLE"),
    (b'{"date": "2026-02-30"}', JSON, 422, "DATE_UNREADABLE"),
    (b'{"date": "2026-06-15"}', {"Content-Type": "text/plain"}, 415, "CONTENT_TYPE_UNKNOWN"),
    (b'{"date": "2026-06-15"}', {}, 415, "CONTENT_TYPE_UNKNOWN"),
    (gzip.compress(b'{"date": "2026-06-15"}', mtime=0), PACKED, 415, "CONTENT_ENCODING_UNKNOWN"),
    (b"[" * 100_000, JSON, 400, "JSON_MALFORMED"),
]


@pytest.mark.parametrize(("body", "headers", "status", "code"), BAD_BODIES)
def test_a_bad_body_is_refused_by_its_code(
    planner: Client, body: bytes, headers: dict[str, str], status: int, code: str
):
    response = planner.post("/echo", data=body, headers=headers)
    assert (response.status_code, response.json["error_code"]) == (status, code)
    assert response.mimetype == "application/problem+json"


def test_a_body_is_read_like_a_file(planner: Client):
    body = b'\xef\xbb\xbf{"date": "2026-06-15", "kg": 421.0}'
    response = planner.post("/echo", data=body, headers={"Content-Type": "application/json; charset=utf-8"})
    assert response.status_code == 201
    assert response.json["said"] == {"date": "2026-06-15", "kg": 421, "words": ""}


def test_no_body_says_nothing_where_everything_has_a_default(ctx: Context):
    told = create_app(ctx)
    operations = {
        operation["operationId"]: operation
        for item in told.test_client().get("/openapi.json").json["paths"].values()
        for operation in item.values()
    }
    free = {
        name for name, entry in operations.items() if not entry.get("requestBody", {}).get("required", True)
    }
    assert free == {"create_token", "make_qr", "print_qr", "request_plan"}


def test_every_problem_of_a_body_is_named(planner: Client):
    response = planner.post("/echo", json={"kg": -1, "wrods": "?"})
    named = {(problem["error_code"], problem["where"]) for problem in response.json["problems"]}
    assert named == {("MISSING_KEY", "date"), ("VALUE_TOO_SMALL", "kg"), ("UNKNOWN_KEY", "wrods")}
    assert all(problem["detail"] for problem in response.json["problems"])


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=0", "VALUE_TOO_SMALL"),
        ("limit=1001", "VALUE_TOO_LARGE"),
        ("limit=many", "WRONG_TYPE"),
        ("limit=1&limit=2", "DUPLICATE_KEY"),
        ("after=June", "DATE_UNREADABLE"),
        ("after=0", "DATE_UNREADABLE"),
        ("cursor=%00", "CURSOR_UNKNOWN"),
        ("cursor=W10", "CURSOR_UNKNOWN"),
        ("cursor=WyIxIl0", "CURSOR_UNKNOWN"),
        ("colour=green", "UNKNOWN_KEY"),
    ],
)
def test_a_bad_query_is_refused_by_its_code(planner: Client, query: str, code: str):
    response = planner.get(f"/echo?{query}")
    assert response.json["error_code"] == code
    assert response.status_code == (400 if code == "DUPLICATE_KEY" else 422)


def test_a_list_is_read_page_by_page(planner: Client):
    pages, cursor = [], ""
    while cursor is not None:
        page = planner.get("/echo?limit=4" + (f"&cursor={cursor}" if cursor else "")).json
        pages.append(page["items"])
        cursor = page["next"]
    assert pages == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


def test_a_path_is_read_by_its_model(planner: Client):
    assert planner.get("/echo/2026-06-15").json["date"] == "2026-06-15"
    assert planner.get("/echo/tomorrow").json["error_code"] == "DATE_UNREADABLE"


def test_a_change_of_an_older_version_is_refused(planner: Client):
    tag = planner.get("/echo/2026-06-15").headers["ETag"]
    body = {"date": "2026-06-15"}
    assert planner.put("/echo/2026-06-15", json=body, headers={"If-Match": tag}).status_code == 200
    assert planner.put("/echo/2026-06-15", json=body, headers={"If-Match": "*"}).status_code == 200
    assert planner.put("/echo/2026-06-15", json=body).headers["ETag"] == '"4"'
    for older in ('"2"', '"a-hash"'):
        response = planner.put("/echo/2026-06-15", json=body, headers={"If-Match": older})
        assert (response.status_code, response.json["error_code"]) == (412, "CHANGED_MEANWHILE")
    response = planner.put("/echo/2026-06-15", json=body, headers={"If-Match": '"1", "2"'})
    assert (response.status_code, response.json["error_code"]) == (400, "HEADER_MALFORMED")


def test_the_etag_of_a_compressed_answer_counts_as_well(planner: Client):
    packed = planner.get("/echo/2026-06-15", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.get_data()) < 1_000
    headers = {"If-Match": packed.headers["ETag"]}
    assert planner.put("/echo/2026-06-15", json={"date": "2026-06-15"}, headers=headers).status_code == 200
    for accepted in ({}, {"Accept-Encoding": "gzip"}):
        again = planner.get("/echo/2026-06-15", headers={"If-None-Match": packed.headers["ETag"], **accepted})
        assert again.status_code == 304


def test_nothing_is_an_answer(planner: Client):
    response = planner.delete("/echo/2026-06-15")
    assert (response.status_code, response.get_data()) == (204, b"")


def test_bodies_that_are_no_json_are_handed_over_as_they_are(nobody: Client):
    response = nobody.post("/echo/text", data="a;b", headers={"Content-Type": "text/csv"})
    assert response.get_data() == b"a;b"
    assert nobody.post("/echo/text", json={}).status_code == 415


def test_paths_that_two_subjects_share_are_documented_whole(app: Flask):
    document = app.test_client().get("/openapi.json").json
    assert set(document["paths"]["/api/v1/echo/{date}"]) == {"get", "put", "delete"}


def test_too_much_is_refused_before_it_is_read(planner: Client):
    response = planner.post("/echo", headers=JSON, environ_overrides={"CONTENT_LENGTH": "20000001"})
    assert (response.status_code, response.json["error_code"]) == (413, "BODY_TOO_LARGE")
    assert "20000000" in response.json["detail"]

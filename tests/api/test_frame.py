"""What every call of the API has in common."""

import pytest
from flask import Flask

from tests.api_client import Client


def test_health_needs_no_sign_in(nobody: Client):
    response = nobody.get("/health")
    assert response.status_code == 200
    assert response.json["ok"] is True
    assert response.json["database"]["state"] == "ok"


def test_an_answer_that_the_caller_has_is_not_sent_again(nobody: Client):
    first = nobody.get("/health")
    again = nobody.get("/health", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.get_data() == b""


def test_an_unknown_path_is_a_problem_document(nobody: Client):
    response = nobody.get("/nowhere")
    assert response.status_code == 404
    assert response.mimetype == "application/problem+json"
    assert response.json["error_code"] == "PATH_UNKNOWN"


def test_a_method_that_is_not_there_names_those_that_are(nobody: Client):
    response = nobody.post("/health")
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]
    assert response.json["error_code"] == "METHOD_NOT_ALLOWED"


def test_errors_speak_the_language_of_the_caller(nobody: Client):
    chinese = nobody.get("/nowhere", headers={"Accept-Language": "fr, zh-CN;q=0.8, en;q=0.5"})
    assert chinese.headers["Content-Language"] == "zh-Hans"
    uyghur = nobody.get("/nowhere", headers={"Accept-Language": "ug"})
    assert uyghur.json["title"] != chinese.json["title"]


def test_a_request_id_is_taken_over_where_it_is_harmless(nobody: Client):
    assert nobody.get("/health", headers={"X-Request-ID": "abc-1"}).headers["X-Request-ID"] == "abc-1"
    assert nobody.get("/health", headers={"X-Request-ID": 'a"b c'}).headers["X-Request-ID"] != 'a"b c'


def test_every_list_is_paged(app: Flask):
    document = app.test_client().get("/openapi.json").json
    lists = {
        path: {parameter["name"] for parameter in operations["get"]["parameters"]}
        for path, operations in document["paths"].items()
        if "Page_" in str(operations.get("get", {}).get("responses", {}).get("200"))
    }
    assert len(lists) > 15
    assert {path for path, taken in lists.items() if not taken >= {"limit", "cursor"}} == set()


@pytest.mark.parametrize(
    ("operation", "status", "always", "at_times"),
    [
        ("request_plan", "202", {"Location", "Retry-After"}, set()),
        ("solve", "202", {"Location", "Retry-After"}, set()),
        ("solve", "200", set(), set()),
        ("read_job", "200", {"ETag"}, {"Retry-After"}),
        ("read_job", "304", {"ETag"}, set()),
        ("add_request", "201", {"Location", "ETag"}, set()),
        ("change_request", "200", {"ETag"}, set()),
        ("put_day", "201", {"ETag"}, set()),
        ("delete_request", "204", set(), set()),
        ("create_token", "201", {"Location"}, set()),
        ("publish_plan", "200", set(), set()),
        ("request_plan", "429", {"Retry-After"}, set()),
        ("sign_in", "429", {"Retry-After"}, set()),
        ("list_days", "503", {"Retry-After"}, set()),
        ("read_health", "503", set(), set()),
        ("bind_device", "410", set(), set()),
        ("bind_device", "401", set(), set()),
        ("add_request", "507", set(), set()),
    ],
)
def test_the_document_names_what_answers_carry(
    app: Flask, operation: str, status: str, always: set[str], at_times: set[str]
):
    paths = app.test_client().get("/openapi.json").json["paths"]
    told = {entry["operationId"]: entry for item in paths.values() for entry in item.values()}
    headers = told[operation]["responses"][status].get("headers", {})
    assert {name for name, header in headers.items() if header["required"]} == always
    assert {name for name, header in headers.items() if not header["required"]} == at_times


def test_only_health_answers_503_with_what_is_no_problem(app: Flask):
    paths = app.test_client().get("/openapi.json").json["paths"]
    without = {
        entry["operationId"]
        for item in paths.values()
        for entry in item.values()
        if "application/problem+json" not in entry["responses"]["503"]["content"]
    }
    assert without == {"read_health"}


def test_models_of_one_name_are_told_apart_by_names_that_people_can_read(app: Flask):
    names = app.test_client().get("/openapi.json").json["components"]["schemas"].keys()
    assert {name for name in names if "__" in name or name.endswith("_")} == set()
    assert {"Route", "VroomRoute", "Break", "VroomBreak", "Change", "PlanChange", "Page_Kept_Place"} <= {
        name.removesuffix("-Output") for name in names
    }


def test_the_document_is_the_same_at_both_addresses(app: Flask):
    client = app.test_client()
    document = client.get("/openapi.json").json
    assert document["openapi"].startswith("3.1")
    assert document == client.get("/api/v1/openapi.json").json

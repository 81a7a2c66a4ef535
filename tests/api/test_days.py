"""Days, requests, sheets, standing orders and assignments over HTTP."""

import io
import json
from typing import Any

import pytest
from openpyxl import load_workbook
from waitress.buffers import ReadOnlyFileBasedBuffer

from fleet.model import DayDraft
from fleet.samples import make_day
from fleet.service.context import Context
from tests.api_client import Client, in_pages_of_one
from tests.database import Clock
from tests.days import DATE, TOMORROW, body, draft, put
from tests.request_sheets import HEADER, csv_of, row_of, workbook_of

PATH = f"/days/{DATE}"


@pytest.fixture
def day(ctx: Context) -> Context:
    put(ctx)
    return ctx


def sheet(data: bytes, name: str = "requests.csv", **answers: str) -> dict[str, Any]:
    """A form with a file, as a browser sends it."""
    return {"data": {"file": (io.BytesIO(data), name), **answers}, "content_type": "multipart/form-data"}


def test_a_whole_day_is_put_and_comes_back_the_same(dispatcher: Client, clock: Clock):
    document = json.loads(make_day("qiaerbag").model_dump_json())
    made = dispatcher.put(PATH, json=document)
    assert (made.status_code, made.json["created"], made.json["requests"]) == (201, True, 120)
    assert made.headers["ETag"] == '"1"'
    read = dispatcher.get(PATH)
    assert read.json == document
    assert dispatcher.get(PATH, headers={"If-None-Match": read.headers["ETag"]}).status_code == 304
    again = dispatcher.put(PATH, json=document | {"title": "t"}, headers={"If-Match": '"1"'})
    assert (again.status_code, again.json["version"], again.headers["ETag"]) == (200, 2, '"2"')
    late = dispatcher.put(PATH, json=document, headers={"If-Match": '"1"'})
    assert (late.status_code, late.json["error_code"]) == (412, "CHANGED_MEANWHILE")
    (listed,) = dispatcher.get("/days").json["items"]
    assert (listed["date"], listed["title"], listed["requests"]) == (str(DATE), "t", 120)
    (kept,) = dispatcher.get(f"{PATH}/history").json["items"]
    assert kept["version"] == 1
    assert kept["changed_by"] == dispatcher.account_id
    assert dispatcher.get(f"{PATH}/history/1").json == document
    clock.forward(seconds=1)
    dispatcher.put(PATH, json=document)
    assert [kept["version"] for kept in in_pages_of_one(dispatcher, f"{PATH}/history")] == [2, 1]


def test_a_day_is_begun_and_deleted(day: Context, dispatcher: Client):
    made = dispatcher.post("/days", json={"date": str(TOMORROW), "title": "tomorrow"})
    assert (made.status_code, made.headers["Location"]) == (201, f"/api/v1/days/{TOMORROW}")
    read = dispatcher.get(f"/days/{TOMORROW}")
    assert (read.json["title"], len(read.json["tricycles"]), read.json["requests"]) == ("tomorrow", 1, [])
    listed = dispatcher.get("/days", query_string={"first": str(TOMORROW)}).json["items"]
    assert [item["date"] for item in listed] == [str(TOMORROW)]
    assert dispatcher.delete(f"/days/{TOMORROW}", headers={"If-Match": '"9"'}).status_code == 412
    assert dispatcher.delete(f"/days/{TOMORROW}").status_code == 204
    assert dispatcher.get(f"/days/{TOMORROW}").status_code == 404


def test_a_request_lives_from_post_to_delete(day: Context, dispatcher: Client):
    asked = body(kg=60.0)
    del asked["id"]
    made = dispatcher.post(f"{PATH}/requests", json=asked)
    assert (made.status_code, made.json["id"], made.headers["ETag"]) == (201, "r002", '"1"')
    assert made.headers["Location"] == f"/api/v1{PATH}/requests/r002"
    changed = made.json | {"kg": 70.0}
    answered = dispatcher.put(f"{PATH}/requests/r002", json=changed, headers={"If-Match": '"1"'})
    assert (answered.status_code, answered.json, answered.headers["ETag"]) == (200, changed, '"2"')
    assert (
        dispatcher.put(
            f"{PATH}/requests/r002", json=changed | {"kg": 1.0}, headers={"If-Match": '"1"'}
        ).status_code
        == 412
    )
    assert dispatcher.get(f"{PATH}/requests/r002").json == changed
    query = {"must": "false", "sort": "kg", "descending": "true", "limit": "1"}
    page = dispatcher.get(f"{PATH}/requests", query_string=query).json
    assert [item["request"]["id"] for item in page["items"]] == ["r002"]
    rest = dispatcher.get(f"{PATH}/requests", query_string=query | {"cursor": page["next"]}).json
    assert ([item["request"]["id"] for item in rest["items"]], rest["next"]) == (["r001"], None)
    assert dispatcher.delete(f"{PATH}/requests/r002").status_code == 204
    history = dispatcher.get(f"{PATH}/requests/r002/history").json["items"]
    assert [item["request"] and item["request"]["kg"] for item in history] == [None, 70, 60]
    assert history == in_pages_of_one(dispatcher, f"{PATH}/requests/r002/history")
    (of_day,) = dispatcher.get(f"{PATH}/history", query_string={"limit": 1}).json["items"]
    assert (of_day["changed_by"], of_day["deleted"]) == (dispatcher.account_id, ["r002"])


@pytest.mark.parametrize(
    ("tag", "status"),
    [('""', 412), ('"x"', 412), ('"99999999999"', 412), ('"1", "2"', 400), ('W/"1"', 400), ("", 400),
     ("*", 204)],
)  # fmt: skip
def test_a_tag_that_is_no_version_changes_nothing(day: Context, dispatcher: Client, tag: str, status: int):
    answered = dispatcher.delete(f"{PATH}/requests/r001", headers={"If-Match": tag})
    assert answered.status_code == status


def test_a_repeated_post_with_its_key_adds_one_request(day: Context, dispatcher: Client):
    asked = body()
    del asked["id"]
    answers = [
        dispatcher.post(f"{PATH}/requests", json=asked, headers={"Idempotency-Key": "k1"}) for _ in range(2)
    ]
    assert {answered.json["id"] for answered in answers} == {"r002"}
    assert len(dispatcher.get(PATH).json["requests"]) == 2


def test_what_is_wrong_is_said_by_status_code_and_field(day: Context, dispatcher: Client):
    document = draft().model_dump(mode="json")
    first = document["requests"][0]
    nowhere = first | {"pickup": {"place": "nowhere"}}
    for method, path, sent, status, code, where in (
        ("PUT", f"/days/{TOMORROW}", document, 422, "DATES_DIFFER", "date"),
        ("PUT", PATH, document | {"format": "fleet-day/2"}, 422, "VALUE_NOT_ALLOWED", "format"),
        ("PUT", PATH, document | {"requests": [first, nowhere]}, 422, "DUPLICATE_ID", "requests[1].id"),
        ("PUT", PATH, document | {"requests": [nowhere]}, 422, "UNKNOWN_ID", "requests[0].pickup.place"),
        ("POST", "/days", {"date": str(DATE)}, 409, "ALREADY_EXISTS", "date"),
        ("POST", f"{PATH}/requests", nowhere | {"id": "n"}, 422, "UNKNOWN_ID", "pickup.place"),
        ("POST", f"{PATH}/requests", first, 409, "ALREADY_EXISTS", "id"),
        ("POST", f"{PATH}/requests", first | {"kg": 0}, 422, "VALUE_TOO_SMALL", "kg"),
        ("PUT", f"{PATH}/requests/r001", nowhere, 422, "UNKNOWN_ID", "pickup.place"),
        ("PUT", f"{PATH}/requests/other", first, 422, "IDS_DIFFER", "id"),
        ("GET", f"{PATH}/requests/other", None, 404, "NOT_FOUND", "id"),
        ("GET", f"{PATH}/requests?sort=colour", None, 422, "VALUE_NOT_ALLOWED", "sort"),
        ("GET", f"/days/{TOMORROW}/requests", None, 404, "NOT_FOUND", "date"),
        ("GET", "/days/tomorrow", None, 422, "DATE_UNREADABLE", "date"),
        ("GET", f"{PATH}/history/7", None, 404, "NOT_FOUND", "version"),
        ("PUT", f"{PATH}/assignments", {"assignments": [{"driver": "d", "tricycle": "t"}]}, 422, "UNKNOWN_ID",
         "assignments[0].tricycle"),
        ("POST", f"{PATH}/requests/copy", {"source": str(TOMORROW)}, 404, "NOT_FOUND", "source"),
        ("POST", "/standing-orders", {"request": body()}, 422, "UNKNOWN_KEY", "request.id"),
    ):  # fmt: skip
        answered = dispatcher.call(method, path, json=sent) if sent else dispatcher.call(method, path)
        told = answered.json["problems"][0]
        assert (answered.status_code, told["error_code"], told["where"]) == (status, code, where), path


def test_requests_are_copied_from_another_day(day: Context, dispatcher: Client):
    copied = dispatcher.post(f"/days/{TOMORROW}/requests/copy", json={"source": str(DATE)})
    assert (copied.status_code, copied.json["added"]) == (200, ["r001"])
    again = dispatcher.post(f"/days/{TOMORROW}/requests/copy", json={"source": str(DATE)})
    assert (again.json["added"], again.json["present"]) == ([], ["r001"])


def test_who_drives_what(day: Context, dispatcher: Client):
    wanted = {"assignments": [{"driver": "d1", "name": "", "tricycle": "tricycle-01", "burden_yuan": 0.0}]}
    put = dispatcher.put(f"{PATH}/assignments", json=wanted, headers={"If-Match": '"1"'})
    assert (put.status_code, put.json, put.headers["ETag"]) == (200, wanted, '"2"')
    assert dispatcher.get(f"{PATH}/assignments").json == wanted
    assert dispatcher.get(PATH).json["assignments"] == wanted["assignments"]
    assert dispatcher.put(f"{PATH}/assignments", json=wanted, headers={"If-Match": '"1"'}).status_code == 412


def test_a_standing_order_comes_into_its_days(day: Context, dispatcher: Client):
    asked = body(pickup={"place": "centre", "windows": [{"start": "07:00", "end": "09:00"}]})
    del asked["id"]
    made = dispatcher.post("/standing-orders", json={"request": asked, "weekdays": [1, 2]})
    assert (made.status_code, made.json["id"], made.headers["Location"]) == (
        201,
        "s001",
        "/api/v1/standing-orders/s001",
    )
    changed = made.json | {"title": "milk"}
    put = dispatcher.put("/standing-orders/s001", json=changed, headers={"If-Match": '"1"'})
    assert (put.status_code, put.headers["ETag"]) == (200, '"2"')
    assert (
        dispatcher.put("/standing-orders/s001", json=made.json, headers={"If-Match": '"1"'}).status_code
        == 412
    )
    assert dispatcher.get("/standing-orders/s001").json == changed
    (listed,) = dispatcher.get("/standing-orders").json["items"]
    assert (listed["order"], listed["version"]) == (changed, 2)
    taken = dispatcher.post(f"{PATH}/standing-orders").json
    assert (taken["added"], taken["present"]) == (["standing-s001"], [])
    assert dispatcher.post(f"{PATH}/standing-orders").json["present"] == ["standing-s001"]
    assert dispatcher.delete("/standing-orders/s001").status_code == 204
    history = dispatcher.get("/standing-orders/s001/history").json["items"]
    assert [item["version"] for item in history] == [3, 2, 1]
    assert history == in_pages_of_one(dispatcher, "/standing-orders/s001/history")


def test_a_sheet_is_imported_with_its_answers(day: Context, dispatcher: Client):
    data = csv_of(row_of(农户姓名="新来的"), row_of(品名="石头"))
    refused = dispatcher.post(f"{PATH}/requests/import", **sheet(data))
    assert (refused.status_code, refused.json["error_code"]) == (422, "SHEET_PRODUCT_UNKNOWN")
    assert refused.json["problems"][0]["value"] == "石头"
    taken = dispatcher.post(f"{PATH}/requests/import", **sheet(data, skip_bad="true", zone=""))
    assert (taken.status_code, taken.json["new"], taken.json["left_out"]) == (200, 1, 1)
    assert len(dispatcher.get(PATH).json["requests"]) == 2
    (bad,) = taken.json["bad_rows"]
    assert bad["words"]
    chinese = dispatcher.post(
        f"{PATH}/requests/import", **sheet(data, skip_bad="true"), headers={"Accept-Language": "zh-CN"}
    )
    assert chinese.json["bad_rows"][0]["words"] != bad["words"]


@pytest.mark.parametrize("key", [{}, {"Idempotency-Key": "k1"}])
def test_the_clerk_gets_the_own_workbook_back(day: Context, dispatcher: Client, key: dict[str, str]):
    data = workbook_of([HEADER, row_of(品名="石头")])
    answered = dispatcher.post(
        f"{PATH}/requests/import/report",
        **sheet(data, "需求.xlsx"),
        headers={"Accept-Language": "zh", **key},
        environ_overrides={"wsgi.file_wrapper": ReadOnlyFileBasedBuffer},
    )
    assert answered.status_code == 200
    assert answered.mimetype.endswith("spreadsheetml.sheet")
    written = load_workbook(io.BytesIO(answered.get_data())).worksheets[0]
    assert written.cell(1, len(HEADER) + 1).value == "原因"
    assert dispatcher.get(PATH).headers["ETag"] == '"1"'


def test_a_form_that_is_none_is_refused(day: Context, dispatcher: Client):
    path = f"{PATH}/requests/import"
    good = csv_of(row_of())
    for options, status, code in (
        ({"json": {}}, 415, "CONTENT_TYPE_UNKNOWN"),
        ({"data": {"unit": "kg"}, "content_type": "multipart/form-data"}, 422, "MISSING_KEY"),
        ({"data": b"broken", "content_type": "multipart/form-data"}, 422, "MISSING_KEY"),
        (sheet(good, unit="stone"), 422, "VALUE_NOT_ALLOWED"),
        (sheet(good, zone="Mars/Olympus"), 422, "ZONE_UNKNOWN"),
        (sheet(good, colour="red"), 422, "UNKNOWN_KEY"),
        (sheet(b"PK\x03\x04 broken"), 422, "SHEET_DAMAGED"),
        (sheet(b""), 422, "SHEET_HEADER_MISSING"),
    ):
        answered = dispatcher.post(path, **options)
        assert (answered.status_code, answered.json["error_code"]) == (status, code)


@pytest.mark.parametrize("tongue", ["en", "zh", "ug"])
def test_what_a_sheet_leaves_open_is_answered_by_fields_of_the_form(
    day: Context, dispatcher: Client, tongue: str
):
    unsaid = [title.replace("(公斤)", "") for title in HEADER]
    twice = [row_of(), row_of(农户姓名="同上")]
    for data, asks_for in ((csv_of(row_of(), header=unsaid), "unit kg"), (csv_of(*twice), "fill_down")):
        answered = dispatcher.post(
            f"{PATH}/requests/import", **sheet(data), headers={"Accept-Language": tongue}
        )
        detail = answered.json["detail"]
        assert asks_for in detail
        assert "--" not in detail


CALLS = [
    ("GET", "/days"),
    ("POST", "/days"),
    *((method, PATH) for method in ("GET", "PUT", "DELETE")),
    ("GET", f"{PATH}/history"),
    ("GET", f"{PATH}/history/1"),
    ("GET", f"{PATH}/assignments"),
    ("PUT", f"{PATH}/assignments"),
    ("GET", f"{PATH}/requests"),
    ("POST", f"{PATH}/requests"),
    *((method, f"{PATH}/requests/r001") for method in ("GET", "PUT", "DELETE")),
    ("GET", f"{PATH}/requests/r001/history"),
    ("POST", f"{PATH}/requests/copy"),
    ("POST", f"{PATH}/requests/import"),
    ("POST", f"{PATH}/requests/import/report"),
    ("POST", f"{PATH}/standing-orders"),
    ("GET", "/standing-orders"),
    ("POST", "/standing-orders"),
    *((method, "/standing-orders/s") for method in ("GET", "PUT", "DELETE")),
    ("GET", "/standing-orders/s/history"),
]


def test_only_who_edits_days_reaches_them(
    day: Context, nobody: Client, planner: Client, driver: Client, admin: Client
):
    for method, path in CALLS:
        assert nobody.call(method, path).status_code == 401, path
        assert planner.call(method, path).status_code == 403, path
        assert driver.call(method, path).status_code == 403, path
        assert admin.call(method, path).status_code not in (401, 403), path


def test_days_at_the_edge_of_time_are_days(day: Context, dispatcher: Client):
    night = draft().model_dump(mode="json")["tricycles"][0] | {
        "id": "night",
        "number": 9,
        "shift": {"start": "2026-06-15T22:00:00+08:00", "end": "2026-06-16T04:00:00+08:00"},
    }
    assert dispatcher.post("/tricycles", json=night).status_code == 201
    # Its shift would end on a date that there is none of.
    answered = dispatcher.post("/days", json={"date": "2999-12-31"})
    assert (answered.status_code, answered.json["error_code"]) == (422, "VALUE_TOO_LARGE")
    assert dispatcher.post("/days", json={"date": "2999-12-30"}).status_code == 201
    assert DayDraft.model_validate_json(dispatcher.get("/days/2999-12-30").get_data()).tricycles

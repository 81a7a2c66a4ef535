"""Plans over HTTP: from a day to a published plan, changed by hand, drawn, and only for dispatchers."""

import json
from collections.abc import Iterator

import pytest

from fleet.model import Plan
from fleet.service.context import Context
from fleet.service.maps import MEDIA_TYPES
from tests.api_client import Client
from tests.kept_plans import Kept, kept, small_day, write_day
from tests.working import worker

DAY = f"/days/{small_day().date}"
PUT_IN = {"kind": "assign", "request": "b", "tricycle": "t2"}
TOO_HEAVY = [
    {"kind": "assign", "request": "a", "tricycle": "t2", "pickup_position": 0, "dropoff_position": 1},
    {"kind": "assign", "request": "b", "tricycle": "t2", "pickup_position": 0, "dropoff_position": 3},
]


@pytest.fixture
def here(ctx: Context) -> Kept:
    return kept(ctx)


@pytest.fixture
def working(ctx: Context) -> Iterator[None]:
    with worker(ctx):
        yield


def ended(client: Client, address: str) -> dict:
    """The job once it is over."""
    while True:
        job = client.get(address).json
        if job["state"] not in ("queued", "running"):
            return job


def test_a_day_is_planned_and_published_by_a_few_calls(ctx: Context, dispatcher: Client, working: None):
    write_day(ctx, small_day())
    asked = dispatcher.post(f"{DAY}/plans", json={"budget_s": 60, "iterations": 50, "seed": 3})
    assert asked.status_code == 202
    assert asked.headers["Retry-After"] == "1"
    job = ended(dispatcher, asked.headers["Location"].removeprefix("/api/v1"))
    assert job["state"] == "succeeded"
    plan = dispatcher.get(f"/plans/{job['plan_id']}").json
    assert plan["figures"]["served_requests"] == 2
    summary = dispatcher.get(f"/plans/{job['plan_id']}/summary").json
    assert (summary["origin"], summary["job_id"]) == ("job", job["id"])
    assert dispatcher.get(f"/plans/{job['plan_id']}/check").json == {
        "valid": True,
        "legs_verified": True,
        "violations": [],
    }
    published = dispatcher.post(f"/plans/{job['plan_id']}/publish")
    assert published.status_code == 200
    assert [route["driver"] for route in published.json["routes"]] == ["Arzu"]
    assert dispatcher.get(f"{DAY}/published").json["plan"] == plan


def test_a_publication_is_taken_back_by_who_has_seen_it(here: Kept, dispatcher: Client):
    dispatcher.post(f"/plans/{here.id}/publish")
    shown = dispatcher.get(f"{DAY}/published")
    made = dispatcher.post(f"/plans/{here.id}/moves", json={"moves": [PUT_IN]}).json["summary"]["id"]
    dispatcher.post(f"/plans/{made}/publish")
    late = dispatcher.delete(f"{DAY}/published", headers={"If-Match": shown.headers["ETag"]})
    assert (late.status_code, late.json["error_code"]) == (412, "CHANGED_MEANWHILE")
    now = dispatcher.get(f"{DAY}/published").headers["ETag"]
    assert dispatcher.delete(f"{DAY}/published", headers={"If-Match": now}).status_code == 204
    assert dispatcher.get(f"{DAY}/published").status_code == 404
    assert dispatcher.delete(f"{DAY}/published").status_code == 404


@pytest.mark.parametrize(
    ("settings", "code", "where"),
    [
        ({"budget_s": 601}, "VALUE_TOO_LARGE", "budget_s"),
        ({"budget_s": 0}, "VALUE_TOO_SMALL", "budget_s"),
        ({"workers": 65}, "VALUE_TOO_LARGE", "workers"),
        ({"seed": -1}, "VALUE_TOO_SMALL", "seed"),
        ({"iterations": 0}, "VALUE_TOO_SMALL", "iterations"),
        ({"speed": 1}, "UNKNOWN_KEY", "speed"),
    ],
)
def test_settings_of_a_search_have_limits(
    here: Kept, dispatcher: Client, settings: dict, code: str, where: str
):
    refused = dispatcher.post(f"{DAY}/plans", json=settings)
    assert refused.status_code == 422
    assert (refused.json["error_code"], refused.json["problems"][0]["where"]) == (code, where)


def test_a_limit_that_is_not_allowed_itself_is_told_from_one_that_is(here: Kept, dispatcher: Client):
    def told(**settings: float) -> str:
        return dispatcher.post(f"{DAY}/plans", json=settings).json["title"]

    assert told(budget_s=0) == "the value must be above 0"
    assert told(budget_s=601) == "the value is too large, the limit is 600"
    assert told(iterations=0) == "the value is too small, the limit is 1"


def test_a_day_that_is_not_there_or_lacks_requests_is_not_planned(ctx: Context, dispatcher: Client):
    assert dispatcher.post(f"{DAY}/plans", json={}).json["error_code"] == "NOT_FOUND"
    write_day(ctx, small_day(), requests=(), assignments=())
    refused = dispatcher.post(f"{DAY}/plans", json={})
    assert (refused.status_code, refused.json["error_code"]) == (409, "NO_REQUESTS")


def test_a_plan_never_changes_so_it_is_sent_once(here: Kept, dispatcher: Client):
    first = dispatcher.get(f"/plans/{here.id}")
    assert Plan.model_validate_json(first.get_data()) == here.plan
    assert first.headers["ETag"].startswith('"')
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = dispatcher.get(f"/plans/{here.id}", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")


def test_a_plan_from_elsewhere_is_taken_or_refused(here: Kept, dispatcher: Client):
    document = json.loads(here.plan.model_dump_json(by_alias=True))
    taken = dispatcher.post(f"{DAY}/plans/import", json=document)
    assert taken.status_code == 201
    assert taken.headers["Location"] == f"/api/v1/plans/{taken.json['id']}"
    document["routes"][0]["entries"][0]["leg"]["distance_m"] += 1
    refused = dispatcher.post(f"{DAY}/plans/import", json=document)
    assert (refused.status_code, refused.json["error_code"]) == (422, "PLAN_BREAKS_RULES")
    document["day_sha256"] = "0" * 64
    refused = dispatcher.post(f"{DAY}/plans/import", json=document)
    assert refused.json["error_code"] == "PLAN_OF_ANOTHER_DAY"


def test_a_change_by_hand_is_another_plan(here: Kept, dispatcher: Client):
    made = dispatcher.post(f"/plans/{here.id}/moves", json={"moves": [PUT_IN]})
    assert made.status_code == 201
    summary = made.json["summary"]
    assert made.headers["Location"] == f"/api/v1/plans/{summary['id']}"
    assert summary["parent_id"] == here.id
    assert dispatcher.get(f"/plans/{summary['id']}").json == made.json["plan"]
    compared = dispatcher.get(f"/plans/{summary['id']}/compared/{here.id}").json
    assert [item["request"] for item in compared["requests"] if item["after"]["tricycle"] == "t2"] == ["b"]
    preview = dispatcher.get(f"/plans/{summary['id']}/route-changes").json
    assert [(route["tricycle"], route["difference"]) for route in preview["routes"]] == [
        ("t1", "new"),
        ("t2", "new"),
    ]


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "20 kg too much"), ("zh-CN", "超过三轮车载重"), ("ug", "ئۈچ چاقلىقنىڭ كۆتۈرۈش چېكىدىن ئېغىر")],
)
def test_a_change_that_breaks_a_rule_says_so_in_words(
    here: Kept, dispatcher: Client, language: str, words: str
):
    refused = dispatcher.post(
        f"/plans/{here.id}/moves", json={"moves": TOO_HEAVY}, headers={"Accept-Language": language}
    )
    assert (refused.status_code, refused.json["error_code"]) == (409, "CHANGE_BREAKS_RULES")
    [problem] = refused.json["problems"]
    assert (problem["where"], problem["value"]) == ("t2", "CAPACITY_KG")
    assert words in problem["detail"]


@pytest.mark.parametrize(
    ("moves", "code", "where"),
    [
        ([], "LIST_EMPTY", "moves"),
        ([{"kind": "teleport"}], "VALUE_NOT_ALLOWED", "moves[0].kind"),
        ([{"request": "a"}], "MISSING_KEY", "moves[0].kind"),
        ([{"kind": "take_out"}], "MISSING_KEY", "moves[0].request"),
        ([{"kind": "take_out", "request": "nobody"}], "UNKNOWN_ID", "moves[0].request"),
        ([{"kind": "take_out", "request": "a"}] * 201, "LIMIT_EXCEEDED", "moves"),
    ],
)
def test_moves_that_are_none_are_refused(here: Kept, dispatcher: Client, moves: list, code: str, where: str):
    refused = dispatcher.post(f"/plans/{here.id}/moves", json={"moves": moves})
    assert refused.status_code == 422
    assert (refused.json["error_code"], refused.json["problems"][0]["where"]) == (code, where)


def test_a_change_that_is_sent_again_is_made_once(here: Kept, dispatcher: Client):
    calls = [
        dispatcher.post(
            f"/plans/{here.id}/moves", json={"moves": [PUT_IN]}, headers={"Idempotency-Key": "once"}
        )
        for _ in range(2)
    ]
    assert calls[0].json == calls[1].json
    listed = dispatcher.get(f"{DAY}/plans").json["items"]
    assert [plan["number"] for plan in listed] == [2, 1]


def test_a_plan_of_a_changed_day_is_not_published(here: Kept, ctx: Context, dispatcher: Client):
    write_day(ctx, here.day, title="Another title")
    refused = dispatcher.post(f"/plans/{here.id}/publish")
    assert (refused.status_code, refused.json["error_code"]) == (409, "DAY_CHANGED")
    assert dispatcher.get(f"{DAY}/plans").json["items"][0]["day_changed"] is True
    assert dispatcher.get(f"{DAY}/published").json["error_code"] == "NOT_PUBLISHED"
    assert dispatcher.get(f"{DAY}/publications").json["items"] == []


def test_why_a_request_is_left_out_is_asked_for_alone(here: Kept, dispatcher: Client):
    found = dispatcher.get(f"/plans/{here.id}/unserved/c").json
    assert found["unserved"]["reason"] == "NOT_WORTH_ITS_COST"
    assert dispatcher.get(f"/plans/{here.id}/unserved/x").status_code == 404


@pytest.mark.parametrize("format", list(MEDIA_TYPES))
def test_a_plan_is_drawn_in_every_format(here: Kept, dispatcher: Client, format: str):
    drawn = dispatcher.get(f"/plans/{here.id}/map.{format}?tricycle=t1&language=zh-Hans")
    assert drawn.status_code == 200
    assert drawn.mimetype == MEDIA_TYPES[format]
    assert drawn.headers["Content-Disposition"] == f"attachment; filename=2026-06-12-1-1.{format}"
    assert dispatcher.get(f"/plans/{here.id}/map.{format}?tricycle=t2").status_code == 404


def test_a_format_or_language_that_is_not_offered_is_none(here: Kept, dispatcher: Client):
    assert dispatcher.get(f"/plans/{here.id}/map.shp").json["error_code"] == "PATH_UNKNOWN"
    refused = dispatcher.get(f"/plans/{here.id}/map.kml?language=fr")
    assert (refused.status_code, refused.json["error_code"]) == (422, "VALUE_NOT_ALLOWED")


READS = [
    "summary",
    "check",
    "unserved/c",
    "route-changes",
    "map.gpx",
    "compared/{id}",
    "",
]


@pytest.mark.parametrize("part", READS)
def test_plans_are_for_dispatchers(
    here: Kept, part: str, nobody: Client, planner: Client, driver: Client, admin: Client
):
    address = f"/plans/{here.id}/{part.format(id=here.id)}".rstrip("/")
    statuses = [client.get(address).status_code for client in (nobody, planner, driver, admin)]
    assert statuses == [401, 403, 403, 200]

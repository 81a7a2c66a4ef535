"""Events, state and the own route over HTTP: for each role, on both databases."""

import datetime
import gzip

import pytest

from fleet.service.context import Context
from fleet.service.events import MOST_AT_ONCE
from tests.api_client import Client
from tests.database import Clock
from tests.running_day import RunningDay, done, publish, published, stops


@pytest.fixture
def running(ctx: Context, clock: Clock) -> RunningDay:
    running = published(ctx)
    clock.now = running.noon + datetime.timedelta(hours=9)
    return running


def events_of(running: RunningDay, number: int) -> dict[str, object]:
    route = running.routes[number]
    return {
        "format": "fleet-events/1",
        "date": str(running.day.date),
        "events": [done(entry, route.tricycle) for entry in stops(route)],
    }


def test_a_phone_reports_its_morning_and_the_dispatcher_sees_it(
    running: RunningDay, driver: Client, dispatcher: Client
):
    path = f"/days/{running.day.date}/events"
    answered = driver.post(path, json=events_of(running, 0))
    assert answered.status_code == 200
    assert {event["outcome"] for event in answered.json["events"]} == {"accepted"}
    again = driver.post(path, json=events_of(running, 0))
    assert {event["outcome"] for event in again.json["events"]} == {"repeated"}
    state = dispatcher.get(f"/days/{running.day.date}/state")
    assert state.status_code == 200
    number = len(stops(running.routes[0]))
    assert sum(len(tricycle["done"]) for tricycle in state.json["tricycles"]) == number
    page = dispatcher.get(path, query_string={"limit": 2}).json
    rest = dispatcher.get(path, query_string={"cursor": page["next"], "limit": 1000}).json
    assert len(page["items"]) + len(rest["items"]) == number
    since = dispatcher.get(path, query_string={"since": number - 1}).json
    assert [item["number"] for item in since["items"]] == [number]


def test_the_state_is_sent_again_only_when_something_happened(
    running: RunningDay, driver: Client, dispatcher: Client
):
    path = f"/days/{running.day.date}/state"
    tag = {"If-None-Match": dispatcher.get(path).headers["ETag"]}
    assert dispatcher.get(path, headers=tag).status_code == 304
    driver.post(f"/days/{running.day.date}/events", json=events_of(running, 0))
    assert dispatcher.get(path, headers=tag).status_code == 200


def test_another_drivers_route_is_neither_written_nor_read(
    running: RunningDay, driver: Client, other_driver: Client, dispatcher: Client
):
    path = f"/days/{running.day.date}/events"
    answered = driver.post(path, json=events_of(running, 1))
    assert all("NOT_OWN_ROUTE" in event["flags"] for event in answered.json["events"])
    assert other_driver.get(path).json["items"] == []
    other_driver.post(path, json=events_of(running, 1))
    assert len(other_driver.get(path).json["items"]) == len(stops(running.routes[1]))
    assert {item["sender"] for item in driver.get(path).json["items"]} == {driver.account_id}
    tricycle = running.routes[1].tricycle
    assert {i["sender"] for i in driver.get(path, query_string={"tricycle": tricycle}).json["items"]} <= {
        driver.account_id
    }


@pytest.mark.parametrize(
    ("tricycle", "seen_by_driver", "seen_by_dispatcher"),
    [
        (None, {("own", "driver"), ("own", "dispatcher"), ("other", "driver")}, "all"),
        ("own", {("own", "driver"), ("own", "dispatcher")}, {("own", "driver"), ("own", "dispatcher")}),
        ("other", {("other", "driver")}, {("other", "driver"), ("other", "dispatcher")}),
        ("zzz", set(), set()),
    ],
)
def test_a_filter_leaves_events_of_one_tricycle_of_those_that_the_caller_may_see(
    running: RunningDay,
    driver: Client,
    dispatcher: Client,
    tricycle: str | None,
    seen_by_driver: set[tuple[str, str]],
    seen_by_dispatcher: set[tuple[str, str]] | str,
):
    path = f"/days/{running.day.date}/events"
    names = {running.routes[0].tricycle: "own", running.routes[1].tricycle: "other"}
    clients = {"driver": driver, "dispatcher": dispatcher}
    for client in clients.values():
        for number in (0, 1):
            assert client.post(path, json=events_of(running, number)).status_code == 200
    senders = {client.account_id: name for name, client in clients.items()}
    asked = {name: id for id, name in names.items()}.get(str(tricycle), tricycle)
    query = {} if asked is None else {"tricycle": asked}
    everything = {(route, sender) for route in names.values() for sender in clients}
    for name, expected in (("driver", seen_by_driver), ("dispatcher", seen_by_dispatcher)):
        items = clients[name].get(path, query_string=query).json["items"]
        seen = {(names[item["event"]["tricycle"]], senders[item["sender"]]) for item in items}
        assert seen == (everything if expected == "all" else expected), name


@pytest.mark.parametrize(
    ("change", "status", "code", "where"),
    [
        ({"events": []}, 422, "LIST_EMPTY", "events"),
        ({"date": "2026-06-13"}, 422, "DATES_DIFFER", "date"),
        ({"events": [{"kind": "flown"}]}, 422, "VALUE_NOT_ALLOWED", "events[0]"),
        ({"events": [{"kind": "left"}]}, 422, "MISSING_KEY", "events[0].id"),
    ],
)
def test_a_report_that_cannot_be_read_is_refused_whole(
    running: RunningDay, driver: Client, change: dict[str, object], status: int, code: str, where: str
):
    answered = driver.post(f"/days/{running.day.date}/events", json=events_of(running, 0) | change)
    assert (answered.status_code, answered.json["error_code"]) == (status, code)
    assert answered.json["problems"][0]["where"] == where
    assert driver.get(f"/days/{running.day.date}/events").json["items"] == []


def test_so_many_events_go_into_one_report_and_no_more(running: RunningDay, driver: Client):
    body = events_of(running, 0)
    left = {"kind": "left", "tricycle": running.routes[0].tricycle, "occurred_at": running.noon.isoformat()}
    body["events"] = [left | {"id": str(number)} for number in range(MOST_AT_ONCE)]
    path = f"/days/{running.day.date}/events"
    assert driver.post(path, json=body).status_code == 200
    body["events"].append(left | {"id": "one more"})
    refused = driver.post(path, json=body)
    assert (refused.status_code, refused.json["error_code"]) == (422, "LIMIT_EXCEEDED")


def test_who_may_do_what(
    running: RunningDay,
    nobody: Client,
    planner: Client,
    driver: Client,
    dispatcher: Client,
    admin: Client,
):
    events, state = f"/days/{running.day.date}/events", f"/days/{running.day.date}/state"
    route = f"/me/route?date={running.day.date}"
    allowed = {
        ("GET", events): {driver, dispatcher, admin},
        ("POST", events): {driver, dispatcher, admin},
        ("GET", state): {dispatcher, admin},
        ("GET", route): {driver},
    }
    for (method, path), clients in allowed.items():
        for client in (planner, driver, dispatcher, admin):
            body = {"json": events_of(running, 0)} if method == "POST" else {}
            status = client.call(method, path, **body).status_code
            assert status == (200 if client in clients else 403), (method, path, client.account_id)
        assert nobody.call(method, path).status_code == 401


def test_a_day_that_is_not_there_is_not_found(running: RunningDay, dispatcher: Client, driver: Client):
    assert dispatcher.get("/days/2026-06-20/events").status_code == 404
    assert dispatcher.get("/days/2026-06-20/state").status_code == 404
    missing = driver.get("/me/route?date=2026-06-20")
    assert (missing.status_code, missing.json["error_code"]) == (404, "NOT_PUBLISHED")


def test_a_phone_gets_its_route_once_and_then_only_what_is_new(running: RunningDay, driver: Client):
    first = driver.get("/me/route", query_string={"date": str(running.day.date)})
    assert first.status_code == 200
    assert first.json["tricycle"] == running.routes[0].tricycle
    tag = {"If-None-Match": first.headers["ETag"]}
    again = driver.get("/me/route", query_string={"date": str(running.day.date)}, headers=tag)
    assert (again.status_code, again.get_data()) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    publish(running.ctx, day=running.day, plan=running.plan)
    new = driver.get("/me/route", query_string={"date": str(running.day.date)}, headers=tag)
    assert (new.status_code, new.json["number"]) == (200, 2)


def test_the_route_travels_compressed_and_its_tag_holds(running: RunningDay, driver: Client):
    zipped = {"Accept-Encoding": "gzip"}
    path = f"/me/route?date={running.day.date}"
    response = driver.get(path, headers=zipped)
    assert response.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(response.get_data()).startswith(b'{"format":"fleet-route/1"')
    tag = {"If-None-Match": response.headers["ETag"]}
    assert driver.get(path, headers=zipped | tag).status_code == 304


def test_today_is_taken_where_no_date_is_given(running: RunningDay, driver: Client, other_driver: Client):
    assert driver.get("/me/route").json["date"] == str(running.day.date)
    assert other_driver.get("/me/route").json["tricycle"] == running.routes[1].tricycle


def test_a_phone_sees_that_its_route_was_taken_back(running: RunningDay, driver: Client, dispatcher: Client):
    path = f"/me/route?date={running.day.date}"
    known = driver.get(path)
    assert known.json["withdrawn_at"] is None
    assert dispatcher.delete(f"/days/{running.day.date}/published").status_code == 204
    now = driver.get(path, headers={"If-None-Match": known.headers["ETag"]})
    assert (now.status_code, now.json["visits"], now.json["plan"]) == (200, [], running.plan_id)
    assert now.json["withdrawn_at"] is not None
    assert driver.get(path, headers={"If-None-Match": now.headers["ETag"]}).status_code == 304

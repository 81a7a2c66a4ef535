"""The audit log over HTTP: what was done, by whom, on which day, page by page."""

import datetime
from typing import Any

import pytest

from fleet.service.context import Context
from fleet.store import Store
from fleet.store.audit import note
from tests.api_client import Client
from tests.database import Clock


@pytest.fixture
def api_store(store: Store) -> Store:
    """On both databases."""
    return store


@pytest.fixture
def lines(ctx: Context, clock: Clock) -> None:
    """Two accounts, three days, a line an hour; the days change at the township's midnight."""
    clock.now = datetime.datetime(2026, 6, 14, 15, 30, tzinfo=datetime.UTC)
    done = [
        ("a1", "created", "day"),
        ("a1", "changed", "day"),
        ("a2", "created", "request"),
        (None, "purged", "x"),
    ]
    for number in range(8):
        account_id, action, kind = done[number % len(done)]
        with ctx.store.write() as session:
            note(
                session,
                at=clock.now,
                account_id=account_id,
                action=action,
                kind=kind,
                subject=f"s{number}",
                number=number,
            )
        clock.forward(hours=1 if number < 3 else 24)


def listed(client: Client, **query: Any) -> list[str]:
    response = client.get("/audit", query_string=query)
    assert response.status_code == 200, response.json
    return [line["subject"] for line in response.json["items"] if line["subject"].startswith("s")]


def test_the_latest_stands_first_with_ids_and_counts(lines: None, admin: Client) -> None:
    first = admin.get("/audit").json["items"][0]
    assert first | {"number": 0} == {
        "number": 0,
        "at": "2026-06-18T18:30:00Z",
        "account_id": None,
        "account_name": None,
        "action": "purged",
        "kind": "x",
        "subject": "s7",
        "details": {"number": 7},
    }


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({"account": "a2"}, ["s6", "s2"]),
        ({"action": "created"}, ["s6", "s4", "s2", "s0"]),
        ({"action": "created", "kind": "day"}, ["s4", "s0"]),
        ({"subject": "s5"}, ["s5"]),
        # 15:30 in UTC is half an hour before midnight in Beijing.
        ({"last": "2026-06-14"}, ["s0"]),
        ({"first": "2026-06-15", "last": "2026-06-15"}, ["s3", "s2", "s1"]),
        ({"first": "2026-06-18"}, ["s7", "s6"]),
        ({"account": "nobody"}, []),
    ],
)
def test_lines_are_found_by_what_they_say(
    lines: None, admin: Client, query: dict[str, str], wanted: list[str]
) -> None:
    assert listed(admin, **query) == wanted


def test_pages_follow_each_other_while_lines_are_added(lines: None, admin: Client, ctx: Context) -> None:
    found, cursor = [], None
    while True:
        query = {"limit": 3, **({"cursor": cursor} if cursor else {})}
        page = admin.get("/audit", query_string=query).json
        found += [line["subject"] for line in page["items"]]
        cursor = page.get("next")
        with ctx.store.write() as session:
            note(session, at=ctx.store.clock(), account_id=None, action="a", kind="k", subject="later")
        if cursor is None:
            break
    assert [subject for subject in found if subject.startswith("s")] == [f"s{n}" for n in range(7, -1, -1)]
    assert "later" not in found


def test_an_account_is_named_as_long_as_there_is_one(admin: Client, ctx: Context) -> None:
    body = {"name": "Arzu", "role": "dispatcher", "password": "a long enough sentence"}
    made = admin.post("/accounts", json=body).json
    line = admin.get("/audit", query_string={"subject": made["id"]}).json["items"][0]
    assert (line["action"], line["kind"], line["account_name"]) == ("created", "account", "admin")
    assert "Arzu" not in str(line)


@pytest.mark.parametrize("query", [{"first": "june"}, {"limit": "0"}, {"cursor": "x"}, {"subject": "a\0"}])
def test_a_query_that_cannot_be_read_is_refused(admin: Client, query: dict[str, str]) -> None:
    assert admin.get("/audit", query_string=query).status_code == 422

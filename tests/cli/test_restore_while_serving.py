"""``fleet restore --replace`` into the database of a service that runs and goes on."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fleet.model import dump
from fleet.service.roles import Role
from tests.database import Server
from tests.fleet_command import run_fleet
from tests.kept_plans import small_day
from tests.serving import Running, serving

LONG = {"budget_s": 60.0}
SHORT = {"budget_s": 30.0, "iterations": 20}


@pytest.fixture(params=["sqlite", "postgresql"])
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Running]:
    if request.param == "sqlite":
        with serving(tmp_path) as running:
            yield running
        return
    server: Server = request.getfixturevalue("postgresql")
    with server.database() as url, serving(tmp_path, "--database", url) as running:
        running.database = url
        yield running


def test_the_service_goes_on_with_what_the_backup_has(service: Running, tmp_path: Path) -> None:
    day: dict[str, Any] = json.loads(dump(small_day()))
    path = f"/days/{day['date']}"
    service.until_healthy()
    token = service.token(Role.DISPATCHER)
    assert service.call("PUT", path, day, token=token)[0] == 201
    plan = planned(service, path, token=token)
    driver = service.token(Role.DISPATCHER)
    run_fleet(["backup", "a", "--database", service.database], folder=tmp_path)

    later = service.token(Role.DISPATCHER)
    other = day | {"title": "of later"}
    assert service.call("PUT", path, other, token=token)[0] == 200
    unknown = planned(service, path, token=later)
    version = service.get("/days", token=token)["items"][0]["version"]
    job = service.post(f"{path}/plans", LONG, token=later)
    service.until(lambda: service.get(f"/jobs/{job['id']}", token=later)["state"] == "running")
    run_fleet(["restore", "a", "--replace", "--database", service.database], folder=tmp_path)

    assert service.call("GET", "/days", token=later)[0] == 401
    assert service.call("GET", "/days", token=driver)[0] == 200
    restored = service.get("/days", token=token)["items"][0]
    assert (restored["title"], restored["version"]) == (day["title"], version + 1)
    assert service.call("GET", f"/jobs/{job['id']}", token=token)[0] == 404
    # Its run ends by itself and leaves nothing behind.
    assert planned(service, path, token=token)["number"] == 2
    plans = service.get(f"{path}/plans", token=token)["items"]
    assert [item["number"] for item in plans] == [2, 1]
    assert plans[1]["id"] == plan["id"]
    assert unknown["id"] not in {item["id"] for item in plans}
    assert service.call("POST", f"/plans/{plan['id']}/publish", token=token)[0] == 200
    assert service.until_healthy()["queue"] == {"queued": 0, "running": 0, "oldest_wait_s": 0}


def planned(service: Running, path: str, *, token: str) -> dict[str, Any]:
    """Let the service plan the day; the plan as it is listed."""
    job = service.post(f"{path}/plans", SHORT, token=token)
    service.until(lambda: service.get(f"/jobs/{job['id']}", token=token)["finished_at"])
    assert service.get(f"/jobs/{job['id']}", token=token)["state"] == "succeeded"
    found: dict[str, Any] = service.get(f"{path}/plans", token=token)["items"][0]
    return found

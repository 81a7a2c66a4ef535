"""Metrics are for this machine and for admins, and count calls without naming anybody."""

from flask import Flask

from fleet.service.context import Context
from fleet.service.jobs import JobKind
from fleet.store import jobs as rows
from fleet.store.jobs import JobState
from fleet.store.tables import Job
from tests.api_client import Client
from tests.database import Clock

ELSEWHERE = {"environ_overrides": {"REMOTE_ADDR": "10.1.2.3"}}


def lines(client: Client, **options) -> list[str]:
    response = client.get("/metrics", **options)
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    return response.get_data(as_text=True).splitlines()


def test_this_machine_reads_them_without_signing_in(nobody: Client):
    assert any(line.startswith("fleet_jobs{") for line in lines(nobody))


def test_from_elsewhere_only_an_admin_does(nobody: Client, dispatcher: Client, admin: Client):
    assert nobody.get("/metrics", **ELSEWHERE).status_code == 401
    assert dispatcher.get("/metrics", **ELSEWHERE).status_code == 403
    assert lines(admin, **ELSEWHERE)


def test_a_proxy_of_this_machine_does_not_make_its_callers_local(nobody: Client):
    assert nobody.get("/metrics", headers={"X-Forwarded-For": "10.1.2.3"}).status_code == 401


def test_calls_are_counted_by_the_pattern_of_their_path(nobody: Client):
    nobody.get("/health")
    nobody.get("/household/Patigul")
    found = lines(nobody)
    counted = 'fleet_http_request_seconds_count{method="GET",rule="/api/v1/health",status="200"} 1.0'
    assert counted in found
    assert not any("Patigul" in line for line in found)


def test_methods_that_callers_invent_are_one_series(nobody: Client):
    for number in range(20):
        nobody.call(f"WORD{number}", "/health")
    found = lines(nobody)
    assert 'fleet_http_request_seconds_count{method="other",rule="unknown",status="405"} 20.0' in found
    assert not any("WORD" in line for line in found)


def test_the_work_is_read_from_the_database(nobody: Client, ctx: Context, clock: Clock):
    with ctx.store.write() as session:
        for kind in (JobKind.PLAN, JobKind.SOLVE):
            rows.add_job(
                session, kind=kind, rank=1, account_id=None, input="{}", date=None, at=clock()
            ).state = JobState.QUEUED
        done = session.query(Job).filter_by(kind=JobKind.PLAN).one()
        done.state, done.started_at, done.attempts = JobState.SUCCEEDED, clock(), 2
        clock.forward(seconds=12)
        done.finished_at = clock()
    found = lines(nobody)
    assert 'fleet_jobs{state="queued"} 1.0' in found
    assert 'fleet_jobs{state="succeeded"} 1.0' in found
    assert "fleet_job_lease_losses 1.0" in found
    assert 'fleet_job_run_seconds{kind="plan"} 12.0' in found


def test_a_database_that_is_away_is_a_figure_too(app: Flask, ctx: Context, nobody: Client, tmp_path):
    ctx.store.close()
    (tmp_path / "fleet.db").unlink()
    (tmp_path / "fleet.db").mkdir()
    assert "fleet_database_up 0.0" in lines(nobody)
    health = nobody.get("/health")
    assert health.status_code == 503
    assert health.json["database"]["state"] == "failing"

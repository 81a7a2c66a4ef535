"""Jobs over HTTP: looked after, cancelled, and only by whom they belong to."""

from fleet.service import jobs
from fleet.service.context import Context
from fleet.service.job_inputs import PlanInput, SearchSettings, SolveInput
from fleet.service.jobs import JobKind
from fleet.service.roles import Caller, Role
from tests.api_client import Client
from tests.random_days import random_day
from tests.working import worker

PROBLEM = {
    "jobs": [{"id": 1, "location_index": 1}],
    "vehicles": [{"id": 1, "start_index": 0, "end_index": 0}],
    "matrices": {"car": {"durations": [[0, 60], [60, 0]]}},
}


def submitted(ctx: Context, client: Client, *, kind: JobKind = JobKind.PLAN, input: str = "{}") -> str:
    caller = Caller(account_id=client.account_id, role=Role.DISPATCHER)
    return jobs.submit(ctx, caller, kind=kind, input=input).id


def ended(client: Client, job_id: str) -> dict:
    """The job once it is over."""
    while True:
        job = client.get(f"/jobs/{job_id}").json
        if job["state"] not in ("queued", "running"):
            return job


def test_a_waiting_job_says_when_to_ask_again_and_answers_304(ctx: Context, dispatcher: Client):
    job_id = submitted(ctx, dispatcher)
    first = dispatcher.get(f"/jobs/{job_id}")
    assert (first.json["state"], first.json["position"]) == ("queued", 1)
    assert first.headers["Retry-After"] == "1"
    again = dispatcher.get(f"/jobs/{job_id}", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_a_cancelled_job_is_over(ctx: Context, dispatcher: Client):
    job_id = submitted(ctx, dispatcher)
    cancelled = dispatcher.delete(f"/jobs/{job_id}")
    assert cancelled.json["state"] == "cancelled"
    assert "Retry-After" not in dispatcher.get(f"/jobs/{job_id}").headers
    again = dispatcher.delete(f"/jobs/{job_id}")
    assert (again.status_code, again.json["error_code"]) == (409, "JOB_IS_OVER")
    for path in ("best", "result"):
        missing = dispatcher.get(f"/jobs/{job_id}/{path}")
        assert (missing.status_code, missing.json["error_code"]) == (404, "NO_PLAN_MADE")


def test_a_job_of_somebody_else_is_not_there(ctx: Context, dispatcher: Client, planner: Client):
    job_id = submitted(ctx, dispatcher)
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/best"), ("GET", "/result")):
        refused = planner.call(method, f"/jobs/{job_id}{path}")
        assert (refused.status_code, refused.json["error_code"]) == (404, "NOT_FOUND")
    assert planner.get("/jobs").json == {"items": [], "next": None}
    assert [item["id"] for item in dispatcher.get("/jobs").json["items"]] == [job_id]


def test_a_plan_is_found_by_its_link(ctx: Context, dispatcher: Client):
    day = random_day(3, requests=6, tricycles=2)
    given = PlanInput(day=day, settings=SearchSettings(iterations=20, budget_s=60.0))
    job_id = submitted(ctx, dispatcher, input=given.model_dump_json(by_alias=True))
    assert dispatcher.get(f"/jobs/{job_id}/best").json["error_code"] == "NO_PLAN_YET"
    with worker(ctx):
        job = ended(dispatcher, job_id)
    assert (job["state"], job["progress"], job["phase"]) == ("succeeded", 1.0, "done")
    assert job["links"]["result"] == f"/api/v1/plans/{job['plan_id']}"
    plan = dispatcher.get(f"/jobs/{job_id}/best").json
    assert plan["format"] == "fleet-plan/1"
    assert plan["figures"]["served_requests"] == job["best"]["served_requests"]


def test_an_answer_of_vroom_is_found_by_its_link(ctx: Context, dispatcher: Client):
    given = SolveInput(problem=PROBLEM, settings=SearchSettings(iterations=20, budget_s=60.0))
    job_id = submitted(ctx, dispatcher, kind=JobKind.SOLVE, input=given.model_dump_json())
    with worker(ctx):
        job = ended(dispatcher, job_id)
    assert job["links"] == {"best": None, "result": f"/api/v1/jobs/{job_id}/result"}
    answer = dispatcher.get(f"/jobs/{job_id}/result").json
    assert (answer["code"], answer["summary"]["cost"]) == (0, 120)


def test_a_job_that_fails_says_why(ctx: Context, dispatcher: Client):
    far = PROBLEM | {"jobs": [{"id": 1, "location_index": 7}]}
    given = SolveInput(problem=far, settings=SearchSettings(iterations=1))
    job_id = submitted(ctx, dispatcher, kind=JobKind.SOLVE, input=given.model_dump_json())
    with worker(ctx):
        job = ended(dispatcher, job_id)
    assert job["state"] == "failed"
    assert (job["error"]["code"], job["error"]["where"]) == ("INDEX_OUT_OF_RANGE", "jobs[0].location_index")
    assert job["links"]["result"] is None

"""Programs written for a VROOM server work with this one."""

import threading
from collections.abc import Iterator

import openrouteservice
import pytest
from openrouteservice import optimization
from werkzeug.serving import make_server

from fleet.service.config import Config
from fleet.service.context import Context
from fleet.store import Store
from tests import vroom_examples as examples
from tests.api_client import Client
from tests.working import worker

BRIEF = {"options": {"l": 1}}


@pytest.fixture
def config(api_store: Store) -> Config:
    return Config(database=api_store.url, jobs_per_account=2)


@pytest.fixture
def working(ctx: Context) -> Iterator[None]:
    with worker(ctx):
        yield


@pytest.mark.usefixtures("working")
class TestAnswers:
    def test_the_example_with_a_matrix_costs_what_vroom_says(self, planner: Client):
        response = planner.post("/solve", json=examples.WITH_A_MATRIX | BRIEF)
        assert response.status_code == 200
        assert response.json["code"] == 0
        assert response.json["summary"]["cost"] == examples.COST_WITH_A_MATRIX
        assert [step.get("id") for step in response.json["routes"][0]["steps"]] == [None, 1414, 1515, None]

    def test_the_example_with_coordinates_is_served_whole_and_drawn_where_asked(self, planner: Client):
        response = planner.post("/solve", json=examples.WITH_COORDINATES | {"options": {"l": 1, "g": True}})
        assert response.json["code"] == 0
        assert all(route["geometry"] for route in response.json["routes"])
        served = {step["id"] for route in response.json["routes"] for step in route["steps"] if "id" in step}
        left = {task["id"] for task in response.json["unassigned"]}
        assert served - left >= {1, 2, 5}

    def test_a_published_client_gets_its_answer(self, planner: Client, service_address: str):
        client = openrouteservice.Client(
            key=f"Bearer {planner.token}", base_url=f"{service_address}/api/v1", timeout=60
        )
        jobs = [optimization.Job(id=n, location=[2.35 + n / 50, 48.71], amount=[1]) for n in range(3)]
        vehicles = [optimization.Vehicle(id=0, profile="car", start=examples.DEPOT, capacity=[4])]
        answer = client.optimization(jobs=jobs, vehicles=vehicles, geometry=True)
        assert answer["code"] == 0
        assert answer["summary"]["unassigned"] == 0
        assert answer["routes"][0]["geometry"]

    def test_an_error_of_the_search_is_the_callers(self, planner: Client):
        document = examples.WITH_COORDINATES | BRIEF
        nowhere = [{**vehicle, "profile": "rocket"} for vehicle in examples.WITH_COORDINATES["vehicles"]]
        response = planner.post("/solve", json=document | {"vehicles": nowhere})
        assert (response.status_code, response.json["code"]) == (400, 2)
        assert response.json["error_code"] == "PROFILE_UNKNOWN"

    def test_a_repeated_call_is_solved_once(self, planner: Client, ctx: Context):
        headers = {"Idempotency-Key": "one"}
        first, again = (
            planner.post("/solve", json=examples.WITH_A_MATRIX | BRIEF, headers=headers) for _ in range(2)
        )
        assert first.get_data() == again.get_data()
        assert again.headers["Idempotent-Replayed"] == "true"


@pytest.fixture
def service_address(app) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_plan_mode_times_the_given_steps_and_names_what_they_break(planner: Client):
    response = planner.post("/solve", json=examples.IN_PLAN_MODE | {"options": {"c": True}})
    assert response.json["code"] == 0
    assert {"cause": "load"} in response.json["summary"]["violations"]


def test_respond_async_makes_a_job_of_it(planner: Client):
    response = planner.post(
        "/solve", json=examples.WITH_A_MATRIX, headers={"Prefer": "respond-async, wait=10"}
    )
    assert response.status_code == 202
    assert response.headers["Location"] == f"/api/v1/jobs/{response.json['id']}"
    assert response.headers["Retry-After"] == "1"
    assert response.headers["Preference-Applied"] == "respond-async"
    assert (response.json["kind"], response.json["state"]) == ("solve", "queued")


def many(number: int) -> dict:
    jobs = [{"id": n, "location_index": 1} for n in range(number)]
    return examples.WITH_A_MATRIX | {"jobs": jobs}


BAD_PROBLEMS = [
    ({"jobs": []}, 400, 2, "MISSING_KEY"),
    ({"vehicles": [], "jobs": []}, 400, 2, "LIST_EMPTY"),
    (examples.WITH_A_MATRIX | {"matrix": [[0, 1]]}, 400, 2, "INDEX_OUT_OF_RANGE"),
    (examples.WITH_A_MATRIX | {"options": 5}, 400, 2, "WRONG_TYPE"),
    (examples.WITH_A_MATRIX | {"options": {"l": 0}}, 400, 2, "VALUE_TOO_SMALL"),
    (examples.WITH_A_MATRIX | {"options": {"l": 61}}, 400, 2, "VALUE_TOO_LARGE"),
    (many(5_001), 413, 4, "LIMIT_EXCEEDED"),
]


@pytest.mark.parametrize(("problem", "status", "code", "error_code"), BAD_PROBLEMS)
def test_a_bad_problem_is_refused_in_both_languages(
    planner: Client, problem: dict, status: int, code: int, error_code: str
):
    response = planner.post("/solve", json=problem)
    assert response.status_code == status
    assert response.json["code"] == code
    assert response.json["error"].startswith(f"error[{error_code}]")
    assert response.json["error_code"] == error_code


def test_broken_json_is_an_input_error_too(planner: Client):
    response = planner.post("/solve", data=b'{"jobs": ', headers={"Content-Type": "application/json"})
    assert (response.status_code, response.json["code"], response.json["error_code"]) == (
        400,
        2,
        "JSON_MALFORMED",
    )


def test_whoever_is_not_signed_in_is_told_so_in_both_languages(nobody: Client):
    response = nobody.post("/solve", json=examples.WITH_A_MATRIX)
    assert (response.status_code, response.json["code"], response.json["error_code"]) == (
        401,
        2,
        "NOT_SIGNED_IN",
    )


def test_an_account_has_only_so_many_jobs_at_a_time(planner: Client):
    headers = {"Prefer": "respond-async"}
    for _ in range(2):
        assert planner.post("/solve", json=examples.WITH_A_MATRIX, headers=headers).status_code == 202
    response = planner.post("/solve", json=examples.WITH_A_MATRIX, headers=headers)
    assert (response.status_code, response.json["error_code"]) == (429, "JOBS_TOO_MANY")
    assert "2" in response.json["detail"]
    assert int(response.headers["Retry-After"]) > 0


def test_pages_of_other_sites_may_call_with_a_token(nobody: Client):
    response = nobody.call("OPTIONS", "/solve", headers={"Origin": "https://example.org"})
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Authorization" in response.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Origin" not in nobody.get("/health").headers

"""``POST /solve``: VROOM's JSON, answered as vroom-express answers it.

Programs written for such a server work after changing the address and adding a token, those in browsers of
other sites, too: they send no cookie along.
"""

from flask import Response, request

from fleet.api.answers import JSON, answer
from fleet.api.blueprint import Api
from fleet.api.errors import ProblemDocument, logged_fault, logged_refusal, response_of
from fleet.api.reading import body_of
from fleet.api.statuses import UNPROCESSABLE, status_of
from fleet.formats.vroom.answer import Answer
from fleet.model import ErrorCode, InputError, Problem
from fleet.service.addresses import API_PATH
from fleet.service.context import Context
from fleet.service.jobs import JobView
from fleet.service.roles import Caller, Permission
from fleet.service.solving import Call, solve_now, start_solving
from fleet.texts import problem_line

INTERNAL_ERROR, INPUT_ERROR, ROUTING_ERROR, TOO_LARGE = 1, 2, 3, 4
"""VROOM's codes; the last is vroom-express's own."""
OF_ROUTING = ("ROADS_", "PLACE_")
ASYNC = "respond-async"
FIRST_LOOK_S = 1
OTHER_SITES = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key, Prefer",
    "Access-Control-Expose-Headers": "Location, Retry-After, X-Request-ID",
}

api = Api("solve", tag="Problems of other programs")


class SolveFailure(ProblemDocument):
    """A failure with VROOM's ``code`` (1 internal, 2 input, 3 routing, 4 too large) and ``error``."""

    code: int
    error: str


def solve(ctx: Context, caller: Caller) -> Response:
    """Solve a problem in VROOM's JSON; with `Prefer: respond-async` a job is started instead."""
    data = body_of(JSON)
    if ASYNC not in request.headers.get("Prefer", "").replace(";", ",").replace(" ", "").split(","):
        return Response(solve_now(ctx, caller, data=data), mimetype=JSON)
    job = start_solving(ctx, caller, data=data)
    headers = {
        "Location": f"{API_PATH}/jobs/{job.id}",
        "Retry-After": str(FIRST_LOOK_S),
        "Preference-Applied": ASYNC,
    }
    return answer(job, status=202, headers=headers)


def solve_for_openrouteservice(ctx: Context, caller: Caller) -> Response:
    """Solve a problem at the address where clients of openrouteservice look for VROOM."""
    return solve(ctx, caller)


for _rule, _view in (("/solve", solve), ("/optimization", solve_for_openrouteservice)):
    api.on(
        "POST",
        _rule,
        may=Permission.SOLVE,
        answers={200: Answer, 202: JobView},
        media_types=(JSON,),
        body=Call,
        failure=SolveFailure,
    )(_view)


@api.errorhandler(InputError)
def _refused(error: InputError) -> Response:
    logged_refusal(error)
    first = error.problems[0]
    status, code = _as_vroom_express(first)
    words = problem_line(first.code, where=first.where, value=first.value, params=first.params)
    return response_of(error.problems, status=status, also={"code": code, "error": words})


@api.errorhandler(Exception)
def _fault(error: Exception) -> Response:
    problem = logged_fault(error)
    return response_of([problem], also={"code": INTERNAL_ERROR, "error": type(error).__name__})


@api.after_request
def _for_other_sites(response: Response) -> Response:
    response.headers.update(OTHER_SITES)
    return response


def _as_vroom_express(problem: Problem) -> tuple[int, int]:
    """Return the status and the code that programs expect; ours where vroom-express has no such error."""
    status = status_of([problem])
    if problem.code == ErrorCode.LIMIT_EXCEEDED or status == 413:
        return 413, TOO_LARGE
    if problem.code.startswith(OF_ROUTING):
        return 400, ROUTING_ERROR
    if status in (UNPROCESSABLE, 400):
        return 400, INPUT_ERROR
    return status, INPUT_ERROR if status < 500 else INTERNAL_ERROR

"""VROOM problems of other programs: solved by a job that the caller waits for, or looks after."""

import contextlib
import json
import time
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from fleet.formats.vroom import dump_answer, read_document
from fleet.formats.vroom.model import Document as Problem
from fleet.model import ErrorCode, InputError, bad_input
from fleet.model import Problem as InputProblem
from fleet.model.documents import problems_of
from fleet.service.context import Context
from fleet.service.job_inputs import MAX_BUDGET_S, SearchSettings, SolveInput
from fleet.service.jobs import JobKind, JobView, cancel, read_job, read_result, submit
from fleet.service.roles import Caller, Permission
from fleet.service.travel import as_input_error
from fleet.store.jobs import JobState
from maps.roads.errors import MapsError

SHORTEST_S, LONGEST_S, EACH_TASK_S = 1.0, 10.0, 0.05
"""Of searches whose caller names no time: other programs are used to answers within seconds."""
LONGEST_WAITED_S = 60.0
"""Of searches that are waited for: proxies cut longer silences."""
PATIENCE_S = 60.0
"""How long a waiting caller may stand in the queue on top of its search."""
LOOK_S = 0.1


class Options(BaseModel):
    """The ``options`` of vroom-express: ``g`` draws lines, ``c`` is plan mode, ``l`` the seconds to search.

    ``t`` and ``x`` have no counterpart and are ignored, as is what it does not know either.
    """

    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False)

    g: bool = False
    c: bool = False
    l: Annotated[float, Field(gt=0, le=MAX_BUDGET_S)] | None = None  # noqa: E741


EXAMPLE: dict[str, JsonValue] = {
    "vehicles": [{"id": 0, "start_index": 0, "end_index": 3}],
    "jobs": [{"id": 1414, "location_index": 1}, {"id": 1515, "location_index": 2}],
    "matrices": {
        "car": {
            "durations": [
                [0, 2104, 197, 1299],
                [2103, 0, 2255, 3152],
                [197, 2256, 0, 1102],
                [1299, 3153, 1102, 0],
            ]
        }
    },
    "options": {"l": 1},
}
"""Of VROOM's documentation (BSD-2-Clause, the VROOM authors)."""


class Call(Problem):
    """A problem with the options of a server in front of VROOM."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    options: Options = Options()


def solve_now(ctx: Context, caller: Caller, *, data: bytes) -> str:
    """Return VROOM's answer once the search has ended.

    Raises
    ------
    InputError
        What is wrong with the problem; JOBS_TOO_MANY; SERVICE_BUSY where it does not get its turn.
    """
    caller.has_to(Permission.SOLVE)
    problem, options = _read(data)
    if options.c:
        return _planned(ctx, problem, options)
    budget_s = options.l or _usual_budget_s(problem)
    if budget_s > LONGEST_WAITED_S:
        raise bad_input(
            ErrorCode.VALUE_TOO_LARGE, where="options.l", value=budget_s, limit=f"{LONGEST_WAITED_S:g}"
        )
    job = _submitted(ctx, caller, data, options, budget_s, is_awaited=True)
    return _awaited(ctx, caller, job, until=time.monotonic() + budget_s + PATIENCE_S)


def start_solving(ctx: Context, caller: Caller, *, data: bytes) -> JobView:
    """Start a job for a problem, and return at once.

    Raises
    ------
    InputError
        What is wrong with the problem; JOBS_TOO_MANY.
    """
    caller.has_to(Permission.SOLVE)
    problem, options = _read(data)
    return _submitted(ctx, caller, data, options, options.l or _usual_budget_s(problem))


def _read(data: bytes) -> tuple[Problem, Options]:
    problem = read_document(data)
    given = json.loads(data.removeprefix(b"\xef\xbb\xbf")).get("options")
    try:
        return problem, Options.model_validate({} if given is None else given)
    except ValidationError as error:
        raise InputError(
            [
                InputProblem(found.code, f"options.{found.where}".rstrip("."), found.value, found.params)
                for found in problems_of(error)
            ]
        ) from error


def _usual_budget_s(problem: Problem) -> float:
    tasks = len(problem.jobs) + len(problem.shipments)
    return min(LONGEST_S, max(SHORTEST_S, EACH_TASK_S * tasks))


def _planned(ctx: Context, problem: Problem, options: Options) -> str:
    """Return times for the routes that are given as steps; nothing is searched."""
    # The solver takes memory that a service without plan mode does not need.
    from fleet.formats.vroom import check_problem, new_problem

    try:
        answer = check_problem(new_problem(problem, roads=ctx.roads, geometry=options.g))
    except MapsError as error:
        raise as_input_error(error) from error
    return dump_answer(answer).decode()


def _submitted(
    ctx: Context,
    caller: Caller,
    data: bytes,
    options: Options,
    budget_s: float,
    *,
    is_awaited: bool = False,
) -> JobView:
    problem: dict[str, Any] = json.loads(data.removeprefix(b"\xef\xbb\xbf"))
    settings = SearchSettings(budget_s=budget_s)
    given = SolveInput(problem=problem, geometry=options.g, settings=settings)
    return submit(ctx, caller, kind=JobKind.SOLVE, input=given.model_dump_json(), is_awaited=is_awaited)


def _awaited(ctx: Context, caller: Caller, job: JobView, *, until: float) -> str:
    while not job.state.is_over:
        if time.monotonic() > until:
            with contextlib.suppress(InputError):
                cancel(ctx, caller, job_id=job.id)
            raise bad_input(ErrorCode.SERVICE_BUSY, where="jobs")
        time.sleep(LOOK_S)
        job = read_job(ctx, caller, job_id=job.id)
    if job.error is not None:
        raise InputError(
            [InputProblem(job.error.code, job.error.where, job.error.value, dict(job.error.params))]
        )
    if job.state is JobState.CANCELLED and job.links.result is None:
        raise bad_input(ErrorCode.SERVICE_BUSY, where="job", value=job.id)
    return read_result(ctx, caller, job_id=job.id)

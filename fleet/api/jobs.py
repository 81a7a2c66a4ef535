"""Jobs: how far they are, what they have found so far, and their end."""

from flask import Response

from fleet.api.answers import JSON, answer
from fleet.api.blueprint import Api
from fleet.api.paging import PageQuery
from fleet.formats.vroom.answer import Answer
from fleet.model import Plan
from fleet.model.base import Document, Id
from fleet.service import jobs
from fleet.service.context import Context
from fleet.service.jobs import JobView
from fleet.service.paging import Page
from fleet.service.roles import Caller, Permission

NEXT_LOOK_S = 1
"""A run writes its figures once a second."""

api = Api("jobs", tag="Jobs")


class JobPath(Document):
    """Which job."""

    id: Id


@api.on("GET", "/jobs", may=Permission.SOLVE, answers=Page[JobView])
def list_jobs(ctx: Context, caller: Caller, query: PageQuery) -> Page[JobView]:
    """List the own jobs, the latest first; an admin sees those of all."""
    return jobs.list_jobs(ctx, caller, limit=query.limit, cursor=query.cursor)


@api.on("GET", "/jobs/<id>", may=Permission.SOLVE, answers=JobView, sends=("Retry-After",))
def read_job(ctx: Context, caller: Caller, path: JobPath) -> Response:
    """Say how far a job is, with the best figures so far; ask again after `Retry-After`."""
    job = jobs.read_job(ctx, caller, job_id=path.id)
    return answer(job, headers={} if job.state.is_over else {"Retry-After": str(NEXT_LOOK_S)})


@api.on("DELETE", "/jobs/<id>", may=Permission.SOLVE, answers=JobView)
def cancel_job(ctx: Context, caller: Caller, path: JobPath) -> JobView:
    """Cancel a job: at once while it waits, within a second while it runs; its best plan is kept."""
    return jobs.cancel(ctx, caller, job_id=path.id)


@api.on("GET", "/jobs/<id>/best", may=Permission.SOLVE, answers=Plan)
def read_best_plan(ctx: Context, caller: Caller, path: JobPath) -> Plan:
    """Return the checked best plan so far, with its paths; of a job that is over its plan."""
    return jobs.best_plan(ctx, caller, job_id=path.id)


@api.on("GET", "/jobs/<id>/result", may=Permission.SOLVE, answers=Answer)
def read_job_result(ctx: Context, caller: Caller, path: JobPath) -> Response:
    """Return VROOM's answer of a job that was started by `POST /solve`."""
    return Response(jobs.read_result(ctx, caller, job_id=path.id), mimetype=JSON)

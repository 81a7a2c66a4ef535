"""Plans: asked for, changed by hand, checked, explained, published, and drawn on maps."""

import hashlib
from typing import Literal

from flask import Response
from pydantic import Field

from fleet.api.answers import JSON, answer
from fleet.api.blueprint import Api
from fleet.api.etags import expected_version
from fleet.api.languages import language
from fleet.api.paging import PageQuery
from fleet.api.paths import DayPath
from fleet.model import Plan
from fleet.model.base import Document, Id
from fleet.service import differences, maps, moves, plan_checks, plans, publish
from fleet.service.addresses import API_PATH
from fleet.service.context import Context
from fleet.service.differences import Comparison, RouteDifference
from fleet.service.job_inputs import SearchSettings
from fleet.service.jobs import JobView
from fleet.service.kept_plans import PlanSummary
from fleet.service.maps import MEDIA_TYPES, MapFormat
from fleet.service.moves import ChangedPlan, PlanChange
from fleet.service.paging import Page
from fleet.service.plan_checks import CheckResult, Explanation
from fleet.service.plans import ListedPlan
from fleet.service.publish import PublicationView, Published, PublishedPlan
from fleet.service.roles import Caller, Permission

NEXT_LOOK_S = 1

api = Api("plans", tag="Plans")


class PlanPath(Document):
    """Which plan."""

    id: Id


class UnservedPath(PlanPath):
    """Which request of which plan."""

    request: Id


class ComparisonPath(PlanPath):
    """Which plan, beside which other one."""

    other: Id


class MapQuery(Document):
    """What stands on a map, in which words."""

    tricycle: Id | None = Field(default=None, description="the route of this tricycle alone")
    language: Literal["en", "zh-Hans", "ug"] | None = Field(
        default=None, description="else the best of Accept-Language"
    )


class RouteDifferences(Document):
    """Whose route is another than drivers are shown now."""

    routes: tuple[RouteDifference, ...]


@api.on("GET", "/days/<date>/plans", may=Permission.PLAN, answers=Page[ListedPlan])
def list_plans(ctx: Context, caller: Caller, path: DayPath, query: PageQuery) -> Page[ListedPlan]:
    """List the plans of a day, the latest first."""
    return plans.list_plans(ctx, caller, date=path.date, limit=query.limit, cursor=query.cursor)


@api.on("POST", "/days/<date>/plans", may=Permission.PLAN, answers={202: JobView})
def request_plan(ctx: Context, caller: Caller, path: DayPath, body: SearchSettings) -> Response:
    """Start planning the day as it is now; the job's result is a checked plan."""
    job = plans.request_plan(ctx, caller, date=path.date, settings=body)
    headers = {"Location": f"{API_PATH}/jobs/{job.id}", "Retry-After": str(NEXT_LOOK_S)}
    return answer(job, status=202, headers=headers)


@api.on(
    "POST", "/days/<date>/plans/import", may=Permission.PLAN, answers={201: PlanSummary}, sends=("Location",)
)
def hand_in_plan(ctx: Context, caller: Caller, path: DayPath, body: Plan) -> Response:
    """Keep a plan that was made elsewhere, of the day as it is now; it is checked first."""
    kept = plans.hand_in_plan(ctx, caller, date=path.date, plan=body)
    return answer(kept, status=201, headers={"Location": f"{API_PATH}/plans/{kept.id}"})


@api.on("GET", "/days/<date>/published", may=Permission.PLAN, answers=PublishedPlan)
def read_published(ctx: Context, caller: Caller, path: DayPath) -> Response:
    """Return the plan that drivers of a day see."""
    shown = publish.read_published(ctx, caller, date=path.date)
    return answer(shown, version=shown.publication.version)


@api.on("DELETE", "/days/<date>/published", may=Permission.PLAN, answers={204: None}, guarded=True)
def withdraw_plan(ctx: Context, caller: Caller, path: DayPath) -> None:
    """Take back what drivers of a day see: their phones say so; what they have reported stays."""
    publish.withdraw_plan(ctx, caller, date=path.date, version=expected_version())


@api.on("GET", "/days/<date>/publications", may=Permission.PLAN, answers=Page[PublicationView])
def list_publications(ctx: Context, caller: Caller, path: DayPath, query: PageQuery) -> Page[PublicationView]:
    """List what drivers of a day have been shown and what was taken back, the latest first."""
    return publish.list_publications(ctx, caller, date=path.date, limit=query.limit, cursor=query.cursor)


@api.on("GET", "/plans/<id>", may=Permission.PLAN, answers=Plan)
def read_plan(ctx: Context, caller: Caller, path: PlanPath) -> Response:
    """Return a plan; it never changes, unless persons are purged from it."""
    found = plans.read_plan_text(ctx, caller, plan_id=path.id)
    response = Response(found.text, mimetype=JSON)
    # Only a purge of persons ever changes the text.
    response.set_etag(hashlib.sha256(found.text.encode()).hexdigest()[:32])
    return response


@api.on("GET", "/plans/<id>/summary", may=Permission.PLAN, answers=PlanSummary)
def read_plan_summary(ctx: Context, caller: Caller, path: PlanPath) -> PlanSummary:
    """Return where a plan comes from and its figures, without its routes."""
    return plans.read_summary(ctx, caller, plan_id=path.id)


@api.on("GET", "/plans/<id>/check", may=Permission.PLAN, answers=CheckResult)
def check_plan(ctx: Context, caller: Caller, path: PlanPath) -> CheckResult:
    """Check every rule of a plan against the day that it was made of."""
    return plan_checks.check_stored_plan(ctx, caller, plan_id=path.id)


@api.on("GET", "/plans/<id>/unserved/<request>", may=Permission.PLAN, answers=Explanation)
def explain_unserved(ctx: Context, caller: Caller, path: UnservedPath) -> Explanation:
    """Explain why a plan leaves a request out, tricycle by tricycle, and what would admit it."""
    return plan_checks.explain_unserved(ctx, caller, plan_id=path.id, request=path.request)


@api.on("GET", "/plans/<id>/compared/<other>", may=Permission.PLAN, answers=Comparison)
def compare_plans(ctx: Context, caller: Caller, path: ComparisonPath) -> Comparison:
    """Say what differs between a plan and another one, which counts as the one before."""
    return differences.compare_plans(ctx, caller, plan_id=path.id, other_id=path.other)


@api.on("POST", "/plans/<id>/moves", may=Permission.PLAN, answers={201: ChangedPlan}, sends=("Location",))
def change_plan(ctx: Context, caller: Caller, path: PlanPath, body: PlanChange) -> Response:
    """Change a plan by hand: another plan, timed again and checked, or every rule that the change breaks."""
    made = moves.change_plan(ctx, caller, plan_id=path.id, change=body)
    return answer(made, status=201, headers={"Location": f"{API_PATH}/plans/{made.summary.id}"})


@api.on("GET", "/plans/<id>/route-changes", may=Permission.PLAN, answers=RouteDifferences)
def preview_publication(ctx: Context, caller: Caller, path: PlanPath) -> RouteDifferences:
    """Say whose route would be another than drivers are shown now, if this plan were published."""
    return RouteDifferences(routes=publish.preview_publication(ctx, caller, plan_id=path.id))


@api.on("POST", "/plans/<id>/publish", may=Permission.PLAN, answers=Published)
def publish_plan(ctx: Context, caller: Caller, path: PlanPath) -> Published:
    """Let drivers see a plan from now on; 409 when the day is another than the one that was planned."""
    return publish.publish_plan(ctx, caller, plan_id=path.id)


def _draw(ctx: Context, caller: Caller, path: PlanPath, query: MapQuery, format: MapFormat) -> Response:
    drawn = maps.plan_map(
        ctx,
        caller,
        plan_id=path.id,
        format=format,
        tricycle=query.tricycle,
        language=query.language or language(),
    )
    response = Response(drawn.content, mimetype=drawn.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=drawn.name)
    response.headers["Vary"] = "Accept-Language"
    return response


def _offer(format: MapFormat) -> None:
    def draw(ctx: Context, caller: Caller, path: PlanPath, query: MapQuery) -> Response:
        return _draw(ctx, caller, path, query, format)

    draw.__name__ = f"draw_plan_as_{format}"
    draw.__doc__ = f"Return a plan as a map: {format}. No household's name and no phone is on it."
    rule = f"/plans/<id>/map.{format}"
    api.on("GET", rule, may=Permission.PLAN, answers={200: MEDIA_TYPES[format]})(draw)


for _format in MapFormat:
    _offer(_format)

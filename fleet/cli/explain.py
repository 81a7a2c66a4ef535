"""``fleet explain``: why a request is not served, and what would admit it."""

import json

import click

from fleet.cli.base import Command
from fleet.cli.failures import naming
from fleet.cli.files import load_day, load_plan
from fleet.cli.language import say
from fleet.cli.options import machine_output, road_file
from fleet.cli.travel import travel_of_plan
from fleet.cli.words import PlanWords
from fleet.model import Day, ErrorCode, Plan, bad_input
from fleet.model.plan import Unserved


@click.command("explain", cls=Command)
@click.argument("day_file", metavar="DAY")
@click.argument("plan_file", metavar="PLAN")
@click.argument("request", metavar="REQUEST")
@road_file()
@machine_output()
def command(day_file: str, plan_file: str, request: str, roads: str | None, as_json: bool) -> None:
    """Explain why a request is left out."""
    day, plan = load_day(day_file), load_plan(plan_file)
    if request not in day.request_by_id:
        raise bad_input(ErrorCode.UNKNOWN_ID, file=day_file, where="REQUEST", value=request, kind="request")
    with naming(plan_file):
        found = _explained(day, plan, request, day_file=day_file, plan_file=plan_file, roads=roads)
    if as_json:
        document = {"request": request, "served": found is None}
        if found is not None:
            document |= found.model_dump(mode="json")
        click.echo(json.dumps(document, indent=1, ensure_ascii=False))
        return
    if found is None:
        served = (r.number for r in plan.routes if any(entry.request == request for entry in r.entries))
        click.echo(say("is_served", request=request, number=next(served, "–")))
        return
    words = PlanWords(plan)
    click.echo(words.unserved(found))
    click.echo(say("penalty", penalty=f"{found.penalty_yuan:.2f}"))
    for line in words.tricycles(found):
        click.echo(f"  {line}")
    if change := words.change(found):
        click.echo(change)


def _explained(
    day: Day, plan: Plan, request: str, *, day_file: str, plan_file: str, roads: str | None
) -> Unserved | None:
    """Explain by a plan that holds: the reasons are insertions into its routes."""
    from fleet.check import check_plan
    from fleet.planning import explain_request

    travel = (
        None
        if check_plan(day, plan)
        else travel_of_plan(day, plan, day_file=day_file, plan_file=plan_file, roads_file=roads)
    )
    if travel is None and plan.travel.source == "roads" and roads is None:
        raise bad_input(ErrorCode.ROADS_MISSING, where="--roads", value=plan.travel.roads_sha256 or "")
    if travel is None or check_plan(day, plan, travel=travel):
        raise bad_input(ErrorCode.PLAN_BREAKS_RULES)
    return explain_request(day, plan, request, travel=travel)

"""``fleet check``: every rule of a plan, one line a violation."""

import json

import click

from fleet.cli.base import Command
from fleet.cli.failures import ANSWER_IS_NO, DONE, naming
from fleet.cli.files import load_day, load_plan
from fleet.cli.language import say
from fleet.cli.options import machine_output, road_file
from fleet.cli.travel import travel_of_plan
from fleet.cli.words import PlanWords


@click.command("check", cls=Command)
@click.argument("day_file", metavar="DAY")
@click.argument("plan_file", metavar="PLAN")
@road_file()
@machine_output()
def command(day_file: str, plan_file: str, roads: str | None, as_json: bool) -> int:
    """Verify a plan."""
    from fleet.check import check_plan

    day, plan = load_day(day_file), load_plan(plan_file)
    with naming(plan_file):
        # Hashes first: travel takes longer, and is of no use to a plan of another day.
        violations = check_plan(day, plan)
        travel = travel_of_plan(day, plan, day_file=day_file, plan_file=plan_file, roads_file=roads)
        if travel is not None:
            violations = check_plan(day, plan, travel=travel)
    words = PlanWords(plan)
    if as_json:
        answer = {
            "valid": not violations,
            "legs_verified": travel is not None,
            "violations": [
                {
                    "rule": v.rule,
                    "tricycle": v.tricycle,
                    "entry": v.entry,
                    "request": v.request,
                    "params": v.params,
                }
                for v in violations
            ],
        }
        click.echo(json.dumps(answer, indent=1, ensure_ascii=False))
        return ANSWER_IS_NO if violations else DONE
    click.echo(
        say("legs_not_verified")
        if travel is None
        else say("legs_computed", source=travel.roads_sha256 or travel.source)
    )
    for violation in violations:
        click.echo(words.violation(violation))
    click.echo(say("violations", number=len(violations)) if violations else say("checked"))
    return ANSWER_IS_NO if violations else DONE

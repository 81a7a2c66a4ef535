"""``fleet plan``: a day in, a checked plan out."""

import json
import sys
import threading
from typing import TYPE_CHECKING, Unpack

import click

from fleet.cli.base import Command
from fleet.cli.failures import ANSWER_IS_NO, DONE, INTERRUPTED, unwritable
from fleet.cli.files import STANDARD, check_apart, check_folder, check_writable, load_road_file, write_whole
from fleet.cli.interrupt import first_interrupt
from fleet.cli.language import language, say
from fleet.cli.options import (
    MAX_BUDGET_S,
    budget,
    iterations,
    machine_output,
    output_file,
    road_file,
    seed,
    workers,
)
from fleet.cli.progress import Report, progress
from fleet.cli.sheet_day import SheetDay, load_day_or_sheet, sheet_day_options
from fleet.cli.travel import travel_of
from fleet.model import Day, ErrorCode, Plan, Travel, bad_input, dump

if TYPE_CHECKING:
    from fleet.planning import Progress, SolveSettings
    from maps.roads import RoadGraph

DEFAULT_BUDGET_S = 10.0
MAP_FORMATS = ("geojson", "gpx", "html")


@click.command("plan", cls=Command)
@click.argument("day_file", metavar="DAY")
@output_file()
@road_file()
@budget()
@iterations()
@workers()
@seed()
@click.option("--map", "map_folder", metavar="DIR")
@click.option("--no-cache", "no_cache", is_flag=True)
@sheet_day_options()
@machine_output()
def command(
    day_file: str,
    output: str | None,
    roads: str | None,
    budget_s: float | None,
    iterations: int | None,
    workers: int,
    seed: int,
    map_folder: str | None,
    no_cache: bool,
    as_json: bool,
    **sheet: Unpack[SheetDay],
) -> int:
    """Plan a day."""
    if output == STANDARD and as_json:
        raise bad_input(ErrorCode.OPTIONS_CONTRADICT, where="--output", value=STANDARD, other="--json")
    check_apart(
        {"--output": output, "--save-day": sheet["save_day"]},
        inputs={
            "DAY": day_file,
            "--roads": roads,
            "--places": sheet["places"],
            "--tricycles": sheet["tricycles"],
        },
    )
    if output is not None:
        check_writable(output)
    if map_folder is not None:
        check_folder(map_folder)
    graph = load_road_file(roads) if roads is not None else None
    day = load_day_or_sheet(day_file, sheet)

    from fleet.planning import SolveSettings
    from fleet.solver.warm import warm

    settings = SolveSettings(
        budget_s=budget_s or (MAX_BUDGET_S if iterations else DEFAULT_BUDGET_S),
        iterations=iterations,
        workers=workers,
        seed=seed,
    )
    with progress() as report:
        travel = travel_of(day, day_file=day_file, roads=graph, cached=not no_cache, report=report)
        with first_interrupt() as asked:
            # Where nobody has compiled the kernels yet they would eat the budget of the search unseen. A
            # plain interrupt may be lost there, inside the compiler's callbacks.
            report("kernels", 0.0)
            warm()
            if asked.is_set():
                raise KeyboardInterrupt
            plan = _planned(day, travel, settings, report, asked)
    files = []
    if output is not None:
        write_whole(output, dump(plan))
        files = [output]
    if map_folder is not None:
        files += _maps(plan, map_folder, graph)
    _tell(plan, output=output, files=files, as_json=as_json)
    if asked.is_set():
        click.echo(say("interrupted"), err=True)
        return INTERRUPTED
    left = plan.figures.unserved_musts > 0 or plan.figures.served_requests == 0
    return ANSWER_IS_NO if left else DONE


def _planned(
    day: Day, travel: Travel, settings: "SolveSettings", report: Report, asked: threading.Event
) -> Plan:
    """Search until the budget is used or somebody interrupts; the plan is the best so far in both cases."""
    from fleet.planning import plan_day

    def show(step: "Progress") -> None:
        report(
            step.phase,
            step.fraction,
            say(
                "best_so_far",
                musts=step.unserved_musts,
                total=f"{step.total_yuan:.2f}",
                served=step.served_requests,
                iterations=step.iterations,
            ),
        )

    return plan_day(day, travel=travel, settings=settings, progress=show, cancelled=asked.is_set)


def _maps(plan: Plan, folder: str, roads: "RoadGraph | None") -> list[str]:
    """Write the maps that most people open; ``fleet map`` has the others."""
    from maps.export import write_maps

    try:
        paths = write_maps(plan, folder, formats=MAP_FORMATS, roads=roads, language=language())
    except OSError as error:
        raise unwritable(error, file=folder) from error
    return [str(path) for path in paths]


def _tell(plan: Plan, *, output: str | None, files: list[str], as_json: bool) -> None:
    """Print the plan for people or programs; what standard output holds is one or the other."""
    from fleet.cli.report import print_plan, summary

    if as_json:
        click.echo(json.dumps(summary(plan, files=files), indent=1, ensure_ascii=False))
        return
    stream = sys.stderr if output == STANDARD else sys.stdout
    print_plan(plan, stream=stream)
    for file in files:
        if file != STANDARD:
            click.echo(say("wrote", file=file), file=stream)

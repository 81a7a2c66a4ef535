"""A plan as people read it: the table of routes, figures, what is left out, warnings."""

import itertools
from typing import IO, Any

from rich.console import Console
from rich.table import Table

from fleet.cli.language import say
from fleet.cli.progress import stage_words
from fleet.cli.words import PlanWords
from fleet.model import Plan
from fleet.model.plan import Route

WIDTH_WITHOUT_TERMINAL = 110
MOST_EXPLAINED = 20
"""How many unserved requests are printed with their reasons; the plan's file holds them all."""
_COLUMNS = (
    "number", "leaves", "returns", "visits", "requests", "kg", "km", "lowest_charge", "yuan", "recharges",
)  # fmt: skip


def print_plan(plan: Plan, *, stream: IO[str]) -> None:
    """Print a plan: routes, figures, what is not served and why, warnings, whose roads they are."""
    words = PlanWords(plan)
    console = Console(
        file=stream, highlight=False, markup=False, width=None if stream.isatty() else WIDTH_WITHOUT_TERMINAL
    )
    table = Table(title=say("routes_title", date=plan.date, zone=plan.zone), box=None, pad_edge=False)
    for column in _COLUMNS:
        table.add_column(say(column), justify="right")
    for route in sorted(plan.routes, key=lambda route: route.number):
        table.add_row(*_row(route, words))
    console.print(table)
    for line in (*_figures(plan), *_left_out(plan, words), *_warnings(plan, words)):
        console.print(line, soft_wrap=True)


def summary(plan: Plan, *, files: list[str]) -> dict[str, Any]:
    """Return what a program wants to know of a plan without reading it whole."""
    document = plan.model_dump(mode="json", by_alias=True)
    routes = [
        {
            "tricycle": route.tricycle,
            "number": route.number,
            "departure": route.departure.isoformat(),
            "return": route.return_.isoformat(),
            "visits": visits(route),
            "recharges": recharges(route),
            "figures": route.figures.model_dump(mode="json"),
        }
        for route in plan.routes
    ]
    kept = ("date", "zone", "day_sha256", "travel", "figures", "unserved", "warnings", "solver")
    return {name: document[name] for name in kept} | {"routes": routes, "files": files}


def visits(route: Route) -> int:
    """Count the runs of consecutive stops at one place; breaks and recharges begin and end none."""
    return len(list(itertools.groupby(stop.place for stop in route.stops)))


def recharges(route: Route) -> int:
    """Count the recharges of a route."""
    return sum(entry.kind == "recharge" for entry in route.entries)


def _row(route: Route, words: PlanWords) -> list[str]:
    figures = route.figures
    return [
        str(route.number),
        *words.clock(route),
        str(visits(route)),
        str(figures.served_requests),
        f"{figures.served_kg:.0f}",
        f"{figures.distance_m / 1_000:.1f}",
        _percent(figures.lowest_charge),
        f"{figures.cost_yuan:.2f}",
        str(recharges(route)),
    ]


def _figures(plan: Plan) -> list[str]:
    figures, run = plan.figures, plan.solver
    lines = [
        "",
        say(
            "served",
            served=figures.served_requests,
            requests=figures.served_requests + figures.unserved_requests,
            kg=f"{figures.served_kg:.0f}",
        ),
        say("musts_left", musts=figures.unserved_musts),
        say(
            "money",
            total=f"{figures.total_yuan:.2f}",
            cost=f"{figures.cost_yuan:.2f}",
            loss=f"{figures.loss_yuan:.2f}",
        ),
        say(
            "fleet_figures",
            tricycles=figures.tricycles_used,
            km=f"{figures.distance_m / 1_000:.1f}",
            kwh=f"{figures.energy_kwh:.1f}",
            charge=_percent(figures.lowest_charge),
        ),
    ]
    if figures.lower_bound_yuan is not None:
        lines.append(say("lower_bound", yuan=f"{figures.lower_bound_yuan:.2f}"))
    phases = ", ".join(f"{stage_words(name)} {seconds:.1f} s" for name, seconds in run.phases.items())
    budget = "–" if run.budget_s is None else f"{run.budget_s:g}"
    lines.append(say("solver_figures", used=f"{run.used_s:.1f}", budget=budget, seed=run.seed, phases=phases))
    return lines


def _left_out(plan: Plan, words: PlanWords) -> list[str]:
    if not plan.unserved:
        return [say("all_served")]
    lines = ["", say("unserved_title")]
    for item in sorted(plan.unserved, key=lambda item: not item.must)[:MOST_EXPLAINED]:
        lines.append(f"  {words.unserved(item)}")
        if change := words.change(item):
            lines.append(f"    {change}")
    further = len(plan.unserved) - MOST_EXPLAINED
    if further > 0:
        lines.append("  " + say("further_unserved", number=further))
    return lines


def _warnings(plan: Plan, words: PlanWords) -> list[str]:
    lines = ["", say("warnings_title"), *(f"  {words.warning(warning)}" for warning in plan.warnings)]
    if not plan.warnings:
        lines = []
    if plan.travel.attribution:
        lines += ["", plan.travel.attribution]
    return lines


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"

"""A morning for a tool that makes up calls: what there is to name, and where, so that calls reach it.

Without it nearly every call about a plan, a job or a phone names one that does not exist, and finds out
no more.
"""

import datetime
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass

from fleet.model import Day
from fleet.service.context import Context
from fleet.service.devices import NewQr, QrUse, make_qr, use_qr
from fleet.service.events import report_events
from fleet.service.job_inputs import SearchSettings
from fleet.service.jobs import JobView, read_job
from fleet.service.plans import request_plan
from fleet.service.roles import Caller, Role
from fleet.service.solving import start_solving
from fleet.service.standing_orders import NewStandingOrder, add_order
from tests import vroom_examples
from tests.request_sheets import csv_of
from tests.running_day import DRIVERS, SYSTEM, done, driver, published, report, stops

WORKING = (Role.ADMIN, Role.DISPATCHER, Role.PLANNER)
"""Who may start jobs."""

USED = 0.7
"""How often a call names something that there is; else what the tool makes up."""

EVERYWHERE = {
    "path.date": "dates",
    "path.request": "requests",
    "path.other": "plans",
    "query.date": "dates",
    "query.tricycle": "tricycles",
    "body.date": "dates",
    "body.source": "dates",
    "body.household": "households",
    "body.product": "products",
    "body.pickup.place": "places",
    "body.dropoffs[*].place": "places",
    "body.request.household": "households",
    "body.request.product": "products",
    "body.request.pickup.place": "places",
    "body.request.dropoffs[*].place": "places",
    "body.assignments[*].tricycle": "tricycles",
    "body.events[*].tricycle": "tricycles",
    "body.events[*].stop.request": "requests",
    "body.moves[*].request": "requests",
    "body.moves[*].tricycle": "tricycles",
    "body.moves[*].other": "tricycles",
    "body.file": "sheets",
}
ID_OF = {
    "/plans/{id}": "plans",
    "/jobs/{id}": "jobs",
    "/requests/{id}": "requests",
    "/drivers/{id}": "drivers",
    "/places/{id}": "places",
    "/tricycles/{id}": "tricycles",
    "/households/{id}": "households",
    "/products/{id}": "products",
    "/standing-orders/{id}": "orders",
}


@dataclass(frozen=True, kw_only=True)
class Morning:
    """What there is to name, by its kind; jobs by whose they are."""

    names: Mapping[str, list[str]]
    jobs: Mapping[str, list[str]]


def morning(ctx: Context) -> Morning:
    """Plan a day, publish the plan, let it run, and see jobs done; a worker has to be there."""
    running = published(ctx)
    day, date = running.day, running.day.date
    for number, route in enumerate(running.routes):
        first = [done(entry, route.tricycle) for entry in stops(route)[:2]]
        report_events(ctx, driver(number), date=date, report=report(date, *first))
    link = make_qr(ctx, SYSTEM, driver=DRIVERS[0], qr=NewQr()).link
    use_qr(ctx, use=QrUse.model_validate({"secret": link.partition("#")[2]}))
    jobs = _jobs(ctx, date)
    plans = [job.plan_id for done_jobs in jobs.values() for job in done_jobs if job.plan_id is not None]
    names = {
        "dates": [str(date)],
        "plans": [running.plan_id, *plans],
        "requests": [request.id for request in day.requests],
        "tricycles": [tricycle.id for tricycle in day.tricycles],
        "places": [place.id for place in day.places],
        "products": [product.id for product in day.products],
        "households": [household.id for household in day.households],
        "drivers": list(DRIVERS),
        "orders": [add_order(ctx, SYSTEM, order=_order(day)).order.id],
        "sheets": [_sheet(day)],
    }
    return Morning(names=names, jobs={role: [job.id for job in found] for role, found in jobs.items()})


def settings_of(morning: Morning, *, caller: str, steady: bool) -> str:
    """Return what the tool has to be told, in TOML: the names, and where they may stand.

    Where it goes through what a document covers it takes no names, so that all its bodies go to addresses of
    nothing, unless it is ``steady``: then every address has the first name of its kind.
    """
    names = {**morning.names, "jobs": morning.jobs.get(caller, morning.jobs[Role.ADMIN])}
    lines = [f"[dictionaries.{kind}]\nvalues = {json.dumps(found)}" for kind, found in names.items()]
    lines += ["[parameters]", *_bindings(EVERYWHERE, names if steady else {})]
    for path, kind in ID_OF.items():
        lines += [
            "[[operations]]",
            f"include-path-regex = {json.dumps(re.escape(path))}",
            "[operations.parameters]",
            *_bindings({"path.id": kind}, names if steady else {}),
        ]
    return "\n".join(lines)


def _bindings(kinds: Mapping[str, str], steady: Mapping[str, list[str]]) -> list[str]:
    return [
        f"{json.dumps(where)} = {json.dumps(steady[kind][0])}"
        if kind in steady and where.startswith("path.")
        else f'{json.dumps(where)} = {{ dictionary = "{kind}", probability = {USED} }}'
        for where, kind in kinds.items()
    ]


def _jobs(ctx: Context, date: datetime.date) -> dict[str, list[JobView]]:
    """Let each role that may solve a problem, and plan the day; return the jobs once they are done."""
    problem = json.dumps(vroom_examples.WITH_A_MATRIX | {"options": {"l": 0.1}}).encode()
    found: dict[str, list[JobView]] = {}
    for role in WORKING:
        caller = Caller(account_id=f"account-{role}", role=role)
        started = [start_solving(ctx, caller, data=problem)]
        if role is not Role.PLANNER:
            started.append(request_plan(ctx, caller, date=date, settings=SearchSettings(budget_s=0.1)))
        while not all(job.state.is_over for job in started):
            time.sleep(0.05)
            started = [read_job(ctx, caller, job_id=job.id) for job in started]
        found[role] = started
    return found


def _order(day: Day) -> NewStandingOrder:
    """What comes every day: the first product, from the first village to the first community."""
    village, community = (
        next(p.id for p in day.places if p.kind == kind) for kind in ("village", "community")
    )
    asked = {"kg": 20, "product": day.products[0].id, "pickup": {"place": village}}
    return NewStandingOrder.model_validate_json(
        json.dumps({"request": asked | {"dropoffs": [{"place": community}]}})
    )


def _sheet(day: Day) -> str:
    """A request sheet that the day can take."""
    home = {place.id: place.name for place in day.places}
    rows = [(home[h.place], h.name, day.products[0].name, 30) for h in day.households if h.place is not None]
    return csv_of(*rows, header=("村", "农户姓名", "品名", "重量(公斤)")).decode()

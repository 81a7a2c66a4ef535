"""A day that runs: kept in a store, planned and published, with a driver on each of its first two routes."""

import datetime
import functools
import json
from dataclasses import dataclass

from fleet.model import Day, DayDraft, Plan
from fleet.model.plan import Entry, Route
from fleet.service.context import Context
from fleet.service.days import put_day
from fleet.service.events import Report
from fleet.service.roles import Caller, Role
from fleet.store.plans import add_plan, add_publication
from tests.planned import planned
from tests.random_days import FEATURES, random_day

DRIVERS = ("d-arzu", "d-memet")
PHONE = "0996-2000000"
SYSTEM = Caller.system()
DISPATCHER = Caller(account_id="account-dispatcher", role=Role.DISPATCHER)


@dataclass(frozen=True, kw_only=True)
class RunningDay:
    """What was published; ``routes`` are those of ``DRIVERS``."""

    ctx: Context
    day: Day
    plan: Plan
    plan_id: str
    routes: tuple[Route, Route]

    @property
    def noon(self) -> datetime.datetime:
        """Noon of the day."""
        return datetime.datetime.combine(self.day.date, datetime.time(12), tzinfo=self.day.clock)


def driver(number: int) -> Caller:
    """The driver of the first (0) or the second (1) route."""
    return Caller(account_id=f"account-{DRIVERS[number]}", role=Role.DRIVER, driver=DRIVERS[number])


@functools.cache
def day_and_plan() -> tuple[Day, Plan]:
    """A day of two routes or more; every household has a phone."""
    day = random_day(9, requests=12, tricycles=3, features=FEATURES - {"start_state"})
    document = day.model_dump(mode="json", by_alias=True)
    for number, household in enumerate(document["households"]):
        household["phone"] = f"139{number:08}"
    document["dispatcher_phone"] = PHONE
    routes = planned(day, iterations=60).routes[:2]
    document["assignments"] = [
        {"driver": driver, "name": driver.title(), "tricycle": route.tricycle}
        for driver, route in zip(DRIVERS, routes, strict=True)
    ]
    day = Day.model_validate_json(json.dumps(document))
    return day, planned(day, iterations=60)


def published(ctx: Context, *, day: Day | None = None, plan: Plan | None = None) -> RunningDay:
    """Keep a day, keep its plan, publish it."""
    known, made = day_and_plan()
    day, plan = day or known, plan or made
    draft = DayDraft.model_validate_json(day.model_dump_json(by_alias=True))
    put_day(ctx, SYSTEM, date=day.date, day=draft)
    routes = {route.tricycle: route for route in plan.routes}
    first, second = (routes[assignment.tricycle] for assignment in day.assignments[:2])
    plan_id = publish(ctx, day=day, plan=plan)
    return RunningDay(ctx=ctx, day=day, plan=plan, plan_id=plan_id, routes=(first, second))


def publish(ctx: Context, *, day: Day, plan: Plan) -> str:
    """Keep and publish a plan, and return its id."""
    at = ctx.store.clock()
    with ctx.store.write() as session:
        stored = add_plan(session, day=day, plan=plan, origin="upload", created_by=None, at=at)
        add_publication(session, stored=stored, published_by=None, at=at)
        return stored.id


def stops(route: Route) -> list[Entry]:
    """The pickups and drop-offs of a route."""
    return [entry for entry in route.entries if entry.request is not None]


def done(entry: Entry, tricycle: str, **given: object) -> dict[str, object]:
    """A stop done as planned, as JSON."""
    return {
        "id": f"{tricycle}-{entry.request}-{entry.kind}",
        "kind": "done",
        "tricycle": tricycle,
        "occurred_at": entry.end.isoformat(),
        "stop": {"request": entry.request, "kind": entry.kind},
        **given,
    }


def report(date: datetime.date, *events: dict[str, object]) -> Report:
    """A report as a phone sends it."""
    return Report.model_validate_json(json.dumps({"date": date.isoformat(), "events": list(events)}))

"""A small day in a store, and its plan: two tricycles on one road, a request that is not worth its cost."""

import functools
from dataclasses import dataclass
from typing import Any

from fleet.model import Day, DayDraft, Plan
from fleet.service.context import Context
from fleet.service.days import put_day
from fleet.service.kept_plans import PlanSummary, keep_plan
from fleet.service.roles import Caller, Role
from tests.planned import planned
from tests.planning.small import request, road, tricycle

DISPATCHER = Caller(account_id="account-dispatcher", role=Role.DISPATCHER)
PLANNER = Caller(account_id="account-planner", role=Role.PLANNER)
DRIVER = Caller(account_id="account-driver", role=Role.DRIVER, driver="d1")
NAME, PHONE = "Household Ayi", "13900000001"


@functools.cache
def small_day() -> Day:
    """a and b are served by t1; c is left out; t2 carries 80 kg and stays at the centre."""
    return road(
        tricycles=[tricycle("t1"), tricycle("t2", payload_kg=80.0)],
        requests=[
            request("a", "village", "market", "bazaar", household="h1"),
            request("b", "hamlet", "market"),
            request("c", "village", "bazaar", penalty_yuan=0.01),
        ],
        households=({"id": "h1", "name": NAME, "phone": PHONE, "place": "village"},),
        assignments=({"driver": "d1", "name": "Arzu", "tricycle": "t1"},),
    ).day


@functools.cache
def small_plan() -> Plan:
    """The plan of the small day."""
    return planned(small_day())


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A day in a store with a plan."""

    ctx: Context
    day: Day
    plan: Plan
    summary: PlanSummary

    @property
    def id(self) -> str:
        """The id of the plan."""
        return self.summary.id


def write_day(ctx: Context, day: Day, **changes: Any) -> None:
    """Write a day into the store, with some of its fields otherwise."""
    draft = DayDraft.model_validate_json(day.model_dump_json(by_alias=True)).model_copy(update=changes)
    put_day(ctx, DISPATCHER, date=day.date, day=draft)


def kept(ctx: Context) -> Kept:
    """Write the small day and keep its plan."""
    day, plan = small_day(), small_plan()
    write_day(ctx, day)
    return Kept(
        ctx=ctx, day=day, plan=plan, summary=keep_plan(ctx, DISPATCHER, day=day, plan=plan, origin="upload")
    )

"""A service with a day that runs: planned, published, and a phone signed in for each of its drivers."""

import datetime
import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from fleet.model import Day, Plan
from fleet.model.plan import SolverRun
from fleet.planning import travel_for
from fleet.planning.instance import build_problem
from fleet.planning.pipeline import plan_of
from fleet.samples import from_roads, make_day, sample_roads
from fleet.service.roles import Role
from fleet.solver.routes import Routes
from fleet.solver.search import Solution
from tests.serving import Running

SAMPLE = "qiaerbag"
ROADS = f"{SAMPLE}.roads"
REQUESTS_EACH = 6
DAY_SEED = 7


@dataclass(kw_only=True)
class Phone:
    """A driver's phone: its secret, and the route that it knows."""

    tricycle: str
    secret: str = field(repr=False)
    etag: str = ""
    plan: str = ""
    happened: Iterator[dict[str, Any]] = field(default_factory=lambda: iter(()))

    def learn(self, packet: dict[str, Any], etag: str) -> None:
        """Take over a route; where one is driven already, what was published since has the same stops."""
        if not self.etag:
            self.happened = _happening(packet)
        self.etag, self.plan = etag, packet["plan"]


@dataclass(frozen=True, kw_only=True)
class Township:
    """Where everybody works: the running day and a day that is still to be planned.

    ``plans`` are those that are published in turn; the last of them is what drivers see to begin with.
    """

    date: datetime.date
    plans: Iterator[str]
    phones: list[Phone]
    other_date: datetime.date
    dispatcher: str = field(repr=False)


def settled(service: Running, *, drivers: int) -> Township:
    """Bring a day of so many drivers into a service, publish its plan, sign every phone in."""
    day, plan = running_day(drivers)
    token = service.token(Role.DISPATCHER)

    def call(method: str, path: str, document: Any) -> Any:
        status, answer = service.call(method, path, document, token=token)
        if status not in (200, 201):
            raise RuntimeError(f"{method} {path}: {status} {answer}")
        return answer

    for known in (day, make_day(SAMPLE)):
        call("PUT", f"/days/{known.date}", json.loads(known.model_dump_json(by_alias=True)))
    handed_in = json.loads(plan.model_dump_json(by_alias=True))
    kept = [call("POST", f"/days/{day.date}/plans/import", handed_in)["id"] for _ in range(2)]
    call("POST", f"/plans/{kept[-1]}/publish", None)
    phones = []
    for assignment in day.assignments:
        link = call("POST", f"/drivers/{assignment.driver}/qr", {})["link"]
        bound = call("POST", "/devices", {"secret": link.partition("#")[2]})
        phones.append(Phone(tricycle=assignment.tricycle, secret=bound["secret"]))
    return Township(
        date=day.date,
        plans=itertools.cycle(kept),
        phones=phones,
        other_date=make_day(SAMPLE).date,
        dispatcher=token,
    )


def running_day(drivers: int) -> tuple[Day, Plan]:
    """Return a day of today on the sample's roads, and a plan in which every tricycle drives.

    No search would send them all out; here each request goes to the next tricycle that can take it.
    """
    graph = sample_roads(SAMPLE)
    made = from_roads(graph, requests=REQUESTS_EACH * drivers, tricycles=drivers, seed=DAY_SEED)
    today = datetime.datetime.now(ZoneInfo(made.zone)).date()
    day = Day.model_validate_json(
        made.model_dump_json(by_alias=True).replace(made.date.isoformat(), today.isoformat())
    )
    problem = build_problem(day, travel_for(day, roads=graph))
    routes = Routes(problem.instance)
    for request in range(len(day.requests)):
        for distance in range(drivers):
            vehicle = (request + distance) % drivers
            found = routes.insertion(request, vehicle).route
            if found is not None:
                routes.put(vehicle, found)
                break
    run = SolverRun(versions={}, seed=DAY_SEED, iterations=0, used_s=0.0)
    return day, plan_of(problem, Solution(routes.routes, []), run, examined=False)


def _happening(packet: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what a driver reports of a route, stop by stop, then remarks without end."""
    yield {"kind": "left"}
    for visit in packet["visits"]:
        stops = [entry for entry in visit["entries"] if "request" in entry]
        for number, entry in enumerate(stops):
            stop = {"request": entry["request"], "kind": entry["kind"]}
            if number == 0:
                yield {"kind": "arrived", "stop": stop}
            yield {"kind": "done", "stop": stop}
    yield {"kind": "back"}
    while True:
        yield {"kind": "remark", "note": "waiting"}

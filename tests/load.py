"""Work that services are given while something goes wrong, and what has to hold of it afterwards.

Phones report events, a clerk adds requests, a planner asks for plans. Each says the same again until it is
accepted, as the pages and phones do, and goes on while the fault lasts.
"""

import collections
import http.client
import itertools
import json
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

from fleet.service.roles import Role
from tests.depth import count
from tests.jobs import processes as p
from tests.kept_plans import small_day
from tests.random_days import random_day
from tests.serving import FLEET, Running, free_port

LONG_DAY = random_day(9, requests=24, tricycles=8)
"""Too large for a proof of its best plan to end a search early."""
LONG_ITERATIONS = 800
"""Some seconds of search: a fault falls into it, and it may be done twice."""
QUICK_DATE = "2026-06-15"
"""The small day on another date, which has its plan at once."""
CLERKS_DATE = "2026-06-16"
ANSWERS_AGAIN_S = 10.0
NORMAL_STARTS = 3.0
NO_ANSWER = 0
GOOD = (200, 201, 202)
PHONES = 2
QUICK_PLANS = count(short=1, long=6)
PAUSE_S = 0.5
"""Between two messages of a sender: the faults are what these tests are about, not the most that goes."""
LOOK_S = 0.3

Sent = tuple[str, str, Any]


class Unit:
    """``fleet serve`` as systemd keeps it: at one address, and started again after it was killed.

    Parameters
    ----------
    folder : Path
        Where it is started.
    program : sequence of str
        Another program that serves like ``fleet``.
    environment
        Its settings.
    """

    def __init__(self, folder: Path, *, program: Sequence[str] = (str(FLEET),), **environment: str) -> None:
        port = free_port()
        self._command = [*program, "serve", "--port", str(port), "--workers", "1"]
        self._folder = folder
        self._address = f"http://127.0.0.1:{port}"
        self._environment = {
            "FLEET_NICENESS": "0",
            "FLEET_LOST_AFTER_S": "6",
            "FLEET_JOBS_PER_ACCOUNT": "100",
            "FLEET_DATABASE": f"sqlite:///{folder / 'fleet.db'}",
        } | environment
        self.process = self._started()
        began = time.monotonic()
        self.process.until(self.answers)
        self.start_s = time.monotonic() - began

    @property
    def pid(self) -> int:
        return self.process.process.pid

    def start(self) -> None:
        """Start it again; the readers of the one before have ended with it."""
        self.process = self._started()

    def _started(self) -> Running:
        service = Running(self._command, folder=self._folder, **self._environment)
        service.address = self._address
        service.database = self._environment["FLEET_DATABASE"]
        return service

    def try_call(self, method: str, path: str, document: Any = None, *, token: str = "") -> tuple[int, Any]:
        """Call the interface; ``NO_ANSWER`` where nobody is there, or the answer is cut off."""
        try:
            return self.process.call(method, path, document, token=token)
        except (OSError, http.client.HTTPException, json.JSONDecodeError):
            return NO_ANSWER, {}

    def answers(self) -> bool:
        return self.try_call("GET", "/health")[0] != NO_ANSWER


def settled(unit: Unit) -> str:
    """Bring the days into a service; return the token of everybody who works there."""
    token = unit.process.token(Role.DISPATCHER)
    small = json.loads(small_day().model_dump_json(by_alias=True))
    for day in (
        json.loads(LONG_DAY.model_dump_json(by_alias=True)),
        _on(small, QUICK_DATE),
        _on(small, CLERKS_DATE),
    ):
        status, answer = unit.process.call("PUT", f"/days/{day['date']}", day, token=token)
        assert status in GOOD, answer
    return token


def _on(day: dict[str, Any], date: str) -> dict[str, Any]:
    moved: dict[str, Any] = json.loads(json.dumps(day).replace(day["date"], date))
    return moved


class Sender(threading.Thread):
    """Sends one message after the other, each until it is accepted.

    ``accepted`` has what was, and when; ``sent`` is all that may have been.
    """

    def __init__(
        self, unit: Unit, name: str, message: Callable[[str], Sent], *, token: str, most: int | None = None
    ) -> None:
        super().__init__(name=name, daemon=True)
        self.unit = unit
        self.sent: set[str] = set()
        self.accepted: dict[str, Any] = {}
        self.accepted_at = 0.0
        self.refused: collections.Counter[tuple[int, str]] = collections.Counter()
        self.over = threading.Event()
        self._message = message
        self._token = token
        self._most = most

    def run(self) -> None:
        numbers = itertools.count() if self._most is None else range(self._most)
        for key in (f"{self.name}-{number}" for number in numbers):
            while key not in self.accepted:
                if self.over.is_set():
                    return
                self._send(key)
                self.over.wait(PAUSE_S)

    def _send(self, key: str) -> None:
        self.sent.add(key)
        status, answer = self.unit.try_call(*self._message(key), token=self._token)
        code = str(answer.get("error_code", ""))
        # The one before was accepted, but its answer did not arrive.
        if status in GOOD or code == "ALREADY_EXISTS":
            self.accepted_at = time.monotonic()
            self.accepted[key] = answer
        else:
            self.refused[status, code] += 1


class Load:
    """Everybody at work, until the end of the block; then ``check`` says whether anything was lost.

    Parameters
    ----------
    units : sequence of Unit
        The services on one database; phones are spread over them.
    token : str
        Of ``settled``.
    name : str
        What the ids of everything that is sent begin with, other than in any load before.
    """

    def __init__(self, units: Sequence[Unit], *, token: str, name: str) -> None:
        self.units = units
        self._token = token
        one, other = units[0], units[-1]
        self._phones = [
            Sender(units[number % len(units)], f"{name}-phone{number}", self._event, token=token)
            for number in range(PHONES)
        ]
        self._clerk = Sender(other, f"{name}-clerk", self._request, token=token)
        self._planner = Sender(one, f"{name}-planner", self._quick_plan, token=token, most=QUICK_PLANS)
        self._long: list[str] = []

    def __enter__(self) -> Self:
        for sender in self._senders:
            sender.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        for sender in self._senders:
            sender.over.set()
        for sender in self._senders:
            sender.join()

    @property
    def _senders(self) -> list[Sender]:
        return [*self._phones, self._clerk, self._planner]

    @property
    def refused(self) -> collections.Counter[tuple[int, str]]:
        """The statuses and codes of all that was not accepted."""
        return sum((sender.refused for sender in self._senders), collections.Counter())

    def get(self, path: str) -> Any:
        """The document of a GET."""
        return self.units[-1].process.get(path, token=self._token)

    def job(self, job_id: str) -> Any:
        return self.get(f"/jobs/{job_id}")

    def post_plan(self, date: object, *, iterations: int) -> str:
        """Ask for a plan; the job's id."""
        settings = {"budget_s": p.AT_MOST_S, "iterations": iterations}
        job = self.units[0].process.post(f"/days/{date}/plans", settings, token=self._token)
        self._long.append(job["id"])
        return str(job["id"])

    def searching(self) -> str:
        """Ask for a plan that takes some seconds; wait until there is a first one. The job's id."""
        job_id = self.post_plan(LONG_DAY.date, iterations=LONG_ITERATIONS)
        call = self.units[0].process.call
        p.until(
            lambda: call("GET", f"/jobs/{job_id}/best", token=self._token)[0] == 200,
            f"job {job_id} has a plan: {self.job(job_id)}",
            look_s=LOOK_S,
        )
        assert self.job(job_id)["state"] == "running", "the fault comes too late: search for longer"
        return job_id

    def ended(self, job_id: str) -> Any:
        """Wait until a job is over."""
        p.until(lambda: self.job(job_id)["finished_at"], f"{self.job(job_id)} ends", look_s=LOOK_S)
        return self.job(job_id)

    def goes_on(self, *, since: float | None = None) -> None:
        """Every service accepts again within 10 s of ``since``, by default now: when the fault is over.

        A machine that does much else at the same time is given as long as three normal starts took on it.
        """
        since = time.monotonic() if since is None else since
        p.until(lambda: all(phone.accepted_at > since for phone in self._phones), "events are accepted again")
        took_s = max(phone.accepted_at for phone in self._phones) - since
        normal_s = max(unit.start_s for unit in self.units)
        assert took_s <= max(ANSWERS_AGAIN_S, NORMAL_STARTS * normal_s)

    def check(self, *, refused: Sequence[int] = (NO_ANSWER, 503)) -> None:
        """After the block: nothing accepted is lost or there twice, each job has one plan, each is checked.

        ``refused`` are the statuses that somebody may have met; 500 is never one of them.
        """
        assert {status for status, _ in self.refused} <= set(refused), self.refused
        # The planner's last jobs are accepted even where the fault was over before.
        jobs = [*self._long, *(job["id"] for job in self._planner.accepted.values())]
        ended = [self.ended(job_id) for job_id in jobs]
        assert {job["state"] for job in ended} == {"succeeded"}, ended

        events = self._ids(f"/days/{LONG_DAY.date}/events", lambda item: item["event"]["id"])
        requests = self._ids(f"/days/{CLERKS_DATE}/requests", lambda item: item["request"]["id"])
        for found, senders in ((events, self._phones), (requests, [self._clerk])):
            accepted = set().union(*(sender.accepted for sender in senders))
            assert accepted, "nothing was accepted"
            assert accepted <= found.keys()
            assert {found[key] for key in accepted} == {1}

        plans = {
            plan["id"]: plan["job_id"]
            for date in (LONG_DAY.date, QUICK_DATE)
            for plan in self._pages(f"/days/{date}/plans")
        }
        results = collections.Counter(plans.values())
        assert {job_id: results[job_id] for job_id in jobs} == dict.fromkeys(jobs, 1)
        assert {job["plan_id"] for job in ended} <= plans.keys()
        assert {plan_id: self.get(f"/plans/{plan_id}/check")["valid"] for plan_id in plans} == dict.fromkeys(
            plans, True
        )

    def _pages(self, path: str) -> list[Any]:
        items: list[Any] = []
        cursor = ""
        while True:
            page = self.get(f"{path}?limit=1000{cursor}")
            items += page["items"]
            if page["next"] is None:
                return items
            cursor = f"&cursor={page['next']}"

    def _ids(self, path: str, id_of: Callable[[Any], str]) -> collections.Counter[str]:
        return collections.Counter(map(id_of, self._pages(path)))

    @staticmethod
    def _event(key: str) -> Sent:
        event = {
            "id": key,
            "kind": "late",
            "late_s": 60,
            "tricycle": LONG_DAY.tricycles[0].id,
            "occurred_at": f"{LONG_DAY.date}T09:00:00+08:00",
        }
        date = str(LONG_DAY.date)
        return "POST", f"/days/{date}/events", {"date": date, "events": [event]}

    @staticmethod
    def _request(key: str) -> Sent:
        request = json.loads(small_day().requests[0].model_dump_json()) | {"id": key}
        return "POST", f"/days/{CLERKS_DATE}/requests", request

    @staticmethod
    def _quick_plan(key: str) -> Sent:
        return "POST", f"/days/{QUICK_DATE}/plans", {"budget_s": p.AT_MOST_S, "iterations": 20}

"""Faults for the checker: ways to break exactly the rule that each is registered for.

A fault edits the JSON of a day or of a valid plan in place and returns whether it found something to break.
Most move the day away under its plan (a payload shrinks, a window closes): then the plan stays consistent in
itself and only the one rule is broken, which ``alone`` asserts. The others edit the plan.
"""

import datetime
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from fleet.model import Rule

Json = dict[str, Any]


@dataclass
class Case:
    """A day and a valid plan of it as JSON documents, to be edited; ``random`` is the only chance."""

    day: Json
    plan: Json
    random: random.Random

    def route(self) -> Json:
        """Draw a route."""
        return self.random.choice(self.plan["routes"])

    def stop(self, *kinds: str) -> tuple[Json, Json] | None:
        """Draw a route and an entry of a kind, any stop by default."""
        kinds = kinds or ("pickup", "dropoff")
        found = [(r, e) for r in self.plan["routes"] for e in r["entries"] if e["kind"] in kinds]
        return self.random.choice(found) if found else None

    def tricycle(self, key: str) -> Json:
        return by_id(self.day["tricycles"], key)

    def place(self, key: str) -> Json:
        return by_id(self.day["places"], key)

    def request(self, key: str) -> Json:
        return by_id(self.day["requests"], key)

    def task(self, entry: Json) -> Json:
        """Return what the day says of a stop."""
        request = self.request(entry["request"])
        return request["pickup"] if entry["kind"] == "pickup" else request["dropoffs"][entry["alternative"]]

    def state(self, route: Json) -> Json:
        """Return the start state of a route's tricycle; one that says nothing new where there was none."""
        for state in self.day["start_state"]["tricycles"]:
            if state["tricycle"] == route["tricycle"]:
                return state
        state = {
            "tricycle": route["tricycle"],
            "free_at": self.tricycle(route["tricycle"])["shift"]["start"],
        }
        self.day["start_state"]["tricycles"].append(state)
        return state

    def lock(self, route: Json) -> Json:
        """Return an empty lock for a route."""
        locks = self.day["locks"]["routes"]
        locks[:] = [lock for lock in locks if lock["tricycle"] != route["tricycle"]]
        locks.append({"tricycle": route["tricycle"], "sequence": [], "frozen": []})
        return locks[-1]


Fault = Callable[[Case], bool]


@dataclass(frozen=True)
class Registered:
    fault: Fault
    alone: bool


FAULTS: dict[Rule, list[Registered]] = {}


def breaks(rule: Rule, *, alone: bool = False) -> Callable[[Fault], Fault]:
    """Register a fault; ``alone`` says that it breaks no other rule."""

    def register(fault: Fault) -> Fault:
        FAULTS.setdefault(rule, []).append(Registered(fault, alone))
        return fault

    return register


def by_id(items: list[Json], key: str) -> Json:
    return next(item for item in items if item["id"] == key)


def instant(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text)


def later(text: str, seconds: float) -> str:
    return (instant(text) + datetime.timedelta(seconds=round(seconds))).isoformat()


def seconds_between(start: str, end: str) -> int:
    return round((instant(end) - instant(start)).total_seconds())


def legs(route: Json) -> Iterator[Json]:
    """Yield the drives of a route in order."""
    yield from (entry["leg"] for entry in route["entries"] if entry["leg"] is not None)
    if route["last_leg"] is not None:
        yield route["last_leg"]


def delay(case: Case, route: Json, index: int, seconds: int) -> None:
    """Wait before entry ``index``, where it stands; every number of the plan follows."""
    entries = route["entries"]
    first = entries[index]
    for field in ("start", "end"):
        first[field] = later(first[field], seconds)
    for entry in entries[index + 1 :]:
        for field in ("arrival", "start", "end"):
            entry[field] = later(entry[field], seconds)
    for leg in [*(e["leg"] for e in entries[index + 1 :]), route["last_leg"]]:
        if leg is not None:
            for field in ("departure", "arrival"):
                leg[field] = later(leg[field], seconds)
    route["return"] = later(route["return"], seconds)
    if index == 0 and first["leg"] is None:
        first["arrival"] = first["start"]
        route["departure"] = first["start"]
    else:
        _paid_waiting(case, route, seconds)
    loaded = {e["request"] for e in entries[:index] if e["kind"] == "pickup"}
    on_board = {
        item["request"] for s in case.day["start_state"]["tricycles"] for item in s.get("on_board", [])
    }
    for entry in entries[index:]:
        if entry["kind"] == "dropoff" and entry["request"] in loaded | on_board:
            entry["on_board_s"] += seconds
    _longest_on_board(case)


def _paid_waiting(case: Case, route: Json, seconds: int) -> None:
    """Count further waiting in the figures of a route and its plan."""
    yuan = case.tricycle(route["tricycle"]).get("yuan_per_hour", 0.0) * seconds / 3_600
    for figures in (route["figures"], case.plan["figures"]):
        figures["duration_s"] += seconds
        figures["waiting_s"] += seconds
        figures["cost_yuan"] += yuan
    case.plan["figures"]["total_yuan"] += yuan


def _longest_on_board(case: Case) -> None:
    for route in case.plan["routes"]:
        times = [e["on_board_s"] for e in route["entries"] if e["kind"] == "dropoff"]
        route["figures"]["longest_on_board_s"] = max(times, default=0)
    longest = (route["figures"]["longest_on_board_s"] for route in case.plan["routes"])
    case.plan["figures"]["longest_on_board_s"] = max(longest, default=0)

"""Small days on one straight road: a kilometre takes three minutes, so plans add up by hand."""

import dataclasses
import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from fleet.model import Day, Plan
from fleet.model.plan import Entry, Route, Unserved
from fleet.planning import travel_for
from maps.travel import TravelMatrices

ZONE = ZoneInfo("Asia/Shanghai")
DATE = datetime.date(2026, 6, 12)
SECONDS_PER_KM = 180
METRES_PER_KM = 1_000
KM = {"centre": 0.0, "village": 2.0, "hamlet": 3.0, "market": 5.0, "bazaar": 8.0}
Part = dict[str, Any]


def at(clock: str) -> datetime.datetime:
    """Return an instant of the day: ``at("06:30")``."""
    return datetime.datetime.combine(DATE, datetime.time.fromisoformat(clock), ZONE)


def window(start: str, end: str) -> Part:
    """Return a window: ``window("06:00", "06:30")``."""
    return {"start": at(start), "end": at(end)}


def tricycle(key: str = "t1", **more: Any) -> Part:
    """Return a tricycle of the centre that costs 1 yuan a kilometre and 12 yuan an hour."""
    return {
        "id": key,
        "number": int(key[1:]),
        "start_place": "centre",
        "end_place": "centre",
        "shift": window("06:00", "12:00"),
        "payload_kg": 200.0,
        "crates": 20,
        "speed_kmh": 20.0,
        "yuan_per_km": 1.0,
        "yuan_per_hour": 12.0,
    } | more


def task(place: str, **more: Any) -> Part:
    """Return a pickup or drop-off of one minute."""
    return {"place": place, "handling_s": 60} | more


def request(key: str, pickup: str | Part, *dropoffs: str | Part, **more: Any) -> Part:
    """Return a request of 50 kg that is worth far more than any drive here."""
    return {
        "id": key,
        "kg": 50.0,
        "crates": 1,
        "pickup": task(pickup) if isinstance(pickup, str) else pickup,
        "dropoffs": tuple(task(d) if isinstance(d, str) else d for d in dropoffs),
        "penalty_yuan": 300.0,
    } | more


def x(**more: Any) -> Part:
    """Return the request that the tests of explanations ask for."""
    return request("x", "village", "market", **more)


def since(key: str, clock: str) -> tuple[Part, ...]:
    """Return a request that is on board since then."""
    return ({"request": key, "picked_up_at": at(clock)},)


def state(key: str, **more: Any) -> Part:
    """Return the start state of a tricycle."""
    return {"tricycle": key, "free_at": at("06:00")} | more


def battery(**more: Any) -> Part:
    """Return a battery that is good for 11 km down to its reserve."""
    return {
        "chemistry": "lithium",
        "capacity_kwh": 1.0,
        "charge": 1.0,
        "reserve": 0.1,
        "empty_kwh_per_km": 0.08,
        "charging_kw": 1.25,
        "charging_efficiency": 1.0,
    } | more


@dataclasses.dataclass(frozen=True)
class Road:
    """A day and its travel along the road."""

    day: Day
    travel: TravelMatrices


def road_day(
    km: dict[str, float],
    *,
    tricycles: list[Part],
    requests: list[Part],
    places: dict[str, Part] | None = None,
    locks: Part | None = None,
    states: list[Part] | None = None,
    delivered: list[Part] | None = None,
    **more: Any,
) -> Road:
    """Return a day of places at these kilometres; ``places`` says more of some of them."""
    rows = tuple(
        {"id": key, "name": key, "kind": "village", "latitude": 41.7, "longitude": 86.1 + where / 100}
        | (places or {}).get(key, {})
        for key, where in km.items()
    )
    day = Day.model_validate(
        {
            "date": DATE,
            "zone": ZONE.key,
            "places": rows,
            "tricycles": tuple(tricycles),
            "requests": tuple(requests),
            "locks": locks or {},
            "start_state": {"tricycles": tuple(states or ()), "delivered": tuple(delivered or ())},
            **more,
        }
    )
    where = np.array([km.get(location.key, 0.0) for location in day.locations])
    apart = np.abs(where[:, None] - where[None, :])
    classes = len(day.speed_caps_kmh())
    travel = dataclasses.replace(
        travel_for(day),
        durations_s=np.repeat(np.ceil(apart * SECONDS_PER_KM).astype(np.int64)[None], classes, axis=0),
        distances_m=np.repeat(np.round(apart * METRES_PER_KM).astype(np.int64)[None], classes, axis=0),
    )
    return Road(day, travel)


def road(**parts: Any) -> Road:
    """Return a day of one tricycle, where nothing else is said, on the usual road."""
    return road_day(KM, **({"tricycles": [tricycle()]} | parts))


def route_of(plan: Plan, key: str) -> Route:
    """Return a tricycle's route."""
    return next(route for route in plan.routes if route.tricycle == key)


def stops(route: Route) -> list[str]:
    """Return a route's stops as words: ``["+a", "+b", "-a", "-b"]``."""
    return [
        f"{'+' if entry.kind == 'pickup' else '-'}{entry.request}"
        for entry in route.entries
        if entry.kind in ("pickup", "dropoff")
    ]


def stop(plan: Plan, key: str, kind: str) -> Entry:
    """Return a request's pickup or drop-off."""
    return next(
        entry
        for route in plan.routes
        for entry in route.entries
        if entry.request == key and entry.kind == kind
    )


def served_by(plan: Plan) -> dict[str, str]:
    """Return who serves what."""
    return {
        str(entry.request): route.tricycle
        for route in plan.routes
        for entry in route.entries
        if entry.kind == "dropoff"
    }


def left_out(plan: Plan, key: str) -> Unserved:
    """Return what a plan says of a request that it leaves out."""
    return next(item for item in plan.unserved if item.request == key)

"""A tiny day in the making: places around a centre, two tricycles, two to four requests."""

import datetime
import random
from typing import Any
from zoneinfo import ZoneInfo

from fleet.model import Day

ZONE = ZoneInfo("Asia/Shanghai")
DATE = datetime.date(2026, 6, 12)
Document = dict[str, Any]


def at(minute: float) -> datetime.datetime:
    """Return an instant, in minutes after six in the morning."""
    return datetime.datetime(2026, 6, 12, 6, tzinfo=ZONE) + datetime.timedelta(seconds=round(minute * 60))


def window(start: float, end: float) -> Document:
    """Return a window, in minutes after six."""
    return {"start": at(start), "end": at(end)}


class Draft:
    """A day in the making."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.metric = False
        self.places: list[Document] = [
            self._place("centre", "centre"),
            *(self._place(f"v{n}", "village") for n in range(rng.randint(1, 2))),
            *(self._place(f"c{n}", "community") for n in range(rng.randint(1, 2))),
        ]
        self.tricycles = [self._tricycle(n) for n in range(1, 3)]
        self.requests = [self._request(n) for n in range(rng.choice((2, 3, 3, 4)))]
        self.products: list[Document] = [{"id": "melon", "name": "melon"}]
        self.more: Document = {}
        self.state: dict[str, Document] = {}
        self.delivered: list[Document] = []
        self.locks: Document = {"requests": (), "routes": ()}

    def _place(self, key: str, kind: str) -> Document:
        rng = self.rng
        return {
            "id": key,
            "name": key,
            "kind": kind,
            "latitude": 41.72 + rng.uniform(-0.015, 0.015),
            "longitude": 86.15 + rng.uniform(-0.02, 0.02),
        }

    def _tricycle(self, number: int) -> Document:
        rng = self.rng
        return {
            "id": f"t{number}",
            "number": number,
            "start_place": "centre",
            "end_place": "centre",
            "shift": window(0, 180),
            "payload_kg": 300.0,
            "crates": 20,
            "speed_kmh": rng.choice((18.0, 24.0)),
            "fixed_yuan": float(rng.choice((0, 4, 9))),
            "yuan_per_km": rng.choice((0.6, 1.2)),
            "yuan_per_hour": rng.choice((12.0, 24.0)),
        }

    def _request(self, number: int) -> Document:
        rng = self.rng
        villages = [p["id"] for p in self.places if p["kind"] == "village"]
        communities = [p["id"] for p in self.places if p["kind"] == "community"]
        pickup, dropoff = rng.choice([*villages, "centre"]), rng.choice(communities)
        if rng.random() < 0.15:
            pickup, dropoff = "centre", rng.choice(villages)
        return {
            "id": f"r{number}",
            "kg": float(rng.randint(40, 140)),
            "crates": rng.randint(1, 8),
            "pickup": {"place": pickup, "handling_s": 60 * rng.randint(1, 5)},
            "dropoffs": ({"place": dropoff, "handling_s": 60 * rng.randint(1, 5)},),
            "penalty_yuan": float(rng.randint(8, 40)),
        }

    def of_kind(self, kind: str) -> Document:
        """Return one of the places of a kind."""
        return self.rng.choice([p for p in self.places if p["kind"] == kind])

    def drop_place(self) -> Document:
        """Return the place of some request's first drop-off."""
        key = self.rng.choice(self.requests)["dropoffs"][0]["place"]
        return next(p for p in self.places if p["id"] == key)

    def windows(self, task: Document) -> None:
        """Give a task one to three short windows."""
        starts = sorted(self.rng.sample(range(0, 100, 20), self.rng.randint(1, 3)))
        task["windows"] = tuple(window(s, s + self.rng.randint(2, 10)) for s in starts)

    def day(self) -> Day:
        """Validate the draft."""
        return Day.model_validate(
            {
                "title": "tiny",
                "date": DATE,
                "zone": ZONE.key,
                "places": tuple(self.places),
                "products": tuple(self.products),
                "tricycles": tuple(self.tricycles),
                "requests": tuple(self.requests),
                "locks": self.locks,
                "start_state": {
                    "tricycles": tuple(self.state.values()),
                    "delivered": tuple(self.delivered),
                },
                **self.more,
            }
        )

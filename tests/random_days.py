"""Seeded random days that use every rule of the domain, small enough to be planned in a moment.

``random_day(seed, requests=..., tricycles=...)`` mixes all features; ``features`` keeps to some of them. Most
days can serve most requests, some requests are impossible, and some rules contradict each other: that is
what days are like. Distances are meant for great-circle travel.
"""

import datetime
import json
import random
from typing import Any

from fleet.model import Day, read_day

ZONE = "Asia/Shanghai"
MIDNIGHT = datetime.datetime(2026, 6, 12, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))
LATITUDE, LONGITUDE = 41.72, 86.11
SPREAD = 0.035
"""Degrees from the middle to the outer villages: some four kilometres."""

FEATURES = frozenset(
    {
        "alternatives",
        "bays",
        "batteries",
        "breaks",
        "burden",
        "caps",
        "closed_roads",
        "crates",
        "equipment",
        "fleets",
        "frozen",
        "keep_apart",
        "locks",
        "musts",
        "on_board_limits",
        "open_ends",
        "openings",
        "penalties",
        "setups",
        "speeds",
        "stalls",
        "start_state",
        "stays",
        "unavailable",
        "windows",
    }
)
"""What a day may use; "batteries" brings cold and recharges, "locks" every kind but frozen stops."""


def random_day(
    seed: int, *, requests: int = 8, tricycles: int = 3, features: frozenset[str] = FEATURES
) -> Day:
    """Return the day of a seed; the same for the same arguments.

    Parameters
    ----------
    seed, requests, tricycles
        Which day, and how large.
    features
        What it may use; a day uses each of them with a chance, and the more places the larger it is.
    """
    return read_day(json.dumps(random_document(seed, requests, tricycles, features)).encode())


def random_document(
    seed: int, requests: int, tricycles: int, features: frozenset[str] = FEATURES
) -> dict[str, Any]:
    """Return the day as a JSON document, to be changed before it is read."""
    unknown = features - FEATURES
    if unknown:
        raise ValueError(f"unknown features {sorted(unknown)}")
    return _Maker(seed, requests, tricycles, features).day()


def at(minute: float) -> str:
    """Return the instant of a minute of the day."""
    return (MIDNIGHT + datetime.timedelta(seconds=round(minute * 60))).isoformat()


class _Maker:
    """Draws a day part by part; later parts know the earlier ones."""

    def __init__(self, seed: int, requests: int, tricycles: int, features: frozenset[str]) -> None:
        self.random = random.Random(f"{seed}/{requests}/{tricycles}")
        # One day in five leaves nothing out: features have to work together, too.
        whole = self.random.random() < 0.2
        self.features = {f for f in sorted(features) if self.random.random() < 0.6 or whole}
        self.seed = seed
        self.n_requests = requests
        self.n_tricycles = tricycles
        self.cold = "batteries" in self.features and self.chance(0.4)

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def has(self, feature: str, share: float = 1.0) -> bool:
        """Whether a feature is used here; draws the same either way."""
        drawn = self.chance(share)
        return feature in self.features and drawn

    def day(self) -> dict[str, Any]:
        self.villages = [f"v{i}" for i in range(1, 2 + max(2, self.n_requests // 3))]
        self.communities = [f"c{i}" for i in range(1, 2 + max(2, self.n_requests // 4))]
        self.products = [self.product(i) for i in range(3)]
        self.places = self.all_places()
        self.tricycles = [self.tricycle(i) for i in range(1, self.n_tricycles + 1)]
        self.requests = [self.request(i) for i in range(1, self.n_requests + 1)]
        self.carried: dict[str, str] = {}
        states = self.states()
        document: dict[str, Any] = {
            "format": "fleet-day/1",
            "title": f"random day {self.seed}",
            "date": MIDNIGHT.date().isoformat(),
            "zone": ZONE,
            "rules": self.rules(),
            "places": self.places,
            "households": [
                {"id": f"h{i}", "name": f"household {i}", "place": self.random.choice(self.villages)}
                for i in range(1, self.n_requests + 1)
            ],
            "products": self.products,
            "tricycles": self.tricycles,
            "requests": self.requests,
            "locks": self.locks(states),
            "start_state": {"tricycles": states, "delivered": self.delivered()},
            "assignments": [
                {
                    "driver": f"d{i}",
                    "name": f"driver {i}" if self.chance(0.5) else "",
                    "tricycle": tricycle["id"],
                    "burden_yuan": round(self.random.uniform(0, 20), 2) if self.has("burden", 0.5) else 0.0,
                }
                for i, tricycle in enumerate(self.tricycles)
                if self.chance(0.5)
            ],
        }
        if self.has("closed_roads", 0.5):
            document["closed_roads"] = [{"name": "bridge", "way_ids": [1_001]}]
        return document

    def rules(self) -> dict[str, Any]:
        rules: dict[str, Any] = {
            "unserved_yuan": self.random.choice([5.0, 60.0, 500.0]),
            "detour_factor": self.random.choice([1.0, 1.4]),
        }
        if self.cold:
            rules["climate"] = {
                "temperature_c": -15.0,
                "capacity": {
                    "lead-acid": {
                        "points": [
                            {"temperature_c": -20.0, "factor": 0.55},
                            {"temperature_c": 20.0, "factor": 1.0},
                        ]
                    }
                },
                "consumption": {
                    "points": [
                        {"temperature_c": -20.0, "factor": 1.25},
                        {"temperature_c": 20.0, "factor": 1.0},
                    ]
                },
            }
        return rules

    def product(self, i: int) -> dict[str, Any]:
        product: dict[str, Any] = {"id": f"p{i}", "name": f"product {i}", "kg_per_crate": 12.5}
        if self.has("keep_apart", 0.6):
            product["keep_apart"] = self.random.choice(["food", "chemicals"])
        if self.has("equipment", 0.25):
            product["equipment"] = ["cool-box"]
        if self.has("on_board_limits", 0.5):
            product["on_board_limit_s"] = self.random.randrange(20, 90) * 60
        return product

    def all_places(self) -> list[dict[str, Any]]:
        places = [self.place("centre", "centre", 0.3)]
        places += [self.place(key, "village", 1.0) for key in self.villages]
        places += [self.place(key, "community", 0.5) for key in self.communities]
        places += [self.place("charger", "charger", 0.6), self.place("depot", "station", 0.6)]
        return places

    def place(self, key: str, kind: str, reach: float) -> dict[str, Any]:
        place: dict[str, Any] = {
            "id": key,
            "name": key,
            "kind": kind,
            "latitude": round(LATITUDE + self.random.uniform(-reach, reach) * SPREAD, 5),
            "longitude": round(LONGITUDE + self.random.uniform(-reach, reach) * SPREAD, 5),
            "stalls": 38 if kind == "centre" else 0,
        }
        if self.has("setups", 0.7):
            place["setup_s"] = self.random.choice([0, 45, 120, 300])
        if kind in ("community", "centre") and self.has("stays", 0.6):
            place["stay_s"] = self.random.choice([0, 300, 900, 1_800])
        if self.has("bays", 0.5):
            place["bays"] = self.random.choice([1, 1, 2])
        if self.has("openings", 0.3):
            opens = self.random.randrange(330, 420, 15)
            place["opening"] = [{"start": at(opens), "end": at(opens + self.random.randrange(120, 360, 15))}]
            if self.chance(0.4):
                later = opens + 400
                place["opening"].append({"start": at(later), "end": at(later + 120)})
        if kind == "community" and self.has("caps", 0.5):
            place["max_kg"] = float(self.random.randrange(60, 400, 20))
        if kind == "community" and self.has("caps", 0.5):
            place["max_kg_of_product"] = {"p0": float(self.random.randrange(40, 200, 20))}
        if kind == "charger" or (kind in ("centre", "station") and self.chance(0.3)):
            place["charger"] = {"power_kw": self.random.choice([1.0, 3.0]), "plugs": 1}
        return place

    def tricycle(self, i: int) -> dict[str, Any]:
        home = self.random.choice(["depot", "centre", self.villages[0]])
        begins = 360 + self.random.choice([0, 0, 30])
        tricycle: dict[str, Any] = {
            "id": f"t{i}",
            "number": i,
            "name": f"tricycle {i}",
            "start_place": home,
            "end_place": home if self.chance(0.8) else "centre",
            "shift": {"start": at(begins), "end": at(begins + self.random.choice([300, 420, 540]))},
            "payload_kg": self.random.choice([150.0, 250.0, 350.0]),
            "crates": self.random.choice([12, 20, 40]) if "crates" in self.features else 1_000,
            "speed_kmh": self.random.choice([18.0, 24.0]) if "speeds" in self.features else 20.0,
            "fixed_yuan": round(self.random.uniform(0, 15), 2),
            "yuan_per_km": round(self.random.uniform(0.2, 1.2), 2),
            "yuan_per_hour": round(self.random.uniform(5, 25), 2),
        }
        if self.has("fleets"):
            tricycle["fleet"] = self.random.choice(["township", "cooperative"])
        if self.has("open_ends", 0.4):
            tricycle["end_place"] = None
        if self.has("equipment", 0.6):
            tricycle["equipment"] = ["cool-box"]
        if self.has("unavailable", 0.15) and i > 1:
            tricycle["available"] = False
        if self.has("breaks", 0.7):
            opens = begins + self.random.randrange(60, 240, 10)
            tricycle["breaks"] = [self.pause(opens)]
            if self.chance(0.3):
                tricycle["breaks"].append(self.pause(opens + 120))
        if self.has("batteries", 0.8):
            tricycle["battery"] = self.battery()
        return tricycle

    def pause(self, opens: float) -> dict[str, Any]:
        length = self.random.choice([20, 60])
        return {
            "duration_s": self.random.choice([600, 1_200]),
            "window": {"start": at(opens), "end": at(opens + length)},
        }

    def battery(self) -> dict[str, Any]:
        return {
            "chemistry": self.random.choice(["lead-acid", "lithium"]),
            "capacity_kwh": round(self.random.uniform(1.2, 4.0), 2),
            "health": round(self.random.uniform(0.8, 1.0), 2),
            "charge": round(self.random.uniform(0.5, 1.0), 2),
            "reserve": self.random.choice([0.1, 0.2, 0.3]),
            "empty_kwh_per_km": 0.045,
            "kwh_per_km_per_100_kg": 0.012,
            "charging_kw": self.random.choice([0.8, 1.5]),
            "charging_efficiency": 0.85,
        }

    def request(self, i: int) -> dict[str, Any]:
        product = self.random.choice([None, "p0", "p0", "p1", "p2"])
        outward = self.chance(0.15)
        sources = ["centre"] if outward else [*self.villages, *self.villages, "centre"]
        targets = self.villages if outward else self.communities
        kg = float(self.random.choice([8, 20, 35, 60, 90, 140]))
        if self.chance(0.03):
            kg = 900.0
        number = self.random.randint(1, 3) if self.has("alternatives", 0.5) else 1
        request: dict[str, Any] = {
            "id": f"r{i}",
            "household": f"h{i}",
            "product": product,
            "kg": kg,
            "crates": -(-int(kg) // 12) if "crates" in self.features else 0,
            "pickup": self.task(self.random.choice(sources), 345, 420, i),
            "dropoffs": [
                self.task(key, 400, 560, i) for key in self.random.sample(targets, min(number, len(targets)))
            ],
            "value_yuan": round(self.random.uniform(0, 150), 2),
        }
        if self.has("musts", 0.25):
            request["must"] = True
        if self.has("penalties", 0.3):
            request["penalty_yuan"] = self.random.choice([0.0, 3.0, 30.0, 900.0])
        if self.has("penalties", 0.3):
            request["priority"] = self.random.randint(0, 10)
        if self.has("on_board_limits", 0.3):
            request["on_board_limit_s"] = self.random.randrange(15, 120) * 60
        if self.has("equipment", 0.1):
            request["equipment"] = ["cool-box"]
        if self.has("fleets", 0.2):
            request["allowed_fleets"] = ["township"]
        return request

    def task(self, place: str, low: int, high: int, i: int) -> dict[str, Any]:
        task: dict[str, Any] = {"place": place, "handling_s": self.random.choice([0, 60, 180, 420])}
        if self.has("windows", 0.6):
            opens = self.random.randrange(low, high, 5)
            task["windows"] = [{"start": at(opens), "end": at(opens + self.random.randrange(30, 240, 5))}]
            if self.chance(0.3):
                task["windows"].append({"start": at(opens + 250), "end": at(opens + 300)})
        if place == "centre" and self.has("stalls", 0.7) and i <= 38:
            task["stall"] = i
        return task

    def states(self) -> list[dict[str, Any]]:
        """Return start states of some tricycles; fills ``carried``."""
        states: list[dict[str, Any]] = []
        if "start_state" not in self.features:
            return states
        free = list(self.requests)
        self.random.shuffle(free)
        for tricycle in self.tricycles:
            if self.chance(0.4):
                continue
            minute = self.random.randrange(350, 480, 5)
            state: dict[str, Any] = {
                "tricycle": tricycle["id"],
                "free_at": at(minute),
                "has_left": self.chance(0.5),
                "breaks_taken": self.random.randint(0, len(tricycle.get("breaks", []))),
                "recharges_taken": self.random.choice([0, 0, 1, 2]),
            }
            where = self.random.choice(["start", "place", "position"])
            stands_at = tricycle["start_place"]
            if where == "place":
                state["place"] = stands_at = self.random.choice([*self.communities, *self.villages])
            elif where == "position":
                state["position"] = {
                    "latitude": round(LATITUDE + self.random.uniform(-0.5, 0.5) * SPREAD, 5),
                    "longitude": round(LONGITUDE + self.random.uniform(-0.5, 0.5) * SPREAD, 5),
                }
            if where != "position" and self.chance(0.5):
                state["visit"] = {
                    "place": stands_at,
                    "dropped_off": self.chance(0.6),
                    "stay_left_s": self.random.choice([0, 240, 900]),
                }
            if "battery" in tricycle and self.chance(0.6):
                state["charge"] = round(self.random.uniform(tricycle["battery"]["reserve"], 1.0), 3)
            loads = []
            for request in free[: self.random.choice([0, 0, 1, 2])]:
                loads.append(
                    {"request": request["id"], "picked_up_at": at(minute - self.random.randrange(1, 40))}
                )
                self.carried[request["id"]] = tricycle["id"]
            free = free[len(loads) :]
            state["on_board"] = loads
            states.append(state)
        return states

    def delivered(self) -> list[dict[str, Any]]:
        if "start_state" not in self.features:
            return []
        return [
            {"place": key, "product": product, "kg": float(self.random.randrange(10, 90, 10))}
            for key in self.communities
            for product in ("p0", None)
            if self.chance(0.2)
        ]

    def locks(self, states: list[dict[str, Any]]) -> dict[str, Any]:
        named: set[str] = set()
        requests = []
        for request in self.requests:
            if not self.has("locks", 0.2):
                continue
            ids = [t["id"] for t in self.tricycles]
            chosen = self.random.choice(ids)
            lock: dict[str, Any] = {"request": request["id"]}
            if self.chance(0.5):
                lock["only_tricycle"] = chosen
            else:
                lock["not_tricycles"] = [chosen]
            requests.append(lock)
        routes = []
        for tricycle in self.tricycles:
            lock = {"tricycle": tricycle["id"]}
            frozen = self.frozen(tricycle, states, named) if self.has("frozen", 0.4) else []
            sequence = self.sequence(tricycle, named) if self.has("locks", 0.4) else []
            if frozen or sequence:
                routes.append(lock | {"frozen": frozen, "sequence": sequence})
        return {"requests": requests, "routes": routes}

    def sequence(self, tricycle: dict[str, Any], named: set[str]) -> list[dict[str, Any]]:
        """Draw some stops of requests that no other route lock names, pickups before drop-offs."""
        mine = [
            r["id"]
            for r in self.requests
            if r["id"] not in named and self.carried.get(r["id"], tricycle["id"]) == tricycle["id"]
        ]
        chosen = self.random.sample(mine, min(len(mine), self.random.randint(1, 3)))
        named.update(chosen)
        stops = [{"request": r, "kind": "pickup"} for r in chosen if r not in self.carried]
        stops += [{"request": r, "kind": "dropoff"} for r in self.random.sample(chosen, len(chosen))]
        return [stop for stop in stops if self.chance(0.8)]

    def frozen(
        self, tricycle: dict[str, Any], states: list[dict[str, Any]], named: set[str]
    ) -> list[dict[str, Any]]:
        """Draw the first stops of a route: loads, some of them brought away again."""
        mine = [
            r
            for r in self.requests
            if r["id"] not in named and self.carried.get(r["id"], tricycle["id"]) == tricycle["id"]
        ]
        chosen = self.random.sample(mine, min(len(mine), self.random.randint(1, 2)))
        named.update(r["id"] for r in chosen)
        minute = self.random.randrange(380, 450)
        stops = []
        for request in chosen:
            if request["id"] not in self.carried:
                stops.append(self.frozen_stop(request, "pickup", request["pickup"]["place"], minute))
                minute += self.random.randrange(5, 30)
        for request in chosen:
            if self.chance(0.5):
                place = self.random.choice(request["dropoffs"])["place"]
                stops.append(self.frozen_stop(request, "dropoff", place, minute))
                minute += self.random.randrange(5, 45)
        return stops

    def frozen_stop(self, request: dict[str, Any], kind: str, place: str, minute: float) -> dict[str, Any]:
        return {"request": request["id"], "kind": kind, "place": place, "start": at(minute)}

"""Seeded tiny days in which rules bite: each seed has one rule as its theme, and a few more by chance."""

import dataclasses
import datetime
import random
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from fleet.model import Day
from fleet.model.locks import Locks
from fleet.model.requests import Request
from fleet.model.state import StartState
from fleet.planning import travel_for
from maps.travel import TravelMatrices

ZONE = ZoneInfo("Asia/Shanghai")
DATE = datetime.date(2026, 6, 12)
Document = dict[str, Any]
Theme = Callable[["Draft"], None]


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


def _several_windows(draft: Draft) -> None:
    for request in draft.requests:
        draft.windows(request["pickup"])
        for task in request["dropoffs"]:
            if draft.rng.random() < 0.5:
                draft.windows(task)


def _pickup_windows(draft: Draft) -> None:
    for request in draft.requests:
        start = draft.rng.randint(0, 60)
        request["pickup"]["windows"] = (window(start, start + 8),)


def _dropoff_windows(draft: Draft) -> None:
    for request in draft.requests:
        start = draft.rng.randint(10, 60)
        request["dropoffs"][0]["windows"] = (window(start, start + 5),)


def _opening(draft: Draft) -> None:
    for place in draft.places[1:]:
        start = draft.rng.randint(0, 40)
        first = window(start, start + draft.rng.randint(6, 16))
        later = window(start + 60, start + 60 + draft.rng.randint(10, 40))
        place["opening"] = draft.rng.choice(((first,), (first, later)))


def _stay(draft: Draft) -> None:
    for place in draft.places:
        if place["kind"] == "community":
            place["stay_s"] = 60 * draft.rng.randint(10, 30)
            place["opening"] = (window(0, draft.rng.randint(50, 90)),)


def _setup(draft: Draft) -> None:
    for place in draft.places:
        place["setup_s"] = 60 * draft.rng.randint(3, 12)
    for request in draft.requests:
        request["dropoffs"][0]["windows"] = (window(0, draft.rng.randint(25, 60)),)


def _on_board_limit(draft: Draft) -> None:
    draft.products[0]["on_board_limit_s"] = 60 * draft.rng.randint(6, 12)
    for request in draft.requests:
        if draft.rng.random() < 0.5:
            request["product"] = "melon"
        else:
            request["on_board_limit_s"] = 60 * draft.rng.randint(4, 10)
        if draft.rng.random() < 0.5:
            draft.windows(request["dropoffs"][0])


def _keep_apart(draft: Draft) -> None:
    draft.products += [
        {"id": "soap", "name": "soap", "keep_apart": "chemicals"},
        {"id": "naan", "name": "naan", "keep_apart": "food"},
    ]
    for request in draft.requests:
        request["product"] = draft.rng.choice(("soap", "naan", "naan", "melon"))
        request["penalty_yuan"] = 40.0


def _payload(draft: Draft) -> None:
    for tricycle in draft.tricycles:
        tricycle["payload_kg"] = float(draft.rng.randint(110, 190))


def _crates(draft: Draft) -> None:
    for tricycle in draft.tricycles:
        tricycle["crates"] = draft.rng.randint(5, 10)


def _place_cap(draft: Draft) -> None:
    _alternatives(draft)
    place = draft.drop_place()
    place["max_kg"] = float(draft.rng.randint(60, 160))
    if draft.rng.random() < 0.5:
        draft.delivered = [{"place": place["id"], "kg": 30.0}]


def _product_cap(draft: Draft) -> None:
    place = draft.drop_place()
    place["max_kg_of_product"] = {"melon": float(draft.rng.randint(60, 160))}
    for request in draft.requests:
        request["product"] = "melon"
    if draft.rng.random() < 0.5:
        draft.delivered = [{"place": place["id"], "product": "melon", "kg": 30.0}]


def _bays(draft: Draft) -> None:
    draft.requests = draft.requests[:3]
    for place in draft.places[1:]:
        place["bays"] = 1
        place["setup_s"] = 60 * draft.rng.randint(1, 5)
    for tricycle in draft.tricycles:
        tricycle["payload_kg"] = 150.0
        tricycle["fixed_yuan"] = 0.0
    for request in draft.requests:
        start = draft.rng.randint(8, 16)
        task = {"place": draft.places[-1]["id"], "handling_s": 480}
        request["dropoffs"] = (task | {"windows": (window(start, start + 14),)},)
        request["penalty_yuan"] = 30.0


def _equipment(draft: Draft) -> None:
    draft.tricycles[draft.rng.randrange(2)]["equipment"] = ("cold-box",)
    draft.products[0]["equipment"] = ("cold-box",)
    draft.requests[0]["equipment"] = ("cold-box",)
    draft.requests[-1]["product"] = "melon"
    _short_shift(draft)


def _fleets(draft: Draft) -> None:
    draft.tricycles[0]["fleet"] = "red"
    draft.tricycles[1]["fleet"] = "blue"
    for request in draft.requests:
        request["allowed_fleets"] = draft.rng.choice((("red",), ("blue",), ("red", "blue"), ("green",)))


def _only_tricycle(draft: Draft) -> None:
    draft.locks["requests"] = tuple(
        {"request": r["id"], "only_tricycle": draft.rng.choice(("t1", "t2"))} for r in draft.requests[:2]
    )


def _not_tricycles(draft: Draft) -> None:
    draft.locks["requests"] = tuple(
        {"request": r["id"], "not_tricycles": draft.rng.choice((("t1",), ("t2",), ("t1", "t2")))}
        for r in draft.requests[:2]
    )


def _sequence(draft: Draft) -> None:
    stops = [{"request": r["id"], "kind": kind} for r in draft.requests for kind in ("pickup", "dropoff")]
    draft.rng.shuffle(stops)
    kept = stops[: draft.rng.randint(2, 4)]
    draft.locks["routes"] = ({"tricycle": draft.rng.choice(("t1", "t2")), "sequence": tuple(kept)},)
    _pickup_windows(draft) if draft.rng.random() < 0.3 else None


def _breaks(draft: Draft) -> None:
    draft.requests = draft.requests[:3]
    for tricycle in draft.tricycles:
        first = draft.rng.randint(0, 25)
        pauses = [{"duration_s": 60 * draft.rng.randint(10, 25), "window": window(first, first + 12)}]
        if draft.rng.random() < 0.4:
            pauses.append({"duration_s": 900, "window": window(first + 30, first + 40)})
        tricycle["breaks"] = tuple(pauses)
    for request in draft.requests:
        if draft.rng.random() < 0.6:
            draft.windows(request["dropoffs"][0])


def _battery(draft: Draft, capacity_kwh: float) -> Document:
    return {
        "chemistry": "lead",
        "capacity_kwh": capacity_kwh,
        "health": 0.9,
        "charge": 0.8,
        "reserve": 0.2,
        "empty_kwh_per_km": 0.04,
        "kwh_per_km_per_100_kg": 0.03,
        "charging_kw": 1.2,
    }


def _energy(draft: Draft) -> None:
    for tricycle in draft.tricycles:
        tricycle["battery"] = _battery(draft, draft.rng.uniform(0.35, 0.9))
    draft.more["rules"] = {
        "climate": {
            "temperature_c": -5.0,
            "capacity": {"lead": {"points": ({"temperature_c": 0.0, "factor": 0.8},)}},
            "consumption": {"points": ({"temperature_c": 0.0, "factor": 1.15},)},
        }
    }


def _charger(draft: Draft) -> None:
    draft.metric = True
    draft.requests = draft.requests[:2]
    for tricycle in draft.tricycles:
        tricycle["battery"] = _battery(draft, draft.rng.uniform(0.3, 0.5))
        tricycle["fixed_yuan"] = 4.0
    place = draft.of_kind(draft.rng.choice(("centre", "village", "community")))
    place["charger"] = {"power_kw": draft.rng.choice((0.8, 1.5)), "plugs": 1}
    for request in draft.requests:
        request["penalty_yuan"] = 60.0


def _open_end(draft: Draft) -> None:
    for tricycle in draft.tricycles:
        tricycle["end_place"] = draft.rng.choice((None, draft.places[1]["id"]))


def _carried(draft: Draft) -> None:
    count = draft.rng.randint(1, 2)
    draft.state["t1"] = {
        "tricycle": "t1",
        "free_at": at(20),
        "position": {"latitude": 41.72, "longitude": 86.15},
        "on_board": tuple({"request": r["id"], "picked_up_at": at(12)} for r in draft.requests[:count]),
    }
    for request in draft.requests[:count]:
        request["on_board_limit_s"] = 60 * draft.rng.randint(9, 30)
    for request in draft.requests:
        request["kg"] = min(request["kg"], 100.0)
    draft.tricycles[0]["payload_kg"] = 200.0


def _open_visit(draft: Draft) -> None:
    community = draft.of_kind("community")
    community["stay_s"] = 1200
    community["setup_s"] = 420
    dropped = draft.rng.random() < 0.6
    draft.state["t1"] = {
        "tricycle": "t1",
        "free_at": at(10),
        "place": community["id"],
        "visit": {
            "place": community["id"],
            "dropped_off": dropped,
            "stay_left_s": 600 if dropped else 0,
        },
        "on_board": ({"request": "r0", "picked_up_at": at(2)},),
    }
    draft.requests[0]["kg"] = 60.0
    draft.requests[0]["dropoffs"][0]["place"] = community["id"]
    for request in draft.requests[1:]:
        request["dropoffs"][0]["windows"] = (window(10, draft.rng.randint(30, 70)),)


def _has_left(draft: Draft) -> None:
    for tricycle in draft.tricycles:
        tricycle["fixed_yuan"] = 15.0
    place = draft.of_kind("village")["id"]
    draft.state["t2"] = {"tricycle": "t2", "free_at": at(15), "place": place, "has_left": True}


def _musts(draft: Draft) -> None:
    _short_shift(draft)
    for request in draft.requests[: draft.rng.randint(1, 2)]:
        request |= {"must": True, "penalty_yuan": 1.0}


def _short_shift(draft: Draft) -> None:
    for tricycle in draft.tricycles:
        start = draft.rng.randint(0, 20)
        tricycle["shift"] = window(start, start + draft.rng.randint(22, 50))


def _penalties(draft: Draft) -> None:
    draft.more["rules"] = {"unserved_yuan": 4.0}
    for request in draft.requests:
        del request["penalty_yuan"]
        request |= {"value_yuan": draft.rng.randint(0, 6), "priority": draft.rng.randint(0, 4)}
        request["value_yuan"] = float(request["value_yuan"])


def _burden(draft: Draft) -> None:
    draft.more["assignments"] = (
        {"driver": "d1", "tricycle": "t1", "burden_yuan": float(draft.rng.randint(5, 30))},
        {"driver": "d2", "tricycle": "t2", "burden_yuan": float(draft.rng.randint(0, 10))},
    )


def _fixed(draft: Draft) -> None:
    for tricycle in draft.tricycles:
        tricycle["fixed_yuan"] = float(draft.rng.randint(10, 25))


def _unavailable(draft: Draft) -> None:
    draft.tricycles[draft.rng.randrange(2)]["available"] = False
    _payload(draft)


def _alternatives(draft: Draft) -> None:
    keys = [p["id"] for p in draft.places if p["kind"] == "community"] + ["centre"]
    for request in draft.requests[:2]:
        second = {"place": draft.rng.choice(keys), "handling_s": 120}
        draft.windows(second)
        request["dropoffs"] = (request["dropoffs"][0], second)


def _asymmetric(draft: Draft) -> None:
    """No theme of a rule: one-way streets, where every leg differs from its way back."""


THEMES: dict[str, Theme] = {
    "several windows": _several_windows,
    "pickup windows": _pickup_windows,
    "drop-off windows": _dropoff_windows,
    "opening": _opening,
    "stay": _stay,
    "set-up": _setup,
    "on-board limit": _on_board_limit,
    "keep apart": _keep_apart,
    "payload": _payload,
    "crates": _crates,
    "cap of a place": _place_cap,
    "cap of a product": _product_cap,
    "bays": _bays,
    "equipment": _equipment,
    "fleets": _fleets,
    "only tricycle": _only_tricycle,
    "not tricycles": _not_tricycles,
    "sequence": _sequence,
    "breaks": _breaks,
    "energy": _energy,
    "charger": _charger,
    "open end": _open_end,
    "on board at the start": _carried,
    "open visit": _open_visit,
    "has left": _has_left,
    "musts": _musts,
    "penalties": _penalties,
    "burden": _burden,
    "fixed cost": _fixed,
    "unavailable": _unavailable,
    "alternatives": _alternatives,
    "one-way": _asymmetric,
}

MIXED = ("pickup windows", "drop-off windows", "payload", "set-up", "stay", "open end", "alternatives")
"""Themes that go with every other one."""


def theme_of(seed: int) -> str:
    """Return the theme of a seed."""
    return list(THEMES)[seed % len(THEMES)]


def tiny_day(seed: int) -> tuple[Day, TravelMatrices]:
    """Return the day of a seed, and its travel."""
    rng = random.Random(seed)
    draft = Draft(rng)
    theme = theme_of(seed)
    for other in rng.sample(MIXED, rng.randint(0, 2)):
        if other != theme:
            THEMES[other](draft)
    THEMES[theme](draft)
    day = draft.day()
    travel = travel_for(day)
    return day, travel if draft.metric else _one_ways(travel, rng)


def _one_ways(travel: TravelMatrices, rng: random.Random) -> TravelMatrices:
    """Stretch every leg by its own factor, the same for all speeds."""
    n = travel.place_count
    factor = np.array([[rng.uniform(1.0, 1.4) for _ in range(n)] for _ in range(n)])
    return dataclasses.replace(
        travel,
        durations_s=np.ceil(travel.durations_s * factor).astype(np.int64),
        distances_m=np.round(travel.distances_m * factor).astype(np.int64),
    )


def lifted(day: Day, theme: str) -> Day | None:
    """Return a day without its theme's rule, None where the theme is none."""
    requests = {
        "several windows": {"windows": True},
        "pickup windows": {"windows": True},
        "drop-off windows": {"windows": True},
        "on-board limit": {"on_board_limit_s": None, "product": None},
        "on board at the start": {"on_board_limit_s": None},
        "keep apart": {"product": None},
        "cap of a product": {"product": None},
        "equipment": {"equipment": (), "product": None},
        "fleets": {"allowed_fleets": ()},
        "musts": {"must": False},
        "penalties": {"penalty_yuan": 100.0},
        "alternatives": {"first": True},
    }
    places = {
        "opening": {"opening": ()},
        "stay": {"stay_s": 0},
        "set-up": {"setup_s": 0},
        "cap of a place": {"max_kg": None},
        "bays": {"bays": None},
        "charger": {"charger": None},
    }
    tricycles = {
        "payload": {"payload_kg": 1_000.0},
        "crates": {"crates": 1_000},
        "breaks": {"breaks": ()},
        "energy": {"battery": None},
        "open end": {"end_place": "centre"},
        "fixed cost": {"fixed_yuan": 0.0},
        "unavailable": {"available": True},
    }
    whole = {
        "only tricycle": {"locks": Locks()},
        "not tricycles": {"locks": Locks()},
        "sequence": {"locks": Locks()},
        "has left": {"start_state": StartState()},
        "open visit": {"start_state": _without_visits(day)},
        "burden": {"assignments": ()},
    }
    parts: Document = dict(whole.get(theme, {}))
    if theme in requests:
        parts["requests"] = tuple(_eased(request, requests[theme]) for request in day.requests)
    if theme in places:
        parts["places"] = tuple(place.model_copy(update=places[theme]) for place in day.places)
    if theme in tricycles:
        parts["tricycles"] = tuple(t.model_copy(update=tricycles[theme]) for t in day.tricycles)
    if not parts:
        return None
    return Day(**({name: getattr(day, name) for name in Day.model_fields} | parts))


def _eased(request: Request, update: Document) -> Request:
    update = dict(update)
    if update.pop("first", False):
        update["dropoffs"] = request.dropoffs[:1]
    if update.pop("windows", False):
        update["pickup"] = request.pickup.model_copy(update={"windows": ()})
        update["dropoffs"] = tuple(task.model_copy(update={"windows": ()}) for task in request.dropoffs)
    return request.model_copy(update=update)


def _without_visits(day: Day) -> StartState:
    states = tuple(state.model_copy(update={"visit": None}) for state in day.start_state.tricycles)
    return day.start_state.model_copy(update={"tricycles": states})

"""Themes of tiny days: for each rule what makes it bite."""

from collections.abc import Callable

from tests.property.tiny_draft import Document, Draft, at, window

Theme = Callable[[Draft], None]


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

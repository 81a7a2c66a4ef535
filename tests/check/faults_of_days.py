"""The day moves away under its plan: one rule is broken, and everything else still holds."""

from itertools import pairwise

from fleet.model import Rule
from tests.check.faults import Case, Json, breaks, instant, later, legs, seconds_between


@breaks(Rule.CAPACITY_KG, alone=True)
def the_box_is_too_small(case: Case) -> bool:
    route = case.route()
    heaviest = max((leg["load_kg"] for leg in legs(route)), default=0)
    if heaviest <= 1:
        return False
    payload = round(heaviest - case.random.choice([0.001, 0.5, heaviest / 2]), 3)
    case.tricycle(route["tricycle"])["payload_kg"] = route["payload_kg"] = payload
    return True


@breaks(Rule.CAPACITY_CRATES, alone=True)
def too_few_crates(case: Case) -> bool:
    route = case.route()
    entries = route["entries"]
    driven = [a["load_crates"] for a, b in pairwise(entries) if b["leg"]]
    most = max(driven, default=0)
    if most == 0:
        return False
    crates = case.random.randrange(most)
    case.tricycle(route["tricycle"])["crates"] = route["payload_crates"] = crates
    return True


@breaks(Rule.KEEP_APART, alone=True)
def labels_that_share_a_box(case: Case) -> bool:
    route = case.route()
    on_board: list[Json] = []
    for entry in route["entries"]:
        request = entry["request"] and case.request(entry["request"])
        if entry["kind"] == "pickup":
            for other in on_board:
                if request["product"] and other["product"] not in (None, request["product"]):
                    for product in case.day["products"]:
                        product["keep_apart"] = None
                        if product["id"] in (request["product"], other["product"]):
                            product["keep_apart"] = product["id"]
                    return True
            on_board.append(request)
        elif entry["kind"] == "dropoff":
            on_board = [r for r in on_board if r is not request]
    return False


@breaks(Rule.EQUIPMENT, alone=True)
def equipment_that_nobody_has(case: Case) -> bool:
    found = case.stop()
    if found is None:
        return False
    request = case.request(found[1]["request"])
    if request["product"] and case.random.random() < 0.5:
        next(p for p in case.day["products"] if p["id"] == request["product"])["equipment"] = ["crane"]
    else:
        request["equipment"] = ["crane"]
    return True


@breaks(Rule.FLEET_NOT_ALLOWED, alone=True)
def another_fleet(case: Case) -> bool:
    found = case.stop()
    if found is None:
        return False
    case.request(found[1]["request"])["allowed_fleets"] = ["nobody"]
    return True


def _lock(case: Case, **lock: object) -> bool:
    found = case.stop()
    if found is None:
        return False
    route, entry = found
    others = [t["id"] for t in case.day["tricycles"] if t["id"] != route["tricycle"]]
    if not others:
        return False
    locks = case.day["locks"]["requests"]
    locks[:] = [item for item in locks if item["request"] != entry["request"]]
    locks.append({"request": entry["request"]} | lock)
    locks[-1].setdefault("only_tricycle", case.random.choice(others))
    if lock:
        locks[-1] = {"request": entry["request"], "not_tricycles": [route["tricycle"]]}
    return True


@breaks(Rule.ONLY_TRICYCLE, alone=True)
def only_another_tricycle(case: Case) -> bool:
    return _lock(case)


@breaks(Rule.NOT_TRICYCLES, alone=True)
def not_this_tricycle(case: Case) -> bool:
    return _lock(case, not_tricycles=True)


@breaks(Rule.SEQUENCE, alone=True)
def a_sequence_the_other_way_round(case: Case) -> bool:
    route = case.route()
    stops = [e for e in route["entries"] if e["request"]]
    if len(stops) < 2:
        return False
    first, second = sorted(case.random.sample(range(len(stops)), 2))
    order = [stops[second], stops[first]]
    case.lock(route)["sequence"] = [{"request": e["request"], "kind": e["kind"]} for e in order]
    return True


@breaks(Rule.SEQUENCE, alone=True)
def a_sequence_of_another_tricycle(case: Case) -> bool:
    route = case.route()
    others = [t["id"] for t in case.day["tricycles"] if t["id"] != route["tricycle"]]
    stops = [e for e in route["entries"] if e["request"]]
    if not others or not stops:
        return False
    entry = case.random.choice(stops)
    case.day["locks"]["routes"] = [
        {
            "tricycle": case.random.choice(others),
            "sequence": [{"request": entry["request"], "kind": entry["kind"]}],
        }
    ]
    return True


def freeze(case: Case, route: Json) -> list[Json]:
    """Freeze the first stops of a route as they are planned; return them."""
    stops = [e for e in route["entries"] if e["request"]]
    count = case.random.randint(1, len(stops))
    case.lock(route)["frozen"] = frozen = [
        {"request": e["request"], "kind": e["kind"], "place": e["place"], "start": e["start"]}
        for e in stops[:count]
    ]
    return frozen


@breaks(Rule.FROZEN, alone=True)
def a_frozen_stop_is_made_too_early(case: Case) -> bool:
    frozen = freeze(case, case.route())
    stop = case.random.choice(frozen)
    stop["start"] = later(stop["start"], case.random.choice([1, 60, 1_800]))
    return True


@breaks(Rule.FROZEN)
def a_frozen_stop_is_left_out(case: Case) -> bool:
    route = case.route()
    frozen = freeze(case, route)
    stops = [e for e in route["entries"] if e["request"]]
    case.plan["routes"].remove(route)
    return len(frozen) <= len(stops)


@breaks(Rule.FROZEN)
def frozen_stops_change_their_order(case: Case) -> bool:
    frozen = freeze(case, case.route())
    if len(frozen) < 2:
        return False
    frozen[0], frozen[1] = frozen[1], frozen[0]
    return True


@breaks(Rule.UNAVAILABLE, alone=True)
def the_tricycle_is_not_there(case: Case) -> bool:
    case.tricycle(case.route()["tricycle"])["available"] = False
    return True


@breaks(Rule.WINDOW, alone=True)
def a_window_without_the_start(case: Case) -> bool:
    found = case.stop()
    if found is None:
        return False
    entry = found[1]
    gap = case.random.choice([1, 60, 3_600])
    before = {"start": later(entry["start"], -7_200), "end": later(entry["start"], -gap)}
    after = {"start": later(entry["start"], gap), "end": later(entry["start"], 7_200)}
    case.task(entry)["windows"] = case.random.choice([[before], [after], [before, after]])
    return True


@breaks(Rule.OPENING, alone=True)
def a_place_closes_too_soon(case: Case) -> bool:
    found = case.stop()
    if found is None:
        return False
    entry = found[1]
    ends = later(entry["end"], entry["stay_s"])
    closed = [{"start": later(entry["start"], -36_000), "end": later(ends, -1)}]
    if case.random.random() < 0.5 or instant(closed[0]["end"]) < instant(closed[0]["start"]):
        closed = [{"start": later(entry["start"], 1), "end": later(ends, 36_000)}]
    case.place(entry["place"])["opening"] = closed
    return True


@breaks(Rule.ON_BOARD_LIMIT, alone=True)
def too_long_on_board(case: Case) -> bool:
    found = case.stop("dropoff")
    if found is None or found[1]["on_board_s"] < 1:
        return False
    entry = found[1]
    limit = case.random.randrange(entry["on_board_s"])
    request = case.request(entry["request"])
    if request["product"] and case.random.random() < 0.5:
        next(p for p in case.day["products"] if p["id"] == request["product"])["on_board_limit_s"] = limit
    else:
        request["on_board_limit_s"] = limit
    return True


@breaks(Rule.SHIFT, alone=True)
def the_shift_ends_before_the_return(case: Case) -> bool:
    route = case.route()
    shift = case.tricycle(route["tricycle"])["shift"]
    length = seconds_between(shift["start"], route["return"])
    if length < 2:
        return False
    shift["end"] = later(route["return"], -case.random.randrange(1, length))
    return True


@breaks(Rule.RESERVE, alone=True)
def the_reserve_is_higher(case: Case) -> bool:
    route = case.route()
    lowest, battery = route["figures"]["lowest_charge"], case.tricycle(route["tricycle"]).get("battery")
    if battery is None or lowest >= battery["charge"] - 0.001 or case.random.random() < 0.1:
        return False
    battery["reserve"] = min(battery["charge"], lowest + 0.0005)
    return True


@breaks(Rule.BREAK, alone=True)
def a_break_that_is_due_is_not_taken(case: Case) -> bool:
    route = case.route()
    tricycle = case.tricycle(route["tricycle"])
    breaks_ = tricycle.setdefault("breaks", [])
    opens = later(route["departure"], case.random.randrange(0, 1 + route["figures"]["duration_s"] // 2))
    if breaks_ and instant(breaks_[-1]["window"]["start"]) > instant(opens):
        opens = breaks_[-1]["window"]["start"]
    closes = later(route["return"], -case.random.choice([1, 120]))
    free = [s["free_at"] for s in case.day["start_state"]["tricycles"] if s["tricycle"] == tricycle["id"]]
    if instant(closes) < max(map(instant, [opens, *free])) or len(breaks_) == 4:
        return False
    breaks_.append({"duration_s": 600, "window": {"start": opens, "end": closes}})
    return True


@breaks(Rule.BREAK, alone=True)
def a_break_of_another_length_or_time(case: Case) -> bool:
    found = case.stop("break")
    if found is None:
        return False
    route, entry = found
    pause = case.tricycle(route["tricycle"])["breaks"][entry["break_index"]]
    if case.random.random() < 0.5:
        pause["duration_s"] += case.random.choice([-60, 1, 600])
    else:
        pause["window"]["end"] = later(entry["start"], -1)
        pause["window"]["start"] = min(pause["window"]["start"], pause["window"]["end"], key=instant)
    return True


@breaks(Rule.RECHARGE, alone=True)
def the_third_recharge(case: Case) -> bool:
    found = case.stop("recharge")
    if found is None:
        return False
    case.state(found[0])["recharges_taken"] = 2
    return True


@breaks(Rule.BAYS, alone=True)
def fewer_bays_than_tricycles(case: Case) -> bool:
    here: dict[str, list[tuple[str, str, str]]] = {}
    for route in case.plan["routes"]:
        for entry in route["entries"]:
            span = (route["tricycle"], entry["arrival"], later(entry["end"], entry["stay_s"]))
            here.setdefault(entry["place"], []).append(span)
    crowded = [
        place
        for place, spans in here.items()
        if any(
            a[0] < b[0] and max(instant(a[1]), instant(b[1])) < min(instant(a[2]), instant(b[2]))
            for a in spans
            for b in spans
        )
    ]
    if not crowded:
        return False
    case.place(case.random.choice(crowded))["bays"] = 1
    return True


def _cap(case: Case, entry: Json, product: str | None) -> float:
    """Return a little less than what a place has taken."""
    past = sum(
        item["kg"]
        for item in case.day["start_state"]["delivered"]
        if item["place"] == entry["place"] and product in (None, item["product"])
    )
    brought = sum(
        e["kg"]
        for r in case.plan["routes"]
        for e in r["entries"]
        if e["kind"] == "dropoff" and e["place"] == entry["place"] and product in (None, e["product"])
    )
    return round((past + brought) * case.random.choice([0.2, 0.999]) - 0.001, 3)


@breaks(Rule.PLACE_MAX_KG, alone=True)
def a_place_that_takes_less(case: Case) -> bool:
    found = case.stop("dropoff")
    if found is None:
        return False
    case.place(found[1]["place"])["max_kg"] = _cap(case, found[1], None)
    return True


@breaks(Rule.PRODUCT_MAX_KG, alone=True)
def a_place_that_takes_less_of_a_product(case: Case) -> bool:
    found = case.stop("dropoff")
    if found is None or found[1]["product"] is None:
        return False
    product = found[1]["product"]
    case.place(found[1]["place"])["max_kg_of_product"] = {product: _cap(case, found[1], product)}
    return True


@breaks(Rule.SETUP, alone=True)
def another_set_up(case: Case) -> bool:
    stops = [e for r in case.plan["routes"] for e in r["entries"] if e["setup_s"]]
    if not stops:
        return False
    place = case.place(case.random.choice(stops)["place"])
    place["setup_s"] = max(0, place["setup_s"] + case.random.choice([-1, 1, 600]))
    return True


@breaks(Rule.HANDLING, alone=True)
def another_handling(case: Case) -> bool:
    found = case.stop()
    if found is None:
        return False
    case.task(found[1])["handling_s"] += case.random.choice([1, 60, 900])
    return True


@breaks(Rule.STAY, alone=True)
def another_stay(case: Case) -> bool:
    # Of a visit that goes on at the start the rest is owed, whatever the place says.
    open_visits = [(s.get("visit") or {}).get("place") for s in case.day["start_state"]["tricycles"]]
    entries = [e for r in case.plan["routes"] for e in r["entries"]]
    stays = [e["place"] for e in entries if e["stay_s"] and e["place"] not in open_visits]
    if not stays:
        return False
    place = case.place(case.random.choice(stays))
    place["stay_s"] = max(0, place.get("stay_s", 0) + case.random.choice([-1, 1, 600]))
    return True


@breaks(Rule.START_STATE)
def the_tricycle_is_free_later(case: Case) -> bool:
    """Necessarily also TIMES: its first entry begins before it is free."""
    route = case.route()
    case.state(route)["free_at"] = later(route["departure"], case.random.choice([1, 600]))
    return True


@breaks(Rule.START_STATE)
def another_tricycle_carries_it(case: Case) -> bool:
    found = case.stop("pickup")
    if found is None:
        return False
    route, entry = found
    others = [r for r in case.plan["routes"] if r["tricycle"] != route["tricycle"]]
    if not others:
        return False
    state = case.state(case.random.choice(others))
    state.setdefault("on_board", []).append(
        {"request": entry["request"], "picked_up_at": later(state["free_at"], -60)}
    )
    return True


@breaks(Rule.UNSERVED)
def another_penalty(case: Case) -> bool:
    """Necessarily also FIGURES: the loss is added again."""
    left_out = [item for item in case.plan["unserved"] if not item["must"]]
    if not left_out:
        return False
    item = case.random.choice(left_out)
    case.request(item["request"])["penalty_yuan"] = item["penalty_yuan"] + 1.0
    return True

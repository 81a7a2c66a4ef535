"""Edits of a plan: shifted, swapped, dropped, lengthened, misprinted."""

import copy
from typing import Any

from fleet.model import Rule
from tests.check.faults import Case, Json, breaks, delay, instant, later, legs, seconds_between


def _delayed(case: Case, route: Json, index: int, until: str) -> bool:
    """Wait before an entry until it starts right after an instant."""
    entry = route["entries"][index]
    seconds = seconds_between(entry["start"], until) + case.random.choice([1, 300])
    if seconds <= 0:
        return False
    delay(case, route, index, seconds)
    return True


@breaks(Rule.SHIFT)
def waiting_until_the_shift_is_over(case: Case) -> bool:
    route = case.route()
    index = case.random.randrange(len(route["entries"]))
    late = seconds_between(route["return"], case.tricycle(route["tricycle"])["shift"]["end"])
    delay(case, route, index, late + case.random.choice([1, 900]))
    return True


@breaks(Rule.WINDOW)
def waiting_until_the_window_is_over(case: Case) -> bool:
    found = case.stop()
    if found is None or not case.task(found[1]).get("windows"):
        return False
    route, entry = found
    return _delayed(case, route, route["entries"].index(entry), case.task(entry)["windows"][-1]["end"])


@breaks(Rule.OPENING)
def waiting_until_the_place_closes(case: Case) -> bool:
    found = case.stop()
    if found is None or not case.place(found[1]["place"]).get("opening"):
        return False
    route, entry = found
    closes = case.place(entry["place"])["opening"][-1]["end"]
    return _delayed(case, route, route["entries"].index(entry), closes)


@breaks(Rule.ON_BOARD_LIMIT)
def waiting_with_a_perishable_on_board(case: Case) -> bool:
    found = case.stop("dropoff")
    if found is None:
        return False
    route, entry = found
    request = case.request(entry["request"])
    limits = [request.get("on_board_limit_s")]
    limits += [p.get("on_board_limit_s") for p in case.day["products"] if p["id"] == request["product"]]
    tightest = min((limit for limit in limits if limit is not None), default=None)
    if tightest is None:
        return False
    index = route["entries"].index(entry)
    delay(case, route, index, tightest - entry["on_board_s"] + case.random.choice([1, 600]))
    return True


@breaks(Rule.BREAK)
def a_break_is_dropped(case: Case) -> bool:
    found = case.stop("break")
    if found is None or found[1]["leg"] is not None:
        return False
    route, entry = found
    pause = case.tricycle(route["tricycle"])["breaks"][entry["break_index"]]
    if instant(route["return"]) <= instant(pause["window"]["end"]):
        return False
    route["entries"].remove(entry)
    return True


@breaks(Rule.BREAK)
def a_break_is_taken_too_late(case: Case) -> bool:
    found = case.stop("break")
    if found is None:
        return False
    route, entry = found
    pause = case.tricycle(route["tricycle"])["breaks"][entry["break_index"]]
    return _delayed(case, route, route["entries"].index(entry), pause["window"]["end"])


@breaks(Rule.BREAK)
def a_break_where_the_tricycle_does_not_stop(case: Case) -> bool:
    found = case.stop("break")
    if found is None:
        return False
    route, entry = found
    stops = {e["place"] for e in route["entries"]} | {route["start"], route["end"]}
    entry["place"] = case.random.choice([p["id"] for p in case.day["places"] if p["id"] not in stops])
    return True


@breaks(Rule.RECHARGE)
def a_recharge_of_no_whole_minutes(case: Case) -> bool:
    found = case.stop("recharge")
    if found is None:
        return False
    found[1]["end"] = later(found[1]["end"], case.random.choice([-1, 1, 30]))
    return True


@breaks(Rule.RECHARGE)
def a_break_becomes_a_recharge(case: Case) -> bool:
    found = case.stop("break")
    if found is None or case.place(found[1]["place"]).get("charger"):
        return False
    found[1].update(kind="recharge", break_index=None)
    return True


@breaks(Rule.BAYS)
def waiting_until_another_needs_the_bay(case: Case) -> bool:
    """A route is delayed consistently until it meets another at a place with one bay."""
    found = case.stop()
    if found is None:
        return False
    route, entry = found
    case.place(entry["place"])["bays"] = 1
    there = [
        other
        for r in case.plan["routes"]
        if r["tricycle"] != route["tricycle"]
        for other in r["entries"]
        if other["place"] == entry["place"] and instant(other["start"]) < instant(other["end"])
    ]
    if not there or instant(entry["start"]) == instant(entry["end"]):
        return False
    seconds = seconds_between(entry["start"], case.random.choice(there)["start"])
    if seconds <= 0:
        return False
    delay(case, route, route["entries"].index(entry), seconds)
    return True


@breaks(Rule.PRECEDENCE)
def a_pickup_is_dropped(case: Case) -> bool:
    """What is dropped off was never loaded: loads, legs and figures cannot hold either."""
    found = case.stop("pickup")
    if found is None:
        return False
    route, entry = found
    if all(e["request"] != entry["request"] or e["kind"] != "dropoff" for e in route["entries"]):
        return False
    route["entries"].remove(entry)
    return True


@breaks(Rule.PRECEDENCE)
def a_request_changes_to_a_wrong_tricycle(case: Case) -> bool:
    """Half of it: the drop-off is made by another tricycle, at the end of its route."""
    found = case.stop("dropoff")
    if found is None:
        return False
    route, entry = found
    others = [r for r in case.plan["routes"] if r is not route]
    if not others:
        return False
    route["entries"].remove(entry)
    case.random.choice(others)["entries"].append(entry)
    return True


@breaks(Rule.SERVED_ONCE)
def an_unserved_request_is_not_listed(case: Case) -> bool:
    """Necessarily also FIGURES: they count it."""
    if not case.plan["unserved"]:
        return False
    case.plan["unserved"].remove(case.random.choice(case.plan["unserved"]))
    return True


@breaks(Rule.SERVED_ONCE)
def an_unserved_request_is_listed_twice(case: Case) -> bool:
    if not case.plan["unserved"]:
        return False
    case.plan["unserved"].append(copy.deepcopy(case.random.choice(case.plan["unserved"])))
    return True


@breaks(Rule.SERVED_ONCE)
def a_stop_is_made_twice(case: Case) -> bool:
    found = case.stop()
    if found is None:
        return False
    route, entry = found
    route["entries"].insert(route["entries"].index(entry), copy.deepcopy(entry))
    return True


@breaks(Rule.SERVED_ONCE)
def a_drop_off_is_left_out(case: Case) -> bool:
    found = case.stop("dropoff")
    if found is None:
        return False
    found[0]["entries"].remove(found[1])
    return True


@breaks(Rule.STRUCTURE)
def a_route_says_something_else_than_the_day(case: Case) -> bool:
    route = case.route()
    field = case.random.choice(["tricycle", "number", "name", "start", "end", "payload_kg", "payload_crates"])
    before = route[field]
    route[field] = before + 1 if isinstance(before, (int, float)) else f"{before or ''}x"
    return True


@breaks(Rule.STRUCTURE)
def a_route_is_there_twice(case: Case) -> bool:
    case.plan["routes"].append(copy.deepcopy(case.route()))
    entries = case.plan["routes"][-1]["entries"]
    del entries[case.random.randint(1, len(entries)) :]
    return True


@breaks(Rule.STRUCTURE, alone=True)
def a_stop_is_misprinted(case: Case) -> bool:
    found = case.stop()
    if found is None:
        return False
    field = case.random.choice(["household", "product", "product_name"])
    found[1][field] = f"{found[1][field] or ''}x"
    return True


@breaks(Rule.STRUCTURE)
def a_stop_is_none_of_its_request(case: Case) -> bool:
    found = case.stop()
    if found is None:
        return False
    entry = found[1]
    change: list[Json] = [{"request": "nobody"}, {"request": None}, {"stall": 37}, {"alternative": 49}]
    entry.update(case.random.choice(change))
    return True


@breaks(Rule.STRUCTURE, alone=True)
def the_document_is_misprinted(case: Case) -> bool:
    plan = case.plan
    place: Json = case.random.choice(plan["places"])
    edits: list[tuple[Json, str, Any]] = [
        (plan, "title", "another title"),
        (plan, "zone", "Asia/Urumqi"),
        (plan, "date", "2026-06-13"),
        (place, "name", "elsewhere"),
        (place, "latitude", place["latitude"] + 0.001),
        (place, "longitude", place["longitude"] - 0.001),
        (place, "kind", "position"),
        (plan["travel"], "attribution", "nobody"),
        (plan["travel"], "invented", True),
    ]
    document, field, value = case.random.choice(edits)
    document[field] = value
    return True


@breaks(Rule.STRUCTURE, alone=True)
def a_warning_is_missing_or_false(case: Case) -> bool:
    warnings = case.plan["warnings"]
    if warnings and case.random.random() < 0.5:
        warnings.remove(case.random.choice(warnings))
    else:
        warnings.append({"code": "PLUGS_EXCEEDED", "params": {"place": "centre"}})
    return True


@breaks(Rule.TRAVEL)
def a_leg_of_another_length(case: Case) -> bool:
    leg = case.random.choice(list(legs(case.route())))
    leg[case.random.choice(["distance_m", "duration_s"])] += case.random.choice([1, 500])
    return True


@breaks(Rule.TRAVEL, alone=True)
def a_drive_that_is_too_fast(case: Case) -> bool:
    """It leaves later and arrives as planned: nothing but the travel is wrong."""
    route = case.route()
    drives = [e["leg"] for e in route["entries"][1:] if e["leg"]]
    drives = [leg for leg in drives if leg["duration_s"] > 1]
    if not drives:
        return False
    leg = case.random.choice(drives)
    seconds = case.random.randrange(1, leg["duration_s"])
    leg["duration_s"] -= seconds
    leg["departure"] = later(leg["departure"], seconds)
    for figures in (route["figures"], case.plan["figures"]):
        figures["waiting_s"] += seconds
    return True


@breaks(Rule.TRAVEL)
def a_leg_is_missing(case: Case) -> bool:
    found = [e for r in case.plan["routes"] for e in r["entries"] if e["leg"]]
    case.random.choice(found)["leg"] = None
    return True


@breaks(Rule.TRAVEL)
def a_leg_to_another_place(case: Case) -> bool:
    leg = case.random.choice(list(legs(case.route())))
    leg["to"] = case.random.choice([p["id"] for p in case.day["places"] if p["id"] != leg["to"]])
    return True


@breaks(Rule.TRAVEL, alone=True)
def a_path_that_leads_elsewhere(case: Case) -> bool:
    leg = case.random.choice(list(legs(case.route())))
    if leg["distance_m"] < 100:
        return False
    far = [leg["path"][0][0] + case.random.choice([-0.2, 0.2]), leg["path"][0][1]]
    leg["path"] = case.random.choice([[far, leg["path"][1]], [leg["path"][0], far, leg["path"][1]]])
    return True

"""Numbers of a plan that do not add up: times, durations, loads, charge, figures."""

from fleet.model import Rule
from tests.check.faults import Case, Json, breaks, delay, later, legs, seconds_between


@breaks(Rule.TIMES)
def an_instant_is_wrong(case: Case) -> bool:
    route = case.route()
    entry = case.random.choice(route["entries"])
    leg: Json = case.random.choice(list(legs(route)))
    document, field = case.random.choice(
        [(entry, "arrival"), (leg, "departure"), (leg, "arrival"), (route, "departure"), (route, "return")]
    )
    document[field] = later(document[field], case.random.choice([-600, -1, 1, 600]))
    return True


@breaks(Rule.TIMES)
def an_entry_begins_before_the_tricycle_is_there(case: Case) -> bool:
    route = case.route()
    if len(route["entries"]) < 2:
        return False
    index = case.random.randrange(1, len(route["entries"]))
    entry = route["entries"][index]
    delay(case, route, index, seconds_between(entry["start"], entry["arrival"]) - case.random.choice([1, 60]))
    return True


@breaks(Rule.TIMES)
def a_wrong_time_on_board(case: Case) -> bool:
    found = case.stop("dropoff")
    if found is None:
        return False
    found[1]["on_board_s"] += case.random.choice([1, 60])
    return True


@breaks(Rule.SETUP)
def a_set_up_that_is_not_due(case: Case) -> bool:
    found = case.stop()
    if found is None:
        return False
    found[1]["setup_s"] = 0 if found[1]["setup_s"] else case.random.choice([1, 120])
    return True


@breaks(Rule.HANDLING)
def handling_takes_longer(case: Case) -> bool:
    found = case.stop()
    if found is None:
        return False
    found[1]["end"] = later(found[1]["end"], case.random.choice([1, 60]))
    return True


@breaks(Rule.STAY)
def a_stay_is_longer(case: Case) -> bool:
    found = case.stop()
    if found is None:
        return False
    found[1]["stay_s"] += case.random.choice([1, 900])
    return True


@breaks(Rule.LOAD)
def a_load_is_wrong(case: Case) -> bool:
    route = case.route()
    entry = case.random.choice(route["entries"])
    leg: Json = case.random.choice(list(legs(route)))
    document, field = case.random.choice(
        [(entry, "load_kg"), (entry, "load_crates"), (leg, "load_kg"), (route, "start_load_kg")]
    )
    document[field] += 1
    return True


@breaks(Rule.LOAD)
def another_weight_than_the_request(case: Case) -> bool:
    found = case.stop()
    if found is None:
        return False
    found[1][case.random.choice(["kg", "crates"])] += 1
    return True


@breaks(Rule.CHARGE)
def a_charge_is_wrong(case: Case) -> bool:
    route = case.route()
    charged = [(e, "charge") for e in route["entries"]] + [(route, "start_charge"), (route, "end_charge")]
    document, field = case.random.choice(charged)
    document[field] = case.random.choice([0.5, 0.9999])
    return True


@breaks(Rule.CHARGE)
def an_energy_is_wrong(case: Case) -> bool:
    case.random.choice(list(legs(case.route())))["energy_kwh"] += case.random.choice([0.00001, 1.0])
    return True


@breaks(Rule.RESERVE)
def a_recharge_is_cut_short(case: Case) -> bool:
    """By a minute: the search charges no more than it needs."""
    found = case.stop("recharge")
    if found is None:
        return False
    found[1]["end"] = later(found[1]["end"], -60)
    return True


@breaks(Rule.UNSERVED)
def an_unserved_request_is_misprinted(case: Case) -> bool:
    if not case.plan["unserved"]:
        return False
    item = case.random.choice(case.plan["unserved"])
    carried = [c["request"] for s in case.day["start_state"]["tricycles"] for c in s.get("on_board", [])]
    changes: list[Json] = [
        {"must": not item["must"]},
        {"penalty_yuan": item["penalty_yuan"] + 0.5},
        {"product_name": "x"},
        {"kg": item["kg"] + 1},
        {"pickup_place": "nowhere"},
        {"tricycles": [{"tricycle": "nobody", "number": 1, "rule": "WINDOW"}]},
    ]
    if item["request"] not in carried:
        changes.append({"reason": "STAYS_ON_BOARD"})
    item.update(case.random.choice(changes))
    return True


@breaks(Rule.FIGURES, alone=True)
def a_figure_is_wrong(case: Case) -> bool:
    """More than the tolerance of 0.01 yuan a route."""
    figures = case.random.choice([case.plan["figures"], case.route()["figures"]])
    names = [name for name, value in figures.items() if value is not None]
    name = case.random.choice(names)
    figures[name] += 0.02 * (1 + len(case.plan["routes"])) if name.endswith("_yuan") else 1
    if name == "lowest_charge":
        figures[name] = (figures[name] - 1) / 2
    return True

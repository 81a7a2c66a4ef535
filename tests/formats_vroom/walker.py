"""Every figure of a VROOM answer computed again from the problem's own JSON: shares no code with the product.

Arithmetic is in exact hundredths of seconds, as the API of VROOM defines speed factors to two decimals.
"""

from tests.formats_vroom.problems import Json


def faults_of(problem: Json, answer: Json) -> list[str]:
    """Return what is wrong with an answer of the solving mode; nothing when all is right."""
    walker = _Walker(problem)
    faults = [fault for route in answer["routes"] for fault in walker.route(route)]
    faults += walker.sums(answer)
    return faults


class _Walker:
    def __init__(self, problem: Json) -> None:
        self.problem = problem
        self.vehicles = {vehicle["id"]: vehicle for vehicle in problem["vehicles"]}
        size = len(problem["vehicles"][0].get("capacity", []))
        self.nothing = [0] * size
        self.tasks: dict[tuple[str, int], Json] = {}
        for job in problem["jobs"]:
            self.tasks["job", job["id"]] = job | {
                "gives": job.get("delivery", self.nothing),
                "takes": job.get("pickup", self.nothing),
            }
        for shipment in problem["shipments"]:
            shared = {key: shipment[key] for key in ("skills", "priority") if key in shipment}
            amount = shipment.get("amount", self.nothing)
            partner = ("delivery", shipment["delivery"]["id"]), ("pickup", shipment["pickup"]["id"])
            for kind, other in zip(("pickup", "delivery"), partner, strict=True):
                self.tasks[kind, shipment[kind]["id"]] = (
                    shipment[kind]
                    | shared
                    | {
                        "gives": amount if kind == "delivery" else self.nothing,
                        "takes": amount if kind == "pickup" else self.nothing,
                        "partner": other,
                    }
                )
        self.done: list[tuple[str, int]] = []

    def route(self, route: Json) -> list[str]:
        vehicle = self.vehicles[route["vehicle"]]
        matrices = self.problem["matrices"][vehicle.get("profile", "car")]
        factor = int(100 / vehicle.get("speed_factor", 1) + 0.5)
        steps = route["steps"]
        faults: list[str] = []

        def expect(name: str, found: object, expected: object) -> None:
            if found != expected:
                faults.append(f"vehicle {route['vehicle']}: {name} {found}, expected {expected}")

        def must(name: str, holds: bool) -> None:
            if not holds:
                faults.append(f"vehicle {route['vehicle']}: {name}")

        served = [
            (step["type"], step["id"]) for step in steps if step["type"] in ("job", "pickup", "delivery")
        ]
        self.done += served
        kind_of = vehicle.get("type", "")
        load = list(self.nothing)
        for key in served:
            if key[0] == "job":
                load = [a + b for a, b in zip(load, self.tasks[key]["gives"], strict=True)]
        here = vehicle.get("start_index", -1)
        expect("first and last step", (steps[0]["type"], steps[-1]["type"]), ("start", "end"))
        low, high = vehicle.get("time_window", [0, 2**32 - 1])
        must("leaves too early", steps[0]["arrival"] >= low)
        must("returns too late", steps[-1]["arrival"] <= high)
        legs_centi, legs_m, legs_cost, between_centi = 0, 0, 0, 0
        totals = {"setup": 0, "service": 0, "waiting_time": 0, "priority": 0}
        delivered, picked = list(self.nothing), list(self.nothing)
        breaks = {rest["id"]: rest for rest in vehicle.get("breaks", [])}
        seen: list[tuple[str, int]] = []
        ends = steps[0]["arrival"]
        driven_before, since_leg = 0, 0
        for step in steps:
            expect("violations", step["violations"], [])
            begins = step["arrival"] + step["waiting_time"]
            driven = step["duration"] - driven_before
            expect("arrival after the drive", step["arrival"], ends + driven)
            driven_before = step["duration"]
            since_leg += driven
            ends = begins + step["setup"] + step["service"]
            if step["type"] in ("job", "pickup", "delivery"):
                key = (step["type"], step["id"])
                task = self.tasks[key]
                there = task["location_index"]
                expect("location_index", step["location_index"], there)
                expect("description", step.get("description", ""), task.get("description", ""))
                if here >= 0:
                    between_centi = factor * matrices["durations"][here][there]
                    legs_centi += between_centi
                    legs_m += matrices["distances"][here][there] if "distances" in matrices else 0
                    legs_cost += matrices["costs"][here][there] if "costs" in matrices else 0
                    must("drives too fast", abs(since_leg - between_centi / 100) < 1.0 + 1e-9)
                else:
                    expect("drive to the first place of an open start", since_leg, 0)
                since_leg = 0
                setup = task.get("setup_per_type", {}).get(kind_of, task.get("setup", 0))
                expect("setup", step["setup"], setup if here != there else 0)
                service = task.get("service_per_type", {}).get(kind_of, task.get("service", 0))
                expect("service", step["service"], service)
                must("outside its windows", _inside(begins, task))
                must("skills", set(task.get("skills", [])) <= set(vehicle.get("skills", [])))
                if step["type"] == "delivery":
                    must("delivery before its pickup", task["partner"] in seen)
                load = [a + b - c for a, b, c in zip(load, task["takes"], task["gives"], strict=True)]
                delivered = [a + b for a, b in zip(delivered, task["gives"], strict=True)]
                picked = [a + b for a, b in zip(picked, task["takes"], strict=True)]
                totals["priority"] += task.get("priority", 0)
                seen.append(key)
                here = there
            elif step["type"] == "break":
                rest = breaks.pop(step["id"])
                expect("break's service", step["service"], rest.get("service", 0))
                must("break outside its windows", _inside(begins, rest))
                most = rest.get("max_load")
                must(
                    "break with too much load",
                    most is None or all(a <= b for a, b in zip(load, most, strict=True)),
                )
            elif step["type"] == "end" and "end_index" in vehicle:
                there = vehicle["end_index"]
                between_centi = factor * matrices["durations"][here][there]
                legs_centi += between_centi
                legs_m += matrices["distances"][here][there] if "distances" in matrices else 0
                legs_cost += matrices["costs"][here][there] if "costs" in matrices else 0
                must("drives too fast to the end", abs(since_leg - between_centi / 100) < 1.0 + 1e-9)
            elif step["type"] == "end":
                expect("drive to an open end", since_leg, 0)
            for name in ("setup", "service", "waiting_time"):
                totals[name] += step[name]
            if self.nothing:
                expect("load", step["load"], load)
                must("overloaded", all(a <= b for a, b in zip(load, vehicle["capacity"], strict=True)))
        must("a break is missing", not breaks)
        must("pickup without delivery", all(self.tasks[k].get("partner", k) in seen for k in seen))
        must("too many tasks", len(served) <= vehicle.get("max_tasks", 10**9))
        must("too long under way", legs_centi <= 100 * vehicle.get("max_travel_time", 10**9))
        must("too far", legs_m <= vehicle.get("max_distance", 10**9))
        must("duration", abs(route["duration"] - legs_centi / 100) < len(steps))
        expect("duration of the last step", steps[-1]["duration"], route["duration"])
        for name, total in totals.items():
            expect(f"total {name}", route[name], total)
        if self.nothing:
            expect("delivery", (route["delivery"], route["pickup"]), (delivered, picked))
        if "distance" in route:
            expect("distance", (route["distance"], steps[-1]["distance"]), (legs_m, legs_m))
            along = [step["distance"] for step in steps]
            must("distances fall along the route", along == sorted(along))
        costs = vehicle.get("costs", {})
        travel = legs_cost
        if "costs" not in matrices:
            by_time = route["duration"] * costs.get("per_hour", 3_600) / 3_600
            travel = int(by_time + legs_m * costs.get("per_km", 0) / 1_000 + 0.5)
        tasks = (totals["setup"] + totals["service"]) * costs.get("per_task_hour", 0) // 3_600
        expect("cost", route["cost"], costs.get("fixed", 0) + travel + tasks)
        return faults

    def sums(self, answer: Json) -> list[str]:
        summary, routes = answer["summary"], answer["routes"]
        names = ("cost", "setup", "service", "duration", "waiting_time", "priority")
        faults = [
            f"summary's {name}" for name in names if summary[name] != sum(route[name] for route in routes)
        ]
        if summary["routes"] != len(routes):
            faults.append("number of routes")
        left = [(task["type"], task["id"]) for task in answer["unassigned"]]
        if sorted(left + self.done) != sorted(self.tasks):
            faults.append("every task is either served once or unassigned")
        if summary["unassigned"] != len(left):
            faults.append("number of unassigned tasks")
        return faults


def _inside(second: int, visit: Json) -> bool:
    return any(low <= second <= high for low, high in visit.get("time_windows", [[0, 2**32 - 1]]))

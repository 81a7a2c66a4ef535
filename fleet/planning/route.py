"""One tricycle's route as the plan has it: its timeline walked with load, charge and cost."""

import datetime
from dataclasses import dataclass
from typing import Any

from fleet.model import Day
from fleet.model.base import GRAMS_PER_KG
from fleet.model.plan import Entry, Leg, Route, RouteFigures
from fleet.model.requests import Request
from fleet.model.travel import Travel
from fleet.planning.beginning import Beginning, origin_s
from fleet.planning.lines import Lines
from fleet.planning.nodes import Node, is_drive


def build_route(
    day: Day, travel: Travel, *, nodes: list[Node], beginning: Beginning, lines: Lines | None
) -> Route:
    """Build the route of what one tricycle does from its beginning as the day has it.

    A leg carries the line of its drive, none where there are no ``lines``.
    """
    return _RouteBuilder(day, travel, nodes, beginning, lines).build()


@dataclass(slots=True)
class _Totals:
    metres: int = 0
    kwh: float = 0.0
    busy_s: int = 0
    longest_on_board_s: int = 0
    lowest_charge: float = 1.0
    highest_g: int = 0
    highest_crates: int = 0


class _RouteBuilder:
    """Walks one timeline with load and charge."""

    def __init__(
        self, day: Day, travel: Travel, nodes: list[Node], beginning: Beginning, lines: Lines | None
    ) -> None:
        self.day = day
        self.nodes = nodes
        self.beginning = beginning
        self.tricycle = beginning.tricycle
        self.lines = lines
        self.origin = origin_s(day)
        self.speed_class = travel.speed_class(self.tricycle.speed_kmh)
        self.charge_kwh = beginning.charge_wh / 1_000
        self.usable_kwh = beginning.usable_wh / 1_000
        on_board = [day.request_by_id[request] for request in beginning.carried]
        self.load_g = sum(_grams(request) for request in on_board)
        self.crates = sum(request.crates for request in on_board)
        self.picked_up_s = dict(beginning.carried)
        self.served: list[Request] = []
        self.totals = _Totals(highest_g=self.load_g, highest_crates=self.crates)

    def build(self) -> Route:
        start, *middle, end = self.nodes
        start_load_kg = self.load_g / GRAMS_PER_KG
        start_charge = self._charge()
        self.totals.lowest_charge = start_charge if start_charge is not None else 1.0
        entries = []
        before = start
        for node in middle:
            leg = self._leg(before, node)
            entries.append(self._entry(before, node, leg))
            before = node
        last_leg = self._leg(before, end)
        totals = self.totals
        returns_s = end.begin_s
        duration_s = returns_s - start.begin_s
        busy_s = sum(node.travel_s + node.setup_s + node.work_s + node.stay_s for node in self.nodes)
        has_battery = self.tricycle.battery is not None
        assignment = self.day.assignment_by_tricycle.get(self.tricycle.id)
        locations = self.day.locations
        return Route(
            tricycle=self.tricycle.id,
            number=self.tricycle.number,
            name=self.tricycle.name,
            driver=(assignment.name or assignment.driver) if assignment else "",
            start=locations[start.location].key,
            end=locations[end.location].key if end.location >= 0 else None,
            departure=self._instant(start.begin_s),
            return_=self._instant(returns_s),
            payload_kg=self.tricycle.payload_kg,
            payload_crates=self.tricycle.crates,
            start_load_kg=start_load_kg,
            start_charge=start_charge,
            end_charge=self._charge(),
            entries=tuple(entries),
            last_leg=last_leg,
            figures=RouteFigures(
                served_requests=len(self.served),
                served_kg=sum(_grams(request) for request in self.served) / GRAMS_PER_KG,
                distance_m=totals.metres,
                duration_s=duration_s,
                waiting_s=duration_s - busy_s,
                energy_kwh=totals.kwh,
                cost_yuan=self._cost_yuan(duration_s),
                lowest_charge=max(0.0, totals.lowest_charge) if has_battery else None,
                longest_on_board_s=totals.longest_on_board_s,
                highest_load_kg=totals.highest_g / GRAMS_PER_KG,
                highest_load_crates=totals.highest_crates,
            ),
        )

    def _leg(self, before: Node, node: Node) -> Leg | None:
        if not is_drive(before, node):
            return None
        battery = self.tricycle.battery
        kwh = 0.0
        load_kg = self.load_g / GRAMS_PER_KG
        if battery is not None:
            per_km = battery.empty_kwh_per_km + battery.kwh_per_km_per_100_kg * load_kg / 100
            kwh = node.metres / 1_000 * per_km * self.day.consumption_factor
            self.charge_kwh -= kwh
            self.totals.kwh += kwh
            self.totals.lowest_charge = min(self.totals.lowest_charge, self.charge_kwh / self.usable_kwh)
        self.totals.metres += node.metres
        drive = self.speed_class, before.location, node.location
        return Leg(
            to=self.day.locations[node.location].key,
            departure=self._instant(node.arrival_s - node.travel_s),
            arrival=self._instant(node.arrival_s),
            distance_m=node.metres,
            duration_s=node.travel_s,
            energy_kwh=kwh,
            load_kg=load_kg,
            path=self.lines[drive] if self.lines is not None else (),
        )

    def _entry(self, before: Node, node: Node, leg: Leg | None) -> Entry:
        arrival_s = node.arrival_s if leg is not None else before.end_s + before.stay_s
        if before.kind == "start" and leg is None:
            arrival_s = node.begin_s
        common: dict[str, Any] = {
            "place": self.day.locations[node.location].key,
            "leg": leg,
            "arrival": self._instant(arrival_s),
            "start": self._instant(node.begin_s),
            "setup_s": node.setup_s,
            "end": self._instant(node.end_s),
            "stay_s": node.stay_s,
        }
        if node.kind == "recharge":
            self._recharge(node)
        if node.kind == "stop":
            return Entry(**common, **self._stop(node))
        return Entry(
            **common,
            kind="break" if node.kind == "break" else "recharge",
            break_index=node.number if node.kind == "break" else None,
            load_kg=self.load_g / GRAMS_PER_KG,
            load_crates=self.crates,
            charge=self._charge(),
        )

    def _stop(self, node: Node) -> dict[str, Any]:
        """Load or unload; return what an entry says of its request."""
        request = self.day.request_by_id[node.request]
        is_pickup = node.alternative < 0
        task = request.pickup if is_pickup else request.dropoffs[node.alternative]
        sign = 1 if is_pickup else -1
        self.load_g += sign * _grams(request)
        self.crates += sign * request.crates
        self.totals.highest_g = max(self.totals.highest_g, self.load_g)
        self.totals.highest_crates = max(self.totals.highest_crates, self.crates)
        on_board_s = None
        if is_pickup:
            self.picked_up_s[request.id] = node.end_s
        else:
            on_board_s = node.begin_s + node.setup_s - self.picked_up_s[request.id]
            self.totals.longest_on_board_s = max(self.totals.longest_on_board_s, on_board_s)
            self.served.append(request)
        household = self.day.household_by_id.get(request.household or "")
        product = self.day.product_by_id.get(request.product or "")
        return {
            "kind": "pickup" if is_pickup else "dropoff",
            "request": request.id,
            "alternative": None if is_pickup else node.alternative,
            "household": request.household,
            "household_name": household.name if household else "",
            "product": request.product,
            "product_name": product.name if product else "",
            "kg": request.kg,
            "crates": request.crates,
            "stall": task.stall,
            "on_board_s": on_board_s,
            "load_kg": self.load_g / GRAMS_PER_KG,
            "load_crates": self.crates,
            "charge": self._charge(),
        }

    def _recharge(self, node: Node) -> None:
        battery = self.tricycle.battery
        charger = self.day.place_by_id[self.day.locations[node.location].key].charger
        if battery is None or charger is None:
            return
        kw = min(charger.power_kw, battery.charging_kw) * battery.charging_efficiency
        self.charge_kwh = min(self.usable_kwh, self.charge_kwh + kw * node.work_s / 3_600)

    def _charge(self) -> float | None:
        if self.tricycle.battery is None:
            return None
        return min(1.0, max(0.0, self.charge_kwh / self.usable_kwh))

    def _cost_yuan(self, duration_s: int) -> float:
        tricycle = self.tricycle
        assignment = self.day.assignment_by_tricycle.get(tricycle.id)
        fixed = 0.0 if self.beginning.has_left else tricycle.fixed_yuan
        burden = assignment.burden_yuan if assignment else 0.0
        return (
            fixed
            + burden
            + tricycle.yuan_per_km * self.totals.metres / 1_000
            + tricycle.yuan_per_hour * duration_s / 3_600
        )

    def _instant(self, second: int) -> datetime.datetime:
        return datetime.datetime.fromtimestamp(self.origin + second, tz=self.day.clock)


def _grams(request: Request) -> int:
    return round(request.kg * GRAMS_PER_KG)

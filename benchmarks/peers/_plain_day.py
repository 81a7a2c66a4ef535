"""A day in VROOM's JSON as plain lists, as far as peers other than VROOM know its rules."""

from dataclasses import dataclass
from typing import Any

from benchmarks.peers import CannotExpressError, VehicleSteps

NEVER = 7 * 24 * 3_600
"""The end of a window that the problem leaves open."""


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A pickup or a delivery."""

    id: int
    place: int
    service: int
    opens: int
    closes: int


@dataclass(frozen=True, kw_only=True)
class Shipment:
    """A request."""

    amount: int
    priority: int
    pickup: Visit
    delivery: Visit

    @property
    def visits(self) -> tuple[Visit, Visit]:
        """Pickup and delivery."""
        return self.pickup, self.delivery


@dataclass(frozen=True, kw_only=True)
class FleetClass:
    """Vehicles that differ in nothing but their ids."""

    ids: tuple[int, ...]
    capacity: int
    fixed: int
    opens: int
    closes: int


@dataclass(frozen=True, kw_only=True)
class PlainDay:
    """Shipments between places, vehicles from one depot; a second under way costs 1."""

    seconds: list[list[int]]
    depot: int
    shipments: tuple[Shipment, ...]
    fleet: tuple[FleetClass, ...]

    @classmethod
    def of(cls, problem: dict[str, Any]) -> "PlainDay":
        """Read a problem.

        Raises
        ------
        CannotExpressError
            It has jobs, several windows, several depots, several load dimensions, or other rules.
        """
        if problem.get("jobs") or set(problem) - {"jobs", "shipments", "vehicles", "matrices"}:
            raise CannotExpressError("more than shipments and vehicles")
        depots = {(v["start_index"], v["end_index"]) for v in problem["vehicles"]}
        if len(depots) != 1 or len(set(next(iter(depots)))) != 1:
            raise CannotExpressError("several depots")
        classes: dict[tuple[int, int, int, int], list[int]] = {}
        for vehicle in problem["vehicles"]:
            if set(vehicle) - {"id", "start_index", "end_index", "capacity", "costs", "time_window"}:
                raise CannotExpressError(f"a rule of vehicle {vehicle['id']}")
            if set(vehicle["costs"]) - {"fixed"}:
                raise CannotExpressError(f"a rate of vehicle {vehicle['id']}")
            key = (_one(vehicle["capacity"]), vehicle["costs"]["fixed"], *vehicle["time_window"])
            classes.setdefault(key, []).append(vehicle["id"])
        return cls(
            seconds=problem["matrices"]["car"]["durations"],
            depot=next(iter(depots))[0],
            shipments=tuple(
                Shipment(
                    amount=_one(shipment["amount"]),
                    priority=shipment["priority"],
                    pickup=_visit(shipment["pickup"]),
                    delivery=_visit(shipment["delivery"]),
                )
                for shipment in problem["shipments"]
            ),
            fleet=tuple(
                FleetClass(ids=tuple(ids), capacity=key[0], fixed=key[1], opens=key[2], closes=key[3])
                for key, ids in classes.items()
            ),
        )

    def steps(self, routes: list[tuple[int, list[tuple[int, bool]]]]) -> VehicleSteps:
        """Return routes of (class, [(shipment, is it the delivery)]) by the ids of vehicles."""
        free = [iter(kind.ids) for kind in self.fleet]
        return {
            next(free[kind]): [
                ("delivery", self.shipments[r].delivery.id)
                if is_delivery
                else ("pickup", self.shipments[r].pickup.id)
                for r, is_delivery in visits
            ]
            for kind, visits in routes
        }


def _one(amount: list[int]) -> int:
    if len(amount) != 1:
        raise CannotExpressError("several load dimensions")
    return amount[0]


def _visit(visit: dict[str, Any]) -> Visit:
    if set(visit) - {"id", "location_index", "service", "time_windows"}:
        raise CannotExpressError(f"a rule of task {visit['id']}")
    windows = visit.get("time_windows", [[0, NEVER]])
    if len(windows) != 1:
        raise CannotExpressError("several windows")
    opens, closes = windows[0]
    return Visit(
        id=visit["id"], place=visit["location_index"], service=visit["service"], opens=opens, closes=closes
    )

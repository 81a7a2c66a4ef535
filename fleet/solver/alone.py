"""Requests that no vehicle can serve even if it served nothing else."""

from collections.abc import Callable, Iterable

import numpy as np

from fleet.solver.instance import Instance
from fleet.solver.kernels import codes as c
from fleet.solver.routes import Routes

_BY_VEHICLE = (
    "start",
    "end",
    "earliest_s",
    "latest_s",
    "departs_at_once",
    "speed_class",
    "vehicle_type",
    "capacity",
    "max_tasks",
    "max_travel_s",
    "max_distance_m",
    "visit_location",
    "visit_delivered",
    "visit_stay_s",
    "carried_load",
    "carried_label",
    "carried_labelled",
    "usable_wh",
    "start_charge_wh",
    "reserve_wh",
    "wh_per_m",
    "wh_per_m_per_g",
    "charging_w",
    "charging_efficiency",
    "recharges_left",
    "fixed_cost",
    "cost_per_m",
    "cost_per_s",
    "cost_per_travel_s",
    "cost_per_task_s",
)


def twins(instance: Instance) -> list[int]:
    """Return for each vehicle the first one that is its equal in everything but name."""
    vehicles = instance.n_vehicles
    if not vehicles:
        return []
    # Side by side as bytes: a search of districts asks often.
    columns = [np.ascontiguousarray(getattr(instance, name)).reshape(vehicles, -1) for name in _BY_VEHICLE]
    rows = np.concatenate([column.view(np.uint8) for column in columns], axis=1)
    first: dict[tuple[bytes, ...], int] = {}
    same = []
    for vehicle in range(vehicles):
        held = instance.held_bays[:, 0] == vehicle
        begin, end = instance.break_ptr[vehicle : vehicle + 2]
        low, high = instance.break_window_ptr[begin], instance.break_window_ptr[end]
        key = (
            rows[vehicle].tobytes(),
            np.diff(instance.break_window_ptr[begin : end + 1]).tobytes(),
            instance.break_duration_s[begin:end].tobytes(),
            instance.break_max_load[begin:end].tobytes(),
            instance.break_open[low:high].tobytes(),
            instance.break_close[low:high].tobytes(),
            np.packbits(instance.allowed[:, vehicle]).tobytes(),
            # Who holds a bay is not in its own way, only in that of the others.
            instance.held_bays[held, 1:].tobytes(),
        )
        same.append(first.setdefault(key, vehicle))
    return same


def fits_alone(routes: Routes, request: int, vehicles: Iterable[int]) -> bool:
    """Whether a request fits into the empty route of any of these vehicles; ``routes`` must be empty."""
    allowed = routes.instance.allowed[request]
    return any(routes.insertion(request, v).rule == c.OK for v in vehicles if allowed[v])


def impossible_alone(routes: Routes, *, stopped: Callable[[], bool] = lambda: False) -> list[int]:
    """Return the requests that fit into no empty route; ``routes`` must be empty.

    After ``stopped`` the rest are taken for possible.
    """
    distinct = sorted(set(twins(routes.instance)))
    return [
        request
        for request in range(routes.instance.n_requests)
        if not stopped() and not fits_alone(routes, request, distinct)
    ]

"""A part of a problem as a problem of its own: some vehicles, some requests, and what the others leave."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from fleet.solver.instance import Instance, Ints
from fleet.solver.kernels import codes as c
from fleet.solver.routes import Route

NOBODY = -1
"""Vehicle of a stay by one that is no part."""

OF_REQUEST = (
    "load", "take", "cap_use", "penalty", "must", "on_board_limit_s", "on_board_since_s", "label",
)  # fmt: skip
OF_TASK = ("task_location", "task_delivers", "task_rank", "task_cap")
OF_VEHICLE = (
    "start", "end", "earliest_s", "latest_s", "departs_at_once", "speed_class", "vehicle_type", "capacity",
    "fixed_cost", "cost_per_m", "cost_per_s", "cost_per_travel_s", "cost_per_task_s", "max_tasks",
    "max_travel_s", "max_distance_m", "visit_location", "visit_delivered", "visit_stay_s", "carried_load",
    "carried_label", "carried_labelled", "usable_wh", "start_charge_wh", "reserve_wh", "wh_per_m",
    "wh_per_m_per_g", "charging_w", "charging_efficiency", "most_charging_w", "recharges_left",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """The problem of some vehicles and requests, and which they are in the whole."""

    instance: Instance
    vehicles: Ints
    requests: Ints
    tasks: Ints
    """Number in the whole of each task"""
    task_here: Ints
    """Number here of each task of the whole, -1 for those of other parts"""

    def inward(self, route: Route | None) -> Route | None:
        """Return a route of the whole with the numbers of this part."""
        return _renumbered(route, self.task_here)

    def outward(self, route: Route | None) -> Route | None:
        """Return a route of this part with the numbers of the whole."""
        return _renumbered(route, self.tasks)


def part_of(instance: Instance, *, vehicles: Ints, requests: Ints, cap_left: Ints, held_bays: Ints) -> Part:
    """Return the part of a problem with these vehicles and requests, in this order.

    Parameters
    ----------
    instance : Instance
        The whole.
    vehicles, requests : numpy.ndarray
        Numbers of those that the part has. A request that is on board belongs to the part of its vehicle.
    cap_left : numpy.ndarray
        (caps,) what the part may use of each cap.
    held_bays : numpy.ndarray
        (k, 4) stays on the routes of vehicles outside of the part.
    """
    vehicle_here = np.full(instance.n_vehicles + 1, NOBODY, np.int64)
    vehicle_here[vehicles] = np.arange(len(vehicles))
    delivery_ptr, deliveries = rows_of(instance.delivery_ptr, requests)
    pickup = instance.request_pickup[requests]
    tasks = np.unique(np.concatenate([pickup[pickup >= 0], instance.delivery_task[deliveries]]))
    task_here = np.full(instance.n_tasks + 1, -1, np.int64)
    task_here[tasks] = np.arange(len(tasks))
    request_here = np.full(instance.n_requests, -1, np.int64)
    request_here[requests] = np.arange(len(requests))
    window_ptr, windows = rows_of(instance.window_ptr, tasks)
    break_ptr, breaks = rows_of(instance.break_ptr, vehicles)
    break_window_ptr, break_windows = rows_of(instance.break_window_ptr, breaks)
    held = instance.held_bays.copy()
    held[:, 0] = vehicle_here[held[:, 0]]
    changed: dict[str, Any] = {
        "held_bays": np.concatenate([held, held_bays]),
        "task_request": request_here[instance.task_request[tasks]],
        "task_setup_s": instance.task_setup_s[:, tasks],
        "task_handling_s": instance.task_handling_s[:, tasks],
        "window_ptr": window_ptr,
        "window_open": instance.window_open[windows],
        "window_close": instance.window_close[windows],
        "window_finish": instance.window_finish[windows],
        # The last of task_here is that of -1, no task.
        "request_pickup": task_here[pickup],
        "delivery_ptr": delivery_ptr,
        "delivery_task": task_here[instance.delivery_task[deliveries]],
        "carried_by": vehicle_here[instance.carried_by[requests]],
        "allowed": instance.allowed[np.ix_(requests, vehicles)],
        "cap_left": cap_left,
        "break_ptr": break_ptr,
        "break_duration_s": instance.break_duration_s[breaks],
        "break_max_load": instance.break_max_load[breaks],
        "break_window_ptr": break_window_ptr,
        "break_open": instance.break_open[break_windows],
        "break_close": instance.break_close[break_windows],
    }
    for names, which in ((OF_REQUEST, requests), (OF_TASK, tasks), (OF_VEHICLE, vehicles)):
        changed |= {name: getattr(instance, name)[which] for name in names}
    changed = {name: np.ascontiguousarray(array) for name, array in changed.items()}
    return Part(instance._replace(**changed), vehicles, requests, tasks, task_here)


def rows_of(ptr: Ints, which: Ints) -> tuple[Ints, Ints]:
    """Return the pointers of some compressed rows, and where their elements are."""
    size = ptr[which + 1] - ptr[which]
    new: Ints = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
    places: Ints = np.repeat(ptr[which] - new[:-1], size) + np.arange(new[-1])
    return new, places


def _renumbered(route: Route | None, number: Ints) -> Route | None:
    if route is None:
        return None
    nodes = route.nodes.copy()
    stops = nodes[:, c.KIND] == c.TASK
    nodes[stops, c.REF] = number[nodes[stops, c.REF]]
    return Route(number[route.tasks], nodes, route.cost, route.departure_s, route.return_s)

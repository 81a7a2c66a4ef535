"""The numbers of one planning problem: integer arrays with named scales, nothing of the domain's words.

Times are seconds from an origin of the caller's choice, distances metres, money micro-yuan
(``MICRO_YUAN``: rates per metre and per second become whole numbers once, and sums are exact in ``int64``).
Loads have any number of dimensions; a day uses grams and crates.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

MICRO_YUAN = 1_000_000
NEVER = 1 << 40
"""Later than any time, larger than any limit, and far from overflow when added a few times."""


class Instance(NamedTuple):
    """A pickup-and-delivery problem with the rules of a day.

    C speed classes, n locations, K vehicle types, T tasks, R requests, V vehicles, L load dimensions.
    ``*_ptr`` arrays have one element more than what they index (compressed rows); -1 means none.

    A request is a shipment (a pickup task and one or more alternative delivery tasks), or has no pickup
    task: then its ``load`` is on the vehicle from the start (``carried_by`` >= 0: it already is; -1: it is
    loaded for the route) until the delivery, and ``take`` is what the single task loads until the end.
    """

    # Travel
    duration_s: Ints
    """(C, n, n)"""
    distance_m: Ints
    """(C, n, n)"""
    travel_cost: Ints
    """(C, n, n) micro-yuan of a leg on top of the vehicle's rates; (0, 0, 0) when there is none."""
    # Places
    setup_at_start: bool
    """Whether a first stop at the start place pays its set-up (a day's rule; VROOM's is no)."""
    breaks_on_legs: bool
    """Whether breaks may interrupt a leg and are due on every used route (VROOM's rule), or are taken at a
    place and only due on a route that has not ended by the latest start of their windows (a day's)."""
    stay_s: Ints
    """(n,) paid once a visit that delivers."""
    bays: Ints
    """(n,) vehicles there at once, -1 without limit."""
    held_bays: Ints
    """(k, 4) vehicle, location, since and until of stays that are settled already."""
    charger_w: Ints
    """(n,) power in watts, 0 without a charger."""
    # Tasks
    task_request: Ints
    task_location: Ints
    task_delivers: Bools
    """(T,) whether the task ends a request's time on board (and makes a visit owe its stay)."""
    task_setup_s: Ints
    """(K, T)"""
    task_handling_s: Ints
    """(K, T)"""
    task_rank: Ints
    """(T,) position in a sequence lock, -1 without: ranks rise along a route."""
    task_cap: Ints
    """(T, 2) caps that the task's ``cap_use`` counts against, -1 for none."""
    window_ptr: Ints
    window_open: Ints
    window_close: Ints
    """Bounds of a task's start, set-up included."""
    window_finish: Ints
    """Bound of the end of handling and stay that goes with the window."""
    # Requests
    request_pickup: Ints
    """(R,) pickup task or -1."""
    delivery_ptr: Ints
    delivery_task: Ints
    """Alternative delivery tasks (or single tasks) of each request."""
    load: Ints
    """(R, L)"""
    take: Ints
    """(R, L)"""
    cap_use: Ints
    """(R,) grams that count against caps where the request is delivered."""
    penalty: Ints
    """(R,) micro-yuan for leaving the request out."""
    must: Bools
    on_board_limit_s: Ints
    """(R,) ``NEVER`` without."""
    on_board_since_s: Ints
    """(R,) end of the pickup of a request that is on board already."""
    label: Ints
    """(R,) 0 goes with any, different positive labels never share the box."""
    carried_by: Ints
    """(R,) vehicle that carries the request at its start, or -1."""
    allowed: Bools
    """(R, V)"""
    carried_load: Ints
    """(V, L) sum of what each vehicle carries at its start."""
    carried_label: Ints
    carried_labelled: Ints
    """(V,) label of what is carried, and how many requests bear one."""
    cap_left: Ints
    """(number of caps,)"""
    # Vehicles
    start: Ints
    """(V,) location or -1."""
    end: Ints
    """(V,) location or -1 for an open end."""
    earliest_s: Ints
    latest_s: Ints
    departs_at_once: Bools
    """(V,) whether its clock runs from ``earliest_s`` on: it cannot leave later and save the time."""
    speed_class: Ints
    vehicle_type: Ints
    capacity: Ints
    """(V, L)"""
    fixed_cost: Ints
    cost_per_m: Ints
    cost_per_s: Ints
    """(V,) of the time from departure to return."""
    cost_per_travel_s: Ints
    cost_per_task_s: Ints
    max_tasks: Ints
    max_travel_s: Ints
    max_distance_m: Ints
    visit_location: Ints
    """(V,) location of a visit that goes on at the start, or -1."""
    visit_delivered: Bools
    visit_stay_s: Ints
    """(V,) rest of that visit's stay."""
    break_ptr: Ints
    break_duration_s: Ints
    break_max_load: Ints
    """(breaks, L) ``NEVER`` without."""
    break_window_ptr: Ints
    break_open: Ints
    break_close: Ints
    # Energy
    usable_wh: Floats
    """(V,) infinite without a battery."""
    start_charge_wh: Floats
    reserve_wh: Floats
    wh_per_m: Floats
    wh_per_m_per_g: Floats
    charging_w: Ints
    charging_efficiency: Floats
    most_charging_w: Floats
    """(V,) what the strongest charger brings, losses taken off"""
    recharges_left: Ints
    energy_load: int
    """The load dimension that consumption depends on."""

    @property
    def n_requests(self) -> int:
        """Number of requests."""
        return len(self.request_pickup)

    @property
    def n_vehicles(self) -> int:
        """Number of vehicles."""
        return len(self.start)

    @property
    def n_tasks(self) -> int:
        """Number of tasks."""
        return len(self.task_location)

    @property
    def begins_at(self) -> Ints:
        """(R,) location of each request's pickup, or of the first of its deliveries where it has none."""
        pickup = self.request_pickup
        first: Ints = np.where(pickup >= 0, pickup, self.delivery_task[self.delivery_ptr[:-1]])
        return self.task_location[first]

    def deliveries(self, request: int) -> list[int]:
        """Return a request's alternative delivery tasks."""
        return [
            int(t) for t in self.delivery_task[self.delivery_ptr[request] : self.delivery_ptr[request + 1]]
        ]


def new_instance(**given: Any) -> Instance:
    """Build an instance from the fields that matter and neutral values for all others.

    Needed are ``duration_s``, ``distance_m``, ``task_request``, ``task_location``, ``request_pickup``,
    ``delivery_ptr``, ``delivery_task``, ``load``, ``start``, ``end`` and ``capacity``.

    Raises
    ------
    TypeError
        On an unknown field.
    """
    fields: dict[str, Any] = dict(given)
    n = np.shape(given["duration_s"])[1]
    tasks = len(given["task_location"])
    requests, dimensions = np.shape(given["load"])
    vehicles = len(given["start"])
    breaks = len(given.get("break_duration_s", ()))
    neutral: dict[str, Any] = {
        "travel_cost": np.zeros((0, 0, 0)),
        "setup_at_start": True,
        "breaks_on_legs": False,
        "stay_s": np.zeros(n),
        "bays": np.full(n, -1),
        "held_bays": np.zeros((0, 4)),
        "charger_w": np.zeros(n),
        "task_delivers": np.zeros(tasks, bool),
        "task_setup_s": np.zeros((1, tasks)),
        "task_handling_s": np.zeros((1, tasks)),
        "task_rank": np.full(tasks, -1),
        "task_cap": np.full((tasks, 2), -1),
        "window_ptr": np.arange(tasks + 1),
        "window_open": np.full(tasks, -NEVER),
        "window_close": np.full(tasks, NEVER),
        "take": np.zeros((requests, dimensions)),
        "cap_use": np.zeros(requests),
        "penalty": np.zeros(requests),
        "must": np.ones(requests, bool),
        "on_board_limit_s": np.full(requests, NEVER),
        "on_board_since_s": np.zeros(requests),
        "label": np.zeros(requests),
        "carried_by": np.full(requests, -1),
        "allowed": np.ones((requests, vehicles), bool),
        "cap_left": np.zeros(0),
        "earliest_s": np.zeros(vehicles),
        "latest_s": np.full(vehicles, NEVER),
        "departs_at_once": np.zeros(vehicles, bool),
        "speed_class": np.zeros(vehicles),
        "vehicle_type": np.zeros(vehicles),
        "fixed_cost": np.zeros(vehicles),
        "cost_per_m": np.zeros(vehicles),
        "cost_per_s": np.zeros(vehicles),
        "cost_per_travel_s": np.zeros(vehicles),
        "cost_per_task_s": np.zeros(vehicles),
        "max_tasks": np.full(vehicles, NEVER),
        "max_travel_s": np.full(vehicles, NEVER),
        "max_distance_m": np.full(vehicles, NEVER),
        "visit_location": np.full(vehicles, -1),
        "visit_delivered": np.zeros(vehicles, bool),
        "visit_stay_s": np.zeros(vehicles),
        "break_ptr": np.zeros(vehicles + 1),
        "break_duration_s": np.zeros(0),
        "break_max_load": np.full((breaks, dimensions), NEVER),
        "break_window_ptr": np.arange(breaks + 1),
        "break_open": np.zeros(0),
        "break_close": np.zeros(0),
        "usable_wh": np.full(vehicles, np.inf),
        "start_charge_wh": np.full(vehicles, np.inf),
        "reserve_wh": np.zeros(vehicles),
        "wh_per_m": np.zeros(vehicles),
        "wh_per_m_per_g": np.zeros(vehicles),
        "charging_w": np.zeros(vehicles),
        "charging_efficiency": np.ones(vehicles),
        "recharges_left": np.zeros(vehicles),
        "energy_load": 0,
    }
    fields = neutral | fields
    carried_by = np.asarray(fields["carried_by"], np.int64)
    label = np.asarray(fields["label"], np.int64)
    carried_load = np.zeros((vehicles, dimensions), np.int64)
    carried_label = np.zeros(vehicles, np.int64)
    carried_labelled = np.zeros(vehicles, np.int64)
    for request in np.flatnonzero(carried_by >= 0):
        vehicle = carried_by[request]
        carried_load[vehicle] += np.asarray(fields["load"], np.int64)[request]
        if label[request]:
            # Labels that already share a box go with none: nothing else of any label is loaded.
            mixed = carried_labelled[vehicle] > 0 and carried_label[vehicle] != label[request]
            carried_label[vehicle] = -1 if mixed else label[request]
            carried_labelled[vehicle] += 1
    fields |= {
        "carried_load": carried_load,
        "carried_label": carried_label,
        "carried_labelled": carried_labelled,
    }
    strongest_w = np.max(fields["charger_w"], initial=0)
    fields["most_charging_w"] = np.minimum(strongest_w, fields["charging_w"]) * np.asarray(
        fields["charging_efficiency"], np.float64
    )
    fields.setdefault("window_finish", np.full(len(fields["window_open"]), NEVER))
    return Instance(**{name: _typed(name, value) for name, value in fields.items()})


_FLOATS = {
    "usable_wh",
    "start_charge_wh",
    "reserve_wh",
    "wh_per_m",
    "wh_per_m_per_g",
    "charging_efficiency",
    "most_charging_w",
}
_BOOLS = {"task_delivers", "must", "allowed", "visit_delivered", "departs_at_once"}


def _typed(name: str, value: Any) -> Any:
    """Bring a field to the one type that the compiled kernels are built for."""
    if name in {"setup_at_start", "breaks_on_legs"}:
        return bool(value)
    if name == "energy_load":
        return int(value)
    kind = np.float64 if name in _FLOATS else np.bool_ if name in _BOOLS else np.int64
    return np.ascontiguousarray(value, dtype=kind)

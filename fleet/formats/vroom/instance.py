"""A VROOM problem as the solver's ``Instance``, and VROOM's objective as its penalties.

VROOM prefers the greater sum of priorities served, then the greater number of tasks, then the lesser cost.
Here that is one sum of integers: leaving out a task loses ``task + priority x point``, where ``task`` is more
than any solution can cost and ``point`` more than all tasks together lose.
"""

import math
from typing import NamedTuple

import numpy as np

from fleet.formats.vroom.problem import (
    COST_PER_M,
    COST_SCALE,
    TICKS_PER_S,
    VroomProblem,
    classes_of,
)
from fleet.model import ErrorCode, bad_input
from fleet.solver.instance import NEVER, Instance, Ints, new_instance

HIGHEST_SUM = 1 << 58
"""What costs and penalties together may reach: far enough from the end of 64-bit integers to add some."""
LARGEST_COST = 1 << 50
"""The dearest solution that is accepted, in the solver's units."""


class Weights(NamedTuple):
    """What leaving out a task loses, and each point of its priority on top; and the unit of money."""

    task: int
    point: int
    unit: int
    """Costs are divided by this, the greatest number that keeps them whole."""


def instance_of(problem: VroomProblem) -> Instance:
    """Return the arrays of a problem; request and vehicle ranks, and task ranks, stay the same.

    Raises
    ------
    InputError
        VALUE_TOO_LARGE when costs do not fit into integers.
    """
    tasks, requests, vehicles = problem.tasks, problem.requests, problem.vehicles
    classes = classes_of(problem)
    first = {(v.spec.profile_name, v.ticks_per_s): v for v in reversed(vehicles)}
    duration = np.stack([first[c].travel.duration_s * c[1] for c in classes])
    distance = np.stack([first[c].travel.distance_m for c in classes])
    cost = _travel_cost(problem)
    weights = weights_of(problem, duration=duration, distance=distance, cost=cost)
    types = list(dict.fromkeys(v.spec.type for v in vehicles))
    windows = [window for task in tasks for window in task.visit.time_windows]
    size = max(1, problem.size)
    limits = {
        name: np.array([NEVER if value is None else scale * value for value in values])
        for name, scale, values in (
            ("max_tasks", 1, [v.spec.max_tasks for v in vehicles]),
            ("max_travel_s", TICKS_PER_S, [v.spec.max_travel_time for v in vehicles]),
            ("max_distance_m", 1, [v.spec.max_distance for v in vehicles]),
        )
    }
    metric = np.array([v.travel.cost is None for v in vehicles])
    return new_instance(
        duration_s=duration,
        distance_m=distance,
        travel_cost=cost // weights.unit,
        setup_at_start=False,
        breaks_on_legs=True,
        task_request=[task.request for task in tasks],
        task_location=[task.place for task in tasks],
        task_setup_s=[[TICKS_PER_S * task.setup_s(name) for task in tasks] for name in types],
        task_handling_s=[[TICKS_PER_S * task.service_s(name) for task in tasks] for name in types],
        window_ptr=_offsets([len(task.visit.time_windows) for task in tasks]),
        window_open=[TICKS_PER_S * start for start, _ in windows],
        window_close=[TICKS_PER_S * end for _, end in windows],
        request_pickup=[pair[0] if len(pair) == 2 else -1 for pair in requests],
        delivery_ptr=np.arange(len(requests) + 1),
        delivery_task=[pair[-1] for pair in requests],
        load=[_loads(tasks[pair[-1]].gives, size) for pair in requests],
        take=[_loads(tasks[pair[0]].takes if len(pair) == 1 else (), size) for pair in requests],
        must=np.zeros(len(requests), bool),
        penalty=[len(pair) * (weights.task + tasks[pair[0]].priority * weights.point) for pair in requests],
        allowed=[[v.has_skills(tasks[pair[0]]) for v in vehicles] for pair in requests],
        start=[v.start for v in vehicles],
        end=[v.end for v in vehicles],
        earliest_s=[TICKS_PER_S * v.spec.time_window[0] for v in vehicles],
        latest_s=[TICKS_PER_S * v.spec.time_window[1] for v in vehicles],
        speed_class=[classes.index((v.spec.profile_name, v.ticks_per_s)) for v in vehicles],
        vehicle_type=[types.index(v.spec.type) for v in vehicles],
        capacity=[_loads(v.capacity, size) for v in vehicles],
        fixed_cost=np.array([_fixed(problem, rank) for rank in range(len(vehicles))]) // weights.unit,
        cost_per_m=metric * np.array([COST_PER_M * v.costs.per_km for v in vehicles]) // weights.unit,
        cost_per_travel_s=metric * np.array([v.costs.per_hour for v in vehicles]) // weights.unit,
        cost_per_task_s=np.array([v.costs.per_task_hour for v in vehicles]) // weights.unit,
        **limits,
        **_breaks(problem, size),
    )


def weights_of(problem: VroomProblem, *, duration: Ints, distance: Ints, cost: Ints) -> Weights:
    """Return the weights that keep VROOM's order of goals.

    Where even the exact weights overflow (thousands of tasks with high priorities), ``task`` is what
    remains room for: still dearer than any detour, but not than all of a solution.
    """
    unit = _unit(problem)
    dearest = _dearest(problem, duration=duration, distance=distance, cost=cost) // unit + 1
    if dearest > LARGEST_COST:
        raise bad_input(ErrorCode.VALUE_TOO_LARGE, where="costs", value=dearest, limit=LARGEST_COST)
    tasks = len(problem.tasks)
    points = sum(task.priority for task in problem.tasks)
    room = (HIGHEST_SUM - dearest) // (tasks + points * (tasks + 1))
    task = min(dearest + 1, room)
    return Weights(task=task, point=task * (tasks + 1), unit=unit)


def _unit(problem: VroomProblem) -> int:
    """Return the greatest common divisor of all rates."""
    rates = [COST_SCALE] if any(v.travel.cost is not None for v in problem.vehicles) else []
    for rank, vehicle in enumerate(problem.vehicles):
        rates += [_fixed(problem, rank), vehicle.costs.per_task_hour]
        if vehicle.travel.cost is None:
            rates += [vehicle.costs.per_hour, COST_PER_M * vehicle.costs.per_km]
    return math.gcd(*rates) or 1


def _dearest(problem: VroomProblem, *, duration: Ints, distance: Ints, cost: Ints) -> int:
    """Return a bound of what any solution costs: the dearest leg into each task, and to each end."""
    classes = classes_of(problem)
    into = np.zeros(duration.shape[1])
    works: dict[str, float] = {}
    legs: dict[tuple[int, int, int], float] = {}
    total = 0.0
    for rank, vehicle in enumerate(problem.vehicles):
        k = classes.index((vehicle.spec.profile_name, vehicle.ticks_per_s))
        kind = k, vehicle.costs.per_hour, vehicle.costs.per_km
        if kind not in legs:
            if vehicle.travel.cost is None:
                leg = vehicle.costs.per_hour * duration[k].astype(float)
                leg += COST_PER_M * vehicle.costs.per_km * distance[k].astype(float)
            else:
                leg = cost[k].astype(float)
            into = np.maximum(into, leg.max(axis=0))
            legs[kind] = float(leg.max())
        total += _fixed(problem, rank) + legs[kind]
        rate = float(TICKS_PER_S * vehicle.costs.per_task_hour)
        works[vehicle.spec.type] = max(works.get(vehicle.spec.type, 0.0), rate)
    for task in problem.tasks:
        work = max(rate * (task.setup_s(name) + task.service_s(name)) for name, rate in works.items())
        total += float(into[task.place]) + work
    return math.ceil(total)


def _fixed(problem: VroomProblem, rank: int) -> int:
    """Return what using a vehicle costs: VROOM counts breaks as time of tasks, and every break is taken."""
    vehicle = problem.vehicles[rank]
    rest_s = sum(rest.service for rest in vehicle.breaks)
    return COST_SCALE * vehicle.costs.fixed + TICKS_PER_S * vehicle.costs.per_task_hour * rest_s


def _travel_cost(problem: VroomProblem) -> Ints:
    """Return (C, n, n) the costs matrices, or nothing at all when there is none."""
    classes = classes_of(problem)
    by_profile = {v.spec.profile_name: v.travel.cost for v in problem.vehicles}
    n = len(problem.places.points)
    if all(matrix is None for matrix in by_profile.values()):
        return np.zeros((0, 0, 0), np.int64)
    table = np.zeros((len(classes), n, n), np.int64)
    for k, (profile, _) in enumerate(classes):
        matrix = by_profile[profile]
        if matrix is not None:
            table[k] = COST_SCALE * matrix
    return table


def _breaks(problem: VroomProblem, size: int) -> dict[str, object]:
    rests = [rest for vehicle in problem.vehicles for rest in vehicle.breaks]
    windows = [window for rest in rests for window in rest.time_windows]
    return {
        "break_ptr": _offsets([len(vehicle.breaks) for vehicle in problem.vehicles]),
        "break_duration_s": [TICKS_PER_S * rest.service for rest in rests],
        "break_max_load": np.array(
            [(NEVER,) * size if rest.max_load is None else _loads(rest.max_load, size) for rest in rests]
        ).reshape(-1, size),
        "break_window_ptr": _offsets([len(rest.time_windows) for rest in rests]),
        "break_open": [TICKS_PER_S * start for start, _ in windows],
        "break_close": [TICKS_PER_S * end for _, end in windows],
    }


def _loads(amount: tuple[int, ...], size: int) -> tuple[int, ...]:
    return amount + (0,) * (size - len(amount))


def _offsets(lengths: list[int]) -> Ints:
    return np.concatenate(([0], np.cumsum(lengths, dtype=np.int64)))

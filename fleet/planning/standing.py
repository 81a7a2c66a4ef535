"""Routes that stay exactly as a plan has them, as what they leave of bays and caps to those that change."""

from collections.abc import Collection, Iterator, Sequence

import numpy as np

from fleet.model import Plan
from fleet.model.plan import Route
from fleet.planning.beginning import origin_s
from fleet.planning.instance import Problem
from fleet.solver.instance import Instance


def beside(
    problem: Problem, plan: Plan, tasks: Sequence[Sequence[int]], changed: Collection[int]
) -> Instance:
    """Return the instance of the tricycles that change, beside all others as the plan has them.

    Parameters
    ----------
    problem, plan, tasks
        The plan, and each tricycle's tasks in it (``tasks_of``).
    changed : collection of int
        The tricycles that change.
    """
    instance = problem.instance
    settled = {r.tricycle: r for r in plan.routes}
    others = {
        vehicle: settled[tricycle.id]
        for vehicle, tricycle in enumerate(problem.day.tricycles)
        if vehicle not in changed and tricycle.id in settled
    }
    held = [row for row in instance.held_bays.tolist() if not _is_told_anew(problem, row, others)]
    held += [(vehicle, *stay) for vehicle, route in others.items() for stay in _stays(problem, route)]
    cap_left = instance.cap_left.copy()
    for vehicle in others:
        for task in tasks[vehicle]:
            for cap in instance.task_cap[task]:
                if cap >= 0:
                    cap_left[cap] -= instance.cap_use[instance.task_request[task]]
    return instance._replace(held_bays=np.array(held, np.int64).reshape(-1, 4), cap_left=cap_left)


def _is_told_anew(problem: Problem, row: list[int], others: dict[int, Route]) -> bool:
    """Whether a stay that was settled before any search is one of those that a route tells of."""
    vehicle, location = row[:2]
    if vehicle not in others or tuple(row[1:]) == problem.beginnings[vehicle].stood:
        return False
    if problem.beginnings[vehicle].nodes:
        return True
    # Only a stop makes the visit of the start go on: after a break there it is told of apart.
    stops = others[vehicle].stops
    return bool(stops) and problem.day.location_index[stops[0].place] == location


def _stays(problem: Problem, route: Route) -> Iterator[tuple[int, int, int]]:
    """Yield (location, since, until) of a route's stays at places with a limit of bays."""
    origin = origin_s(problem.day)
    entries = route.entries
    first = 0
    while first < len(entries):
        last = first
        while last + 1 < len(entries) and entries[last + 1].leg is None:
            last += 1
        following = entries[last + 1].leg if last + 1 < len(entries) else route.last_leg
        arrival = entries[first].leg
        since = int((entries[first].start if arrival is None else arrival.arrival).timestamp()) - origin
        until = int(entries[last].end.timestamp()) + entries[last].stay_s - origin
        if following is not None:
            until = max(until, int(following.departure.timestamp()) - origin)
        location = problem.day.location_index[entries[last].place]
        if problem.instance.bays[location] >= 0:
            yield location, since, until
        first = last + 1

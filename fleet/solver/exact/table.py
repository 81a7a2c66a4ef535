"""What the stops of one vehicle take at least, in one small table: legs, set-ups, handling and stays."""

from typing import NamedTuple

import numpy as np

from fleet.solver.instance import Bools, Instance, Ints


class Table(NamedTuple):
    """Stops of one vehicle among n requests and T of their tasks; row T of (T + 1, T) is the start."""

    task: Ints
    """(T,) task of the instance"""
    request: Ints
    """(T,) which of the n requests"""
    item: Ints
    """(T,) bit of what a delivery serves, 0 of a pickup"""
    place: Ints
    """(T + 1,) location; of the start -1 where no leg leads away from it"""
    pickup: Bools
    """(T,)"""
    power: Ints
    """(n + 1,) powers of three: a request is delivered or left out (0), on board (1), or waits (2)"""
    gap_s: Ints
    """(T + 1, T) from the end of one handling to the begin of the next stop, stay and drive"""
    spent_s: Ints
    """(T + 1, T) set-up and handling of the next stop"""
    money: Ints
    """(T + 1, T) micro-yuan of the next stop and the drive to it that do not depend on the clock"""
    home: Ints
    """(T + 1,) all micro-yuan of the way to the end, stay and drive"""
    home_s: Ints
    """(T + 1,) its seconds"""
    hop: Ints
    """(T + 1, T) all micro-yuan of the next stop and the drive to it"""
    metres: Ints
    """(T + 1, T + 1) of the drive to the next stop, last to the end"""
    reach_s: Ints
    """(T, n) seconds of the fastest drives from a stop to where a request is dropped off"""


def table_of(instance: Instance, vehicle: int, requests: Ints, items: Ints) -> Table:
    """Build the table of a vehicle.

    Parameters
    ----------
    instance : Instance
        The problem.
    vehicle : int
        The vehicle.
    requests : (n,) ints
        The requests that it may serve.
    items : (all tasks,) ints
        What each task serves, one bit each, 0 for pickups.

    Returns
    -------
    Table
        Times and costs that no route of the vehicle falls below.
    """
    task = np.array(
        [t for t in range(instance.n_tasks) if instance.task_request[t] in set(requests.tolist())], np.int64
    )
    request = np.searchsorted(requests, instance.task_request[task])
    pickup = instance.request_pickup[instance.task_request[task]] == task
    start, end = int(instance.start[vehicle]), int(instance.end[vehicle])
    place = np.append(instance.task_location[task], start)
    here, there = place[:, None], place[None, :-1]
    metres, drive_s, extra = _legs(instance, vehicle, here, there)
    visit = int(instance.visit_location[vehicle])
    moves = here != there
    # The first stop begins a visit even where the vehicle stands, unless its visit goes on.
    moves[-1] = there[0] != visit
    if not instance.setup_at_start:
        moves[-1] &= there[0] != start
    kind = instance.vehicle_type[vehicle]
    setup_s = np.where(moves, instance.task_setup_s[kind, task], 0)
    spent_s = setup_s + instance.task_handling_s[kind, task]
    stay_s = np.where(instance.task_delivers[task], instance.stay_s[place[:-1]], 0)
    if instance.visit_delivered[vehicle]:
        rest_s = np.minimum(stay_s, instance.visit_stay_s[vehicle])
        stay_s = np.where(place[:-1] == visit, rest_s, stay_s)
    stay_s = np.append(stay_s, 0)
    gap_s = drive_s + np.where(here != there, stay_s[:, None], 0)
    money = (
        instance.cost_per_m[vehicle] * metres
        + instance.cost_per_travel_s[vehicle] * drive_s
        + instance.cost_per_task_s[vehicle] * spent_s
        + extra
    )
    fastest_s = drive_s[:-1].copy()
    for over in range(len(task)):
        fastest_s = np.minimum(fastest_s, fastest_s[:, over, None] + fastest_s[over])
    reach_s = [fastest_s[:, (request == i) & ~pickup].min(axis=1) for i in range(len(requests))]
    home_m, home_s, home_extra = _legs(instance, vehicle, place, np.full_like(place, end))
    per_s = instance.cost_per_s[vehicle]
    return Table(
        task=task,
        request=request,
        item=items[task],
        place=place,
        pickup=pickup,
        power=3 ** np.arange(len(requests) + 1),
        gap_s=gap_s,
        spent_s=spent_s,
        money=money,
        home=instance.cost_per_m[vehicle] * home_m
        + instance.cost_per_travel_s[vehicle] * home_s
        + per_s * (home_s + stay_s)
        + home_extra,
        home_s=home_s + stay_s,
        hop=money + per_s * (gap_s + spent_s),
        metres=np.hstack([metres, home_m[:, None]]),
        reach_s=np.stack(reach_s, axis=1),
    )


def _legs(instance: Instance, vehicle: int, origin: Ints, destination: Ints) -> tuple[Ints, Ints, Ints]:
    """Return metres, seconds and extra cost of legs, nothing where an end is open."""
    speed = instance.speed_class[vehicle]
    open_end = (origin < 0) | (destination < 0)
    matrices = [instance.distance_m[speed], instance.duration_s[speed]]
    if len(instance.travel_cost):
        matrices.append(instance.travel_cost[speed])
    found = [np.where(open_end, 0, matrix[origin, destination]) for matrix in matrices]
    return found[0], found[1], found[2] if len(found) > 2 else np.zeros_like(found[0])

"""Tiny named instances for tests of the solver: places on a line, a minute and 500 m from one to the next."""

import random
from collections.abc import Sequence
from typing import Any

import numpy as np

from fleet.solver.instance import MICRO_YUAN, Instance, new_instance

Shipment = tuple[int, int | tuple[int, ...]]
"""Where a request is picked up, and where it may be dropped off."""


def line(
    *shipments: Shipment,
    places: int = 8,
    vehicles: int = 1,
    starts: Sequence[int] = (),
    **fields: Any,
) -> Instance:
    """Return an instance with these shipments; its tasks are numbered as they are listed.

    Vehicles begin and end at place 0 unless ``starts`` says otherwise, and each costs ten yuan more than the
    one before it. A request left out costs 100 yuan.
    """
    at = np.arange(places)
    steps = np.abs(at[:, None] - at)
    task_request, task_location, delivers, pickup, deliveries = [], [], [], [], []
    ptr = [0]
    for request, (source, sinks) in enumerate(shipments):
        sinks = (sinks,) if isinstance(sinks, int) else sinks
        pickup.append(len(task_location))
        deliveries += range(len(task_location) + 1, len(task_location) + 1 + len(sinks))
        ptr.append(len(deliveries))
        task_location += [source, *sinks]
        delivers += [False] + [True] * len(sinks)
        task_request += [request] * (1 + len(sinks))
    starts = list(starts) or [0] * vehicles
    given: dict[str, Any] = {
        "duration_s": steps[None] * 60,
        "distance_m": steps[None] * 500,
        "task_request": task_request,
        "task_location": task_location,
        "task_delivers": delivers,
        "request_pickup": pickup,
        "delivery_ptr": ptr,
        "delivery_task": deliveries,
        "load": [[1, 1]] * len(shipments),
        "penalty": [100 * MICRO_YUAN] * len(shipments),
        "must": [False] * len(shipments),
        "start": starts,
        "end": starts,
        "capacity": [[10, 10]] * len(starts),
        "latest_s": [100_000] * len(starts),
        "fixed_cost": [10 * MICRO_YUAN * (v + 1) for v in range(len(starts))],
        "cost_per_m": [1_000] * len(starts),
        "cost_per_s": [100] * len(starts),
    }
    return new_instance(**given | fields)


def windows(instance: Instance, spans: dict[int, list[tuple[int, int]]]) -> dict[str, list[int]]:
    """Return the fields of time windows for some tasks; all others are free."""
    far = 1 << 40
    of_task = [spans.get(task, [(-far, far)]) for task in range(instance.n_tasks)]
    return {
        "window_ptr": [0, *np.cumsum([len(s) for s in of_task]).tolist()],
        "window_open": [low for s in of_task for low, _high in s],
        "window_close": [high for s in of_task for _low, high in s],
    }


def busy_morning(*, requests: int = 24, vehicles: int = 5, seed: int = 1) -> Instance:
    """More requests than the vehicles can serve in their shift."""
    chance = random.Random(seed)
    shipments: list[Shipment] = [(chance.randint(1, 12), chance.randint(13, 24)) for _ in range(requests)]
    return line(
        *shipments,
        places=25,
        vehicles=vehicles,
        capacity=[[3, 9]] * vehicles,
        latest_s=[7_000] * vehicles,
        task_setup_s=[[120] * (2 * requests)],
        task_handling_s=[[60] * (2 * requests)],
        on_board_limit_s=[chance.choice((2_400, 1 << 40)) for _ in range(requests)],
        must=[k % 7 == 0 for k in range(requests)],
    )

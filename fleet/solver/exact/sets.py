"""Sets of requests as bits: what a plan that serves one of them loses."""

import numpy as np

from fleet.solver.alone import twins
from fleet.solver.instance import Bools, Instance, Ints

NONE = 1 << 60
"""More than any cost."""
MUST = 1 << 48
"""What a must left out weighs beside micro-yuan: more than any plan of a problem that is looked at."""


def items_of(instance: Instance, requests: Ints) -> Ints:
    """Return (tasks,): one bit for what a delivery serves, 0 for pickups and other requests.

    That is its request; but where a cap may bind, each alternative has a bit of its own.
    """
    items = np.zeros(instance.n_tasks, np.int64)
    binding = np.append(_binding(instance, requests), False)  # -1, no cap, is the last
    bit = 1
    for request in requests.tolist():
        deliveries = instance.deliveries(request)
        apart = binding[instance.task_cap[deliveries]].any()
        for number, task in enumerate(deliveries):
            if apart and number:
                bit *= 2
            items[task] = bit
        bit *= 2
    return items


def losses(instance: Instance, requests: Ints, items: Ints) -> Ints:
    """Return (sets,): what a plan that serves a set of items loses, ``NONE`` where no plan may serve it."""
    sets = np.arange(1 << int(items.max(initial=0)).bit_length())
    of_request = np.where(instance.must, MUST, instance.penalty)
    loss = np.full(len(sets), of_request.sum())
    twice = np.zeros(len(sets), bool)
    used = np.zeros((len(sets), len(instance.cap_left)), np.int64)
    for request in requests.tolist():
        deliveries = np.array(instance.deliveries(request))
        times = np.zeros(len(sets), np.int64)
        for bit in np.unique(items[deliveries]).tolist():
            inside = (sets & bit) > 0
            times += inside
            places = deliveries[items[deliveries] == bit]
            if len(places) == 1:
                for cap in instance.task_cap[places[0]].tolist():
                    if cap >= 0:
                        used[inside, cap] += instance.cap_use[request]
        loss -= np.where(times > 0, of_request[request], 0)
        twice |= times > 1
    # Alternatives that share a bit count against caps that never bind.
    loss[twice | (used > instance.cap_left).any(axis=1)] = NONE
    return loss


def groups_of(instance: Instance) -> list[list[int]]:
    """Return the vehicles that may serve anything, equals together."""
    first_of = twins(instance)
    groups = [[v for v, first in enumerate(first_of) if first == twin] for twin in sorted(set(first_of))]
    return [group for group in groups if instance.allowed[:, group[0]].any()]


def steps_of(instance: Instance, groups: list[list[int]], items: Ints) -> int:
    """Return about how many steps the dynamic programmes over sets and states take."""
    tasks = np.bincount(instance.task_request, minlength=instance.n_requests)
    bits = int(items.max(initial=0)).bit_length()
    steps = 0
    for group in groups:
        allowed = instance.allowed[:, group[0]]
        n = int(allowed.sum())
        steps += 3**n * n * (int(tasks[allowed].sum()) + 1) + 2 * 3**bits * len(group)
    return steps


def _binding(instance: Instance, requests: Ints) -> Bools:
    """Return (caps,): whether a cap can be used up at all."""
    used = np.zeros(len(instance.cap_left), np.int64)
    for request in requests.tolist():
        for cap in np.unique(instance.task_cap[instance.deliveries(request)]).tolist():
            if cap >= 0:
                used[cap] += instance.cap_use[request]
    binding: Bools = used > instance.cap_left
    return binding

"""What is still ahead of a vehicle at least, for every set of requests; compiled."""

import numpy as np
from numba import njit

from fleet.solver.instance import NEVER
from fleet.solver.kernels.slack import begins_by

NONE = 1 << 60
"""More than any cost."""


@njit(cache=True, nogil=True)
def _on_board(record, requests, digit, load):  # type: ignore[no-untyped-def]
    """Fill what is on board, the requests whose digit is 1; say whether their labels may share the box."""
    load[:] = 0
    for i in range(requests.shape[0]):
        if digit[i] != 1:
            continue
        r = requests[i]
        for q in range(load.shape[0]):
            load[q] += record.load[r, q]
        for j in range(i):
            # Labels that share the box at the start do so until one is delivered.
            newly = record.carried_by[r] < 0 or record.carried_by[requests[j]] < 0
            if digit[j] == 1 and newly:
                one, other = record.label[r], record.label[requests[j]]
                if one > 0 and other > 0 and one != other:
                    return False
    return True


@njit(cache=True, nogil=True)
def completions(record, vehicle, room, table):  # type: ignore[no-untyped-def]
    """Return three (3 ** n, T + 1): from a stop on, until all requests are served and the end is reached.

    The first is the least cost and the second the least seconds, whatever the clock says; the third is how
    late the stop may end, whatever it costs. The state says which requests wait and which are on board
    (``Table.power``), so loads and labels are known (a dynamic programme over states, as of Held & Karp).
    ``room`` (L,) is what the vehicle may carry on a leg.
    """
    n = table.power.shape[0] - 1
    size = table.task.shape[0]
    least = np.full((table.power[n], size + 1), NONE)
    quickest = np.full((table.power[n], size + 1), NEVER)
    latest = np.full((table.power[n], size + 1), -NEVER)
    least[0] = table.home
    quickest[0] = table.home_s
    latest[0] = record.latest_s[vehicle] - table.home_s
    requests = np.empty(n, np.int64)
    for t in range(size):
        requests[table.request[t]] = record.task_request[table.task[t]]
    digit = np.empty(n, np.int64)
    load = np.empty(room.shape[0], np.int64)
    for state in range(1, table.power[n]):
        rest = state
        for i in range(n):
            digit[i] = rest % 3
            rest //= 3
        if not _on_board(record, requests, digit, load):
            continue
        heavy = (load > room).any()
        for t in range(size):
            i = table.request[t]
            after = state - table.power[i]
            if digit[i] != (2 if table.pickup[t] else 1) or least[after, t] >= NONE:
                continue
            task = table.task[t]
            handling = record.task_handling_s[record.vehicle_type[vehicle], task]
            served_by = NEVER
            if record.carried_by[requests[i]] >= 0 and record.on_board_limit_s[requests[i]] < NEVER:
                served_by = record.on_board_since_s[requests[i]] + record.on_board_limit_s[requests[i]]
                served_by += handling
            spent = np.int64(-1)
            begin = -NEVER
            for last in range(size + 1):
                if heavy and table.place[last] != table.place[t]:
                    continue
                gap = table.gap_s[last, t]
                if spent != table.spent_s[last, t]:
                    spent = table.spent_s[last, t]
                    begin = begins_by(record, task, min(latest[after, t], served_by) - spent, spent)
                least[state, last] = min(least[state, last], table.hop[last, t] + least[after, t])
                quickest[state, last] = min(quickest[state, last], gap + spent + quickest[after, t])
                latest[state, last] = max(latest[state, last], begin - gap)
    return least, quickest, latest

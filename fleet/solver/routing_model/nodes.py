"""The nodes of the routing model and the matrices between them.

A node is a task, a start or an end of vehicles. The time of a node is the begin of its handling, its
set-up over: so whether set-up is paid depends on the arc into a node alone, and the stay on the arc out.
"""

from collections.abc import Hashable

import numpy as np

from fleet.solver.instance import Bools, Instance, Ints


class Nodes:
    """Numbering of an instance's tasks, starts and ends, with transits as (N, N) arrays.

    Parameters
    ----------
    instance : Instance
        The problem.
    requests : sequence of int
        The requests that the model may serve; their order is the order of the nodes.
    """

    def __init__(self, instance: Instance, requests: list[int]) -> None:
        self._instance = instance
        self.tasks: list[int] = []
        for request in requests:
            if instance.request_pickup[request] >= 0:
                self.tasks.append(int(instance.request_pickup[request]))
            self.tasks += instance.deliveries(request)
        self.node_of = {task: node for node, task in enumerate(self.tasks)}
        self._starts: dict[Hashable, int] = {}
        self._ends: dict[int, int] = {}
        self._start_vehicle: list[int] = []
        start_keys = [self._start_key(v) for v in range(instance.n_vehicles)]
        for vehicle, key in enumerate(start_keys):
            if key not in self._starts:
                self._starts[key] = len(self.tasks) + len(self._starts)
                self._start_vehicle.append(vehicle)
        for end in instance.end.tolist():
            self._ends.setdefault(end, len(self.tasks) + len(self._starts) + len(self._ends))
        self.start = [self._starts[key] for key in start_keys]
        self.end = [self._ends[end] for end in instance.end.tolist()]
        task = np.array(self.tasks, np.int64)
        begins = instance.start[self._start_vehicle]
        self.location: Ints = np.concatenate(
            (instance.task_location[task], begins, np.array(list(self._ends), np.int64))
        )
        self._task = task
        self.n_tasks = len(task)

    def __len__(self) -> int:
        return len(self.location)

    def _start_key(self, vehicle: int) -> Hashable:
        inst = self._instance
        left = inst.visit_stay_s[vehicle] if inst.visit_delivered[vehicle] else 0
        return int(inst.start[vehicle]), int(inst.visit_location[vehicle]), int(left)

    def padded(self, of_task: Ints) -> Ints:
        """Return what each task has (an array by task), and 0 for starts and ends."""
        values = np.zeros(len(self), np.int64)
        values[: self.n_tasks] = of_task[self._task]
        return values

    def between(self, by_location: Ints) -> Ints:
        """Return (N, N) from an (n, n) array by location; 0 to and from an open start or end."""
        located = self.location >= 0
        place = np.where(located, self.location, 0)
        values: Ints = np.where(located[:, None] & located, by_location[np.ix_(place, place)], 0)
        return values

    def pays_set_up(self) -> Bools:
        """Return (N, N): whether the drive from one node into another begins a visit that owes set-up."""
        instance = self._instance
        pays: Bools = self.location[:, None] != self.location
        for k, vehicle in enumerate(self._start_vehicle):
            row = self.n_tasks + k
            if instance.setup_at_start:
                pays[row] = True
            if instance.visit_location[vehicle] >= 0:
                pays[row] &= self.location != instance.visit_location[vehicle]
        return pays

    def owed_stay_s(self) -> Ints:
        """Return (N,) the stay that leaving the place of a node costs.

        A pickup after a drop-off of the same visit would owe that visit's stay too; which came before is
        not known on an arc. So it always pays where anything may be dropped off: the safe side.
        """
        instance = self._instance
        delivers = instance.task_delivers[self._task]
        sells = np.isin(instance.task_location[self._task], instance.task_location[self._task[delivers]])
        stay = np.zeros(len(self), np.int64)
        stay[: self.n_tasks] = np.where(sells, instance.stay_s[instance.task_location[self._task]], 0)
        for k, vehicle in enumerate(self._start_vehicle):
            if instance.visit_location[vehicle] >= 0 and instance.visit_delivered[vehicle]:
                stay[self.n_tasks + k] = instance.visit_stay_s[vehicle]
        return stay

    def service_s(self, vehicle_type: int) -> Ints:
        """Return (N, N) seconds between two nodes without the drive: handling, stay, set-up."""
        instance = self._instance
        moves = self.location[:, None] != self.location
        moves[:, self.n_tasks + len(self._starts) :] = True
        return (
            self.padded(instance.task_handling_s[vehicle_type])[:, None]
            + np.where(moves, self.owed_stay_s()[:, None], 0)
            + np.where(self.pays_set_up(), self.padded(instance.task_setup_s[vehicle_type]), 0)
        )

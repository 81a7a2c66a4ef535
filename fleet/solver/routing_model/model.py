"""The rules of a day as OR-Tools' routing model holds them.

Exactly: travel, handling, set-up, pairs, alternatives, loads, labels, windows, time on board, vehicles,
sequences, caps. On the safe side: set-up inside windows, stays of pickups at places that buy, energy. Left to
the exact evaluation that follows: recharges, bays, where a break may stand.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from ortools.constraint_solver import pywrapcp

from fleet.solver.instance import NEVER, Instance, Ints
from fleet.solver.routing_model.nodes import Nodes

MUST_PENALTY = 10**14
"""Micro-yuan for leaving out a must: more than any plan costs, and 5,000 of them still fit into int64."""
LOAD_SHARE = 1.0
"""Share of the payload that a vehicle is taken to carry all the way, where consumption depends on it."""
MILLI = 1_000
"""Energy is counted in thousandths of a watt hour, rounded up on every leg."""
FAR_S = 1 << 24
"""Half a year: no time of a model is farther from its origin."""


class Model:
    """A routing model over some requests of an instance."""

    def __init__(self, instance: Instance, requests: list[int]) -> None:
        self._instance = instance
        self._requests = requests
        self._nodes = nodes = Nodes(instance, requests)
        self._manager = pywrapcp.RoutingIndexManager(len(nodes), instance.n_vehicles, nodes.start, nodes.end)
        self._routing = pywrapcp.RoutingModel(self._manager)
        self._solver = self._routing.solver()
        self._index = {task: self._manager.NodeToIndex(node) for task, node in nodes.node_of.items()}
        self._origin = int(instance.earliest_s.min())
        self._vehicles = range(instance.n_vehicles)
        self._pairs: dict[int, int] = {}
        self._costs_and_times()
        self._shipments()
        self._loads()
        self._labels()
        self._limits()
        self._windows()
        self._times_on_board()
        self._sequences()
        self._caps()
        self._energy()
        self._breaks()

    def solve(self, parameters: Any, begin: Sequence[Sequence[int]]) -> list[list[int]] | None:
        """Search with these parameters, from these routes where they hold; return the best tasks."""
        routing = self._routing
        routing.CloseModelWithParameters(parameters)
        hint = routing.ReadAssignmentFromRoutes(
            [[self._index[t] for t in tasks if t in self._index] for tasks in begin], True
        )
        if hint is not None:
            hint = self._solver.Assignment(hint)
            routing.SetFirstSolutionHint(hint)
        found = routing.SolveWithIteratedLocalSearch(parameters)
        if found is None:
            return None
        routes = []
        for vehicle in self._vehicles:
            tasks = []
            index = found.Value(routing.NextVar(routing.Start(vehicle)))
            while not routing.IsEnd(index):
                tasks.append(self._nodes.tasks[self._manager.IndexToNode(index)])
                index = found.Value(routing.NextVar(index))
            routes.append(tasks)
        return routes

    def _costs_and_times(self) -> None:
        """Register one matrix a speed class and type; fix departures, returns and what a route costs."""
        instance, nodes, routing = self._instance, self._nodes, self._routing
        transit: dict[tuple[int, int], tuple[int, Ints, Ints, Ints]] = {}
        cost: dict[tuple[int, ...], int] = {}
        times = []
        key_of = list(zip(instance.speed_class.tolist(), instance.vehicle_type.tolist(), strict=True))
        for v, (speed, kind) in enumerate(key_of):
            if (speed, kind) not in transit:
                drive, service = nodes.between(instance.duration_s[speed]), nodes.service_s(kind)
                transit[speed, kind] = self._matrix(drive + service), drive, service, drive + service
            callback, drive, service, whole = transit[speed, kind]
            times.append(callback)
            rates = [instance.cost_per_m, instance.cost_per_travel_s, instance.cost_per_task_s]
            key = (speed, kind, *(int(rate[v]) for rate in rates), int(instance.cost_per_s[v]))
            if key not in cost:
                per_m, per_travel_s, per_task_s, per_s = key[2:]
                arc = per_m * nodes.between(instance.distance_m[speed])
                arc += per_travel_s * drive + per_task_s * service + per_s * whole
                if len(instance.travel_cost):
                    arc += nodes.between(instance.travel_cost[speed])
                cost[key] = self._matrix(arc)
            routing.SetArcCostEvaluatorOfVehicle(cost[key], v)
            if instance.fixed_cost[v] >= 0:
                routing.SetFixedCostOfVehicle(int(instance.fixed_cost[v]), v)
            else:
                # Its way home is paid in any case: the cost of its empty route.
                routing.SetVehicleUsedWhenEmpty(True, v)
        # A vehicle that comes home late even if it serves nothing would make the whole model infeasible.
        begins = [self._clock(earliest) for earliest in instance.earliest_s]
        homes = [begins[v] + int(transit[key_of[v]][3][nodes.start[v], nodes.end[v]]) for v in self._vehicles]
        horizon = self._horizon = max(self._clock(instance.latest_s.max()), *homes)
        routing.AddDimensionWithVehicleTransits(times, horizon, horizon, False, "time")
        self._time = routing.GetDimensionOrDie("time")
        for v in self._vehicles:
            start, end = self._time.CumulVar(routing.Start(v)), self._time.CumulVar(routing.End(v))
            latest = max(homes[v], self._clock(instance.latest_s[v]))
            start.SetRange(begins[v], begins[v] if instance.departs_at_once[v] else latest)
            end.SetRange(begins[v], latest)
            routing.AddVariableMinimizedByFinalizer(end)

    def _shipments(self) -> None:
        """Make every request optional, with one of its alternatives in the vehicle that picked it up."""
        instance, routing = self._instance, self._routing
        for request in self._requests:
            penalty = min(int(instance.penalty[request]), MUST_PENALTY)
            if instance.must[request]:
                penalty = MUST_PENALTY
            vehicles = np.flatnonzero(instance.allowed[request]).tolist()
            drops = [self._index[t] for t in instance.deliveries(request)]
            pickup = int(instance.request_pickup[request])
            for index in drops if pickup < 0 else [self._index[pickup], *drops]:
                routing.VehicleVar(index).SetValues([-1, *vehicles])
            if pickup < 0:
                routing.AddDisjunction(drops, penalty)
                continue
            self._pairs[request] = len(self._pairs)
            routing.AddPickupAndDeliverySets(
                routing.AddDisjunction([self._index[pickup]], penalty), routing.AddDisjunction(drops, 0)
            )
            self._solver.Add(
                routing.ActiveVar(self._index[pickup])
                == self._solver.Sum([routing.ActiveVar(drop) for drop in drops])
            )
            for drop in drops:
                same = routing.VehicleVar(drop) == routing.VehicleVar(self._index[pickup])
                self._solver.Add(same + (1 - routing.ActiveVar(drop)) >= 1)

    def _loads(self) -> None:
        """Let what is on board start at what the vehicle carries."""
        instance, nodes, routing = self._instance, self._nodes, self._routing
        of_request = instance.task_request
        is_pickup = instance.request_pickup[of_request] == np.arange(instance.n_tasks)
        loaded_first = any(
            instance.request_pickup[r] < 0 and instance.carried_by[r] < 0 for r in self._requests
        )
        for q in range(instance.load.shape[1]):
            load = instance.load[of_request, q]
            change = np.where(is_pickup, load, instance.take[of_request, q] - load)
            room = np.maximum(instance.capacity[:, q], instance.carried_load[:, q]).tolist()
            callback = routing.RegisterUnaryTransitVector(nodes.padded(change).tolist())
            routing.AddDimensionWithVehicleCapacity(callback, 0, room, False, f"load {q}")
            dimension = routing.GetDimensionOrDie(f"load {q}")
            for v in self._vehicles:
                carried = int(instance.carried_load[v, q])
                dimension.CumulVar(routing.Start(v)).SetRange(carried, room[v] if loaded_first else carried)

    def _labels(self) -> None:
        """Keep different labels apart as long as both are on board."""
        instance, routing = self._instance, self._routing
        labels = sorted({int(instance.label[r]) for r in self._requests} - {0})
        if len(labels) < 2:
            return
        kinds = pywrapcp.RoutingModel
        for request in self._requests:
            label = int(instance.label[request])
            pickup = int(instance.request_pickup[request])
            if label == 0:
                continue
            if pickup >= 0:
                routing.SetVisitType(self._index[pickup], label, kinds.TYPE_ADDED_TO_VEHICLE)
            gone = kinds.ADDED_TYPE_REMOVED_FROM_VEHICLE if pickup >= 0 else kinds.TYPE_ON_VEHICLE_UP_TO_VISIT
            for task in instance.deliveries(request):
                routing.SetVisitType(self._index[task], label, gone)
        for k, one in enumerate(labels):
            for other in labels[k + 1 :]:
                routing.AddTemporalTypeIncompatibility(one, other)

    def _limits(self) -> None:
        """Bound tasks, metres and seconds under way, where a vehicle has such bounds."""
        instance, nodes, routing = self._instance, self._nodes, self._routing
        if instance.max_tasks.min() < instance.n_tasks:
            ones = nodes.padded(np.ones(instance.n_tasks, np.int64))
            most = np.minimum(instance.max_tasks, instance.n_tasks).tolist()
            callback = routing.RegisterUnaryTransitVector(ones.tolist())
            routing.AddDimensionWithVehicleCapacity(callback, 0, most, True, "tasks")
        for name, limit, matrices in (
            ("metres", instance.max_distance_m, instance.distance_m),
            ("under way", instance.max_travel_s, instance.duration_s),
        ):
            if limit.min() < NEVER:
                of_class = [self._matrix(nodes.between(matrix)) for matrix in matrices]
                routing.AddDimensionWithVehicleTransitAndCapacity(
                    [of_class[k] for k in instance.speed_class], 0, limit.tolist(), True, name
                )

    def _windows(self) -> None:
        """Bound the begin of handling. Its window assumes set-up at either end, whichever is tighter."""
        instance = self._instance
        setup, handling = instance.task_setup_s.max(axis=0), instance.task_handling_s.max(axis=0)
        for task, index in self._index.items():
            request = int(instance.task_request[task])
            soonest = -NEVER
            if instance.request_pickup[request] == task and instance.on_board_limit_s[request] < NEVER:
                # Sooner it would be on board too long; OR-Tools' filters look at earliest times only.
                opens = [
                    int(instance.window_open[instance.window_ptr[t]] + instance.task_setup_s[:, t].min())
                    for t in instance.deliveries(request)
                ]
                soonest = min(opens) - int(
                    instance.on_board_limit_s[request] + instance.task_handling_s[:, task].max()
                )
            stay = instance.stay_s[instance.task_location[task]] if instance.task_delivers[task] else 0
            spans = []
            for w in range(instance.window_ptr[task], instance.window_ptr[task + 1]):
                last = int(instance.window_finish[w] - handling[task] - stay)
                low = min(int(instance.window_open[w] + setup[task]), last)
                high = min(max(int(instance.window_close[w]), low), last)
                if low >= instance.window_open[w] and high >= soonest:
                    spans.append((max(low, soonest), high))
            if instance.carried_by[request] >= 0 and instance.on_board_limit_s[request] < NEVER:
                due = int(instance.on_board_since_s[request] + instance.on_board_limit_s[request])
                spans = [(low, min(high, due)) for low, high in spans if low <= due]
            self._bound(index, [(self._clock(low), self._clock(high)) for low, high in spans])

    def _bound(self, index: int, spans: list[tuple[int, int]]) -> None:
        spans = [(max(low, 0), min(high, self._horizon)) for low, high in sorted(spans) if high >= 0]
        if not spans:
            self._solver.Add(self._routing.ActiveVar(index) == 0)
            return
        variable = self._time.CumulVar(index)
        variable.SetRange(spans[0][0], max(high for _low, high in spans))
        reached = spans[0][1]
        for low, high in spans[1:]:
            if low > reached + 1:
                variable.RemoveInterval(reached + 1, low - 1)
            reached = max(reached, high)

    def _times_on_board(self) -> None:
        """Limit the time from a pickup's end to its delivery, by the one call that OR-Tools' filters see."""
        instance = self._instance
        handling = instance.task_handling_s.min(axis=0)
        for request, pair in self._pairs.items():
            limit = int(instance.on_board_limit_s[request])
            if limit < NEVER:
                most = limit + int(handling[instance.request_pickup[request]])
                self._time.SetPickupToDeliveryLimitFunctionForPair(lambda _p, _d, most=most: most, pair)

    def _sequences(self) -> None:
        """Keep locked sequences in order. Their tasks are allowed in one vehicle each."""
        instance = self._instance
        ranked = [t for t in self._nodes.tasks if instance.task_rank[t] >= 0]
        handling = instance.task_handling_s.min(axis=0)
        for first in ranked:
            for second in ranked:
                lanes = instance.allowed[instance.task_request[[first, second]]]
                if instance.task_rank[first] < instance.task_rank[second] and lanes.all(axis=0).any():
                    self._time.AddNodePrecedence(
                        self._index[first], self._index[second], int(handling[first])
                    )

    def _caps(self) -> None:
        instance = self._instance
        for cap, left in enumerate(instance.cap_left.tolist()):
            terms = [
                self._routing.ActiveVar(index) * int(instance.cap_use[instance.task_request[task]])
                for task, index in self._index.items()
                if cap in instance.task_cap[task]
            ]
            if terms:
                self._solver.Add(self._solver.Sum(terms) <= left)

    def _energy(self) -> None:
        """Bound the metres by what one charge allows with LOAD_SHARE of the payload, without recharges."""
        instance, nodes, routing = self._instance, self._nodes, self._routing
        if np.isinf(instance.usable_wh).all():
            return
        q = instance.energy_load
        known: dict[tuple[int, float], tuple[int, Ints]] = {}
        of_vehicle, room = [], []
        for v in self._vehicles:
            per_m = instance.wh_per_m[v] + instance.wh_per_m_per_g[v] * LOAD_SHARE * instance.capacity[v, q]
            key = int(instance.speed_class[v]), float(per_m)
            if key not in known:
                used = np.ceil(nodes.between(instance.distance_m[key[0]]) * per_m * MILLI).astype(np.int64)
                known[key] = self._matrix(used), used
            callback, used = known[key]
            of_vehicle.append(callback)
            charge = min(instance.start_charge_wh[v] - instance.reserve_wh[v], FAR_S)
            room.append(max(int(charge * MILLI), int(used[nodes.start[v], nodes.end[v]])))
        routing.AddDimensionWithVehicleTransitAndCapacity(of_vehicle, 0, room, True, "energy")

    def _breaks(self) -> None:
        """Let a break stand anywhere but in a handling; where exactly is settled afterwards."""
        instance, nodes, routing = self._instance, self._nodes, self._routing
        for v in self._vehicles:
            handling = nodes.padded(instance.task_handling_s[instance.vehicle_type[v]])
            visits = [int(handling[self._manager.IndexToNode(i)]) for i in range(routing.Size())]
            intervals = []
            for b in range(instance.break_ptr[v], instance.break_ptr[v + 1]):
                first, last = instance.break_window_ptr[b], instance.break_window_ptr[b + 1] - 1
                opens = max(0, self._clock(instance.break_open[first]))
                closes = min(self._horizon, self._clock(instance.break_close[last]))
                if opens <= closes:
                    intervals.append(
                        self._solver.FixedDurationIntervalVar(
                            opens, closes, int(instance.break_duration_s[b]), False, f"break {b}"
                        )
                    )
            if intervals:
                self._time.SetBreakIntervalsOfVehicle(intervals, v, visits)

    def _matrix(self, values: Ints) -> int:
        callback: int = self._routing.RegisterTransitMatrix(values.tolist())
        return callback

    def _clock(self, instant_s: Any) -> int:
        return int(min(max(int(instant_s) - self._origin, -FAR_S), FAR_S))

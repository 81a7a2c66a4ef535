"""The exact evaluation of a route agrees with a search through all of its schedules, second by second."""

import itertools
import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from fleet.solver.instance import Instance, Ints
from fleet.solver.kernels import codes as c
from fleet.solver.kernels.breaks import by_chain
from fleet.solver.kernels.energy import no_charging
from fleet.solver.kernels.legs import fill_loads
from fleet.solver.kernels.prompt import UNKNOWN, promptly
from fleet.solver.kernels.record import record_of
from fleet.solver.kernels.state import no_busy
from fleet.solver.routes import Routes
from tests.depth import count
from tests.small_instances import Shipment, line, windows

HORIZON_S = 22


class Schedules:
    """Every schedule of a fixed route, by trying each second for each thing that begins."""

    def __init__(self, instance: Instance, tasks: list[int]) -> None:
        self.instance = instance
        self.tasks = tasks
        self.place = [int(instance.start[0]), *instance.task_location[tasks].tolist(), int(instance.end[0])]
        self.has_break = len(instance.break_duration_s) > 0

    def shortest_s(self) -> int | None:
        """Return the least time from departure to return, None where no schedule holds."""
        instance = self.instance
        found = [
            back - departure
            for departure in range(int(instance.earliest_s[0]), int(instance.latest_s[0]) + 1)
            for back in self._ways(0, departure, not self.has_break, {})
        ]
        return min(found, default=None)

    def _ways(self, gap: int, ready: int, rested: bool, picked: dict[int, int]) -> Iterator[int]:
        """Yield the returns of all schedules of what follows stop ``gap`` - 1, which is over at ``ready``."""
        instance = self.instance
        drive = int(instance.duration_s[0, self.place[gap], self.place[gap + 1]])
        for leaves, rested_then in self._with_break(ready, rested):
            for arrives, rested_now in self._with_break(leaves + drive, rested_then):
                if gap < len(self.tasks):
                    yield from self._stop(gap, arrives, rested_now, picked)
                elif arrives <= instance.latest_s[0] and (rested_now or arrives <= instance.break_close[0]):
                    yield arrives

    def _with_break(self, now: int, rested: bool) -> Iterator[tuple[int, bool]]:
        yield now, rested
        if not rested:
            instance = self.instance
            for begin in range(max(now, int(instance.break_open[0])), int(instance.break_close[0]) + 1):
                yield begin + int(instance.break_duration_s[0]), True

    def _stop(self, gap: int, now: int, rested: bool, picked: dict[int, int]) -> Iterator[int]:
        instance, task = self.instance, self.tasks[gap]
        request = int(instance.task_request[task])
        here = self.place[gap + 1]
        arrives = gap == 0 or self.place[gap] != here
        setup = int(instance.task_setup_s[0, task]) if arrives else 0
        handling = int(instance.task_handling_s[0, task])
        first = gap
        while first > 0 and self.place[first] == here:
            first -= 1
        visit = self.tasks[first : gap + 1]
        leaves = gap + 1 == len(self.tasks) or self.place[gap + 2] != here
        stay = int(instance.stay_s[here]) if leaves and instance.task_delivers[visit].any() else 0
        spans = range(instance.window_ptr[task], instance.window_ptr[task + 1])
        for begin in range(now, HORIZON_S + 1):
            end = begin + setup + handling
            if not any(
                instance.window_open[w] <= begin <= instance.window_close[w]
                and end + stay <= instance.window_finish[w]
                for w in spans
            ):
                continue
            if task == instance.request_pickup[request]:
                yield from self._ways(gap + 1, end + stay, rested, picked | {request: end})
            elif begin + setup - picked[request] <= instance.on_board_limit_s[request]:
                yield from self._ways(gap + 1, end + stay, rested, picked)


def random_route(seed: int, *, stretch: int = 1) -> tuple[Instance, list[int]]:
    """Two requests in some order; if times are stretched, but for drives and work, with one window a stop."""
    chance = random.Random(seed)
    places = 4
    shipments: list[Shipment] = [(chance.randrange(places), chance.randrange(places)) for _ in range(2)]
    steps = [[0 if a == b else chance.randint(1, 3) for b in range(places)] for a in range(places)]
    spans = {}
    for task in range(4):
        if chance.random() < 0.6:
            low = chance.randint(0, 10 * stretch)
            spans[task] = [(low, low + chance.randint(0, 6 * stretch))]
            if chance.random() < 0.4 and stretch == 1:
                low = spans[task][0][1] + chance.randint(2, 4)
                spans[task].append((low, low + chance.randint(0, 3)))
    fields = dict(windows(line(*shipments, places=places), spans))
    closes = [
        stretch * chance.randint(9, 20) if chance.random() < 0.3 else 1 << 40 for _ in fields["window_open"]
    ]
    if chance.random() < 0.4:
        opens = stretch * chance.randint(2, 9)
        fields |= {
            "break_ptr": [0, 1],
            "break_duration_s": [stretch * chance.randint(1, 3)],
            "break_open": [opens],
            "break_close": [opens + stretch * chance.randint(0, 5)],
        }
    instance = line(
        *shipments,
        places=places,
        duration_s=[steps],
        distance_m=[steps],
        fixed_cost=[7],
        cost_per_m=[3],
        cost_per_s=[5],
        earliest_s=[chance.randint(0, 3)],
        latest_s=[stretch * chance.randint(14, HORIZON_S)],
        window_finish=closes,
        stay_s=[chance.choice((0, 0, 1, 2)) for _ in range(places)],
        task_setup_s=[[chance.choice((0, 1, 2)) for _ in range(4)]],
        task_handling_s=[[chance.choice((0, 0, 1)) for _ in range(4)]],
        on_board_limit_s=[
            stretch * chance.randint(1, 8) if chance.random() < 0.5 else 1 << 40 for _ in range(2)
        ],
        **fields,
    )
    order = chance.choice([[0, 1, 2, 3], [0, 2, 1, 3], [0, 2, 3, 1], [2, 0, 1, 3], [2, 3, 0, 1]])
    return instance, order


@pytest.mark.parametrize("block", range(8))
def test_a_route_holds_and_lasts_as_the_best_of_all_its_schedules(block: int) -> None:
    held = broken = 0
    for seed in range(block * 1_000, block * 1_000 + count(short=25, long=250)):
        instance, tasks = random_route(seed)
        shortest = Schedules(instance, tasks).shortest_s()
        trial = Routes(instance).evaluate(0, tasks)
        if shortest is None:
            assert trial.route is None, f"seed {seed}: no schedule holds"
            broken += 1
            continue
        assert trial.route is not None, f"seed {seed}: lasts {shortest} s, but breaks rule {trial.rule}"
        metres = sum(int(instance.distance_m[0, a, b]) for a, b in _legs(instance, tasks))
        assert trial.route.cost == 7 + 3 * metres + 5 * shortest, f"seed {seed}"
        held += 1
    assert held
    assert broken


def _legs(instance: Instance, tasks: list[int]) -> list[tuple[int, int]]:
    places = [int(instance.start[0]), *instance.task_location[tasks].tolist(), int(instance.end[0])]
    return list(itertools.pairwise(places))


def test_a_route_that_waits_no_more_than_it_must_is_timed_as_by_its_chain() -> None:
    prompt = waiting = 0
    # 1432: its break costs more than its bound says, wherever it stands.
    for seed in (*range(count(short=300, long=3_000)), 1432):
        instance, tasks = random_route(seed, stretch=1 + 2 * (seed % 2))
        rule, chained, chain = _timed(instance, tasks, by_chain)
        known, by_sums, nodes = _timed(instance, tasks, promptly)
        if rule == c.OK:
            # A cutoff that nothing beats is not a route that holds and costs nothing.
            beaten = [_timed(instance, tasks, by_chain, cutoff=chained[c.COST] + k)[0] for k in (0, 1)]
            assert beaten == [c.TOO_DEAR, c.OK], f"seed {seed}"
            too_dear = [_timed(instance, tasks, promptly, cutoff=chained[c.COST] + k)[0] for k in (0, 1)]
            assert too_dear in ([c.TOO_DEAR, known], [UNKNOWN, UNKNOWN]), f"seed {seed}"
        if known == UNKNOWN:
            continue
        assert known == rule == c.OK, f"seed {seed}"
        same = [c.COST, c.NODES, c.BEST_M, c.BEST_TRAVEL_S]
        assert by_sums[same].tolist() == chained[same].tolist(), f"seed {seed}"
        assert by_sums[c.RETURN] == nodes[-1, c.BEGIN], f"seed {seed}"
        assert (nodes[:, c.KIND] == c.BREAK_NODE).any() or (nodes == chain).all(), f"seed {seed}"
        ends = nodes[:, [c.BEGIN, c.SETUP, c.WORK, c.STAY]].sum(axis=1)
        waits_s = nodes[1:, c.BEGIN] - ends[:-1] - nodes[1:, c.TRAVEL_S]
        assert (waits_s >= 0).all(), f"seed {seed}"
        waiting += bool(waits_s.any())
        prompt += not waits_s.any()
    assert prompt > 20
    assert waiting > 10


def _timed(
    instance: Instance, tasks: list[int], how: Any, *, cutoff: int = c.DEAREST
) -> tuple[int, Ints, Ints]:
    """Let one of the two ways time a route; return its rule, its result and its nodes."""
    record = record_of(instance)
    nodes = np.zeros((len(tasks) + 4, c.NODE_COLUMNS), np.int64)
    result = np.zeros(c.RESULT_SLOTS, np.int64)
    loads = np.zeros((len(tasks) + 1, instance.capacity.shape[1]), np.int64)
    sequence = np.array(tasks)
    fill_loads(record, 0, sequence, len(tasks), loads)
    charging, busy = no_charging(record), no_busy(record)
    rule = how(record, 0, sequence, len(tasks), charging, loads, busy, cutoff, nodes, result)
    return int(rule), result, nodes[: result[c.NODES]]


def test_who_leaves_later_for_a_bay_owes_the_break_that_is_due_then() -> None:
    instance = line(
        (1, 3),
        (2, 3),
        vehicles=2,
        bays=[-1, -1, -1, 1, -1, -1, -1, -1],
        task_handling_s=[[0, 10, 0, 100]],
        cost_per_s=[5, 5],
        break_ptr=[0, 1, 1],
        break_duration_s=[600],
        break_open=[0],
        break_close=[410],
    )
    routes = Routes(instance)
    alone = routes.evaluate(0, [0, 1]).route
    assert alone is not None
    assert alone.return_s - alone.departure_s == 370
    routes.put(1, routes.evaluate(1, [2, 3]).route)
    beside = routes.evaluate(0, [0, 1]).route
    assert beside is not None
    assert beside.return_s - beside.departure_s == 970
    assert (beside.nodes[:, c.KIND] == c.BREAK_NODE).any()


def test_the_best_insertion_is_the_cheapest_of_all_positions_and_alternatives() -> None:
    chance = random.Random(5)
    fitted = 0
    for _ in range(count(short=40, long=400)):
        shipments: list[Shipment] = [
            (chance.randrange(8), tuple(chance.sample(range(8), chance.randint(1, 3)))) for _ in range(4)
        ]
        spans = {t: [(low := chance.randint(0, 900), low + 600)] for t in range(0, 8, 3)}
        bare = line(*shipments)
        instance = line(*shipments, **windows(bare, {t: s for t, s in spans.items() if t < bare.n_tasks}))
        routes = Routes(instance)
        for request in range(3):
            routes.put(0, routes.insertion(request, 0).route or routes.routes[0])
        best = routes.insertion(3, 0)
        base = routes.tasks(0).tolist()
        pickup = int(instance.request_pickup[3])
        costs = [
            trial.route.cost
            for drop in instance.deliveries(3)
            for i in range(len(base) + 1)
            for j in range(i, len(base) + 1)
            if (trial := routes.evaluate(0, [*base[:i], pickup, *base[i:j], drop, *base[j:]])).route
        ]
        assert (best.rule == c.OK) == bool(costs)
        if best.route is not None:
            assert best.route.cost == min(costs)
            fitted += 1
    assert fitted


def test_bays_and_caps_stand_as_if_counted_anew_after_any_changes() -> None:
    shipments: list[Shipment] = [(1 + k % 2, 3 + k % 3) for k in range(9)]
    instance = line(
        *shipments,
        vehicles=4,
        bays=[-1, 1, 2, 1, 1, -1, -1, -1],
        stay_s=[0, 0, 0, 300, 300, 0, 0, 0],
        task_cap=[[-1, -1], [0, 1]] * 9,
        cap_use=[2] * 9,
        cap_left=[30, 12],
    )
    chance = random.Random(3)
    routes = Routes(instance)
    for _ in range(60):
        request, vehicle = chance.randrange(9), chance.randrange(4)
        owner = int(routes.vehicle_of[request])
        if owner >= 0:
            routes.put(owner, routes.without(owner, [request]).route)
        else:
            routes.put(vehicle, routes.insertion(request, vehicle).route or routes.routes[vehicle])
        anew = Routes(instance)
        for v, route in enumerate(routes.routes):
            anew.put(v, route)
        for v in range(4):
            assert np.array_equal(routes.cap_left(v), anew.cap_left(v))
            for mine, fresh in zip(routes.busy(v), anew.busy(v), strict=True):
                assert np.array_equal(mine, fresh)

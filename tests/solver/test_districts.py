"""Large days district by district: nothing shared is used twice, nothing gets worse, chance is the seed's."""

import time
from collections.abc import Callable

import numpy as np
import pytest

from fleet.planning import travel_for
from fleet.planning.instance import build_problem
from fleet.solver import rounds, search
from fleet.solver.districts import draw_districts
from fleet.solver.improve import Improver
from fleet.solver.instance import Instance
from fleet.solver.parts import Part, part_of
from fleet.solver.routes import Route, Routes
from fleet.solver.search import Snapshot, Solution, solve
from tests.depth import count
from tests.random_days import random_day
from tests.small_instances import busy_morning, line

Day = Callable[[int], Instance]
SEEDS = range(1, 1 + count(short=4, long=60))


@pytest.fixture(autouse=True)
def small_districts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "LARGEST_ROUTING_MODEL", 0)
    monkeypatch.setattr(search, "LARGEST_PROOF", 0)
    monkeypatch.setattr(search, "LARGEST_WHOLE", 0)
    monkeypatch.setattr(rounds, "DISTRICT_REQUESTS", 8)
    monkeypatch.setattr(rounds, "FIRST_DISTRICT_REQUESTS", 20)
    monkeypatch.setattr(rounds, "FEWEST_ROUTES", 2)


def mixed_day(seed: int) -> Instance:
    """A day that may use every rule."""
    day = random_day(seed, requests=40, tricycles=12)
    return build_problem(day, travel_for(day)).instance


def crowded_day(seed: int) -> Instance:
    """A day whose tricycles are in each other's way: few bays, and markets that are soon full."""
    day = random_day(seed, requests=40, tricycles=12, features=frozenset({"alternatives", "bays", "caps"}))
    return build_problem(day, travel_for(day)).instance


def tasks_of(solution: Solution) -> list[list[int]]:
    return [[] if route is None else route.tasks.tolist() for route in solution.routes]


def standing(instance: Instance, found: list[Route | None]) -> Routes:
    """All routes beside each other, in a state of their own, at the times that they have."""
    routes = Routes(instance)
    for vehicle, route in enumerate(found):
        if route is not None:
            assert routes.has_room(vehicle, route)
            again = Routes(instance).evaluate(vehicle, route.tasks).route
            assert again is not None
            assert again.cost <= route.cost
        routes.put(vehicle, route)
    return routes


@pytest.mark.parametrize("workers", [1, 2, 3])
@pytest.mark.parametrize("seed", SEEDS)
def test_iterations_workers_and_seed_decide_the_routes(workers: int, seed: int) -> None:
    instance = crowded_day(seed)
    one, same = (
        solve(instance, budget_s=600.0, iterations=300, workers=workers, seed=seed) for _ in range(2)
    )
    assert tasks_of(one) == tasks_of(same)
    assert one.iterations == 300 * workers


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("day", [mixed_day, crowded_day])
@pytest.mark.parametrize("seed", SEEDS)
def test_routes_of_all_districts_hold_beside_each_other(seed: int, day: Day, workers: int) -> None:
    instance = day(seed)
    told: list[Snapshot] = []
    solution = solve(instance, budget_s=600.0, iterations=200, workers=workers, progress=told.append)
    end = told[-1]
    assert standing(instance, solution.routes).score() == (end.unserved_musts, end.cost)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_round_makes_the_best_worse(seed: int) -> None:
    told: list[Snapshot] = []
    solve(crowded_day(seed), budget_s=600.0, iterations=400, progress=told.append)
    scores = [(s.unserved_musts, s.cost) for s in told if s.is_complete]
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] < scores[0]


def test_the_whole_day_is_searched() -> None:
    instance = busy_morning(requests=60, vehicles=12)
    first_plan, solution = (solve(instance, budget_s=600.0, iterations=n) for n in (0, 1_500))
    before, after = (standing(instance, found.routes).score() for found in (first_plan, solution))
    assert after < before
    assert sum(a != b for a, b in zip(tasks_of(first_plan), tasks_of(solution), strict=True)) > 6


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("after_s", [0.0, 0.05, 0.3])
def test_a_cancel_leaves_routes_that_hold(after_s: float, workers: int) -> None:
    instance = crowded_day(3)
    began: list[float] = []

    def cancelled() -> bool:
        return bool(began) and time.monotonic() - began[0] >= after_s

    def progress(snapshot: Snapshot) -> None:
        if snapshot.phase == "improve" and not began:
            began.append(time.monotonic())

    solution = solve(instance, budget_s=600.0, workers=workers, progress=progress, cancelled=cancelled)
    assert solution.stopped_early
    standing(instance, solution.routes)


def test_the_failure_of_one_worker_ends_all_and_is_told() -> None:
    instance = busy_morning(requests=60, vehicles=12)
    asked = []

    def fraction() -> float:
        asked.append(1)
        if len(asked) == 40:
            raise ValueError("no clock here")
        return 0.0

    team = rounds.Rounds(
        instance,
        begin=solve(instance, budget_s=600.0, iterations=0).routes,
        requests=range(60),
        unlikely=[],
        seed=1,
        workers=2,
        budget_s=600.0,
        iterations=1_000_000,
        fraction=fraction,
        progress=lambda: None,
    )
    with pytest.raises(ValueError, match="no clock"):
        team.run()


def two_towns() -> Instance:
    """Requests between places 0 to 3, and as many between places 40 to 43."""
    near = [(k % 2, 2 + k % 2) for k in range(8)]
    return line(*near, *((a + 40, b + 40) for a, b in near), places=44, vehicles=8, starts=[0] * 4 + [43] * 4)


def served_in_two_towns(instance: Instance) -> list[Route | None]:
    """Three routes in each town; the last two requests of each are left out."""
    routes = Routes(instance)
    for vehicle in (0, 1, 2, 4, 5, 6):
        routes.put(vehicle, routes.evaluate(vehicle, range(4 * vehicle, 4 * vehicle + 4)).route)
    return routes.snapshot()


@pytest.mark.parametrize("seed", range(5))
def test_districts_are_neighbourhoods_and_share_nothing(seed: int) -> None:
    instance = two_towns()
    found = served_in_two_towns(instance)
    north, south = draw_districts(
        instance,
        found,
        requests=np.arange(instance.n_requests),
        number=2,
        rng=np.random.default_rng(seed),
    )
    assert sorted([*north.vehicles, *south.vehicles]) == list(range(8))
    assert sorted([*north.requests, *south.requests]) == list(range(16))
    assert {len(north.vehicles), len(south.vehicles)} == {4}
    assert {frozenset(north.requests.tolist()), frozenset(south.requests.tolist())} == {
        frozenset(range(8)),
        frozenset(range(8, 16)),
    }


def test_a_request_left_out_goes_where_its_neighbours_are_served() -> None:
    """One near two routes goes to the district of either, whatever else that serves; never to a third."""
    places = [0, 0, 2, 2, 40, 40, 40, 40]
    instance = line(*((a, a + 1) for a in places), (1, 2), (1, 2), places=42, vehicles=4)
    routes = Routes(instance)
    for vehicle, tasks in enumerate((range(4), range(4, 8), range(8, 12), range(12, 16))):
        routes.put(vehicle, routes.evaluate(vehicle, tasks).route)
    homes = []
    for seed in range(count(short=30, long=300)):
        rng = np.random.default_rng(seed)
        found = draw_districts(instance, routes.snapshot(), requests=np.arange(10), number=3, rng=rng)
        (home,) = (district for district in found if 8 in district.requests)
        homes.append(frozenset({0, 1, 2, 3} & set(home.vehicles.tolist())))
    alone = {home for home in homes if len(home) == 1}
    assert alone == {frozenset({0}), frozenset({1})}
    assert all(home & {0, 1} for home in homes)
    # The district is not nearer on average than that of the other route alone.
    assert any(home & {2, 3} for home in homes)


def test_a_request_left_out_goes_where_a_vehicle_may_take_it() -> None:
    allowed = np.ones((16, 8), bool)
    allowed[15, :4] = False
    allowed[7] = allowed[15] = False
    allowed[7, 6] = allowed[15, 1] = True
    instance = two_towns()._replace(allowed=allowed)
    found = served_in_two_towns(instance)
    districts = draw_districts(
        instance,
        found,
        requests=np.arange(16),
        number=2,
        rng=np.random.default_rng(1),
    )
    for request, vehicle in ((7, 6), (15, 1)):
        (home,) = (district for district in districts if request in district.requests)
        assert vehicle in home.vehicles


def test_a_must_goes_to_another_district_where_its_own_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight musts in one town, as much as all vehicles take; no must in the other."""
    monkeypatch.setattr(rounds, "FIRST_DISTRICT_REQUESTS", 8)
    instance = two_towns()._replace(must=np.arange(16) >= 8, max_tasks=np.full(8, 2))
    first_plan = solve(instance, budget_s=600.0, iterations=0)
    assert standing(instance, first_plan.routes).score()[0] == 0


@pytest.mark.parametrize("must", [True, False])
def test_only_who_leaves_a_must_out_goes_on_from_the_best(must: bool) -> None:
    instance = two_towns()._replace(must=np.full(16, must), penalty=np.full(16, 10**12))
    improver = Improver(instance, requests=range(16), unlikely=[], rng=np.random.default_rng(1))
    improver.construct(stopped=lambda: False)
    improver.take_over([None] * instance.n_vehicles)
    improver.keep_musts()
    served = sum(len(route.tasks) for route in improver.accepted() if route is not None)
    assert served == (instance.n_tasks if must else 0)
    assert sum(len(route.tasks) for route in improver.best() if route is not None) == instance.n_tasks


@pytest.mark.parametrize("day", [mixed_day, crowded_day])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_route_costs_in_a_part_what_it_costs_in_the_whole(seed: int, day: Day) -> None:
    instance = day(seed)
    first_plan = solve(instance, budget_s=600.0, iterations=0)
    routes = standing(instance, first_plan.routes)
    for vehicle, route in enumerate(routes.routes):
        if route is None:
            continue
        part = part_around(instance, routes, vehicle)
        here = part.inward(route)
        assert here is not None
        trial = Routes(part.instance._replace(held_bays=np.zeros((0, 4), np.int64))).evaluate(0, here.tasks)
        alone = Routes(instance._replace(held_bays=np.zeros((0, 4), np.int64))).evaluate(vehicle, route.tasks)
        assert trial.route is not None
        assert alone.route is not None
        back = part.outward(trial.route)
        assert back is not None
        assert (back.tasks.tolist(), back.cost) == (route.tasks.tolist(), alone.route.cost)
        assert back.nodes.tolist() == alone.route.nodes.tolist()


def part_around(instance: Instance, routes: Routes, vehicle: int) -> Part:
    """The part of one vehicle and what it serves or carries."""
    mine = (routes.vehicle_of == vehicle) | (instance.carried_by == vehicle)
    return part_of(
        instance,
        vehicles=np.array([vehicle]),
        requests=np.flatnonzero(mine),
        cap_left=routes.cap_share(np.array([vehicle]), np.ones(len(instance.cap_left))),
        held_bays=np.zeros((0, 4), np.int64),
    )


def test_shares_of_a_cap_are_together_no_more_than_it() -> None:
    instance = crowded_day(2)
    routes = standing(instance, solve(instance, budget_s=600.0, iterations=0).routes)
    thirds = np.array_split(np.arange(instance.n_vehicles), 3)
    share = np.full(len(instance.cap_left), 1 / 3)
    assert (sum(routes.cap_share(third, share) for third in thirds) <= instance.cap_left).all()


def test_a_budget_by_the_clock_is_used_and_kept() -> None:
    instance = busy_morning(requests=80, vehicles=16)
    began = time.monotonic()
    solution = solve(instance, budget_s=1.0, workers=2)
    assert 0.9 < time.monotonic() - began < 3.0
    assert solution.iterations > 100

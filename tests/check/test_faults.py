"""Every rule, broken in many random ways in valid plans: the checker finds it every time."""

import copy
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache

import pytest

from fleet.check import check_plan
from fleet.model import Day, InputError, Plan, Rule, day_sha256, dump, read_day, read_plan
from fleet.planning import travel_for
from maps.travel import TravelMatrices
from tests.check import faults_of_days, faults_of_numbers, faults_of_plans
from tests.check.faults import FAULTS, Case, Json
from tests.depth import count
from tests.planned import planned
from tests.random_days import FEATURES, random_day

FAULTS_A_RULE = count(short=20, long=200)
POOL = count(short=24, long=120)
MODULES = (faults_of_days, faults_of_numbers, faults_of_plans)


@cache
def pool() -> list[tuple[Json, Json, TravelMatrices]]:
    """Days without frozen stops (a fault may freeze some) and their plans, with at least one route."""
    found = []
    for seed in range(POOL):
        day = random_day(seed, requests=7, tricycles=3, features=FEATURES - {"frozen"})
        travel = travel_for(day)
        plan = planned(day, travel=travel)
        if plan.routes:
            found.append((json.loads(dump(day)), json.loads(dump(plan)), travel))
    return found


def broken(rule: Rule) -> Iterator[tuple[str, bool, Day, Plan, TravelMatrices]]:
    """Yield faulty plans of a rule without end: the fault, whether it is alone, day, plan, travel."""
    rng = random.Random(str(rule))
    while True:
        fault = rng.choice(FAULTS[rule])
        day_before, plan_before, travel = rng.choice(pool())
        case = Case(copy.deepcopy(day_before), copy.deepcopy(plan_before), rng)
        if not fault.fault(case):
            continue
        try:
            day = read_day(json.dumps(case.day).encode())
            case.plan["day_sha256"] = day_sha256(day)
            plan = read_plan(json.dumps(case.plan).encode())
        except InputError:
            # The model refuses it already: no fault for the checker.
            continue
        yield fault.fault.__name__, fault.alone, day, plan, travel


def test_every_rule_has_a_fault() -> None:
    assert FAULTS.keys() == set(Rule)
    assert {fault.fault.__module__ for faults in FAULTS.values() for fault in faults} == {
        module.__name__ for module in MODULES
    }


@pytest.mark.parametrize("rule", list(Rule))
def test_a_broken_rule_is_found(rule: Rule, record_property: Callable[[str, object], None]) -> None:
    tried: Counter[str] = Counter()
    for name, alone, day, plan, travel in broken(rule):
        found = {violation.rule for violation in check_plan(day, plan, travel=travel)}
        assert rule in found, name
        assert not alone or found == {rule}, name
        tried[name] += 1
        if sum(tried.values()) == FAULTS_A_RULE:
            break
    record_property(
        "faults", f"{rule}: {sum(tried.values())} faults, all found {dict(sorted(tried.items()))}"
    )

"""A small day with its plan."""

import pytest

from fleet.model import Day, Plan
from fleet.planning import travel_for
from maps.travel import TravelMatrices
from tests.depth import LONG
from tests.planned import planned
from tests.random_days import random_day


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in the long run how many faults of each rule were injected and found."""
    if LONG:
        for report in terminalreporter.stats.get("passed", []):
            for name, value in report.user_properties:
                if name == "faults":
                    terminalreporter.write_line(str(value))


@pytest.fixture(scope="session")
def planned_day() -> tuple[Day, Plan, TravelMatrices]:
    """A day with every feature, its plan and the travel it was made from."""
    for seed in range(50):
        day = random_day(seed, requests=6, tricycles=2)
        travel = travel_for(day)
        plan = planned(day, travel=travel)
        kinds = {entry.kind for route in plan.routes for entry in route.entries}
        if plan.unserved and {"pickup", "dropoff", "break"} <= kinds:
            return day, plan, travel
    raise AssertionError("no day with a route, a break and something left out")
